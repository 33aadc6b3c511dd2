"""The ways attendance says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound, VersionMismatch, VersionRequired


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


class FindingResolved(VersionRequired):
    """This finding has been resolved already.

    {by} decided it. Read how, and send that version ({current}) in the If-Match header if your word shall count
    instead."""


class FindingResolvedAnew(VersionMismatch):
    """Somebody has resolved this finding anew meanwhile.

    {by} decided it. Read how, and repeat your word on version {current} if it shall count instead."""


class CountNotYours(Forbidden):
    """A head count is not settled by the OPD that was counted.

    Tell the personnel office or the operator what explains the difference; they settle it."""


class MarkNotFound(NotFound):
    """There is no such mark, or you may not see it."""


class ObjectionNotFound(NotFound):
    """There is no such objection, or you may not see it."""


class CorrectionNotFound(NotFound):
    """There is no such correction, or you may not see it."""


class MarkPending(Conflict):
    """Nothing counts for this person yet.

    A mark is contested and corrected once it was concluded, after the apel has closed and reports were due."""


class ObjectionTooLate(Conflict):
    """This mark could be contested until {until}.

    The personnel office can still correct it when a document shows that it is wrong."""


class ObjectionOpen(Conflict):
    """Your objection to this mark is being looked at.

    Wait for the answer; it is due on {answer_by}."""


class MarkObjectionAnswered(Conflict):
    """This mark was contested and the answer stands.

    Another objection is possible when the mark changes."""


class CorrectionNeeded(Invalid):
    """Say which mark is right and which document shows it.

    An accepted objection proposes a correction: give the status, and the number and date of the document."""


class CorrectionNotAsked(Invalid):
    """A rejected objection corrects nothing.

    Leave out status, mode and document."""


class ModeNotAsked(Invalid):
    """Only presence has a mode.

    Leave the mode out, or correct the mark to H."""


class MarkAlreadySo(Conflict):
    """The mark says this already.

    A correction gives another status or mode than the one that counts."""


class CorrectionWaiting(Conflict):
    """Another correction of this mark waits to be confirmed.

    Have it confirmed or withdrawn first."""


class CorrectionClosed(Conflict):
    """This correction is settled already.

    What was confirmed is changed by another correction, what was withdrawn by proposing it again."""


class MarkMoved(Conflict):
    """The mark has changed since this correction was proposed.

    Look at it again, withdraw this correction, and propose another one if it is still needed."""


class NeedsAnother(Forbidden):
    """Another person of the personnel office confirms a correction.

    You proposed this one; ask a colleague to look at the document and confirm it."""


class OwnMark(Forbidden):
    """Nobody decides about the own mark.

    Ask a colleague of the personnel office."""
