"""How the deliveries fare, and what that means for the apels of these days."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.timeline import ApelNow
from app.attendance.watching import read_watches
from app.core.jobs import Job
from app.zoom.lights import FRESH, Light, lights_of_apel
from app.zoom.models import ZoomInbox, ZoomQuarantine
from app.zoom.pulling import KIND
from app.zoom.reading import state_of
from app.zoom.reconciling import PullState
from app.zoom.schemas import ClockSkew, InboxCounts


async def count_inbox(session: AsyncSession) -> InboxCounts:
    """Of all events ever kept."""
    states = await session.execute(select(ZoomInbox.state, func.count()).group_by(ZoomInbox.state))
    return InboxCounts(**{row[0]: row[1] for row in states})


async def find_arrivals(session: AsyncSession) -> tuple[datetime | None, datetime | None]:
    """When the last event came in, and the oldest of those that wait to be understood."""
    waiting = func.min(ZoomInbox.received_at).filter(ZoomInbox.state == "new")
    row = (await session.execute(select(func.max(ZoomInbox.received_at), waiting))).one()
    return row[0], row[1]


async def count_failed_lately(session: AsyncSession, *, at: datetime) -> int:
    failed = select(func.count()).where(ZoomInbox.state == "failed", ZoomInbox.received_at > at - FRESH)
    return await session.scalar(failed.select_from(ZoomInbox)) or 0


async def find_skew(session: AsyncSession) -> ClockSkew:
    aside = select(ZoomQuarantine.received_at, ZoomQuarantine.skew_seconds, func.count().over().label("deliveries"))
    row = (await session.execute(aside.order_by(ZoomQuarantine.received_at.desc()).limit(1))).first()
    return ClockSkew(
        deliveries=row.deliveries if row else 0,
        last_at=row.received_at if row else None,
        last_seconds=row.skew_seconds if row else None,
    )


async def list_lights(session: AsyncSession, apels: Sequence[ApelNow]) -> dict[UUID, list[Light]]:
    """The lights that are on for each of these apels, in three statements."""
    watches = await read_watches(session, apels)
    reports = await _list_reports(session, [apel.id for apel in apels])
    return {
        apel.id: lights_of_apel(apel, watches[apel.id], reports.get(str(apel.id), PullState.NONE)) for apel in apels
    }


async def _list_reports(session: AsyncSession, apel_ids: Collection[UUID]) -> Mapping[str, PullState]:
    keys = any_(literal([str(apel_id) for apel_id in apel_ids], ARRAY(Text)))
    jobs = await session.scalars(select(Job).where(Job.kind == KIND, Job.key == keys))
    return {job.key: state_of(job).state for job in jobs}
