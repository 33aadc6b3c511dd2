"""What a policy says, as plain values; documents are read into these once and validated there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.policies.rules_of_cases import ProcedureRules
from app.policies.rules_of_performance import (
    BehaviourRules,
    CompositeRules,
    ConductRules,
    OutputRules,
    ServiceRules,
)
from app.policies.rules_of_persons import (
    ApelLedgerRules,
    ExemptionRules,
    MarkObjectionRules,
    PersonRules,
    RewardRules,
)
from app.policies.rules_of_tpp import TppRules
from app.policies.rules_of_workdays import DisciplineRules, WorkdayRules
from app.policies.sources import Source


class Inaccuracy(StrEnum):
    """Findings that may cost a unit accuracy: something was claimed otherwise than it was seen, said or registered.

    Late and missing reports are not among them, they have their own line; nor is a disputed absence, which a person
    decides.
    """

    STRENGTH_DIFFERS = "strength-differs"
    SPOKEN_DIFFERS = "spoken-differs"
    NOT_ON_ROSTER = "not-on-roster"
    PRESENT_DURING_ABSENCE = "present-during-absence"
    REPORTED_NEVER_CONNECTED = "reported-never-connected"
    WFA_WITHOUT_PRESENCE = "wfa-without-presence"
    LEFT_EARLY = "left-early"
    EXCUSED_BUT_CONNECTED = "excused-but-connected"
    HEAD_COUNT_DIFFERS = "head-count-differs"


@dataclass(frozen=True)
class Sourced:
    """Points that a rule can give, and where the rule comes from; `verified` once an official confirmed it."""

    points: int
    base: str
    """What the points are a share of."""
    source: str
    verified: bool


@dataclass(frozen=True)
class SpotCheckRules:
    """How many rooms are drawn after the deadline, and by how much counted and claimed heads may differ."""

    automatic: bool
    units: int
    tolerance_people: int
    tolerance_percent: int

    def tolerance(self, claimed: int) -> int:
        """People by whom a count may differ from so many claimed."""
        return max(self.tolerance_people, claimed * self.tolerance_percent // 100)


@dataclass(frozen=True)
class Band:
    """A size class by duty-bound people; `at_most` None: no upper end."""

    code: str
    at_most: int | None = None


@dataclass(frozen=True)
class Tier:
    code: str
    at_least: Decimal


OWN_POLICY = Source("Kebijakan instansi", verified=False)


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
    """Grade of a finding → points."""
    accuracy_concerns: frozenset[str]
    spot_check: SpotCheckRules
    bands: tuple[Band, ...]
    minimum_apels: int
    minimum_strength: int
    own_average_apels: int
    tiers: tuple[Tier, ...]
    ranking: Source = OWN_POLICY
    """Where bands, tiers and the minimum sample come from."""
    person: PersonRules | None = None
    """None, here and below: the document says nothing about it, so nobody is judged by it."""
    apel_ledger: ApelLedgerRules | None = None
    exemptions: ExemptionRules | None = None
    mark_objections: MarkObjectionRules | None = None
    rewards: RewardRules | None = None
    workdays: WorkdayRules | None = None
    discipline: tuple[DisciplineRules, ...] = ()
    procedure: ProcedureRules | None = None
    tpp: tuple[TppRules, ...] = ()
    output: OutputRules | None = None
    behaviour: BehaviourRules | None = None
    service: ServiceRules | None = None
    conduct: ConductRules | None = None
    composite: CompositeRules | None = None

    def discipline_for(self, employment_type: str) -> DisciplineRules | None:
        """The tiers for an employment type; None where no rule set is loaded: nobody is judged by another's table."""
        return next((rules for rules in self.discipline if employment_type in rules.employment), None)

    def tpp_for(self, employment_type: str) -> TppRules | None:
        return next((rules for rules in self.tpp if employment_type in rules.employment), None)

    @property
    def label(self) -> str:
        return f"{self.code}@{self.version}"
