"""Participants as they are read and assigned, and what is remembered of that."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.core.fields import Body, Bool, Count, OpdCode, Prose, Read
from app.core.paging import MAX_LIMIT
from app.evidence.candidates import ReasonCode
from app.evidence.identity import KeyKind, MatchedBy
from app.evidence.rules import SubjectKind
from app.evidence.spot_rules import CheckState, CountMethod


class Origin(StrEnum):
    DECISION = "decision"
    """A person assigned a participant and had it remembered."""
    REGISTRATION = "registration"
    """The registrant was made at Zoom for this room or person."""


class SubjectRead(Read):
    kind: SubjectKind
    opd_code: str | None
    """The reporting unit of a room or person, or the one that an unknown claims in its name."""
    asn_id: UUID | None


class IntervalRead(Read):
    model_config = ConfigDict(populate_by_name=True)

    from_: datetime = Field(alias="from")
    to: datetime | None
    """Null while connected."""


class ReasonRead(Read):
    code: ReasonCode
    text: str


class CandidateRead(Read):
    """Whom a name may mean: a person, or the room of an OPD where `asn_id` is null."""

    asn_id: UUID | None
    opd_code: str
    """The reporting unit."""
    name: str
    score: int = Field(ge=0, le=100)
    """How much of what was typed fits; nothing is ever assigned by it."""
    reasons: list[ReasonRead]


class ParticipantRead(Read):
    id: UUID
    display_name: str
    """As typed on the device: show it as text only."""
    subject: SubjectRead
    matched_by: MatchedBy | None
    seconds: int
    """The union of its intervals inside the held window."""
    intervals: list[IntervalRead]
    connected: bool
    network_gap: bool
    """Time is missing because of a network error."""
    candidates: list[CandidateRead] = Field(default_factory=list)
    """Of an unmatched one, where only those are asked for: at most five whom its name may mean, for a person to
    confirm."""


class RevocationRead(Read):
    by: str | None
    at: datetime
    reason: str | None
    taken_back: bool
    """The assignment itself was taken back: it counts at no apel but a final one; else apels that had ended keep it."""


class DecisionRead(Read):
    """What was said about a key that this participant showed."""

    id: UUID
    kind: KeyKind
    subject: SubjectRead
    everywhere: bool
    """Remembered for every apel; else said of this apel alone."""
    origin: Origin
    participant_id: UUID | None
    """The participant about whom it was said, where it can be taken back; null for a registration."""
    display_name: str | None
    """The name that the participant bore then: show it as text only."""
    by: str | None
    at: datetime
    standing: bool
    """It counts at this apel; a later decision or a revocation ends it, and so does taking it back."""
    revoked: RevocationRead | None
    """Who ended it: by revoking it, by a later decision, or by taking it back."""


class ParticipantTrace(ParticipantRead):
    """A participant and whose word made it what it is, the latest first."""

    decisions: list[DecisionRead]


class ParticipantFilter(Body):
    matched: bool | None = None
    """Only those with a subject, or only those without."""
    kind: SubjectKind | None = None
    opd_code: OpdCode | None = None
    """An OPD's room, and its people."""
    cursor: str | None = Field(None, max_length=500)
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class SubjectChoice(Body):
    asn_id: UUID | None = None
    opd_code: OpdCode | None = None
    operator: Literal[True] | None = None
    """Host, recorder or bot: counted for nobody."""


class AssignmentWrite(SubjectChoice):
    """Exactly one of `asn_id`, `opd_code` (that OPD's room) and `operator`."""

    remember: Bool = False
    """Recognise it at other apels too: by account, e-mail, registrant, or a telling name."""


class UnassignmentWrite(SubjectChoice):
    """At most one of `asn_id`, `opd_code` and `operator`: the assignment that had named this one, and no later one."""

    reason: Prose | None = None


class AliasFilter(Body):
    standing: bool = True
    """Those that count; false: those that were revoked or replaced."""
    origin: Origin | None = None
    cursor: str | None = Field(None, max_length=500)
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class AliasRevoke(Body):
    reason: Prose | None = None


class NamedSubject(SubjectRead):
    name: str | None
    """Of the person or OPD, as the register has it now; null for operators."""


class AliasRead(Read):
    """A key that means a subject at every apel until it is revoked."""

    id: UUID
    kind: KeyKind
    value: str
    """Registrant, account, e-mail, or a folded display name."""
    subject: NamedSubject
    origin: Origin
    participant_id: UUID | None
    """The participant about whom it was decided; null for a registration."""
    display_name: str | None
    """The name that the participant bore then: show it as text only."""
    by: str | None
    """Who decided; null before names were kept."""
    at: datetime
    revoked: RevocationRead | None


class SpotDrawWrite(Body):
    units: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    """How many rooms; null: as many as the policy says."""
    seed: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")] | None = None
    """For a draw that is made in front of witnesses; null: drawn by the service."""


class HeadCountWrite(Body):
    heads: Count
    """Everybody who is seen in the room."""
    method: CountMethod
    note: Prose | None = None


class HeadCountRead(Read):
    id: UUID
    heads: int
    method: CountMethod
    note: str | None
    by: str
    at: datetime


class SpotCheckRead(Read):
    """One drawn room: whom its OPD claimed when it was drawn, and who was counted."""

    id: UUID
    opd_code: str
    claimed: int
    """`wfo` and `others` of the OPD's own report; parts of it stand in rooms of their own and are not among them."""
    wfo: int
    others: int
    report_version_id: UUID
    report_version: int
    tolerance: int
    """People by whom a count may differ."""
    state: CheckState
    """By the latest count."""
    difference: int | None
    """Counted less claimed; null while nobody has counted."""
    counts: list[HeadCountRead]
    """The latest first; that one counts."""


class SpotDrawRead(Read):
    """What was drawn; seed and pool give the same units again: those whose SHA-256 of `seed:code` comes first."""

    id: UUID
    automatic: bool
    seed: str
    pool: list[str]
    """The reporting units that could be drawn: those whose report claimed people in a room."""
    units: int
    """How many were to be drawn."""
    by: str
    at: datetime
    checks: list[SpotCheckRead]
