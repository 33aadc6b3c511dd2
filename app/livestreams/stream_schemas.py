"""What notes of our own broadcasts take and give."""

from datetime import datetime
from uuid import UUID

from app.core.fields import Body, Prose, Read
from app.livestreams.streams import StreamOutcome


class StreamSettle(Body):
    outcome: StreamOutcome
    note: Prose


class SettlementRead(Read):
    outcome: StreamOutcome
    note: str
    at: datetime
    by_name: str


class StreamNoteRead(Read):
    """A broadcast of an apel's meeting, as the provider told it; it is about nobody by name."""

    id: UUID
    run_uuid: str
    started_at: datetime | None
    """Null: only its end was told."""
    stopped_at: datetime | None
    """Null: it goes on, or nobody told its end."""
    service: str
    page_url: str | None
    settlement: SettlementRead | None
    """Null: nobody has said yet whether it was wanted."""
