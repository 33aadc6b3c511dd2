"""The ways the counters' room says no."""

from app.core.errors import Conflict, Invalid


class PromiseInPast(Conflict):
    """Days that are counted already keep their promise.

    A promise begins today or later, or on the first day of a service that has none yet; it would begin on {from_date}.
    """


class ServiceTimesRefused(Invalid):
    """Nothing was kept.

    There are {count} things to correct; see the list of errors."""


class ServiceTimeFileRefused(Invalid):
    """Nothing was imported.

    There are {count} things to correct in the file; see the list of errors."""


class SpeedSpanInvalid(Invalid):
    """The span of days does not fit.

    Ask for a period, or for at most {days} days that end after they begin."""
