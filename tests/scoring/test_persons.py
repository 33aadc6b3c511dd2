"""A person's points, streaks and ledger of missed apels, from marks alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.periods import Period
from app.policies.rules_of_persons import ApelLedgerRules, ExemptionRules, LedgerStep, NoApel, PersonRules, Reset
from app.policies.sources import Source
from app.scoring.persons import MarkFact, PersonRule, apel_ledger, score_person

SOURCE = Source("Kebijakan instansi", verified=False, base="Rata-rata apel")
RULES = PersonRules(
    present=100, left_early=75, unexplained=0, streak_every=4, streak_bonus=1, streak_most=3, minimum_apels=2,
    source=SOURCE,
)  # fmt: skip
LEDGER = ApelLedgerRules(
    counts=frozenset({"TK"}),
    reset=Reset.YEAR,
    steps=(LedgerStep("A1", 1, "ditegur lisan"), LedgerStep("A3", 3, "dipanggil"), LedgerStep("A5", 5, "dilaporkan")),
    source=SOURCE,
)
EXEMPT = ExemptionRules(
    no_apel=(NoApel(date(2026, 11, 1), date(2026, 11, 14), "Banjir"),),
    ramadan=True,
    codes=frozenset({"DL", "S", "CT"}),
    waived_connectivity=frozenset({"none"}),
    source=SOURCE,
)
FIRST = date(2026, 1, 5)
"""A Monday."""


def fact(week: int, status: str | None, **fields: Any) -> MarkFact:
    base = MarkFact(
        asn_id=UUID(int=1), apel_id=UUID(int=1000 + week), mark_id=UUID(int=2000 + week),
        on_date=FIRST + timedelta(weeks=week), kind="apel_gabungan", status=status,
        mode="wfo" if status == "H" else None, left_early=False, unit_code="DISDIK", opd_code="DISDIK",
    )  # fmt: skip
    return base._replace(**fields)


def facts(story: str) -> list[MarkFact]:
    """Weeks in a row: H present, E present but left early, T unexplained, D away on duty, B nobody reported, ? open."""
    status = {"H": "H", "E": "H", "T": "TK", "D": "DL", "B": "BL", "?": None}
    return [fact(week, status[sign], left_early=sign == "E") for week, sign in enumerate(story)]


@pytest.mark.parametrize(
    ("story", "points", "apels", "now", "best", "bonus"),
    [
        pytest.param("", None, 0, 0, 0, 0, id="nothing is said about who was asked to no apel"),
        pytest.param("T", None, 1, 0, 0, 0, id="one apel alone is no sample"),
        pytest.param("HH", "100", 2, 2, 2, 0, id="always there"),
        pytest.param("HT", "50", 2, 0, 1, 0, id="once there, once missing"),
        pytest.param("HET", "58.33", 3, 0, 1, 0, id="leaving early gives less, half-up to two decimals"),
        pytest.param("HDDDH", "100", 2, 2, 2, 0, id="duty elsewhere neither lowers nor breaks anything"),
        pytest.param("HBB?H", "100", 2, 2, 2, 0, id="a silent OPD and an open dispute cost nobody points"),
        pytest.param("HHHH", "101", 4, 4, 4, 1, id="four in a row earn the bonus"),
        pytest.param("HHDHH", "101", 4, 4, 4, 1, id="duty elsewhere does not break the row"),
        pytest.param("HHEHH", "96", 5, 4, 4, 1, id="leaving early neither breaks nor lengthens the row"),
        pytest.param("HHHTH", "80", 5, 1, 3, 0, id="an unexplained absence breaks it"),
        pytest.param("HHHHTHHHH", "90.89", 9, 4, 4, 2, id="every row earns its own bonus"),
        pytest.param("H" * 20, "103", 20, 20, 20, 3, id="the bonus has a limit"),
    ],
)
def test_points(story: str, points: str | None, apels: int, now: int, best: int, bonus: int) -> None:
    score = score_person(facts(story), RULES, EXEMPT)
    assert score.points == (None if points is None else Decimal(points))
    assert (score.apels, score.streak_now, score.streak_best, score.bonus) == (apels, now, best, bonus)


def test_every_line_names_its_figures_and_its_marks() -> None:
    marks = facts("HTEHDB")
    score = score_person(marks, RULES, EXEMPT)
    assert [(line.rule, line.points, [mark.on_date.day for mark in line.marks]) for line in score.lines] == [
        (PersonRule.PRESENT, Decimal(100), [5, 26]),
        (PersonRule.LEFT_EARLY, Decimal(75), [19]),
        (PersonRule.UNEXPLAINED, Decimal(0), [12]),
        (PersonRule.AT_REST, None, [2, 9]),
        (PersonRule.STREAK, Decimal(0), [5]),
        (PersonRule.AVERAGE, Decimal("68.75"), [5, 12, 19, 26]),
    ]
    *_, streak, average = score.lines
    assert streak.facts == {"best": 1, "now": 1, "every": 4, "bonus_each": 1, "most": 3, "bonus": 0}
    assert average.facts == {"apels": 4, "minimum_apels": 2, "sum": 275, "bonus": 0}


@pytest.mark.parametrize(
    ("changed", "apels"),
    [
        pytest.param({}, 3, id="an ordinary apel counts"),
        pytest.param({"kind": "upacara"}, 3, id="so does a ceremony"),
        pytest.param({"kind": "rakor"}, 2, id="a rakor is no roll-call"),
        pytest.param({"on_date": date(2026, 11, 9)}, 2, id="nor is an apel of a period without apels"),
        pytest.param({"on_date": date(2026, 2, 23)}, 2, id="nor one in Ramadan"),
        pytest.param({"status": "DL"}, 2, id="nor an exempt code"),
    ],
)
def test_what_costs_nobody_anything_is_in_neither_points_nor_ledger(changed: dict[str, Any], apels: int) -> None:
    ramadan = frozenset({date(2026, 2, 23)})
    marks = [*facts("TT"), fact(20, "TK")._replace(**changed)]
    assert score_person(marks, RULES, EXEMPT, ramadan=ramadan).apels == apels
    assert len(apel_ledger(marks, LEDGER, EXEMPT, on=date(2026, 12, 31), ramadan=ramadan).misses) == apels


@pytest.mark.parametrize(
    ("misses", "step", "following"),
    [(0, None, "A1"), (1, "A1", "A3"), (2, "A1", "A3"), (3, "A3", "A5"), (5, "A5", None), (9, "A5", None)],
)
def test_steps_of_the_apel_ledger(misses: int, step: str | None, following: str | None) -> None:
    ledger = apel_ledger(facts("T" * misses + "HBD?"), LEDGER, EXEMPT, on=date(2026, 12, 31))
    assert len(ledger.misses) == misses
    assert (ledger.step and ledger.step.code, ledger.next_step and ledger.next_step.code) == (step, following)


@pytest.mark.parametrize(
    ("reset", "on", "misses"),
    [
        (Reset.YEAR, date(2026, 6, 30), 26),
        (Reset.YEAR, date(2026, 1, 11), 1),
        (Reset.YEAR, date(2025, 12, 31), 0),
        (Reset.QUARTER, date(2026, 6, 30), 13),
        (Reset.MONTH, date(2026, 6, 30), 5),
        (Reset.MONTH, date(2027, 1, 31), 0),
    ],
)
def test_the_ledger_begins_anew_and_knows_nothing_of_later_days(reset: Reset, on: date, misses: int) -> None:
    marks = facts("T" * 26)
    assert len(apel_ledger(marks, replace(LEDGER, reset=reset), on=on).misses) == misses


stories = st.text("HETDB?", max_size=24)


@given(stories, st.data())
def test_one_more_apel_attended_never_lowers_points_or_raises_a_step(story: str, data: Any) -> None:
    week = data.draw(st.integers(0, len(story)))
    instead = data.draw(st.sampled_from(["added", "instead"])) if week < len(story) else "added"
    before = facts(story)
    if instead == "added":
        after = [*before, fact(week, "H", on_date=FIRST + timedelta(weeks=week, days=-1), apel_id=UUID(int=week))]
    else:
        after = [fact(week, "H") if mark is before[week] else mark for mark in before]
    low, high = (score_person(marks, RULES, EXEMPT) for marks in (before, after))
    if low.points is not None:
        assert high.points is not None
        assert high.points >= low.points
    assert high.streak_best >= low.streak_best
    end = date(2026, 12, 31)
    assert len(apel_ledger(after, LEDGER, on=end).misses) <= len(apel_ledger(before, LEDGER, on=end).misses)


@given(stories, st.randoms())
def test_the_order_of_marks_never_matters(story: str, chance: Any) -> None:
    marks = facts(story)
    mixed: Sequence[MarkFact] = chance.sample(marks, len(marks))
    assert score_person(mixed, RULES, EXEMPT) == score_person(marks, RULES, EXEMPT)
    on = date(2026, 12, 31)
    assert apel_ledger(mixed, LEDGER, EXEMPT, on=on) == apel_ledger(marks, LEDGER, EXEMPT, on=on)


@given(stories, st.integers(0, 24))
def test_misses_of_a_split_period_add_up(story: str, cut: int) -> None:
    marks, end = facts(story), date(2026, 12, 31)
    parts = [apel_ledger(part, LEDGER, on=end).misses for part in (marks[:cut], marks[cut:])]
    assert parts[0] + parts[1] == apel_ledger(marks, LEDGER, on=end).misses


@pytest.mark.parametrize(
    ("code", "first", "last", "before"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "2026-10"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-01"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026-Q3"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025"),
    ],
)
def test_periods_are_whole_civil_days(code: str, first: date, last: date, before: str) -> None:
    period = Period.parse(code)
    assert (period.code, period.from_date, period.to_date, period.before.code) == (code, first, last, before)


@pytest.mark.parametrize("code", ["26", "2026-13", "2026-00", "2026-Q5", "2026-q4", "1999-12", "2026-1", "2026-11-01"])
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=code):
        Period.parse(code)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_lies_in_its_own_periods_alone(day: date) -> None:
    for made in (Period.month, Period.quarter, Period.year):
        period = made(day)
        assert period.from_date <= day <= period.to_date
        assert period == Period.parse(period.code)
        assert period.before.to_date + timedelta(days=1) == period.from_date
