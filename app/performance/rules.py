"""Results of work against their targets: `capaian = Σ min(actual / target, 1) × weight / Σ weight`.

Of a span of days those targets count whose period lies wholly in it, each once: a month has its own targets and those
of its days, a quarter also those of its months, a year all of them. An indicator with several targets in the span
counts once, with the mean of them, so that its weight is not multiplied by how finely its work was cut. Whatever is
not verified, not yet due or excused is left out of both sums and named; nothing unknown counts as zero.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from app.duty.rules import EXCUSED, NOT_REQUIRED, Code

WHOLE = 1_000_000
"""A share is counted in millionths, so that sums of many thousands stay exact wherever they are made."""
_MILLIONTH, _HUNDREDTH = Decimal("0.000001"), Decimal("0.01")
EXCUSING = frozenset(code.value for code in EXCUSED | NOT_REQUIRED) - {Code.DL, Code.DD, Code.SF}
"""Confirmed reasons not to work at all; who is on duty elsewhere, on shift or works from anywhere has output."""


class Aspect(StrEnum):
    """Kuantitas, kualitas, waktu, biaya (PermenPANRB 6/2022)."""

    QUANTITY = "quantity"
    QUALITY = "quality"
    TIME = "time"
    COST = "cost"


class Better(StrEnum):
    """Whether more or less of an indicator is the better result."""

    HIGHER = "higher"
    LOWER = "lower"


class Theme(StrEnum):
    """Reformasi birokrasi tematik: pengentasan kemiskinan, peningkatan investasi, digitalisasi penyelenggaraan
    pemerintahan, percepatan prioritas Presiden."""

    POVERTY = "poverty"
    INVESTMENT = "investment"
    DIGITALISATION = "digitalisation"
    PRESIDENTIAL = "presidential"


class State(StrEnum):
    """What the facts say of one target's achievement, whatever the day."""

    OPEN = "open"
    """Nothing was reported."""
    WAITING = "waiting"
    """Reported and not verified."""
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Standing(StrEnum):
    """How a target stands on the day of reading."""

    ACCEPTED = "accepted"
    MISSED = "missed"
    """Its period is over and nothing was reported: counts 0."""
    WAITING = "waiting"
    RETURNED = "returned"
    PENDING = "pending"
    """Its period is not over."""
    EXCUSED = "excused"
    """The person was on leave for all of its period or had left before its last day, and nothing was reported."""


COUNTED = frozenset({Standing.ACCEPTED, Standing.MISSED})
UNSETTLED = frozenset({Standing.WAITING, Standing.RETURNED, Standing.PENDING})


class Missing(StrEnum):
    """Why nothing is said of somebody's output."""

    NO_TARGET = "no-target"
    NOTHING_SETTLED = "nothing-settled"
    """All that there is waits: for verification or for the end of its period."""
    EXCUSED = "excused"


@dataclass(frozen=True)
class Outcome:
    """One target of an indicator and what came of it."""

    indicator_id: UUID
    weight: int
    to_date: date
    """Last day of the target's period."""
    state: State
    share: int | None = None
    """Of what was agreed, in millionths; only of what was accepted."""
    excused: bool = False
    """An excusing absence covers all of its period, or the person had left before its last day."""

    def standing(self, today: date) -> Standing:
        if self.state is not State.OPEN:
            return Standing(self.state.value)
        if self.excused:
            return Standing.EXCUSED
        return Standing.MISSED if self.to_date < today else Standing.PENDING


def share_of(actual: Decimal, target: Decimal, better: Better) -> int:
    """How much of what was agreed was reached, in millionths, half-up; never more than all of it.

    Where less is better, nothing at all is all of it.
    """
    if better is Better.LOWER and actual <= target:
        return WHOLE
    wanted, got = (target, actual) if better is Better.HIGHER else (actual, target)
    if got >= wanted:
        return WHOLE
    return int((got * WHOLE / wanted).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Capaian:
    """What a person's targets of a span come to."""

    earned: Decimal = Decimal(0)
    """Weight that was earned, to six decimals."""
    weight: int = 0
    """Weight of the indicators of which something is settled."""
    excluded: Mapping[Standing, int] = field(default_factory=dict)
    """Targets left out of both sums."""

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.earned, self.weight)

    @property
    def provisional(self) -> bool:
        """Something of the span may still count."""
        return not UNSETTLED.isdisjoint(self.excluded)

    @property
    def missing(self) -> Missing | None:
        if self.weight:
            return None
        if self.provisional:
            return Missing.NOTHING_SETTLED
        return Missing.EXCUSED if self.excluded else Missing.NO_TARGET


def percent_of(earned: Decimal, of: int) -> Decimal | None:
    """Half-up to two decimals; None of nothing."""
    return (100 * earned / of).quantize(_HUNDREDTH, ROUND_HALF_UP) if of else None


def capaian(outcomes: Iterable[Outcome], today: date) -> Capaian:
    """What the targets of a span come to on a day; the order in which they are given does not matter."""
    shares: dict[tuple[UUID, int], list[int]] = {}
    excluded: Counter[Standing] = Counter()
    for one in outcomes:
        standing = one.standing(today)
        if standing in COUNTED:
            shares.setdefault((one.indicator_id, one.weight), []).append(one.share or 0)
        else:
            excluded[standing] += 1
    earned = sum((Fraction(weight * sum(found), len(found)) for (_, weight), found in shares.items()), Fraction())
    return Capaian(_decimal(earned / WHOLE), sum(weight for _, weight in shares), dict(excluded))


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(_MILLIONTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class OutputFigure:
    """What the people of a group reached: each counts once, and nobody as zero of whom nothing is known."""

    people: int = 0
    known: int = 0
    """Of whom something is settled; the others are missing."""
    provisional: int = 0
    """Of whom something waits: for verification or for the end of its period."""
    earned: Decimal = Decimal(0)
    """Sum of the shares of those who are known; the weight of each is one."""
    outputs: int = 0
    """Indicators with a target in the span."""

    @property
    def weight(self) -> int:
        return self.known

    @property
    def missing(self) -> int:
        return self.people - self.known

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.earned, self.known)

    def __add__(self, other: "OutputFigure") -> "OutputFigure":
        return OutputFigure(
            self.people + other.people,
            self.known + other.known,
            self.provisional + other.provisional,
            self.earned + other.earned,
            self.outputs + other.outputs,
        )
