"""What one working day was, from the record of it, a confirmed absence and the hours of the day."""

from datetime import time
from typing import NamedTuple
from uuid import UUID

from app.calendar.rules import Hours
from app.duty.rules import ABSENCE_CODES, WFA, Code
from app.registry.rules import EmploymentType, WorkPattern
from app.workdays.rules import Unclear, VerdictKind

NOT_REQUIRED = "NR"
"""The attendance system's word for a day on which the person need not work."""
OWN_HOURS_OF = frozenset({EmploymentType.PPPK_PW})
"""Employment types whose hours each contract sets; the regency's are not theirs."""


def keeps_own_hours(employment_type: str, pattern: str) -> bool:
    """Whether neither lateness nor an empty record says anything about a person."""
    return pattern == WorkPattern.SHIFT or employment_type in OWN_HOURS_OF


class DayRecord(NamedTuple):
    """What the daily attendance system delivered about one day; times are the regency's own clock."""

    clock_in: time | None
    clock_out: time | None
    status: str | None
    """Its own words, if it said any."""
    code: str | None
    """Its words as a code of ours: H, TK, NR or a reason of absence; None where they are none or not clear."""
    day_over: bool = True
    """The day was over when the record was made."""
    id: UUID | None = None
    seq: int = 0
    """Of two about one day the later applied counts."""


class DayVerdict(NamedTuple):
    kind: VerdictKind
    late_minutes: int = 0
    early_minutes: int = 0
    no_clock_in: bool = False
    no_clock_out: bool = False
    code: str | None = None
    """H, WFA, TK or the reason of absence."""
    unclear: Unclear | None = None


_ON_TIME = DayVerdict(VerdictKind.PRESENT, code=Code.H)
"""What most days are: made once, since a month of everybody holds a hundred thousand of them."""


def judge_day(
    record: DayRecord | None, duty: str | None, hours: Hours | None, *, own_hours: bool = False
) -> DayVerdict:
    """What a working day was; `duty` is the code of a confirmed absence, which outdoes whatever the system says.

    An order to work from anywhere is masuk kerja (PP 94/2021 Ps 1 angka 5): such a day is present and never late.
    Minutes are whole ones, truncated, and only those that both clocks show: what a missing clock counts as is the
    policy's to say. With `own_hours` nobody is late, and an empty record is no absence.
    """
    if hours is None and not own_hours:
        return DayVerdict(VerdictKind.OFF)
    if duty == WFA:
        return DayVerdict(VerdictKind.PRESENT, code=WFA)
    if duty is not None:
        return DayVerdict(VerdictKind.EXCUSED, code=duty)
    if record is None:
        return _unknown(Unclear.NO_RECORD)
    stated = _state(record)
    if stated is not None:
        return stated
    if record.clock_in is not None or record.clock_out is not None:
        return _worked(record, None if own_hours else hours)
    if record.status is not None:
        return _unknown(Unclear.UNREAD)
    return _unknown(Unclear.OWN_HOURS) if own_hours else _missed(record)


def _state(record: DayRecord) -> DayVerdict | None:
    """What the system's own word settles; None where the clocks decide."""
    code = record.code
    if code is None:
        return None
    seen = record.clock_in is not None or record.clock_out is not None
    if code == Code.TK:
        return _unknown(Unclear.CONTRADICTORY) if seen else _missed(record)
    if code == NOT_REQUIRED:
        return DayVerdict(VerdictKind.OFF, code=NOT_REQUIRED)
    if code == WFA or (code == Code.H and not seen):
        return DayVerdict(VerdictKind.PRESENT, code=code)
    return DayVerdict(VerdictKind.EXCUSED, code=code) if code in ABSENCE_CODES else None


def _unknown(why: Unclear) -> DayVerdict:
    return DayVerdict(VerdictKind.UNKNOWN, unclear=why)


def _missed(record: DayRecord) -> DayVerdict:
    return DayVerdict(VerdictKind.ABSENT, code=Code.TK) if record.day_over else _unknown(Unclear.NOT_OVER)


def _worked(record: DayRecord, hours: Hours | None) -> DayVerdict:
    came, left = record.clock_in, record.clock_out
    if hours is None or (came and left and came <= hours.starts and hours.ends <= left):
        return _ON_TIME
    late = 0 if came is None else min(_minutes(hours.starts, came), hours.minutes)
    early = 0 if left is None or (came and left < came) else min(_minutes(left, hours.ends), hours.minutes - late)
    no_clock_out = left is None and record.day_over
    return DayVerdict(VerdictKind.PRESENT, late, early, came is None, no_clock_out, Code.H)


def _minutes(earlier: time, later: time) -> int:
    """Whole minutes from one time of a day to another, none where it comes first."""
    return max(_second_of_day(later) - _second_of_day(earlier), 0) // 60


def _second_of_day(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second
