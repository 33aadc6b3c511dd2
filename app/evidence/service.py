"""Recording what was seen, and settling who it was and for how long."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.roster import Roster
from app.apel.timeline import ApelNow
from app.core.bulk import Row, upsert_rows
from app.core.db import lock_key
from app.core.stale import mark_stale
from app.evidence import decisions, queries
from app.evidence.identity import Known
from app.evidence.linking import Linking
from app.evidence.models import Participant
from app.evidence.rules import Presence, SightingSeen, Window, were_whole
from app.evidence.settling import Device, Devices, Gathering, measure

CHUNK = 400
"""Things that are worked on before others get their turn: a few milliseconds."""
Thing = TypeVar("Thing")

RECORD = text(
    """
    INSERT INTO sighting AS old (occurrence_uuid, device, kind, at, display_name, registrant_id, account_id, email,
                                 leave_kind)
    SELECT occurrence_uuid, device, kind, at, max(display_name), max(registrant_id), max(account_id), max(email),
           min(leave_kind)
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS seen(occurrence_uuid text, device text, kind text,
           at timestamptz, display_name text, registrant_id text, account_id text, email text, leave_kind text)
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (occurrence_uuid, device, kind, at) DO UPDATE
       SET (display_name, registrant_id, account_id, email, leave_kind) =
           (greatest(old.display_name, excluded.display_name), greatest(old.registrant_id, excluded.registrant_id),
            greatest(old.account_id, excluded.account_id), greatest(old.email, excluded.email),
            least(old.leave_kind, excluded.leave_kind))
     WHERE (old.display_name, old.registrant_id, old.account_id, old.email, old.leave_kind) IS DISTINCT FROM
           (greatest(old.display_name, excluded.display_name), greatest(old.registrant_id, excluded.registrant_id),
            greatest(old.account_id, excluded.account_id), greatest(old.email, excluded.email),
            least(old.leave_kind, excluded.leave_kind))
    RETURNING occurrence_uuid
    """
)
"""The same sighting told twice in different words is one, and which telling came first makes no difference."""


async def record_sightings(session: AsyncSession, sightings: Sequence[SightingSeen]) -> None:
    """Keep what was seen in runs that are on record; known sightings change nothing. Marks the apels concerned."""
    if not sightings:
        return
    changed = await session.execute(RECORD, {"rows": to_json(sightings).decode()})
    uuids = set(changed.scalars())
    if uuids:
        for apel_id in await queries.list_apels_of_occurrences(session, uuids):
            await mark_stale(session, apel_id, evidence=True)


async def lock_settling(session: AsyncSession, apel_id: UUID) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("settle", apel_id))))


async def settle(session: AsyncSession, apel: ApelNow, roster: Roster, *, at: datetime) -> list[Presence]:
    """Recompute the participants of an apel from what was seen and listed, and replace them by their stable ids.

    For a run with a complete list its stays stand in place of its sightings. One settling of an apel at a time; a
    fixed number of statements, however many were seen.
    """
    await lock_settling(session, apel.id)
    run_ends = {span.uuid: span.end for span in apel.occurrences}
    seen = Devices()
    await _each(await queries.list_sightings(session, list(run_ends)), seen.add)
    gathering = Gathering(apel.id, await _load_known(session, apel, roster), run_ends)
    await _gather(session, gathering, seen.in_order(), await queries.load_lists(session, apel.occurrences))
    window = Window(apel.held_from, apel.held_to or at) if apel.held_from else None
    pairs = [pair for one in gathering.participants if (pair := one.compare(window)) is not None]
    whole = were_whole(pairs)
    measured: list[tuple[Presence, Row]] = []
    await _each(gathering.participants, lambda one: measured.append(measure(one, apel.id, window, whole=whole)))
    await _replace(session, apel.id, [row for _, row in measured])
    return sorted((presence for presence, _ in measured), key=lambda presence: presence.id.int)


async def _gather(
    session: AsyncSession, gathering: Gathering, seen: Sequence[Device], lists: Mapping[str, UUID | None]
) -> None:
    """All devices, told by the list of their run where there is one; what was seen of those runs, to be compared."""
    heard = [device for device in seen if device.occurrence_uuid in lists]
    linking = Linking()
    await _each(heard, linking.see)
    await _each(await queries.list_stays(session, lists), linking.add)
    told = linking.devices()
    devices = [*(device for device in seen if device.occurrence_uuid not in lists), *told.values()]
    await _each(sorted(devices, key=lambda device: device.device), gathering.add)
    await _each(heard, lambda device: gathering.hear(device, told.get(device.device, device)))


async def _each(things: Sequence[Thing], work: Callable[[Thing], None]) -> None:
    """Work on many things without keeping everybody else waiting."""
    for start in range(0, len(things), CHUNK):
        for thing in things[start : start + CHUNK]:
            work(thing)
        await asyncio.sleep(0)


async def _load_known(session: AsyncSession, apel: ApelNow, roster: Roster) -> Known:
    # What is remembered later is for later apels: nobody's mark of today changes by what is decided next month.
    decided, remembered = await decisions.load_decisions(session, apel.id, until=apel.ends_at)
    hosts = {span.host_id for span in apel.occurrences if span.host_id}
    return Known(roster, decided=decided, remembered=remembered, hosts=hosts)


GONE = text("DELETE FROM participant WHERE apel_id = :apel_id AND id <> ALL(CAST(:ids AS uuid[]))")


async def _replace(session: AsyncSession, apel_id: UUID, rows: list[Row]) -> None:
    await session.execute(GONE, {"apel_id": apel_id, "ids": [row["id"] for row in rows]})
    await upsert_rows(session, Participant, rows)
