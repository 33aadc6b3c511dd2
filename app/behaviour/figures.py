"""What behaviour contributes to whatever is composed above: points of people and OPDs over a span, in SQL.

The database weighs here as `rules.judge` does, because a year of thousands of people is not fetched row by row; a test
holds the two together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Numeric,
    Subquery,
    Uuid,
    case,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.behaviour.models import Standing
from app.behaviour.queries import list_spreads
from app.behaviour.rules import FEWEST_PEOPLE, OF_A_RATER, Unsaid, day_of, judge, rounded
from app.core.periods import Period
from app.policies.rules_of_performance import Expectation
from app.policies.service import rules_on
from app.registry.models import Assignment
from app.registry.queries import valid_on

_NUMBERS = ("below", "meets", "above", "superior", "peer", "self", "minimum_peers")
_RULES: dict[str, Any] = {"to_date": Date} | dict.fromkeys(_NUMBERS, BigInteger)


@dataclass(frozen=True)
class PersonFigure:
    """One person over a span: the mean over the periods of which there are points."""

    points: Decimal | None
    unsaid: Unsaid | None
    periods: int
    """Those with points; they lie wholly within the span."""


@dataclass(frozen=True)
class BehaviourFigure:
    """The people of one OPD over a span; whoever is not known counts neither for nor against it."""

    people: int
    """Who serves there on the last day of the span, or today while it runs."""
    known: int
    points_sum: Decimal

    @property
    def too_few(self) -> bool:
        """The average would tell what was said of one of them."""
        return 0 < self.known < FEWEST_PEOPLE

    @property
    def average(self) -> Decimal | None:
        """None also of too few people."""
        return rounded(self.points_sum / self.known) if self.known and not self.too_few else None


NOT_SPOKEN_OF = PersonFigure(None, Unsaid.NO_SUPERIOR, 0)


async def points_of(
    session: AsyncSession, asn_ids: Collection[UUID], from_date: date, to_date: date, *, today: date
) -> dict[UUID, PersonFigure]:
    """Points of these people over a span; each of them is named, also where nothing is known."""
    means = await _means(session, from_date, to_date, today=today, asn_ids=asn_ids)
    query = select(means.c.asn_id, means.c.points, means.c.periods, means.c.judged, means.c.ruled)
    found = {row.asn_id: _figure(row) for row in await session.execute(query)}
    return {asn_id: found.get(asn_id, NOT_SPOKEN_OF) for asn_id in asn_ids}


def _figure(row: Any) -> PersonFigure:
    if row.points is not None:
        return PersonFigure(row.points, None, row.periods)
    if not row.judged:
        return NOT_SPOKEN_OF
    return PersonFigure(None, Unsaid.NO_WEIGHT if row.ruled else Unsaid.NO_RULE_SET, 0)


async def points_by_opd(
    session: AsyncSession, from_date: date, to_date: date, *, today: date
) -> dict[str, BehaviourFigure]:
    """The people of every OPD over a span, by where they serve on its last day, or today while it runs."""
    means = await _means(session, from_date, to_date, today=today)
    query = (
        select(
            Assignment.opd_code,
            func.count(),
            func.count(means.c.points),
            func.coalesce(func.sum(means.c.points), literal(0, Numeric)),
        )
        .outerjoin(means, means.c.asn_id == Assignment.asn_id)
        .where(valid_on(Assignment, min(to_date, today)))
        .group_by(Assignment.opd_code)
    )
    return {code: BehaviourFigure(people, known, total) for code, people, known, total in await session.execute(query)}


async def proposal_of(session: AsyncSession, asn_id: UUID, period: Period, *, today: date) -> Expectation | None:
    """What a person's behaviour in a period is proposed as; None without points. Only a person decides."""
    spread = (await list_spreads(session, [asn_id], period.code)).get(asn_id)
    rules = (await rules_on(session, day_of(period, today))).behaviour
    if spread is None or rules is None:
        return None
    return judge(spread.said, rules).proposal


async def _means(
    session: AsyncSession, from_date: date, to_date: date, *, today: date, asn_ids: Collection[UUID] | None = None
) -> Subquery:
    """Each person of whom something was said: the mean of the points of their periods, rounded like each of them."""
    within = (Standing.from_date >= from_date) & (Standing.to_date <= to_date)
    if asn_ids is not None:
        within &= Standing.asn_id == func.any(literal(sorted(asn_ids), ARRAY(Uuid)))
    days = list(await session.scalars(select(Standing.to_date).where(within).distinct()))
    rules = (
        func.jsonb_to_recordset(literal(await _rules_of(session, days, today), JSONB))
        .table_valued(*(column(name, kind) for name, kind in _RULES.items()))
        .render_derived(with_types=True)
    )
    points = _points(rules.c)
    return (
        select(
            Standing.asn_id,
            func.round(func.avg(points), 2).label("points"),
            func.count(points).label("periods"),
            func.bool_or(Standing.superior_tally.is_not(None)).label("judged"),
            func.bool_or(rules.c.to_date.is_not(None) & Standing.superior_tally.is_not(None)).label("ruled"),
        )
        .outerjoin(rules, rules.c.to_date == Standing.to_date)
        .where(within)
        .group_by(Standing.asn_id)
        .subquery("behaviour_mean")
    )


async def _rules_of(session: AsyncSession, days: Collection[date], today: date) -> list[dict[str, Any]]:
    """The numbers that weigh what was said of the periods that end on these days; those without rules are left out."""
    kept = {day: (await rules_on(session, day)).behaviour for day in {min(day, today) for day in days}}
    ruled = ((day, kept[min(day, today)]) for day in days)
    return [
        {"to_date": str(day), "minimum_peers": rules.minimum_peers} | dict(rules.points) | dict(rules.weights)
        for day, rules in ruled
        if rules is not None
    ]


def _points(rules: Any) -> ColumnElement[Decimal]:
    """`rules.judge` in one division of whole numbers, so that no half is lost before the rounding."""

    def worth(tally: InstrumentedAttribute[list[int] | None]) -> ColumnElement[Any]:
        parts = zip((2, 3, 4), (rules.below, rules.meets, rules.above), strict=True)
        return sum((tally[place] * points for place, points in parts), literal(0, BigInteger))

    peers = Standing.peer_tally[1]
    peer = case((peers >= rules.minimum_peers, rules.peer), else_=0)
    own = case((Standing.self_tally.is_not(None), rules.self), else_=0)
    of = case((peer > 0, peers), else_=1)
    said = of * rules.superior * worth(Standing.superior_tally)
    said += of * own * func.coalesce(worth(Standing.self_tally), 0)
    said += peer * func.coalesce(worth(Standing.peer_tally), 0)
    whole = func.nullif(OF_A_RATER * of * (rules.superior + own + peer), 0)
    exact = cast(said, Numeric) / cast(whole, Numeric)
    return case((Standing.superior_tally.is_not(None), func.round(exact, 2)))
