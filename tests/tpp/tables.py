"""Tables and facts for tests: values as the rooms below hand them over."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from app.policies.rules_of_tpp import ApelCut, Cut, Rounding, RoundWhat, TppBase, TppRules
from app.policies.sources import Source

SOURCE = Source("Contoh", verified=False)
LADDER = tuple(
    Cut(f"TL{n}", first, last, Decimal(percent))
    for n, (first, last, percent) in enumerate(
        [(1, 30, "0.5"), (31, 60, "1"), (61, 90, "1.25"), (91, None, "1.5")], start=1
    )
)
EARLY = tuple(Cut(f"PSW{n}", cut.from_minutes, cut.to_minutes, cut.percent) for n, cut in enumerate(LADDER, start=1))
SOME_MARK, SOME_CASE = UUID(int=7), UUID(int=8)
NOVEMBER = date(2026, 11, 1)


def table(**changes: Any) -> TppRules:
    """Bulukumba's table: percentages of the discipline part, Monday's apel 2, any other 0.25."""
    said: dict[str, Any] = {
        "base": TppBase.DISCIPLINE,
        "discipline_percent": Decimal(40),
        "employment": frozenset({"PNS"}),
        "late": LADDER,
        "early": EARLY,
        "no_clock_in": None,
        "no_clock_out": "PSW4",
        "absent_day": Decimal(3),
        "apel": (
            ApelCut("apel_gabungan", frozenset({1}), Decimal(2)),
            ApelCut("apel_opd", frozenset({2, 3, 4, 5}), Decimal("0.25")),
        ),
        "absence_absorbs_apel": True,
        "cap_percent": Decimal(100),
        "full_cut_days": None,
        "exempt_codes": frozenset({"DL", "CT", "S"}),
        "round_to": 1,
        "rounding": Rounding.HALF_UP,
        "round_what": RoundWhat.TOTAL,
        "objection_days": 3,
        "december_closes_on": None,
        "source": SOURCE,
    } | changes
    return TppRules(**said)


@dataclass(frozen=True)
class Day:
    day: date
    kind: str = "present"
    late_minutes: int = 0
    early_minutes: int = 0
    no_clock_in: bool = False
    no_clock_out: bool = False
    code: str | None = None
    record_id: UUID | None = None


@dataclass(frozen=True)
class Apel:
    on_date: date
    status: str | None = "TK"
    kind: str = "apel_gabungan"
    mark_id: UUID = SOME_MARK


@dataclass(frozen=True)
class Running:
    cut_percent: int | None
    code: str = "S1"
    case_id: UUID = SOME_CASE


def on(number: int) -> date:
    return NOVEMBER.replace(day=number)


def mark_of(day: date, kind: str) -> UUID:
    return uuid5(UUID(int=0), f"{day} {kind}")
