"""What is remembered about keys, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.evidence import aliases
from app.evidence.schemas import AliasFilter, AliasRead, AliasRevoke
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/zoom/aliases", "Zoom")
Reader = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN, Role.INSPECTOR))]
Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO))]


@router.get("")
async def list_aliases(
    wanted: Annotated[AliasFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[AliasRead]:
    """What is recognised at every apel: by whose decision, about which participant, and whom it means.

    The newest first; `standing=false` lists those that were revoked or replaced, `origin=decision` leaves out the
    registrants that were made for personal links.
    """
    return await aliases.read_aliases(session, caller, wanted, at=now)


@router.post("/{alias_id}/revoke")
async def revoke_alias(
    alias_id: UUID, caller: Operator, session: Transaction, now: Now, body: AliasRevoke | None = None
) -> AliasRead:
    """Recognise this no longer; apels that have ended keep their marks, and the alias stays on record."""
    return await aliases.revoke_alias(session, caller, alias_id, body or AliasRevoke(), at=now)
