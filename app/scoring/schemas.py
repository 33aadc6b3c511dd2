"""Scores as they are read: every number with what it rests on."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.apel.rules import ApelKind
from app.core.fields import Body, Day, OpdCode, PeriodCode, Read
from app.core.paging import MAX_LIMIT
from app.core.rates import PercentRead
from app.core.traces import RuleLine
from app.scoring.rules import EvidenceKind, Rule


class EvidenceRead(Read):
    kind: EvidenceKind
    id: UUID
    href: str
    """Where it is read."""


class LineRead(Read):
    """One rule of the policy, applied to one unit at one apel."""

    rule: Rule
    policy: str
    """The version that was applied, `code@version`."""
    points: float | None
    """Null: at rest, the other lines count for the whole."""
    facts: dict[str, Any]
    """The figures that went in, `reason` and `text` why, `most` it can give, of which `base`, by which `source`, and
    whether an official `verified` the rule."""
    evidence: list[EvidenceRead]


class OpdScore(Read):
    opd_code: str
    points: float | None
    """Of 100; null while pending, and where there is nothing to judge."""
    band: str
    band_size: int
    rank: int | None
    """In the month so far, among units of the band; ties share one, below the minimum sample it is null."""
    tier: str | None
    """Of the month so far."""
    rate: PercentRead
    duty_rate: PercentRead
    pending: bool
    lines: list[LineRead]
    standing: RuleLine | None
    """What rank and tier of the month so far rest on; null where the unit has none."""


class ScoresRead(Read):
    """The scores of one apel."""

    apel_id: UUID
    revision: int
    """The conclusion that they rest on."""
    policy: str
    provisional: bool
    """The apel is not final."""
    computed_at: datetime
    opd: list[OpdScore]


class Span(Body):
    """Civil days, both inclusive; without `to` until today, without `from` since the first of that month.

    Or a whole period instead of days.
    """

    period: PeriodCode | None = None

    from_date: Day | None = Field(None, alias="from")
    to_date: Day | None = Field(None, alias="to")
    kind: ApelKind = ApelKind.APEL_GABUNGAN
    """Ranks are made within one kind of apel."""


class StandingFilter(Span):
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class StandingRead(Read):
    """Where a unit stands over some apels, among units of its size."""

    opd_code: str
    apels: int
    points: float
    """The average of its apels."""
    band: str
    band_size: int
    rank: int | None
    tier: str | None
    rate: PercentRead
    duty_rate: PercentRead
    lines: list[RuleLine]
    """By which rule the points became a rank and a tier, and the apels that they are the average of."""


class OwnAverageRead(Read):
    """The unit's last apels before this one, together."""

    apels: int
    rate: PercentRead
    duty_rate: PercentRead


class DeltaRead(Read):
    """Percentage points above the own average; negative below it."""

    rate: float | None
    duty_rate: float | None


class OpdWeek(Read):
    """One apel of a unit, against the unit's own average."""

    apel_id: UUID
    href: str
    """The apel's scores, line by line."""
    date: date
    title: str
    points: float | None
    pending: bool
    provisional: bool
    rate: PercentRead
    duty_rate: PercentRead
    own_average: OwnAverageRead | None
    delta: DeltaRead | None


class OpdHistory(Read):
    opd_code: str
    policy: str
    """By which the standing was made."""
    standing: StandingRead | None
    """Over the whole span; null without a scored apel."""
    items: list[OpdWeek]
    """Newest first."""


class StreakRead(Read):
    """Apels attended in a row; excused ones neither break a row nor lengthen it."""

    now: int
    best: int
    bonus: int


class StepRead(Read):
    code: str
    at_least: int
    advice: str
    """What is due from so many misses on, in words; nothing happens by itself."""


class ApelLedgerRead(Read):
    """Missed apels since the ledger began anew. They are no days of absence from work (tidak masuk kerja)."""

    from_date: date
    to_date: date
    misses: int
    missed_on: list[date]
    """Newest first."""
    step: StepRead | None
    next_step: StepRead | None


class Unsaid(StrEnum):
    """Why there are no points."""

    NO_RULE_SET = "no-rule-set"
    """The policy says nothing about persons, so nobody is judged."""
    TOO_FEW_APELS = "too-few-apels"
    NOT_ALL_SEEN = "not-all-seen"
    """The person also served where the caller may not look; part of a record makes no points."""


class PersonScores(Read):
    """One person's period at the apel: a ledger of its own, which counts no working days, knows no discipline tier."""

    asn_id: UUID
    period: str
    year: int
    marks: dict[str, int]
    """Apels by concluded status."""
    unexplained_on: list[date]
    """The days that ended without explanation (TK), newest first."""
    pending: int
    """Apels that are not due yet."""
    disputed: int
    """Apels on which a person has yet to decide."""
    rate: PercentRead
    """Present of all apels where something was reported or seen about the person; BL and NR are left out."""
    duty_rate: PercentRead
    """The same without excused ones."""
    policy: str
    """By which the sum was made; each line names the one that it keeps."""
    points: float | None
    """The average of the counted apels, each of 100, and the bonus of the streaks."""
    no_points: Unsaid | None
    """Why `points` is null."""
    apels: int
    """Counted ones: roll-calls that the person attended, left early, or missed without explanation."""
    streak: StreakRead | None
    ledger: ApelLedgerRead | None
    """Null where the policy has none, or not all of it is the caller's to see."""
    lines: list[RuleLine]
    """What the points and the ledger rest on."""
    href: str
    """Where the marks of the period are read, which everything here is counted from."""


class PersonFilter(Body):
    period: PeriodCode | None = None
    """This year, unless you say otherwise."""
    opd_code: OpdCode | None = None
    """A reporting unit, or where people serve."""
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class PersonStanding(Read):
    """One person's period in short."""

    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str | None
    """Where the person served at the latest of these apels; null where nothing was asked of the person."""
    period: str
    policy: str
    points: float | None
    no_points: Unsaid | None
    apels: int
    streak: StreakRead | None
    misses: int | None
    """Missed apels in the ledger; null as `ledger` of the whole record."""
    step: str | None
    href: str
    """The whole record, line by line."""
