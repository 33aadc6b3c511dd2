"""The ways the room of deposits says no."""

from app.core.errors import Conflict, Invalid, NotFound


class AttendanceFirst(Conflict):
    """Attendance comes before the phone.

    Nothing is known yet of the attendance of {count} of them: report them first, since many report with their phones;
    see the list."""


class SlotTaken(Conflict):
    """Some slots hold another phone already.

    {count} of them are taken; take those phones out first or choose other slots."""


class DepositsRefused(Invalid):
    """Nothing was recorded.

    There are {count} things to correct in the list; see the list of errors."""


class SlotEmpty(NotFound):
    """No phone was laid into this slot, or it is not of your people."""


class LossNotFound(NotFound):
    """There is no such loss, or it is not of your people."""


class LossSettled(Conflict):
    """This loss was settled otherwise already.

    It ended as {outcome}."""
