"""How Zoom's deliveries fare in numbers, cheap enough to be asked every few seconds."""

from math import nan

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.functions import count

from app.core.jobs import Job, JobState
from app.core.measures import ZOOM_EVENT_AGE, ZOOM_VALIDATION_AGE
from app.evidence.models import EvidenceGap
from app.zoom.models import ZoomInbox, ZoomQuarantine, ZoomWatch
from app.zoom.pulling import KIND

_LAST_DAY = text("received_at > now() - interval '1 day'")


async def count_deliveries(session: AsyncSession) -> dict[str, int]:
    """Events that nobody read yet, and those of the last day that were not understood or came with a wrong clock."""
    waiting = select(count()).where(ZoomInbox.state == "new").scalar_subquery()
    failed = select(count()).where(ZoomInbox.state == "failed", _LAST_DAY).select_from(ZoomInbox).scalar_subquery()
    aside = select(count()).select_from(ZoomQuarantine).where(_LAST_DAY).scalar_subquery()
    row = (await session.execute(select(waiting, failed, aside))).one()
    return {"zoom_inbox_new": row[0], "zoom_inbox_failed": row[1], "zoom_quarantine": row[2]}


async def count_watched(session: AsyncSession) -> dict[str, int]:
    """Gaps that last, and reports that wait or were given up; the ages are set as gauges of their own."""
    lasting = select(count()).where(EvidenceGap.to_at.is_(None), EvidenceGap.mended_at.is_(None))
    reports = select(count()).where(Job.kind == KIND)
    now = func.now()
    row = (
        await session.execute(
            select(
                lasting.select_from(EvidenceGap).scalar_subquery(),
                reports.where(Job.state == JobState.WAITING).select_from(Job).scalar_subquery(),
                reports.where(Job.state == JobState.FAILED).select_from(Job).scalar_subquery(),
                select(func.extract("epoch", now - func.max(ZoomInbox.received_at))).scalar_subquery(),
                select(func.extract("epoch", now - func.max(ZoomWatch.validated_at))).scalar_subquery(),
            )
        )
    ).one()
    ZOOM_EVENT_AGE.set(nan if row[3] is None else float(row[3]))
    ZOOM_VALIDATION_AGE.set(nan if row[4] is None else float(row[4]))
    return {"evidence_gaps": row[0], "zoom_reports_waiting": row[1], "zoom_reports_given_up": row[2]}
