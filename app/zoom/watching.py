"""Watching over Zoom as a source: gaps are noted while they last, and mended when what was missing came after all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import nan

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.timeline import ApelNow
from app.core.bell import ring
from app.core.bulk import upsert_rows
from app.core.clock import Clock
from app.core.db import OpenSession, act_as
from app.core.measures import ZOOM_SEATS
from app.core.settings import Settings
from app.core.stale import Stale
from app.evidence.gaps import close_gap, gap_id, list_gaps, note_gap
from app.evidence.rules import GapKind
from app.zoom.client import Zoom
from app.zoom.door import Door
from app.zoom.errors import ZoomBusy, ZoomRefused, ZoomUnavailable
from app.zoom.models import ZoomShown, ZoomWatch
from app.zoom.queries import list_lights
from app.zoom.watch_queries import WATCH_ID, find_seats, list_watched, load_known
from app.zoom.watch_rules import REMEMBERED, find_gaps, find_outage

ROUND = timedelta(seconds=10)
"""Another process that looked so lately need not be followed by this one."""

_WRITE = text(
    """
    INSERT INTO zoom_watch AS old (id, beat_at, validated_at, refused_at)
    VALUES (:id, :beat_at, :validated_at, :refused_at)
    ON CONFLICT (id) DO UPDATE
       SET beat_at = greatest(old.beat_at, excluded.beat_at),
           validated_at = greatest(old.validated_at, excluded.validated_at),
           refused_at = greatest(old.refused_at, excluded.refused_at)
    """
)
_ASKED = text(
    """
    INSERT INTO zoom_watch (id, asked_at, access) VALUES (:id, :at, :access)
    ON CONFLICT (id) DO UPDATE SET asked_at = excluded.asked_at, access = excluded.access
    """
)


async def watch_zoom(sessions: OpenSession, clock: Clock, settings: Settings, door: Door, *, listening: bool) -> bool:
    """One round: note that deliveries are taken (`listening`: by this very process), and what gaps the facts show."""
    async with sessions.begin() as session:
        await act_as(session)
        at = clock()
        held = select(ZoomWatch.beat_at).where(ZoomWatch.id == WATCH_ID).with_for_update()
        beat_at = await session.scalar(held)
        told = {"validated_at": door.validated_at, "refused_at": door.refused_at}
        await session.execute(_WRITE, told | {"id": WATCH_ID, "beat_at": at if listening else None})
        if not listening or beat_at is None or at - beat_at >= ROUND:
            await note_shown(session, settings, beat_at if listening else None, at=at)
    return False


async def note_shown(session: AsyncSession, settings: Settings, beat_at: datetime | None, *, at: datetime) -> None:
    """Have exactly those gaps of the last days count that the facts show."""
    outage = find_outage(beat_at, at)
    shown = [outage] if outage else []
    apels = await list_watched(session, at=at)
    if apels:
        numbers = {number for apel in apels for number in apel.zoom_meeting_ids}
        seats = await find_seats(session, numbers, own=settings.zoom_seats)
        ZOOM_SEATS.set(min(seats.values(), default=nan))
        known = await load_known(session, apels, seats, at=at)
        hears = bool(settings.zoom_webhook_secrets)
        shown += [gap for apel in apels for gap in find_gaps(apel, known, at, listening=hears)]
    await note_gap(session, *shown, at=at)
    stand = {gap_id(gap) for gap in shown}
    counted = await list_gaps(session, at - REMEMBERED, None)
    gone = [
        key
        for key, gap in counted
        if gap.since >= at - REMEMBERED and gap.kind is not GapKind.ENDPOINT and key not in stand
    ]
    if gone:
        await close_gap(session, *gone, at=at)
    await show_lights(session, apels)


async def show_lights(session: AsyncSession, apels: Sequence[ApelNow]) -> None:
    """Where an apel's lights are others than its board showed last, have it concluded, so that its revision moves."""
    lights = await list_lights(session, apels)
    now = {apel_id: [f"{light.code} {light.case}" for light in found] for apel_id, found in lights.items()}
    shown = select(ZoomShown.apel_id, ZoomShown.lights).where(ZoomShown.apel_id.in_(list(now)))
    before = {row[0]: row[1] for row in await session.execute(shown)}
    changed = [apel_id for apel_id, found in now.items() if found != before.get(apel_id, [])]
    await upsert_rows(session, ZoomShown, [{"apel_id": apel_id, "lights": now[apel_id]} for apel_id in changed])
    if changed:
        await session.execute(insert(Stale), [{"apel_id": apel_id, "evidence": True} for apel_id in changed])
        ring(session)


async def prove_access(sessions: OpenSession, clock: Clock, zoom: Zoom | None) -> bool:
    """Ask Zoom's API for access and keep what came of it: a withdrawn secret is noticed before a report is due."""
    if zoom is None:
        return False
    access = "granted"
    try:
        await zoom.check()
    except (ZoomUnavailable, ZoomBusy, ZoomRefused) as error:
        access = error.code
    async with sessions.begin() as session:
        await act_as(session)
        await session.execute(_ASKED, {"id": WATCH_ID, "at": clock(), "access": access})
    return False
