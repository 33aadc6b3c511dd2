"""From a person's marks to points, streaks and the ledger of missed apels: pure.

Missing an apel is not "tidak masuk kerja": nothing here is ever added to the days of the workday ledger.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.apel.rules import ApelKind
from app.core.periods import Period
from app.duty.rules import Code
from app.policies.rules_of_persons import ApelLedgerRules, ExemptionRules, LedgerStep, PersonRules, Reset
from app.scoring.rules import half_up

ROLL_CALLS = frozenset({ApelKind.APEL_GABUNGAN, ApelKind.APEL_OPD, ApelKind.UPACARA})
"""Points and the ledger are made of these; a rakor is a meeting, and missing one is no missed apel."""


class MarkFact(NamedTuple):
    """What counted for one person at one apel."""

    asn_id: UUID
    apel_id: UUID
    mark_id: UUID
    on_date: date
    kind: str
    status: str | None
    """None: pending or disputed, so that nothing is known yet."""
    mode: str | None
    left_early: bool
    """A finding says so that nobody explained or dismissed, and no correction stands above it."""
    unit_code: str
    opd_code: str


class PersonRule(StrEnum):
    """The lines of a person's score."""

    PRESENT = "present"
    LEFT_EARLY = "left_early"
    UNEXPLAINED = "unexplained"
    AT_REST = "at_rest"
    """Neither points nor a break of a streak: excused, exempt, not reported by the OPD, or not decided yet."""
    STREAK = "streak"
    AVERAGE = "average"


class Judged(NamedTuple):
    """One mark under the rules of its apel; `points` None: at rest."""

    mark: MarkFact
    rule: PersonRule
    points: int | None
    policy: str = ""
    """The label of the policy that its apel was scored with."""


@dataclass(frozen=True)
class PersonLine:
    """One rule applied to some marks; `points` is what an apel of the line gave, of the streak the bonus, of the
    average the whole; None where nothing is given."""

    rule: PersonRule
    policy: str
    points: Decimal | None
    facts: Mapping[str, Any]
    marks: tuple[MarkFact, ...]


@dataclass(frozen=True)
class PersonScore:
    points: Decimal | None
    """The average of the counted apels and the bonus, so at most a hundred and the bonus; None below the minimum."""
    apels: int
    """Counted ones: present, left early or unexplained."""
    streak_now: int
    streak_best: int
    bonus: int
    judged: tuple[Judged, ...]
    """By day."""
    rules: PersonRules
    policy: str

    @property
    def lines(self) -> tuple[PersonLine, ...]:
        """How the points came about; made when somebody asks, since most of five thousand people are only compared."""
        return (*_lines_of_apels(self.judged), _line_of_streak(self), _line_of_average(self))


def score_person(
    marks: Iterable[MarkFact],
    rules: PersonRules,
    exemptions: ExemptionRules | None = None,
    *,
    ramadan: Collection[date] = (),
) -> PersonScore:
    """One person's points over some apels by one set of rules, whatever the order of the marks."""
    return add_up([judge_mark(mark, rules, exemptions, ramadan=ramadan) for mark in marks], rules)


def judge_mark(
    mark: MarkFact,
    rules: PersonRules | None,
    exemptions: ExemptionRules | None = None,
    *,
    ramadan: Collection[date] = (),
    policy: str = "",
) -> Judged:
    """One mark by the rules of its apel; a policy that says nothing about persons judges nobody."""
    if rules is None or is_exempt(mark, exemptions, ramadan=ramadan):
        return Judged(mark, PersonRule.AT_REST, None, policy)
    if mark.status == Code.H:
        if mark.left_early:
            return Judged(mark, PersonRule.LEFT_EARLY, rules.left_early, policy)
        return Judged(mark, PersonRule.PRESENT, rules.present, policy)
    if mark.status == Code.TK:
        return Judged(mark, PersonRule.UNEXPLAINED, rules.unexplained, policy)
    return Judged(mark, PersonRule.AT_REST, None, policy)


def is_exempt(mark: MarkFact, exemptions: ExemptionRules | None, *, ramadan: Collection[date] = ()) -> bool:
    """Whether a mark costs its person nothing, whatever it says: code or day are exempt, or it is of no roll-call."""
    if mark.kind not in ROLL_CALLS:
        return True
    if exemptions is None:
        return False
    if mark.status in exemptions.codes:
        return True
    day = mark.on_date
    return bool(exemptions.no_apel or ramadan) and exemptions.no_apel_on(day, ramadan=day in ramadan) is not None


def by_day(mark: MarkFact) -> tuple[date, UUID]:
    """Sorts marks; apels of one day by their ids, which sort by the time they were planned."""
    return mark.on_date, mark.apel_id


def add_up(judged: Iterable[Judged], rules: PersonRules, *, policy: str = "") -> PersonScore:
    """The points of a period whose apels were judged, each by the rules that it keeps; `rules` are the period's own."""
    ordered = tuple(sorted(judged, key=lambda one: by_day(one.mark)))
    total, apels, runs = _count(ordered)
    bonus = _bonus(runs, rules)
    points = _points(total, apels, bonus, rules)
    return PersonScore(points, apels, runs[-1], max(runs), bonus, ordered, rules, policy)


def points_of(ordered: Iterable[Judged], rules: PersonRules) -> Decimal | None:
    """The points alone that `add_up` finds; judged marks by day."""
    total, apels, runs = _count(ordered)
    return _points(total, apels, _bonus(runs, rules), rules)


def _count(ordered: Iterable[Judged]) -> tuple[int, int, list[int]]:
    """The sum of points, of how many apels, and the lengths of the runs."""
    total, apels, runs = 0, 0, [0]
    for one in ordered:
        if one.points is not None:
            total += one.points
            apels += 1
        if one.rule is PersonRule.PRESENT:
            runs[-1] += 1
        elif one.rule is PersonRule.UNEXPLAINED:
            runs.append(0)
    return total, apels, runs


def _bonus(runs: Iterable[int], rules: PersonRules) -> int:
    steps = sum(run // rules.streak_every for run in runs) if rules.streak_every else 0
    return min(rules.streak_most, steps * rules.streak_bonus)


def _points(total: int, apels: int, bonus: int, rules: PersonRules) -> Decimal | None:
    return half_up(Decimal(total) / apels) + bonus if apels and apels >= rules.minimum_apels else None


_ORDER = {rule: place for place, rule in enumerate(PersonRule)}


def _lines_of_apels(ordered: Iterable[Judged]) -> list[PersonLine]:
    """One line for each rule, policy and number of points that came up."""
    found: dict[tuple[int, PersonRule, str, int], list[Judged]] = {}
    for one in ordered:
        found.setdefault((_ORDER[one.rule], one.rule, one.policy, one.points or 0), []).append(one)
    return [
        PersonLine(
            rule,
            policy,
            None if alike[0].points is None else Decimal(points),
            {"apels": len(alike)},
            tuple(one.mark for one in alike),
        )
        for (_, rule, policy, points), alike in sorted(found.items(), key=lambda pair: pair[0])
    ]


def _line_of_streak(score: PersonScore) -> PersonLine:
    rules = score.rules
    facts = {
        "best": score.streak_best, "now": score.streak_now, "every": rules.streak_every,
        "bonus_each": rules.streak_bonus, "most": rules.streak_most, "bonus": score.bonus,
    }  # fmt: skip
    best = max(_runs(score.judged), key=len)
    return PersonLine(PersonRule.STREAK, score.policy, Decimal(score.bonus), facts, tuple(one.mark for one in best))


def _line_of_average(score: PersonScore) -> PersonLine:
    counted = [one for one in score.judged if one.points is not None]
    total = sum(one.points or 0 for one in counted)
    facts = {"apels": score.apels, "minimum_apels": score.rules.minimum_apels, "sum": total, "bonus": score.bonus}
    return PersonLine(PersonRule.AVERAGE, score.policy, score.points, facts, tuple(one.mark for one in counted))


def _runs(ordered: Iterable[Judged]) -> list[list[Judged]]:
    """Apels attended in a row: an unexplained one ends a run, one at rest or left early neither ends nor lengthens it.

    The last run is the present one, and empty where the latest apel that counted was missed.
    """
    runs: list[list[Judged]] = [[]]
    for one in ordered:
        if one.rule is PersonRule.PRESENT:
            runs[-1].append(one)
        elif one.rule is PersonRule.UNEXPLAINED:
            runs.append([])
    return runs


@dataclass(frozen=True)
class ApelLedger:
    """A person's missed apels since the ledger began anew."""

    period: Period
    misses: tuple[MarkFact, ...]
    """By day."""
    step: LedgerStep | None
    """The highest step that was reached."""
    next_step: LedgerStep | None


def apel_ledger(
    marks: Iterable[MarkFact],
    rules: ApelLedgerRules,
    exemptions: ExemptionRules | None = None,
    *,
    on: date,
    ramadan: Collection[date] = (),
) -> ApelLedger:
    """The ledger as it stands on a day: misses of the month, quarter or year of that day, up to it."""
    period = _PERIODS[rules.reset](on)
    misses = [
        mark
        for mark in marks
        if mark.status in rules.counts
        and period.from_date <= mark.on_date <= on
        and not is_exempt(mark, exemptions, ramadan=ramadan)
    ]
    reached = [step for step in rules.steps if step.at_least <= len(misses)]
    ahead = [step for step in rules.steps if step.at_least > len(misses)]
    return ApelLedger(
        period,
        tuple(sorted(misses, key=by_day)),
        max(reached, key=lambda step: step.at_least, default=None),
        min(ahead, key=lambda step: step.at_least, default=None),
    )


_PERIODS = {Reset.MONTH: Period.month, Reset.QUARTER: Period.quarter, Reset.YEAR: Period.year}


def by_person(marks: Iterable[MarkFact]) -> dict[UUID, list[MarkFact]]:
    """Person → own marks, in the order in which they were given."""
    found: dict[UUID, list[MarkFact]] = {}
    for mark in marks:
        found.setdefault(mark.asn_id, []).append(mark)
    return found
