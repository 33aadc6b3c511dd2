"""The ways the calendar says no."""

from app.core.errors import NotFound


class CalendarDayNotFound(NotFound):
    """This day has no mark.

    Nothing is known of it beyond its weekday."""
