"""Days of work: where somebody was, what was due that day, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.core.texts import Language, text
from app.duty.queries import KNOW_HEALTH, ConfirmedSpan, list_confirmed_spans
from app.duty.rules import EXCUSED_MASK, is_hidden
from app.performance.answers import DayOutput, DaysOutput, DaysWanted, share_of_capaian
from app.performance.errors import OutputSpanInvalid
from app.performance.people import READERS, find_person, is_own
from app.performance.queries import Span
from app.performance.tracing import Line, Tracing, load_lines
from app.performance.verdicts import AT_WORK, UNKNOWN, judge_day
from app.registry.queries import opd_of_asn
from app.workdays.reading import load_verdicts
from app.workdays.rules import VerdictKind

LONGEST = 366


class _Days(NamedTuple):
    """What is known of a person's days besides output."""

    spans: Sequence[ConfirmedSpan]
    seen: frozenset[date]
    working: frozenset[date]
    knows_health: bool

    def absence_on(self, day: date) -> ConfirmedSpan | None:
        return next((span for span in self.spans if span.from_date <= day <= span.to_date), None)

    def place_on(self, day: date) -> str:
        absence = self.absence_on(day)
        if absence is None:
            return AT_WORK if day in self.seen else UNKNOWN
        return EXCUSED_MASK if is_hidden(absence.code, knows_health=self.knows_health) else absence.code.lower()


async def read_days(
    session: AsyncSession, caller: Principal, asn_id: UUID, wanted: DaysWanted, language: Language, *, at: datetime
) -> DaysOutput:
    """Each working day of a span, and every other day for which something was agreed.

    Raises AsnNotFound, OutputSpanInvalid.
    """
    today = civil_date(at, zone_of(session))
    last = wanted.to_date or max(today, wanted.from_date or date.min)
    first = wanted.from_date or last.replace(day=1)
    if not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise OutputSpanInvalid(days=LONGEST)
    person = await find_person(session, caller, asn_id, today, *READERS)
    lines = await load_lines(session, asn_id, Span(first, last, today))
    due = _by_day([line for line in lines if line.kept.from_date == line.kept.to_date])
    known = await _load_days(session, caller, asn_id, first, last, today)
    await record(session, caller, "performance.read-days", at=at, target=str(asn_id), nips=[person.nip])
    days = sorted(known.working | due.keys())
    return DaysOutput(
        asn_id=asn_id,
        from_date=first,
        to_date=last,
        items=[_day(day, due.get(day, []), known, today, language) for day in days],
    )


def _by_day(lines: Sequence[Line]) -> dict[date, list[Line]]:
    ordered = sorted(lines, key=lambda line: line.kept.from_date)
    return {day: list(group) for day, group in groupby(ordered, lambda line: line.kept.from_date)}


async def _load_days(
    session: AsyncSession, caller: Principal, asn_id: UUID, first: date, last: date, today: date
) -> _Days:
    spans = (await list_confirmed_spans(session, first, last, [asn_id])).get(asn_id, [])
    facts = (await load_verdicts(session, [asn_id], first, last)).get(asn_id, [])
    reach = caller.reach(*KNOW_HEALTH)
    serves = await opd_of_asn(session, asn_id, today)
    return _Days(
        spans,
        seen=frozenset(fact.day for fact in facts if fact.kind is VerdictKind.PRESENT and fact.record_id is not None),
        working=frozenset(fact.day for fact in facts),
        knows_health=is_own(caller, asn_id) or reach is None or serves in reach,
    )


def _day(day: date, lines: Sequence[Line], known: _Days, today: date, language: Language) -> DayOutput:
    absence, place = known.absence_on(day), known.place_on(day)
    judged = judge_day(place, [line.outcome for line in lines], today)
    tracing = Tracing(lines, today, language)
    percent = judged.capaian.percent
    return DayOutput(
        day=day,
        place=place,
        absence_id=absence.id if absence else None,
        verdict=judged.verdict,
        text=text(language, "output.day", judged.verdict, percent=percent),
        capaian=share_of_capaian(judged.capaian),
        targets=[tracing.target(line) for line in lines],
    )
