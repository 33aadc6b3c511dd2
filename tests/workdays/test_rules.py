"""A year of working days: the tiers of PP 94/2021, streaks and what is left to people."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policies.rules_of_workdays import DisciplineTier, StreakTier
from app.workdays.rules import DayFact, Reason, Variant, VerdictKind, make_ledger
from tests.workdays.days import (
    ABSENT,
    EXCUSED,
    MONDAY,
    PRESENT,
    UNKNOWN,
    course,
    discipline,
    fact,
    ledger,
    scattered,
    workdays,
)


def code_of(tier: DisciplineTier | StreakTier | None) -> str | None:
    return tier.code if tier else None


@pytest.mark.parametrize(
    ("days", "code"),
    {0: None, 2: None, 3: "R1", 5: "R2", 9: "R3", 12: "S1", 16: "S2", 19: "S3", 23: "B1", 26: "B2", 29: "B3"}.items(),
)
def test_so_many_days_in_a_year_make_this_tier(days: int, code: str | None) -> None:
    made = ledger(scattered(days))
    assert (made.total_days, code_of(made.tier)) == (days, code)
    assert made.streak_tier is None


def test_both_names_of_a_sanction_are_known_and_the_switch_says_which_holds() -> None:
    twelve = scattered(12)
    before, after = ledger(twelve), ledger(twelve, tiers=discipline(cut_from=date(2026, 1, 15)))
    assert (before.variant, after.variant) == (Variant.TRANSITIONAL, Variant.TUKIN)
    assert before.tier == after.tier == discipline().tiers[3]
    assert (before.tier.sanction, before.tier.transitional) == (
        "potong tunjangan 25 % x 6 bulan",
        "penundaan KGB 1 tahun",
    )


def test_ten_in_a_row_are_b3c_over_weekends_and_nine_are_not() -> None:
    ten, nine = ledger(course(MONDAY, "A" * 10)), ledger(course(MONDAY, "A" * 9))
    assert (code_of(ten.tier), code_of(ten.streak_tier)) == ("R3", "B3c")
    assert ten.streak_days == ten.days == tuple(one.day for one in course(MONDAY, "A" * 10))
    assert nine.streak_tier is None


@pytest.mark.parametrize(("signs", "lengths"), [("AAAAAHAAAAA", [5, 5]), ("AAEA", [2, 1]), ("AA?A", [2, 1])])
def test_a_streak_is_broken_by_a_day_that_is_present_excused_or_unknown(signs: str, lengths: list[int]) -> None:
    assert [streak.length for streak in ledger(course(MONDAY, signs)).streaks] == lengths


@pytest.mark.parametrize(
    ("signs", "alerts"),
    [("AA", ()), ("AAA", (3,)), ("HAAAAAA", (3, 5)), ("AAA??", (3,)), ("AAAH", ()), ("A" * 11, (3, 5, 7, 9, 10))],
)
def test_a_running_streak_is_told_at_the_lengths_of_the_policy(signs: str, alerts: tuple[int, ...]) -> None:
    assert ledger(course(MONDAY, signs)).alerts == alerts


def test_a_streak_over_new_year_runs_on_and_is_marked_while_the_count_begins_anew() -> None:
    days = course(date(2026, 12, 23), "AAAAAAAAAA")
    old, new = ledger(days, year=2026), ledger(days, year=2027)
    assert [(one.length, one.crosses_year) for one in new.streaks] == [(10, True)]
    assert (old.total_days, new.total_days) == (7, 3)
    assert (old.streak_tier, code_of(new.streak_tier)) == (None, "B3c")
    assert Reason.CROSSES_YEAR in new.reasons


def test_a_tenth_day_of_last_year_is_not_counted_again() -> None:
    days = course(date(2026, 12, 17), "A" * 13)
    assert [ledger(days, year=year).streak_days != () for year in (2026, 2027)] == [True, False]


def test_minutes_never_become_a_day_unless_the_policy_says_so() -> None:
    late = [fact(MONDAY + timedelta(days=n), PRESENT, late_minutes=200, early_minutes=100) for n in range(3)]
    plain, converted = ledger(late), ledger(late, workdays(minutes_per_day=450))
    assert (plain.minutes, plain.converted_days, plain.carried_minutes, plain.total_days) == (900, 0, 900, 0)
    assert (converted.converted_days, converted.carried_minutes, converted.total_days) == (2, 0, 2)
    others = ledger(late, workdays(minutes_per_day=450), employment_type="PPPK")
    assert (others.converted_days, others.total_days) == (0, 0)


def test_the_rest_of_the_minutes_is_lost_at_new_year() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 2)]
    late = [fact(day, PRESENT, late_minutes=300) for day in days]
    made = ledger(late, workdays(minutes_per_day=450))
    assert (made.minutes, made.converted_days, made.carried_minutes) == (300, 0, 300)


def test_a_missing_clock_counts_as_the_policy_says() -> None:
    missing = [fact(MONDAY, PRESENT, no_clock_in=True, no_clock_out=True, early_minutes=5)]
    assert ledger(missing).minutes == 5
    assert ledger(missing, workdays(no_clock_in_minutes=91, no_clock_out_minutes=90)).minutes == 186


def test_without_a_rule_set_nobody_is_judged_and_the_days_are_still_told() -> None:
    made = make_ledger(scattered(5), workdays(), None, 2026, employment_type="PPPK")
    assert (made.tier, made.streak_tier, made.rule_set, made.variant, made.total_days) == (None, None, None, None, 5)
    assert made.reasons == (Reason.NO_RULE_SET,)


def test_without_rules_of_workdays_nobody_is_told() -> None:
    made = make_ledger(course(MONDAY, "A" * 10), None, discipline(), 2026, employment_type="PNS")
    assert (made.alerts, made.reasons) == ((), (Reason.NO_WORKDAY_RULES,))


def test_days_of_older_law_are_told_and_not_counted() -> None:
    days = course(date(2021, 8, 23), "A" * 10)
    made = ledger(days, year=2021)
    assert (len(made.days), len(made.left_to_people), made.total_days, made.streak_days) == (10, 6, 4, ())
    assert Reason.BEFORE_EVENTS in made.reasons


def test_unknown_days_are_told() -> None:
    made = ledger(course(MONDAY, "H??A"))
    assert (made.unknown_days, made.total_days, made.reasons) == (2, 1, (Reason.UNKNOWN_DAYS,))


YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
RULES = workdays(minutes_per_day=450, no_clock_in_minutes=91)
TIERS = [None, "R1", "R2", "R3", "S1", "S2", "S3", "B1", "B2", "B3"]
days_of_a_year = st.lists(
    st.tuples(
        st.sampled_from(YEAR),
        st.sampled_from([ABSENT, ABSENT, ABSENT, PRESENT, EXCUSED, UNKNOWN]),
        st.integers(0, 450),
        st.booleans(),
    ),
    unique_by=lambda one: one[0],
    max_size=60,
).map(lambda drawn: [_drawn(*one) for one in drawn])


def _drawn(day: date, kind: VerdictKind, minutes: int, no_clock_in: bool) -> DayFact:
    if kind is not PRESENT:
        return fact(day, kind)
    return fact(day, kind, late_minutes=0 if no_clock_in else minutes, no_clock_in=no_clock_in)


@given(days_of_a_year, st.randoms())
def test_the_order_of_facts_never_matters(facts: list[DayFact], chance: object) -> None:
    shuffled = facts.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ledger(shuffled, RULES) == ledger(facts, RULES)


@given(days_of_a_year, st.sampled_from(YEAR))
def test_one_more_day_present_never_raises_a_tier_nor_lengthens_a_streak(facts: list[DayFact], day: date) -> None:
    before = ledger(facts, RULES)
    after = ledger([one for one in facts if one.day != day] + [fact(day, PRESENT)], RULES)
    codes = [TIERS.index(code_of(made.tier)) for made in (before, after)]
    assert codes[1] <= codes[0]
    assert max(after.alerts, default=0) <= max(before.alerts, default=0)
    longest = [max((streak.length for streak in made.streaks), default=0) for made in (before, after)]
    assert longest[1] <= longest[0]


@given(days_of_a_year, st.sampled_from(YEAR))
def test_days_and_minutes_of_a_split_year_add_up_before_conversion(facts: list[DayFact], day: date) -> None:
    whole = ledger(facts, RULES)
    parts = [ledger([one for one in facts if (one.day < day) is early], RULES) for early in (True, False)]
    assert parts[0].days + parts[1].days == whole.days
    assert parts[0].minutes + parts[1].minutes == whole.minutes
    assert whole.converted_days * 450 + whole.carried_minutes == whole.minutes


@given(days_of_a_year)
def test_days_of_streaks_are_the_absent_days(facts: list[DayFact]) -> None:
    made = ledger(facts, RULES)
    assert tuple(day for streak in made.streaks for day in streak.days) == made.days
