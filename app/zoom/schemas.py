"""What adapters and operators read."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.apel.rules import ApelState
from app.core.fields import Body, Bool, Read
from app.core.paging import MAX_LIMIT
from app.evidence.rules import GapKind
from app.zoom.lights import LightCode, LightState

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class EventRead(Read):
    event_id: UUID
    duplicate: bool
    """The same bytes were stored before; nothing was counted again."""
    apel_id: UUID | None = None
    """The apel that the event's run of the meeting belongs to."""
    apel_state: ApelState | None = None


class InboxCounts(Read):
    new: int = 0
    done: int = 0
    ignored: int = 0
    """Events that are no presence, such as those of waiting rooms."""
    failed: int = 0
    """Not understood; `apel zoom replay --failed` tries again."""


class ClockSkew(Read):
    deliveries: int
    """Correctly signed, but too old or from the future; set aside until `apel zoom replay --set-aside`."""
    last_at: datetime | None
    last_seconds: int | None
    """By how much our clock was ahead of Zoom's at the last of them."""


class LightRead(Read):
    """One thing that the evidence from Zoom depends on."""

    code: LightCode
    """The page of the operator's guide that says what to do."""
    state: LightState
    text: str
    since: datetime | None
    facts: dict[str, Any]


class GapRead(Read):
    """A time in which not everything that happened could be seen."""

    kind: GapKind
    meeting_id: str | None
    """Null: of whatever meeting."""
    since: datetime
    until: datetime | None
    """Null while it lasts."""
    facts: dict[str, Any]


class ZoomHealth(Read):
    configured: bool
    """A webhook secret is set."""
    last_event_at: datetime | None
    inbox: InboxCounts
    oldest_new_at: datetime | None
    """When the oldest event that waits to be understood came in."""
    quarantine: ClockSkew
    validated_at: datetime | None
    """When Zoom last got the answer to a URL validation; it asks every 72 hours."""
    seats: int | None
    """How many the licence admits to the meetings of these days, where that is known; the fewest of several."""
    lights: list[LightRead]
    """One of every code, of the service and of the apels of the last two days."""
    gaps: list[GapRead]
    """Those of the last two days; lists of participants may have made up for them."""


class QuarantinedRead(Read):
    """A delivery that was set aside: correctly signed, but too old or from the future."""

    id: str
    """The SHA-256 of its body."""
    sent_at: datetime
    """When Zoom signed it, by Zoom's clock."""
    received_at: datetime
    skew_seconds: int
    """By how much our clock was ahead of Zoom's."""
    event: str | None
    """What it tells, such as `meeting.participant_joined`; null when it cannot be read."""
    known: bool
    """The same body came in time as well: releasing it adds nothing."""


class QuarantineFilter(Body):
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class ReleaseWrite(Body):
    """Either some by id, or all."""

    ids: Annotated[list[Sha256], Field(min_length=1, max_length=1000)] | None = None
    all: Bool = False


class ReleaseRead(Read):
    released: int
    """Taken out of the quarantine."""
    new: int
    """Those of them that are events which were not kept before; they are understood within a second."""
    remaining: int
    """Deliveries that are still set aside."""


class ParticipantsCsvRead(Read):
    """What a participants file was taken for, and whom the apel knows with it."""

    occurrence_uuid: str
    """The run of the meeting; `csv:…` for one that only the file tells of."""
    started_at: datetime
    ended_at: datetime | None
    rows: int
    """Stays that were read: one a row, so several of whoever came back."""
    waiting: int
    """Rows of people in the waiting room, left out."""
    new: bool
    """False: this list of the run was on record, and nothing changed."""
    people: int
    """Recognised at the apel now, by this list and those of its other runs."""
    rooms: int
    operators: int
    unmatched: int
    """Waiting for a person to say who they are."""
