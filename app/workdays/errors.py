"""The ways the daily ledger says no."""

from app.core.errors import Invalid, NotFound


class WorkdayImportNotFound(NotFound):
    """There is no such attendance file."""


class WorkdayFileUnreadable(Invalid):
    """The file cannot be read as JSON.

    Near line {line} is something that is no JSON, or it is no list of records."""


class WorkdaySpanInvalid(Invalid):
    """This span of days cannot be read.

    The first day comes before the last, and there are at most {days} of them."""
