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
class Judged:
    """What a report that was read to its end is worth."""

    state: ReadState
    rows: int
    """As Zoom counts them, with those of the waiting room."""
    told: int | None
    """How many there should be."""
    digest: str
    """The same for the same rows, in whatever order and on whatever pages."""
    stays: Sequence[StaySeen]
    """In order of time, without the waiting room."""


@dataclass(frozen=True)
class Gathered:
    """A page of a report, taken to pieces."""

    rows: Sequence[str]
    told: int | None
    stays: Sequence[StaySeen]
    unfinished: bool


def gather(page: ReportPage, *, late: bool) -> Gathered:
    inside = [row for row in page.rows if row.status != WAITING_ROOM]
    return Gathered(
        rows=[repr(row) for row in page.rows],
        told=page.total_records,
        stays=[stay for row in inside if (stay := _stay(row)) is not None],
        unfinished=any(_is_unfinished(row, late=late) for row in inside),
    )


def _stay(row: ReportRow) -> StaySeen | None:
    if row.joined_at is None:
        return None
    return StaySeen(
        display_name=row.name,
        joined_at=row.joined_at,
        left_at=row.left_at or row.joined_at + timedelta(seconds=row.duration),
        registrant_id=row.registrant_id,
        account_id=row.account_id,
        email=row.email,
        user_id=row.user_id,
    )


def _is_unfinished(row: ReportRow, *, late: bool) -> bool:
    """No time of leaving, or a duration of 0, means that Zoom was asked too early; long after the end of the run a
    duration without the time will do, and so will a visit of no length whose times say the same."""
    if row.joined_at is None or (row.left_at is not None and row.left_at < row.joined_at):
        return True
    if row.duration == 0:
        return not late or row.left_at != row.joined_at
    return row.left_at is None and not late


def judge(pages: Iterable[Gathered], *, nobody: bool) -> Judged:
    """`nobody`: another source says that hardly anybody was there, so that an empty report is the truth.

    Zoom makes no report of a run with fewer than two participants, and shows an empty one before it has made it.
    """
    gathered = list(pages)
    rows = sorted(row for page in gathered for row in page.rows)
    told = {page.told for page in gathered if page.told is not None}
    stays = sorted((stay for page in gathered for stay in page.stays), key=_in_time)
    whole = told <= {len(rows)} and not any(page.unfinished for page in gathered) and bool(rows or nobody)
    digest = blake2b("\n".join(rows).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return Judged(
        ReadState.COMPLETE if whole else ReadState.SHORT, len(rows), max(told, default=None), digest, tuple(stays)
    )


def _in_time(stay: StaySeen) -> tuple[datetime, datetime, str, str]:
    return stay.joined_at, stay.left_at, stay.display_name, stay.user_id or ""


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
