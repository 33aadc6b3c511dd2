"""From announcements to deliveries: one for each receiver that wants it, with the text ready to be posted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.circulars.progress import read_reminder
from app.core.clock import Clock
from app.core.db import OpenSession, act_as, zone_of
from app.core.events import Event
from app.core.ids import new_id
from app.core.outbox import Announcement
from app.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from app.notifications.payloads import payload_of
from app.notifications.queries import listening
from app.notifications.rules import DeliveryState
from app.notifications.standing import WATCHER, find_apel, names_of
from app.notifications.texts import Tongue, say_returned

BATCH = 50
KEPT = timedelta(days=90)
"""The log of a quarter; what it tells is kept by the rooms themselves."""
GIVEN_UP = timedelta(hours=1)
"""What cannot be told for so long is left, or it would be tried every second for good."""
_log = structlog.get_logger("apel.notifications")


async def hand_out_due(open_session: OpenSession, clock: Clock) -> bool:
    """One round of the background loop; an announcement that cannot be told yet stops no other."""
    broken: Exception | None = None
    async with open_session.begin() as session:
        await act_as(session)
        waiting = select(Announcement).where(Announcement.taken_at.is_(None)).order_by(Announcement.id).limit(BATCH)
        rows = (await session.scalars(waiting.with_for_update(skip_locked=True))).all()
        for row in rows:
            try:
                async with session.begin_nested():
                    await _hand_out(session, row, at=clock())
                row.taken_at = clock()
            except Exception as error:  # whatever it is, the others must have their turn
                _log.warning("announcement cannot be told", key=row.key, error=type(error).__name__)
                row.taken_at = clock() if clock() - row.said_at > GIVEN_UP else None
                broken = error
    if broken is not None:
        raise broken
    return len(rows) == BATCH


async def _hand_out(session: AsyncSession, said: Announcement, *, at: datetime) -> None:
    """To those who listened when it happened; the same announcement twice makes no second delivery."""
    wanted = select(Webhook).where(listening(), Webhook.created_at <= said.happened_at)
    hooks = [hook for hook in await session.scalars(wanted) if _wants(hook, said)]
    if not hooks:
        return
    payload = payload_of(said.event, said.happened_at, await _with_text(session, said, at=at))
    rows = [
        {
            "id": new_id(),
            "webhook_id": hook.id,
            "message_id": said.id,
            "event": said.event,
            "payload": payload,
            "state": DeliveryState.WAITING,
            "made_at": at,
            "due_at": at,
            "useful_until": said.useful_until,
        }
        for hook in hooks
    ]
    once = insert(WebhookDelivery).on_conflict_do_nothing(index_elements=["webhook_id", "message_id"])
    await session.execute(once, rows)


def _wants(hook: Webhook, said: Announcement) -> bool:
    own_time = said.event != Event.REPORT_MISSING or said.data["minutes_before"] == hook.minutes_before
    return said.event in hook.events and own_time


async def _with_text(session: AsyncSession, said: Announcement, *, at: datetime) -> dict[str, Any]:
    """What the rooms below announce has no words yet."""
    if "text" in said.data:
        return said.data
    if said.event == Event.CIRCULAR_TO_ACKNOWLEDGE:
        return said.data | {"text": await _remind(session, said, at=at)}
    apel = await find_apel(session, said.data, at=at)
    names = await names_of(session, apel)
    opd_code = said.data["opd_code"]
    return said.data | {"text": say_returned(Tongue("id", zone_of(session)), apel, names.get(opd_code, opd_code))}


async def _remind(session: AsyncSession, said: Announcement, *, at: datetime) -> str:
    return await read_reminder(session, WATCHER, UUID(said.data["circular_id"]), "id", at=at)


async def forget_old(session: AsyncSession, *, at: datetime) -> None:
    """Remove what is older than the log reaches, whether it was taken or not."""
    old = select(WebhookDelivery.id).where(WebhookDelivery.made_at < at - KEPT)
    await session.execute(delete(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(old)))
    await session.execute(delete(WebhookDelivery).where(WebhookDelivery.made_at < at - KEPT))
    told = Announcement.said_at < at - KEPT, Announcement.taken_at.is_not(None)
    await session.execute(delete(Announcement).where(*told))
