"""The ways the board says no."""

from app.core.errors import NotFound, Unauthenticated, Unavailable


class NotOnBoard(NotFound):
    """This OPD has no row on the board.

    It does not report itself at this apel; ask for the OPD that reports for it."""


class TicketRefused(Unauthenticated):
    """This ticket opens nothing.

    It was used already, or is older than half a minute. Ask for a new one with `POST /v1/board/tickets`."""


class TooManyViewers(Unavailable):
    """Too many look at the board already.

    Try again in {retry_after} seconds; the board can still be read as JSON."""
