"""Events from adapters that checked the signature themselves."""

import json
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import find_apel_of_occurrence
from app.apel.timeline import ApelNow
from app.zoom.errors import EventNotObject
from app.zoom.inbox import keep_events, understand
from app.zoom.models import ZoomInbox
from app.zoom.payloads import Unreadable, translate
from app.zoom.schemas import EventRead


async def receive_event(session: AsyncSession, body: bytes, *, at: datetime) -> EventRead:
    """Keep an event and understand it in the same transaction; what cannot be understood is kept all the same.

    Raises EventNotObject.
    """
    _require_object(body)
    kept = await keep_events(session, [body], "adapter", at=at)
    hashed = sha256(body).digest()
    row = (await session.execute(select(ZoomInbox.id, ZoomInbox.state).where(ZoomInbox.body_sha256 == hashed))).one()
    mine = select(ZoomInbox.id).where(ZoomInbox.id == row.id, ZoomInbox.state == "new")
    if row.state == "new" and await session.scalar(mine.with_for_update(skip_locked=True)):
        await understand(session, [(row.id, body)], at=at)
    apel = await _apel_of(session, body, at=at)
    return EventRead(
        event_id=row.id,
        duplicate=not kept,
        apel_id=apel.id if apel else None,
        apel_state=apel.state if apel else None,
    )


def _require_object(body: bytes) -> None:
    try:
        event = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EventNotObject from error
    if not isinstance(event, dict):
        raise EventNotObject


async def _apel_of(session: AsyncSession, body: bytes, *, at: datetime) -> ApelNow | None:
    try:
        facts = translate(body)
    except Unreadable:
        return None
    return await find_apel_of_occurrence(session, facts.run.uuid, at=at) if facts else None
