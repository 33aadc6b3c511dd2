"""How far Zoom's report of an apel has come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.runs import OccurrenceSpan
from app.core.jobs import Job, JobState, find_job
from app.evidence.models import ParticipantList
from app.evidence.rules import ListSource
from app.zoom.pulling import KIND, runs_to_read
from app.zoom.reconciling import PullState, RunSource, run_state
from app.zoom.report_reads import list_reads, outline
from app.zoom.report_schemas import PullProgress, PullRead, RunRead


@dataclass(frozen=True)
class ReportState:
    """What the board and the health need to know."""

    state: PullState
    error: str | None = None
    """Why it waits or was given up, as a code."""
    next_try_at: datetime | None = None
    turned_at: datetime | None = None
    """When it was worked on last."""
    rows: int = 0
    total: int | None = None
    """Of the run that was read last, as far as it was read."""
    runs: int = 0
    runs_complete: int = 0


async def report_state(session: AsyncSession, apel_id: UUID) -> ReportState:
    """One statement."""
    return state_of(await find_job(session, KIND, str(apel_id)))


def state_of(job: Job | None) -> ReportState:
    if job is None:
        return ReportState(PullState.NONE)
    told = job.progress
    return ReportState(
        state=_state(job),
        error=job.last_error,
        next_try_at=job.due_at if job.state == JobState.WAITING else None,
        turned_at=job.turned_at,
        rows=told.get("done") or 0,
        total=told.get("total"),
        runs=told.get("runs", 0),
        runs_complete=told.get("runs_complete", 0),
    )


def _state(job: Job) -> PullState:
    if job.state != JobState.WAITING:
        return PullState.COMPLETE if job.state == JobState.DONE else PullState.GIVEN_UP
    reading = job.progress.get("step") == "reading" and job.last_error is None
    return PullState.READING if reading else PullState.WAITING


async def read_pull(session: AsyncSession, apel_id: UUID, *, at: datetime) -> PullRead:
    """The same with every run of the apel. Raises ApelNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    found = await report_state(session, apel_id)
    runs = runs_to_read(apel)
    reads = await list_reads(session, [run.uuid for run in runs])
    sources = await _find_sources(session, [run.uuid for run in apel.occurrences])

    def read(run: OccurrenceSpan) -> RunRead:
        last = reads[run.uuid][-1] if reads.get(run.uuid) else None
        return RunRead(
            uuid=run.uuid,
            started_at=run.start,
            ended_at=run.end,
            source=sources.get(run.uuid, RunSource.WEBHOOK),
            rows=last.rows if last else 0,
            total_records=last.total_records if last else None,
            state=run_state(outline(reads.get(run.uuid, ())), ended=run.end is not None),
        )

    progress = PullProgress(rows=found.rows, total=found.total, runs=found.runs, runs_complete=found.runs_complete)
    return PullRead(
        state=found.state,
        error=found.error,
        next_try_at=found.next_try_at,
        turned_at=found.turned_at,
        progress=progress,
        runs=[read(run) for run in apel.occurrences],
    )


async def _find_sources(session: AsyncSession, uuids: Collection[str]) -> dict[str, RunSource]:
    """Zoom's report tells more than a file that a person downloaded, so it counts where both are there."""
    kept = select(ParticipantList.occurrence_uuid, ParticipantList.source).distinct()
    rows = await session.execute(
        kept.where(ParticipantList.occurrence_uuid == any_(literal(sorted(uuids), ARRAY(Text))))
    )
    found: dict[str, RunSource] = {}
    for uuid, source in rows:
        if found.get(uuid) is not RunSource.REPORT:
            found[uuid] = RunSource.REPORT if source == ListSource.REPORT else RunSource.CSV
    return found
