"""From kept events to facts: in batches, in any order, any number of times, with the same result."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, LargeBinary, Text, Uuid, bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.service import Seen, record_occurrences
from app.core.clock import Clock
from app.core.db import OpenSession, act_as
from app.core.ids import new_id
from app.evidence.service import record_sightings
from app.livestreams.noting import record_streams
from app.zoom.models import ZoomInbox
from app.zoom.payloads import Facts, Unreadable, translate

BATCH = 500
SPOILED = ("22", "23")
"""SQLSTATE classes in which a row itself is at fault: data exception, integrity constraint."""
_log = structlog.get_logger("apel.zoom")

KEEP = text(
    """
    INSERT INTO zoom_inbox (id, body_sha256, body, source, received_at)
    SELECT id, body_sha256, body, :source, :received_at
      FROM unnest(:ids, :hashes, :bodies) AS came(id, body_sha256, body)
     ORDER BY body_sha256
    ON CONFLICT (body_sha256) DO NOTHING
    RETURNING id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("hashes", type_=ARRAY(LargeBinary)),
    bindparam("bodies", type_=ARRAY(LargeBinary)),
)
FINISH = text(
    """
    UPDATE zoom_inbox SET state = done.state, error = nullif(done.error, ''), attempts = attempts + 1,
                          processed_at = :at
      FROM unnest(:ids, :states, :errors) AS done(id, state, error)
     WHERE zoom_inbox.id = done.id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("states", type_=ARRAY(Text)),
    bindparam("errors", type_=ARRAY(Text)),
)

Kept = tuple[UUID, bytes]
Outcome = tuple[str, str]
"""State and error."""


async def keep_events(session: AsyncSession, bodies: Sequence[bytes], source: str, *, at: datetime) -> list[UUID]:
    """Store events that are not stored yet; the ids of the new ones."""
    hashes = [sha256(body).digest() for body in bodies]
    given = {"ids": [new_id() for _ in bodies], "hashes": hashes, "bodies": list(bodies)}
    found = await session.execute(KEEP, {**given, "source": source, "received_at": at})
    return list(found.scalars())


async def process_pending(sessions: OpenSession, clock: Clock, *, limit: int = BATCH) -> int:
    """Understand the oldest events that nobody else is working on; how many were taken."""
    async with sessions.begin() as session:
        await act_as(session)
        waiting = select(ZoomInbox.id, ZoomInbox.body).where(ZoomInbox.state == "new")
        waiting = waiting.order_by(ZoomInbox.received_at, ZoomInbox.id).limit(limit)
        taken = (await session.execute(waiting.with_for_update(skip_locked=True))).all()
        await understand(session, [(row.id, row.body) for row in taken], at=clock())
        return len(taken)


async def understand(session: AsyncSession, events: Sequence[Kept], *, at: datetime) -> None:
    """Turn events into facts; one that cannot be understood is marked, and fails nobody else."""
    if not events:
        return
    outcomes: dict[UUID, Outcome] = {}
    understood: list[tuple[UUID, Facts]] = []
    for event_id, body in events:
        try:
            facts = translate(body)
        except Unreadable as error:
            outcomes[event_id] = ("failed", str(error))
        else:
            outcomes[event_id] = ("ignored", "")
            if facts is not None:
                understood.append((event_id, facts))
    await _record_or_split(session, understood, outcomes)
    states, errors = zip(*outcomes.values(), strict=True)
    told = {"ids": list(outcomes), "states": list(states), "errors": list(errors)}
    await session.execute(FINISH, {**told, "at": at})


async def _record_or_split(
    session: AsyncSession, events: Sequence[tuple[UUID, Facts]], outcomes: dict[UUID, Outcome]
) -> None:
    """Record all at once; a batch that a row spoils is halved until that row stands alone."""
    if not events:
        return
    try:
        async with session.begin_nested():
            await record_facts(session, [facts for _, facts in events])
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if not state.startswith(SPOILED):
            raise
        if len(events) == 1:
            _log.error("event refused by the database", sqlstate=state)
            outcomes[events[0][0]] = ("failed", f"refused-by-database {state}")
            return
        half = len(events) // 2
        await _record_or_split(session, events[:half], outcomes)
        await _record_or_split(session, events[half:], outcomes)
    else:
        outcomes.update((event_id, ("done", "")) for event_id, _ in events)


async def record_facts(session: AsyncSession, facts: Sequence[Facts]) -> None:
    """Runs first, since what was seen belongs to them; a constant number of statements."""
    await record_occurrences(session, runs_of(facts))
    await record_sightings(session, [fact.sighting for fact in facts if fact.sighting is not None])
    await record_streams(session, [fact.stream for fact in facts if fact.stream is not None])


def runs_of(facts: Iterable[Facts]) -> list[Seen]:
    """What the facts say of each run, once: times only widen, in any order."""
    runs: dict[str, Seen] = {}
    for fact in facts:
        run = fact.run
        one = Seen(run.uuid, run.meeting_id, run.seen_at, run.seen_at, run.started_at, run.ended_at, run.host_id)
        runs[run.uuid] = _widened(runs.get(run.uuid, one), one)
    # In one order for everybody, so that two processes never wait for each other in a circle.
    return [runs[uuid] for uuid in sorted(runs)]


def _widened(run: Seen, one: Seen) -> Seen:
    return replace(
        run,
        seen_from=min(run.seen_from, one.seen_from),
        seen_to=max(run.seen_to, one.seen_to),
        started_at=min((time for time in (run.started_at, one.started_at) if time), default=None),
        ended_at=max((time for time in (run.ended_at, one.ended_at) if time), default=None),
        host_id=max((host for host in (run.host_id, one.host_id) if host), default=None),
    )
