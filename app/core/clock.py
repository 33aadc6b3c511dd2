"""Time: aware UTC instants everywhere, and the one place where an instant becomes a civil day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def civil_date(instant: datetime, zone: ZoneInfo) -> date:
    """The regency's calendar day of an instant (23:30 UTC is already tomorrow in Makassar)."""
    return instant.astimezone(zone).date()


def civil_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall-clock time on a civil day."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def civil_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open UTC interval that a civil day covers."""
    return civil_instant(day, time.min, zone), civil_instant(day + timedelta(days=1), time.min, zone)
