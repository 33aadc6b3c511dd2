"""Sending what waits: a row is leased in one short transaction, sent outside of any, and noted in another.

A process that dies in between leaves a lease that passes; the message is then sent again under the same id.
Each receiver has one message on its way at a time, so that a dead one keeps nobody but itself waiting.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import to_json
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import Clock
from app.core.db import OpenSession, act_as, surroundings_of
from app.core.ids import new_id
from app.core.measures import WEBHOOK_TRIES
from app.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from app.notifications.rules import DeliveryState, Outcome, WebhookState, after_try, state_after
from app.notifications.sending import Sender
from app.notifications.signing import Seal, SecretUnreadable, headers_of

_log = structlog.get_logger("apel.notifications")
LEASE = timedelta(seconds=60)
"""Far more than a call may take."""
AT_ONCE = 16
"""Receivers that one process calls at the same time."""

_LEASE = text(
    """
    UPDATE webhook_delivery SET leased_until = :until, tried = tried + 1
     WHERE id IN (
       SELECT due.id
         FROM webhook
        CROSS JOIN LATERAL (
              SELECT id, due_at FROM webhook_delivery
               WHERE webhook_id = webhook.id AND state = 'waiting' AND due_at <= :at
                 AND (leased_until IS NULL OR leased_until <= :at)
               ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
        WHERE webhook.state = 'active' AND webhook.ended_at IS NULL
          AND NOT EXISTS (SELECT FROM webhook_delivery AS running
                           WHERE running.webhook_id = webhook.id AND running.state = 'waiting'
                             AND running.leased_until > :at)
        ORDER BY due.due_at LIMIT :most)
    RETURNING id, webhook_id, message_id, payload, tried, useful_until, leased_until
    """
)


@dataclass(frozen=True)
class Leased:
    """One message that this process alone sends until the lease passes."""

    id: UUID
    webhook_id: UUID
    message_id: UUID
    payload: dict[str, Any]
    tried: int
    useful_until: datetime | None
    leased_until: datetime
    attempt_id: UUID
    url: str
    keys: tuple[str, ...]
    """Secrets that sign; empty: none can be read."""


async def lease_due(session: AsyncSession, most: int, *, at: datetime) -> list[Leased]:
    """Take what is due, one message of each receiver; what is of no use any more is put away instead.

    The lease is asked of each row too, since another process may have taken it after this statement began.
    """
    rows = (await session.execute(_LEASE, {"at": at, "until": at + LEASE, "most": most})).all()
    late = [row.id for row in rows if row.useful_until is not None and row.useful_until < at]
    if late:
        await _end(session, late, DeliveryState.EXPIRED, at=at)
    taken = [row for row in rows if row.id not in late]
    wanted = select(Webhook).where(Webhook.id.in_([row.webhook_id for row in taken]))
    hooks = {hook.id: hook for hook in await session.scalars(wanted, execution_options={"populate_existing": True})}
    seal = Seal(surroundings_of(session).audit_key)
    leased = [
        Leased(
            **row._mapping,
            attempt_id=new_id(),
            url=hooks[row.webhook_id].url,
            keys=keys_of(hooks[row.webhook_id], seal, at=at),
        )
        for row in taken
    ]
    if leased:
        attempts = [{"id": one.attempt_id, "delivery_id": one.id, "started_at": at} for one in leased]
        await session.execute(insert(WebhookAttempt), attempts)
    return leased


def keys_of(hook: Webhook, seal: Seal, *, at: datetime) -> tuple[str, ...]:
    """The secrets that sign at this moment, the newer first; one that cannot be opened here any more signs nothing."""
    sealed = [hook.secret]
    if hook.previous_secret is not None and hook.previous_until is not None and at < hook.previous_until:
        sealed.append(hook.previous_secret)
    opened = []
    for one in sealed:
        with suppress(SecretUnreadable):
            opened.append(seal.open(one))
    return tuple(opened)


async def _end(session: AsyncSession, ids: Sequence[UUID], state: DeliveryState, *, at: datetime) -> None:
    ended = {"state": state, "done_at": at, "leased_until": None}
    await session.execute(update(WebhookDelivery).where(WebhookDelivery.id.in_(ids)).values(ended))


async def note(session: AsyncSession, leased: Leased, outcome: Outcome, *, at: datetime) -> None:
    """Keep what came of a try; one whose lease somebody else took over since leaves only its line in the log."""
    ended = {"ended_at": at, "status": outcome.status, "error": outcome.error}
    await session.execute(update(WebhookAttempt).where(WebhookAttempt.id == leased.attempt_id).values(ended))
    hook = await session.get(Webhook, leased.webhook_id, with_for_update=True, populate_existing=True)
    row = await session.get(WebhookDelivery, leased.id, with_for_update=True, populate_existing=True)
    if hook is None or row is None:
        return
    _note_receiver(hook, outcome, at=at)
    if row.leased_until != leased.leased_until and not outcome.taken:
        return
    follows = after_try(outcome, leased.tried, at, random.random)
    row.leased_until = None
    if row.state != DeliveryState.WAITING:
        return
    row.state = follows.state
    row.due_at = follows.due_at or row.due_at
    row.done_at = None if follows.state is DeliveryState.WAITING else at


def _note_receiver(hook: Webhook, outcome: Outcome, *, at: datetime) -> None:
    hook.failing_since = None if outcome.taken else hook.failing_since or at
    if hook.state != WebhookState.ACTIVE:
        return
    state = state_after(outcome, hook.failing_since, at)
    if state is not WebhookState.ACTIVE:
        hook.state, hook.state_since, hook.version = state, at, hook.version + 1


def message_id(message: UUID) -> str:
    return f"msg_{message}"


class Courier:
    """Sends what is due, many receivers at once, and lets nobody wait for a slow one."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._sending: set[asyncio.Task[None]] = set()

    async def send_due(self, open_session: OpenSession, clock: Clock) -> bool:
        """Set out with what is due, as far as hands are free; whether there was anything."""
        free = AT_ONCE - len(self._sending)
        if free <= 0:
            return False
        async with open_session.begin() as session:
            await act_as(session)
            leased = await lease_due(session, free, at=clock())
        for one in leased:
            task = asyncio.create_task(self._send(open_session, clock, one), name=f"webhook {one.id}")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(leased)

    async def _send(self, open_session: OpenSession, clock: Clock, leased: Leased) -> None:
        try:
            outcome = await self._try(leased, at=clock())
            WEBHOOK_TRIES.labels(f"{outcome.status // 100}xx" if outcome.status else outcome.error).inc()
            async with open_session.begin() as session:
                await act_as(session)
                await note(session, leased, outcome, at=clock())
            await self.send_due(open_session, clock)  # the next one of this receiver need not wait for the loop
        except Exception as error:  # whatever it is, the lease passes and the message is sent again
            _log.warning("delivery not noted", delivery=str(leased.id), error=type(error).__name__)

    async def _try(self, leased: Leased, *, at: datetime) -> Outcome:
        if not leased.keys:
            return Outcome(error="secret-unreadable")
        payload = to_json(leased.payload)
        signed = headers_of(leased.keys, message_id(leased.message_id), int(at.timestamp()), payload)
        return await self._sender.post(leased.url, signed, payload)

    async def rest(self) -> None:
        """Wait until everything that is on its way has arrived or failed."""
        while self._sending:
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def stop(self) -> None:
        """Let go of what is on its way; it is sent again when its lease passes."""
        for task in self._sending:
            task.cancel()
        await self.rest()
