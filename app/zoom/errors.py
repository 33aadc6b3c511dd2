"""The ways Zoom's deliveries are turned away."""

from app.core.errors import Invalid, Unauthenticated, Unavailable


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
