"""Reading the record."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.audit.schemas import AuditFilter, AuditRead
from app.core.paging import Page, cut_page, decode_cursor


async def list_entries(session: AsyncSession, wanted: AuditFilter) -> Page[AuditRead]:
    """The newest first."""
    query = select(AuditEntry).where(*_wanted(wanted)).order_by(AuditEntry.id.desc()).limit(wanted.limit + 1)
    before = decode_cursor(wanted.cursor, int)
    if before is not None:
        query = query.where(AuditEntry.id < before[0])
    entries = [AuditRead.model_validate(entry) for entry in await session.scalars(query)]
    return cut_page(entries, wanted.limit, lambda entry: (entry.id,))


def _wanted(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.from_ is not None:
        yield AuditEntry.at >= wanted.from_
    if wanted.to is not None:
        yield AuditEntry.at < wanted.to
    if wanted.principal_id is not None:
        yield AuditEntry.principal_id == wanted.principal_id
    if wanted.action is not None:
        yield or_(AuditEntry.action == wanted.action, AuditEntry.action.startswith(f"{wanted.action}."))
    if wanted.target is not None:
        yield AuditEntry.target == wanted.target
    if wanted.subject is not None:
        yield AuditEntry.subjects.contains([wanted.subject])
