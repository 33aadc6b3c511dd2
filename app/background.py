"""What every process does beside answering: its loops, the jobs it takes, and the queues that it counts."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.service import conclude_due
from app.attendance.spot_checks import draw_due
from app.board import keeping as board_parts
from app.core.clock import Clock
from app.core.db import OpenSession
from app.core.jobs import Handler, Job, Turn, count_jobs, take_turn
from app.core.outbox import count_announcements
from app.core.stale import count_stale, count_stale_workdays
from app.core.ticker import Loop
from app.decisions.recommending import recommend_due
from app.notifications.loops import Process, notification_loops
from app.notifications.queries import count_undelivered
from app.scoring.service import score_due
from app.sheets import routes as sheets
from app.sheets.period import make_recap
from app.sheets.queries import JOB as SHEET
from app.web.idempotency import forget_old_keys
from app.workdays.service import refresh_due
from app.zoom import preparing
from app.zoom.inbox import process_pending
from app.zoom.pulling import KIND as ZOOM_REPORT
from app.zoom.pulling import pull_report
from app.zoom.queues import count_deliveries, count_watched
from app.zoom.reconciling import APART, SAMPLE_APART
from app.zoom.registering import prepare_at_zoom
from app.zoom.wanting import plan_pulls
from app.zoom.watching import prove_access, watch_zoom

CONCLUSION = "conclusion"


def loops(app: FastAPI) -> list[Loop]:
    """The background work, as wired for one process."""

    async def forget_keys() -> bool:
        async with app.state.sessions.begin() as session:
            await forget_old_keys(session, at=app.state.clock())
        return False

    async def understand_events() -> bool:
        return await process_pending(app.state.sessions, app.state.clock) > 0

    jobs = handlers(app)

    async def do_jobs() -> bool:
        return await take_turn(app.state.sessions, app.state.clock, jobs)

    return [
        Loop("zoom inbox", 0.25, understand_events),
        Loop(CONCLUSION, 1.0, _turns(app, conclude_due), pace=0.5),
        *app.state.hub.loops(),
        Loop("scores", 1.0, _turns(app, score_due)),
        Loop("ledgers of working days", 5.0, _turns(app, refresh_due)),
        Loop("recommendations", 300.0, _turns(app, recommend_due)),
        Loop("jobs", 0.5, do_jobs),
        Loop("spot checks", 30.0, _turns(app, draw_due)),
        *zoom_loops(app),
        *notification_loops(cast(Process, app.state)),
        Loop("idempotency keys", 3600, forget_keys),
    ]


def _turns(app: FastAPI, work: Callable[[OpenSession, Clock], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    """Rounds of a loop on what the process has at hand by then."""

    async def turn() -> bool:
        return await work(app.state.sessions, app.state.clock)

    return turn


def zoom_loops(app: FastAPI) -> list[Loop]:
    """Whether Zoom is heard, whether its API lets us in, and which reports are due from it."""

    async def watch() -> bool:
        state = app.state
        listening = state.serves and bool(state.settings.zoom_webhook_secrets)
        return await watch_zoom(state.sessions, state.clock, state.settings, state.door, listening=listening)

    async def ask_access() -> bool:
        return await prove_access(app.state.sessions, app.state.clock, app.state.zoom)

    async def plan_reports() -> bool:
        if app.state.zoom is not None:
            await plan_pulls(app.state.sessions, app.state.clock)
        return False

    return [
        Loop("zoom watch", 15, watch),
        Loop("zoom access", 600, ask_access),
        Loop("zoom reports", 60, plan_reports),
    ]


def handlers(app: FastAPI) -> dict[str, Handler]:
    """Who does the jobs of each kind."""

    async def prepare_zoom(session: AsyncSession, job: Job, at: datetime) -> Turn:
        public_url = app.state.settings.public_url
        return await prepare_at_zoom(session, app.state.zoom, job, public_url=public_url, at=at)

    async def pull(session: AsyncSession, job: Job, at: datetime) -> Turn:
        apart = SAMPLE_APART if app.state.settings.sample else APART
        return await pull_report(app.state.zoom, session, job, at, apart=apart)

    async def make_sheet(session: AsyncSession, job: Job, at: datetime) -> Turn:
        return await make_recap(session, job, sheets.office_of(app.state.settings), at)

    parts = board_parts.refresh_parts
    return {preparing.JOB: prepare_zoom, ZOOM_REPORT: pull, board_parts.JOB: parts, SHEET: make_sheet}


async def count_waiting(session: AsyncSession) -> dict[str, int]:
    """Every queue of the service and how many rows wait in it."""
    counted = {"stale_conclusions": await count_stale(session), "stale_workdays": await count_stale_workdays(session)}
    counted |= await count_deliveries(session) | await count_watched(session) | await count_undelivered(session)
    counted["announcements"] = await count_announcements(session)
    return counted | await count_jobs(session)
