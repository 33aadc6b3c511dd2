"""A mark with its history, and the queues of what waits for an answer or a second person: masked, on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.timeline import ApelNow
from app.attendance import contest_queries as queries
from app.attendance import contest_schemas as schemas
from app.attendance.contest_queries import CorrectionRow, ObjectionRow
from app.attendance.contest_rules import CorrectionState, ObjectionState
from app.attendance.contest_terms import Contest, History, is_final, load_history, standing
from app.attendance.models import Finding, Mark, MarkMove
from app.attendance.queries import nips_of
from app.attendance.reading import READERS, masked, sees_health, uncorrected
from app.attendance.schemas import Basis
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Principal, Role
from app.core.traces import EvidenceLink
from app.duty.models import Absence
from app.registry.models import Asn
from app.reports.rules import mask_nip

QUEUE_READERS = (Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)
"""Who sees what waits, each within their reach."""


@dataclass(frozen=True)
class WantedQueue:
    opd_code: str | None
    cursor: str | None
    limit: int


async def read_mark(session: AsyncSession, caller: Principal, mark_id: UUID, *, at: datetime) -> schemas.MarkRead:
    """One mark with everything that was said about it. Raises MarkNotFound."""
    mark = await queries.get_mark(session, caller, mark_id, *READERS)
    person = await session.get_one(Asn, mark.asn_id)
    history = await load_history(session, [mark], at=at)
    findings = (await queries.load_findings_of(session, mark.asn_id, [mark.apel_id])).get(mark.apel_id, [])
    await record(session, caller, "attendance.read-mark", at=at, target=str(mark.id), nips=[person.nip])
    return _Told(session, caller, history, at).mark(mark, person, findings)


async def read_marks_of(
    session: AsyncSession, caller: Principal, asn_id: UUID, from_date: date, to_date: date, *, at: datetime
) -> list[schemas.MarkRead]:
    """A person's marks with their histories, newest first, in a fixed number of statements; for the own view."""
    rows = await queries.list_marks_between(session, asn_id, from_date, to_date)
    marks = [mark for mark, _ in rows]
    if not marks:
        return []
    person = await session.get_one(Asn, asn_id)
    history = await load_history(session, marks, at=at)
    findings = await queries.load_findings_of(session, asn_id, list(history.apels))
    await record(session, caller, "attendance.read-person", at=at, target=str(asn_id), nips=[person.nip])
    told = _Told(session, caller, history, at)
    return [told.mark(mark, person, findings.get(mark.apel_id, [])) for mark in marks]


async def read_objections(
    session: AsyncSession, caller: Principal, wanted: WantedQueue, state: ObjectionState | None, *, at: datetime
) -> Page[schemas.ObjectionRead]:
    rows = await queries.list_objections(
        session,
        caller.reach(*QUEUE_READERS),
        state=state,
        opd_code=wanted.opd_code,
        cursor=wanted.cursor,
        limit=wanted.limit + 1,
    )
    page = cut_page(rows, wanted.limit, lambda row: (row.objection.id,))
    nips = await nips_of(session, {row.objection.asn_id for row in page.items})
    await record(session, caller, "attendance.list-objections", at=at, nips=nips)
    today = civil_date(at, zone_of(session))
    items = [objection_read(row, today, open_health=_open(caller, row.objection)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def read_corrections(
    session: AsyncSession, caller: Principal, wanted: WantedQueue, state: CorrectionState | None, *, at: datetime
) -> Page[schemas.CorrectionRead]:
    rows = await queries.list_corrections(
        session,
        caller.reach(*QUEUE_READERS),
        state=state,
        opd_code=wanted.opd_code,
        cursor=wanted.cursor,
        limit=wanted.limit + 1,
    )
    page = cut_page(rows, wanted.limit, lambda row: (row.correction.id,))
    nips = await nips_of(session, {row.correction.asn_id for row in page.items})
    await record(session, caller, "attendance.list-corrections", at=at, nips=nips)
    items = [correction_read(row, open_health=_open(caller, row.correction)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def read_objection(
    session: AsyncSession, caller: Principal, objection_id: UUID, *, at: datetime
) -> schemas.ObjectionRead:
    """An objection for whoever has just written about it."""
    row = await queries.get_objection(session, objection_id)
    today = civil_date(at, zone_of(session))
    return objection_read(row, today, open_health=_open(caller, row.objection))


async def read_correction(session: AsyncSession, caller: Principal, correction_id: UUID) -> schemas.CorrectionRead:
    """A correction for whoever has just written about it."""
    row = await queries.get_correction(session, correction_id)
    return correction_read(row, open_health=_open(caller, row.correction))


def _open(caller: Principal, of: Any) -> bool:
    """Whether the caller may know why this person is on sick leave; a reason or a letter says as much as a code."""
    return queries.is_own(caller, of.asn_id) or sees_health(caller, of.unit_code)


def _document(number: str | None, day: date | None, *, open_health: bool) -> schemas.DocumentRead | None:
    return schemas.DocumentRead(number=number, date=day) if number and day and open_health else None


def objection_read(row: ObjectionRow, today: date, *, open_health: bool) -> schemas.ObjectionRead:
    said, state = row.objection, row.state
    against = uncorrected(said.against, open_health=open_health)
    assert against is not None
    overdue = state is ObjectionState.OPEN and said.answer_by is not None and today > said.answer_by
    return schemas.ObjectionRead(
        id=said.id,
        mark_id=said.mark_id,
        apel_id=said.apel_id,
        asn_id=said.asn_id,
        name=row.name,
        opd_code=said.unit_code,
        state=state,
        against=against,
        reason=said.reason if open_health else None,
        status=masked(said.wanted, open_health=open_health),
        document=_document(said.document_no, said.document_date, open_health=open_health),
        at=said.at,
        answer_by=said.answer_by,
        overdue=overdue,
        answers=[
            schemas.AnswerRead(
                outcome=answer.outcome, note=answer.note if open_health else None, by=answer.by_name, at=answer.at
            )
            for answer in row.answers
        ],
        href=href_of(said.mark_id),
    )


def correction_read(row: CorrectionRow, *, open_health: bool) -> schemas.CorrectionRead:
    said, closing = row.correction, row.closing
    was = uncorrected(said.was, open_health=open_health)
    assert was is not None
    return schemas.CorrectionRead(
        id=said.id,
        mark_id=said.mark_id,
        apel_id=said.apel_id,
        asn_id=said.asn_id,
        name=row.name,
        opd_code=said.unit_code,
        state=row.state,
        objection_id=said.objection_id,
        was=was,
        status=str(masked(said.status, open_health=open_health)),
        mode=said.mode,
        reason=said.reason if open_health else None,
        document=_document(said.document_no, said.document_date, open_health=open_health),
        by=said.by_name,
        at=said.at,
        closed_by=closing.by_name if closing else None,
        closed_at=closing.at if closing else None,
        closing_note=closing.note if closing and open_health else None,
        href=href_of(said.mark_id),
    )


def href_of(mark_id: UUID) -> str:
    """Where a mark is read with its history."""
    return f"/v1/attendance/{mark_id}"


class _Told:
    """Marks as one caller may read them, from what was loaded about them."""

    def __init__(self, session: AsyncSession, caller: Principal, history: History, at: datetime) -> None:
        self._caller, self._history = caller, history
        self._today = civil_date(at, zone_of(session))

    def mark(self, mark: Mark, person: Asn, findings: Sequence[Finding]) -> schemas.MarkRead:
        apel, open_health = self._history.apels[mark.apel_id], _open(self._caller, mark)
        facts_alone = mark.uncorrected if mark.correction_id else standing(mark)
        claim = dict(mark.claim) if mark.claim else None
        if claim and "status" in claim:
            claim["status"] = masked(claim["status"], open_health=open_health)
        absences = self._absences(mark, apel)
        return schemas.MarkRead(
            mark_id=mark.id,
            apel_id=apel.id,
            date=apel.on_date,
            title=apel.title,
            final=is_final(apel),
            asn_id=mark.asn_id,
            name=person.name,
            nip_masked=mask_nip(person.nip),
            opd_code=mark.opd_code,
            unit_code=mark.unit_code,
            status=masked(mark.status, open_health=open_health),
            mode=mark.mode,
            pending=mark.pending,
            minutes=mark.seconds // 60,
            reason=mark.reason,
            concluded=uncorrected(facts_alone, open_health=open_health),
            correction_id=mark.correction_id,
            basis=Basis(claim=claim, evidence=mark.evidence),
            absences=[_absence_read(absence, open_health=open_health) for absence in absences],
            findings=[_finding_read(finding) for finding in findings],
            objections=[
                objection_read(row, self._today, open_health=open_health)
                for row in self._history.objections.get(mark.id, ())
            ],
            corrections=[
                correction_read(row, open_health=open_health) for row in self._history.corrections.get(mark.id, ())
            ],
            moves=[_move_read(move, open_health=open_health) for move in self._history.moves.get(mark.id, ())],
            contest=_contest_read(mark, self._history.contests[mark.id]),
            evidence=self._evidence(mark, absences),
        )

    def _absences(self, mark: Mark, apel: ApelNow) -> list[Absence]:
        """The confirmed reasons to be elsewhere on that day."""
        return [
            absence
            for absence in self._history.absences
            if absence.asn_id == mark.asn_id and absence.from_date <= apel.on_date <= absence.to_date
        ]

    def _evidence(self, mark: Mark, absences: Sequence[Absence]) -> list[EvidenceLink]:
        """Where the facts are read; a civil servant reads them here, and has no way into the lists of others."""
        links = [EvidenceLink(kind="mark", id=str(mark.id), href=href_of(mark.id))]
        if not self._caller.holds(*READERS):
            return links
        apel = f"/v1/apel/{mark.apel_id}"
        if mark.claim:
            reports = f"{apel}/reports/{mark.claim.get('opd_code', mark.unit_code)}/versions"
            links.append(EvidenceLink(kind="report_version", id=str(mark.claim["version_id"]), href=reports))
        if mark.evidence:
            people = f"{apel}/participants?matched=true"
            links.append(EvidenceLink(kind="presence", id=str(mark.evidence["participant_id"]), href=people))
        return links + [
            EvidenceLink(kind="absence", id=str(absence.id), href=f"/v1/absences/{absence.id}") for absence in absences
        ]


def _move_read(move: MarkMove, *, open_health: bool) -> schemas.MoveRead:
    was, became = (uncorrected(mark, open_health=open_health) for mark in (move.was, move.became))
    return schemas.MoveRead(at=move.at, was=was, became=became)


def _absence_read(absence: Absence, *, open_health: bool) -> schemas.AbsenceRead:
    code = str(masked(absence.code, open_health=open_health))
    return schemas.AbsenceRead(
        id=absence.id,
        code=code,
        from_date=absence.from_date,
        to_date=absence.to_date,
        letter_no=absence.letter_no if code == absence.code else None,
    )


def _finding_read(finding: Finding) -> dict[str, Any]:
    href = f"/v1/apel/{finding.apel_id}/findings?opd_code={finding.opd_code}"
    return {"id": str(finding.id), "code": finding.code, "grade": finding.grade, "href": href}


def _contest_read(mark: Mark, contest: Contest) -> schemas.ContestRead:
    rules = contest.policy.mark_objections
    return schemas.ContestRead(
        open=contest.bar is None,
        bar=contest.bar,
        until=contest.term.until,
        days=rules.days if rules else None,
        policy=contest.policy.label,
        source=rules.source.source if rules else None,
        verified=rules.source.verified if rules else None,
        code=None if rules else "no-rule-set",
        href=f"{href_of(mark.id)}/objections",
    )
