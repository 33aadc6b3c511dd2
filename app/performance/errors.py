"""The ways this room says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class AttendanceIsNoOutput(Invalid):
    """Being present is no output.

    {count} texts speak of an apel, a ceremony or clocking in; write what was produced. See the list of errors."""


class PlanRefused(Invalid):
    """This plan cannot be kept.

    There are {count} things to correct; see the list of errors."""


class AchievementsRefused(Invalid):
    """Nothing was kept of these achievements.

    There are {count} things to correct; see the list of errors."""


class PerformanceFileRefused(Invalid):
    """Nothing was imported.

    There are {count} things to correct in the file; see the list of errors."""


class PlanChangeNeedsReason(Invalid):
    """Say why the plan is changed.

    Another plan than the one kept needs a reason; earlier versions stay."""


class EvaluationChangeNeedsReason(Invalid):
    """Say why the evaluation is changed.

    Another evaluation than the one kept needs a reason; earlier versions stay."""


class AchievementNotFound(NotFound):
    """There is no such achievement, or you may not see it."""


class AchievementReplaced(Conflict):
    """A later version of this achievement was reported.

    Look at version {current} and decide on that one."""


class OwnPerformance(Forbidden):
    """Nobody verifies or evaluates their own performance.

    A superior does it, or the personnel office."""


class EvaluationTooEarly(Conflict):
    """This period has not begun.

    Its performance can be evaluated from {from_date} on."""


class OutputSpanInvalid(Invalid):
    """These days cannot be shown.

    Name a first day that is not after the last, and at most {days} days."""
