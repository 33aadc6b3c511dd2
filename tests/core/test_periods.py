"""Which day a figure of a span is held against."""

from datetime import date

import pytest

from app.core.periods import Period

NOVEMBER = Period.parse("2026-11")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 10, 5), date(2026, 11, 1), id="ahead: as it will be on its first day"),
        pytest.param(date(2026, 11, 1), date(2026, 11, 1), id="on its first day: today"),
        pytest.param(date(2026, 11, 17), date(2026, 11, 17), id="while it runs: today"),
        pytest.param(date(2026, 12, 1), date(2026, 11, 30), id="over: its last day"),
    ],
)
def test_the_day_whose_rules_count(today: date, expected: date) -> None:
    assert NOVEMBER.day_of_rules(today) == expected
