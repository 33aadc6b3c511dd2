"""Days and times as people in the regency write them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ZONES = {timedelta(hours=7): " WIB", timedelta(hours=8): " WITA", timedelta(hours=9): " WIT"}


def long_day(day: date) -> str:
    """`Senin, 23 November 2026`."""
    return f"{_DAYS[day.weekday()]}, {long_date(day)}"


def long_date(day: date) -> str:
    """`23 November 2026`."""
    return f"{day.day} {month_name(day)} {day.year}"


def month_name(day: date) -> str:
    return _MONTHS[day.month - 1]


def clock_time(instant: datetime, zone: ZoneInfo) -> str:
    """`08.30 WITA`: the regency's wall clock, with the name of its zone where Indonesia has one."""
    local = instant.astimezone(zone)
    return f"{local:%H.%M}{_ZONES.get(local.utcoffset() or timedelta(0), '')}"
