"""How long the public waited, summed by the database however many there were.

Whether a promise was kept is `rules.judge`, said once more for sets; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar.models import CalendarDay
from app.calendar.rules import DAYS_OFF, WORKING_WEEK
from app.calendar.service import ensure_years
from app.core.db import within
from app.core.principal import Scope
from app.core.rates import Percent
from app.counters.models import CounterPromise, CounterTicket
from app.counters.rules import LONGEST
from app.registry.rules import WorkPattern

_ONE_DAY = timedelta(days=1)
P50, P90 = 0.5, 0.9


@dataclass(frozen=True)
class SpeedFigure:
    """People whose turn began in a span; times in seconds."""

    served: int = 0
    """Finished and not cancelled."""
    waiting: int = 0
    cancelled: int = 0
    promised: int = 0
    """Served ones of whom it can be said whether the promise was kept."""
    within: int = 0
    unknown: int = 0
    """Served under a promise to be called in time, without anybody having told when they were called."""
    wait_p50: int | None = None
    wait_p90: int | None = None
    total_p50: int | None = None
    total_p90: int | None = None

    @property
    def share(self) -> Percent:
        """Served within the promised time, of those of whom it can be said; the others are named."""
        left_out = {
            "cancelled": self.cancelled,
            "no_promise": self.served - self.promised - self.unknown,
            "unfinished": self.waiting,
            "unknown": self.unknown,
        }
        return Percent(self.within, self.promised, {code: number for code, number in left_out.items() if number})


async def judged(session: AsyncSession, from_date: date, to_date: date, scope: Scope = None) -> CTE:
    """The tickets of a span with `kept`: whether the promise of their day was kept, null where nothing can be said."""
    promise = _promises()
    ticket = CounterTicket
    in_force = and_(
        promise.c.opd_code == ticket.opd_code,
        promise.c.service_code == ticket.service_code,
        ticket.day >= promise.c.from_date,
        or_(promise.c.to_date.is_(None), ticket.day <= promise.c.to_date),
    )
    asked = (
        select(*ticket.__table__.c, promise.c.id.label("promise_id"))
        .outerjoin(promise, in_force)
        .where(ticket.day.between(from_date, to_date), within(ticket.opd_code, scope))
    )
    elapsed: ColumnElement[Any] = null()
    if await session.scalar(select(exists().where(CounterPromise.finish_working_days.is_not(None)))):
        await ensure_years(session, from_date, to_date + LONGEST)
        numbers = _working_day_numbers(from_date, to_date)
        began, ended = numbers.alias("began"), numbers.alias("ended")
        asked = asked.join(began, began.c.day == ticket.day).outerjoin(ended, ended.c.day == ticket.finished_on)
        elapsed = ended.c.number - began.c.number
    kept, unknown = _kept(promise, elapsed)
    return asked.add_columns(kept.label("kept"), unknown.label("unknown")).cte("judged")


def _promises() -> CTE:
    """Each promise with the days for which it holds; of those that begin on one day the latest."""
    kept = CounterPromise
    latest = (
        select(kept)
        .ext(distinct_on(kept.opd_code, kept.service_code, kept.from_date))
        .order_by(kept.opd_code, kept.service_code, kept.from_date, kept.version.desc())
        .subquery()
    )
    following = func.lead(latest.c.from_date).over(
        partition_by=(latest.c.opd_code, latest.c.service_code), order_by=latest.c.from_date
    )
    return select(latest, cast(following - 1, Date).label("to_date")).cte("promise")


def _working_day_numbers(from_date: date, to_date: date) -> CTE:
    """Civil days with how many working days of a five-day week there were until then, from the beginning on."""
    series = func.generate_series(from_date, to_date + LONGEST, _ONE_DAY).table_valued("day").render_derived()
    day = cast(series.c.day, Date)
    off = exists().where(CalendarDay.day == day, CalendarDay.kind.in_(sorted(DAYS_OFF)))
    works = and_(extract("isodow", day) <= WORKING_WEEK[WorkPattern.FIVE_DAYS], ~off)
    number = func.sum(cast(works, Integer)).over(order_by=day)
    return select(day.label("day"), number.label("number")).cte("working_day")


def _kept(promise: CTE, elapsed: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[bool]]:
    """Whether the promise was kept, and whether nobody can tell although there was one."""
    ticket, served = CounterTicket, _served()
    unknown = and_(served, promise.c.wait_minutes.is_not(None), ticket.wait_seconds.is_(None))
    in_time = and_(
        or_(promise.c.wait_minutes.is_(None), ticket.wait_seconds <= 60 * promise.c.wait_minutes),
        or_(promise.c.finish_minutes.is_(None), ticket.total_seconds <= 60 * promise.c.finish_minutes),
        or_(promise.c.finish_working_days.is_(None), elapsed <= promise.c.finish_working_days),
    )
    known = and_(served, promise.c.id.is_not(None), ~unknown)
    return case((known, in_time), else_=null()), unknown


def _served() -> ColumnElement[bool]:
    return and_(~CounterTicket.cancelled, CounterTicket.total_seconds.is_not(None))


def counts(rows: CTE) -> list[ColumnElement[Any]]:
    """The numbers of people of a figure."""
    served = and_(~rows.c.cancelled, rows.c.total_seconds.is_not(None))
    open_ones = and_(~rows.c.cancelled, rows.c.total_seconds.is_(None))
    numbers = {
        "served": served,
        "waiting": open_ones,
        "cancelled": rows.c.cancelled,
        "promised": rows.c.kept.is_not(None),
        "within": rows.c.kept,
        "unknown": rows.c.unknown,
    }
    return [func.count().filter(condition).label(name) for name, condition in numbers.items()]


def percentiles(rows: CTE) -> list[ColumnElement[Any]]:
    """Seconds that half and nine tenths of the people did not wait longer than; those of real people."""
    there = ~rows.c.cancelled
    return [
        func.percentile_disc(share).within_group(rows.c[f"{what}_seconds"]).filter(there).label(f"{what}_p{name}")
        for what in ("wait", "total")
        for name, share in (("50", P50), ("90", P90))
    ]


def figure_of(row: Any) -> SpeedFigure:
    return SpeedFigure(**{name: value for name, value in row._mapping.items() if name in _NAMES})


_NAMES = frozenset(SpeedFigure.__dataclass_fields__)


async def speed_by_opd(session: AsyncSession, from_date: date, to_date: date) -> Mapping[str, SpeedFigure]:
    """The people of each OPD's counters in a span, without percentiles: they do not add up."""
    rows = await judged(session, from_date, to_date)
    asked = select(rows.c.opd_code, *counts(rows)).group_by(rows.c.opd_code)
    return {row.opd_code: figure_of(row) for row in await session.execute(asked)}


async def speed_total(
    session: AsyncSession, from_date: date, to_date: date, scope: Scope = None
) -> tuple[SpeedFigure, SpeedFigure]:
    """Everybody who was served in a span, and in the equally long one before."""
    first = from_date - (to_date - from_date) - _ONE_DAY
    rows = await judged(session, first, to_date, scope)
    now = (rows.c.day >= from_date).label("now")
    asked: Select[Any] = select(now, *counts(rows), *percentiles(rows)).group_by(now)
    found = {row.now: figure_of(row) for row in await session.execute(asked)}
    return found.get(True, SpeedFigure()), found.get(False, SpeedFigure())


async def speed_of_services(
    session: AsyncSession, from_date: date, to_date: date, scope: Scope
) -> list[tuple[str, str | None, SpeedFigure]]:
    """OPD and service → figure; a service of None is the whole OPD."""
    rows = await judged(session, from_date, to_date, scope)
    asked = select(rows.c.opd_code, rows.c.service_code, *counts(rows), *percentiles(rows)).group_by(
        rows.c.opd_code, func.rollup(rows.c.service_code)
    )
    return [(row.opd_code, row.service_code, figure_of(row)) for row in await session.execute(asked)]


async def speed_trend(
    session: AsyncSession, from_date: date, to_date: date, scope: Scope, *, by: str
) -> list[tuple[date, SpeedFigure]]:
    """Figures by `day` or by `month`, in order; days on which nobody came are left out."""
    rows = await judged(session, from_date, to_date, scope)
    bucket = cast(func.date_trunc(literal(by), rows.c.day), Date).label("bucket")
    asked = select(bucket, *counts(rows), *percentiles(rows)).group_by(bucket).order_by(bucket)
    return [(row.bucket, figure_of(row)) for row in await session.execute(asked)]
