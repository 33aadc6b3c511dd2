"""Days and times as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.texts.dates import clock_time, long_day

HALF_PAST_MIDNIGHT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


def test_a_day_is_written_out() -> None:
    assert long_day(date(2026, 11, 23)) == "Senin, 23 November 2026"
    assert long_day(date(2027, 3, 7)) == "Minggu, 7 Maret 2027"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        pytest.param("Asia/Jakarta", "07.30 WIB", id="west"),
        pytest.param("Asia/Makassar", "08.30 WITA", id="middle"),
        pytest.param("Asia/Jayapura", "09.30 WIT", id="east"),
        pytest.param("Europe/Amsterdam", "01.30", id="a zone that Indonesia does not have bears no name"),
    ],
)
def test_a_time_is_the_wall_clock_of_the_regency(zone: str, written: str) -> None:
    assert clock_time(HALF_PAST_MIDNIGHT, ZoneInfo(zone)) == written
