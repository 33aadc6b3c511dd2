"""The ways the board says no."""

from app.core.errors import NotFound


class NotOnBoard(NotFound):
    """This OPD has no row on the board.

    It does not report itself at this apel; ask for the OPD that reports for it."""
