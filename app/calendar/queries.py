"""Reads of the calendar; `service.ensure_year` has seeded the years that are asked for."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar import rules
from app.calendar.errors import CalendarDayNotFound
from app.calendar.models import CalendarDay
from app.calendar.rules import Day, DayKind


async def list_days(session: AsyncSession, from_date: date, to_date: date) -> list[CalendarDay]:
    """The marked days of a span, both ends inclusive, in order."""
    query = select(CalendarDay).where(CalendarDay.day.between(from_date, to_date)).order_by(CalendarDay.day)
    return list((await session.scalars(query, execution_options={"populate_existing": True})).all())


async def load_days(session: AsyncSession, from_date: date, to_date: date) -> dict[date, Day]:
    """The marked days of a span as the rules take them."""
    rows = await list_days(session, from_date, to_date)
    return {row.day: Day(DayKind(row.kind), row.name, row.estimated) for row in rows}


async def is_estimated(session: AsyncSession, year: int) -> bool:
    """Whether the joint decree for a year is still awaited."""
    return rules.is_estimated(await load_days(session, date(year, 1, 1), date(year, 12, 31)), year)


async def get_day(session: AsyncSession, day: date) -> CalendarDay:
    """Raises CalendarDayNotFound."""
    found = await session.get(CalendarDay, day, populate_existing=True)
    if found is None:
        raise CalendarDayNotFound
    return found
