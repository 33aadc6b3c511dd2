"""Who is proposed for a reward, as tables and properties."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.rewards import (
    Attendance,
    Award,
    Candidate,
    Exclusion,
    People,
    Season,
    best_units,
    eligible,
    months_before,
    most_improved,
    perfect_people,
    sanction_hindrance,
    shown_to,
)
from app.policies.rules_of_persons import RewardRules
from app.policies.sources import Source
from app.scoring.rules import Figures
from app.scoring.standing import Standing

RULES = RewardRules(
    best_per_band=1,
    improved_points=5,
    perfect_minimum_apels=3,
    recent_months=6,
    source=Source("uji", False),
)
SITI, BUDI = UUID(int=1), UUID(int=2)


def unit(points: str, rank: int | None = 1, band: str = "kecil") -> Standing:
    return Standing(4, Decimal(points), Figures(9, 10), band, 2, rank, "utama" if rank else None)


def attended(asn_id: UUID = SITI, **counted: Any) -> Attendance:
    """Four roll-calls, all attended, unless something else is said."""
    usual = {"apels": 4, "present": 4, "unexplained": 0, "undecided": 0, "not_final": 0, "left_early": False}
    return Attendance(asn_id, "DISDIK", **(usual | counted))


def proposed(candidates: Sequence[Candidate]) -> list[str | UUID]:
    return [candidate.subject for candidate in eligible(candidates)]


def test_the_best_of_each_band_is_proposed_and_ties_are_shared() -> None:
    standings = {
        "A": unit("90"),
        "B": unit("90"),
        "C": unit("80", 3),
        "BIG": unit("60", 1, "besar"),
        "BIGGER": unit("50", 2, "besar"),
        "TINY": unit("100", None),
    }
    found = best_units(Season(standings), RULES)
    assert proposed(found) == ["A", "B", "BIG"]
    assert found[2] == Candidate(
        Award.BEST_OPD, "BIG", "BIG", {"points": "60", "rank": 1, "band": "besar", "ranked": 2, "apels": 4}
    )


def test_the_best_of_one_is_shown_and_not_proposed() -> None:
    (only,) = best_units(Season({"A": unit("90"), "TINY": unit("99", None)}), RULES)
    assert only.excluded == (Exclusion.ALONE_IN_BAND,)


def test_nothing_is_proposed_while_the_period_can_still_change() -> None:
    season = Season({"A": unit("90"), "B": unit("80", 2)}, frozenset({Exclusion.NOT_FINAL, Exclusion.NOT_OVER}))
    (best,) = best_units(season, RULES)
    assert best.excluded == (Exclusion.NOT_OVER, Exclusion.NOT_FINAL)


BEFORE = Season({"A": unit("60"), "B": unit("60"), "C": unit("60"), "BIG": unit("40", 1, "besar")})


@pytest.mark.parametrize(
    ("points", "found"),
    [
        pytest.param({"A": "66", "B": "70", "C": "61"}, ["B"], id="the greatest rise of the band is proposed"),
        pytest.param({"A": "70", "B": "70"}, ["A", "B"], id="the same rise is shared"),
        pytest.param({"A": "65"}, ["A"], id="a rise of just what is asked counts"),
        pytest.param({"A": "64.99"}, [], id="a hundredth less does not"),
        pytest.param({"A": "50", "B": "40"}, [], id="who fell least has not risen"),
        pytest.param({"NEW": "99"}, [], id="who had no period before cannot have risen"),
    ],
)
def test_most_improved(points: dict[str, str], found: list[str]) -> None:
    now = Season({code: unit(reached) for code, reached in points.items()})
    assert proposed(most_improved(now, BEFORE, RULES, same_rules=True)) == found


def test_each_band_has_its_own_most_improved() -> None:
    now = Season({"A": unit("90"), "B": unit("70"), "BIG": unit("46", 1, "besar")})
    assert proposed(most_improved(now, BEFORE, RULES, same_rules=True)) == ["A", "BIG"]


def test_points_of_other_rules_are_not_compared() -> None:
    (risen,) = most_improved(Season({"A": unit("90")}), BEFORE, RULES, same_rules=False)
    assert risen.excluded == (Exclusion.RULES_CHANGED,)
    assert risen.facts == {"points": "90", "points_before": "60", "rise": "30", "asked": 5, "band": "kecil"}


@pytest.mark.parametrize(
    ("counted", "found"),
    [
        pytest.param({}, True, id="present whenever bound"),
        pytest.param({"apels": 2, "present": 2}, False, id="too few apels to speak of"),
        pytest.param({"apels": 5, "unexplained": 1}, False, id="one absence without reason"),
        pytest.param({"left_early": True}, False, id="one apel left early"),
        pytest.param({"apels": 9}, True, id="leave and the silence of the OPD break nothing"),
        pytest.param({"apels": 9, "present": 2}, False, id="and do not count as attended"),
        pytest.param({"apels": 9, "present": 0}, False, id="nobody is perfect unseen"),
    ],
)
def test_perfect_attendance(counted: dict[str, Any], found: bool) -> None:
    assert bool(proposed(perfect_people(People([attended(**counted)]), RULES))) is found


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        pytest.param({"present": 2, "undecided": 2}, Exclusion.UNDECIDED, id="a mark is disputed"),
        pytest.param({"not_final": 1}, Exclusion.NOT_FINAL, id="an apel of the person is not final"),
    ],
)
def test_what_is_not_settled_keeps_a_perfect_person_waiting(counted: dict[str, Any], why: Exclusion) -> None:
    (waiting,) = perfect_people(People([attended(**counted)]), RULES)
    assert waiting.excluded == (why,)


def test_the_figures_of_a_person_add_up() -> None:
    (siti,) = perfect_people(People([attended(apels=6, present=3, undecided=1)]), RULES)
    assert siti.facts == {"apels": 6, "present": 3, "neither": 2, "asked": 3}


def test_a_case_excludes_and_only_who_may_know_of_it_sees_the_name() -> None:
    cases = {SITI: frozenset({Exclusion.OPEN_CASE})}
    found = perfect_people(People([attended(SITI), attended(BUDI)], discipline=cases), RULES)
    assert proposed(found) == [BUDI]
    assert [one.subject for one in shown_to(found, knows_cases=True)] == [SITI, BUDI]
    assert [one.subject for one in shown_to(found, knows_cases=False)] == [BUDI]


@dataclass(frozen=True)
class Sanction:
    from_date: date
    to_date: date | None


@pytest.mark.parametrize(
    ("begun", "ended", "why"),
    [
        pytest.param(date(2026, 1, 1), date(2026, 12, 31), {Exclusion.RUNNING_SANCTION}, id="it runs"),
        pytest.param(date(2026, 1, 1), None, {Exclusion.RUNNING_SANCTION}, id="it has no end"),
        pytest.param(date(2026, 1, 1), date(2026, 6, 30), {Exclusion.RUNNING_SANCTION}, id="its last day"),
        pytest.param(date(2025, 1, 1), date(2026, 6, 29), {Exclusion.RECENT_SANCTION}, id="it ended yesterday"),
        pytest.param(date(2025, 1, 1), date(2025, 12, 30), {Exclusion.RECENT_SANCTION}, id="the last day that counts"),
        pytest.param(date(2025, 1, 1), date(2025, 12, 29), set(), id="it is long past"),
        pytest.param(date(2026, 7, 1), date(2026, 12, 31), set(), id="it has not begun"),
    ],
)
def test_sanctions_exclude_while_they_run_and_some_months_after(
    begun: date, ended: date | None, why: set[Exclusion]
) -> None:
    assert sanction_hindrance([Sanction(begun, ended)], date(2026, 6, 30), RULES) == why


def test_months_before_ends_with_a_shorter_month() -> None:
    assert months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)
    assert months_before(date(2026, 1, 15), 0) == date(2026, 1, 15)


COUNTS = st.fixed_dictionaries(
    {name: st.integers(0, 4) for name in ("present", "unexplained", "undecided", "not_final")}
)


@given(COUNTS)
def test_one_more_apel_attended_never_loses_the_reward(counted: dict[str, int]) -> None:
    before = attended(SITI, **counted, apels=20)
    after = replace(before, present=before.present + 1, apels=21)
    found, then = (proposed(perfect_people(People([one]), RULES)) for one in (before, after))
    assert set(found) <= set(then)


POINTS = st.dictionaries(st.sampled_from("ABCDEF"), st.decimals(0, 100, places=2), min_size=1)


@given(POINTS)
def test_nobody_with_more_points_in_the_band_is_passed_over(points: dict[str, Decimal]) -> None:
    standings = {
        code: unit(str(own), 1 + sum(other > own for other in points.values())) for code, own in points.items()
    }
    best = {candidate.subject for candidate in best_units(Season(standings), RULES)}
    assert best == {code for code, own in points.items() if own == max(points.values())}
