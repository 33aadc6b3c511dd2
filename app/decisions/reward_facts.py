"""What rewards of a period are proposed from: standings, marks, and what keeps any of it from being settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.apel.rules import ApelKind, ApelState
from app.attendance.models import Conclusion
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.periods import Period
from app.core.stale import Stale
from app.decisions.queries import open_cases, scheduled_sanctions
from app.decisions.reward_people import list_attendance, list_roll_calls
from app.decisions.rewards import (
    Candidate,
    Exclusion,
    People,
    Season,
    best_units,
    most_improved,
    perfect_people,
    sanction_hindrance,
)
from app.policies.models import Policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.rules_of_persons import RewardRules
from app.policies.service import rules_on
from app.scoring.models import ScoreRun
from app.scoring.queries import Span, list_runs, load_samples
from app.scoring.standing import stand

Unsettled = Mapping[UUID, tuple[date, str]]
"""Apels that can still change, with their day and kind."""


@dataclass(frozen=True)
class Gathered:
    """The candidates of a period with what they rest on; without rules for rewards there are none."""

    period: Period
    policy: Rules
    candidates: list[Candidate] = field(default_factory=list)
    apel_ids: Sequence[UUID] = ()
    """The apels that ranked the OPDs, those of the period before included."""
    roll_calls: Sequence[UUID] = ()
    """The apels at which people's attendance was counted."""


async def gather(session: AsyncSession, period: Period, *, at: datetime, people: bool = True) -> Gathered:
    """Who reached what the awards of a period ask, in a number of statements that depends on nobody's number.

    Without `people` OPDs alone are looked at: marks of persons are not read for whoever may not see them.
    """
    policy = await rules_on(session, period.to_date)
    if policy.rewards is None:
        return Gathered(period, policy)
    today = civil_date(at, zone_of(session))
    unsettled = await _list_unsettled(session, period.before.from_date, period.to_date)
    running = frozenset({Exclusion.NOT_OVER}) if today <= period.to_date else frozenset()
    units, apel_ids = await _gather_units(session, period, policy, policy.rewards, unsettled, running)
    if not people:
        return Gathered(period, policy, units, apel_ids)
    roll_calls = await list_roll_calls(session, period)
    known = People(
        attendances=await list_attendance(session, period, roll_calls, policy.exemptions, unsettled),
        hindrances=running,
        discipline=await _discipline(session, policy.rewards, today),
    )
    return Gathered(period, policy, [*units, *perfect_people(known, policy.rewards)], apel_ids, roll_calls)


async def _gather_units(
    session: AsyncSession,
    period: Period,
    policy: Rules,
    rules: RewardRules,
    unsettled: Unsettled,
    running: frozenset[Exclusion],
) -> tuple[list[Candidate], list[UUID]]:
    """The OPDs among the candidates, and the apels of this period and the one before that ranked them."""
    now = await _season(session, period, policy, unsettled, running)
    before = await _season(session, period.before, policy, unsettled, frozenset())
    runs = [*await list_runs(session, _span(period)), *await list_runs(session, _span(period.before))]
    same = await _scored_alike(session, {policy_id for _, _, policy_id in runs})
    found = [*best_units(now, rules), *most_improved(now, before, rules, same_rules=same)]
    return found, [apel_id for apel_id, _, _ in runs]


def _span(period: Period) -> Span:
    """OPDs are compared by the joint apel, at which all of them are."""
    return Span(ApelKind.APEL_GABUNGAN, period.from_date, period.to_date)


async def _season(
    session: AsyncSession,
    period: Period,
    policy: Rules,
    unsettled: Unsettled,
    hindrances: frozenset[Exclusion],
) -> Season:
    span = _span(period)
    waiting = any(kind == span.kind and span.from_date <= day <= span.to_date for day, kind in unsettled.values())
    open_end = frozenset({Exclusion.NOT_FINAL}) if waiting else frozenset()
    return Season(stand(await load_samples(session, span), policy), hindrances | open_end)


async def _list_unsettled(session: AsyncSession, from_date: date, to_date: date) -> Unsettled:
    """Apels that count and can still change: not final, or not yet concluded and scored from all that is known."""
    waiting = exists().where(or_(Stale.apel_id == Apel.id, Stale.apel_id.is_(None)))
    asked = (
        select(Apel.id, Apel.on_date, Apel.kind)
        .join(Conclusion, Conclusion.apel_id == Apel.id, isouter=True)
        .join(ScoreRun, ScoreRun.apel_id == Apel.id, isouter=True)
        .where(Apel.on_date.between(from_date, to_date), Apel.rehearsal.is_(False), not_cancelled())
        .where(
            or_(
                Conclusion.phase.is_(None),
                ~Conclusion.phase.startswith(ApelState.FINAL),
                ScoreRun.revision.is_(None),
                ScoreRun.revision < Conclusion.revision,
                waiting,
            )
        )
    )
    return {apel_id: (day, kind) for apel_id, day, kind in await session.execute(asked)}


async def _scored_alike(session: AsyncSession, policy_ids: set[UUID]) -> bool:
    """Whether all that was scored was scored by the same rules for points, whatever else the versions changed."""
    if len(policy_ids) < 2:
        return True
    asked = select(Policy).where(Policy.id == func.any(literal(sorted(policy_ids), ARRAY(Uuid))))
    found = [read_rules(policy) for policy in await session.scalars(asked)]
    return all(_points_rules(rules) == _points_rules(found[0]) for rules in found)


def _points_rules(rules: Rules) -> tuple[object, ...]:
    lines = (rules.duty_rate.points, rules.timeliness.points, rules.accuracy.points)
    return (*lines, rules.minutes_per_point, rules.accuracy_cost, rules.accuracy_concerns)


async def _discipline(session: AsyncSession, rules: RewardRules, today: date) -> dict[UUID, frozenset[Exclusion]]:
    """People whom a sanction or a case keeps from a reward."""
    sanctions = await scheduled_sanctions(session, None)
    found = {asn_id: sanction_hindrance(own, today, rules) for asn_id, own in sanctions.items()}
    for asn_id in await open_cases(session, None, today):
        found[asn_id] = found.get(asn_id, frozenset()) | {Exclusion.OPEN_CASE}
    return found
