"""What adapters and operators read."""

from datetime import datetime
from uuid import UUID

from app.apel.rules import ApelState
from app.core.fields import Read


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


class ZoomHealth(Read):
    configured: bool
    """A webhook secret is set."""
    last_event_at: datetime | None
    inbox: InboxCounts
    oldest_new_at: datetime | None
    """When the oldest event that waits to be understood came in."""
    quarantine: ClockSkew


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
