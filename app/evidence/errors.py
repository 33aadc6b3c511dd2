"""The ways the evidence room says no."""

from app.core.errors import Conflict, Invalid, NotFound


class ParticipantNotFound(NotFound):
    """There is no such participant at this apel.

    It may have been recognised meanwhile; read the list again."""


class SubjectUnclear(Invalid):
    """Say whom this participant is: a person, a room, or an operator.

    Exactly one of asn_id, opd_code and operator is needed."""


class SubjectNotAtApel(Invalid):
    """This person or OPD is not on the roster of this apel."""


class NothingToRemember(Conflict):
    """This participant shows nothing by which it could be recognised next time.

    It has no account, e-mail or registrant of its own, and its name is not telling; assign it for this apel only."""


class NothingAssigned(Conflict):
    """Nobody assigned this participant.

    What it is was concluded from what it showed; an assignment is taken back at the participant about whom it was
    said, as each decision names it."""


class AssignmentReplaced(Conflict):
    """This assignment counts no longer: a later one took its place.

    {by} said later that it is {whom}, and that counts. Take back that assignment, or assign again."""


class AliasNotFound(NotFound):
    """Nothing like this is remembered."""


class SpotCheckNotFound(NotFound):
    """There is no such spot check."""


class DrawTooEarly(Conflict):
    """Rooms are drawn after the report deadline.

    It passes at {deadline}; whom an OPD claims to be in its room is known then."""


class NothingToDraw(Conflict):
    """There is no room to draw.

    No report claims people in a room, or all such rooms were drawn already."""
