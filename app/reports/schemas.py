"""The report as it is written and read."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from app.apel.rules import ApelKind, ApelState
from app.apel.schemas import FiguresWrite
from app.apel.turns import TurnState
from app.core.fields import Body, Count, Instant, Line, Nip, Prose, Read
from app.core.paging import Page
from app.core.rates import PercentRead
from app.duty.rules import Code, Mode
from app.reports.rules import Channel, EntriesAre, ReportState, ReviewKind

MAX_ENTRIES = 5_000
"""More than the largest unit of a regency has people."""


@with_config(ConfigDict(extra="forbid", use_attribute_docstrings=True))
class EntryWrite(TypedDict):
    """One person, by `asn_id` or `nip`. A plain dictionary: 2,000 of them validate three times as fast as objects."""

    asn_id: NotRequired[UUID | None]
    nip: NotRequired[Nip | None]
    status: Code
    mode: NotRequired[Mode | None]
    """With H only; left out it means `wfo`."""
    note: NotRequired[Line | None]


def _one_person(entry: EntryWrite) -> EntryWrite:
    if (entry.get("asn_id") is None) == (entry.get("nip") is None):
        raise PydanticCustomError("entry_person", "name one person by asn_id or nip")
    if entry.get("mode") is not None and entry["status"] is not Code.H:
        raise PydanticCustomError("entry_mode", "mode belongs to H")
    return entry


Entry = Annotated[EntryWrite, AfterValidator(_one_person)]


class ReportWrite(FiguresWrite):
    """What an OPD claims: counts, and if it names people, everybody or the exceptions."""

    entries_are: EntriesAre | None = None
    """`all`: everybody of the roster is named once; `exceptions`: the rest is H, wfo; null: counts only."""
    entries: Annotated[list[Entry], Field(max_length=MAX_ENTRIES)] | None = None
    prepared_at: Instant | None = None
    """When it was written down, if it could not be sent at once; lateness is judged by its arrival."""
    note: Prose | None = None
    reason: Line | None = None
    """Why it differs from the version sent before; required then."""
    channel: Literal["phone", "wa", "radio", "paper"] | None = None
    """How the OPD told it, when somebody reports on its behalf; required then."""
    caller: Line | None = None
    """Who told it, when somebody reports on the OPD's behalf; required then."""

    @model_validator(mode="after")
    def _entries_are_said(self) -> Self:
        if self.entries and self.entries_are is None:
            raise PydanticCustomError("entries_are_missing", "say what the entries are")
        if self.entries is None and self.entries_are is not None:
            raise PydanticCustomError("entries_missing", "name the people")
        return self


class ReturnWrite(Body):
    reason: Line


class VerifyAllWrite(Body):
    all_clean: Literal[True]


class PresentRead(Read):
    wfo: Count
    wfa: Count


class EntryRead(Read):
    asn_id: UUID
    nip: str
    """Masked except for the own unit and the personnel office."""
    name: str | None
    """Null for a person of another roster whom the caller may not see."""
    status: str
    """A health code is read as `excused` outside the own unit, the personnel office and inspectors."""
    mode: Mode | None
    note: str | None


class ReviewRead(Read):
    kind: ReviewKind
    role: str
    by: str
    at: datetime
    reason: str | None


class VerificationRead(Read):
    role: str
    by: str
    at: datetime


class PartRead(Read):
    opd_code: str
    short_name: str
    state: ReportState


class ReportSummary(Read):
    """One reporter's claim in force, without its people."""

    id: UUID
    apel_id: UUID
    opd_code: str
    version: int
    state: ReportState
    late: bool
    """Version 1 came in after the deadline."""
    first_at: datetime
    at: datetime
    strength: Count
    present: PresentRead
    excused: dict[str, Count]
    unexplained: Count
    not_required: dict[str, Count]
    others: Count
    rate: PercentRead
    """Hadir / jumlah, as the official form has it."""
    duty_rate: PercentRead
    """Hadir / (jumlah − excused)."""
    entries_are: EntriesAre | None
    channel: Channel
    verification: VerificationRead | None
    """Who verified this version; an amendment or a return clears it."""
    review: ReviewRead | None
    """The latest verification or return of this version."""


class VersionRead(ReportSummary):
    """One version whole."""

    entries: list[EntryRead] | None
    """Null when it gave counts only."""
    prepared_at: datetime | None
    note: str | None
    reason: str | None
    caller: str | None
    by: str


class ReportRead(VersionRead):
    """The claim in force, and what the unit still lacks."""

    parts: list[PartRead]
    """Units that send a part of this report, each its own."""
    missing_parts: list[str]


class Change(Read):
    """One figure that differs from the version before."""

    figure: str
    """Its place in the report, such as `excused/DL`."""
    before: int
    after: int


class HistoricVersionRead(VersionRead):
    changes: list[Change]
    entries_changed: int
    """People named now and not before, the other way round, or with another status."""


class VersionsRead(Page[HistoricVersionRead]):
    """All versions, newest first, at once: `next_cursor` is null."""


class VerifiedRead(Read):
    verified: list[str]
    """OPD codes whose report has just been verified."""
    left: list[str]
    """OPD codes whose report has a complaint and needs a look of its own."""


class MissingPartRead(Read):
    opd_code: str
    short_name: str
    contact: str | None


class MissingRead(Read):
    opd_code: str
    short_name: str
    contact: str | None
    state: ReportState
    """`missing`: nothing came; `partial`: some of its claims came."""
    parts: list[MissingPartRead]
    """The parts that are missing."""
    self_missing: bool
    """The unit's own claim is missing."""


class MissingList(Page[MissingRead]):
    """All who are missing at once: `next_cursor` is null."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    text: str
    """Ready for the messenger group."""


class SuggestionRead(Read):
    status: str | None
    """A health code is read as `excused` outside the own unit, the personnel office and inspectors; null for who is
    not required and has no confirmed absence: such a person need not be named."""
    mode: Mode | None
    note: str | None


class RosterItem(Read):
    asn_id: UUID
    nip: str
    """Masked except for the own unit and the personnel office."""
    name: str
    join_name: str
    """The Zoom display name that means exactly this person."""
    required: bool
    suggested: SuggestionRead
    """What the confirmed absences of that day suggest."""


class RosterRead(Read):
    strength: Count
    """Duty-bound people."""
    items: list[RosterItem]


class TodayApel(Read):
    id: UUID
    kind: ApelKind
    title: str
    state: ApelState
    starts_at: datetime
    ends_at: datetime
    report_deadline: datetime
    led_by: str | None
    rehearsal: bool


class OwnTurn(Read):
    state: TurnState
    """Of the own unit."""
    current: str | None
    """The OPD that was called last."""
    ahead: int | None
    """OPDs that are still called before the own unit; null once it has been called."""


class Today(Read):
    """Everything that an OPD's phone needs on a Monday morning."""

    server_time: datetime
    timezone: str
    """The regency's zone, such as `Asia/Makassar`: a phone may stand in another one."""
    apel: TodayApel | None
    deadline: datetime | None
    opd_code: str | None
    """The reporter that roster and report are about; null for who reports for nobody."""
    opd_name: str | None
    """Its name on that day."""
    reported_by: str | None
    """The OPD whose report covers this one's people, where it does not report itself."""
    units: list[str]
    """All reporters that the caller reports for; `?opd_code=` chooses another one."""
    roster: RosterRead | None
    report: ReportRead | None
    etag: str | None
    """For `If-Match` when the report is amended."""
    zoom_link: str | None
    turn: OwnTurn | None
    text: str | None
    """To read aloud when the OPD is called."""
