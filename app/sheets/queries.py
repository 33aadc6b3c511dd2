"""Reads of sheets, within what the caller may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, func, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import Conclusion
from app.core.db import within
from app.core.jobs import Job, JobState
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role
from app.registry.models import Asn
from app.sheets.composing import PEOPLE_ROLES
from app.sheets.errors import SheetCodeUnknown, SheetNotFound
from app.sheets.models import Sheet, SheetFile
from app.sheets.rules import COUNTS, ISSUERS, Kind, State
from app.sheets.schemas import SheetFilter

JOB = "sheet"
"""The kind of job that makes a long one; its key is the sheet's id."""


def _visible(caller: Principal) -> ColumnElement[bool]:
    """The personnel office sees all; others what they asked for and sheets of counts that they might ask for."""
    if caller.holds(Role.ADMIN):
        return true()
    kinds = [kind.value for kind, roles in ISSUERS.items() if caller.holds(*roles)]
    # One that names people of the whole regency has no OPD, and is for those alone who reach all of them now.
    in_reach = within(func.coalesce(Sheet.opd_code, ""), caller.reach(*PEOPLE_ROLES))
    own = (Sheet.asked_by == caller.id) & or_(in_reach, Sheet.kind == Kind.CERTIFICATE)
    return (Sheet.kind == any_(literal(kinds, ARRAY(Text)))) & or_(own, Sheet.kind.in_(COUNTS))


async def get_sheet(session: AsyncSession, caller: Principal, sheet_id: UUID) -> Sheet:
    """Raises SheetNotFound, also for one that the caller may not see."""
    found = await session.scalar(
        select(Sheet).where(Sheet.id == sheet_id, _visible(caller)), execution_options={"populate_existing": True}
    )
    if found is None:
        raise SheetNotFound
    return found


async def list_sheets(session: AsyncSession, caller: Principal, wanted: SheetFilter) -> list[Sheet]:
    """The newest first, and one more than the limit if there is one."""
    asked = select(Sheet).where(_visible(caller)).order_by(Sheet.id.desc()).limit(wanted.limit + 1)
    if wanted.apel_id is not None:
        asked = asked.where(Sheet.apel_id == wanted.apel_id)
    if wanted.kind is not None:
        asked = asked.where(Sheet.kind == wanted.kind)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(Sheet.id < after[0])
    return list(await session.scalars(asked))


async def load_jobs(session: AsyncSession, sheets: Sequence[Sheet]) -> dict[str, Job]:
    """Sheet → the job that makes it, of those that are being made."""
    keys = [str(sheet.id) for sheet in sheets if sheet.state == State.WAITING]
    if not keys:
        return {}
    found = await session.scalars(select(Job).where(Job.kind == JOB, Job.key.in_(keys)))
    return {job.key: job for job in found}


async def load_file(session: AsyncSession, sheet_id: UUID) -> bytes:
    content = await session.scalar(select(SheetFile.content).where(SheetFile.sheet_id == sheet_id))
    if content is None:
        raise SheetNotFound
    return content


async def nips_of_people(session: AsyncSession, asn_ids: Sequence[UUID]) -> list[str]:
    asked = select(Asn.nip).where(Asn.id == any_(literal(list(asn_ids), ARRAY(Uuid))))
    return list(await session.scalars(asked)) if asn_ids else []


async def has_failed(session: AsyncSession, sheet: Sheet) -> bool:
    """Whether the job that should have made it waits for a person."""
    job = (await load_jobs(session, [sheet])).get(str(sheet.id))
    return job is not None and job.state == JobState.FAILED


async def get_issued(session: AsyncSession, code: str) -> Sheet:
    """Raises SheetCodeUnknown, also for one that is not issued yet."""
    plain = code.replace("-", "").upper()
    found = await session.scalar(select(Sheet).where(Sheet.code == plain, Sheet.state == State.ISSUED))
    if found is None:
        raise SheetCodeUnknown
    return found


async def has_newer(session: AsyncSession, sheet: Sheet) -> bool:
    """Whether an apel that the sheet rests on was concluded anew since."""
    printed: dict[str, int] = sheet.facts.get("revisions", {})
    ids = [UUID(apel_id) for apel_id in printed]
    if not ids:
        return False
    asked = select(Conclusion.apel_id, Conclusion.revision)
    rows = await session.execute(asked.where(Conclusion.apel_id == any_(literal(ids, ARRAY(Uuid)))))
    return any(revision > printed[str(apel_id)] for apel_id, revision in rows)


async def find_successor(session: AsyncSession, sheet: Sheet) -> Sheet | None:
    """The latest sheet of the same thing, apels of the same kind, that was issued after this one with other figures."""
    same = (
        getattr(Sheet, name).is_not_distinct_from(getattr(sheet, name))
        for name in ("kind", "apel_id", "opd_code", "decision_id", "from_date", "to_date")
    )
    of_kind = Sheet.facts["apel_kind"].astext.is_not_distinct_from(sheet.facts.get("apel_kind"))
    after = tuple_(Sheet.issued_at, Sheet.id) > (sheet.issued_at, sheet.id)
    later = select(Sheet).where(*same, of_kind, Sheet.state == State.ISSUED, after)
    later = later.where(Sheet.facts["revisions"] != sheet.facts["revisions"])
    return await session.scalar(later.order_by(Sheet.issued_at.desc(), Sheet.id.desc()).limit(1))
