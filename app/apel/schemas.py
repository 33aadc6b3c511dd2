"""The apel as it is written and read."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from app.apel.rules import ApelKind, ApelState, Figures, Skip
from app.apel.turns import TurnState
from app.core.fields import Body, Bool, Count, Day, Documented, Instant, Line, OpdCode, Read
from app.core.paging import MAX_LIMIT

ExcusedCode = Literal["DL", "DD", "DK", "TB", "CT", "CB", "CS", "CM", "CP", "CLTN", "S", "I"]
NotRequiredCode = Literal["SF", "MPP", "DPK", "DPB", "BS"]

_MEETING_GAPS = re.compile(r"[\s-]")


def _meeting_number(value: Any) -> Any:
    return _MEETING_GAPS.sub("", value) if isinstance(value, str) else value


MEETING_NUMBER = r"^[0-9]{9,12}$"
MeetingId = Annotated[
    str,
    BeforeValidator(_meeting_number),
    StringConstraints(pattern=MEETING_NUMBER),
    Documented(MEETING_NUMBER),
    Field(examples=["87012345678"]),
]
"""A Zoom meeting number; blanks and hyphens, as Zoom prints them, are taken out."""


def _clock_time(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", value):
        return value
    raise PydanticCustomError("time_parsing", "not written as required")


ClockTime = Annotated[time, BeforeValidator(_clock_time), Field(examples=["07:30"])]
"""The regency's wall clock, HH:MM or HH:MM:SS."""


def _unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


MeetingIds = Annotated[list[MeetingId], Field(max_length=10), AfterValidator(_unique)]
OpdCodes = Annotated[list[OpdCode], Field(min_length=1, max_length=200), AfterValidator(_unique)]


class PresentWrite(Body):
    wfo: Count
    """In the office or in the yard."""
    wfa: Count = 0
    """Elsewhere on orders, on Zoom."""


class FiguresWrite(Body):
    """The figures of one OPD; `strength` counts the duty-bound and is present + excused + unexplained."""

    strength: Count
    present: PresentWrite
    excused: dict[ExcusedCode, Count] = Field(default_factory=dict)
    unexplained: Count
    not_required: dict[NotRequiredCode, Count] = Field(default_factory=dict)
    """Not counted in `strength`."""
    others: Count = 0
    """People who stand in the room and are no ASN of the roster."""

    def figures(self) -> Figures:
        """Raises SumMismatch."""
        figures = Figures(
            strength=self.strength,
            wfo=self.present.wfo,
            wfa=self.present.wfa,
            excused={str(code): number for code, number in self.excused.items()},
            unexplained=self.unexplained,
            not_required={str(code): number for code, number in self.not_required.items()},
        )
        figures.require_sum()
        return figures


class ApelCreate(Body):
    kind: ApelKind
    title: Line
    starts_at: Instant
    ends_at: Instant
    report_deadline: Instant
    zoom_meeting_ids: MeetingIds = Field(default_factory=list)
    opd_codes: OpdCodes | None = None
    """Only these OPDs and those below them are called; null: all."""
    led_by: Line | None = None
    rehearsal: Bool = False


class ApelUpdate(Body):
    """What is left out stays as it is."""

    title: Line | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    report_deadline: Instant | None = None
    zoom_meeting_ids: MeetingIds | None = None
    opd_codes: OpdCodes | None = None
    """Null calls all OPDs."""
    led_by: Line | None = None
    """Null: not known yet."""

    def changes(self) -> dict[str, Any]:
        """The fields that were sent; null empties `opd_codes` and `led_by` alone."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: value for name, value in sent.items() if value is not None or name in {"opd_codes", "led_by"}}


class PlanCreate(Body):
    from_: Day = Field(alias="from")
    to: Day
    starts: ClockTime
    ends: ClockTime
    deadline: ClockTime
    zoom_meeting_ids: MeetingIds = Field(default_factory=list)
    title: Line = "Apel Gabungan"


class MaybeReasonWrite(Body):
    reason: Line | None = None


class ClosingWrite(MaybeReasonWrite):
    ended_at: Instant | None = None
    """When the ceremony really ended, if Zoom ran on as a meeting; now when left out."""


class ApelFilter(Body):
    zoom_meeting_id: MeetingId | None = None
    on: Day | None = None
    """The civil day on which it begins."""
    from_date: Day | None = Field(default=None, alias="from")
    to_date: Day | None = Field(default=None, alias="to")
    state: ApelState | None = None
    cursor: Annotated[str, Field(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class OccurrenceRead(Read):
    """One run of the meeting; a restarted meeting has several."""

    meeting_id: str
    start: datetime
    end: datetime | None
    """Null while it runs, or when its end was lost."""
    gap: bool
    """Its beginning or end was lost."""


class ApelRead(Read):
    id: UUID
    kind: ApelKind
    title: str
    on_date: date
    starts_at: datetime
    ends_at: datetime
    report_deadline: datetime
    zoom_meeting_ids: list[str]
    opd_codes: list[str] | None
    led_by: str | None
    rehearsal: bool
    state: ApelState
    state_since: datetime
    closed_by_person: bool
    held_from: datetime | None
    """Begin of the window that was held: the later of the meeting's start and the planned one."""
    held_to: datetime | None
    """Null while it is being held."""
    held_seconds: int
    occurrences: list[OccurrenceRead]
    roster_frozen_at: datetime | None
    version: int


class PlannedRead(Read):
    id: UUID
    on_date: date
    title: str
    starts_at: datetime
    report_deadline: datetime
    special: bool
    """The first working day after the Idul Fitri leave."""


class SkippedRead(Read):
    on_date: date
    reason: Skip
    name: str | None
    """The holiday."""


class PlanRead(Read):
    made: list[PlannedRead]
    skipped: list[SkippedRead]


class NextTurnWrite(Body):
    after: OpdCode | None
    """The OPD that has the turn as the caller sees it; null before the first."""


class AsWritten(Body):
    as_written: Literal[True]
    """The figures are those of the report."""

    def figures(self) -> None:
        """None were spoken."""


def _said(value: Any) -> str:
    return "as_written" if isinstance(value, dict) and "as_written" in value else "figures"


TurnAnswer = Annotated[
    Annotated[AsWritten, Tag("as_written")] | Annotated[FiguresWrite, Tag("figures")], Discriminator(_said)
]


class SpokenRead(Read):
    strength: int
    present: dict[str, int]
    excused: dict[str, int]
    unexplained: int
    not_required: dict[str, int]


class TurnRead(Read):
    opd_code: str
    name: str
    short_name: str
    order: int
    state: TurnState
    called_at: datetime | None
    answered_at: datetime | None
    as_written: bool
    spoken: SpokenRead | None
    """Null as well for OPDs that the caller does not see."""
    text: str | None
    """What was said, as it is read aloud."""
    last_called_on: date | None
    """The latest earlier apel at which this OPD was called."""
    weeks_not_called: int | None
    """Whole weeks since then; null: never."""


class TurnsRead(Read):
    apel_id: UUID
    current: str | None
    """The OPD that was called last."""
    next: list[str]
    """The following three."""
    text: str
    """Whose turn it is and who gets ready, for the messenger group."""
    items: list[TurnRead]
