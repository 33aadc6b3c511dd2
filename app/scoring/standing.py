"""From the points of some apels to ranks and tiers, and from a week to the unit's own average: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from app.core.rates import Percent
from app.policies.rules import Rules
from app.scoring.rules import Figures, band_of, half_up


@dataclass(frozen=True)
class Sample:
    """What one unit reached at one apel that counts."""

    points: Decimal
    figures: Figures
    apel_id: UUID | None = None


@dataclass(frozen=True)
class Standing:
    """Where a unit stands over some apels, among units of its size."""

    apels: int
    points: Decimal
    """The average."""
    figures: Figures
    """Summed over the apels."""
    band: str
    band_size: int
    rank: int | None
    """Units with the same points share one; null below the minimum sample."""
    tier: str | None
    apel_ids: tuple[UUID, ...] = ()
    """The apels that the points are the average of, in order of time."""


def stand(samples: Mapping[str, Sequence[Sample]], policy: Rules) -> dict[str, Standing]:
    """Standings by OPD code; each unit's samples in order of time, and its latest size decides its band."""
    known = {code: own for code, own in samples.items() if own}
    bands = {code: band_of(own[-1].figures.strength, policy) for code, own in known.items()}
    points = {code: _average(own) for code, own in known.items()}
    ranked = {code for code, own in known.items() if _is_sample(own, policy)}
    return {
        code: Standing(
            apels=len(own),
            points=points[code],
            figures=sum((sample.figures for sample in own), Figures(0, 0)),
            band=bands[code],
            band_size=sum(band == bands[code] for band in bands.values()),
            rank=1 + sum(points[other] > points[code] for other in ranked if bands[other] == bands[code])
            if code in ranked
            else None,
            tier=tier_of(points[code], policy) if code in ranked else None,
            apel_ids=tuple(sample.apel_id for sample in own if sample.apel_id is not None),
        )
        for code, own in known.items()
    }


def _average(samples: Sequence[Sample]) -> Decimal:
    return half_up(sum((sample.points for sample in samples), Decimal(0)) / len(samples))


def _is_sample(samples: Sequence[Sample], policy: Rules) -> bool:
    return len(samples) >= policy.minimum_apels and samples[-1].figures.strength >= policy.minimum_strength


def tier_of(points: Decimal, policy: Rules) -> str:
    return next(tier.code for tier in policy.tiers if points >= tier.at_least)


@dataclass(frozen=True)
class OwnAverage:
    """A unit against itself: its last apels together, and how far this one lies from them, in percentage points."""

    apels: int
    figures: Figures
    rate_delta: Decimal | None
    duty_rate_delta: Decimal | None


def against_own(now: Figures, earlier: Sequence[Figures]) -> OwnAverage | None:
    """Compared with the unit's own earlier apels; None where there are none."""
    if not earlier:
        return None
    before = sum(earlier, Figures(0, 0))
    return OwnAverage(len(earlier), before, _delta(now.rate, before.rate), _delta(now.duty_rate, before.duty_rate))


def _delta(now: Percent, before: Percent) -> Decimal | None:
    return None if now.percent is None or before.percent is None else now.percent - before.percent
