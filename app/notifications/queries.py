"""Reads of webhooks and of what was sent to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event
from app.core.paging import Page, cut_page, decode_cursor
from app.notifications.errors import DeliveryNotFound, WebhookNotFound
from app.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from app.notifications.rules import DeliveryState, WebhookState
from app.notifications.schemas import DeliveryFilter, WebhookFilter


@dataclass(frozen=True)
class Wanted:
    """What somebody listens for."""

    events: frozenset[str]
    minutes: tuple[int, ...]
    """How long before the deadline, each once."""

    @property
    def anything(self) -> bool:
        return bool(self.events)


def listening() -> ColumnElement[bool]:
    """Webhooks that get what happens: at once, or when a person makes them active again."""
    states = Webhook.state.in_([WebhookState.ACTIVE, WebhookState.PAUSED])
    return and_(Webhook.ended_at.is_(None), states)


async def list_wanted(session: AsyncSession) -> Wanted:
    rows = (await session.execute(select(Webhook.events, Webhook.minutes_before).where(listening()))).all()
    minutes = {row.minutes_before for row in rows if Event.REPORT_MISSING in row.events}
    return Wanted(frozenset(event for row in rows for event in row.events), tuple(sorted(minutes)))


async def get_webhook(session: AsyncSession, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """Raises WebhookNotFound, also for one that was ended."""
    asked = select(Webhook).where(Webhook.id == webhook_id, Webhook.ended_at.is_(None))
    asked = asked.with_for_update() if lock else asked
    found = await session.scalar(asked, execution_options={"populate_existing": True})
    if found is None:
        raise WebhookNotFound
    return found


async def list_webhooks(session: AsyncSession, wanted: WebhookFilter) -> Page[Any]:
    """The oldest first."""
    asked = select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id).limit(wanted.limit + 1)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(Webhook.id > after[0])
    return cut_page((await session.scalars(asked)).all(), wanted.limit, lambda hook: (hook.id,))


async def count_webhooks(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).where(Webhook.ended_at.is_(None))) or 0


async def get_delivery(session: AsyncSession, delivery_id: UUID) -> tuple[WebhookDelivery, Webhook]:
    """With its webhook, both locked. Raises DeliveryNotFound, also where the webhook was ended."""
    hook_id = await session.scalar(select(WebhookDelivery.webhook_id).where(WebhookDelivery.id == delivery_id))
    hook = await session.get(Webhook, hook_id, with_for_update=True, populate_existing=True) if hook_id else None
    row = await session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None or hook is None or hook.ended_at is not None:
        raise DeliveryNotFound
    return row, hook


async def list_deliveries(session: AsyncSession, webhook_id: UUID, wanted: DeliveryFilter) -> Page[Any]:
    """The newest first."""
    asked = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if wanted.state is not None:
        asked = asked.where(WebhookDelivery.state == wanted.state)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(WebhookDelivery.id < after[0])
    asked = asked.order_by(WebhookDelivery.id.desc()).limit(wanted.limit + 1)
    return cut_page((await session.scalars(asked)).all(), wanted.limit, lambda row: (row.id,))


async def list_attempts(
    session: AsyncSession, deliveries: Sequence[WebhookDelivery]
) -> dict[UUID, list[WebhookAttempt]]:
    """Delivery → its tries, the earliest first."""
    asked = select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_([row.id for row in deliveries]))
    found: dict[UUID, list[WebhookAttempt]] = {}
    for attempt in await session.scalars(asked.order_by(WebhookAttempt.started_at, WebhookAttempt.id)):
        found.setdefault(attempt.delivery_id, []).append(attempt)
    return found


async def count_undelivered(session: AsyncSession) -> dict[str, int]:
    """Messages that wait, those that were given up, and receivers that wait for a person."""
    states = select(WebhookDelivery.state, func.count()).group_by(WebhookDelivery.state)
    unsent = WebhookDelivery.state.in_([DeliveryState.WAITING, DeliveryState.FAILED])
    found = {row[0]: row[1] for row in await session.execute(states.where(unsent))}
    paused = select(func.count()).where(Webhook.state == WebhookState.PAUSED, Webhook.ended_at.is_(None))
    return {
        "webhook_deliveries_waiting": found.get(DeliveryState.WAITING, 0),
        "webhook_deliveries_failed": found.get(DeliveryState.FAILED, 0),
        "webhooks_paused": await session.scalar(paused) or 0,
    }
