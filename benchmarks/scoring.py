"""One apel of 5,000 people, reported by every OPD and seen on Zoom: scored from what was concluded, and made anew
from the facts up. Both in turns, so that they see the same machine."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel
from app.apel.service import Seen, record_occurrences
from app.attendance.service import conclude
from app.core.clock import civil_date, utc_now
from app.core.db import OpenSession, Surroundings, act_as, make_engine, make_sessions
from app.core.ids import new_id
from app.core.keys import load_audit_key
from app.core.principal import Grant, Principal, Role
from app.core.settings import Settings
from app.core.stale import mark_stale
from app.evidence.rules import SightingKind, SightingSeen
from app.evidence.service import record_sightings
from app.reports.schemas import ReportWrite
from app.reports.service import submit_report
from app.scoring.models import Score, ScoreRun
from app.scoring.service import score_apel
from benchmarks.place import Place
from benchmarks.regency import NUMBER, Regency, found, report

UUID_OF_RUN = "/bench+//score=="
LENGTH = timedelta(minutes=30)
RUNS = 7


async def measure_scoring(place: Place, units: int, people: int) -> dict[str, Any]:
    """Median milliseconds of several runs, and the slowest."""
    regency = await found(place, "scoring", [people] * units)
    engine = make_engine(regency.url)
    settings = Settings(data_dir=place.data_dir, timezone=regency.zone)
    sessions = make_sessions(engine, Surroundings(settings.zone, load_audit_key(settings)))
    scored, anew = [], []
    try:
        apel_id = await _hold(sessions, regency, settings)
        for _ in range(RUNS):
            scored.append(await _timed(sessions, apel_id, _forget_scores))
            anew.append(await _timed(sessions, apel_id, _forget_all))
    finally:
        await engine.dispose()
    return {
        "scored, median ms": round(1000 * median(scored)),
        "slowest": round(1000 * max(scored)),
        "concluded anew and scored, median ms": round(1000 * median(anew)),
        "slowest anew": round(1000 * max(anew)),
    }


async def _hold(sessions: OpenSession, regency: Regency, settings: Settings) -> UUID:
    """An apel of this morning, due by now."""
    began = utc_now().replace(microsecond=0) - timedelta(hours=3)
    apel_id = new_id()
    draw = Random("scoring")
    kominfo = Principal(new_id(), "bench", (Grant(Role.ADMIN, None, None),))
    async with sessions.begin() as session:
        await act_as(session)
        session.add(_apel(apel_id, settings, began))
        await session.flush()
        ended = began + LENGTH
        await record_occurrences(session, [Seen(UUID_OF_RUN, NUMBER, began, ended, began, ended)])
        names = [f"[{code}] Ruang" for code in regency.units] + [one.join_name for one in regency.people[::10]]
        seen = [SightingSeen(UUID_OF_RUN, f"d{n}", SightingKind.JOINED, began, name) for n, name in enumerate(names)]
        await record_sightings(session, seen)
        await conclude(session, apel_id, at=began + timedelta(minutes=1))
        for code, members in regency.units.items():
            body = ReportWrite.model_validate(report(members, draw) | {"channel": "wa", "caller": "bench"})
            await submit_report(session, kominfo, apel_id, code, body, at=began + timedelta(minutes=draw.randrange(90)))
        await score_apel(session, apel_id, at=utc_now())
    return apel_id


def _apel(apel_id: UUID, settings: Settings, began: Any) -> Apel:
    return Apel(
        id=apel_id,
        kind="apel_gabungan",
        title="Apel",
        on_date=civil_date(began, settings.zone),
        starts_at=began,
        ends_at=began + LENGTH,
        report_deadline=began + 2 * LENGTH,
        zoom_meeting_ids=[NUMBER],
        rehearsal=False,
        created_by=new_id(),
        created_at=began,
    )


async def _timed(
    sessions: OpenSession, apel_id: UUID, forget: Callable[[AsyncSession, UUID], Awaitable[None]]
) -> float:
    async with sessions.begin() as session:
        await act_as(session)
        await forget(session, apel_id)
    began = perf_counter()
    async with sessions.begin() as session:
        await act_as(session)
        await score_apel(session, apel_id, at=utc_now())
    return perf_counter() - began


async def _forget_scores(session: AsyncSession, apel_id: UUID) -> None:
    for model in (Score, ScoreRun):
        await session.execute(delete(model).where(model.apel_id == apel_id))


async def _forget_all(session: AsyncSession, apel_id: UUID) -> None:
    await _forget_scores(session, apel_id)
    await mark_stale(session, apel_id)
