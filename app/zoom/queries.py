"""How the deliveries fare."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.zoom.models import ZoomInbox, ZoomQuarantine
from app.zoom.schemas import ClockSkew, InboxCounts, ZoomHealth


async def get_health(session: AsyncSession, *, configured: bool) -> ZoomHealth:
    """Counts of all events ever kept, in three statements."""
    states = await session.execute(select(ZoomInbox.state, func.count()).group_by(ZoomInbox.state))
    counts = {row[0]: row[1] for row in states}
    waiting = func.min(ZoomInbox.received_at).filter(ZoomInbox.state == "new")
    last, oldest = (await session.execute(select(func.max(ZoomInbox.received_at), waiting))).one()
    aside = select(ZoomQuarantine.received_at, ZoomQuarantine.skew_seconds, func.count().over().label("deliveries"))
    row = (await session.execute(aside.order_by(ZoomQuarantine.received_at.desc()).limit(1))).first()
    return ZoomHealth(
        configured=configured,
        last_event_at=last,
        inbox=InboxCounts(**counts),
        oldest_new_at=oldest,
        quarantine=ClockSkew(
            deliveries=row.deliveries if row else 0,
            last_at=row.received_at if row else None,
            last_seconds=row.skew_seconds if row else None,
        ),
    )
