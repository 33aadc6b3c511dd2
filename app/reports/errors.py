"""The ways in which a report is refused."""

from app.core.errors import Conflict, Invalid, NotFound


class ReportNotFound(NotFound):
    """There is no such report.

    Nothing has been reported by this OPD for this apel yet."""


class ReportTooEarly(Conflict):
    """This apel cannot be reported yet.

    Reports are accepted from 00:00 on {date}, the day of the apel."""


class NotAReportingUnit(Conflict):
    """This OPD does not send a report of its own.

    Its people are reported by {reporter}."""


class NobodyReportsForOpd(Conflict):
    """This OPD is in nobody's report.

    Neither this OPD nor one above it reports on that day; have the registry corrected."""


class OpdNotCalled(Conflict):
    """This OPD is not called to this apel.

    The apel is held for other OPDs."""


class EntriesMismatch(Invalid):
    """The named people do not agree with the counts.

    There are {count} places that contradict each other; see the list of errors."""


class UnknownPerson(Invalid):
    """Somebody in the report is not known to the registry.

    {count} of the people could not be found; see the list of errors for their places."""


class DuplicatePerson(Invalid):
    """Somebody is named more than once.

    {count} of the entries name a person again; see the list of errors."""


class ChannelRequired(Invalid):
    """Say how this report came in.

    Whoever reports on behalf of an OPD names the channel (phone, wa, radio or paper) and the caller."""


class ChannelNotAllowed(Invalid):
    """Channel and caller are for reports on behalf.

    An OPD that reports for itself leaves both out."""


class ReasonRequired(Invalid):
    """Say why the report is changed.

    Another claim than the one sent before needs a reason."""


class ReportReturned(Conflict):
    """This report was returned.

    Amend it first, or have the personnel office verify it as it is."""
