"""How far an apel was watched, and what was seen of a unit's rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.apel.rules import past_window
from app.apel.runs import OccurrenceSpan
from app.apel.timeline import ApelNow
from app.evidence.rules import Presence


def has_gap(apel: ApelNow) -> bool:
    """The meeting was to be watched, and not all of it was.

    No run of it reaches into the held window, or the start or end of one was lost.
    """
    if not apel.zoom_meeting_ids:
        return False
    runs = [span for span in apel.occurrences if not past_window(apel.state) or _reaches_in(span, apel)]
    return not runs or any(span.gap for span in apel.occurrences)


def _reaches_in(span: OccurrenceSpan, apel: ApelNow) -> bool:
    if apel.held_from is None or apel.held_to is None:
        return False
    return span.start < apel.held_to and (span.end is None or span.end > apel.held_from)


@dataclass(frozen=True)
class Rooms:
    """What was seen of one unit's rooms."""

    seconds: int
    seen: bool
    state: dict[str, Any]


def seen_in(rooms: Sequence[Presence]) -> Rooms:
    spans: list[tuple[datetime, datetime | None]] = sorted(
        ((span.start, span.end) for room in rooms for span in room.intervals), key=lambda span: span[0]
    )
    connected = any(room.connected for room in rooms)
    state = {
        "state": "connected" if connected else "left" if spans else "never",
        "since": spans[-1][0] if spans else None,
        "gaps": max(0, len(spans) - len(rooms)),
    }
    return Rooms(max((room.seconds for room in rooms), default=0), bool(spans), state)
