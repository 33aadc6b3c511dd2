"""The ways in which the own record says no."""

from app.core.errors import NotFound


class NoOwnRecord(NotFound):
    """You have no record of your own here.

    This account belongs to no civil servant, so nothing is kept about its holder."""
