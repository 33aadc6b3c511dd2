"""The plan in force and what came of each of its targets, derived from the facts in the transaction that adds one.

Everything here is written by stable keys in a fixed number of statements, however many people a file names.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, and_, delete, func, literal, select, true, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import Row, as_table, upsert_rows
from app.performance.models import (
    PerformanceAchievement,
    PerformanceIndicator,
    PerformancePlan,
    PerformanceTarget,
    PerformanceVerification,
)
from app.performance.periods import target_period
from app.performance.planning import Difference, Indicator, Target, difference, from_json
from app.performance.rules import Better, State, share_of


class PlanKey(NamedTuple):
    """Whose plan of which year."""

    asn_id: UUID
    year: int


async def put_in_force(session: AsyncSession, plans: Mapping[PlanKey, Difference]) -> None:
    """Have the tables of plans in force follow the newest versions of some plans."""
    indicators = [_indicator_row(key, place, one) for key, change in plans.items() for place, one in change.indicators]
    targets = [_target_row(key, one, period) for key, change in plans.items() for one, period in change.targets]
    await upsert_rows(session, PerformanceIndicator, indicators)
    await upsert_rows(session, PerformanceTarget, targets)
    await _forget_targets(session, [target for change in plans.values() for target in change.gone_targets])
    await _forget_indicators(session, [gone for change in plans.values() for gone in change.gone_indicators])
    await judge(session, [(row["indicator_id"], row["period"]) for row in targets])


def _indicator_row(key: PlanKey, place: int, one: Indicator) -> Row:
    said = {name: value for name, value in vars(one).items() if name != "targets"}
    return {**said, "asn_id": key.asn_id, "year": key.year, "place": place}


def _target_row(key: PlanKey, one: Indicator, code: str) -> Row:
    period = target_period(code)
    return {
        "indicator_id": one.id,
        "period": code,
        "asn_id": key.asn_id,
        "from_date": period.from_date,
        "to_date": period.to_date,
        "target": one.targets[code],
        "weight": one.weight,
    }


def _keys(targets: Iterable[Target]) -> list[Row]:
    return [{"indicator_id": indicator_id, "period": period} for indicator_id, period in targets]


async def _forget_targets(session: AsyncSession, targets: Collection[Target]) -> None:
    if targets:
        gone = as_table(PerformanceTarget, _keys(targets))
        named = (PerformanceTarget.indicator_id == gone.c.indicator_id) & (PerformanceTarget.period == gone.c.period)
        await session.execute(delete(PerformanceTarget).where(named))


async def _forget_indicators(session: AsyncSession, ids: Collection[UUID]) -> None:
    if ids:
        gone = func.any(literal(list(ids), ARRAY(Uuid)))
        await session.execute(delete(PerformanceTarget).where(PerformanceTarget.indicator_id == gone))
        await session.execute(delete(PerformanceIndicator).where(PerformanceIndicator.id == gone))


async def judge(session: AsyncSession, targets: Collection[Target]) -> None:
    """Say of these targets what their latest achievements come to."""
    if not targets:
        return
    judged = [_judged(row) for row in await session.execute(_facts_of(targets))]
    if judged:
        said = as_table(PerformanceTarget, judged)
        named = (PerformanceTarget.indicator_id == said.c.indicator_id) & (PerformanceTarget.period == said.c.period)
        values = {"state": said.c.state, "share": said.c.share, "achievement_id": said.c.achievement_id}
        await session.execute(
            update(PerformanceTarget).where(named).values(values), execution_options={"synchronize_session": False}
        )


def _facts_of(targets: Collection[Target]) -> Select[Any]:
    asked = as_table(PerformanceTarget, _keys(targets))
    kept, fact, said = PerformanceTarget, PerformanceAchievement, PerformanceVerification
    latest = (
        select(fact.id, fact.actual)
        .where(fact.indicator_id == kept.indicator_id, fact.period == kept.period)
        .order_by(fact.version.desc())
        .limit(1)
        .lateral("latest")
    )
    word = select(said.outcome).where(said.achievement_id == latest.c.id).order_by(said.seq.desc()).limit(1)
    verdict = word.lateral("verdict")
    named = and_(kept.indicator_id == asked.c.indicator_id, kept.period == asked.c.period)
    return (
        select(
            kept.indicator_id,
            kept.period,
            kept.target,
            PerformanceIndicator.better,
            latest.c.id.label("achievement_id"),
            latest.c.actual,
            verdict.c.outcome,
        )
        .select_from(asked)
        .join(kept, named)
        .join(PerformanceIndicator, PerformanceIndicator.id == kept.indicator_id)
        .outerjoin(latest, true())
        .outerjoin(verdict, true())
    )


def _judged(row: Any) -> Row:
    reported = State(row.outcome) if row.outcome else State.WAITING
    state = State.OPEN if row.achievement_id is None else reported
    accepted = state is State.ACCEPTED
    return {
        "indicator_id": row.indicator_id,
        "period": row.period,
        "state": state,
        "share": share_of(row.actual, row.target, Better(row.better)) if accepted else None,
        "achievement_id": row.achievement_id,
    }


async def load_plans(session: AsyncSession, keys: Collection[PlanKey]) -> dict[PlanKey, tuple[int, list[Indicator]]]:
    """The version in force of each of these plans, and what it says; plans that were never made are left out."""
    if not keys:
        return {}
    asked = as_table(PerformancePlan, [key._asdict() for key in keys])
    named = and_(PerformancePlan.asn_id == asked.c.asn_id, PerformancePlan.year == asked.c.year)
    return await _load(session, select(PerformancePlan).join(asked, named))


async def _load(session: AsyncSession, plans: Select[PerformancePlan]) -> dict[PlanKey, tuple[int, list[Indicator]]]:
    by_plan = (PerformancePlan.asn_id, PerformancePlan.year)
    asked = plans.with_only_columns(*by_plan, PerformancePlan.version, PerformancePlan.indicators)
    latest = asked.ext(distinct_on(*by_plan)).order_by(*by_plan, PerformancePlan.version.desc())
    return {
        PlanKey(row.asn_id, row.year): (row.version, [from_json(kept) for kept in row.indicators])
        for row in await session.execute(latest)
    }


async def rebuild(session: AsyncSession) -> None:
    """Make everything derived anew from the facts; it says the same as before."""
    plans = await _load(session, select(PerformancePlan))
    await session.execute(delete(PerformanceTarget))
    await session.execute(delete(PerformanceIndicator))
    await put_in_force(session, {key: difference([], plan) for key, (_, plan) in plans.items()})
