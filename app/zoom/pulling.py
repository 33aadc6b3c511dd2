"""Pulling Zoom's participants reports of an apel: a job of one page a turn, so that a killed process loses nothing.

The runs are looked up first. Then each run that ended is read, and read once more, until two reads agree; that list
takes the place of what its webhooks told. What is waited for, and until when, is decided in `reconciling`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import ApelState
from app.apel.runs import OccurrenceSpan
from app.apel.timeline import ApelNow
from app.core.db import zone_of
from app.core.jobs import Again, Done, GivenUp, Job, Turn
from app.evidence.linking import MADE_UP
from app.evidence.lists import accept_list
from app.evidence.rules import ListSource
from app.zoom.client import Zoom
from app.zoom.errors import (
    PageTokenExpired,
    ZoomBusy,
    ZoomNotConnected,
    ZoomNotFound,
    ZoomRefused,
    ZoomUnavailable,
)
from app.zoom.line import in_time
from app.zoom.models import ZoomReportRead
from app.zoom.past_runs import recover_runs
from app.zoom.reconciling import (
    APART,
    MOST_PAGES,
    ReadState,
    is_agreed,
    is_late,
    judge,
    last_try,
    list_stays,
    next_read,
    pause_behind,
)
from app.zoom.report_reads import begun, keep_page, list_pages, list_reads, outline, tally_of
from app.zoom.report_rows import ReportPage, read_page

KIND = "zoom-report"
LOOK_EVERY = timedelta(minutes=5)
"""Runs are looked up again before the next reads when the last look is older: a meeting may have been restarted."""
RUNNING = timedelta(minutes=10)
"""Until it is asked again whether a run has ended."""
INCOMPLETE, NO_RUN, NOT_ENDED = "report-incomplete", "no-run", "run-not-ended"
"""Why the report has to wait, or was given up, where Zoom did answer."""
NOBODY = ReportPage(body=b"", rows=(), total_records=0, next_page_token="")
"""What Zoom's 404 means: it has no report of this run, or none yet."""
_NO_MEETING = 3001


@dataclass(frozen=True)
class Pull:
    """One turn's surroundings."""

    zoom: Zoom
    session: AsyncSession
    job: Job
    apel: ApelNow
    at: datetime
    apart: timedelta


Reads = Mapping[str, list[ZoomReportRead]]


async def pull_report(
    zoom: Zoom | None, session: AsyncSession, job: Job, at: datetime, *, apart: timedelta = APART
) -> Turn:
    """One turn: look up the runs, or read one page, or say when the next turn is due."""
    apel = await get_apel(session, UUID(job.key), at=at)
    if apel.state is ApelState.CANCELLED or not apel.zoom_meeting_ids:
        return Done(_progress((), {}))
    until = last_try(apel.on_date, job.wanted_at, zone_of(session))
    try:
        if zoom is None:
            raise ZoomNotConnected
        turn = await _take(Pull(zoom, session, job, apel, at, apart))
    except ZoomBusy as busy:
        turn = _hindered(job, busy.code, busy.retry_after)
    except (ZoomNotConnected, ZoomUnavailable, ZoomRefused) as error:
        turn = _hindered(job, error.code)
    if isinstance(turn, Again) and turn.after and at + turn.after > until:
        return GivenUp(turn.error or INCOMPLETE)
    return turn


def _hindered(job: Job, code: str, after: timedelta | None = None) -> Again:
    tries = int(job.payload.get("tries", 0)) + 1
    return Again(after or pause_behind(tries), {**job.payload, "tries": tries}, error=code)


async def _take(pull: Pull) -> Turn:
    if _must_look(pull):
        await recover_runs(pull.zoom, pull.session, pull.apel)
        return Again(payload={**pull.job.payload, "looked_at": pull.at.isoformat()}, error=pull.job.last_error)
    runs = runs_to_read(pull.apel)
    if not runs:
        return _hindered(pull.job, NO_RUN)
    reads = await list_reads(pull.session, [run.uuid for run in runs])
    due = {run.uuid: _due(pull, run, reads[run.uuid]) for run in runs}
    run = next((run for run in runs if (when := due[run.uuid]) is not None and when <= pull.at), None)
    if run is not None:
        await _read(pull, run, reads[run.uuid])
        return Again(payload=_looked(pull.job), progress=_progress(runs, reads, run))
    times = [when for when in due.values() if when is not None]
    if not times:
        return Done(_progress(runs, reads))
    return Again(min(times) - pull.at, _looked(pull.job), _progress(runs, reads), _obstacle(runs, reads))


def runs_to_read(apel: ApelNow) -> list[OccurrenceSpan]:
    """The apel's own runs that Zoom knows: not those that are known from a downloaded file alone."""
    return [run for run in apel.occurrences if not run.uuid.startswith(MADE_UP)]


def _must_look(pull: Pull) -> bool:
    looked = pull.job.payload.get("looked_at")
    looked_at = datetime.fromisoformat(looked) if looked else None
    return looked_at is None or pull.job.wanted_at > looked_at or pull.at - looked_at >= LOOK_EVERY


def _looked(job: Job) -> dict[str, Any]:
    """Without the tries: this turn went well."""
    return {"looked_at": job.payload["looked_at"]}


def _due(pull: Pull, run: OccurrenceSpan, reads: Sequence[ZoomReportRead]) -> datetime | None:
    if run.end is None:
        return pull.at + RUNNING
    return next_read(outline(reads), wanted_at=pull.job.wanted_at, ended_at=run.end, apart=pull.apart)


def _obstacle(runs: Sequence[OccurrenceSpan], reads: Reads) -> str | None:
    """Why it is waited; nothing is in the way while a first whole read waits for the second."""
    if any(run.end is None for run in runs):
        return NOT_ENDED
    wanting = [found[-1] for found in reads.values() if found and not is_agreed(outline(found))]
    return INCOMPLETE if any(read.state != ReadState.COMPLETE for read in wanting) else None


def _progress(runs: Sequence[OccurrenceSpan], reads: Reads, now: OccurrenceSpan | None = None) -> dict[str, Any]:
    """Rows of the run that is being read, and runs."""
    done = sum(is_agreed(outline(reads[run.uuid])) for run in runs)
    told: dict[str, Any] = {"runs": len(runs), "runs_complete": done}
    if now is not None and (found := reads[now.uuid]):
        told |= {"step": "reading", "done": found[-1].rows, "total": found[-1].total_records}
    return told


async def _read(pull: Pull, run: OccurrenceSpan, reads: list[ZoomReportRead]) -> None:
    """One page of one run, the judgement after the last one, and the list when two reads agree.

    Zoom is asked before anything is written, so that a question that fails leaves the reading as it was.
    """
    current = begun(reads)
    async with in_time():
        page = await _ask_page(pull, run, current)
        rows = len(page.rows) + (current.rows if current else 0) if page else 0
        ended = page is not None and not page.next_page_token
        nobody = ended and not rows and await _was_hardly_anybody_there(pull.zoom, run.uuid)
    if page is None:
        assert current is not None, "only a token expires"
        current.state, current.turned_at = ReadState.EXPIRED, pull.at
        return
    late = is_late(run.end, current.started_at if current else pull.at)
    read = await keep_page(pull.session, run.uuid, reads, page, late=late, at=pull.at)
    if ended:
        await _finish(pull, run, reads, nobody=nobody)
    elif read.pages >= MOST_PAGES:
        read.state = ReadState.SHORT


async def _ask_page(pull: Pull, run: OccurrenceSpan, current: ZoomReportRead | None) -> ReportPage | None:
    """The next page; None when its token has expired."""
    try:
        return await pull.zoom.read_report_page(run.uuid, current.page_token if current else "")
    except PageTokenExpired:
        return None
    except ZoomRefused as error:
        if not isinstance(error, ZoomNotFound) and error.facts["zoom_code"] != _NO_MEETING:
            raise
        return None if current else NOBODY


async def _was_hardly_anybody_there(zoom: Zoom, uuid: str) -> bool:
    """Zoom makes no report of a run with fewer than two participants."""
    try:
        past = await zoom.get_past_meeting(uuid)
    except ZoomNotFound:
        return False
    return past.participants_count is not None and past.participants_count <= 1


async def _finish(pull: Pull, run: OccurrenceSpan, reads: Sequence[ZoomReportRead], *, nobody: bool) -> None:
    read = reads[-1]
    read.state = judge(tally_of(read), nobody=nobody)
    await pull.session.flush()
    if not is_agreed(outline(reads)):
        return
    pages: list[ReportPage] = []
    for body in await list_pages(pull.session, read):
        pages.append(read_page(body) if body else NOBODY)
        await asyncio.sleep(0)  # a page of 300 rows takes some milliseconds; others get their turn in between
    await accept_list(pull.session, run.uuid, ListSource.REPORT, list_stays(pages), at=pull.at)
