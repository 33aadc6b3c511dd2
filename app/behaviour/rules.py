"""From words on guides to points, without rounding until the end.

How a rater's words spread is kept apart from what they are worth: the spread is a fact of the period, the worth and the
weights are the policy's and are applied whenever somebody asks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from app.core.periods import Period
from app.policies.rules_of_performance import BehaviourRules, Expectation, Rater

Ratings = Mapping[str, Expectation]
"""Code of a guide → how it was rated; a guide that is left out was not rated."""

OF_A_VALUE = 6
"""The whole of one rater's word on a value: one, two or three guides divide it."""
OF_A_RATER = 2520
"""The whole of one rater's word: `OF_A_VALUE` times anything from one to seven values divide it."""
FEWEST_PEOPLE = 5
"""With fewer assessed people the averages of an OPD would tell what was said of one of them."""
_HUNDREDTH = Decimal("0.01")


class Unsaid(StrEnum):
    """Why there are no points."""

    NO_RULE_SET = "no-rule-set"
    """The policy in force says nothing about behaviour."""
    NO_SUPERIOR = "no-superior"
    """The superior has said nothing: peers and the person alone never judge."""
    NO_WEIGHT = "no-weight"
    """Whoever spoke weighs nothing under the policy."""


@dataclass(frozen=True)
class Tally:
    """How the words of one kind of rater spread: `below + meets + above` is the whole, times the number of raters."""

    raters: int
    below: int
    meets: int
    above: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.raters + other.raters, self.below + other.below, self.meets + other.meets, self.above + other.above
        )

    @property
    def whole(self) -> int:
        return self.below + self.meets + self.above

    def gained(self, rules: BehaviourRules) -> int:
        """Points, times the whole."""
        worth = rules.points
        return (
            self.below * worth[Expectation.BELOW]
            + self.meets * worth[Expectation.MEETS]
            + self.above * worth[Expectation.ABOVE]
        )

    def worth(self, rules: BehaviourRules) -> Fraction:
        """Points of 100: the mean of what each rater's words are worth."""
        return Fraction(self.gained(rules), self.whole)


@dataclass(frozen=True)
class Heard:
    """What one kind of rater said of one person in one period: on the whole, and on each value that was rated."""

    whole: Tally
    values: Mapping[str, Tally]


@dataclass(frozen=True)
class Judged:
    """Points of one person and period."""

    points: Decimal | None
    unsaid: Unsaid | None
    proposal: Expectation | None = None
    """What the points are proposed as; only a person decides."""


def value_of(guide: str) -> str:
    """The code of the value that a guide belongs to."""
    return guide.partition(".")[0]


def hear(ratings: Ratings) -> Heard:
    """One rater's words: every rated guide weighs alike in its value, every value with a rated guide in the whole."""
    words: dict[str, list[Expectation]] = {}
    for guide, word in sorted(ratings.items()):
        words.setdefault(value_of(guide), []).append(word)
    values = {value: _spread(said, OF_A_VALUE // len(said)) for value, said in words.items()}
    share = OF_A_RATER // OF_A_VALUE // len(values)
    told = list(values.values())
    below, meets, above = (sum(getattr(tally, word) for tally in told) * share for word in Expectation)
    return Heard(Tally(1, below, meets, above), values)


def _spread(said: list[Expectation], share: int) -> Tally:
    return Tally(1, *(said.count(word) * share for word in Expectation))


def hear_together(each: Iterable[Ratings]) -> Heard | None:
    """All raters of one kind, each of whom counts once; None where nobody spoke."""
    whole, values = None, dict[str, Tally]()
    for heard in map(hear, each):
        whole = heard.whole if whole is None else whole + heard.whole
        for value, tally in heard.values.items():
            values[value] = values[value] + tally if value in values else tally
    return None if whole is None else Heard(whole, values)


def audible(said: Mapping[Rater, Tally], rules: BehaviourRules | None) -> dict[Rater, Tally]:
    """Without the peers, unless the policy says how many hide each other and they are as many."""
    heard = dict(said)
    if rules is None or (Rater.PEER in heard and heard[Rater.PEER].raters < rules.minimum_peers):
        heard.pop(Rater.PEER, None)
    return heard


def judge(said: Mapping[Rater, Tally], rules: BehaviourRules | None) -> Judged:
    """Points from what each kind of rater said; the weights of silent kinds are shared by the others."""
    if rules is None:
        return Judged(None, Unsaid.NO_RULE_SET)
    if Rater.SUPERIOR not in said:
        return Judged(None, Unsaid.NO_SUPERIOR)
    heard = audible(said, rules)
    points = weigh(heard, rules)
    if points is None:
        return Judged(None, Unsaid.NO_WEIGHT)
    told = rounded(points)
    # Two decimals are told apart from whole thresholds by a float as well.
    return Judged(told, None, rules.expectation_of(float(told)))


def weigh(heard: Mapping[Rater, Tally], rules: BehaviourRules) -> Fraction | None:
    """What those who were heard say together; None where none of them weighs anything."""
    # One fraction is made at the end: an OPD of thousands is weighed value by value.
    total, above, below = sum(rules.weights[rater] for rater in heard), 0, 1
    for rater, tally in heard.items():
        above = above * tally.whole + rules.weights[rater] * tally.gained(rules) * below
        below *= tally.whole
    return Fraction(above, below * total) if total else None


def rounded(points: Fraction | Decimal) -> Decimal:
    """Half-up to two decimals."""
    exact = points if isinstance(points, Decimal) else Decimal(points.numerator) / points.denominator
    return exact.quantize(_HUNDREDTH, ROUND_HALF_UP)


def average(points: Iterable[Decimal]) -> Decimal | None:
    """The mean of points that are known; None where none is."""
    known = list(points)
    return rounded(Fraction(sum(map(Fraction, known)), len(known))) if known else None


def day_of(period: Period, today: date) -> date:
    """The day whose policy, unit and superior count for a period: its last, or today while it runs."""
    return min(period.to_date, max(today, period.from_date))
