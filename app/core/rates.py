"""Percentages as official sheets print them: who was counted, out of how many, who was left out, half-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

from app.core.fields import Read

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Percent:
    """A share with everything that it rests on; `excluded` holds the people taken out of the denominator, by code."""

    numerator: int
    denominator: int
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> Decimal | None:
        """Half-up to two decimals; None at denominator 0, where nothing can be said."""
        if self.denominator == 0:
            return None
        share = Decimal(100 * self.numerator) / self.denominator
        return share.quantize(_HUNDREDTH, ROUND_HALF_UP)


Sum = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
"""People, each as often as there was something to count: a year of a regency's apels is hundreds of thousands."""


class PercentRead(Read):
    numerator: Sum
    denominator: Sum
    excluded: dict[str, Sum]
    """People taken out of the denominator, by code."""
    percent: float | None
    """Half-up to two decimals; null at denominator 0."""


def rate(present: int, strength: int) -> Percent:
    """Hadir / jumlah, as the official form has it."""
    return Percent(present, strength)


def duty_rate(present: int, strength: int, excused: Mapping[str, int]) -> Percent:
    """Hadir / (jumlah − excused): of those who had no accepted reason to be elsewhere."""
    return Percent(present, strength - sum(excused.values()), excused)
