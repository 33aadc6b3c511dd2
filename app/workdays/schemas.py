"""What the daily ledger gives."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from pydantic import Field

from app.core.fields import FIRST_YEAR, LAST_YEAR, Body, Day, OpdCode, Read
from app.core.traces import RuleLine
from app.policies.rules_of_workdays import Severity
from app.registry.planning import RowState
from app.workdays.rules import Reason, Unclear, Variant, VerdictKind


class WorkdayRowRead(Read):
    line: int
    """As the spreadsheet counts; in JSON the n-th record."""
    nip: str | None
    day: date | None = Field(serialization_alias="date")
    state: RowState
    clock_in: str | None = Field(serialization_alias="in")
    clock_out: str | None = Field(serialization_alias="out")
    status: str | None
    """As delivered."""
    code: str | None
    """What it is taken for."""
    old: dict[str, Any] | None
    """What counted for this day before, if anything did."""
    text: str | None
    """What is wrong or doubtful, for people."""


class WorkdaySummary(Read):
    rows: int
    new: int
    changed: int
    unchanged: int
    warning: int
    error: int
    left_aside: int
    """Rows of people whom the register does not know."""
    ignored_columns: list[str]
    """Headers that mean nothing here; what a client says of itself is never trusted."""
    applied: int | None = None
    """Days on which the file said something new."""


class WorkdayImportRead(Read):
    """What a file would add (`preview`) or added (`applied`); nothing of it counts while any row is an error."""

    id: UUID
    state: str
    source: str
    filename: str
    sha256: str
    summary: WorkdaySummary
    rows: list[WorkdayRowRead]
    created_at: datetime
    applied_at: datetime | None


class DaysFilter(Body):
    from_date: Day | None = Field(default=None, alias="from")
    """The first of this month, unless you say otherwise."""
    to_date: Day | None = Field(default=None, alias="to")


class RecordRead(Read):
    """What the daily attendance system delivered."""

    id: UUID
    import_id: UUID
    source: str
    line: int
    clock_in: time | None = Field(serialization_alias="in")
    clock_out: time | None = Field(serialization_alias="out")
    status: str | None
    """As delivered; `excused` where it may tell of an illness that the caller may not know."""
    applied_at: datetime | None


class AbsenceOfDay(Read):
    """The confirmed absence that covers a day; `/v1/absences/{id}`."""

    id: UUID
    code: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")


class DayRead(Read):
    """One working day of the person: a day off is not among them."""

    day: date = Field(serialization_alias="date")
    kind: VerdictKind
    late_minutes: int
    late_class: str | None
    early_minutes: int
    early_class: str | None
    no_clock_in: bool
    no_clock_out: bool
    code: str | None
    unclear: Unclear | None
    """Why nothing certain is known."""
    text: str
    record: RecordRead | None
    earlier: list[RecordRead]
    """What earlier files said of this day, the latest first; they count no more."""
    absence: AbsenceOfDay | None


class DaysRead(Read):
    asn_id: UUID
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    policy: str
    items: list[DayRead]


class StreakRead(Read):
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    length: int
    running: bool
    crosses_year: bool
    """It runs over New Year: whether the days count as one row is for a person to judge."""


class TierRead(Read):
    code: str
    severity: Severity
    article: str
    sanction: str
    transitional: str | None = None
    """Its name while the cut of tunjangan is not in force; null: the same."""


class WorkdayLedgerRead(Read):
    """A person's year of working days; a tier is a number, never a sanction: people decide."""

    asn_id: UUID
    year: int
    policy: str
    rule_set: str | None
    """The tiers that were applied; null: none is loaded for this employment type, nobody is judged."""
    days: list[date]
    """Absent without a valid reason."""
    left_to_people: list[date]
    minutes: int
    converted_days: int
    carried_minutes: int
    total_days: int
    unknown_days: int
    streaks: list[StreakRead]
    alerts: list[int]
    tier: TierRead | None
    streak_tier: TierRead | None
    variant: Variant | None
    """Which of the sanction's two names holds: `tukin` or `transitional`."""
    reasons: list[Reason]
    lines: list[RuleLine]
    note: str


class LedgersFilter(Body):
    year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR)
    tier: str | None = Field(default=None, min_length=1, max_length=20, pattern=r"^[A-Za-z0-9._-]+$")
    """People at this tier, by its code; of a streak too."""
    alert: int | None = Field(default=None, ge=1, le=366)
    """People whose running streak has reached this length of the policy and not the next."""
    opd_code: OpdCode | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class LedgerItem(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    employment_type: str
    opd_code: str
    """Where the person serves today."""
    year: int
    total_days: int
    tier: str | None
    streak_tier: str | None
    streak_length: int
    """Of the streak that runs; 0: none does."""
    alert: int | None
    rule_set: str | None
    policy: str
    computed_at: datetime
    href: str
