"""What a recommendation keeps of the ledger that it rests on, as it is read again; pure.

`days` are the absent working days in order, `streaks` those of each run of them, `converted_days` what lateness came
to where the policy converts it; `names` holds the sanction in both variants, `lines` how each figure was made.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.decisions.rules import Variant
from app.decisions.weighing import AnyTier, Found, title_of


def alleged_in(basis: Mapping[str, Any]) -> Found:
    return Found(_days(basis.get("days", ())), int(basis.get("converted_days", 0)))


def streaks_in(basis: Mapping[str, Any]) -> tuple[Sequence[date], ...]:
    return tuple(_days(row) for row in basis.get("streaks", ()))


def _days(written: Sequence[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in written)


def names_of(tier: AnyTier) -> dict[str, str]:
    """A sanction's name in both variants: both stand in every recommendation."""
    return {variant.value: title_of(tier, variant) for variant in Variant}
