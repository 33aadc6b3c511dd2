"""What messages about a ticket come to, and when a promise was kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar.rules import Day, DayKind, Days
from app.counters.rules import Promise, Times, Told, Unjudged, add, fault_of, judge, looks_like_nik

ARRIVED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""A Friday, 09.00 WITA."""
FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (20, 21, 23, 24))
NO_DAYS: Days = {}


def after(minutes: float) -> datetime:
    return ARRIVED + timedelta(minutes=minutes)


def served(wait: float | None = 5, total: float | None = 20, *, cancelled: bool = False) -> Times:
    called, finished = (None if minutes is None else after(minutes) for minutes in (wait, total))
    return Times(ARRIVED, called, finished, cancelled)


WAIT, QUICK = Promise(wait_minutes=10), Promise(finish_minutes=20)
SAME_DAY, NEXT_DAY = Promise(finish_working_days=0), Promise(finish_working_days=1)


@pytest.mark.parametrize(
    ("times", "promise", "finished_on", "kept"),
    [
        pytest.param(served(10), WAIT, FRIDAY, True, id="called in the last second promised"),
        pytest.param(served(10.02), WAIT, FRIDAY, False, id="called a second later"),
        pytest.param(served(None), WAIT, FRIDAY, Unjudged.UNKNOWN, id="a wait was promised and nobody told it"),
        pytest.param(served(None), QUICK, FRIDAY, True, id="no wait was promised, so nobody need tell it"),
        pytest.param(served(5, 20.02), QUICK, FRIDAY, False, id="finished a second late"),
        pytest.param(served(11, 15), Promise(10, 20), FRIDAY, False, id="both are promised, one is broken"),
        pytest.param(served(5, None), QUICK, None, Unjudged.UNFINISHED, id="not finished yet"),
        pytest.param(served(5, 99, cancelled=True), QUICK, FRIDAY, Unjudged.CANCELLED, id="cancelled"),
        pytest.param(served(), None, FRIDAY, Unjudged.NO_PROMISE, id="nothing was promised"),
        pytest.param(served(5, 300), SAME_DAY, FRIDAY, True, id="KTP within the day"),
        pytest.param(served(5, 4000), NEXT_DAY, MONDAY, True, id="Friday to Monday is one working day"),
        pytest.param(served(5, 4000), SAME_DAY, MONDAY, False, id="Friday to Monday is not the same day"),
        pytest.param(served(5, 1500), SAME_DAY, SATURDAY, True, id="finished on a free Saturday costs no working day"),
        pytest.param(served(5, 5500), NEXT_DAY, TUESDAY, False, id="Friday to Tuesday is two"),
    ],
)
def test_a_promise(times: Times, promise: Promise | None, finished_on: date | None, kept: bool | Unjudged) -> None:
    assert judge(times, promise, FRIDAY, finished_on, NO_DAYS) == kept


def test_a_holiday_between_is_no_working_day() -> None:
    holiday = {MONDAY: Day(DayKind.HOLIDAY, "Libur")}
    assert judge(served(5, 5500), NEXT_DAY, FRIDAY, TUESDAY, holiday) is True


@pytest.mark.parametrize(
    ("times", "fault"),
    [
        pytest.param(served(-1, 20), ("called_at", "times_not_in_order"), id="called before arrival"),
        pytest.param(served(30, 20), ("finished_at", "times_not_in_order"), id="finished before the call"),
        pytest.param(served(5, 60 * 24 * 61), ("finished_at", "time_in_future"), id="finished in the future"),
        pytest.param(served(), None, id="in order"),
        pytest.param(served(None, 20), None, id="never called, yet finished"),
    ],
)
def test_times_that_cannot_be_are_told(times: Times, fault: tuple[str, str] | None) -> None:
    assert fault_of(times, ARRIVED + timedelta(days=10)) == fault


def test_what_takes_longer_than_two_months_is_no_turn_at_a_counter() -> None:
    assert fault_of(served(5, 60 * 24 * 61), ARRIVED + timedelta(days=70)) == ("finished_at", "service_too_long")


TOLD = st.builds(
    Told,
    st.just(ARRIVED),
    st.sampled_from([None, after(5)]),
    st.sampled_from([None, after(20)]),
    st.sampled_from([None, False]),
)


@given(st.lists(TOLD, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_messages_that_agree_come_to_the_same_in_any_order_and_any_number(told: list[Told], draw: object) -> None:
    shuffled = [*told, *told]
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(told)


def fold(told: list[Told]) -> Times | None:
    known: Times | None = None
    for one in told:
        known = add(known, one)
    return known


def test_of_messages_that_contradict_each_other_the_later_one_stands() -> None:
    assert fold([Told(ARRIVED, after(5)), Told(ARRIVED, after(7)), Told(ARRIVED)]) == Times(ARRIVED, after(7))


@pytest.mark.parametrize(
    ("ticket", "person"),
    [
        ("A-012", False),
        ("2026112300001", False),
        ("7602012304850001", True),
        ("7602 0123 0485 0001", True),
        ("A7602.012304.850001", True),
    ],
)
def test_a_citizens_number_is_recognised(ticket: str, person: bool) -> None:
    assert looks_like_nik(ticket) is person
