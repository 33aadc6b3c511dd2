"""What happened and others outside may want to hear of, said in the transaction in which it happened.

Whoever writes a fact announces it here and knows nobody who listens. The business key makes the same thing one
announcement, however often and by whichever process it is said.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.events import Event
from app.core.ids import new_id


class Announcement(Base):
    """Something that happened, once; `taken_at` tells that those who listen have got it."""

    __tablename__ = "announcement"
    __table_args__ = (
        Index("ix_announcement_waiting", "id", postgresql_where=text("taken_at IS NULL")),
        Index(None, "said_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str]
    data: Mapped[dict[str, Any]]
    """Ids, codes and counts: never a name, a NIP, or why somebody is away."""
    happened_at: Mapped[datetime]
    said_at: Mapped[datetime]
    useful_until: Mapped[datetime | None]
    """After this nobody wants to hear of it any more; null: for good."""
    taken_at: Mapped[datetime | None]


async def announce(
    session: AsyncSession,
    event: Event,
    about: object,
    data: Mapping[str, Any],
    *,
    at: datetime,
    happened_at: datetime | None = None,
    useful_until: datetime | None = None,
) -> None:
    """Say what happened; `about` names it for good, so that saying it again says nothing."""
    said = {
        "id": new_id(),
        "key": f"{event}:{about}",
        "event": event,
        "data": dict(data),
        "happened_at": happened_at or at,
        "said_at": at,
        "useful_until": useful_until,
    }
    await session.execute(insert(Announcement).values(said).on_conflict_do_nothing(index_elements=["key"]))


async def count_announcements(session: AsyncSession) -> int:
    """How many nobody has taken yet."""
    return await session.scalar(select(func.count()).where(Announcement.taken_at.is_(None))) or 0
