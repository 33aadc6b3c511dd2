"""Of which run of an apel a participants file is."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from app.apel.runs import OccurrenceSpan
from app.evidence.linking import is_made_up
from app.evidence.rules import StaySeen
from app.zoom.errors import CsvOfOtherMeeting, CsvRunUnclear, CsvTimesElsewhere
from app.zoom.participants_csv import MeetingSeen, ParticipantsFile

_CLOSE = timedelta(minutes=2)
_STEP, _FURTHEST = timedelta(minutes=30), timedelta(hours=14)
"""Time zones lie a multiple of so much apart, and at most so far from the regency's."""


def find_run(file: ParticipantsFile, numbers: Sequence[str], runs: Sequence[OccurrenceSpan]) -> OccurrenceSpan | None:
    """The run that a file tells of, of those an apel owns; None: one of its numbers' that nobody has told of before.

    A number runs one meeting at a time, so that the run at the file's time is the one. Raises CsvOfOtherMeeting,
    CsvRunUnclear, CsvTimesElsewhere.
    """
    if file.meeting is None:
        return _the_only(file.stays, runs)
    if file.meeting.number not in numbers:
        raise CsvOfOtherMeeting
    same = [run for run in runs if run.meeting_id == file.meeting.number]
    start, end = span_of(file.meeting, file.stays)
    at_once = [run for run in same if run.start <= end and start <= (run.end or max(run.last_seen, end))]
    if at_once:
        return max(at_once, key=lambda run: (not is_made_up(run.uuid), _shared(run, start, end), run.uuid))
    if any(_shifted(run, start, end) for run in same):
        raise CsvTimesElsewhere
    return None


def span_of(meeting: MeetingSeen, stays: Iterable[StaySeen]) -> tuple[datetime, datetime]:
    """From when to when a meeting ran, as its file says."""
    ended_at = meeting.ended_at or max(stay.left_at for stay in stays)
    return meeting.started_at, max(ended_at, meeting.started_at)


def _the_only(stays: Sequence[StaySeen], runs: Sequence[OccurrenceSpan]) -> OccurrenceSpan:
    if len(runs) != 1:
        raise CsvRunUnclear(runs=len(runs))
    (run,) = runs
    if not any(stay.left_at >= run.start and (run.end is None or stay.joined_at <= run.end) for stay in stays):
        raise CsvTimesElsewhere
    return run


def _shared(run: OccurrenceSpan, start: datetime, end: datetime) -> timedelta:
    return min(run.end or end, end) - max(run.start, start)


def _shifted(run: OccurrenceSpan, start: datetime, end: datetime) -> bool:
    """Whether the run began and ended when the file says, in another time zone."""
    zones = round((run.start - start) / _STEP) * _STEP
    ended = run.end is None or abs(run.end - end - zones) <= _CLOSE
    return abs(zones) <= _FURTHEST and abs(run.start - start - zones) <= _CLOSE and ended
