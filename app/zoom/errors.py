"""The ways Zoom's deliveries are turned away, and the ways Zoom turns us away."""

from datetime import timedelta

from app.core.errors import Conflict, Invalid, Unauthenticated, Unavailable


class SignatureInvalid(Unauthenticated):
    """The signature does not fit this delivery.

    x-zm-request-timestamp and x-zm-signature must be those of exactly this body."""


class SignatureStale(Unauthenticated):
    """This delivery was signed too long ago, or in the future.

    It lies {skew} seconds from our clock and was set aside; check both clocks."""


class WebhookSecretMissing(Unavailable):
    """Deliveries from Zoom cannot be checked yet.

    Set APEL_ZOOM_WEBHOOK_SECRETS to the secret token of the Zoom app."""


class EventNotStored(Unavailable):
    """The event could not be stored in time.

    Send it again; an event that was stored after all is counted once."""


class EventNotObject(Invalid):
    """An event is a JSON object.

    Send the body as Zoom sent it, byte for byte."""


class ReleaseUnclear(Invalid):
    """Say what is to be released.

    Either some deliveries by `ids`, or `all`: true."""


class ZoomNotConnected(Conflict):
    """This service has no access to Zoom's API.

    Set APEL_ZOOM_ACCOUNT_ID, APEL_ZOOM_CLIENT_ID and APEL_ZOOM_CLIENT_SECRET of the server-to-server app."""


class ApelWithoutMeeting(Conflict):
    """This apel has no Zoom meeting.

    Give it the meeting's number first; then there is a report to pull."""


class ZoomUnavailable(Unavailable):
    """Zoom cannot be reached, or cannot answer right now.

    Nothing is lost; it will be tried again."""

    @property
    def sent(self) -> bool:
        """Zoom may have received the request, and done what it asks."""
        return bool(self.facts.get("sent", True))


class ZoomBusy(Unavailable):
    """Zoom asks for patience.

    Its limit of requests is reached; try again in {retry_after} seconds."""

    @property
    def retry_after(self) -> timedelta:
        return timedelta(seconds=int(self.facts["retry_after"]))


class ZoomRefused(Conflict):
    """Zoom refuses this.

    Its answer was {status} with code {zoom_code}."""


class ZoomNotFound(ZoomRefused):
    """Zoom does not know this meeting or user.

    Its answer was {status} with code {zoom_code}; it may be deleted, or older than Zoom remembers."""


class ZoomNotPermitted(ZoomRefused):
    """Zoom does not permit this to our app.

    Its answer was {status} with code {zoom_code}; check the app's credentials, its scopes and the licence."""


class PageTokenExpired(ZoomRefused):
    """The list was read too slowly; read it from the beginning.

    Its answer was {status} with code {zoom_code}."""


class ZoomNumberMissing(Invalid):
    """Say which meeting it is.

    Without access to Zoom's API none can be made: give its number, and its passcode if it has one."""


class CsvLayoutUnknown(Invalid):
    """This is no participants file of Zoom's that we know.

    No columns for name, join time and leave time were found; export it from the report of this one meeting in Zoom's
    portal, in English or Indonesian, and send it unchanged."""


class CsvWithoutTimes(Invalid):
    """This file sums up each participant and does not say when they came and left.

    Export it again without "Show unique users"."""


class CsvSeveralMeetings(Invalid):
    """This file holds several meetings.

    Line {line} is of another one than the first; export one meeting at a time."""


class CsvDatesUnclear(Invalid):
    """The dates in this file can be read in two ways.

    Line {line}: month and day cannot be told apart, and neither reading alone fits the day of the apel; set the
    language of Zoom's portal to English and export again."""


class CsvRowsRefused(Invalid):
    """Nothing was imported.

    There are {count} things in the file that cannot be read; see the list of errors."""


class CsvEmpty(Invalid):
    """This file names nobody.

    Zoom's report fills some minutes after the meeting; export it again later."""


class ZoneUnknown(Invalid):
    """There is no such time zone.

    Give the zone of the Zoom account by its name, for example Asia/Makassar."""


class CsvOfOtherMeeting(Conflict):
    """This file is of a meeting that is not this apel's.

    Its number or its time is not that of the apel."""


class CsvRunUnclear(Conflict):
    """It is not clear of which run of the meeting this file is.

    The apel has {runs} of them; export it again with the meeting data above the participants."""


class CsvTimesElsewhere(Conflict):
    """The times in this file are not those of the meeting.

    Give the time zone of the Zoom account with it."""
