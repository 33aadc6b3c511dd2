"""Parts of a period kept for a minute: many look at the board, and a year of a regency takes longer to sum than a look.

Whoever looks gets what is kept and has it summed anew meanwhile, so that nobody waits but the first after a while.
"""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.board.models import PartsSnapshot
from app.board.parts import sum_parts
from app.board.parts_schemas import BoardParts
from app.board.snapshot import Labels
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.jobs import Done, Job, Turn, want_job
from app.core.periods import Period
from app.core.texts import text

JOB = "board parts"
FRESH = timedelta(minutes=1)
KEPT = timedelta(minutes=10)
"""What is older than this is shown to nobody."""


async def read_parts(session: AsyncSession, code: str | None, labels: Labels, *, at: datetime) -> BoardParts:
    """The parts of a period (this month, unless another one is asked for), a minute old as a rule and ten at most."""
    period = code or Period.month(civil_date(at, zone_of(session))).code
    kept = await session.get(PartsSnapshot, period, populate_existing=True)
    if kept is None or at - kept.computed_at > KEPT:
        return _told(await keep_parts(session, period, at=at), labels)
    if at - kept.computed_at > FRESH:
        await want_job(session, JOB, period, at=at)
    return _told(BoardParts.model_validate(kept.parts), labels)


def _told(parts: BoardParts, labels: Labels) -> BoardParts:
    """The words and marks of this place and reader."""
    themes = [one.model_copy(update={"text": text(labels.language, "output.theme", one.theme)}) for one in parts.themes]
    return parts.model_copy(update={"themes": themes, "sample": labels.sample})


async def keep_parts(session: AsyncSession, period: str, *, at: datetime) -> BoardParts:
    """Sum the parts of a period and keep them in place of the earlier ones."""
    parts = await sum_parts(session, Period.parse(period), at=at)
    told = {"computed_at": at, "parts": parts.model_dump(mode="json")}
    keep = insert(PartsSnapshot).values(period=period, **told)
    await session.execute(keep.on_conflict_do_update(index_elements=["period"], set_=told))
    return parts


async def refresh_parts(session: AsyncSession, job: Job, at: datetime) -> Turn:
    """The job that sums a period anew."""
    await keep_parts(session, job.key, at=at)
    return Done()
