"""The working days of many people that were not simply worked: a few of a year's million records.

Whoever compares rules over a long span needs only what a rule can be about. A day that is left out was worked within
its hours, or nothing is known of it; streaks, which such days break, are for `reading.load_verdicts`. An excused day
does not name a record that the clocks alone made a full one.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Time, Uuid, exists, func, literal, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.calendar.rules import Hours
from app.duty.queries import ConfirmedSpan, list_confirmed_spans
from app.duty.rules import Code
from app.registry.rules import WorkPattern
from app.workdays.judging import DayRecord
from app.workdays.models import WorkdayRecord
from app.workdays.reading import Post, WorkingDays, judge_days, load_posts
from app.workdays.rules import DayFact, VerdictKind

DayHours = Mapping[WorkPattern, Mapping[date, Hours | None]]
_ONE_DAY = timedelta(days=1)


async def load_deviations(
    session: AsyncSession, asn_ids: Collection[UUID], from_date: date, to_date: date, working: WorkingDays
) -> dict[UUID, list[DayFact]]:
    """Person → what deviates on the days served in a span (both ends inclusive), in order, in three statements."""
    hours: DayHours = {pattern: dict(working.between(pattern, from_date, to_date)) for pattern in WorkPattern}
    posts = await load_posts(session, asn_ids, from_date, to_date)
    absences = await list_confirmed_spans(session, from_date, to_date, asn_ids)
    records = await _load_deviating(session, asn_ids, from_date, to_date, hours)
    return {
        asn_id: _judge(asn_id, served, hours, absences.get(asn_id, ()), records.get(asn_id, {}))
        for asn_id, served in posts.items()
    }


def deviates(fact: DayFact) -> bool:
    """Whether a verdict says more than that the day was worked or that nothing is known."""
    if fact.kind is VerdictKind.PRESENT:
        return bool(fact.late_minutes or fact.early_minutes or fact.no_clock_in or fact.no_clock_out)
    return fact.kind is not VerdictKind.UNKNOWN


def _judge(
    asn_id: UUID,
    posts: Iterable[Post],
    hours: DayHours,
    absences: Collection[ConfirmedSpan],
    records: Mapping[date, DayRecord],
) -> list[DayFact]:
    days = set(records)
    for span in absences:
        days.update(span.from_date + _ONE_DAY * n for n in range((span.to_date - span.from_date).days + 1))
    in_order = sorted(days)
    facts: list[DayFact] = []
    for post in posts:
        table = hours[post.pattern]
        served = ((day, table[day]) for day in in_order if post.from_date <= day <= post.to_date and day in table)
        facts += (fact for fact in judge_days(asn_id, post, served, absences, records) if deviates(fact))
    return facts


async def _load_deviating(
    session: AsyncSession, asn_ids: Collection[UUID], from_date: date, to_date: date, hours: DayHours
) -> dict[UUID, dict[date, DayRecord]]:
    """Person → day → the record that counts, of the days that the clocks alone do not make a full one for everybody."""
    kept, later = WorkdayRecord, aliased(WorkdayRecord)
    bounds = _bounds(hours, from_date, to_date)
    columns: list[Any] = [literal([row[n] for row in bounds], ARRAY(kind)) for n, kind in enumerate((Date, Time, Time))]
    full = func.unnest(*columns).table_valued("day", "came_before", "left_from").render_derived()
    worked = (
        func.coalesce(kept.code, Code.H.value) == Code.H.value,
        kept.clock_in < full.c.came_before,
        kept.clock_out >= full.c.left_from,
        kept.clock_out >= kept.clock_in,
    )
    whole = func.coalesce(worked[0] & worked[1] & worked[2] & worked[3], literal(False))
    told = (kept.asn_id, kept.day, kept.clock_in, kept.clock_out, kept.status, kept.code, kept.day_over, kept.id)
    few = (
        select(*told, kept.seq)
        .join(full, full.c.day == kept.day + literal(0))  # a sum: no index is asked for each person and day
        .where(kept.asn_id == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid))))
        .where(kept.day.between(from_date, to_date))
        .where(not_(whole))
        .cte("few")
        .prefix_with("MATERIALIZED")  # these first: whether something later replaces them is asked of each by itself
    )
    replaced = exists().where(later.asn_id == few.c.asn_id, later.day == few.c.day, later.seq > few.c.seq)
    asked = select(*(few.c[column.key] for column in told)).where(not_(replaced))
    found: dict[UUID, dict[date, DayRecord]] = {}
    for asn_id, day, came, left, status, code, over, record_id in await session.execute(asked):
        found.setdefault(asn_id, {})[day] = DayRecord(came, left, status, code, over, record_id)
    return found


def _bounds(hours: DayHours, from_date: date, to_date: date) -> list[tuple[date, time, time]]:
    """Day, before when and from when on clocks make it a full one by the hours of every pattern.

    Minutes late are whole ones, so whoever comes within the first is in time.
    """
    rows = []
    for number in range((to_date - from_date).days + 1):
        day = from_date + _ONE_DAY * number
        known = [table[day] for table in hours.values() if table.get(day) is not None]
        starts = min((one.starts for one in known if one), default=time(23, 58))
        ends = max((one.ends for one in known if one), default=time.min)
        rows.append((day, (datetime.combine(day, starts) + timedelta(minutes=1)).time(), ends))
    return rows
