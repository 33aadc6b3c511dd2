"""Writes of webhooks: who is told what, under which secret, and what is sent once more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.db import lock_key, surroundings_of
from app.core.destinations import Destination, DestinationRefused, Listed, read_destination
from app.core.errors import FieldError
from app.core.events import Event
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.texts import text
from app.core.versions import require_version
from app.notifications import queries
from app.notifications.errors import TooManyWebhooks, WebhookAddressRefused, WebhookNotActive
from app.notifications.models import Webhook, WebhookDelivery
from app.notifications.payloads import payload_of
from app.notifications.rules import OVERLAP, DeliveryState, WebhookState
from app.notifications.schemas import WebhookChange, WebhookCreate
from app.notifications.signing import Seal, make_secret

MOST = 50
"""Every announcement is sent to each of them."""


async def create_webhook(
    session: AsyncSession, caller: Principal, body: WebhookCreate, listed: Sequence[Listed], *, at: datetime
) -> tuple[Webhook, str]:
    """A new receiver and its secret, which is told this once. Raises WebhookAddressRefused, TooManyWebhooks."""
    where = _require_callable(body.url, listed)
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("webhooks", "create"))))
    if await queries.count_webhooks(session) >= MOST:
        raise TooManyWebhooks(limit=MOST)
    secret = make_secret()
    hook = Webhook(
        id=new_id(),
        url=body.url,
        events=_once_each(body.events),
        description=body.description,
        minutes_before=body.minutes_before,
        state=WebhookState.ACTIVE,
        state_since=at,
        secret=_seal(session).close(secret),
        created_by=caller.id,
        created_at=at,
        version=1,
    )
    session.add(hook)
    await session.flush()
    await record(session, caller, "webhooks.create", at=at, target=str(hook.id), host=where.host)
    return hook, secret


def _require_callable(url: str, listed: Sequence[Listed]) -> Destination:
    try:
        return read_destination(url, listed)
    except DestinationRefused as refused:
        code = f"url_{refused}".replace("-", "_")
        raise WebhookAddressRefused(errors=[FieldError("/url", code)]) from None


def _once_each(events: Sequence[Event]) -> list[str]:
    return sorted({str(event) for event in events})


def _seal(session: AsyncSession) -> Seal:
    return Seal(surroundings_of(session).audit_key)


async def change_webhook(
    session: AsyncSession,
    caller: Principal,
    webhook_id: UUID,
    body: WebhookChange,
    listed: Sequence[Listed],
    *,
    expected: int | None,
    at: datetime,
) -> Webhook:
    """Change a receiver; what it says already changes nothing. Another address begins without a record of failures."""
    hook = await queries.get_webhook(session, webhook_id, lock=True)
    said = body.model_dump(exclude_unset=True)
    said = {name: value for name, value in said.items() if value is not None or name == "description"}
    if "events" in said:
        said["events"] = _once_each(said["events"])
    changes = {name: value for name, value in said.items() if getattr(hook, name) != value}
    if not changes:
        return hook
    require_version(expected, hook.version)
    if "url" in changes:
        _require_callable(changes["url"], listed)
    for name, value in changes.items():
        setattr(hook, name, value)
    if "state" in changes:
        hook.state_since = at
    if {"state", "url"} & changes.keys():
        hook.failing_since = None
    hook.version += 1
    await session.flush()
    await record(session, caller, "webhooks.change", at=at, target=str(webhook_id), changed=sorted(changes))
    return hook


async def end_webhook(
    session: AsyncSession, caller: Principal, webhook_id: UUID, *, expected: int | None, at: datetime
) -> None:
    """End a receiver for good, with its secrets and whatever waits for it."""
    hook = await queries.get_webhook(session, webhook_id, lock=True)
    require_version(expected, hook.version)
    hook.ended_at, hook.secret, hook.previous_secret = at, b"", None
    waiting = WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == DeliveryState.WAITING
    ended = {"state": DeliveryState.CANCELLED, "done_at": at, "leased_until": None}
    await session.flush()
    await session.execute(update(WebhookDelivery).where(*waiting).values(ended))
    await record(session, caller, "webhooks.end", at=at, target=str(webhook_id))


async def rotate_secret(
    session: AsyncSession, caller: Principal, webhook_id: UUID, *, at: datetime
) -> tuple[Webhook, str]:
    """A new secret; the one before signs beside it for a day, one from before that no more."""
    hook = await queries.get_webhook(session, webhook_id, lock=True)
    secret = make_secret()
    hook.previous_secret, hook.previous_until = hook.secret, at + OVERLAP
    hook.secret = _seal(session).close(secret)
    hook.version += 1
    await session.flush()
    await record(session, caller, "webhooks.rotate", at=at, target=str(webhook_id))
    return hook, secret


async def send_test(session: AsyncSession, caller: Principal, webhook_id: UUID, *, at: datetime) -> WebhookDelivery:
    """A message that means nothing, to see whether the receiver hears us. Raises WebhookNotActive."""
    hook = await queries.get_webhook(session, webhook_id, lock=True)
    _require_active(hook)
    said = {"text": text("id", "notification", "test")}
    row = WebhookDelivery(
        id=new_id(),
        webhook_id=webhook_id,
        message_id=new_id(),
        event=Event.WEBHOOK_TEST,
        payload=payload_of(Event.WEBHOOK_TEST, at, said),
        state=DeliveryState.WAITING,
        made_at=at,
        due_at=at,
        tried=0,
    )
    session.add(row)
    await session.flush()
    await record(session, caller, "webhooks.test", at=at, target=str(webhook_id))
    return row


async def replay(session: AsyncSession, caller: Principal, delivery_id: UUID, *, at: datetime) -> WebhookDelivery:
    """Send once more under the same id, from the first try on; one that waits is brought forward.

    A person wants it: whether it is still of use is no question any more. Raises DeliveryNotFound, WebhookNotActive.
    """
    row, hook = await queries.get_delivery(session, delivery_id)
    _require_active(hook)
    if row.leased_until is not None and row.leased_until > at:
        return row
    row.state, row.tried, row.due_at = DeliveryState.WAITING, 0, at
    row.done_at = row.leased_until = row.useful_until = None
    await session.flush()
    await record(session, caller, "webhooks.replay", at=at, target=str(delivery_id))
    return row


def _require_active(hook: Webhook) -> None:
    if hook.state != WebhookState.ACTIVE:
        raise WebhookNotActive(state=hook.state)
