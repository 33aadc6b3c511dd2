"""Answers composed from what was concluded: masked for the caller, in the caller's words, on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.timeline import ApelNow
from app.attendance import queries
from app.attendance.errors import PersonNotFound
from app.attendance.models import Mark, Tally
from app.attendance.schemas import (
    AttendanceItem,
    Basis,
    CountsRead,
    PersonAttendance,
    PersonDay,
    Uncorrected,
    YearSoFar,
)
from app.audit.service import record
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import OPD_ROLES, Principal, Role, Scope
from app.duty.rules import EXCUSED_MASK, HEALTH, mask_health
from app.reports.rules import mask_nip

LAST_SHOWN = 3
"""Dates of unexplained absences beside a mark: enough to see a habit."""


@dataclass(frozen=True)
class Wanted:
    opd_code: str | None
    status: str | None
    finding: str | None
    cursor: str | None
    limit: int


def health_scope(caller: Principal) -> Scope:
    """Own unit, personnel office and inspectors see why somebody is on sick leave; others see that it is excused."""
    return None if caller.holds(Role.ADMIN, Role.INSPECTOR) else caller.reach(*OPD_ROLES)


def sees_health(caller: Principal, unit_code: str) -> bool:
    scope = health_scope(caller)
    return scope is None or unit_code in scope


READERS = (Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.OPD_HEAD, Role.OPD_OPERATOR, Role.INSPECTOR)
"""Who may read marks and findings of people, each within their reach."""


def sees_people(caller: Principal, unit_code: str) -> bool:
    """Machines and other OPDs read of a unit as a whole, and of none of its people."""
    return caller.reaches(unit_code, *READERS)


def masked(status: str | None, *, open_health: bool) -> str | None:
    return EXCUSED_MASK if status in HEALTH and not open_health else status


def uncorrected(mark: dict[str, Any] | None, *, open_health: bool) -> Uncorrected | None:
    """What a mark is or was, as somebody may read it."""
    if mark is None:
        return None
    status = masked(mark["status"], open_health=open_health)
    return Uncorrected(status=status, mode=mark["mode"], reason=mark["reason"])


def after_of(cursor: str | None) -> tuple[str, UUID] | None:
    """Where a page of units and ids goes on."""
    key = decode_cursor(cursor, str, UUID)
    return (key[0], key[1]) if key else None


async def read_attendance(
    session: AsyncSession, caller: Principal, apel: ApelNow, wanted: Wanted, *, at: datetime
) -> Page[AttendanceItem]:
    """One page: first the units that gave counts only, as one item each, then the marks by unit."""
    after = after_of(wanted.cursor)
    units = await _counts_only(session, caller, apel.id, wanted, after)
    room = wanted.limit + 1 - len(units)
    rows = await _list_marks(session, caller, apel.id, wanted, after, room) if room > 0 else []
    both: list[_Row] = [*units, *rows]
    page = cut_page(both, wanted.limit, _sort_key)
    nips = [row[2] for row in page.items if not isinstance(row, Tally)]
    await record(session, caller, "attendance.read", at=at, target=str(apel.id), nips=nips)
    people = [row[0].asn_id for row in page.items if not isinstance(row, Tally)]
    unexplained = await queries.load_unexplained(session, people, apel.on_date)
    items = [
        _counts_item(row, open_health=sees_health(caller, row.opd_code))
        if isinstance(row, Tally)
        else _item(row, caller, unexplained.get(row[0].asn_id, []))
        for row in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


_Row = Tally | tuple[Mark, str, str]
_COUNTS = "#"
"""Begins the cursor of a unit that gave counts only; no OPD code does."""


def _sort_key(row: _Row) -> tuple[str, UUID]:
    if isinstance(row, Tally):
        return _COUNTS + row.opd_code, UUID(int=0)
    return row[0].unit_code, row[0].id


async def _list_marks(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    wanted: Wanted,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[tuple[Mark, str, str]]:
    return await queries.list_marks(
        session,
        apel_id,
        scope=caller.reach(),
        opd_code=wanted.opd_code,
        status=wanted.status,
        health_scope=health_scope(caller),
        finding=wanted.finding,
        after=None if after and after[0].startswith(_COUNTS) else after,
        limit=limit,
    )


async def _counts_only(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: Wanted, after: tuple[str, UUID] | None
) -> list[Tally]:
    """The units that named nobody, which a filter by person leaves out."""
    if wanted.status or wanted.finding or (after and not after[0].startswith(_COUNTS)):
        return []
    scope, seen = caller.reach(), after[0].removeprefix(_COUNTS) if after else ""
    return [
        tally
        for tally in sorted(await queries.list_tallies(session, apel_id), key=lambda tally: tally.opd_code)
        if tally.counts_only
        and tally.opd_code > seen
        and (scope is None or tally.opd_code in scope)
        and wanted.opd_code in (None, tally.opd_code)
    ]


async def read_changed(
    session: AsyncSession, caller: Principal, apel: ApelNow, revision: int, *, at: datetime
) -> list[AttendanceItem]:
    """The marks that one conclusion changed."""
    rows = await queries.list_marks(session, apel.id, scope=caller.reach(), revision=revision, limit=None)
    unexplained = await queries.load_unexplained(session, [mark.asn_id for mark, _, _ in rows], apel.on_date)
    await record(session, caller, "attendance.read", at=at, target=str(apel.id), nips=[nip for _, _, nip in rows])
    return [_item(row, caller, unexplained.get(row[0].asn_id, [])) for row in rows]


def _item(row: tuple[Mark, str, str], caller: Principal, unexplained: list[date]) -> AttendanceItem:
    mark, name, nip = row
    open_health = sees_health(caller, mark.unit_code)
    claim = dict(mark.claim) if mark.claim else None
    if claim and claim.get("status") in HEALTH and not open_health:
        claim["status"] = EXCUSED_MASK
    return AttendanceItem(
        mark_id=mark.id,
        opd_code=mark.opd_code,
        asn_id=mark.asn_id,
        name=name,
        nip_masked=mask_nip(nip),
        status=masked(mark.status, open_health=open_health),
        mode=mark.mode,
        pending=mark.pending,
        minutes=mark.seconds // 60,
        basis=Basis(claim=claim, evidence=mark.evidence),
        reason=mark.reason,
        uncorrected=uncorrected(mark.uncorrected, open_health=open_health),
        year=YearSoFar(apel_tk=len(unexplained), last=unexplained[:LAST_SHOWN]),
        counts=None,
    )


def _counts_item(tally: Tally, *, open_health: bool) -> AttendanceItem:
    return AttendanceItem(
        mark_id=None,
        opd_code=tally.opd_code,
        asn_id=None,
        name=None,
        nip_masked=None,
        status=None,
        mode=None,
        pending=tally.pending,
        minutes=0,
        basis=Basis(claim={"versions": tally.versions}, evidence=None),
        reason="counts-only",
        year=None,
        counts=CountsRead(
            strength=tally.strength,
            present={"wfo": tally.present_wfo, "wfa": tally.present_wfa},
            excused=tally.excused if open_health else mask_health(tally.excused),
            unexplained=tally.unexplained,
        ),
    )


async def read_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, from_date: date, to_date: date, *, at: datetime
) -> PersonAttendance:
    """Raises PersonNotFound where the caller may see none of it."""
    own = caller.asn_id == asn_id and caller.holds(Role.ASN)
    scope = None if own else caller.reach()
    rows = await queries.list_person_days(session, asn_id, scope=scope, from_date=from_date, to_date=to_date)
    nips = await queries.nips_of(session, [asn_id])
    if not nips or (not rows and scope is not None):
        raise PersonNotFound
    await record(session, caller, "attendance.read-person", at=at, target=str(asn_id), nips=nips)
    items = [
        PersonDay(
            mark_id=mark.id,
            apel_id=apel.id,
            date=apel.on_date,
            title=apel.title,
            status=masked(mark.status, open_health=own or sees_health(caller, mark.unit_code)),
            mode=mark.mode,
            pending=mark.pending,
            minutes=mark.seconds // 60,
            reason=mark.reason,
            uncorrected=uncorrected(mark.uncorrected, open_health=own or sees_health(caller, mark.unit_code)),
        )
        for mark, apel in rows
    ]
    return PersonAttendance(asn_id=asn_id, items=items)
