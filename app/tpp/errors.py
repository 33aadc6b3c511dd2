"""The ways the TPP room says no."""

from app.core.errors import Conflict, Invalid, NotFound


class TppSheetNotFound(NotFound):
    """There is no such sheet, or you may not see it."""


class TppObjectionNotFound(NotFound):
    """There is no such objection, or you may not see it."""


class NotOnSheet(NotFound):
    """You are not on this sheet."""


class NoTppRules(Conflict):
    """The policy in force has no table of the TPP.

    {policy} says nothing about the TPP on {day}; put a policy with a table in force first."""


class NoTrialPolicy(Conflict):
    """No policy is on trial.

    None covers {day}; a sheet without `trial` is calculated under the policy in force."""


class UnitKeepsNoSheet(Conflict):
    """This OPD keeps no sheet of its own.

    Its people are on the sheet of {unit_code}."""


class TrialCutsNothing(Conflict):
    """A sheet under a policy on trial is for looking at only.

    It cuts nothing: nobody publishes, signs or freezes it."""


class SheetNotReady(Conflict):
    """The sheet is not at this step.

    It is {state}; a draft is published, signed by the head of the unit, then frozen."""


class TppMonthNotOver(Conflict):
    """The days of this sheet are not over.

    Its last day is {day}; it can be published from the day after."""


class ObjectionWindowOpen(Conflict):
    """The people on this sheet may still object.

    They may until {day}; it can be signed from the day after."""


class ObjectionWindowClosed(Conflict):
    """The time for objections is over.

    It ended on {day}; what is wrong all the same is corrected by the personnel office and repaid."""


class ObjectionsOpen(Conflict):
    """Objections wait for an answer.

    {count} of them have none yet; answer them before the sheet is signed."""


class ObjectionAnswered(Conflict):
    """This objection was answered already.

    The answer was {outcome}; it stays on record."""


class SheetMoved(Conflict):
    """The facts moved on since this sheet was published.

    Publish it anew, so that its people see what is signed."""


class SheetNotFrozen(Conflict):
    """Only a frozen sheet is corrected.

    This one is {state}: until it is frozen it follows the facts when it is published anew."""


class CorrectionTooEarly(Conflict):
    """A correction is settled with a later month.

    The sheet is of {month}; name a month after it."""


class NothingToCorrect(Conflict):
    """Nothing changed since this sheet was frozen.

    Every person's calculation is still what was settled."""


class RateFileRefused(Invalid):
    """Nothing was loaded.

    There are {count} things to correct in the file; see the list of errors."""
