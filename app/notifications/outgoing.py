"""The requests that this service sends to receivers, as the OpenAPI document tells of them; nobody calls them here."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import Field

from app.core.events import Event
from app.core.fields import Read
from app.notifications import payloads
from app.notifications.rules import GONE, LONGEST_WISH, PATIENCE, PAUSES
from app.notifications.sending import MOST_READ, TOTAL

_DAYS = sum(pause.total_seconds() for pause in PAUSES) / 86400
ANSWERS: dict[int | str, dict[str, Any]] = {
    "2XX": {
        "description": f"Taken. It is waited for {TOTAL:.0f} seconds; work that takes longer is done afterwards. "
        f"At most {MOST_READ} bytes of the body are read, and none are kept."
    },
    GONE: {
        "description": "The receiver wants nothing any more: the message is cancelled, the webhook becomes `gone`, and "
        "nothing is sent to it until a person makes it `active` again."
    },
    "default": {
        "description": f"Not taken; a redirect is not followed, and no answer counts as this too. The same body is "
        f"sent again under the same `webhook-id`, {len(PAUSES)} times in all within {_DAYS:.0f} days and a little "
        f"more. A receiver that took nothing for {PATIENCE.days} days is `paused`.",
        "headers": {
            "Retry-After": {
                "description": f"Seconds to wait before the next try, up to {LONGEST_WISH.total_seconds():.0f}; "
                "it never shortens the pause.",
                "schema": {"type": "integer", "minimum": 0},
            }
        },
    },
}


class Signed(Read):
    """The three headers of Standard Webhooks."""

    webhook_id: Annotated[
        str, Field(pattern="^msg_[0-9a-f-]{36}$", examples=["msg_01936d2a-0000-7000-8000-000000000001"])
    ]
    """The same at every try; keep it, and do the work once: a message may come again."""
    webhook_timestamp: Annotated[str, Field(pattern="^[0-9]{1,12}$", examples=["1795392000"])]
    """When this try was sent, in seconds of Unix time; refuse what is older than five minutes."""
    webhook_signature: Annotated[
        str,
        Field(
            pattern="^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)?$",
            examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
        ),
    ]
    """`v1,` and the Base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, the body as it came; two
    signatures with a blank between them for 24 hours after the secret was renewed. One that fits is enough."""


outgoing = APIRouter(tags=["notifications"], responses=ANSWERS)
Headers = Annotated[Signed, Header()]


@outgoing.post(Event.REPORT_MISSING)
async def on_report_missing(body: payloads.ReportMissingMessage, headers: Headers) -> None:
    """OPDs have not reported `minutes_before` minutes before the deadline.

    Once per deadline; one that was moved is reminded of anew. Not sent once the deadline has passed.
    """


@outgoing.post(Event.REPORT_RETURNED)
async def on_report_returned(body: payloads.ReportReturnedMessage, headers: Headers) -> None:
    """An OPD's report was returned to be amended.

    The reason is not told, since people write names into it.
    """


@outgoing.post(Event.APEL_CLOSED)
async def on_apel_closed(body: payloads.ApelClosedMessage, headers: Headers) -> None:
    """An apel was closed: told at once where a person did it, after two minutes where it ended by itself.

    One that a person opened again and that is closed again is told again. Not sent after 24 hours.
    """


@outgoing.post(Event.FINDING_TO_REVIEW)
async def on_finding_to_review(body: payloads.FindingToReviewMessage, headers: Headers) -> None:
    """Somebody should look at findings about an OPD, graded `suspicious` or `impossible`.

    Sent once the apel and its deadline are over, each finding once.
    """


@outgoing.post(Event.SCORES_FINAL)
async def on_scores_final(body: payloads.ScoresFinalMessage, headers: Headers) -> None:
    """An apel is final and scored; one that was opened again and became final again is told again."""


@outgoing.post(Event.CIRCULAR_TO_ACKNOWLEDGE)
async def on_circular_to_acknowledge(body: payloads.CircularToAcknowledgeMessage, headers: Headers) -> None:
    """A circular was published and waits to be acknowledged."""


@outgoing.post(Event.WEBHOOK_TEST)
async def on_webhook_test(body: payloads.WebhookTestMessage, headers: Headers) -> None:
    """Somebody tries whether the receiver hears; it comes of `POST /v1/webhooks/{webhook_id}/test` only."""
