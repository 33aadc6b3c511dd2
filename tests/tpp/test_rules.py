"""What a table of the TPP takes: sentences, and properties that hold for every table."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policies.rules_of_tpp import ApelCut, Rounding, RoundWhat, TppBase, TppRules
from app.tpp.months import Calculation, PersonMonth, Rule, Tally
from app.tpp.periods import Period, last_day, period_of
from app.tpp.rules import calculate
from tests.tpp.tables import Apel, Day, Running, mark_of, on, table

MILLION = Decimal(1_000_000)
APEL_4 = (ApelCut("apel_gabungan", frozenset({1}), Decimal(4)),)


def month(days: Sequence[Day] = (), apels: Sequence[Apel] = (), **more: Any) -> PersonMonth:
    given_: dict[str, Any] = {"days": days, "apels": apels, "rate": MILLION, "working_days": 20} | more
    return PersonMonth(**given_)


def absent(*numbers: int) -> list[Day]:
    return [Day(on(number), "absent") for number in numbers]


CASES: list[tuple[str, PersonMonth, TppRules, str]] = [
    ("a month without a fault is cut nothing", month([Day(on(2))], [Apel(on(2), "H")]), table(), "0 0"),
    ("a percentage is of the discipline part: 3 of 40 % is 1.2", month(absent(3)), table(), "1.2 12000"),
    ("of the whole it is 3", month(absent(3)), table(base=TppBase.WHOLE), "3 30000"),
    (
        "of the day it is 3 % of a twentieth",
        month(absent(3)),
        table(base=TppBase.DAY),
        "0.15 1500",
    ),
    ("thirty minutes are the first class", month([Day(on(2), late_minutes=30)]), table(), "0.2 2000"),
    ("thirty-one are the second", month([Day(on(2), late_minutes=31)]), table(), "0.4 4000"),
    ("late and early are both cut", month([Day(on(2), late_minutes=5, early_minutes=95)]), table(), "0.8 8000"),
    ("a missing clock-out counts as its class", month([Day(on(2), no_clock_out=True)]), table(), "0.6 6000"),
    (
        "a missing clock-in may count as nothing",
        month([Day(on(2), no_clock_in=True)]),
        table(),
        "0 0",
    ),
    ("Monday's apel costs two", month(apels=[Apel(on(2))]), table(), "0.8 8000"),
    (
        "Tuesday's apel costs what its row says",
        month(apels=[Apel(on(3), kind="apel_opd")]),
        table(),
        "0.1 1000",
    ),
    (
        "an apel that the table does not name costs nothing",
        month(apels=[Apel(on(3), kind="upacara")]),
        table(),
        "0 0",
    ),
    ("an OPD that was silent costs its people nothing", month(apels=[Apel(on(2), "BL")]), table(), "0 0"),
    ("what nobody decided yet costs nothing", month(apels=[Apel(on(2), None)]), table(), "0 0"),
    ("nobody was asked", month(apels=[Apel(on(2), "NR"), Apel(on(9), "SF")]), table(), "0 0"),
    (
        "an exempt reason costs nothing",
        month([Day(on(2), "excused", code="DL")], [Apel(on(2), "DL")]),
        table(),
        "0 0",
    ),
    ("a reason that is not exempt costs the day", month([Day(on(2), "excused", code="I")]), table(), "1.2 12000"),
    ("an excuse without a code is left alone", month([Day(on(2), "excused")]), table(), "0 0"),
    ("a day that nobody knows of is never cut", month([Day(on(2), "unknown")]), table(), "0 0"),
    ("a whole day absorbs its apel", month(absent(2), [Apel(on(2))]), table(), "1.2 12000"),
    (
        "both count where it says so",
        month(absent(2), [Apel(on(2))]),
        table(absence_absorbs_apel=False),
        "2 20000",
    ),
    (
        "a dearer apel leaves the difference",
        month(absent(2), [Apel(on(2))]),
        table(apel=APEL_4),
        "1.6 16000",
    ),
    ("the sum ends at the cap", month(absent(2, 3, 4)), table(cap_percent=Decimal(7)), "2.8 28000"),
    ("from so many days on all of the base is cut", month(absent(2, 3)), table(full_cut_days=2), "40 400000"),
    ("one day less is not", month(absent(2)), table(full_cut_days=2), "1.2 12000"),
    (
        "a day is never cut twice over",
        month(absent(2), [Apel(on(2))]),
        table(base=TppBase.DAY, absent_day=Decimal(100), absence_absorbs_apel=False),
        "5 50000",
    ),
    (
        "all days of the month cut whole are the whole month",
        month(absent(2, 3)),
        table(base=TppBase.DAY, full_cut_days=2),
        "100 1000000",
    ),
    (
        "a sanction is a line of its own, of the whole",
        month(absent(3), sanctions=[Running(25)]),
        table(),
        "26.2 262000",
    ),
    (
        "of two sanctions the heavier counts",
        month(sanctions=[Running(25), Running(50)]),
        table(),
        "50 500000",
    ),
    ("a sanction without a cut takes nothing", month(sanctions=[Running(None)]), table(), "0 0"),
    (
        "nobody loses more than the whole",
        month(absent(2), sanctions=[Running(25)]),
        table(base=TppBase.WHOLE, full_cut_days=1),
        "100 1000000",
    ),
    ("half a rupiah is rounded up", month(absent(3), rate=Decimal(125)), table(base=TppBase.WHOLE), "3 4"),
    ("or cut off", month(absent(3), rate=Decimal(125)), table(base=TppBase.WHOLE, rounding=Rounding.DOWN), "3 3"),
    ("to hundreds", month(absent(3), rate=Decimal(5_000)), table(base=TppBase.WHOLE, round_to=100), "3 200"),
    (
        "each line by itself",
        month(absent(3, 4), rate=Decimal(50)),
        table(base=TppBase.WHOLE, round_what=RoundWhat.LINE),
        "6 4",
    ),
    ("or their sum", month(absent(3, 4), rate=Decimal(50)), table(base=TppBase.WHOLE), "6 3"),
    ("without a loaded rate there is no amount", month(absent(3), rate=None), table(), "1.2 -"),
]


@pytest.mark.parametrize(("person", "rules", "cut"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_a_month(person: PersonMonth, rules: TppRules, cut: str) -> None:
    """Percent of the whole TPP, and rupiah of a million where nothing else is said."""
    found = calculate(person, rules)
    percent, amount = cut.split()
    assert (found.percent, found.amount) == (Decimal(percent), None if amount == "-" else Decimal(amount))


def test_codes_that_the_policy_spares_everywhere_are_spared_here() -> None:
    excused = month([Day(on(2), "excused", code="I")], [Apel(on(2), "I")])
    assert calculate(excused, table(), exempt=frozenset({"I"})).lines == ()


def test_each_line_names_its_fact_and_what_the_table_says() -> None:
    found = calculate(month(absent(2), [Apel(on(2))]), table(apel=APEL_4))
    assert [(one.rule, one.code, one.day, one.table, one.percent, one.fact_id) for one in found.lines] == [
        (Rule.ABSENT, "TK", on(2), Decimal(3), Decimal(3), None),
        (Rule.APEL, "TK", on(2), Decimal(4), Decimal(1), Apel(on(2)).mark_id),
    ]


def test_what_nobody_knows_is_counted_for_those_who_look() -> None:
    found = calculate(month([Day(on(2), "unknown")], [Apel(on(2), None)]), table())
    assert (found.tally.unknown_days, found.tally.undecided) == (1, 1)


PERIODS = [
    ("a month is its days", (11, 20, 20), Period(date(2026, 11, 1), date(2026, 11, 30))),
    ("December closes early", (12, 20, None), Period(date(2026, 12, 1), date(2026, 12, 20))),
    (
        "December closes with its end where nothing is said",
        (12, None, 15),
        Period(date(2026, 12, 1), date(2026, 12, 31)),
    ),
    ("what follows is January's", (1, None, 20), Period(date(2025, 12, 21), date(2026, 1, 31))),
    ("nothing follows the last day", (1, 20, 31), Period(date(2026, 1, 1), date(2026, 1, 31))),
]


@pytest.mark.parametrize(("given_", "period"), [pytest.param(*case[1:], id=case[0]) for case in PERIODS])
def test_a_period(given_: tuple[int, int | None, int | None], period: Period) -> None:
    number, closes_on, closed_on = given_
    assert period_of(date(2026, number, 1), closes_on, closed_on) == period


@given(st.integers(2001, 2099), st.integers(1, 12), st.integers(1, 31))
def test_months_follow_each_other_without_gap_or_overlap(year: int, number: int, closes_on: int) -> None:
    first = date(year, number, 1)
    following = date.fromordinal(last_day(first).toordinal() + 1)
    assert (
        period_of(following, closes_on, closes_on).from_date.toordinal()
        == period_of(first, closes_on, closes_on).to_date.toordinal() + 1
    )


percents = st.decimals(0, 100, places=2)
tables = st.builds(
    table,
    base=st.sampled_from(TppBase),
    discipline_percent=st.integers(1, 100).map(Decimal),
    absent_day=percents,
    apel=st.tuples(st.builds(ApelCut, st.just("apel_gabungan"), st.just(frozenset(range(1, 8))), percents)),
    absence_absorbs_apel=st.booleans(),
    cap_percent=percents,
    full_cut_days=st.none() | st.integers(1, 5),
    round_to=st.sampled_from([1, 100, 1000]),
    rounding=st.sampled_from(Rounding),
    round_what=st.sampled_from(RoundWhat),
)
days_of = st.lists(
    st.builds(
        Day,
        st.integers(1, 30).map(on),
        st.sampled_from(["present", "absent", "excused", "off", "unknown"]),
        late_minutes=st.integers(0, 200),
        early_minutes=st.integers(0, 200),
        no_clock_out=st.booleans(),
        code=st.sampled_from([None, "I", "S", "DL"]),
    ),
    max_size=12,
    unique_by=lambda day: day.day,
)
apels_of = st.lists(
    st.builds(Apel, st.integers(1, 30).map(on), st.sampled_from(["TK", "H", "I", "BL", "NR", None])),
    max_size=8,
    unique_by=lambda apel: apel.on_date,
).map(lambda apels: [Apel(one.on_date, one.status, mark_id=mark_of(one.on_date, one.kind)) for one in apels])
months = st.builds(
    month,
    days_of,
    apels_of,
    rate=st.integers(0, 50_000_000).map(Decimal),
    working_days=st.integers(0, 31),
    sanctions=st.lists(st.builds(Running, st.sampled_from([None, 25, 100])), max_size=2),
)


@given(months, tables, st.integers(0, 11))
def test_one_more_day_present_never_raises_the_cut(person: PersonMonth, rules: TppRules, which: int) -> None:
    if not person.days:
        return
    days = list(person.days)
    days[which % len(days)] = Day(days[which % len(days)].day)
    before, after = calculate(person, rules), calculate(_with(person, days=days), rules)
    assert after.percent <= before.percent
    assert amount_of(after) <= amount_of(before)


@given(months, tables, st.integers(0, 7))
def test_one_more_apel_attended_never_raises_the_cut(person: PersonMonth, rules: TppRules, which: int) -> None:
    if not person.apels:
        return
    apels = list(person.apels)
    apels[which % len(apels)] = Apel(apels[which % len(apels)].on_date, "H")
    before, after = calculate(person, rules), calculate(_with(person, apels=apels), rules)
    assert after.percent <= before.percent
    assert amount_of(after) <= amount_of(before)


@given(months, tables, st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(person: PersonMonth, rules: TppRules, random: Any) -> None:
    days, apels, sanctions = list(person.days), list(person.apels), list(person.sanctions)
    for facts in (days, apels, sanctions):
        random.shuffle(facts)
    assert calculate(_with(person, days=days, apels=apels, sanctions=sanctions), rules) == calculate(person, rules)


@given(months, tables, st.integers(1, 31))
def test_a_split_period_adds_up_before_caps_and_rounding(person: PersonMonth, rules: TppRules, cut: int) -> None:
    parts = [
        _with(
            person,
            days=[day for day in person.days if (day.day.day < cut) is early],
            apels=[apel for apel in person.apels if (apel.on_date.day < cut) is early],
        )
        for early in (True, False)
    ]
    split = [calculate(part, rules).tally for part in parts]
    assert sum(split, Tally()) == calculate(person, rules).tally


@given(months, tables)
def test_the_lines_add_up_and_nobody_loses_more_than_the_whole(person: PersonMonth, rules: TppRules) -> None:
    found = calculate(person, rules)
    assert 0 <= found.percent <= 100
    assert person.rate is not None
    assert 0 <= amount_of(found) <= person.rate
    if rules.round_what is RoundWhat.LINE:
        assert sum(line.amount or 0 for line in found.lines) == found.amount
    if rules.base is TppBase.WHOLE:
        assert sum(line.percent for line in found.lines) == found.percent


def _with(person: PersonMonth, **changes: Any) -> PersonMonth:
    return PersonMonth(**vars(person) | changes)


def amount_of(found: Calculation) -> Decimal:
    assert found.amount is not None
    return found.amount
