"""How attendance, output, behaviour, service and conduct weigh together: pure.

A part of which nothing is known is left out, and what it would have weighed is shared by the others in proportion: it
never counts as zero. Every number comes from the policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from app.core.rates import Percent
from app.policies.rules_of_performance import CompositePart, ConductRules

HUNDRED = Decimal(100)
_HUNDREDTH = Decimal("0.01")


class Missing(StrEnum):
    """Why a part, or the whole, has no points."""

    NO_RULE_SET = "no-rule-set"
    """The policy says nothing about it, so nobody is judged by it."""
    NOTHING_KNOWN = "nothing-known"
    """No fact of the period says anything about it."""
    TOO_FEW = "too-few"
    """Fewer facts than the policy asks for."""
    NOT_WEIGHED = "not-weighed"
    """The policy gives it no weight."""
    TOO_FEW_PARTS = "too-few-parts"


@dataclass(frozen=True)
class PartValue:
    """What one part came to in a period; `points` of 100, None with a reason."""

    points: Decimal | None
    missing: Missing | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def known(cls, points: Decimal, **facts: Any) -> "PartValue":
        return cls(half_up(points), None, facts)

    @classmethod
    def absent(cls, why: Missing, **facts: Any) -> "PartValue":
        return cls(None, why, facts)


@dataclass(frozen=True)
class WeighedPart:
    part: CompositePart
    value: PartValue
    weight: int
    """As the policy has it."""
    share: Decimal | None
    """Percent of the composite that it makes, once missing parts are left out; None where it is left out itself."""


@dataclass(frozen=True)
class Composite:
    points: Decimal | None
    missing: Missing | None
    parts: tuple[WeighedPart, ...]

    def part(self, part: CompositePart) -> WeighedPart:
        return next(one for one in self.parts if one.part is part)


def half_up(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)


def weigh(
    values: Mapping[CompositePart, PartValue], weights: Mapping[CompositePart, int], minimum_parts: int
) -> Composite:
    """The known parts by their weights; none below the minimum of known parts."""
    counted = {
        part: points for part, weight in weights.items() if weight and (points := values[part].points) is not None
    }
    whole = sum(weights[part] for part in counted)
    parts = tuple(_weighed(part, values[part], weight, whole) for part, weight in weights.items())
    if len(counted) < minimum_parts or not whole:
        return Composite(None, Missing.TOO_FEW_PARTS, parts)
    total = sum((points * weights[part] for part, points in counted.items()), Decimal(0))
    return Composite(half_up(total / whole), None, parts)


def _weighed(part: CompositePart, value: PartValue, weight: int, whole: int) -> WeighedPart:
    if value.points is None:
        return WeighedPart(part, value, weight, None)
    if not weight:
        return WeighedPart(part, PartValue(value.points, Missing.NOT_WEIGHED, value.facts), weight, None)
    return WeighedPart(part, value, weight, half_up(HUNDRED * weight / whole))


@dataclass(frozen=True)
class ConductFacts:
    """What is known about conduct in a period; None: nothing was asked, so there is nothing to judge."""

    acknowledged: Percent | None = None
    """Circulars that were to be acknowledged."""
    deposited: Percent | None = None
    """Rakor at which a phone was to be laid aside."""
    incidents: int | None = None
    """Live streams in working hours that a person confirmed; None while no circular forbids them."""


def judge_conduct(known: ConductFacts, rules: ConductRules | None) -> PartValue:
    """The lines of conduct that something is known about, scaled to a hundred."""
    facts: dict[str, Any] = {
        "acknowledged": _shown(known.acknowledged),
        "deposited": _shown(known.deposited),
        "incidents": known.incidents,
    }
    if rules is None:
        return PartValue.absent(Missing.NO_RULE_SET, **facts)
    lines = [
        (rules.acknowledgement, _share(known.acknowledged)),
        (rules.deposit, _share(known.deposited)),
        (rules.livestream, _livestream(known.incidents, rules)),
    ]
    judged = [(most, share) for most, share in lines if most and share is not None]
    # Nobody is praised for streams that nobody looked for: that line counts beside another one only.
    if not any(share is not None for _, share in lines[:2]) and not known.incidents:
        return PartValue.absent(Missing.NOTHING_KNOWN, **facts)
    whole = sum(most for most, _ in judged)
    if not whole:
        return PartValue.absent(Missing.NOTHING_KNOWN, **facts)
    points = sum((most * share for most, share in judged), Decimal(0))
    return PartValue.known(points / whole, **facts)


def _shown(share: Percent | None) -> dict[str, int] | None:
    return None if share is None else {"numerator": share.numerator, "denominator": share.denominator}


def _share(percent: Percent | None) -> Decimal | None:
    """Of a hundred; None where nobody was asked."""
    if percent is None or percent.denominator <= 0:
        return None
    return HUNDRED * percent.numerator / percent.denominator


def _livestream(incidents: int | None, rules: ConductRules) -> Decimal | None:
    if incidents is None or not rules.livestream:
        return None
    lost = min(incidents * rules.incident_cost, rules.livestream)
    return HUNDRED * (rules.livestream - lost) / rules.livestream
