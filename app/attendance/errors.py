"""The ways attendance says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class FindingNotFound(NotFound):
    """There is no such finding, or you may not see it."""


class PersonNotFound(NotFound):
    """There is no such person, or you may not see them."""


class DecisionNeeded(Invalid):
    """Say which mark counts.

    This finding leaves a mark open; give the status that you decided: H or TK, or the code of an excuse."""


class DecisionNotAsked(Invalid):
    """This finding leaves no mark open.

    Only a disputed absence is decided here; leave the status out."""


class AttendanceFinal(Conflict):
    """This apel is final.

    Findings of a final apel are resolved after it has been reopened."""


class CountNotYours(Forbidden):
    """A head count is not settled by the OPD that was counted.

    Tell the personnel office or the operator what explains the difference; they settle it."""
