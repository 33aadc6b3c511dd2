"""What was seen becomes presence: sightings pair into intervals, or lists tell them; intervals unite, the held window
clips them.

The times inside the sightings decide, never the order in which they arrived.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID


class SightingKind(StrEnum):
    JOINED = "joined"
    LEFT = "left"


class LeaveKind(StrEnum):
    """Why somebody left; the alphabet decides between two tellings of the same leaving."""

    ENDED = "ended"
    LEFT = "left"
    LIMIT = "limit"
    """A limit of the licence ended it: its minutes or its seats."""
    NETWORK = "network"
    REMOVED = "removed"
    UNKNOWN = "unknown"


class GapKind(StrEnum):
    """Why not everything that happened could be seen."""

    SILENCE = "silence"
    """No event told of a time in which a meeting was to run or ran."""
    ENDPOINT = "endpoint"
    """This service took no deliveries."""
    CLOCK_SKEW = "clock-skew"
    """Deliveries lie aside, because one of the clocks is wrong."""
    UNREAD = "unread"
    """Events came that could not be understood."""
    SEATS = "seats"
    """The licence let nobody else in, or cut the meeting off."""


@dataclass(frozen=True, slots=True)
class GapSeen:
    """A gap in the evidence: since when, until when (None: it lasts), of which meeting number (None: of any)."""

    kind: GapKind
    since: datetime
    until: datetime | None = None
    meeting_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)


class SubjectKind(StrEnum):
    ROOM = "room"
    PERSON = "person"
    OPERATOR = "operator"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SightingSeen:
    """A device joined or left one run of a meeting."""

    occurrence_uuid: str
    device: str
    kind: SightingKind
    at: datetime
    display_name: str = ""
    registrant_id: str | None = None
    account_id: str | None = None
    email: str | None = None
    leave_kind: LeaveKind | None = None


class ListSource(StrEnum):
    """Where a complete list of participants came from; the alphabet puts the one that tells more last."""

    CSV = "csv"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class StaySeen:
    """A row of a complete list: somebody was in the run from a moment to a moment."""

    display_name: str
    joined_at: datetime
    left_at: datetime
    second_name: str | None = None
    """The name before it was changed in the meeting, where the list tells it."""
    registrant_id: str | None = None
    account_id: str | None = None
    email: str | None = None
    user_id: str | None = None


class Interval(NamedTuple):
    """Connected from a moment to a moment, or until now (None)."""

    start: datetime
    end: datetime | None
    dropped: bool = False
    """A network error ended it."""


class Window(NamedTuple):
    """The part of time in which the apel was held, up to now."""

    start: datetime
    end: datetime


class Span(NamedTuple):
    start: datetime
    end: datetime | None


class Compared(NamedTuple):
    """What messages told of one subject beside what the list says, over the runs for which a list counts."""

    webhook_seconds: int
    report_seconds: int
    whole: bool
    """The messages of those runs were whole but for exceptions, so that this one is worth a look."""

    @property
    def differs(self) -> bool:
        return differs(self.webhook_seconds, self.report_seconds)


TOLERANCE = 60
"""Seconds by which messages and list may differ without a word: a lost message of a short re-join is no news."""
EXCEPTIONS, ONE_IN = 3, 10
"""More subjects than these, and than one in ten, differ only after messages were lost on our side."""


def differs(webhook_seconds: int, report_seconds: int) -> bool:
    return abs(webhook_seconds - report_seconds) > TOLERANCE


def were_whole(pairs: Collection[tuple[int, int]]) -> bool:
    """Whether messages and list, as pairs of seconds per subject, agree but for exceptions.

    That start and end of a run are on record proves nothing here: the report supplies them too.
    """
    differing = sum(differs(*pair) for pair in pairs)
    return differing <= max(EXCEPTIONS, len(pairs) // ONE_IN)


class Presence(NamedTuple):
    """One subject, or one unidentified device, at one apel."""

    id: UUID
    kind: SubjectKind
    opd_code: str | None
    """The reporting unit of a room or person, or the one that an unknown claims."""
    asn_id: UUID | None
    matched_by: str | None
    seconds: int
    """The union of its intervals inside the held window."""
    intervals: tuple[Span, ...]
    """United, in order, not clipped."""
    connected: bool
    network_gap: bool
    compared: Compared | None = None
    """None where no list counts, and for whoever is nobody known."""


def pair(joined: Iterable[datetime], left: dict[datetime, LeaveKind], run_end: datetime | None) -> list[Interval]:
    """The intervals of one device in one run of a meeting.

    `left` alone gives nothing; `joined` alone lasts until the run's end (None: it still runs). Joined again without
    a `left` in between, the device counts as connected all along: the lost message was ours. Left and joined in one
    second is a visit of no length for a device that was away, and a re-join for one that was connected.
    """
    joins = set(joined)
    found, since = [], None
    for at in sorted(joins.union(left)):
        if at not in left:
            since = since or at
            continue
        if since is not None:
            found.append(Interval(since, at, left[at] is LeaveKind.NETWORK))
            since = at if at in joins else None
        elif at in joins:
            found.append(Interval(at, at))
    if since is not None:
        found.append(Interval(since, None if run_end is None else max(since, run_end)))
    return found


def unite(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time covered once, in order; intervals that touch become one."""
    united: list[Interval] = []
    for interval in sorted(intervals, key=itemgetter(0)):
        last = united[-1] if united else None
        if last is None or (last.end is not None and last.end < interval.start):
            united.append(interval)
        else:
            united[-1] = _joined(last, interval)
    return united


def _joined(first: Interval, second: Interval) -> Interval:
    """Who reaches further says how it ended; where both end at once, an error of the network excuses."""
    if first.end is None or second.end is None:
        return Interval(first.start, None)
    if first.end == second.end:
        return Interval(first.start, first.end, first.dropped or second.dropped)
    further = max(first, second, key=lambda interval: interval.end or interval.start)
    return Interval(first.start, further.end, further.dropped)


def seconds_within(united: Iterable[Interval], window: Window | None) -> int:
    """Whole seconds of the window that the intervals cover."""
    if window is None:
        return 0
    total = timedelta()
    for interval in united:
        start, end = max(interval.start, window.start), min(interval.end or window.end, window.end)
        if start < end:
            total += end - start
    return int(total.total_seconds())


def has_network_gap(united: Sequence[Interval], window: Window | None) -> bool:
    """Whether time inside the window is missing because of a network error, up to the return or the window's end."""
    if window is None or not any(interval.dropped for interval in united):
        return False
    gaps = [(before, after.start) for before, after in pairwise(united)] + [(united[-1], window.end)]
    return any(
        before.dropped and before.end is not None and max(before.end, window.start) < min(until, window.end)
        for before, until in gaps
    )
