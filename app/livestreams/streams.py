"""What a provider said of broadcasts of our own meetings, as notes: pure, in any order, any number of times."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from app.core.ids import stable_id


class StreamKind(StrEnum):
    STARTED = "started"
    STOPPED = "stopped"


class StreamOutcome(StrEnum):
    OFFICIAL = "official"
    UNAUTHORISED = "unauthorised"


@dataclass(frozen=True, slots=True)
class StreamSeen:
    """One thing that was said; never with the key that lets anybody broadcast as us."""

    run_uuid: str
    kind: StreamKind
    at: datetime
    service: str
    page_url: str | None = None


@dataclass(frozen=True)
class StreamNote:
    """One broadcast of one run of a meeting; a side that nobody told is None."""

    run_uuid: str
    started_at: datetime | None
    stopped_at: datetime | None
    service: str
    page_url: str | None

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Its address first; what was said of its end alone, before its beginning was told, is said of it too."""
        times = (self.started_at, self.stopped_at)
        return tuple(stable_id("stream", self.run_uuid, at.isoformat()) for at in times if at is not None)


def notes_of(seen: Iterable[StreamSeen]) -> list[StreamNote]:
    """The broadcasts of some runs, the earliest first: a stop ends the start before it, a further start does not."""
    ordered = sorted(set(seen), key=lambda one: (one.run_uuid, one.at, one.kind, one.service, one.page_url or ""))
    notes = [note for _, own in groupby(ordered, lambda one: one.run_uuid) for note in _pair(own)]
    return sorted(notes, key=lambda note: (note.started_at or note.stopped_at, note.run_uuid))


def _pair(ordered: Iterable[StreamSeen]) -> Iterator[StreamNote]:
    begun: StreamSeen | None = None
    for one in ordered:
        if one.kind is StreamKind.STOPPED:
            yield _note(begun, one)
            begun = None
            continue
        if begun is not None:
            yield _note(begun, None)
        begun = one
    if begun is not None:
        yield _note(begun, None)


def _note(begun: StreamSeen | None, over: StreamSeen | None) -> StreamNote:
    known = begun or over
    assert known is not None
    page_url = known.page_url or (over.page_url if over else None)
    times = (begun.at if begun else None), (over.at if over else None)
    return StreamNote(known.run_uuid, *times, known.service, page_url)
