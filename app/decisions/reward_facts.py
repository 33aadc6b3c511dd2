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
from app.core.stale import Stale
from app.decisions.queries import open_cases, scheduled_sanctions
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
from app.scoring.facts import load_mark_facts
from app.scoring.models import ScoreRun
from app.scoring.periods import Period
from app.scoring.persons import MarkFact
from app.scoring.queries import Span, list_runs, load_samples
from app.scoring.standing import stand


@dataclass(frozen=True)
class Gathered:
    """The candidates of a period with what they rest on; without rules for rewards there are none."""

    period: Period
    policy: Rules
    candidates: list[Candidate] = field(default_factory=list)
    apel_ids: Sequence[UUID] = ()
    """The apels that ranked the OPDs, those of the period before included."""
    marks: Mapping[UUID, Sequence[MarkFact]] = field(default_factory=dict)


async def gather(session: AsyncSession, period: Period, *, at: datetime) -> Gathered:
    """Who reached what the awards of a period ask, in a number of statements that depends on nobody's number."""
    policy = await rules_on(session, period.to_date)
    if policy.rewards is None:
        return Gathered(period, policy)
    today = civil_date(at, zone_of(session))
    unsettled = await _list_unsettled(session, period.before.from_date, period.to_date)
    running = frozenset({Exclusion.NOT_OVER}) if today <= period.to_date else frozenset()
    now = await _season(session, period, policy, unsettled, running)
    before = await _season(session, period.before, policy, unsettled, frozenset())
    runs = [*await list_runs(session, _span(period)), *await list_runs(session, _span(period.before))]
    same = await _scored_alike(session, {policy_id for _, _, policy_id in runs})
    marks = await _marks(session, period)
    people = People(
        marks=marks,
        not_final=frozenset(unsettled),
        hindrances=running,
        exemptions=policy.exemptions,
        discipline=await _discipline(session, policy.rewards, today),
    )
    return Gathered(
        period=period,
        policy=policy,
        candidates=[
            *best_units(now, policy.rewards),
            *most_improved(now, before, policy.rewards, same_rules=same),
            *perfect_people(people, policy.rewards),
        ],
        apel_ids=[apel_id for apel_id, _, _ in runs],
        marks=marks,
    )


def _span(period: Period) -> Span:
    """OPDs are compared by the joint apel, at which all of them are."""
    return Span(ApelKind.APEL_GABUNGAN, period.from_date, period.to_date)


async def _season(
    session: AsyncSession,
    period: Period,
    policy: Rules,
    unsettled: Mapping[UUID, tuple[date, str]],
    hindrances: frozenset[Exclusion],
) -> Season:
    span = _span(period)
    waiting = any(kind == span.kind and span.from_date <= day <= span.to_date for day, kind in unsettled.values())
    open_end = frozenset({Exclusion.NOT_FINAL}) if waiting else frozenset()
    return Season(stand(await load_samples(session, span), policy), hindrances | open_end)


async def _list_unsettled(session: AsyncSession, from_date: date, to_date: date) -> dict[UUID, tuple[date, str]]:
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


async def _marks(session: AsyncSession, period: Period) -> dict[UUID, list[MarkFact]]:
    found: dict[UUID, list[MarkFact]] = {}
    for fact in await load_mark_facts(session, period.from_date, period.to_date):
        found.setdefault(fact.asn_id, []).append(fact)
    return found


async def _discipline(session: AsyncSession, rules: RewardRules, today: date) -> dict[UUID, frozenset[Exclusion]]:
    """People whom a sanction or a case keeps from a reward."""
    sanctions = await scheduled_sanctions(session, None)
    found = {asn_id: sanction_hindrance(own, today, rules) for asn_id, own in sanctions.items()}
    for asn_id in await open_cases(session, None, today):
        found[asn_id] = found.get(asn_id, frozenset()) | {Exclusion.OPEN_CASE}
    return found
