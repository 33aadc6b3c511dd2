"""How long the public waited, summed by the database however many there were.

Whether a promise was kept is `rules.judge`, said once more for sets; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar.queries import load_days
from app.calendar.rules import is_working_day
from app.calendar.service import ensure_years
from app.core.db import within
from app.core.principal import Scope
from app.core.rates import Percent
from app.counters.models import CounterPromise, CounterTicket
from app.counters.rules import LONGEST

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
    promise, ticket = _promises(from_date, to_date), CounterTicket
    in_force = and_(
        promise.c.opd_code == ticket.opd_code,
        promise.c.service_code == ticket.service_code,
        ticket.day >= promise.c.from_date,
        or_(promise.c.to_date.is_(None), ticket.day <= promise.c.to_date),
    )
    counted = await _number_working_days(session, from_date, to_date + LONGEST)
    numbers = select(literal(counted, ARRAY(Integer))).scalar_subquery()
    place = {name: getattr(ticket, name) - literal(from_date, Date) + 1 for name in ("day", "finished_on")}
    elapsed = numbers[place["finished_on"]] - numbers[place["day"]]
    return (
        select(*ticket.__table__.c, promise.c.id.label("promise_id"), *_judgement(promise, elapsed))
        .outerjoin(promise, in_force)
        .where(ticket.day.between(from_date, to_date), within(ticket.opd_code, scope))
        .cte("judged")
    )


def _promises(from_date: date, to_date: date) -> CTE:
    """The promises of a span, each with the days for which it holds; of those that begin on one day the latest."""
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
    every = select(latest, cast(following - 1, Date).label("to_date")).subquery()
    touching = and_(every.c.from_date <= to_date, or_(every.c.to_date.is_(None), every.c.to_date >= from_date))
    return select(every).where(touching).cte("promise")


async def _number_working_days(session: AsyncSession, first: date, last: date) -> list[int]:
    """For each civil day of a span how many working days (of five in a week) there were from its first to this one."""
    await ensure_years(session, first, last)
    days = await load_days(session, first, last)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return list(accumulate(int(is_working_day(day, days)) for day in span))


def _judgement(promise: CTE, elapsed: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """Whether anything can be said, whether the promise was kept, and whether only nobody told the wait."""
    ticket = CounterTicket
    served = and_(~ticket.cancelled, ticket.total_seconds.is_not(None))
    untold = and_(promise.c.wait_minutes.is_not(None), ticket.wait_seconds.is_(None))
    in_time = and_(
        or_(promise.c.wait_minutes.is_(None), ticket.wait_seconds <= 60 * promise.c.wait_minutes),
        or_(promise.c.finish_minutes.is_(None), ticket.total_seconds <= 60 * promise.c.finish_minutes),
        or_(promise.c.finish_working_days.is_(None), elapsed <= promise.c.finish_working_days),
    )
    promised = and_(served, promise.c.id.is_not(None), ~untold)
    return [
        promised.label("promised"),
        case((promised, in_time), else_=null()).label("kept"),
        and_(served, untold).label("unknown"),
    ]


def counts(rows: CTE) -> list[ColumnElement[Any]]:
    """The numbers of people of a figure."""
    served = and_(~rows.c.cancelled, rows.c.total_seconds.is_not(None))
    open_ones = and_(~rows.c.cancelled, rows.c.total_seconds.is_(None))
    numbers = {
        "served": served,
        "waiting": open_ones,
        "cancelled": rows.c.cancelled,
        "promised": rows.c.promised,
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
    """Everybody who came in a span, and in the equally long one before."""
    first = from_date - (to_date - from_date) - _ONE_DAY
    rows = await judged(session, first, to_date, scope)
    asked = select(*counts(rows), *percentiles(rows))
    now = await session.execute(asked.where(rows.c.day >= from_date))
    before = await session.execute(asked.where(rows.c.day < from_date))
    return figure_of(now.one()), figure_of(before.one())


@dataclass(frozen=True)
class SpeedParts:
    """The people of a span by what they can be told apart."""

    opds: dict[str, SpeedFigure] = field(default_factory=dict)
    services: dict[str, dict[str, SpeedFigure]] = field(default_factory=dict)
    """OPD → service → figure, those to which most people came first."""
    services_of: dict[str, int] = field(default_factory=dict)
    """OPD → how many services somebody came to, whether they are told here or not."""
    trend: dict[date, SpeedFigure] = field(default_factory=dict)
    """Days or months in order; those in which nobody came are left out."""


async def speed_parts(
    session: AsyncSession, from_date: date, to_date: date, scope: Scope, *, by: str, most: int
) -> SpeedParts:
    """The figures of each OPD, of at most so many services of each, and of each `day` or `month`, in one scan."""
    every = _by_every_part(await judged(session, from_date, to_date, scope), by)
    told = select(every).where(or_(every.c.service_code.is_(None), every.c.place <= most))
    parts = SpeedParts()
    for row in await session.execute(told.order_by(every.c.bucket, every.c.opd_code, every.c.place)):
        figure = figure_of(row)
        if row.bucket is not None:
            parts.trend[row.bucket] = figure
        elif row.service_code is not None:
            parts.services.setdefault(row.opd_code, {})[row.service_code] = figure
            parts.services_of[row.opd_code] = row.services_of
        else:
            parts.opds[row.opd_code] = figure
    return parts


def _by_every_part(rows: CTE, by: str) -> Subquery:
    """A row for each OPD, for each service with its place in the OPD, and for each day or month."""
    opd, service = rows.c.opd_code, rows.c.service_code
    bucket = cast(func.date_trunc(literal(by), rows.c.day), Date)
    alike = (opd, service.is_(None))
    place = func.row_number().over(partition_by=alike, order_by=(func.count().desc(), service))
    return (
        select(opd, service, bucket.label("bucket"), *counts(rows), *percentiles(rows))
        .add_columns(place.label("place"), func.count().over(partition_by=alike).label("services_of"))
        .group_by(func.grouping_sets(tuple_(opd), tuple_(opd, service), tuple_(bucket)))
        .subquery()
    )
