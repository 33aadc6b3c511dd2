"""The ways the room of circulars says no."""

from app.core.errors import Conflict, Invalid, NotFound


class CircularNotFound(NotFound):
    """There is no such circular, or it is not published."""


class CircularFileNotFound(NotFound):
    """This circular has no file."""


class CircularNumberTaken(Conflict):
    """There is a circular with this number already.

    {number} exists in version {version}; a later version names the one that it supersedes."""


class CircularPublished(Conflict):
    """This circular is published and does not change any more.

    Make a new version that supersedes it; it will be acknowledged anew."""


class CircularNotPublished(Conflict):
    """This circular is not published yet."""


class CircularNotValid(Conflict):
    """This circular was superseded or withdrawn.

    Read and acknowledge the one that is in force now."""


class CircularSuperseded(Conflict):
    """Another circular supersedes that one already.

    {number} (version {version}) took its place; supersede the latest one."""


class CircularForNobody(Invalid):
    """This circular addresses nobody.

    Name offices, or employment types of people."""


class CircularDeadlineInvalid(Invalid):
    """The deadline does not fit.

    It cannot have to be acknowledged before {date}."""


class CircularFileNotPdf(Invalid):
    """The file is no PDF.

    Send the signed circular as PDF."""


class NotAddressed(Invalid):
    """This circular does not address you or your office."""


class AcknowledgementsRefused(Invalid):
    """Nothing was recorded.

    There are {count} things to correct in the list; see the list of errors."""


class DesaListRefused(Invalid):
    """The list of villages was not kept.

    There are {count} things to correct in the list; see the list of errors."""
