"""Which sanction days carry, which of them are punished already, and from when to when a sanction runs: pure.

One violation is a person's absent days of one law. It is never punished twice (PP 94/2021 Ps 35): a further decision
rests on at least one day that no standing one rests on, and is heavier, since attendance follows the cumulative tiers
(PerBKN 6/2022 Ps 46 (7)).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from app.decisions.rules import Variant
from app.policies.rules_of_workdays import DisciplineRules, DisciplineTier, Severity, StreakTier

AnyTier = DisciplineTier | StreakTier


def find_tier(rules: DisciplineRules, code: str) -> AnyTier | None:
    """The tier of this code, the one for days in a row included."""
    if rules.streak is not None and rules.streak.code == code:
        return rules.streak
    return next((tier for tier in rules.tiers if tier.code == code), None)


def rank(rules: DisciplineRules, code: str) -> int:
    """How heavy a tier is, from 1; 0 for none. Days in a row weigh as much as the heaviest tier."""
    if rules.streak is not None and rules.streak.code == code:
        return len(rules.tiers)
    return next((place for place, tier in enumerate(rules.tiers, 1) if tier.code == code), 0)


def title_of(tier: AnyTier, variant: str) -> str:
    """The sanction's name in a variant."""
    if isinstance(tier, DisciplineTier) and variant == Variant.TRANSITIONAL and tier.transitional:
        return tier.transitional
    return tier.sanction


def variant_on(rules: DisciplineRules, tier: AnyTier, day: date) -> Variant | None:
    """The variant that holds for what happened until a day; None where the tier has one name alone."""
    if isinstance(tier, StreakTier) or tier.transitional is None:
        return None
    return Variant.TUKIN if rules.cut_in_force(day) else Variant.TRANSITIONAL


def months_of(tier: AnyTier, variant: str | None) -> int | None:
    """How long it runs where the rule set says so; a transitional sanction's letter says it itself."""
    if isinstance(tier, StreakTier) or (variant == Variant.TRANSITIONAL and tier.transitional):
        return None
    return tier.months


@dataclass(frozen=True)
class Found:
    """Absent days that were found, and days that lateness came to where a policy converts it."""

    days: tuple[date, ...]
    """In order; where a streak is alleged, its working days stand beside each other."""
    converted: int = 0

    @property
    def total(self) -> int:
        return len(self.days) + self.converted


def longest_run(days: Iterable[date], in_a_row: Sequence[date]) -> int:
    """The most of these days that follow each other in the working days of a streak."""
    found, longest, run = set(days), 0, 0
    for day in in_a_row:
        run = run + 1 if day in found else 0
        longest = max(longest, run)
    return longest


def carried(rules: DisciplineRules, found: Found, streaks: Iterable[Sequence[date]] = ()) -> AnyTier | None:
    """The heaviest tier that these days carry; None below the first."""
    streak = rules.streak
    if streak is not None and any(longest_run(found.days, row) >= streak.days for row in streaks):
        return streak
    return rules.tier_of(found.total)


def carries(rules: DisciplineRules, found: Found, streaks: Iterable[Sequence[date]], code: str) -> bool:
    """Whether these days carry a tier: by their number it or a heavier one, or in a row."""
    in_a_row, by_number = carried(rules, found, streaks), rules.tier_of(found.total)
    if by_number is not None and by_number.code == code:
        return True
    if in_a_row is not None and in_a_row is rules.streak:
        return code == in_a_row.code or rank(rules, code) < rank(rules, in_a_row.code)
    is_streak = rules.streak is not None and rules.streak.code == code
    return by_number is not None and not is_streak and rank(rules, code) <= rank(rules, by_number.code)


@dataclass(frozen=True)
class Standing:
    """A decision that is signed and not revoked: it binds before it takes effect, so that two never race."""

    code: str
    found: Found
    same_year: bool = True
    """Tiers are counted by the year; a day is punished once in whatever year."""


def is_punished_already(rules: DisciplineRules, code: str, found: Found, standing: Iterable[Standing]) -> bool:
    """Whether a decision of this tier on these days would punish one violation twice."""
    before = list(standing)
    used = {day for one in before for day in one.found.days}
    this_year = [one for one in before if one.same_year]
    converted = max((one.found.converted for one in this_year), default=0)
    new = bool(set(found.days) - used) or found.converted > converted
    return not new or rank(rules, code) <= max((rank(rules, one.code) for one in this_year), default=0)


@dataclass(frozen=True)
class Imposed:
    """A sanction that took effect on a day."""

    case_id: UUID
    code: str
    severity: Severity
    weight: int
    effective_on: date
    months: int | None
    """None: it runs for no time (a reprimand), or for good (a dismissal)."""
    cut_percent: int | None


@dataclass(frozen=True)
class RunningSanction:
    """A sanction and the civil days, both inclusive, on which it runs; `to_date` None: for good."""

    case_id: UUID
    code: str
    severity: str
    from_date: date
    to_date: date | None
    cut_percent: int | None

    def runs_on(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def _end(imposed: Imposed, begins: date) -> date | None:
    if imposed.months is not None:
        return add_months(begins, imposed.months) - timedelta(days=1)
    return begins if imposed.severity is Severity.RINGAN else None


def schedule(imposed: Iterable[Imposed]) -> list[RunningSanction]:
    """When each of a person's sanctions runs.

    A heavier one takes the place of the one that runs and begins at once; a lighter one is served after it (PerBKN
    6/2022, examples 24a and 24b). A reprimand waits for nothing and nothing waits for it.
    """
    reprimands: list[RunningSanction] = []
    lasting: list[tuple[int, RunningSanction]] = []
    for one in sorted(imposed, key=lambda each: (each.effective_on, each.weight, str(each.case_id))):
        if one.severity is Severity.RINGAN:
            reprimands.append(_running(one, one.effective_on))
            continue
        lasting = [
            (weight, old if weight >= one.weight else _cut_short(old, one.effective_on))
            for weight, old in lasting
            if weight >= one.weight or old.from_date < one.effective_on
        ]
        ends = [old.to_date for _, old in lasting if _reaches(old, one.effective_on)]
        if None not in ends:
            after = [end + timedelta(days=1) for end in ends if end is not None]
            lasting.append((one.weight, _running(one, max([one.effective_on, *after]))))
    return sorted([*reprimands, *(one for _, one in lasting)], key=lambda each: (each.from_date, str(each.case_id)))


def _running(imposed: Imposed, begins: date) -> RunningSanction:
    end = _end(imposed, begins)
    return RunningSanction(imposed.case_id, imposed.code, imposed.severity, begins, end, imposed.cut_percent)


def _cut_short(running: RunningSanction, begins: date) -> RunningSanction:
    return replace(running, to_date=begins - timedelta(days=1)) if _reaches(running, begins) else running


def _reaches(running: RunningSanction, day: date) -> bool:
    return running.to_date is None or running.to_date >= day
