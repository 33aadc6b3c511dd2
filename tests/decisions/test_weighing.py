"""One violation is punished once; days carry what the table says; sanctions follow each other."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.rules import Variant
from app.decisions.weighing import (
    Found,
    Imposed,
    Standing,
    add_months,
    carried,
    carries,
    is_punished_already,
    rank,
    schedule,
    title_of,
)
from app.policies.rules_of_workdays import Severity
from tests.decisions.make import discipline

MONDAY = date(2026, 1, 5)


def days(count: int, after: int = 0) -> tuple[date, ...]:
    """So many days, each a week apart, so that no two of them are in a row."""
    return tuple(MONDAY + timedelta(weeks=n) for n in range(after, after + count))


def found(count: int, after: int = 0) -> Found:
    return Found(days(count, after))


@pytest.mark.parametrize(
    ("before", "more", "code"),
    [
        pytest.param(0, 3, "R1", id="3 days: teguran lisan"),
        pytest.param(3, 2, "R2", id="3 + 2 = 5: teguran tertulis"),
        pytest.param(5, 4, "R3", id="5 + 4 = 9: pernyataan tidak puas"),
        pytest.param(9, 3, "S1", id="9 + 3 = 12"),
        pytest.param(12, 4, "S2", id="12 + 4 = 16"),
        pytest.param(16, 3, "S3", id="16 + 3 = 19"),
        pytest.param(19, 4, "B1", id="19 + 4 = 23"),
        pytest.param(23, 3, "B2", id="23 + 3 = 26"),
        pytest.param(26, 3, "B3", id="26 + 3 = 29"),
    ],
)
def test_the_next_tier_may_follow_each_punished_one_when_further_days_are_added(
    before: int, more: int, code: str
) -> None:
    rules, all_days = discipline(), found(before + more)
    assert (tier := carried(rules, all_days)) is not None
    assert tier.code == code
    old = rules.tier_of(before)
    standing = [Standing(old.code, found(before))] if old else []
    assert not is_punished_already(rules, code, all_days, standing)


def test_days_that_are_punished_carry_no_second_decision() -> None:
    rules = discipline()
    standing = [Standing("R2", found(5))]
    assert is_punished_already(rules, "R3", found(5), standing), "heavier, on the same days"
    assert is_punished_already(rules, "R2", found(6), standing), "a further day, and the same tier"
    assert is_punished_already(rules, "R1", found(3, after=5), standing), "other days, and a lighter tier"
    assert not is_punished_already(rules, "R3", found(7), standing)
    assert not is_punished_already(rules, "R1", found(3, after=5), [Standing("R2", found(5), same_year=False)])
    assert is_punished_already(rules, "R1", found(3), [Standing("R2", found(5), same_year=False)])


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_following_the_tiers_no_day_is_punished_without_a_new_one_and_none_is_as_heavy(steps: list[int]) -> None:
    rules, standing, total = discipline(), list[Standing](), 0
    for more in steps:
        total += more
        tier = carried(rules, found(total))
        if tier is not None and not is_punished_already(rules, tier.code, found(total), standing):
            standing.append(Standing(tier.code, found(total)))
    weights = [rank(rules, one.code) for one in standing]
    assert weights == sorted(set(weights))
    sizes = [one.found.total for one in standing]
    assert sizes == sorted(set(sizes))


@given(st.permutations(days(12)))
def test_the_order_of_days_never_matters(shuffled: list[date]) -> None:
    assert carried(discipline(), Found(tuple(shuffled))) == carried(discipline(), found(12))


@given(st.integers(0, 40), st.integers(0, 5))
def test_one_day_fewer_never_carries_more(count: int, converted: int) -> None:
    rules = discipline()
    more, fewer = carried(rules, Found(days(count + 1), converted)), carried(rules, Found(days(count), converted))
    assert (rank(rules, fewer.code) if fewer else 0) <= (rank(rules, more.code) if more else 0)


def in_a_row(count: int) -> tuple[date, ...]:
    return tuple(day for n in range(30) if (day := MONDAY + timedelta(days=n)).isoweekday() <= 5)[:count]


def test_ten_days_in_a_row_carry_dismissal_and_nine_found_of_them_do_not() -> None:
    rules, row = discipline(), in_a_row(10)
    assert carries(rules, Found(row), [row], "B3c")
    assert carries(rules, Found(row), [row], "R3")
    assert not carries(rules, Found(row), [row], "B3"), "that one needs 28 days"
    for gone in range(10):
        fewer = Found(tuple(day for place, day in enumerate(row) if place != gone))
        assert not carries(rules, fewer, [row], "B3c")
        assert carries(rules, fewer, [row], "R3")
    assert not carries(rules, found(10), [], "B3c"), "ten days, but not in a row"


def test_both_names_of_a_sanction_are_known() -> None:
    tier = discipline().tier_of(12)
    assert tier is not None
    assert title_of(tier, Variant.TUKIN) == "Pemotongan tunjangan kinerja 25 % selama 6 bulan"
    assert title_of(tier, Variant.TRANSITIONAL) == "Penundaan kenaikan gaji berkala selama 1 tahun"


def imposed(number: int, code: str, on: date, months: int | None) -> Imposed:
    tier = next((one for one in discipline().tiers if one.code == code), None)
    severity = tier.severity if tier else Severity.BERAT
    return Imposed(
        UUID(int=number), code, severity, rank(discipline(), code), on, months, 25 if code[0] == "S" else None
    )


def spans(*sanctions: Imposed) -> list[tuple[str, date, date | None]]:
    return [(one.code, one.from_date, one.to_date) for one in schedule(sanctions)]


def test_a_heavier_sanction_takes_the_place_of_the_one_that_runs() -> None:
    cut, demoted = imposed(1, "S2", date(2026, 2, 2), 9), imposed(2, "B1", date(2026, 5, 4), 12)
    expected = [("S2", date(2026, 2, 2), date(2026, 5, 3)), ("B1", date(2026, 5, 4), date(2027, 5, 3))]
    assert spans(cut, demoted) == spans(demoted, cut) == expected


def test_a_lighter_sanction_is_served_after_the_one_that_runs() -> None:
    demoted, cut = imposed(1, "B1", date(2026, 2, 2), 12), imposed(2, "S1", date(2027, 1, 4), 6)
    assert spans(demoted, cut) == [
        ("B1", date(2026, 2, 2), date(2027, 2, 1)),
        ("S1", date(2027, 2, 2), date(2027, 8, 1)),
    ]


def test_a_reprimand_is_of_one_day_and_a_dismissal_for_good() -> None:
    assert spans(imposed(1, "R2", date(2026, 2, 2), None)) == [("R2", date(2026, 2, 2), date(2026, 2, 2))]
    assert spans(imposed(1, "B3", date(2026, 2, 2), None)) == [("B3", date(2026, 2, 2), None)]


def test_months_end_where_the_month_ends() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 1, 15), 12) == date(2027, 1, 15)
    assert add_months(date(2026, 11, 30), 1) == date(2026, 12, 30)
