"""The ways sheets say no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class SheetNotFound(NotFound):
    """There is no such sheet, or it was not issued to you."""


class SheetCodeUnknown(NotFound):
    """No sheet was issued with this code.

    Check the code on the sheet. A sheet whose code is unknown here was not issued by this service."""


class SheetKindNotAllowed(Forbidden):
    """Your role may not issue this kind of sheet."""


class SheetFormatUnsuited(Invalid):
    """This kind of sheet is not made in this format.

    It is made as: {formats}."""


class SheetDetailMissing(Invalid):
    """Something that this kind of sheet needs was not said.

    See the list of errors."""


class SheetSpanTooLong(Invalid):
    """The span is longer than a sheet can show.

    At most {most} apels fit; choose a shorter span."""


class SheetSpanEmpty(Conflict):
    """No apel was held in this span, so there is nothing to sum."""


class SheetUnitUnknown(NotFound):
    """This OPD reports nothing at this apel, or you may not see its people."""


class SheetWithoutFigures(Conflict):
    """This apel has no figures yet.

    It can be printed once it has been opened."""


class NotAfterIdulFitri(Conflict):
    """This is not the first working day after the Idul Fitri leave.

    The return is made for that day alone; this apel is on {day}."""


class SheetRunning(Conflict):
    """This sheet is still being made.

    Ask for its state; the file is there when it is issued."""


class SheetFailed(Conflict):
    """This sheet could not be made.

    Ask for a new one."""
