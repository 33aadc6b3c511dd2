"""Which days are worked, the clocks that count them, and their hours."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar import almanac
from app.calendar.rules import (
    Day,
    DayKind,
    Hours,
    add_working_days,
    count_working_days,
    days_after_idul_fitri,
    hour_rules_on,
    hours_of_day,
    is_day_off,
    is_estimated,
    is_working_day,
    next_working_day,
)
from app.registry.rules import WorkPattern

FIVE, SIX, SHIFT = WorkPattern.FIVE_DAYS, WorkPattern.SIX_DAYS, WorkPattern.SHIFT
MONDAY = date(2026, 11, 23)
SATURDAY, SUNDAY = date(2026, 11, 28), date(2026, 11, 29)


def marked(kind: DayKind) -> dict[date, Day]:
    return {MONDAY: Day(kind, "Hari itu")}


@pytest.mark.parametrize(
    ("day", "days", "pattern", "worked"),
    [
        pytest.param(MONDAY, {}, FIVE, True, id="an unmarked Monday is worked"),
        pytest.param(SATURDAY, {}, FIVE, False, id="five days end on Friday"),
        pytest.param(SATURDAY, {}, SIX, True, id="six days end on Saturday"),
        pytest.param(SUNDAY, {}, SIX, False, id="nobody on six days works on Sunday"),
        pytest.param(SUNDAY, {}, SHIFT, True, id="shifts run through Sunday"),
        pytest.param(MONDAY, marked(DayKind.HOLIDAY), FIVE, False, id="a holiday is off"),
        pytest.param(MONDAY, marked(DayKind.CUTI_BERSAMA), SIX, False, id="a cuti bersama is off for six days too"),
        pytest.param(MONDAY, marked(DayKind.REGIONAL), FIVE, False, id="a day the regency took off is off"),
        pytest.param(MONDAY, marked(DayKind.HOLIDAY), SHIFT, True, id="shifts run through a holiday"),
        pytest.param(MONDAY, marked(DayKind.RAMADAN), FIVE, True, id="Ramadan is worked"),
        pytest.param(MONDAY, marked(DayKind.WORKING), FIVE, True, id="a mark taken back leaves the weekday"),
        pytest.param(
            SUNDAY, {SUNDAY: Day(DayKind.WORKING, "")}, FIVE, False, id="a holiday taken back on a Sunday stays Sunday"
        ),
    ],
)
def test_working_days(day: date, days: dict[date, Day], pattern: WorkPattern, worked: bool) -> None:
    assert is_working_day(day, days, pattern) is worked


def test_a_weekend_is_no_marked_day_off() -> None:
    assert not is_day_off(SUNDAY, {})
    assert is_day_off(SUNDAY, {SUNDAY: Day(DayKind.HOLIDAY, "Natal")})


ISRA_MIRAJ = {date(2022, 2, 28): Day(DayKind.HOLIDAY, "Isra Mikraj")}


@pytest.mark.parametrize(
    ("received", "number", "days", "due"),
    [
        pytest.param(date(2022, 2, 8), 15, ISRA_MIRAJ, date(2022, 3, 2), id="BKN example: received 8 February 2022"),
        pytest.param(date(2022, 2, 14), 15, ISRA_MIRAJ, date(2022, 3, 8), id="BKN example: received 14 February 2022"),
        pytest.param(date(2026, 7, 14), 15, {}, date(2026, 8, 4), id="three weeks without a holiday"),
        pytest.param(date(2026, 11, 20), 1, {}, MONDAY, id="after Friday the first working day is Monday"),
        pytest.param(SATURDAY, 1, {}, date(2026, 11, 30), id="received on a Saturday counts from Monday"),
        pytest.param(MONDAY, 0, {}, MONDAY, id="no days are no days"),
    ],
)
def test_the_day_after_receipt_is_day_one(received: date, number: int, days: dict[date, Day], due: date) -> None:
    assert add_working_days(received, number, days) == due


SPANS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
MARKS = st.dictionaries(SPANS, st.builds(Day, st.sampled_from(DayKind), st.just("Hari"), st.booleans()), max_size=30)


@given(SPANS, st.integers(1, 60), MARKS, st.sampled_from(WorkPattern))
def test_counting_undoes_adding(start: date, number: int, days: dict[date, Day], pattern: WorkPattern) -> None:
    due = add_working_days(start, number, days, pattern)
    assert is_working_day(due, days, pattern)
    assert count_working_days(start, due, days, pattern) == number
    assert count_working_days(start, due - timedelta(days=1), days, pattern) == number - 1


@given(SPANS, st.integers(1, 30), st.integers(1, 30), MARKS)
def test_a_clock_may_be_read_in_two_parts(start: date, first: int, then: int, days: dict[date, Day]) -> None:
    assert add_working_days(add_working_days(start, first, days), then, days) == add_working_days(
        start, first + then, days
    )


@given(SPANS, MARKS, SPANS)
def test_one_more_day_off_never_brings_a_date_forward(start: date, days: dict[date, Day], off: date) -> None:
    more = days | {off: Day(DayKind.HOLIDAY, "Hari")}
    assert next_working_day(start, more) >= next_working_day(start, days)


def known(year: int) -> dict[date, Day]:
    return {entry.day: entry.mark for entry in almanac.list_days(year)}


def test_four_mondays_of_2026_are_off() -> None:
    days = known(2026)
    mondays = [date(2026, 1, 5) + timedelta(weeks=n) for n in range(52)]
    off = [day for day in mondays if not is_working_day(day, days)]
    assert off == [date(2026, 2, 16), date(2026, 3, 23), date(2026, 6, 1), date(2026, 8, 17)]
    assert len(mondays) - len(off) == 48


@pytest.mark.parametrize(
    ("year", "first"),
    [
        (2024, [date(2024, 4, 16)]),
        (2025, [date(2025, 4, 8)]),
        (2026, [date(2026, 3, 25)]),
        (2033, [date(2033, 1, 5), date(2033, 12, 26)]),
    ],
)
def test_the_first_working_day_after_idul_fitri(year: int, first: list[date]) -> None:
    assert list(days_after_idul_fitri(known(year))) == first


def test_a_feast_that_the_regency_writes_in_one_word_is_found() -> None:
    days = {date(2026, 3, 20): Day(DayKind.HOLIDAY, "IDULFITRI 1447 H")}
    assert days_after_idul_fitri(days) == (date(2026, 3, 23),)


def test_a_feast_that_was_taken_back_is_none() -> None:
    assert days_after_idul_fitri({date(2026, 3, 20): Day(DayKind.WORKING, "Idul Fitri digeser")}) == ()


def test_a_year_is_estimated_until_its_decree_is_known() -> None:
    assert not is_estimated(known(2026), 2026)
    assert is_estimated(known(2028), 2028)
    fixed = {day: Day(mark.kind, mark.name) for day, mark in known(2028).items()}
    assert is_estimated(fixed, 2028), "no cuti bersama is known: the decree is not out"
    leave = {date(2028, 2, 29): Day(DayKind.CUTI_BERSAMA, "Cuti Bersama Idul Fitri")}
    assert not is_estimated(fixed | leave, 2028)
    one_open = {date(2028, 5, 5): Day(DayKind.HOLIDAY, "Idul Adha", estimated=True)}
    assert is_estimated(fixed | leave | one_open, 2028)


def test_an_estimated_ramadan_does_not_make_the_year_estimated() -> None:
    days = known(2026) | {date(2026, 2, 19): Day(DayKind.RAMADAN, "Ramadan", estimated=True)}
    assert not is_estimated(days, 2026)


def test_ramadan_2026_runs_from_the_isbat_session_to_the_eve_of_the_feast() -> None:
    ramadan = [entry.day for entry in almanac.list_days(2026) if entry.mark.kind is DayKind.RAMADAN]
    assert (ramadan[0], ramadan[-1]) == (date(2026, 2, 19), date(2026, 3, 17))
    assert not any(entry.mark.estimated for entry in almanac.list_days(2026))


def test_an_unannounced_ramadan_is_the_thirty_days_before_the_feast_and_says_so() -> None:
    ramadan = [entry for entry in almanac.list_days(2029) if entry.mark.kind is DayKind.RAMADAN]
    assert (ramadan[0].day, ramadan[-1].day) == (date(2029, 1, 16), date(2029, 2, 14))
    assert date(2029, 2, 13) not in {entry.day for entry in ramadan}, "Imlek is a holiday first"
    assert all(entry.mark.estimated for entry in ramadan)


PERPRES = almanac.list_hour_rules()[0]
NOON = time(12)


@pytest.mark.parametrize(
    ("day", "days", "pattern", "hours"),
    [
        pytest.param(MONDAY, {}, FIVE, Hours(time(7, 30), time(16, 0), 450, 60, NOON), id="Monday to Thursday"),
        pytest.param(
            date(2026, 11, 27), {}, FIVE, Hours(time(7, 30), time(16, 30), 450, 90, time(11, 30)), id="Friday"
        ),
        pytest.param(
            MONDAY, marked(DayKind.RAMADAN), FIVE, Hours(time(8), time(15, 0), 390, 30, NOON), id="a Monday of Ramadan"
        ),
        pytest.param(
            date(2026, 2, 20),
            {date(2026, 2, 20): Day(DayKind.RAMADAN, "Ramadan")},
            FIVE,
            Hours(time(8), time(15, 30), 390, 60, time(11, 30)),
            id="a Friday of Ramadan",
        ),
        pytest.param(
            SATURDAY, {}, SIX, Hours(time(7, 30), time(14, 45), 375, 60, NOON), id="six days share the same week"
        ),
        pytest.param(SATURDAY, {}, FIVE, None, id="no hours on a free day"),
        pytest.param(MONDAY, {}, SHIFT, None, id="shifts keep their own hours"),
    ],
)
def test_hours_of_a_day(day: date, days: dict[date, Day], pattern: WorkPattern, hours: Hours | None) -> None:
    assert hours_of_day(day, days, pattern, PERPRES) == hours


def test_the_hours_of_a_week_add_up_to_what_the_regulation_says() -> None:
    week = [MONDAY + timedelta(days=n) for n in range(7)]
    for pattern in (FIVE, SIX):
        found = [hours_of_day(day, {}, pattern, PERPRES) for day in week]
        assert sum(hours.minutes for hours in found if hours) == 37 * 60 + 30
    ramadan = {day: Day(DayKind.RAMADAN, "Ramadan") for day in week}
    found = [hours_of_day(day, ramadan, FIVE, PERPRES) for day in week]
    assert sum(hours.minutes for hours in found if hours) == 32 * 60 + 30


def test_hours_apply_from_the_day_of_their_regulation() -> None:
    assert hour_rules_on([PERPRES], date(2023, 4, 11)) is None
    assert hour_rules_on([PERPRES], date(2023, 4, 12)) is PERPRES
    assert not PERPRES.verified
