"""What the room of decisions answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.core.fields import Read
from app.core.traces import RuleLine
from app.decisions.rules import Kind, Phase, RecommendationState, Step
from app.policies.rules_of_cases import Clock


class AlertRead(Read):
    """Something that waits for somebody; it punishes nobody."""

    code: str
    text: str
    since: date | None
    """The last day on which it would have been in time."""


class SubjectRead(Read):
    asn_id: UUID | None
    name: str | None
    nip_masked: str | None
    opd_code: str | None


class HistoryRead(Read):
    at: datetime
    state: RecommendationState
    reason: str | None
    by: str | None


class RecommendationItem(Read):
    id: UUID
    kind: Kind
    subject: SubjectRead
    period: str
    code: str
    severity: str | None
    title: str
    state: RecommendationState
    policy: str
    made_at: datetime
    alerts: list[AlertRead]
    version: int


class RecommendationRead(RecommendationItem):
    basis: dict[str, Any]
    """The figures as they were when it was made; both names of a sanction among them."""
    lines: list[RuleLine]
    history: list[HistoryRead]
    case_id: UUID | None
    """The latest case that was opened on it."""
    decision_id: UUID | None


class OfficialRead(Read):
    asn_id: UUID
    name: str
    position: str
    level: str | None
    serves: bool
    assumed: bool
    """The register names no superior: the head of the OPD stands in."""


class CompetentRead(Read):
    authority: str
    """The level of the official, or `ppk`."""
    official: OfficialRead | None
    """Null: the PPK (Bupati)."""
    article: str | None
    """Null: the table says nothing; a person must find out."""
    notes: list[str]
    source: str
    verified: bool


class EventRead(Read):
    number: int
    kind: Step
    on: date
    details: dict[str, Any]
    counts: bool
    """False: taken back since."""
    at: datetime
    by_name: str


class DeadlineRead(Read):
    clock: Clock
    begun_on: date
    working_days: int
    due_on: date
    met_on: date | None
    overdue: bool
    source: str
    verified: bool


class SanctionRead(Read):
    code: str
    severity: str
    variant: str | None
    months: int | None
    name: str
    names: dict[str, str]
    """By variant: with the cut of the tunjangan, and the transitional one."""
    effective_on: date | None
    """Null: its window or a remedy is still open, or it was revoked."""
    in_force: bool


class CaseItem(Read):
    id: UUID
    subject: SubjectRead
    period: str
    law: str
    code: str
    phase: Phase
    sanction: SanctionRead | None
    overdue: bool
    opened_on: date
    version: int


class CaseRead(CaseItem):
    recommendation_id: UUID
    decision_id: UUID | None
    policy: str
    reason: str | None
    basis: dict[str, Any]
    lines: list[RuleLine]
    names: dict[str, str]
    """The alleged sanction by variant."""
    events: list[EventRead]
    deadlines: list[DeadlineRead]
    alerts: list[AlertRead]
    superior: OfficialRead | None
    """Who summons and examines; null: the PPK."""
    line: list[OfficialRead]
    competent: CompetentRead
    next_steps: list[Step]
    remedy_until: date | None


class DecisionItem(Read):
    id: UUID
    kind: Kind
    subject: SubjectRead
    case_id: UUID | None
    recommendation_id: UUID
    period: str
    code: str
    severity: str | None
    title: str
    variant: str | None
    letter_no: str
    signed_on: date
    signatory: str
    recorded: bool
    """Recorded from the signed letter; else by the competent official's own account."""
    policy: str
    decided_at: datetime


class FactsNow(Read):
    """What the ledger says today of the days that were alleged."""

    days_gone: list[date]
    """Alleged, and no longer without explanation: corrected or excused since."""
    total_days: int
    code: str | None
    """The tier that the year has reached today."""
    computed_at: datetime


class DecisionRead(DecisionItem):
    file_ref: str | None
    decided_by: str
    frozen: dict[str, Any]
    """Facts, rule, competence and events as they were when it was signed; nothing in it ever changes."""
    sanction: SanctionRead | None
    """What stands today."""
    phase: Phase | None
    remedy: Step | None
    """What can be filed against it."""
    remedy_until: date | None
    facts_now: FactsNow | None
    """Beside what was frozen; null for a reward."""
