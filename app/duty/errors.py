"""The ways the duty room says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class AbsenceNotFound(NotFound):
    """There is no such absence, or you may not see it."""


class AbsenceDaysReversed(Invalid):
    """The absence ends before it begins.

    It would run from {from_date} to {to_date}."""


class AbsenceOverlaps(Conflict):
    """Another confirmed absence covers these days.

    One is confirmed from {from_date} to {to_date}; change or reject it first."""


class OnlyHeadConfirms(Forbidden):
    """The head of the OPD or the personnel office decides on an absence.

    You may propose one, and correct it until it is decided."""


class AbsenceFileRefused(Invalid):
    """Nothing was imported.

    There are {count} things to correct in the file; see the list of errors."""


class ShiftNotFound(NotFound):
    """There is no such shift, or you may not see it."""


class ShiftsRefused(Invalid):
    """No shift was registered.

    There are {count} things to correct; see the list of errors."""
