"""Roll-calls on a day that turned out to be off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel, ApelAct
from app.calendar.models import CalendarDay
from app.calendar.rules import DAYS_OFF
from app.core.fields import Read


class CollidingApel(Read):
    id: UUID
    kind: str
    title: str
    starts_at: datetime


async def list_colliding(session: AsyncSession, day: CalendarDay) -> list[CollidingApel]:
    """The roll-calls of a day off that nobody has cancelled, in order; none when the day is not off."""
    if day.kind not in DAYS_OFF:
        return []
    last_act = select(ApelAct.act).where(ApelAct.apel_id == Apel.id).order_by(ApelAct.id.desc()).limit(1)
    standing = func.coalesce(last_act.scalar_subquery(), "") != "cancel"
    query = select(Apel).where(Apel.on_date == day.day, standing).order_by(Apel.starts_at, Apel.id)
    return [CollidingApel.model_validate(apel) for apel in await session.scalars(query)]
