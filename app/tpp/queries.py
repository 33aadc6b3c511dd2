"""Reads of sheets, rates and objections."""

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.tpp.models import TppSheet
from app.tpp.states import SheetState


async def last_frozen_month(session: AsyncSession) -> date | None:
    """The first civil day of the latest month that any unit has frozen: what it rests on keeps its rules."""
    return await session.scalar(select(func.max(TppSheet.month)).where(*_frozen()))


async def last_frozen_day(session: AsyncSession) -> date | None:
    """The last civil day whose facts are in a frozen sheet; after an early December it lies before the year's end."""
    return await session.scalar(select(func.max(TppSheet.to_date)).where(*_frozen()))


def _frozen() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TppSheet.state == SheetState.FROZEN, TppSheet.corrects_id.is_(None)
