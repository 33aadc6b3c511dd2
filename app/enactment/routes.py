"""A policy on its way into force, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.core.principal import Principal, Role
from app.enactment import reading, service
from app.enactment.schemas import SimulationAsk, SimulationRead
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/policies", "policies")
Simulator = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.INSPECTOR))]


@router.post("/{policy_id}/simulate", response_model_by_alias=True)
async def simulate_policy(
    policy_id: UUID, body: SimulationAsk, caller: Simulator, session: Transaction, now: Now
) -> SimulationRead:
    """What would have been different in a past span under these rules: OPDs, people, tiers and money.

    Nothing is written but who asked about whom. Marks stand as they were concluded.
    """
    found = await service.simulate(session, caller, policy_id, body.from_, body.to, limit=body.limit, at=now)
    return reading.show(found, body.limit)
