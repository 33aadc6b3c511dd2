"""Evidence from stored events, for the operator's hands: what failed, what was set aside, what lies in a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update

from app.core.clock import Clock
from app.core.db import OpenSession, act_as
from app.zoom.inbox import BATCH, keep_events, process_pending
from app.zoom.models import ZoomInbox
from app.zoom.quarantine import take_in


@dataclass(frozen=True)
class Replayed:
    new: int
    known: int
    """Were stored before, and are not counted again."""


async def replay_events(sessions: OpenSession, clock: Clock, bodies: Iterable[bytes]) -> Replayed:
    """Store events, one body each, and understand them; in batches, so that a file of any length can be read."""
    new = known = 0
    batch: list[bytes] = []
    for body in bodies:
        batch.append(body)
        if len(batch) == BATCH:
            kept = await _keep(sessions, clock, batch)
            new, known, batch = new + kept, known + len(batch) - kept, []
    if batch:
        kept = await _keep(sessions, clock, batch)
        new, known = new + kept, known + len(batch) - kept
    await process_all(sessions, clock)
    return Replayed(new, known)


async def _keep(sessions: OpenSession, clock: Clock, bodies: list[bytes]) -> int:
    async with sessions.begin() as session:
        await act_as(session)
        return len(await keep_events(session, bodies, "replay", at=clock()))


async def replay_failed(sessions: OpenSession, clock: Clock) -> int:
    """Try again to understand what was not understood; how many were tried."""
    async with sessions.begin() as session:
        await act_as(session)
        failed = update(ZoomInbox).where(ZoomInbox.state == "failed").values(state="new", error=None)
        tried = await session.execute(failed.returning(ZoomInbox.id))
        count = len(tried.all())
    await process_all(sessions, clock)
    return count


async def release_quarantine(sessions: OpenSession, clock: Clock) -> int:
    """Let in what was set aside while a clock was wrong: Zoom does not send it again. How many were new."""
    async with sessions.begin() as session:
        await act_as(session)
        _, count = await take_in(session, None)
    await process_all(sessions, clock)
    return count


async def process_all(sessions: OpenSession, clock: Clock) -> None:
    while await process_pending(sessions, clock):
        pass
