"""Until when marks can be contested: from when their apel became final, and from what moved them since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.attendance import contest_queries as queries
from app.attendance.contest_queries import CorrectionRow, ObjectionRow
from app.attendance.contest_rules import Bar, Term, bar_to, last_day, term_of
from app.attendance.models import Mark, MarkMove, Settlement
from app.attendance.moves import load_moves
from app.attendance.terms import rules_by_id
from app.calendar.queries import load_days
from app.calendar.rules import Days
from app.calendar.service import ensure_years
from app.core.clock import civil_date
from app.core.db import zone_of
from app.duty.models import Absence
from app.policies.rules import Rules
from app.policies.service import rules_on

FAR = timedelta(days=200)
"""Civil days in which any term of working days ends: no calendar takes off more than every second day."""


@dataclass(frozen=True)
class Contest:
    """What a mark's objection rests on."""

    bar: Bar | None
    term: Term
    policy: Rules


@dataclass(frozen=True)
class History:
    """What was said about some marks, and what bears on until when more can be said."""

    apels: Mapping[UUID, ApelNow]
    objections: Mapping[UUID, Sequence[ObjectionRow]]
    corrections: Mapping[UUID, Sequence[CorrectionRow]]
    moves: Mapping[UUID, Sequence[MarkMove]]
    absences: Sequence[Absence]
    """Confirmed, of these people, around these days."""
    contests: Mapping[UUID, Contest]


def standing(mark: Mark) -> dict[str, str | None]:
    """What a mark says, as an objection or a correction keeps it."""
    return {"status": mark.status, "mode": mark.mode, "reason": mark.reason}


async def load_history(session: AsyncSession, marks: Sequence[Mark], *, at: datetime) -> History:
    """In a number of statements that depends on how many policies judged them, not on how many marks there are."""
    mark_ids, asn_ids = [mark.id for mark in marks], {mark.asn_id for mark in marks}
    apels = await queries.load_apels_by_id(session, {mark.apel_id for mark in marks}, at=at)
    days = [apel.on_date for apel in apels.values()] or [date.min]
    corrections = await queries.load_corrections(session, mark_ids)
    objections = await queries.load_objections(session, mark_ids)
    absences = await queries.list_absences(session, asn_ids, min(days), max(days))
    moves = await load_moves(session, mark_ids)
    settled = await queries.load_settlements(session, apels)
    policies = await _load_policies(session, apels, settled)
    today = civil_date(at, zone_of(session))
    calendar = await load_calendar(session, min(days), today) if settled else {}
    contests = {}
    for mark in marks:
        apel = apels[mark.apel_id]
        policy = policies[apel.id]
        moved = [civil_date(move.at, zone_of(session)) for move in moves.get(mark.id, ())]
        ended = settled.get(apel.id)
        final_on = civil_date(ended.final_at, zone_of(session)) if ended else None
        days_given = policy.mark_objections.days if policy.mark_objections else None
        term = term_of(final_on, moved, days_given, calendar)
        last = next(iter(objections.get(mark.id, ())), None)
        bar = bar_to(
            pending=mark.pending,
            last=last.state if last else None,
            unchanged=last is not None and last.objection.against == standing(mark),
            late=term.over(today),
        )
        contests[mark.id] = Contest(bar, term, policy)
    return History(apels, objections, corrections, moves, absences, contests)


async def _load_policies(
    session: AsyncSession, apels: Mapping[UUID, ApelNow], settled: Mapping[UUID, Settlement]
) -> dict[UUID, Rules]:
    """Apel → the rules that judge it, each policy read once."""
    by_id = {policy_id: await rules_by_id(session, policy_id) for policy_id in {s.policy_id for s in settled.values()}}
    by_day: dict[date, Rules] = {}
    for apel in apels.values():
        if apel.id not in settled and apel.on_date not in by_day:
            by_day[apel.on_date] = await rules_on(session, apel.on_date)
    return {
        apel.id: by_id[settled[apel.id].policy_id] if apel.id in settled else by_day[apel.on_date]
        for apel in apels.values()
    }


async def load_calendar(session: AsyncSession, first: date, last: date) -> Days:
    """The marked days in which terms that begin within this span end."""
    await ensure_years(session, first, last + FAR)
    return await load_days(session, first, last + FAR)


async def answer_by(session: AsyncSession, policy: Rules, today: date) -> date | None:
    """The last day for an answer to an objection of today."""
    if policy.mark_objections is None:
        return None
    return last_day(today, policy.mark_objections.answer_days, await load_calendar(session, today, today))


def is_final(apel: ApelNow) -> bool:
    return apel.state is ApelState.FINAL
