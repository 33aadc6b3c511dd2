"""Answers composed from what was concluded: masked for the caller, in the caller's words, on the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.timeline import ApelNow
from app.attendance import queries
from app.attendance.errors import PersonNotFound
from app.attendance.models import Finding, FindingResolution, Mark, Tally
from app.attendance.rules import Grade
from app.attendance.schemas import (
    AttendanceItem,
    Basis,
    CountsRead,
    FindingRead,
    FindingState,
    PersonAttendance,
    PersonDay,
    ResolutionRead,
    ResolutionWrite,
    YearSoFar,
)
from app.audit.service import record
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import OPD_ROLES, Principal, Role, Scope
from app.core.texts import Language, text
from app.duty.queries import KNOW_HEALTH
from app.duty.rules import EXCUSED_MASK, HEALTH, mask_health, mask_health_in
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


@dataclass(frozen=True)
class WantedFindings:
    opd_code: str | None
    grade: Grade | None
    cursor: str | None
    limit: int
    language: Language


def sees_health(caller: Principal, unit_code: str) -> bool:
    """Own unit, personnel office and inspectors see why somebody is on sick leave; others see that it is excused."""
    return caller.holds(Role.ADMIN, Role.INSPECTOR) or (
        caller.holds(*OPD_ROLES) and caller.reaches(unit_code, *OPD_ROLES)
    )


READERS = (Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.OPD_HEAD, Role.OPD_OPERATOR, Role.INSPECTOR)
"""Who may read marks and findings of people, each within their reach."""


def sees_people(caller: Principal, unit_code: str) -> bool:
    """Machines and other OPDs read of a unit as a whole, and of none of its people."""
    return caller.reaches(unit_code, *READERS)


def _scope_of(caller: Principal, status: str | None) -> Scope:
    """Asking for those on sick leave would tell who they are: only where the caller may see it is there an answer."""
    return caller.reach(*KNOW_HEALTH) if status in HEALTH else caller.reach()


def _masked(status: str | None, *, open_health: bool) -> str | None:
    return EXCUSED_MASK if status in HEALTH and not open_health else status


def _after(cursor: str | None) -> tuple[str, UUID] | None:
    key = decode_cursor(cursor, str, UUID)
    return (key[0], key[1]) if key else None


async def read_attendance(
    session: AsyncSession, caller: Principal, apel: ApelNow, wanted: Wanted, *, at: datetime
) -> Page[AttendanceItem]:
    """One page of marks; units that gave counts only come as one item each on the first page."""
    rows = await queries.list_marks(
        session,
        apel.id,
        scope=_scope_of(caller, wanted.status),
        opd_code=wanted.opd_code,
        status=wanted.status,
        finding=wanted.finding,
        after=_after(wanted.cursor),
        limit=wanted.limit + 1,
    )
    page = cut_page(rows, wanted.limit, lambda row: (row[0].unit_code, row[0].id))
    people = [mark.asn_id for mark, _, _ in page.items]
    unexplained = await queries.load_unexplained(session, people, apel.on_date)
    items = [_item(row, caller, unexplained.get(row[0].asn_id, [])) for row in page.items]
    if wanted.cursor is None and wanted.status is None and wanted.finding is None:
        tallies = await queries.list_tallies(session, apel.id)
        items = [*_counts_only(tallies, caller, wanted.opd_code), *items]
    nips = [nip for _, _, nip in page.items]
    await record(session, caller, "attendance.read", at=at, target=str(apel.id), nips=nips)
    return Page(items=items, next_cursor=page.next_cursor)


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
        status=_masked(mark.status, open_health=open_health),
        mode=mark.mode,
        pending=mark.pending,
        minutes=mark.seconds // 60,
        basis=Basis(claim=claim, evidence=mark.evidence),
        reason=mark.reason,
        year=YearSoFar(apel_tk=len(unexplained), last=unexplained[:LAST_SHOWN]),
        counts=None,
    )


def _counts_only(tallies: Iterable[Tally], caller: Principal, opd_code: str | None) -> list[AttendanceItem]:
    scope = caller.reach()
    shown = [
        tally
        for tally in sorted(tallies, key=lambda tally: tally.opd_code)
        if tally.counts_only and (scope is None or tally.opd_code in scope) and opd_code in (None, tally.opd_code)
    ]
    return [_counts_item(tally, open_health=sees_health(caller, tally.opd_code)) for tally in shown]


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


async def read_findings(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: WantedFindings, *, at: datetime
) -> Page[FindingRead]:
    rows = await queries.list_findings(
        session,
        apel_id,
        scope=caller.reach(),
        opd_code=wanted.opd_code,
        grade=wanted.grade,
        after=_after(wanted.cursor),
        limit=wanted.limit + 1,
    )
    page = cut_page(rows, wanted.limit, lambda row: (row[0].opd_code, row[0].id))
    people = {finding.asn_id for finding, _ in page.items if finding.asn_id}
    nips = await queries.nips_of(session, people)
    await record(session, caller, "attendance.read-findings", at=at, target=str(apel_id), nips=nips)
    items = [finding_read(finding, resolved, caller, wanted.language) for finding, resolved in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


def finding_read(
    finding: Finding, resolved: FindingResolution | None, caller: Principal, language: Language
) -> FindingRead:
    """A finding for this caller: health codes hidden from outsiders, the sentence in the caller's language."""
    open_health = sees_health(caller, finding.opd_code)
    facts = finding.facts if open_health else mask_health_in(finding.facts)
    shown = resolved if sees_people(caller, finding.opd_code) else None
    return FindingRead(
        id=finding.id,
        code=finding.code,
        grade=finding.grade,
        opd_code=finding.opd_code,
        asn_id=finding.asn_id,
        facts=facts,
        state=FindingState.RESOLVED if resolved else FindingState.OPEN,
        resolution=_resolution(shown, open_note=open_health or finding.asn_id is None) if shown else None,
        text=text(language, "finding", finding.code, **facts),
    )


def _resolution(resolved: FindingResolution, *, open_note: bool) -> ResolutionRead:
    return ResolutionRead(
        outcome=resolved.outcome,
        status=_masked(resolved.status, open_health=open_note),
        note=resolved.note if open_note else None,
        by=resolved.by_name,
        at=resolved.at,
    )


def read_resolved(
    caller: Principal, finding: Finding, body: ResolutionWrite, language: Language, *, at: datetime
) -> FindingRead:
    """The finding as it stands after this very resolution, even where the conclusion no longer raises it."""
    resolved = FindingResolution(outcome=body.outcome, status=body.status, note=body.note, by_name=caller.name, at=at)
    return finding_read(finding, resolved, caller, language)


async def read_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, from_date: date, to_date: date, *, at: datetime
) -> PersonAttendance:
    """Raises PersonNotFound where the caller may see none of it."""
    rows = await queries.list_person_days(session, asn_id, scope=caller.reach(), from_date=from_date, to_date=to_date)
    nips = await queries.nips_of(session, [asn_id])
    if not nips or (not rows and caller.reach() is not None):
        raise PersonNotFound
    await record(session, caller, "attendance.read-person", at=at, target=str(asn_id), nips=nips)
    items = [
        PersonDay(
            mark_id=mark.id,
            apel_id=apel.id,
            date=apel.on_date,
            title=apel.title,
            status=_masked(mark.status, open_health=sees_health(caller, mark.unit_code)),
            mode=mark.mode,
            pending=mark.pending,
            minutes=mark.seconds // 60,
            reason=mark.reason,
        )
        for mark, apel in rows
    ]
    return PersonAttendance(asn_id=asn_id, items=items)
