"""Webhooks, their log, and texts to be pasted, as they are asked and told."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.events import Event
from app.core.fields import Body, Line, OpdCode, Read
from app.core.paging import MAX_LIMIT
from app.notifications.rules import DeliveryState, WebhookState

Url = Annotated[
    str,
    StringConstraints(min_length=8, max_length=2000),
    Field(examples=["https://wa.example.go.id/apel"], json_schema_extra={"format": "uri"}),
]
"""Where messages are posted; judged by the service, since what may be called is the place's own matter."""
Subscribed = Literal[
    Event.REPORT_MISSING,
    Event.REPORT_RETURNED,
    Event.APEL_CLOSED,
    Event.SCORES_FINAL,
    Event.FINDING_TO_REVIEW,
    Event.CIRCULAR_TO_ACKNOWLEDGE,
]
Events = Annotated[list[Subscribed], Field(min_length=1, max_length=20, examples=[["report.missing", "apel.closed"]])]
Minutes = Annotated[int, Field(strict=True, ge=1, le=1440)]


class WebhookCreate(Body):
    url: Url
    events: Events
    description: Line | None = None
    minutes_before: Minutes = 15
    """How long before the deadline `report.missing` comes."""


class WebhookChange(Body):
    """What is not named stays as it is."""

    url: Url | None = None
    events: Events | None = None
    description: Line | None = None
    minutes_before: Minutes | None = None
    state: Literal[WebhookState.ACTIVE, WebhookState.DISABLED] | None = None
    """`active` also lets a paused one go on, with what waited meanwhile."""


class WebhookRead(Read):
    id: UUID
    url: str
    events: list[str]
    description: str | None
    minutes_before: int
    state: WebhookState
    state_since: datetime
    failing_since: datetime | None
    """The first try that failed since the last one that did not; null: the last try went well."""
    previous_until: datetime | None
    """Until then the secret before signs too."""
    created_at: datetime
    version: int


class WebhookMade(WebhookRead):
    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]
    """Shown this once; it verifies the signatures."""


class AttemptRead(Read):
    started_at: datetime
    ended_at: datetime | None
    """Null: it is on its way, or the process that sent it died before it could tell."""
    status: int | None
    """The HTTP status that was answered."""
    error: str | None
    """Why there was no answer: timeout, no-connection, tls, broken-answer, secret-unreadable, address-…"""


class DeliveryRead(Read):
    id: UUID
    webhook_id: UUID
    message_id: str
    """The `webhook-id` header, the same at each try."""
    event: Event
    payload: dict[str, Any]
    state: DeliveryState
    made_at: datetime
    next_try_at: datetime | None
    useful_until: datetime | None
    done_at: datetime | None
    attempts: list[AttemptRead]


class WebhookFilter(Body):
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class DeliveryFilter(WebhookFilter):
    state: DeliveryState | None = None


class MessageRead(Read):
    """One text, ready to be pasted into a messenger group."""

    event: Event
    opd_code: OpdCode | None
    """Whom it addresses; null: everybody."""
    text: str


class MessagesRead(Read):
    apel_id: UUID
    items: list[MessageRead]
