"""Clocks count working days, the day after the event first."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar.rules import Day, DayKind, is_working_day
from app.decisions.clocks import deadlines, due_on, is_in_force, latest_examination, remedy_until, takes_effect_on
from app.decisions.rules import Course, Step, follow
from app.policies.rules_of_cases import Clock
from tests.decisions.make import NYEPI_NOT_YET, event, play, procedure

S = Step


def delivered(on: date, code: str = "R1") -> Course:
    course = play([S.SUMMONS_1, S.EXAMINED])
    course = follow(course, event(course, S.DECIDED, on, code=code))
    return follow(course, event(course, S.DELIVERED, on))


@pytest.mark.parametrize(
    ("received", "effective", "days"),
    [
        pytest.param(date(2022, 2, 8), date(2022, 3, 2), NYEPI_NOT_YET, id="BKN: received 8 February 2022"),
        pytest.param(date(2022, 2, 14), date(2022, 3, 8), NYEPI_NOT_YET, id="BKN: received 14 February 2022"),
        pytest.param(date(2026, 7, 14), date(2026, 8, 4), {}, id="received 14 July 2026, no holiday between"),
    ],
)
def test_a_decision_takes_effect_on_the_fifteenth_working_day_after_receipt(
    received: date, effective: date, days: dict[date, object]
) -> None:
    course = delivered(received)
    assert takes_effect_on(course, procedure(), days) == effective  # type: ignore[arg-type]
    assert not is_in_force(course, procedure(), days, effective - timedelta(days=1))  # type: ignore[arg-type]
    assert is_in_force(course, procedure(), days, effective)  # type: ignore[arg-type]


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sets(st.dates(date(2026, 1, 1), date(2028, 3, 1)), max_size=9)
)
def test_no_decision_is_in_force_while_it_can_still_be_contested(received: date, off: set[date]) -> None:
    days = {day: Day(DayKind.REGIONAL, "libur") for day in off}
    for code in ("R1", "S2", "B3", "B3c"):
        course = delivered(received, code)
        until, effective = remedy_until(course, procedure(), days), takes_effect_on(course, procedure(), days)
        assert until is not None
        assert effective is not None
        assert until < effective
        assert is_working_day(effective, days)
        assert not is_in_force(course, procedure(), days, until)


def test_a_remedy_suspends_the_decision_until_it_is_answered() -> None:
    received, filed, answered = date(2026, 7, 14), date(2026, 7, 20), date(2026, 8, 18)
    course = delivered(received)
    course = follow(course, event(course, S.OBJECTION, filed))
    assert takes_effect_on(course, procedure(), {}) is None
    assert not is_in_force(course, procedure(), {}, date(2030, 1, 1))
    done = follow(course, event(course, S.OBJECTION_ANSWERED, answered))
    assert takes_effect_on(done, procedure(), {}) == answered
    later = follow(course, event(course, S.OBJECTION_ANSWERED, answered, effective_on="2026-09-01"))
    assert takes_effect_on(later, procedure(), {}) == date(2026, 9, 1)
    gone = follow(course, event(course, S.OBJECTION_ANSWERED, answered, outcome="revoked"))
    assert takes_effect_on(gone, procedure(), {}) is None


def test_bkns_own_example_of_seven_working_days_in_between_is_in_time() -> None:
    assert latest_examination(procedure(), Clock.PANGGILAN, date(2022, 10, 5), {}) == date(2022, 10, 17)
    assert latest_examination(procedure(), Clock.PANGGILAN_2, date(2022, 10, 17), {}) == date(2022, 10, 27)


def test_ten_working_days_in_a_row_are_those_of_bkns_first_example_and_its_second_is_an_erratum() -> None:
    first, last = date(2022, 10, 1), date(2022, 10, 14)
    assert sum(is_working_day(first + timedelta(days=n), {}) for n in range((last - first).days + 1)) == 10
    first, last = date(2022, 10, 17), date(2022, 10, 31)
    assert sum(is_working_day(first + timedelta(days=n), {}) for n in range((last - first).days + 1)) == 11


@pytest.mark.parametrize("clock", Clock)
def test_the_shipped_policy_sets_every_clock(clock: Clock) -> None:
    number = procedure().clocks[clock]
    due = due_on(procedure(), clock, date(2026, 7, 13), {})
    weeks, rest = divmod(number, 5)
    assert due == date(2026, 7, 13) + timedelta(weeks=weeks, days=rest)


def test_a_superior_who_does_not_summon_is_overdue_and_one_who_did_in_time_is_not() -> None:
    known = date(2026, 3, 2)
    [waiting] = deadlines(Course(known), procedure(), {}, known_on=known)
    assert (waiting.clock, waiting.due_on, waiting.met_on) == (Clock.SUPERIOR_ACTS, date(2026, 3, 11), None)
    assert not waiting.is_overdue(date(2026, 3, 11))
    assert waiting.is_overdue(date(2026, 3, 12))
    summoned = follow(Course(known), event(Course(known), S.SUMMONS_1, date(2026, 3, 4), examination_on="2026-03-10"))
    first, second = deadlines(summoned, procedure(), {}, known_on=known)
    assert (first.met_on, first.is_overdue(date(2027, 1, 1))) == (date(2026, 3, 4), False)
    assert (second.clock, second.due_on) == (Clock.PANGGILAN, date(2026, 3, 16))


def test_a_window_that_closes_is_nobodys_neglect() -> None:
    course = delivered(date(2026, 7, 14))
    late = date(2027, 1, 1)
    overdue = {
        one.clock for one in deadlines(course, procedure(), {}, known_on=date(2026, 3, 2)) if one.is_overdue(late)
    }
    assert overdue.isdisjoint({Clock.BERLAKU, Clock.KEBERATAN})


def test_bpasn_has_its_own_clocks() -> None:
    course = delivered(date(2026, 7, 13), "B3")
    course = follow(course, event(course, S.APPEAL, date(2026, 7, 14)))
    found = {one.clock: one.due_on for one in deadlines(course, procedure(), {}, known_on=date(2026, 7, 1))}
    assert found[Clock.BANDING] == date(2026, 7, 31)
    assert found[Clock.TANGGAPAN_PPK] == date(2026, 8, 12)
    assert found[Clock.BPASN] == date(2026, 10, 13)
    assert Clock.KEBERATAN not in found
