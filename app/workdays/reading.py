"""What every working day of many people was, from records, confirmed absences, assignments and the calendar."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.calendar import almanac
from app.calendar.queries import load_days
from app.calendar.rules import Days, Hours, hour_rules_on, hours_of_day, is_working_day
from app.calendar.service import ensure_years
from app.duty.queries import ConfirmedSpan, list_confirmed_spans
from app.registry.models import Asn, Assignment
from app.registry.rules import WorkPattern
from app.workdays.judging import DayRecord, judge_day, keeps_own_hours
from app.workdays.models import WorkdayRecord
from app.workdays.rules import DayFact, VerdictKind

_ONE_DAY = timedelta(days=1)
_OFF = VerdictKind.OFF


class Post(NamedTuple):
    """Where somebody serves from a day to a day, as far as working days are concerned."""

    employment_type: str
    pattern: WorkPattern
    from_date: date
    to_date: date


class WorkingDays:
    """The working days of each pattern in a span, with their hours; None where a pattern keeps its own."""

    def __init__(self, days: Days, from_date: date, to_date: date) -> None:
        self._days = days
        self._span = [from_date + _ONE_DAY * n for n in range((to_date - from_date).days + 1)]
        self._known: dict[WorkPattern, tuple[list[date], list[Hours | None]]] = {}

    def between(self, pattern: WorkPattern, from_date: date, to_date: date) -> Iterable[tuple[date, Hours | None]]:
        if pattern not in self._known:
            self._known[pattern] = self._make(pattern)
        days, hours = self._known[pattern]
        span = slice(bisect_left(days, from_date), bisect_right(days, to_date))
        return zip(days[span], hours[span], strict=True)

    def _make(self, pattern: WorkPattern) -> tuple[list[date], list[Hours | None]]:
        working = [day for day in self._span if is_working_day(day, self._days, pattern)]
        return working, [self._hours(day, pattern) for day in working]

    def _hours(self, day: date, pattern: WorkPattern) -> Hours | None:
        rules = hour_rules_on(almanac.list_hour_rules(), day)
        return hours_of_day(day, self._days, pattern, rules) if rules else None


async def load_verdicts(
    session: AsyncSession, asn_ids: Collection[UUID] | None, from_date: date, to_date: date
) -> dict[UUID, list[DayFact]]:
    """Person → one fact for each working day served in a span (both ends inclusive), in order; None: everybody.

    Days off are left out, and so is whoever did not serve. The number of statements is fixed; what they say rests on
    no policy, so that one reading serves every version of the rules.
    """
    working = await load_working_days(session, from_date, to_date)
    posts = await load_posts(session, asn_ids, from_date, to_date)
    absences = await list_confirmed_spans(session, from_date, to_date, asn_ids)
    records = await load_records(session, asn_ids, from_date, to_date)

    def judge() -> dict[UUID, list[DayFact]]:
        return {
            asn_id: judge_person(asn_id, served, working, absences.get(asn_id, ()), records.get(asn_id, {}))
            for asn_id, served in posts.items()
        }

    # Months of thousands of people take a while: the service goes on answering meanwhile.
    return await asyncio.to_thread(judge)


async def load_working_days(session: AsyncSession, from_date: date, to_date: date) -> WorkingDays:
    await ensure_years(session, from_date, to_date)
    return WorkingDays(await load_days(session, from_date, to_date), from_date, to_date)


def _among(column: InstrumentedAttribute[UUID], asn_ids: Collection[UUID] | None) -> ColumnElement[bool]:
    return true() if asn_ids is None else column == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid)))


async def load_posts(
    session: AsyncSession, asn_ids: Collection[UUID] | None, from_date: date, to_date: date
) -> dict[UUID, list[Post]]:
    """Who serves in a span, clipped to it, in order."""
    asked = (
        select(
            Assignment.asn_id, Asn.employment_type, Assignment.work_pattern, Assignment.from_date, Assignment.to_date
        )
        .join(Asn, Asn.id == Assignment.asn_id)
        .where(_among(Assignment.asn_id, asn_ids), Assignment.from_date <= to_date)
        .where(or_(Assignment.to_date.is_(None), Assignment.to_date >= from_date))
        .order_by(Assignment.asn_id, Assignment.from_date)
    )
    found: dict[UUID, list[Post]] = {}
    for asn_id, employment_type, pattern, begins, ends in await session.execute(asked):
        post = Post(employment_type, WorkPattern(pattern), max(begins, from_date), min(ends or to_date, to_date))
        found.setdefault(asn_id, []).append(post)
    return found


async def load_records(
    session: AsyncSession, asn_ids: Collection[UUID] | None, from_date: date, to_date: date
) -> dict[UUID, dict[date, DayRecord]]:
    """Person → day → what the file applied last said of it."""
    kept = WorkdayRecord
    named = (kept.clock_in, kept.clock_out, kept.status, kept.code, kept.day_over, kept.id, kept.seq)
    asked = select(kept.asn_id, kept.day, *named)
    asked = asked.where(_among(kept.asn_id, asn_ids), kept.day.between(from_date, to_date))
    found: dict[UUID, dict[date, DayRecord]] = {}
    # The latest is found here: the database would sort a hundred thousand rows to find a few that are told twice.
    for asn_id, day, came, left, status, code, over, record_id, seq in await session.execute(asked):
        days = found.get(asn_id)
        if days is None:
            days = found[asn_id] = {}
        before = days.get(day)
        if before is None or before.seq < seq:
            days[day] = DayRecord(came, left, status, code, over, record_id, seq)
    return found


def judge_person(
    asn_id: UUID,
    posts: Iterable[Post],
    working: WorkingDays,
    absences: Iterable[ConfirmedSpan],
    records: Mapping[date, DayRecord],
) -> list[DayFact]:
    """One person's working days, judged."""
    spans = tuple(absences)
    facts: list[DayFact] = []
    for post in posts:
        facts += judge_days(asn_id, post, working.between(post.pattern, post.from_date, post.to_date), spans, records)
    return facts


def judge_days(
    asn_id: UUID,
    post: Post,
    days: Iterable[tuple[date, Hours | None]],
    spans: Collection[ConfirmedSpan],
    records: Mapping[date, DayRecord],
) -> Iterator[DayFact]:
    """The verdicts on some working days of one post; days off give none."""
    own_hours = keeps_own_hours(post.employment_type, post.pattern)
    for day, hours in days:
        duty = next((span for span in spans if span.from_date <= day <= span.to_date), None) if spans else None
        record = records.get(day)
        kind, late, early, no_in, no_out, code, unclear = judge_day(
            record, duty.code if duty else None, hours, own_hours=own_hours
        )
        if kind is not _OFF:
            ids = record.id if record else None, duty.id if duty else None
            yield DayFact(asn_id, day, kind, late, early, no_in, no_out, code, *ids, unclear)
