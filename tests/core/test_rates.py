"""The two rates, with the figures that regencies printed themselves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.rates import Percent, PercentRead, duty_rate, rate

OFFICIAL = [
    pytest.param(945, 976, "96.82", id="Minahasa in January 2024 printed 97 percent"),
    pytest.param(2308, 2372, "97.30", id="Kotamobagu printed 97 percent"),
    pytest.param(1, 800, "0.13", id="an eighth of a percent is rounded up"),
    pytest.param(0, 5, "0.00", id="nobody of five"),
    pytest.param(5, 5, "100.00", id="all of five"),
]


@pytest.mark.parametrize(("present", "strength", "percent"), OFFICIAL)
def test_rate_is_present_out_of_strength(present: int, strength: int, percent: str) -> None:
    assert rate(present, strength).percent == Decimal(percent)


def test_duty_rate_leaves_the_excused_out_of_the_denominator() -> None:
    assert duty_rate(945, 976, {"CT": 1, "S": 5}) == Percent(945, 970, {"CT": 1, "S": 5})
    assert duty_rate(945, 976, {"CT": 1, "S": 5}).percent == Decimal("97.42")


def test_nothing_can_be_said_about_nobody() -> None:
    assert rate(0, 0).percent is None
    assert duty_rate(0, 3, {"DL": 3}).percent is None


def test_a_percentage_is_read_as_a_number() -> None:
    read = PercentRead.model_validate(duty_rate(945, 976, {"CT": 1, "S": 5}))
    assert read.model_dump_json() == '{"numerator":945,"denominator":970,"excluded":{"CT":1,"S":5},"percent":97.42}'


@given(strength=st.integers(1, 100_000), data=st.data())
def test_a_percentage_is_never_further_than_half_a_hundredth_from_the_share(strength: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, strength))
    percent = rate(present, strength).percent
    assert percent is not None
    assert -Decimal("0.005") < percent - Decimal(100 * present) / strength <= Decimal("0.005")
