"""`apel zoom pull APEL_ID`: Zoom's participants report pulled here and now, page by page."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.status import Status
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.failing import CommandFailed
from app.cli.working import console, on_database
from app.core.clock import utc_now
from app.core.db import OpenSession, act_as
from app.core.jobs import Job, Turn, take_turn
from app.core.principal import SYSTEM
from app.core.settings import Settings
from app.core.texts import text
from app.zoom.client import Zoom, open_zoom
from app.zoom.errors import ZoomNotConnected
from app.zoom.pulling import KIND, pull_report
from app.zoom.reading import ReportState, read_pull, report_state
from app.zoom.reconciling import APART, PullState, RunState
from app.zoom.report_schemas import PullRead
from app.zoom.wanting import want_report

PATIENCE = APART
"""Longer pauses are left to the service."""
LOOK = 1.0
"""Seconds between two looks while it is waited; another process may take the turn."""


def pull(apel_id: Annotated[UUID, typer.Argument(help="Id apel. / Id of the apel.")]) -> None:
    done = on_database(partial(_pull, apel_id=apel_id))
    rows = sum(run.rows for run in done.runs if run.state is RunState.COMPLETE)
    typer.echo(f"Lengkap / complete: {rows} baris / rows, {len(done.runs)} sesi / runs")


async def _pull(sessions: OpenSession, settings: Settings, *, apel_id: UUID) -> PullRead:
    zoom = open_zoom(settings)
    if zoom is None:
        raise ZoomNotConnected
    async with zoom:
        async with sessions.begin() as session:
            await act_as(session)
            await want_report(session, SYSTEM, zoom, apel_id, at=utc_now())
        with console.status("Menarik laporan Zoom / pulling Zoom's report …") as shown:
            await _Following(sessions, zoom, settings.zone, apel_id, shown).follow()
        async with sessions.begin() as session:
            await act_as(session)
            return await read_pull(session, apel_id, at=utc_now())


@dataclass(frozen=True)
class _Following:
    sessions: OpenSession
    zoom: Zoom
    zone: ZoneInfo
    apel_id: UUID
    shown: Status

    async def follow(self) -> None:
        """Take turns until the report is complete; raises CommandFailed when that is for later, or for a person."""
        while True:
            taken = await take_turn(self.sessions, utc_now, {KIND: self._turn})
            async with self.sessions.begin() as session:
                await act_as(session)
                state = await report_state(session, self.apel_id)
            if state.state is PullState.COMPLETE:
                return
            self._show(state)
            self._require_soon(state)
            if not taken:
                await asyncio.sleep(LOOK)

    async def _turn(self, session: AsyncSession, job: Job, at: datetime) -> Turn:
        return await pull_report(self.zoom, session, job, at)

    def _show(self, state: ReportState) -> None:
        told = f"{state.runs_complete}/{state.runs} sesi / runs"
        if state.state is PullState.READING:
            told += f", {state.rows}/{state.total or '?'} baris / rows"
        elif state.next_try_at is not None:
            told += f", lanjut pukul / goes on at {self._clock(state.next_try_at)}"
        self.shown.update(f"Menarik laporan Zoom / pulling Zoom's report: {told}")

    def _require_soon(self, state: ReportState) -> None:
        code = state.error or "report-incomplete"
        why = f"{text('id', 'pull', code)} / {text('en', 'pull', code)} [{code}]"
        if state.next_try_at is None:
            raise CommandFailed(why)
        if state.next_try_at - utc_now() > PATIENCE + timedelta(seconds=LOOK):
            when = self._clock(state.next_try_at)
            raise CommandFailed(f"{why} Dicoba lagi pukul / tried again at {when}.")

    def _clock(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone):%H:%M:%S}"
