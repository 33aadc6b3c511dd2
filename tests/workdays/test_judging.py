"""What one working day was."""

import pytest

from app.calendar.rules import Hours
from app.workdays.judging import DayRecord, DayVerdict, judge_day, keeps_own_hours
from app.workdays.rules import Unclear
from tests.workdays.days import ABSENT, EXCUSED, HOURS, OFF, PRESENT, UNKNOWN, record


def came(late: int = 0, early: int = 0, *, no_in: bool = False, no_out: bool = False) -> DayVerdict:
    return DayVerdict(PRESENT, late, early, no_in, no_out, "H")


@pytest.mark.parametrize(
    ("kept", "duty", "hours", "verdict"),
    [
        pytest.param(None, None, HOURS, DayVerdict(UNKNOWN, unclear=Unclear.NO_RECORD), id="no record is no absence"),
        pytest.param(record(), None, HOURS, DayVerdict(ABSENT, code="TK"), id="an empty record is an absence"),
        pytest.param(record(code="TK"), None, HOURS, DayVerdict(ABSENT, code="TK"), id="alpa is an absence"),
        pytest.param(
            record(code="TK"), "DL", HOURS, DayVerdict(EXCUSED, code="DL"), id="a confirmed letter outdoes alpa"
        ),
        pytest.param(
            record(code="TK"), "WFA", HOURS, DayVerdict(PRESENT, code="WFA"), id="an order to work elsewhere is work"
        ),
        pytest.param(
            record("09:00"), "WFA", HOURS, DayVerdict(PRESENT, code="WFA"), id="whoever works elsewhere is not late"
        ),
        pytest.param(None, "CT", HOURS, DayVerdict(EXCUSED, code="CT"), id="leave needs no record"),
        pytest.param(record(code="S"), None, HOURS, DayVerdict(EXCUSED, code="S"), id="the system knows of an illness"),
        pytest.param(
            record(status="Rapat"),
            None,
            HOURS,
            DayVerdict(UNKNOWN, unclear=Unclear.UNREAD),
            id="unread words: unknown",
        ),
        pytest.param(
            record("07:20", "16:05", "TK"),
            None,
            HOURS,
            DayVerdict(UNKNOWN, unclear=Unclear.CONTRADICTORY),
            id="alpa of somebody who was seen is for a person to settle",
        ),
        pytest.param(
            record(code="TK", day_over=False),
            None,
            HOURS,
            DayVerdict(UNKNOWN, unclear=Unclear.NOT_OVER),
            id="alpa before the day is over is not concluded",
        ),
        pytest.param(record(code="NR"), None, HOURS, DayVerdict(OFF, code="NR"), id="a free day of the roster is off"),
        pytest.param(record(code="H"), None, HOURS, came(), id="present by hand, without clocks"),
        pytest.param(record("07:30:59", "16:00"), None, HOURS, came(), id="seconds are truncated"),
        pytest.param(record("07:31", "15:59"), None, HOURS, came(1, 1), id="a minute each"),
        pytest.param(record("08:30", status="Rapat"), None, HOURS, came(60, no_out=True), id="no out"),
        pytest.param(record(left="15:00"), None, HOURS, came(early=60, no_in=True), id="no in"),
        pytest.param(record("07:00", day_over=False), None, HOURS, came(), id="out is still to come"),
        pytest.param(record("15:55", "15:56"), None, HOURS, came(450, 0), id="never more than the day has"),
        pytest.param(record("07:30", "00:10"), None, HOURS, came(), id="an out of next day is none"),
        pytest.param(record("09:00", "10:00"), None, None, DayVerdict(OFF), id="a weekend is off whoever came"),
        pytest.param(record(code="TK"), None, None, DayVerdict(OFF), id="a holiday is off whatever the system says"),
    ],
)
def test_a_day_is(kept: DayRecord | None, duty: str | None, hours: Hours | None, verdict: DayVerdict) -> None:
    assert judge_day(kept, duty, hours) == verdict


@pytest.mark.parametrize(
    ("kept", "verdict"),
    [
        pytest.param(record(), DayVerdict(UNKNOWN, unclear=Unclear.OWN_HOURS), id="an empty record says nothing"),
        pytest.param(record(code="TK"), DayVerdict(ABSENT, code="TK"), id="alpa said in words is an absence"),
        pytest.param(record("14:00", "14:30"), came(), id="nobody is late by hours not theirs"),
    ],
)
def test_with_hours_of_ones_own(kept: DayRecord, verdict: DayVerdict) -> None:
    assert judge_day(kept, None, None, own_hours=True) == verdict
    assert judge_day(kept, None, HOURS, own_hours=True) == verdict


def test_shifts_and_part_time_contracts_keep_their_own_hours() -> None:
    assert [keeps_own_hours(*who) for who in (("PNS", "shift"), ("PPPK_PW", "5"), ("PPPK", "6"), ("PNS", "5"))] == [
        True,
        True,
        False,
        False,
    ]
