"""What the room of circulars takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.circulars.rules import Channel, CircularKind, CircularState, Office
from app.core.fields import Body, Count, Day, Line, OpdCode, Pages, Prose, Read
from app.core.rates import PercentRead
from app.core.traces import RuleLine
from app.registry.rules import EmploymentType, OpdType
from app.registry.schemas import UNSAID

UNSAID_DATE: Any = Field(default_factory=lambda: None, alias="date")
MOST = 1000
"""People, offices or villages in one list: the largest OPD's paper list has fewer."""
Platform = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$"), Field(examples=["tiktok"])]


def _once(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("listed_twice", "listed twice")
    return sorted(values)


class ScopeWrite(Body):
    """Whom a circular addresses: heads of offices, and people by employment type, within the OPD filter."""

    offices: Annotated[list[Office], Field(max_length=4), AfterValidator(_once)] = Field(default_factory=list)
    """`heads`: of every OPD that reports; `camat`, `lurah`; `desa`: villages, for whom their kecamatan answers."""
    employment_types: Annotated[list[EmploymentType], Field(max_length=4), AfterValidator(_once)] = Field(
        default_factory=list
    )
    opd_types: Annotated[list[OpdType], Field(max_length=20), AfterValidator(_once)] = Field(default_factory=list)
    """Only OPDs of these types; empty: of all."""
    opd_codes: Annotated[list[OpdCode], Field(max_length=500), AfterValidator(_once)] = Field(default_factory=list)
    """Only these OPDs and those below them; empty: all."""


class RulesWrite(Body):
    """What a circular of a kind forbids, for the rooms that apply it."""

    platforms: Annotated[list[Platform], Field(max_length=20), AfterValidator(_once)] = Field(default_factory=list)
    """Of `no_livestream`; empty: all."""


class CircularCreate(Body):
    number: Line = Field(examples=["100.3.4/215/432.403/2026"])
    dated_on: Day = Field(alias="date")
    title: Line
    text: Pages
    signatory: Line
    effective_from: Day
    acknowledge_by: Day | None = None
    """The last day to acknowledge; left out: there is none."""
    scope: ScopeWrite
    kind: CircularKind = CircularKind.GENERAL
    rules: RulesWrite | None = None
    supersedes_id: UUID | None = None
    """The published circular whose next version this is; it will be acknowledged anew."""


class CircularChange(Body):
    """What is left out stays; null takes a deadline or rules away."""

    number: Line = UNSAID
    dated_on: Day = UNSAID_DATE
    title: Line = UNSAID
    text: Pages = UNSAID
    signatory: Line = UNSAID
    effective_from: Day = UNSAID
    acknowledge_by: Day | None = None
    scope: ScopeWrite = UNSAID
    kind: CircularKind = UNSAID
    rules: RulesWrite | None = None


class Withdrawal(Body):
    reason: Prose


class CircularFilter(Body):
    state: CircularState | None = None
    kind: CircularKind | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class FileRead(Read):
    sha256: str
    size: int
    href: str


class ScopeRead(Read):
    offices: list[Office]
    employment_types: list[EmploymentType]
    opd_types: list[OpdType]
    opd_codes: list[str]


class CircularHeader(Read):
    id: UUID
    chain_id: UUID
    version: int
    """Its place in its chain of versions, from 1."""
    supersedes_id: UUID | None
    superseded_by_id: UUID | None
    number: str
    dated_on: date = Field(serialization_alias="date")
    title: str
    signatory: str
    effective_from: date
    acknowledge_by: date | None
    kind: CircularKind
    state: CircularState
    published_at: datetime | None


class Mine(Read):
    """How a circular stands with the caller: as a person, or for the offices that the caller heads or works in."""

    addressed: bool
    read_at: datetime | None
    acknowledged_at: datetime | None
    """Null until all whom the caller stands for have."""


class CircularItem(CircularHeader):
    mine: Mine


class CircularRead(CircularHeader):
    text: str
    scope: ScopeRead
    rules: dict[str, Any] | None
    file: FileRead | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    revision: int


class Acknowledge(Body):
    opd_code: OpdCode | None = None
    """The office to acknowledge for; left out: yourself, and each office that you head."""


class AcknowledgedRead(Read):
    """What holds now, since when."""

    asn_id: UUID | None
    opd_codes: list[str]
    acknowledged_at: datetime


class PaperList(Body):
    """Who signed on paper."""

    asn_ids: Annotated[list[UUID], Field(max_length=MOST)] = Field(default_factory=list)
    opd_codes: Annotated[list[OpdCode], Field(max_length=MOST)] = Field(default_factory=list)
    """Offices whose heads signed."""
    channel: Literal[Channel.PAPER] = Channel.PAPER


class DesaSigned(Body):
    desa_id: UUID
    channel: Literal[Channel.PAPER, Channel.WA, Channel.MEETING]
    signed_by: Line
    """Who signed for the village."""


class DesaSignedList(Body):
    items: Annotated[list[DesaSigned], Field(min_length=1, max_length=MOST)]


class RecordedRead(Read):
    """Sent again, a list records nothing more."""

    recorded: int
    unchanged: int


class DesaWrite(Body):
    opd_code: OpdCode
    """Its kecamatan."""
    name: Line


class DesaListWrite(Body):
    items: Annotated[list[DesaWrite], Field(max_length=MOST)]


class DesaRead(Read):
    id: UUID
    opd_code: str
    name: str


class DesaListRead(Read):
    version: int
    items: list[DesaRead]


class Shares(Read):
    read: PercentRead
    acknowledged: PercentRead


class ProgressRow(Read):
    offices: Shares
    people: Shares
    desa: PercentRead
    """Villages that acknowledged; nobody knows when they read."""


class OpdProgress(ProgressRow):
    opd_code: str
    short_name: str


class ProgressRead(Read):
    circular_id: UUID
    total: ProgressRow
    opd: list[OpdProgress]
    lines: list[RuleLine]


class PendingFilter(Body):
    opd_code: OpdCode | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class PendingPerson(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str


class PendingOffice(Read):
    opd_code: str
    short_name: str


class PendingCount(Read):
    opd_code: str
    offices: Count
    people: Count
    desa: Count


class PendingRead(Read):
    """Who has not acknowledged yet: names for the own unit and the personnel office, counts for all."""

    circular_id: UUID
    acknowledge_by: date | None
    counts: list[PendingCount]
    offices: list[PendingOffice]
    desa: list[DesaRead]
    items: list[PendingPerson]
    next_cursor: str | None
    text: str
    """Ready for the messenger group."""


class OwnCircular(Read):
    """A circular that addresses a person, or that the person read or acknowledged."""

    circular_id: UUID
    href: str
    """The circular itself; opening it is reading it."""
    number: str
    version: int
    title: str
    published_on: date
    acknowledge_by: date | None
    state: CircularState
    addressed: bool
    """When it was due."""
    read_at: datetime | None
    acknowledged_at: datetime | None
    channel: Channel | None
    acknowledge_href: str | None
    """Where the person acknowledges it; null where nothing is asked today."""
