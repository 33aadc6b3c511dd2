"""Ranks among units of like size, and a unit against itself."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.rules import Figures
from app.scoring.standing import Sample, against_own, stand, tier_of
from tests.scoring.test_rules import POLICY


def apels(*points: str, strength: int = 10) -> list[Sample]:
    return [Sample(Decimal(one), Figures(strength - 1, strength)) for one in points]


def ranks(samples: dict[str, list[Sample]], **policy: Any) -> dict[str, int | None]:
    return {code: standing.rank for code, standing in stand(samples, replace(POLICY, **policy)).items()}


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    samples = {"A": apels("90", "90"), "B": apels("80", "100"), "C": apels("70", "70"), "D": apels("95", "95")}
    assert ranks(samples) == {"D": 1, "A": 2, "B": 2, "C": 4}
    del samples["D"]
    assert ranks(samples) == {"A": 1, "B": 1, "C": 3}


def test_averages_tie_as_they_are_printed() -> None:
    samples = {"A": apels("90", "90", "90.01"), "B": apels("90", "90", "90")}
    assert [stand(samples, POLICY)[code].points for code in "AB"] == [Decimal("90.00"), Decimal("90.00")]
    assert ranks(samples) == {"A": 1, "B": 1}


def test_units_are_ranked_within_their_size_only() -> None:
    samples = {
        "BAGIAN": apels("70", "70", strength=8),
        "CAMAT": apels("80", "80", strength=30),
        "DISDIK": apels("60", "60", strength=600),
        "DINKES": apels("90", "90", strength=400),
    }
    standings = stand(samples, POLICY)
    assert {code: (one.band, one.rank, one.band_size) for code, one in standings.items()} == {
        "BAGIAN": ("kecil", 1, 1),
        "CAMAT": ("sedang", 1, 1),
        "DISDIK": ("besar", 2, 2),
        "DINKES": ("besar", 1, 2),
    }


def test_the_latest_size_decides_the_band() -> None:
    grown = [*apels("90", strength=14), *apels("90", strength=16)]
    assert stand({"A": grown}, POLICY)["A"].band == "sedang"


def test_below_the_minimum_sample_there_is_neither_rank_nor_tier() -> None:
    samples = {"ONCE": apels("100"), "TINY": apels("100", "100", strength=4), "FULL": apels("60", "60")}
    standings = stand(samples, POLICY)
    assert {code: (one.rank, one.tier) for code, one in standings.items()} == {
        "ONCE": (None, None),
        "TINY": (None, None),
        "FULL": (1, "perlu-pembinaan"),
    }
    assert standings["ONCE"].points == Decimal("100.00")
    assert standings["ONCE"].band_size == 3
    assert ranks(samples, minimum_apels=1, minimum_strength=1) == {"ONCE": 1, "TINY": 1, "FULL": 3}


def test_a_unit_without_a_scored_apel_has_no_standing() -> None:
    assert stand({"A": []}, POLICY) == {}


@pytest.mark.parametrize(
    ("points", "tier"),
    [
        ("100", "utama"),
        ("90", "utama"),
        ("89.99", "baik"),
        ("75.00", "baik"),
        ("74.99", "perlu-pembinaan"),
        ("0", "perlu-pembinaan"),
    ],
)
def test_tiers_begin_where_the_policy_says(points: str, tier: str) -> None:
    assert tier_of(Decimal(points), POLICY) == tier


samples_of_units = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.lists(
        st.builds(
            Sample,
            st.decimals(0, 100, places=2),
            st.integers(0, 80).map(lambda strength: Figures(strength, strength)),
        ),
        min_size=1,
        max_size=5,
    ),
)


@given(samples_of_units)
def test_a_rank_counts_exactly_those_of_the_band_with_more_points(samples: dict[str, list[Sample]]) -> None:
    standings = stand(samples, POLICY)
    for mine in standings.values():
        ranked = [one for one in standings.values() if one.band == mine.band and one.rank is not None]
        if mine.rank is not None:
            assert mine.rank == 1 + sum(one.points > mine.points for one in ranked)
            assert (mine.apels >= 2, mine.tier is None) == (True, False)


def test_a_week_is_compared_with_all_people_of_the_apels_before_it() -> None:
    now = Figures(9, 10, {"DL": 1})
    own = against_own(now, [Figures(8, 10, {"S": 1}), Figures(45, 50, {"S": 2, "DL": 1})])
    assert own is not None
    assert own.figures == Figures(53, 60, {"DL": 1, "S": 3})
    # 90.00 − 88.33 and 100.00 − 94.64, each as printed.
    assert (own.apels, own.rate_delta, own.duty_rate_delta) == (2, Decimal("1.67"), Decimal("5.36"))


def test_without_an_earlier_apel_or_anybody_expected_nothing_is_compared() -> None:
    assert against_own(Figures(9, 10), []) is None
    own = against_own(Figures(0, 1, {"S": 1}), [Figures(9, 10)])
    assert own is not None
    assert (own.rate_delta, own.duty_rate_delta) == (Decimal("-90.00"), None)
