"""The ways the registry says no."""

from app.core.errors import NotFound


class OpdNotFound(NotFound):
    """There is no such OPD, or you may not see it."""


class AsnNotFound(NotFound):
    """There is no such person, or you may not see the record."""
