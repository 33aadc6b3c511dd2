"""What the room of decisions takes: each event of a case says what its letter or its day says, and nothing else."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import ANY_TEXT, Body, Bool, Count, Day, Line, OpdCode, Prose
from app.core.paging import MAX_LIMIT
from app.decisions.rules import Answer, Kind, Phase, RecommendationState, Step, Variant

Months = Annotated[int, Field(strict=True, ge=1, le=60)]
TierCode = Annotated[str, Field(min_length=1, max_length=40), ANY_TEXT]
Cursor = Annotated[str | None, Field(max_length=200)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


class _Event(Body):
    on: Day
    """The civil day on which it happened."""
    note: Prose | None = None


class Summons(_Event):
    """Surat panggilan."""

    kind: Literal[Step.SUMMONS_1, Step.SUMMONS_2]
    letter_no: Line
    examination_on: Day
    place: Line | None = None


class Absent(_Event):
    """The person did not come to the examination."""

    kind: Literal[Step.ABSENT_1, Step.ABSENT_2]


class Examined(_Event):
    """Berita acara pemeriksaan; without the person's signature it is valid too."""

    kind: Literal[Step.EXAMINED]
    letter_no: Line | None = None
    examiner: Line
    virtual: Bool = False
    signed: Bool = True
    """By the person examined."""


class TeamFormed(_Event):
    kind: Literal[Step.TEAM_FORMED]
    letter_no: Line
    members: Annotated[list[Line], Field(min_length=1, max_length=9)]


class Suspended(_Event):
    """Pembebasan sementara dari tugas jabatan; rights are paid."""

    kind: Literal[Step.SUSPENDED]
    letter_no: Line


class Recused(_Event):
    """An official is involved: the next higher one takes his place."""

    kind: Literal[Step.RECUSED]
    asn_id: UUID


class Extended(_Event):
    """Take up further days of the same year, as a newer recommendation has them."""

    kind: Literal[Step.EXTENDED]
    recommendation_id: UUID


class Report(_Event):
    """Laporan hasil pemeriksaan."""

    kind: Literal[Step.REPORT]
    letter_no: Line
    conclusion: Prose


class Decided(_Event):
    """The signed decision; `on` is the day of the signature."""

    kind: Literal[Step.DECIDED]
    letter_no: Line
    signatory: Line
    """Name and post, as the letter has them."""
    code: TierCode
    variant: Variant
    months: Months | None = None
    """How long it runs, where the rule set leaves that to the letter."""
    days: Annotated[list[Day], Field(max_length=366)]
    """The absent days that were found; those of the case, or fewer."""
    converted_days: Count = 0
    file_ref: Line | None = None
    """Where the signed letter is kept."""


class Sent(_Event):
    kind: Literal[Step.SENT]
    absent_on: Day
    """When the person did not come to receive it."""


class Delivered(_Event):
    kind: Literal[Step.DELIVERED]


class Objection(_Event):
    """Keberatan, or banding against a dismissal; `on` is the day of filing."""

    kind: Literal[Step.OBJECTION, Step.APPEAL]
    letter_no: Line | None = None
    grounds: Prose


class Answered(_Event):
    kind: Literal[Step.OBJECTION_ANSWERED, Step.APPEAL_ANSWERED]
    letter_no: Line
    outcome: Answer
    effective_on: Day | None = None
    """Where the answer says when the sanction takes effect; else the day of the answer."""
    code: TierCode | None = None
    """The sanction that takes its place, where it is changed."""
    variant: Variant | None = None
    months: Months | None = None

    @model_validator(mode="after")
    def name_what_takes_its_place(self) -> "Answered":
        changed = self.outcome is Answer.CHANGED
        if (self.code is not None, self.variant is not None) != (changed, changed):
            raise PydanticCustomError("value_error", "a changed sanction is named, and no other")
        return self


class Revoked(_Event):
    kind: Literal[Step.REVOKED]
    letter_no: Line
    reason: Prose


class ClosedWithout(_Event):
    kind: Literal[Step.CLOSED_WITHOUT]
    reason: Prose


class TakenBack(_Event):
    """The event before was recorded by mistake; both stay visible."""

    kind: Literal[Step.TAKEN_BACK]
    reason: Prose


EventWrite = Annotated[
    Summons
    | Absent
    | Examined
    | TeamFormed
    | Suspended
    | Recused
    | Extended
    | Report
    | Decided
    | Sent
    | Delivered
    | Objection
    | Answered
    | Revoked
    | ClosedWithout
    | TakenBack,
    Field(discriminator="kind"),
]


class OpenCase(Body):
    """Look into it."""

    outcome: Literal["open_case"]
    on: Day | None = None
    """When it was opened, for a case that is recorded from paper; else today."""
    reason: Prose | None = None


class Decline(Body):
    """Do nothing about it, for a reason that stays in the record."""

    outcome: Literal["decline"]
    reason: Prose


class Grant(Body):
    """Give the reward, by a signed letter."""

    outcome: Literal["grant"]
    letter_no: Line
    signed_on: Day
    signatory: Line
    file_ref: Line | None = None


class Guide(Body):
    """The superior has talked with the person."""

    outcome: Literal["guide"]
    reason: Prose
    """What was said and agreed, in short."""


DecideWrite = Annotated[OpenCase | Decline | Grant | Guide, Field(discriminator="outcome")]


class Origin(Body):
    kind: Literal["workdays", "apel", "livestreams"]
    """The ledger of working days, that of missed apels, or this year's broadcasts that the office referred."""
    id: UUID
    """Whose it is (`asn_id`)."""


class RecommendWrite(Body):
    origin: Origin = Field(alias="from")


class ObjectionWrite(Body):
    """Keberatan or banding of the person concerned."""

    grounds: Prose
    letter_no: Line | None = None
    on: Day | None = None
    """The day of filing where it was filed on paper; else today."""


class RecommendationFilter(Body):
    kind: Kind | None = None
    state: RecommendationState | None = None
    period: Annotated[str | None, Field(pattern=r"^\d{4}(-(Q[1-4]|\d\d))?$")] = None
    opd_code: OpdCode | None = None
    asn_id: UUID | None = None
    overdue: bool | None = None
    """Only those on which nobody has acted in time."""
    cursor: Cursor = None
    limit: Limit = 50


class CaseFilter(Body):
    phase: Phase | None = None
    opd_code: OpdCode | None = None
    asn_id: UUID | None = None
    cursor: Cursor = None
    limit: Limit = 50


class DecisionFilter(Body):
    kind: Kind | None = None
    opd_code: OpdCode | None = None
    asn_id: UUID | None = None
    cursor: Cursor = None
    limit: Limit = 50
