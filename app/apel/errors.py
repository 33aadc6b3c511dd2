"""The ways the apel room says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class ApelNotFound(NotFound):
    """There is no such apel."""


class ApelFinal(Conflict):
    """This apel is final.

    Only the personnel office can reopen it, with a reason."""


class ApelCancelled(Conflict):
    """This apel was cancelled.

    The operator can take that back, with a reason."""


class ApelClosed(Conflict):
    """This apel is closed.

    The operator can reopen it, with a reason."""


class ApelNotOpen(Conflict):
    """This apel has not been opened.

    Cancel it if it will not be held."""


class ApelNotStarted(Conflict):
    """This apel has not begun yet."""


class ApelNotClosed(Conflict):
    """This apel is not closed yet.

    Only a closed apel can be made final."""


class DeadlineNotPassed(Conflict):
    """The deadline for reports has not passed yet.

    An apel is made final after its report deadline."""


class ClosingTimeInvalid(Invalid):
    """The ceremony cannot have ended then.

    The time lies between the beginning of the apel and now, after the last thing that a person did to it."""


class ApelReliedUpon(Conflict):
    """A signed decision rests on this apel.

    It is not reopened while the decision stands; a single mark can still be corrected."""


class ReopeningNeedsOperator(Forbidden):
    """Only the operator (kominfo) reopens a closed apel."""


class ReopeningNeedsAdmin(Forbidden):
    """Only the personnel office reopens a final apel."""


class ReopeningNeedsReason(Invalid):
    """Say why a final apel is reopened.

    Send a reason; it stays in the record."""


class ScheduleInvalid(Invalid):
    """The times do not fit together.

    An apel begins before it ends, within one day's length, and reports are due after it begins."""


class OpdUnknown(Invalid):
    """There is no such OPD on that day.

    Unknown: {opd_codes}."""


class CalendarEstimated(Conflict):
    """The calendar of {year} is still an estimate.

    Correct {year} from the joint decree (SKB) first; then the plan can be made."""


class PlanTooLong(Invalid):
    """The span of this plan does not fit.

    A plan covers at most {days} days and ends after it begins."""


class SumMismatch(Invalid):
    """The figures do not add up.

    Strength is {strength}, but present, excused and unexplained make {total}."""


class TurnMoved(Conflict):
    """The turn has moved on already.

    {current} was called meanwhile; nothing was changed."""


class NoTurnLeft(Conflict):
    """Every OPD has been called."""


class TurnNotCalled(Conflict):
    """This OPD has not been called yet."""


class TurnTaken(Conflict):
    """This OPD has had its turn.

    Use recall to call it again."""


class NotInTurns(NotFound):
    """This OPD has no turn at this apel."""
