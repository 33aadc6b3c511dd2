"""Can Zoom be trusted as a source right now? One answer of lights for those who run the apel."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import zone_of
from app.core.settings import Settings
from app.core.texts import Language, text
from app.core.texts.dates import clock_time
from app.evidence.gaps import list_gaps
from app.zoom.lights import FRESH, Light, Standing, lights_of_service
from app.zoom.queries import count_failed_lately, count_inbox, find_arrivals, find_skew, list_lights
from app.zoom.schemas import ClockSkew, GapRead, LightRead, ZoomHealth
from app.zoom.watch_queries import find_seats, find_watch, list_watched
from app.zoom.watch_rules import RECENT


async def read_health(session: AsyncSession, settings: Settings, language: Language, *, at: datetime) -> ZoomHealth:
    """A fixed number of statements, however many apels and events there are."""
    skew = await find_skew(session)
    last, oldest_new = await find_arrivals(session)
    apels = await list_watched(session, at=at)
    numbers = {number for apel in apels for number in apel.zoom_meeting_ids}
    seats = await find_seats(session, numbers, own=settings.zoom_seats)
    standing = await _stand(session, settings, last, skew, at=at)
    standing = replace(standing, seats=min(seats.values(), default=settings.zoom_seats))
    of_apels = await list_lights(session, apels)
    lights = lights_of_service(standing, [light for lights in of_apels.values() for light in lights], at)
    return ZoomHealth(
        configured=standing.secrets,
        last_event_at=last,
        inbox=await count_inbox(session),
        oldest_new_at=oldest_new,
        quarantine=skew,
        validated_at=standing.validated_at,
        seats=standing.seats,
        lights=[_read(light, language, zone_of(session)) for light in lights],
        gaps=[
            GapRead(kind=gap.kind, meeting_id=gap.meeting_id, since=gap.since, until=gap.until, facts=dict(gap.facts))
            for _, gap in await list_gaps(session, at - RECENT, None)
        ],
    )


async def _stand(
    session: AsyncSession, settings: Settings, last: datetime | None, skew: ClockSkew, *, at: datetime
) -> Standing:
    watch = await find_watch(session)
    lately = skew.last_at is not None and at - skew.last_at < FRESH
    return Standing(
        secrets=bool(settings.zoom_webhook_secrets),
        account=settings.zoom_account_id is not None,
        last_event_at=last,
        aside=skew.deliveries if lately else 0,
        aside_at=skew.last_at,
        skew_seconds=skew.last_seconds,
        failed=await count_failed_lately(session, at=at),
        validated_at=watch.validated_at if watch else None,
        refused_at=watch.refused_at if watch else None,
        asked_at=watch.asked_at if watch else None,
        access=watch.access if watch else None,
    )


def _read(light: Light, language: Language, zone: ZoneInfo) -> LightRead:
    told = text_of(light, language, zone)
    return LightRead(code=light.code, state=light.state, text=told, since=light.since, facts=dict(light.facts))


def text_of(light: Light, language: Language, zone: ZoneInfo) -> str:
    """What a light says; times are those of the regency's wall clock."""
    times = {"since": light.since, "until": light.facts.get("until")}
    told = {name: clock_time(when, zone) for name, when in times.items() if when is not None}
    return text(language, f"light.{light.code}", light.case, **{**light.facts, **told})
