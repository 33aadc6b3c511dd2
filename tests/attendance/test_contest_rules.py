"""How long a mark can be contested, and what has become of an objection, sentence by sentence."""

from datetime import date

import pytest

from app.attendance.contest_rules import (
    Bar,
    CorrectionState,
    ObjectionState,
    Term,
    bar_to,
    correction_state,
    objection_state,
    term_of,
)
from app.calendar.rules import Day, DayKind

MON, TUE, NEXT_MON = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 30)
HOLIDAY = {date(2026, 11, 26): Day(DayKind.HOLIDAY, "Libur")}

TERMS = [
    ("the working day after it became final is the first of five", MON, [], 5, {}, NEXT_MON),
    ("a holiday is no working day", MON, [], 5, HOLIDAY, date(2026, 12, 1)),
    ("a mark moved later can be contested anew from that day", MON, [TUE], 5, {}, date(2026, 12, 1)),
    ("what moved it before it was final gives no earlier end", TUE, [MON], 5, {}, date(2026, 12, 1)),
    ("before it is final there is no end", None, [TUE], 5, {}, None),
    ("without a rule there is no end", MON, [], None, {}, None),
]


@pytest.mark.parametrize(("final_on", "moved", "days", "calendar", "until"), [row[1:] for row in TERMS],
                         ids=[row[0] for row in TERMS])  # fmt: skip
def test_the_term_of_an_objection(
    final_on: date | None, moved: list[date], days: int | None, calendar: dict[date, Day], until: date | None
) -> None:
    assert term_of(final_on, moved, days, calendar) == Term(until)


def test_the_last_day_is_still_in_time() -> None:
    assert [Term(TUE).over(day) for day in (MON, TUE, NEXT_MON)] == [False, False, True]
    assert Term(None).over(date(2100, 1, 1)) is False


WAITING, CONFIRMED, WITHDRAWN = CorrectionState
OPEN, ACCEPTED, REJECTED = ObjectionState
STATES = [
    ("nobody answered", None, [], OPEN),
    ("rejected", "rejected", [], REJECTED),
    ("rejected after an acceptance whose correction was withdrawn", "rejected", [WITHDRAWN], REJECTED),
    ("accepted, its correction waits", "accepted", [WAITING], ACCEPTED),
    ("accepted, its correction counts", "accepted", [CONFIRMED], ACCEPTED),
    ("accepted, its correction was withdrawn", "accepted", [WITHDRAWN], OPEN),
    ("accepted again with another correction", "accepted", [WITHDRAWN, WAITING], ACCEPTED),
]


@pytest.mark.parametrize(
    ("answer", "corrections", "state"), [row[1:] for row in STATES], ids=[row[0] for row in STATES]
)
def test_the_state_of_an_objection(
    answer: str | None, corrections: list[CorrectionState], state: ObjectionState
) -> None:
    assert objection_state(answer, corrections) is state


def test_a_correction_waits_until_it_is_closed() -> None:
    assert [correction_state(each) for each in (None, "confirmed", "withdrawn")] == [WAITING, CONFIRMED, WITHDRAWN]


BARS = [
    ("nothing stands in the way", False, None, False, False, None),
    ("nothing is concluded yet", True, None, False, False, Bar.PENDING),
    ("the term is over", False, None, False, True, Bar.TOO_LATE),
    ("one is open", False, OPEN, True, False, Bar.OPEN),
    ("one is open and the mark has moved", False, OPEN, False, False, Bar.OPEN),
    ("one was rejected", False, REJECTED, True, False, Bar.ANSWERED),
    ("one was rejected and the mark has moved since", False, REJECTED, False, False, None),
]


@pytest.mark.parametrize(
    ("pending", "last", "unchanged", "late", "bar"), [row[1:] for row in BARS], ids=[row[0] for row in BARS]
)
def test_what_stands_in_the_way_of_an_objection(
    pending: bool, last: ObjectionState | None, unchanged: bool, late: bool, bar: Bar | None
) -> None:
    assert bar_to(pending=pending, last=last, unchanged=unchanged, late=late) is bar
