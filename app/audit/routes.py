"""The record, for those who watch the watchers."""

from typing import Annotated

from fastapi import Depends, Query

from app.audit import queries
from app.audit.schemas import AuditFilter, AuditRead
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.web.deps import Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/audit", "Jejak audit")


@router.get("")
async def list_audit(
    wanted: Annotated[AuditFilter, Query()],
    caller: Annotated[Principal, Depends(Requires(Role.INSPECTOR, Role.ADMIN))],
    session: Transaction,
) -> Page[AuditRead]:
    """Who read or changed whose data, the newest first."""
    return await queries.list_entries(session, wanted)
