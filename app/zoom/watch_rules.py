"""Which gaps the facts show: a pure function of what is known, so that it may be asked any number of times.

Everything is judged by the times inside the events and by their arrival, never by when somebody looked: what came late
fills the silence it fell into.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from app.apel.rules import past_window
from app.apel.runs import AFTER, BEFORE, OccurrenceSpan
from app.apel.timeline import ApelNow
from app.evidence.rules import GapKind, GapSeen

LATE_START = timedelta(minutes=10)
"""A leader is late now and then, rarely by more than this; then somebody should look whether Zoom is heard at all."""
QUIET = timedelta(minutes=15)
"""Where rooms of a whole regency are connected, some line drops within minutes. A small meeting may truly be quiet for
so long: then Zoom's own list says so, and until then nobody is blamed."""
UNTAKEN = timedelta(minutes=5)
"""Zoom sends what was not taken once more after five minutes, so that a shorter outage loses nothing."""
RECENT = timedelta(hours=48)
"""Apels that began so long ago at most are looked at: late deliveries and lists come within a day."""
REMEMBERED = RECENT - timedelta(hours=8)
"""Gaps that began so long ago at most are judged anew: all apels that they may come from are still looked at."""


@dataclass(frozen=True)
class Heap:
    """Deliveries that do not count, of about one time."""

    first: datetime
    last: datetime
    number: int
    skew_seconds: int = 0


@dataclass(frozen=True)
class Fullness:
    """How full one run of a meeting became."""

    uuid: str
    most: int
    """Devices that were connected at the same time."""
    seats: int | None = None
    """What the licence admits, where that is known."""
    since: datetime | None = None
    """When the last seat was taken first."""
    until: datetime | None = None
    """When one became free for the last time; null: none did."""
    cut_at: datetime | None = None
    """When a limit of the licence ended somebody's stay first."""


@dataclass(frozen=True)
class Known:
    """What is known around some apels."""

    told: Sequence[datetime] = ()
    """In order: times that events name, and at which they came, of whatever meeting."""
    aside: Sequence[Heap] = ()
    """Deliveries in quarantine that are not kept as events too, by the time at which Zoom signed them."""
    failed: Sequence[Heap] = ()
    """Events that were not understood, by the time of their arrival."""
    fullness: Sequence[Fullness] = ()


def find_gaps(apel: ApelNow, known: Known, now: datetime, *, listening: bool) -> list[GapSeen]:
    """The gaps of one apel's evidence; `listening`: deliveries could be checked at all."""
    if not apel.zoom_meeting_ids or now < apel.starts_at:
        return []
    return [
        *(_unseen(apel, now) if listening else ()),
        *(gap for run in apel.occurrences for gap in _silences(apel, run, known.told, now)),
        *_heaped(GapKind.CLOCK_SKEW, apel, known.aside, now),
        *_heaped(GapKind.UNREAD, apel, known.failed, now),
        *_full(apel, known.fullness, now),
    ]


def _limit(apel: ApelNow) -> datetime:
    return apel.ends_at + AFTER


def _unseen(apel: ApelNow, now: datetime) -> Iterator[GapSeen]:
    """No run of the meeting was seen when it should have begun."""
    over = apel.held_to if past_window(apel.state) and apel.held_to else _limit(apel)
    begun = min((run.start for run in apel.occurrences if (run.end or now) > apel.starts_at), default=None)
    if (begun or min(now, over)) - apel.starts_at <= LATE_START:
        return
    until = begun or (over if now >= over else None)
    for number in apel.zoom_meeting_ids:
        yield GapSeen(GapKind.SILENCE, apel.starts_at, until, number)


def _silences(apel: ApelNow, run: OccurrenceSpan, told: Sequence[datetime], now: datetime) -> Iterator[GapSeen]:
    """Long stretches of one run, while the apel was held, about which no event tells anything."""
    over = apel.held_to if past_window(apel.state) and apel.held_to else _limit(apel)
    begin, end = max(run.start, apel.starts_at), min(run.end or now, over, now)
    lasts = run.end is None and end == now
    times = [begin, *(at for at in told if begin < at < end), end]
    for before, after in pairwise(times):
        if after - before > QUIET:
            yield GapSeen(GapKind.SILENCE, before, None if lasts and after == end else after, run.meeting_id)


def _heaped(kind: GapKind, apel: ApelNow, heaps: Iterable[Heap], now: datetime) -> Iterator[GapSeen]:
    """From the first delivery that does not count on; its end is known when nothing of this apel can come any more."""
    own = [heap for heap in heaps if apel.starts_at - BEFORE <= heap.first <= _limit(apel)]
    if own:
        until = max(heap.last for heap in own) if now >= _limit(apel) else None
        facts = {"deliveries": sum(heap.number for heap in own)}
        yield GapSeen(kind, min(heap.first for heap in own), until, None, facts)


def _full(apel: ApelNow, fullness: Iterable[Fullness], now: datetime) -> Iterator[GapSeen]:
    """From the last free seat on until one was free again for good; and from where the licence ended the meeting."""
    runs = {run.uuid: run for run in apel.occurrences}
    for one in fullness:
        run = runs.get(one.uuid)
        if run is None:
            continue
        if one.since is not None:
            facts = {"seats": one.seats, "most": one.most}
            yield GapSeen(GapKind.SEATS, one.since, one.until or run.end, run.meeting_id, facts)
        if one.cut_at is not None:
            until = _limit(apel) if now >= _limit(apel) else None
            yield GapSeen(GapKind.SEATS, one.cut_at, until, run.meeting_id, {"cut": True})


def find_outage(beat_at: datetime | None, now: datetime) -> GapSeen | None:
    """Since the last sign of life nobody took deliveries, and for longer than Zoom bridges by itself."""
    if beat_at is None or now - beat_at <= UNTAKEN:
        return None
    return GapSeen(GapKind.ENDPOINT, beat_at, now)
