"""What a policy says about persons at the apel: points, the apel ledger, and who is let off: plain values.

Missing an apel is not "tidak masuk kerja": nothing here is ever added to the days of `app.policies.rules_of_workdays`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.policies.sources import Source


class Reset(StrEnum):
    """When a ledger begins anew."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class PersonRules:
    """Points of one person at one apel, each of 100; a period's points are their average and the bonuses of streaks."""

    present: int
    left_early: int
    unexplained: int
    streak_every: int
    """A bonus for every so many apels attended in a row; excused ones neither break nor lengthen it."""
    streak_bonus: int
    streak_most: int
    minimum_apels: int
    """Fewer counted apels give no points."""
    source: Source


@dataclass(frozen=True)
class LedgerStep:
    """From so many misses on somebody is due for this; `advice` says what, in words for people."""

    code: str
    at_least: int
    advice: str


@dataclass(frozen=True)
class ApelLedgerRules:
    counts: frozenset[str]
    """Marks that are a miss; TK alone in the shipped policy. BL is none: the OPD was silent, not its people."""
    reset: Reset
    steps: tuple[LedgerStep, ...]
    """Rising."""
    source: Source


@dataclass(frozen=True)
class NoApel:
    """A span of civil days, both inclusive, whose apels are asked of nobody: they give NR, never absent."""

    from_date: date
    to_date: date
    reason: str


@dataclass(frozen=True)
class ExemptionRules:
    no_apel: tuple[NoApel, ...]
    ramadan: bool
    """No apel counts in Ramadan."""
    codes: frozenset[str]
    """Marks that cost a person nothing anywhere: neither points nor ledger nor TPP."""
    waived_connectivity: frozenset[str]
    """`weak`, `none`: where missing evidence is explained by the place."""
    source: Source

    def no_apel_on(self, day: date, *, ramadan: bool) -> str | None:
        """Why no apel counts on a day; None where it does."""
        if ramadan and self.ramadan:
            return "Ramadan"
        return next((span.reason for span in self.no_apel if span.from_date <= day <= span.to_date), None)


@dataclass(frozen=True)
class MarkObjectionRules:
    """How long a mark can be contested by the person, and how soon it is answered."""

    days: int
    """Working days after the mark was concluded."""
    answer_days: int
    """Working days after the objection."""
    source: Source


@dataclass(frozen=True)
class RewardRules:
    best_per_band: int
    """OPDs of each size band that are proposed."""
    improved_points: int
    """Points by which an OPD must have risen against the period before to be called improved."""
    perfect_minimum_apels: int
    """Apels that a person must have been bound to attend in the period to be called perfect."""
    recent_months: int
    """Months after a sanction has ended that still exclude; a running sanction and an open case always do."""
    source: Source
