"""Shifts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, status

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.duty import shift_service
from app.duty.queries import READERS
from app.duty.service import WRITERS
from app.duty.shift_schemas import ShiftFilter, ShiftRead, ShiftsMade, ShiftsWrite, ShiftWithdraw
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/shifts", "Sif")
Reader = Annotated[Principal, Depends(Requires(*READERS, Role.ASN))]
Writer = Annotated[Principal, Depends(Requires(*WRITERS))]


@router.get("")
async def list_shifts(
    wanted: Annotated[ShiftFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[ShiftRead]:
    """Shifts in the caller's reach and the own ones, the latest registered first, withdrawn ones included."""
    return await shift_service.read_shifts(session, caller, wanted, at=now)


@router.post("", status_code=status.HTTP_201_CREATED)
async def register_shifts(body: ShiftsWrite, caller: Writer, session: Transaction, now: Now, once: Once) -> ShiftsMade:
    """Register the hours of people who serve shifts, all of the list or none; sent again, it changes nothing."""
    return await once.run(lambda: shift_service.register_shifts(session, caller, body, at=now))


@router.post("/{shift_id}/withdraw")
async def withdraw_shift(
    shift_id: UUID, body: ShiftWithdraw, caller: Writer, session: Transaction, now: Now
) -> ShiftRead:
    """Take a shift back with a reason; it stays on record and counts for nothing."""
    return await shift_service.withdraw_shift(session, caller, shift_id, body.reason, at=now)
