"""Zoom's report of 5,000 rows pulled, reconciled and concluded: our own time beside the time that Zoom's limit forces.

Zoom answers here without delay and our client does not pace itself, so that what is measured is ours alone.
"""

import gc
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import SecretStr

from app.apel.models import Apel
from app.apel.service import Seen, record_occurrences
from app.attendance.service import conclude
from app.core.clock import civil_date, utc_now
from app.core.db import OpenSession, Surroundings, act_as, make_engine, make_sessions
from app.core.ids import new_id
from app.core.jobs import Job, Turn, find_job, take_turn, want_job
from app.core.keys import load_audit_key
from app.core.settings import Settings
from app.evidence.rules import SightingKind, SightingSeen
from app.evidence.service import record_sightings
from app.zoom.client import PAGE, Zoom
from app.zoom.line import Line
from app.zoom.pulling import KIND, pull_report
from app.zoom.quota import SHARE, Quota, Tier
from app.zoom.tokens import Credentials
from benchmarks.place import Place
from benchmarks.regency import NUMBER, Regency, found

UUID = "/bench+//run=="
READS = 2
LENGTH = timedelta(minutes=30)


async def measure_pull(place: Place, units: int, people: int) -> dict[str, Any]:
    """Milliseconds for a meeting in which every room and every person joined and webhooks told of all."""
    gc.collect()
    gc.freeze()  # as a serving process does
    regency = await found(place, "pulling", [people] * units)
    engine = make_engine(regency.url)
    settings = Settings(data_dir=place.data_dir, timezone=regency.zone)
    sessions = make_sessions(engine, Surroundings(settings.zone, load_audit_key(settings)))
    began = utc_now().replace(microsecond=0) - timedelta(hours=2)
    names = [f"[{code}] Ruang Apel" for code in regency.units] + [person.join_name for person in regency.people]
    try:
        apel_id = await _hold(sessions, regency, settings, names, began)
        zoom = _connect(_pages(names, began))
        async with zoom:
            pulled = await _pull(sessions, zoom, apel_id)
        concluded = await _conclude(sessions, apel_id)
    finally:
        await engine.dispose()
    pages = READS * -(-len(names) // PAGE)
    forced = pages / Tier.HEAVY.value
    return {
        "pulled ms": round(1000 * pulled),
        "concluded ms": round(1000 * concluded),
        "Zoom's limit forces ms": round(1000 * forced),
        "our pace takes ms": round(1000 * forced / SHARE),
        "share": round((pulled + concluded) / forced, 2),
    }


async def _hold(
    sessions: OpenSession, regency: Regency, settings: Settings, names: Sequence[str], began: datetime
) -> Any:
    """The apel as webhooks told of it, concluded."""
    async with sessions.begin() as session:
        await act_as(session)
        apel = Apel(
            id=new_id(),
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
        session.add(apel)
        await session.flush()
        ended = began + LENGTH
        await record_occurrences(session, [Seen(UUID, NUMBER, began, ended, began, ended)])
        await record_sightings(session, [
            SightingSeen(UUID, f"uuid:{number}", SightingKind.JOINED, began, name)
            for number, name in enumerate(names)
        ])  # fmt: skip
    await _conclude(sessions, apel.id)
    return apel.id


async def _conclude(sessions: OpenSession, apel_id: Any) -> float:
    began = perf_counter()
    async with sessions.begin() as session:
        await act_as(session)
        await conclude(session, apel_id, at=utc_now())
    return perf_counter() - began


async def _pull(sessions: OpenSession, zoom: Zoom, apel_id: Any) -> float:
    async def pull(session: Any, job: Job, at: datetime) -> Turn:
        return await pull_report(zoom, session, job, at)

    began = perf_counter()
    async with sessions.begin() as session:
        await act_as(session)
        await want_job(session, KIND, str(apel_id), at=utc_now())
    while await take_turn(sessions, utc_now, {KIND: pull}):
        pass
    seconds = perf_counter() - began
    async with sessions() as session:
        job = await find_job(session, KIND, str(apel_id))
    if job is None or job.state != "done":
        raise RuntimeError(f"the report was not pulled: {job and job.last_error}")
    return seconds


def _pages(names: Sequence[str], began: datetime) -> dict[str, bytes]:
    """Page token → body."""
    rows = [
        {
            "id": "",
            "user_id": str(16778240 + number),
            "name": name,
            "user_email": "",
            "join_time": _written(began),
            "leave_time": _written(began + LENGTH - timedelta(minutes=number % 3)),
            "duration": 60 * (30 - number % 3),
            "status": "in_meeting",
            "registrant_id": "",
        }
        for number, name in enumerate(names)
    ]
    pages = {}
    for first in range(0, len(rows), PAGE):
        following = str(first + PAGE) if first + PAGE < len(rows) else ""
        told = {"page_size": PAGE, "total_records": len(rows), "next_page_token": following}
        page = told | {"participants": rows[first : first + PAGE]}
        pages[str(first) if first else ""] = json.dumps(page).encode()
    return pages


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _connect(pages: dict[str, bytes]) -> Zoom:
    """A client of a Zoom in this process that answers at once."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        token = parse_qs(scope["query_string"].decode()).get("next_page_token", [""])[0]
        if scope["path"] == "/oauth/token":
            body = b'{"access_token": "token", "expires_in": 3599}'
        elif "/report/" in scope["path"]:
            body = pages[token]
        else:
            body = b'{"meetings": []}'
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def at_once(seconds: float) -> None:
        """The pace is what is compared with, not what is measured."""

    line = Line(
        Credentials("account", "client", SecretStr("secret of the benchmark")),
        api_url="http://zoom.bench/v2",
        token_url="http://zoom.bench/oauth/token",
        transport=httpx.ASGITransport(app=answer),
        quota=Quota(sleep=at_once),
    )
    return Zoom(line)
