"""Objecting to the own mark, and answering: rows that are added, so that the mark and what was said stay visible."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import contest_queries as queries
from app.attendance.contest_rules import Answer, Bar, ObjectionState
from app.attendance.contest_schemas import AnswerWrite, CorrectionWrite, ObjectionWrite
from app.attendance.contest_terms import Contest, answer_by, load_history, standing
from app.attendance.correcting import propose_correction
from app.attendance.errors import (
    CorrectionNeeded,
    CorrectionNotAsked,
    MarkNotFound,
    MarkObjectionAnswered,
    MarkPending,
    ObjectionOpen,
    ObjectionTooLate,
    OwnMark,
)
from app.attendance.models import Mark, MarkObjection, ObjectionAnswer
from app.attendance.queries import nips_of
from app.attendance.service import hold_conclusion
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.duty.rules import Mode


async def object_to_mark(
    session: AsyncSession, caller: Principal, mark_id: UUID, body: ObjectionWrite, *, at: datetime
) -> tuple[UUID, bool]:
    """Keep what a person says against the own mark, and say whether it is new; said again, it is the same objection.

    Raises MarkNotFound, MarkPending, ObjectionOpen, MarkObjectionAnswered, ObjectionTooLate.
    """
    mark = await _held_own_mark(session, caller, mark_id)
    history = await load_history(session, [mark], at=at)
    contest, said = history.contests[mark.id], _said(body)
    last = next((row.objection for row in history.objections.get(mark.id, ())), None)
    if contest.bar is Bar.OPEN and last is not None and said == {name: getattr(last, name) for name in said}:
        return last.id, False
    _require_open(contest, last)
    due = await answer_by(session, contest.policy, civil_date(at, zone_of(session)))
    objection = MarkObjection(
        mark_id=mark.id,
        apel_id=mark.apel_id,
        asn_id=mark.asn_id,
        unit_code=mark.unit_code,
        against=standing(mark),
        answer_by=due,
        by_id=caller.id,
        at=at,
        **said,
    )
    session.add(objection)
    await session.flush()
    await _note(session, caller, "attendance.object", objection, at=at)
    return objection.id, True


async def _held_own_mark(session: AsyncSession, caller: Principal, mark_id: UUID) -> Mark:
    """The caller's own mark as it stands while nobody else writes about its apel. Raises MarkNotFound."""
    mark = await queries.get_mark(session, caller, mark_id)
    if not queries.is_own(caller, mark.asn_id):
        raise MarkNotFound
    await hold_conclusion(session, mark.apel_id)
    return await queries.get_mark(session, caller, mark_id)


def _said(body: ObjectionWrite) -> dict[str, Any]:
    return {
        "reason": body.reason,
        "wanted": body.status,
        "document_no": body.document.number if body.document else None,
        "document_date": body.document.date if body.document else None,
    }


def _require_open(contest: Contest, last: MarkObjection | None) -> None:
    if contest.bar is Bar.PENDING:
        raise MarkPending
    if contest.bar is Bar.OPEN:
        raise ObjectionOpen(answer_by=str(last.answer_by if last and last.answer_by else "–"))
    if contest.bar is Bar.ANSWERED:
        raise MarkObjectionAnswered
    if contest.bar is Bar.TOO_LATE:
        raise ObjectionTooLate(until=str(contest.term.until))


async def answer_objection(
    session: AsyncSession, caller: Principal, objection_id: UUID, body: AnswerWrite, *, at: datetime
) -> None:
    """Keep an answer; accepted, it proposes a correction, which another person confirms. Said again, nothing changes.

    Raises ObjectionNotFound, OwnMark, MarkObjectionAnswered, CorrectionNeeded, CorrectionNotAsked and what
    `propose_correction` raises.
    """
    seen = (await queries.get_objection(session, objection_id)).objection
    await hold_conclusion(session, seen.apel_id)
    row = await queries.get_objection(session, objection_id)
    objection = row.objection
    if caller.asn_id == objection.asn_id:
        raise OwnMark
    if row.state is not ObjectionState.OPEN:
        if (row.answers[0].outcome, row.answers[0].note) == (body.outcome, body.note):
            return
        raise MarkObjectionAnswered
    correction = _correction_of(objection, body)
    answer = ObjectionAnswer(
        objection_id=objection.id,
        outcome=body.outcome,
        note=body.note,
        by_id=caller.id,
        by_name=caller.name,
        at=at,
    )
    session.add(answer)
    await session.flush()
    await _note(session, caller, "attendance.answer", objection, outcome=body.outcome, at=at)
    if correction is not None:
        await propose_correction(session, caller, objection.mark_id, correction, objection_id=objection.id, at=at)


def _correction_of(objection: MarkObjection, body: AnswerWrite) -> CorrectionWrite | None:
    """What an answer corrects: what the objection asked for and proved, where the answer names nothing else."""
    if body.outcome is Answer.REJECTED:
        if body.status is not None or body.mode is not None or body.document is not None:
            raise CorrectionNotAsked
        return None
    status = body.status or objection.wanted
    document = body.document.model_dump() if body.document else None
    if document is None and objection.document_no and objection.document_date:
        document = {"number": objection.document_no, "date": objection.document_date}
    if status is None or document is None:
        raise CorrectionNeeded
    said = {"status": status, "mode": Mode(body.mode) if body.mode else None, "reason": body.note}
    return CorrectionWrite.model_validate(said | {"document": document})


async def _note(
    session: AsyncSession, caller: Principal, action: str, objection: MarkObjection, *, at: datetime, **detail: str
) -> None:
    nips = await nips_of(session, [objection.asn_id])
    mark_id = str(objection.mark_id)
    await record(session, caller, action, at=at, target=str(objection.id), nips=nips, mark_id=mark_id, **detail)
