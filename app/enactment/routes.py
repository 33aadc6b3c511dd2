"""A policy on its way into force, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.core.principal import Principal, Role
from app.enactment import reading, service
from app.enactment.schemas import SimulationAsk, SimulationRead
from app.policies.queries import read_policy
from app.policies.schemas import PolicyRead
from app.policies.service import start_trial
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/policies", "policies")
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]
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


@router.post("/{policy_id}/trial")
async def try_policy(policy_id: UUID, caller: Admin, session: Transaction, now: Now) -> PolicyRead:
    """Have a draft compute beside the rules in force from its day on; it cuts nothing, and nothing of it is signed."""
    await start_trial(session, caller, policy_id, at=now)
    return await read_policy(session, policy_id)


@router.post("/{policy_id}/activate")
async def activate_policy(policy_id: UUID, caller: Admin, session: Transaction, now: Now) -> PolicyRead:
    """Put another admin's draft or trial in force from its day on, which may lie in the past.

    Final apels keep the rules that they were scored with; everything else is judged anew. No day may be touched that a
    frozen TPP sheet or a standing decision rests on.
    """
    await service.enact(session, caller, policy_id, at=now)
    return await read_policy(session, policy_id)
