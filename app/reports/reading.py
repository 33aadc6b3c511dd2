"""Reports as a caller may read them; whoever reads about people is recorded."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster_of, list_units
from app.apel.roster import Unit
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core import rates
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import HUMAN_ROLES, Principal
from app.core.rates import PercentRead
from app.reports import queries, rules
from app.reports.errors import ReportNotFound
from app.reports.models import ReportVersion
from app.reports.queries import EntryRow, VersionRow
from app.reports.schemas import (
    Change,
    EntryRead,
    HistoricVersionRead,
    PartRead,
    PresentRead,
    ReportRead,
    ReportSummary,
    ReviewRead,
    VerificationRead,
    VersionsRead,
)
from app.reports.sight import Sight, require_reach, sight_of

READERS = tuple(sorted(HUMAN_ROLES))


async def find_report(
    session: AsyncSession, caller: Principal, apel_id: UUID, opd_code: str, *, at: datetime
) -> ReportRead:
    """The claim in force of one OPD; raises OpdNotFound, ApelNotFound or ReportNotFound."""
    require_reach(caller, opd_code, *READERS)
    return await get_report(session, caller, await get_apel(session, apel_id, at=at), opd_code, at=at)


async def get_report(
    session: AsyncSession,
    caller: Principal,
    apel: ApelNow,
    opd_code: str,
    *,
    at: datetime,
    action: str = "reports.read",
) -> ReportRead:
    """The claim in force, recorded as read (or as what was done to it); raises ReportNotFound."""
    parts = await _parts_of(session, apel, opd_code)
    rows = {row.version.opd_code: row for row in await queries.list_current(session, apel.id, [opd_code, *parts])}
    if opd_code not in rows:
        raise ReportNotFound
    row = rows[opd_code]
    entries = (await queries.list_entries(session, [row.version.id], apel.on_date)).get(row.version.id, [])
    await _record(session, caller, action, apel, row, entries, at=at)
    return ReportRead(
        **_version(row, apel, sight_of(caller, opd_code), entries),
        parts=[_part(unit, rows.get(code), apel) for code, unit in parts.items()],
        missing_parts=[code for code in parts if code not in rows],
    )


async def _parts_of(session: AsyncSession, apel: ApelNow, opd_code: str) -> dict[str, Unit]:
    """The parts of a reporting unit that have somebody to report."""
    units = await list_units(session, apel)
    if not any(_is_part(unit, opd_code) for unit in units.values()):
        return {}
    if apel.roster_frozen_at is None:  # only the roster knows how strong a part is
        units = (await get_roster_of(session, apel, opd_code)).units
    return {code: unit for code, unit in units.items() if _is_part(unit, opd_code) and unit.strength > 0}


def _is_part(unit: Unit, unit_code: str) -> bool:
    return unit.unit_code == unit_code != unit.opd_code


async def _record(
    session: AsyncSession,
    caller: Principal,
    action: str,
    apel: ApelNow,
    row: VersionRow,
    entries: Iterable[EntryRow],
    *,
    at: datetime,
) -> None:
    await record(
        session,
        caller,
        action,
        at=at,
        target=f"{apel.id}/{row.version.opd_code}",
        nips=[entry.nip for entry in entries],
        version=row.version.version,
    )


async def list_reports(
    session: AsyncSession, caller: Principal, apel_id: UUID, *, cursor: str | None, limit: int, at: datetime
) -> Page[ReportSummary]:
    """The claims in force within the caller's reach, by OPD code."""
    apel = await get_apel(session, apel_id, at=at)
    key = decode_cursor(cursor, str)
    after = str(key[0]) if key else ""
    scope = caller.reach(*READERS)
    rows = await queries.list_current(session, apel.id, scope, after=after, limit=limit + 1)
    items = [ReportSummary(**_summary(row, apel, sight_of(caller, row.version.opd_code))) for row in rows]
    return cut_page(items, limit, lambda item: (item.opd_code,))


async def get_versions(
    session: AsyncSession, caller: Principal, apel_id: UUID, opd_code: str, *, at: datetime
) -> VersionsRead:
    """Every version of one OPD's claim, whole, each with what it changed."""
    require_reach(caller, opd_code, *READERS)
    apel = await get_apel(session, apel_id, at=at)
    rows = await queries.list_versions(session, apel.id, opd_code)
    if not rows:
        raise ReportNotFound
    named = await queries.list_entries(session, [row.version.id for row in rows], apel.on_date)
    everybody = [entry for entries in named.values() for entry in entries]
    await _record(session, caller, "reports.read_versions", apel, rows[0], everybody, at=at)
    sight = sight_of(caller, opd_code)
    return VersionsRead(items=[_historic(row, before, apel, sight, named) for row, before in _with_previous(rows)])


def _with_previous(rows: Sequence[VersionRow]) -> list[tuple[VersionRow, VersionRow | None]]:
    return [*pairwise(rows), (rows[-1], None)]


def _historic(
    row: VersionRow,
    before: VersionRow | None,
    apel: ApelNow,
    sight: Sight,
    named: dict[UUID, list[EntryRow]],
) -> HistoricVersionRead:
    entries = named.get(row.version.id, [])
    earlier = named.get(before.version.id, []) if before else []
    return HistoricVersionRead(
        **_version(row, apel, sight, entries),
        changes=_changes(before, row, sight) if before else [],
        entries_changed=_entries_changed(earlier, entries) if before else 0,
    )


def _changes(before: VersionRow, after: VersionRow, sight: Sight) -> list[Change]:
    old, new = _flat(before.version, sight), _flat(after.version, sight)
    return [
        Change(figure=figure, before=old.get(figure, 0), after=new.get(figure, 0))
        for figure in dict.fromkeys([*old, *new])
        if old.get(figure, 0) != new.get(figure, 0)
    ]


def _flat(version: ReportVersion, sight: Sight) -> dict[str, int]:
    excused = sight.counts(version.excused)
    return {
        "strength": version.strength,
        "present/wfo": version.present_wfo,
        "present/wfa": version.present_wfa,
        **{f"excused/{code}": number for code, number in excused.items()},
        "unexplained": version.unexplained,
        **{f"not_required/{code}": number for code, number in version.not_required.items()},
        "others": version.others,
    }


def _entries_changed(before: Collection[EntryRow], after: Collection[EntryRow]) -> int:
    old = {entry.asn_id: (entry.status, entry.mode, entry.note) for entry in before}
    new = {entry.asn_id: (entry.status, entry.mode, entry.note) for entry in after}
    return sum(old.get(who) != new.get(who) for who in old.keys() | new.keys())


def _part(unit: Unit, row: VersionRow | None, apel: ApelNow) -> PartRead:
    state = queries.claim_of(row, {}).state(apel.report_deadline) if row else rules.ReportState.MISSING
    return PartRead(opd_code=unit.opd_code, short_name=unit.short_name, state=state)


def _version(row: VersionRow, apel: ApelNow, sight: Sight, entries: Iterable[EntryRow]) -> dict[str, Any]:
    version = row.version
    return _summary(row, apel, sight) | {
        "entries": [_entry(entry, sight) for entry in entries] if version.entries_are else None,
        "prepared_at": version.prepared_at,
        "note": version.note,
        "reason": version.reason,
        "caller": version.caller,
        "by": version.by_name,
    }


def _entry(entry: EntryRow, sight: Sight) -> EntryRead:
    return EntryRead(
        asn_id=entry.asn_id,
        nip=sight.nip(entry.nip, entry.serves_in),
        name=entry.name if sight.knows(entry.serves_in) else None,
        status=sight.status(entry.status),
        mode=entry.mode,
        note=sight.note(entry.note),
    )


def _summary(row: VersionRow, apel: ApelNow, sight: Sight) -> dict[str, Any]:
    version, claim = row.version, queries.claim_of(row, {})
    excused = sight.counts(version.excused)
    present = claim.figures.present
    return {
        "id": version.id,
        "apel_id": version.apel_id,
        "opd_code": version.opd_code,
        "version": version.version,
        "state": claim.state(apel.report_deadline),
        "late": claim.is_late(apel.report_deadline),
        "first_at": row.first_at,
        "at": version.at,
        "strength": version.strength,
        "present": PresentRead(wfo=version.present_wfo, wfa=version.present_wfa),
        "excused": excused,
        "unexplained": version.unexplained,
        "not_required": version.not_required,
        "others": version.others,
        "rate": PercentRead.model_validate(rates.rate(present, version.strength)),
        "duty_rate": PercentRead.model_validate(rates.duty_rate(present, version.strength, excused)),
        "entries_are": version.entries_are,
        "channel": version.channel,
        "verification": _verification(row),
        "review": _review(row),
    }


def _verification(row: VersionRow) -> VerificationRead | None:
    review = row.review
    if review is None or review.kind != rules.ReviewKind.VERIFIED:
        return None
    return VerificationRead(role=review.role, by=review.by_name, at=review.at)


def _review(row: VersionRow) -> ReviewRead | None:
    review = row.review
    if review is None:
        return None
    return ReviewRead(kind=review.kind, role=review.role, by=review.by_name, at=review.at, reason=review.reason)
