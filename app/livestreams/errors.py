"""The ways in which the room of broadcasts says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class IncidentNotFound(NotFound):
    """There is no such report of a broadcast, or you may not see it."""


class IncidentNotOver(Invalid):
    """The broadcast is reported when it is over.

    It would end later than now; report what was seen until now."""


class IncidentToldOtherwise(Conflict):
    """This broadcast is reported already, and otherwise.

    It was told with another platform, another end, or as live instead of posted afterwards; the report stays."""


class IncidentStepNotPossible(Conflict):
    """The report has not come to this step, or is past it.

    {step} cannot follow now; possible next: {possible}."""


class TalkNotHeldYet(Invalid):
    """A talk is recorded when it was held."""


class StepNotYours(Forbidden):
    """Only the person answers; the head of the unit and the personnel office take the other steps.

    Nobody takes them in a matter of their own."""


class PermitNotFound(NotFound):
    """There is no such permit, or you may not see it."""


class PermitNotYours(Forbidden):
    """A head proposes permits for the own unit and its people, and withdraws what is not confirmed yet.

    Name the unit or people of it; the office decides on the rest."""


class PermitWithdrawn(Conflict):
    """This permit was withdrawn.

    Register it anew if it holds after all."""


class StreamNoteNotFound(NotFound):
    """This apel was not broadcast then."""
