"""What a policy says, as plain values; documents are read into these once and validated there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Sourced:
    """Points that a rule can give, and where the rule comes from; `verified` once an official confirmed it."""

    points: int
    source: str
    verified: bool


@dataclass(frozen=True)
class Band:
    """A size class by duty-bound people; `at_most` None: no upper end."""

    code: str
    at_most: int | None = None


@dataclass(frozen=True)
class Tier:
    code: str
    at_least: Decimal


@dataclass(frozen=True)
class Rules:
    """One active policy version."""

    id: UUID
    code: str
    version: int
    legal_basis: str
    effective_from: date
    wfa_share_percent: int
    duty_rate: Sourced
    timeliness: Sourced
    accuracy: Sourced
    minutes_per_point: int
    accuracy_cost: dict[str, int]
    bands: tuple[Band, ...]
    minimum_apels: int
    minimum_strength: int
    tiers: tuple[Tier, ...]

    @property
    def label(self) -> str:
        return f"{self.code}@{self.version}"
