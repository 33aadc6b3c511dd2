"""How many deliveries wait, cheap enough to be asked every few seconds."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.functions import count

from app.zoom.models import ZoomInbox, ZoomQuarantine

_LAST_DAY = text("received_at > now() - interval '1 day'")


async def count_deliveries(session: AsyncSession) -> dict[str, int]:
    """Events that nobody read yet, and those of the last day that were not understood or came with a wrong clock."""
    waiting = select(count()).where(ZoomInbox.state == "new").scalar_subquery()
    failed = select(count()).where(ZoomInbox.state == "failed", _LAST_DAY).select_from(ZoomInbox).scalar_subquery()
    aside = select(count()).select_from(ZoomQuarantine).where(_LAST_DAY).scalar_subquery()
    row = (await session.execute(select(waiting, failed, aside))).one()
    return {"zoom_inbox_new": row[0], "zoom_inbox_failed": row[1], "zoom_quarantine": row[2]}
