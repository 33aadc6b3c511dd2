"""What is written into this room, and how it is read back: plans, achievements, files."""

import re
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import FIRST_YEAR, LAST_YEAR, Body, Line, OpdCode, Prose, Read
from app.performance.periods import TARGET_PERIOD, target_period
from app.performance.planning import plain
from app.performance.rules import Aspect, Better, State, Theme

_AMOUNT = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"
"""Below a thousand billion, rupiah included, with at most four decimals."""


class Kind(StrEnum):
    """What a file holds."""

    PLANS = "plans"
    ACHIEVEMENTS = "achievements"


def _amount(value: Any) -> Decimal:
    written = value if isinstance(value, str) else str(value) if isinstance(value, (int, float, Decimal)) else ""
    written = written.removesuffix(".0")
    if isinstance(value, bool) or not re.fullmatch(_AMOUNT, written, re.ASCII):
        raise PydanticCustomError("amount_form", "a number from 0 with at most four decimals")
    return Decimal(written)


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": _AMOUNT}], "examples": ["12.5"]}
    ),
]
"""Not less than nothing, below a thousand billion, as a number or as text."""
AmountRead = Annotated[
    Decimal, PlainSerializer(plain, return_type=str), WithJsonSchema({"type": "string", "examples": ["12.5"]})
]


def _real(code: str) -> str:
    try:
        target_period(code)
    except ValueError:
        raise PydanticCustomError("date_parsing", "no such day") from None
    return code


TargetPeriod = Annotated[str, Field(pattern=TARGET_PERIOD, examples=["2026-11"]), AfterValidator(_real)]
"""A day, a month or a quarter: `2026-11-23`, `2026-11`, `2026-Q4`."""
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Weight = Annotated[int, Field(strict=True, ge=1, le=100)]


class TargetWrite(Body):
    period: TargetPeriod
    target: Amount


class IndicatorWrite(Body):
    id: UUID | None = None
    """Of an indicator that is worded anew: its achievements stay with it. The same words need none."""
    indicator: Line = Field(examples=["Jumlah KTP elektronik yang diterbitkan"])
    aspect: Aspect
    unit: Line = Field(examples=["dokumen"])
    better: Better = Better.HIGHER
    weight: Weight = 1
    """Left out everywhere, all weigh the same."""
    targets: list[TargetWrite] = Field(default=[], max_length=400)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        periods = [one.period for one in self.targets]
        if len(set(periods)) < len(periods):
            raise PydanticCustomError("listed_twice", "a period stands twice")
        if self.better is Better.HIGHER and any(one.target == 0 for one in self.targets):
            raise PydanticCustomError("target_zero", "a target of nothing where more is better")
        return self


class RhkWrite(Body):
    """A planned result of work (rencana hasil kerja)."""

    rhk: Line = Field(examples=["Terlayaninya warga yang mengurus KTP elektronik"])
    supports: Line | None = None
    """The leader's RHK that it supports."""
    theme: Theme | None = None
    """Of reformasi birokrasi tematik."""
    indicators: Annotated[list[IndicatorWrite], Field(min_length=1, max_length=20)]


class PlanWrite(Body):
    """The whole plan of a year: what is left out is dropped from it."""

    rhk: Annotated[list[RhkWrite], Field(max_length=50)]
    reason: Prose | None = None
    """Why another plan is changed."""


class TargetRead(Read):
    period: str
    target: AmountRead


class IndicatorRead(Read):
    id: UUID
    indicator: str
    aspect: Aspect
    unit: str
    better: Better
    weight: int
    targets: list[TargetRead]


class RhkRead(Read):
    rhk: str
    supports: str | None
    theme: Theme | None
    indicators: list[IndicatorRead]


class PlanRead(Read):
    asn_id: UUID
    year: int
    version: int
    """0: nothing was planned yet."""
    rhk: list[RhkRead]
    reason: str | None
    at: datetime | None
    by_name: str | None


class PlanVersions(Read):
    items: list[PlanRead]
    """The newest first."""


class AchievementWrite(Body):
    indicator_id: UUID
    period: TargetPeriod
    actual: Amount
    evidence: Line = Field(examples=["https://arsip.mamujukab.go.id/disdukcapil/ktp-2026-11.pdf"])
    """A link or reference to what was produced (bukti dukung)."""
    note: Prose | None = None


class AchievementsWrite(Body):
    items: Annotated[list[AchievementWrite], Field(min_length=1, max_length=500)]


class ReturnWrite(Body):
    reason: Prose
    """What must be put right."""


class VerificationRead(Read):
    outcome: Literal[State.ACCEPTED, State.RETURNED]
    reason: str | None
    examiner: str | None
    """Who verified it in the system that it was imported from."""
    by_name: str
    at: datetime


class AchievementRead(Read):
    id: UUID
    indicator_id: UUID
    asn_id: UUID
    period: str
    version: int
    actual: AmountRead
    evidence: str
    note: str | None
    by_name: str
    at: datetime
    state: State
    """`waiting` until a superior accepts or returns it."""
    verification: VerificationRead | None
    latest: bool
    """A later version takes the place of this one."""


class AchievementsRead(Read):
    created: int
    unchanged: int
    items: list[AchievementRead]


class AchievementItem(Read):
    """An achievement in a list, with whose it is and what was agreed."""

    id: UUID
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str
    rhk: str
    indicator: str
    unit: str
    period: str
    target: AmountRead
    actual: AmountRead
    evidence: str
    version: int
    state: State
    at: datetime
    href: str


class AchievementFilter(Body):
    state: Literal[State.WAITING, State.RETURNED, State.ACCEPTED] = State.WAITING
    opd_code: OpdCode | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class ImportResult(Read):
    """What a file does; with `preview` what it would do."""

    kind: Kind
    preview: bool
    rows: int
    people: int
    created: int
    """Plans of people who had none that year, or first achievements."""
    changed: int
    """New versions of plans or of achievements."""
    accepted: int
    """Achievements verified by this file."""
    unchanged: int
    """Plans or achievements that are kept already, so the same file may be sent twice."""
