"""The calendar as everybody reads it; a correction names the roll-calls in its way, so its route is theirs."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from app.calendar import almanac, queries, service
from app.calendar.models import CalendarDay
from app.calendar.schemas import CalendarDayRead, HoursRead
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.fields import FIRST_YEAR, LAST_YEAR, Day
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.web.conditional import ETag
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/calendar", "Kalender")
Reader = Annotated[Principal, Depends(Requires(*Role))]
Year = Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR)]


@router.get("")
async def list_calendar(
    caller: Reader, session: Transaction, now: Now, year: Year | None = None
) -> Page[CalendarDayRead]:
    """All marked days of a year, this year if none is named: holidays, cuti bersama, Ramadan, corrections."""
    chosen = year or civil_date(now, zone_of(session)).year
    await service.ensure_year(session, chosen)
    rows = await queries.list_days(session, date(chosen, 1, 1), date(chosen, 12, 31))
    return Page(items=[CalendarDayRead.model_validate(row) for row in rows])


@router.get("/hours")
async def list_hours(caller: Reader) -> Page[HoursRead]:
    """Working hours with their legal basis, and whether an official has verified the figures."""
    return Page(items=[HoursRead.model_validate(rules) for rules in almanac.list_hour_rules()])


@router.get("/{day}", response_model=CalendarDayRead)
async def read_day(day: Day, caller: Reader, session: Transaction, etag: ETag) -> CalendarDay:
    """One marked day; its ETag is what a correction must name."""
    await service.ensure_year(session, day.year)
    row = await queries.get_day(session, day)
    etag.set(row.version)
    return row
