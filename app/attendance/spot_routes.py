"""Spot checks over HTTP: rooms are drawn after the deadline, and somebody counts heads."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.attendance import spot_checks
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.evidence.schemas import HeadCountWrite, SpotCheckRead, SpotDrawRead, SpotDrawWrite
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1", "spot checks")
Checker = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.INSPECTOR))]
Reader = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.INSPECTOR, Role.ADMIN))]


@router.post("/apel/{apel_id}/spot-checks", status_code=201)
async def draw_rooms(
    apel_id: UUID, caller: Checker, session: Transaction, now: Now, once: Once, body: SpotDrawWrite | None = None
) -> SpotDrawRead:
    """Draw rooms whose heads are to be counted, beside those that the service draws by itself after the deadline.

    Only units whose report claims people in a room can be drawn, each once for an apel and each as likely as any other.
    """
    asked = body or SpotDrawWrite()
    return await once.run(lambda: spot_checks.draw_rooms(session, caller, apel_id, asked, at=now))


@router.get("/apel/{apel_id}/spot-checks")
async def list_spot_checks(apel_id: UUID, caller: Reader, session: Transaction, now: Now) -> Page[SpotDrawRead]:
    """What was drawn, from which seed and pool, and what was counted; all draws of an apel are one page."""
    return Page(items=await spot_checks.read_draws(session, apel_id, at=now))


@router.post("/spot-checks/{check_id}/count", status_code=201)
async def count_heads(
    check_id: UUID, body: HeadCountWrite, caller: Checker, session: Transaction, now: Now, once: Once
) -> SpotCheckRead:
    """Say how many heads were counted in a drawn room; counted again, the latest counts and all stay on record.

    It marks nobody: a count that differs from the claim becomes a finding about the OPD.
    """
    return await once.run(lambda: spot_checks.count_room(session, caller, check_id, body, at=now))
