"""Permits of broadcasts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response, status

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.livestreams import permitting
from app.livestreams.permit_queries import READERS
from app.livestreams.permit_schemas import PermitFilter, PermitRead, PermitWithdraw, PermitWrite
from app.livestreams.permitting import WRITERS
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/livestreams/permits", "Siaran langsung")
Reader = Annotated[Principal, Depends(Requires(*READERS))]
Writer = Annotated[Principal, Depends(Requires(*WRITERS))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]


@router.get("")
async def list_permits(
    wanted: Annotated[PermitFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[PermitRead]:
    """Permits that concern the caller's units or the caller, the latest registered first, withdrawn ones included."""
    return await permitting.read_permits(session, caller, wanted, at=now)


@router.post("", status_code=status.HTTP_201_CREATED)
async def register_permit(
    body: PermitWrite, caller: Writer, session: Transaction, now: Now, once: Once, response: Response
) -> PermitRead:
    """Register what a letter allows beforehand; a head proposes it for the own unit, and the office confirms.

    The same again answers 200 and changes nothing.
    """

    async def register() -> PermitRead:
        permit_id, fresh = await permitting.register_permit(session, caller, body, at=now)
        response.status_code = status.HTTP_201_CREATED if fresh else status.HTTP_200_OK
        return await permitting.read_permit(session, caller, permit_id, at=now)

    return await once.run(register)


@router.get("/{permit_id}")
async def read_permit(permit_id: UUID, caller: Reader, session: Transaction, now: Now) -> PermitRead:
    """One permit; of the people it names those whom the caller may know of."""
    return await permitting.read_permit(session, caller, permit_id, at=now)


@router.post("/{permit_id}/confirm")
async def confirm_permit(permit_id: UUID, caller: Admin, session: Transaction, now: Now) -> PermitRead:
    """Let a proposed permit count."""
    await permitting.confirm_permit(session, caller, permit_id, at=now)
    return await permitting.read_permit(session, caller, permit_id, at=now)


@router.post("/{permit_id}/withdraw")
async def withdraw_permit(
    permit_id: UUID, body: PermitWithdraw, caller: Writer, session: Transaction, now: Now
) -> PermitRead:
    """Take a permit back with a reason; a broadcast that relied on it before keeps it."""
    await permitting.withdraw_permit(session, caller, permit_id, body.reason, at=now)
    return await permitting.read_permit(session, caller, permit_id, at=now)
