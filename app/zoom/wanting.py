"""Who wants Zoom's report of an apel: the service itself after every meeting, and a person at any time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.errors import ApelCancelled, ApelNotStarted
from app.apel.loading import load_apels, not_cancelled, select_apels
from app.apel.models import Apel
from app.apel.queries import get_apel
from app.apel.rules import ApelState, past_window
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.clock import Clock
from app.core.db import OpenSession, act_as
from app.core.jobs import Job, JobState, want_job
from app.core.principal import Principal
from app.zoom.client import Zoom
from app.zoom.errors import ApelWithoutMeeting, ZoomNotConnected
from app.zoom.models import ZoomReportRead
from app.zoom.pulling import KIND, runs_to_read
from app.zoom.reading import read_pull
from app.zoom.reconciling import FIRST_TRY, is_agreed
from app.zoom.report_reads import list_reads, outline
from app.zoom.report_schemas import PullRead

BACK = timedelta(days=2)
"""Apels that ended longer ago are pulled when a person asks."""


async def want_report(
    session: AsyncSession, caller: Principal, zoom: Zoom | None, apel_id: UUID, *, at: datetime
) -> PullRead:
    """Have the report pulled now, also one that was pulled before.

    Raises ApelNotFound, ApelCancelled, ApelNotStarted, ApelWithoutMeeting, ZoomNotConnected.
    """
    apel = await get_apel(session, apel_id, at=at)
    if zoom is None:
        raise ZoomNotConnected
    if not apel.zoom_meeting_ids:
        raise ApelWithoutMeeting
    if apel.state is ApelState.CANCELLED:
        raise ApelCancelled
    if apel.state is ApelState.SCHEDULED:
        raise ApelNotStarted
    await want_job(session, KIND, str(apel_id), at=at)
    await record(session, caller, "zoom.pull", at=at, target=str(apel_id))
    return await read_pull(session, apel_id, at=at)


async def plan_pulls(open_session: OpenSession, clock: Clock) -> None:
    """Want the reports of the apels whose window is over, not before Zoom can have them."""
    async with open_session.begin() as session:
        await act_as(session)
        at = clock()
        ended = select_apels().where(
            Apel.ends_at.between(at - BACK, at), func.cardinality(Apel.zoom_meeting_ids) > 0, not_cancelled()
        )
        apels = [apel for apel in await load_apels(session, ended, at=at) if past_window(apel.state)]
        jobs = await _find_jobs(session, apels)
        reads = await list_reads(session, [run.uuid for apel in apels for run in runs_to_read(apel)])
        for apel in apels:
            due_at = choose_due(apel, jobs.get(str(apel.id)), reads)
            if due_at is not None:
                await want_job(session, KIND, str(apel.id), at=at, due_at=max(at, due_at))


async def _find_jobs(session: AsyncSession, apels: Sequence[ApelNow]) -> dict[str, Job]:
    keys = literal([str(apel.id) for apel in apels], ARRAY(Text))
    found = await session.scalars(select(Job).where(Job.kind == KIND, Job.key == any_(keys)))
    return {job.key: job for job in found}


def choose_due(apel: ApelNow, job: Job | None, reads: Mapping[str, Sequence[ZoomReportRead]]) -> datetime | None:
    """When the pull of an apel whose window is over is due; None: it is under way, done, or left to a person.

    What was done is taken up again when another run turned out to belong to the apel.
    """
    runs = runs_to_read(apel)
    if job is None:
        return max((run.end for run in runs if run.end is not None), default=apel.ends_at) + FIRST_TRY
    if job.state != JobState.DONE or all(is_agreed(outline(reads[run.uuid])) for run in runs):
        return None
    return apel.ends_at
