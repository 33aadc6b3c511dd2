"""The audit pack's formulas, calculated: they say what the service said, from the table and the facts alone."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from app.exports.recalculation import CUTS, TABLE, TOTALS, Calculated, recalculate
from app.policies.rules_of_tpp import RoundWhat, TppBase, TppRules
from app.tpp.calculating import Drawn, to_json
from app.tpp.members import Member
from app.tpp.months import PersonMonth
from app.tpp.periods import Period
from app.tpp.rules import calculate
from tests.exports.formulas import Book
from tests.tpp.tables import Apel, Day, Running, on, table
from tests.tpp.test_rules import months, tables


def calculated(person: PersonMonth, rules: TppRules) -> Calculated:
    made = calculate(person, rules)
    member = Member(on_nobody, "198501012010012001", "Siti", "DISDIK", "PNS", "5")
    kept = to_json(Drawn(member, rules, Period(on(1), on(30)), person, made))
    return Calculated(
        member.nip, member.name, "DISDIK", "PNS", "uji@1", rules, person.rate, made.percent, made.amount, kept, "uji"
    )


on_nobody: Any = None


def spreadsheet(*people: Calculated) -> Book:
    return Book({sheet.title: sheet.rows for sheet in recalculate(people)})


@settings(max_examples=150)
@given(months, tables)
def test_the_formulas_reproduce_percent_and_amount(person: PersonMonth, rules: TppRules) -> None:
    one = calculated(person, rules)
    book = spreadsheet(one)
    assert Decimal(str(book.value(TOTALS, "M", 2))).quantize(Decimal("0.0001")) == one.percent
    assert book.value(TOTALS, "N", 2) == one.amount
    assert (abs(book.value(TOTALS, "Q", 2)) < 1e-9, book.value(TOTALS, "R", 2)) == (True, 0)


def test_a_changed_number_of_the_table_changes_everybodys_total() -> None:
    days = [Day(on(2), "absent"), Day(on(3), late_minutes=5)]
    people = [
        calculated(PersonMonth(days, [Apel(on(2))], [Running(25)], 20, Decimal(1_000_000)), rules)
        for rules in (table(), table(round_what=RoundWhat.LINE))
    ]
    sheets = recalculate(people)
    book = Book({sheet.title: sheet.rows for sheet in sheets})
    assert [book.value(TOTALS, column, 2) for column in "MN"] == [26.4, 264_000]
    [absent_row] = [number for number, row in enumerate(sheets[0].rows) if row[2] == "hari tidak masuk"]
    sheets[0].rows[absent_row] = [*sheets[0].rows[absent_row][:6], Decimal(8), *sheets[0].rows[absent_row][7:]]
    dearer = Book({sheet.title: sheet.rows for sheet in sheets})
    assert [dearer.value(TOTALS, column, row) for row in (2, 3) for column in "MN"] == [28.4, 284_000] * 2
    assert dearer.value(TOTALS, "Q", 2) == 28.4 - 26.4


def test_every_deduction_names_its_cell_in_the_table_and_its_fact() -> None:
    rules = table(base=TppBase.WHOLE)
    one = calculated(PersonMonth([Day(on(3), late_minutes=5, no_clock_out=True)], [Apel(on(2))]), rules)
    policy, cuts, _ = recalculate([one])
    named = {f"={TABLE}!$G${row}": values[2:4] for row, values in enumerate(policy.rows, start=2)}
    assert [(row[3], *named[str(row[6])]) for row in cuts.rows] == [
        ("apel", "apel", "apel_gabungan"),
        ("late", "terlambat", "TL1"),
        ("no_clock_out", "pulang cepat", "PSW4"),
    ]
    assert (cuts.title, cuts.rows[0][12]) == (CUTS, str(Apel(on(2)).mark_id))


def test_who_has_no_table_is_listed_and_not_calculated() -> None:
    nobody = Calculated("1", "Rina", "DISDIK", "PPPK", "uji@1", None, None, None, None, {"lines": []}, "hitungan")
    _, cuts, totals = recalculate([nobody])
    assert (cuts.rows, totals.rows[0][:5]) == ([], ("1", "Rina", "DISDIK", "PPPK", None))
    assert set(totals.rows[0][5:18]) == {None}
