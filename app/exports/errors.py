"""The ways exports say no."""

from app.core.errors import Invalid


class PackPeopleUnknown(Invalid):
    """Some people of the list are not known.

    {count} of them did not serve in this month, or are not in the register; see the list of errors."""
