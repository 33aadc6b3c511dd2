"""How notifications say no."""

from app.core.errors import Conflict, Invalid, NotFound


class WebhookNotFound(NotFound):
    """There is no such webhook.

    It never was, or was ended."""


class DeliveryNotFound(NotFound):
    """There is no such delivery.

    It never was, or was removed from the log."""


class WebhookAddressRefused(Invalid):
    """This address is not called.

    Give an https address at port 443 or 8443 whose host is public, without user name and password; receivers inside
    the own network are listed in APEL_WEBHOOK_HOSTS."""


class WebhookNotActive(Conflict):
    """This webhook is not active.

    It is {state}; set its state to active first."""


class TooManyWebhooks(Conflict):
    """There are enough webhooks.

    There may be {limit}; end one that nobody needs."""
