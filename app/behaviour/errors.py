"""The ways the behaviour room says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class AssessmentNotFound(NotFound):
    """There is no such assessment, or you may not see it."""


class OneselfNotAssessed(Forbidden):
    """Nobody gives this word about themselves.

    Your own superior assesses you; you may add your self-assessment."""


class SuperiorIsNoPeer(Conflict):
    """You are this person's superior, not a peer.

    Give your word as the superior; it counts once."""


class RaterNotAsked(Conflict):
    """The policy does not ask for this.

    In {period} the policy {policy} gives no weight to this kind of assessment ({rater})."""


class BehaviourPeriodNotBegun(Conflict):
    """This period has not begun.

    {period} begins on {from_date}."""


class BehaviourFileRefused(Invalid):
    """Nothing of the assessments was imported.

    There are {count} things to correct in the file; see the list of errors."""


class TrainingNotFound(NotFound):
    """There is no such training, or you may not see it."""


class TrainingDaysReversed(Invalid):
    """The training ends before it begins.

    It would run from {from_date} to {to_date}."""


class TrainingTooShort(Conflict):
    """Somebody attended for longer than the training would last.

    {hours} hours are written for one of the people; correct them first."""


class TrainingAttendanceRefused(Invalid):
    """Nothing of the attendance was kept.

    There are {count} things to correct; see the list of errors."""
