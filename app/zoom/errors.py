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
