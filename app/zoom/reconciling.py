"""When a participants report can be trusted, and when to ask for it again: decisions without database or network.

Zoom publishes no time at which a report is ready. It counts when it has as many rows as it claims, none of them is
unfinished, and two reads one after the other say the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.core.clock import civil_date, civil_instant
from app.evidence.rules import StaySeen
from app.zoom.report_rows import WAITING_ROOM, ReportPage, ReportRow

FIRST_TRY = timedelta(minutes=10)
"""After the end of the meeting; before that Zoom rarely has the report."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 15, 30, 60, 120, 240))
"""After the first, second, … read that was of no use; the last one stays."""
HINDERED = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60))
"""After the first, second, … turn in a row in which Zoom could not be asked."""
APART = timedelta(minutes=5)
"""Between two reads that are to agree: a report that still grows has grown by then."""
SAMPLE_APART = timedelta(seconds=3)
"""In the sample, whose Zoom is our own and whose visitor does not wait for minutes."""
LATE = timedelta(hours=1)
"""After the end of a run; what Zoom says then it will not change within minutes, so two reads may follow at once."""
RESTARTS = 3
"""Reads that may begin anew at once because a page token expired."""
MOST_PAGES = 400
"""Of 300 rows: many times what the largest licence admits. A list that goes on is none."""


class ReadState(StrEnum):
    READING = "reading"
    COMPLETE = "complete"
    """As many rows as Zoom says there are, none of them unfinished."""
    SHORT = "short"
    """Asked too early: rows are missing or unfinished."""
    EXPIRED = "expired"
    """Read too slowly: the token of the next page was not good any more."""


class PullState(StrEnum):
    """How far the report of an apel has come."""

    NONE = "none"
    """Nobody asked for it yet."""
    WAITING = "waiting"
    """For its time, or for Zoom."""
    READING = "reading"
    COMPLETE = "complete"
    GIVEN_UP = "given-up"
    """A person must look; asking again begins anew."""


class RunState(StrEnum):
    """How far the report of one run has come."""

    RUNNING = "running"
    UNREAD = "unread"
    READING = "reading"
    SHORT = "short"
    EXPIRED = "expired"
    WHOLE = "whole"
    """Read whole once; a second read must say the same."""
    COMPLETE = "complete"


class RunSource(StrEnum):
    """What a run's presence is read from."""

    WEBHOOK = "webhook"
    CSV = "csv"
    REPORT = "report"


@dataclass(frozen=True)
class Read:
    """One reading of one run's report, from its first page on."""

    state: ReadState
    started_at: datetime
    ended_at: datetime
    digest: str | None = None


@dataclass(frozen=True)
class Tally:
    """What the pages of one reading add up to, so that none has to be read again to judge them."""

    rows: int = 0
    """As Zoom counts them, with those of the waiting room."""
    told: int | None = None
    """How many there should be."""
    sound: bool = True
    """No row is unfinished, and all pages claim the same number."""
    digest: int = 0
    """The same for the same rows, in whatever order and on whatever pages."""


def add_page(tally: Tally, page: ReportPage, *, late: bool) -> Tally:
    told = tally.told if page.total_records is None else page.total_records
    finished = not any(_is_unfinished(row, late=late) for row in page.rows if row.status != WAITING_ROOM)
    return Tally(
        rows=tally.rows + len(page.rows),
        told=told,
        sound=tally.sound and finished and tally.told in (None, told),
        digest=(tally.digest + sum(map(_digest, page.rows))) % (1 << 128),
    )


def _digest(row: ReportRow) -> int:
    times = (row.joined_at and row.joined_at.timestamp(), row.left_at and row.left_at.timestamp(), row.duration)
    told = (row.name, row.email, row.registrant_id, row.account_id, row.user_id, row.status, *times)
    return int.from_bytes(blake2b(repr(told).encode("utf-8", "replace"), digest_size=16).digest(), "big")


def _is_unfinished(row: ReportRow, *, late: bool) -> bool:
    """No time of leaving, or a duration of 0, means that Zoom was asked too early; long after the end of the run a
    duration without the time will do, and so will a visit of no length whose times say the same."""
    if row.joined_at is None or (row.left_at is not None and row.left_at < row.joined_at):
        return True
    if row.duration == 0:
        return not late or row.left_at != row.joined_at
    return row.left_at is None and not late


def judge(tally: Tally, *, nobody: bool) -> ReadState:
    """What a report that was read to its end is worth.

    `nobody`: another source says that hardly anybody was there, so that an empty report is the truth. Zoom makes no
    report of a run with fewer than two participants, and shows an empty one before it has made it.
    """
    whole = tally.sound and tally.told in (None, tally.rows) and (tally.rows > 0 or nobody)
    return ReadState.COMPLETE if whole else ReadState.SHORT


def list_stays(pages: Iterable[ReportPage]) -> list[StaySeen]:
    """Who was in the meeting, a re-join as a stay of its own; whoever only waited outside is left out."""
    return [
        StaySeen(
            display_name=row.name,
            joined_at=row.joined_at,
            left_at=row.left_at or row.joined_at + timedelta(seconds=row.duration),
            registrant_id=row.registrant_id,
            account_id=row.account_id,
            email=row.email,
            user_id=row.user_id,
        )
        for page in pages
        for row in page.rows
        if row.status != WAITING_ROOM and row.joined_at is not None
    ]


def is_late(ended_at: datetime | None, at: datetime) -> bool:
    """A run whose end nobody knows is not: it may go on."""
    return ended_at is not None and at - ended_at >= LATE


def is_agreed(reads: Sequence[Read]) -> bool:
    """The last two reads that came to an end say the same, and say it whole."""
    ended = _ended(reads)[-2:]
    return (
        len(ended) == 2
        and all(read.state is ReadState.COMPLETE for read in ended)
        and ended[0].digest == ended[1].digest
    )


def run_state(reads: Sequence[Read], *, ended: bool) -> RunState:
    if is_agreed(reads):
        return RunState.COMPLETE
    if not reads:
        return RunState.UNREAD if ended else RunState.RUNNING
    if reads[-1].state is ReadState.COMPLETE:
        return RunState.WHOLE
    return RunState(reads[-1].state.value)


def _ended(reads: Sequence[Read]) -> list[Read]:
    return [read for read in reads if read.state in (ReadState.COMPLETE, ReadState.SHORT)]


def next_read(
    reads: Sequence[Read], *, wanted_at: datetime, ended_at: datetime | None, apart: timedelta = APART
) -> datetime | None:
    """When this run's report is to be read (on), as a time that may lie in the past; None: it can be trusted.

    `reads` in order. Whoever wants the report after it was read last does not wait for a pause, but the two reads that
    are to agree stay apart.
    """
    expired = _count_expired(reads)
    if expired > RESTARTS:
        return reads[-1].ended_at + pause_after(expired - RESTARTS)
    ended = _ended(reads)
    if not ended or expired or reads[-1].state is ReadState.READING:
        return reads[-1].started_at if reads else wanted_at
    last = ended[-1]
    wanted_again = wanted_at > last.ended_at
    if is_agreed(reads):
        return wanted_at if wanted_again else None
    if last.state is ReadState.COMPLETE and is_late(ended_at, last.started_at):
        return last.ended_at
    if last.state is ReadState.COMPLETE and (len(ended) == 1 or ended[-2].state is ReadState.SHORT or wanted_again):
        return last.ended_at + apart
    return wanted_at if wanted_again else last.ended_at + pause_after(_count_useless(ended))


def _count_expired(reads: Sequence[Read]) -> int:
    """At the end of the row."""
    count = 0
    for read in reversed(reads):
        if read.state is not ReadState.EXPIRED:
            break
        count += 1
    return count


def _count_useless(ended: Sequence[Read]) -> int:
    """Reads that were short, or said otherwise than the one before."""
    short = sum(read.state is ReadState.SHORT for read in ended)
    pairs = [pair for pair in pairwise(ended) if all(read.state is ReadState.COMPLETE for read in pair)]
    return short + sum(before.digest != after.digest for before, after in pairs)


def pause_after(useless: int) -> timedelta:
    """`useless` from 1 on."""
    return PAUSES[min(useless, len(PAUSES)) - 1]


def pause_behind(tries: int) -> timedelta:
    """After so many turns in a row, from 1 on, in which Zoom could not be asked or had nothing to tell."""
    return HINDERED[min(tries, len(HINDERED)) - 1]


def last_try(on_date: date, wanted_at: datetime, zone: ZoneInfo) -> datetime:
    """Until when it is tried: the end of the civil day after the apel's, or after the day on which it was wanted."""
    day = max(on_date, civil_date(wanted_at, zone)) + timedelta(days=1)
    return civil_instant(day + timedelta(days=1), time.min, zone)
