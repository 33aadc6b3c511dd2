"""Writes of the calendar: seeding a year, and what the regency knows better."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Text, column, delete, func, literal, not_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TableValuedAlias

from app.audit.service import record
from app.calendar import almanac
from app.calendar.models import CalendarDay, CalendarYear
from app.calendar.schemas import CalendarDayWrite
from app.core.errors import VersionMismatch
from app.core.principal import Principal
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.core.versions import require_version

REGENCY = "kabupaten"
"""The source of a correction that names none."""


async def ensure_year(session: AsyncSession, year: int) -> None:
    """Have the days of a year in the table, as the newest edition knows them; corrections stay.

    One read when nothing is new. Asked for by whoever is about to read the year.
    """
    edition = almanac.edition(year)
    before = await session.scalar(select(CalendarYear.edition).where(CalendarYear.year == year))
    if before == edition:
        return
    # The year's row is the lock: whoever seeds at the same time waits here, then writes the same.
    begun = insert(CalendarYear).values(year=year, edition=edition)
    await session.execute(begun.on_conflict_do_update(index_elements=["year"], set_={"edition": edition}))
    known = almanac.list_days(year)
    await _drop_what_is_no_longer_known(session, year, [entry.day for entry in known])
    await _seed(session, known)
    if before is not None:
        await mark_workdays_stale(session, None, date(year, 1, 1))


async def ensure_years(session: AsyncSession, from_date: date, to_date: date) -> None:
    """`ensure_year` for each year that a span of days touches."""
    for year in range(from_date.year, to_date.year + 1):
        await ensure_year(session, year)


async def _drop_what_is_no_longer_known(session: AsyncSession, year: int, known: list[date]) -> None:
    seeded = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)) & not_(CalendarDay.corrected)
    await session.execute(delete(CalendarDay).where(seeded, CalendarDay.day.not_in(known)))


async def _seed(session: AsyncSession, known: tuple[almanac.Entry, ...]) -> None:
    given = _as_table(known)
    names = [column.name for column in given.c]
    seed = insert(CalendarDay).from_select(names, select(given))
    facts = {name: seed.excluded[name] for name in names if name != "day"}
    differs = tuple_(*(CalendarDay.__table__.c[name] for name in facts)).is_distinct_from(tuple_(*facts.values()))
    await session.execute(
        seed.on_conflict_do_update(
            index_elements=["day"],
            set_=facts | {"version": CalendarDay.version + 1},
            where=not_(CalendarDay.corrected) & differs,
        )
    )


def _as_table(known: tuple[almanac.Entry, ...]) -> TableValuedAlias:
    rows: list[dict[str, Any]] = [
        {
            "day": entry.day.isoformat(),
            "kind": entry.mark.kind,
            "name": entry.mark.name,
            "estimated": entry.mark.estimated,
            "source": entry.source,
        }
        for entry in known
    ]
    columns = (
        column("day", Date),
        column("kind", Text),
        column("name", Text),
        column("estimated", Boolean),
        column("source", Text),
    )
    return func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(*columns).render_derived(with_types=True)


async def set_day(
    session: AsyncSession, caller: Principal, day: date, body: CalendarDayWrite, *, expected: int | None, at: datetime
) -> tuple[CalendarDay, bool]:
    """Correct one day; returns its row, and whether the day had no mark before.

    The same mark again changes nothing. Raises VersionRequired or VersionMismatch where another mark stands.
    """
    await ensure_year(session, day.year)
    mark = {
        "kind": str(body.kind),
        "name": body.name,
        "estimated": False,
        "source": body.source or REGENCY,
        "corrected": True,
    }
    fresh = insert(CalendarDay).values(day=day, **mark).on_conflict_do_nothing().returning(CalendarDay)
    row = await session.scalar(fresh)
    if row is not None:
        if expected is not None:
            raise VersionMismatch(current=0)
        await mark_days_stale(session, day, day)  # a policy may ask nobody to an apel in Ramadan
        await mark_workdays_stale(session, None, day)
        await record(session, caller, "calendar.set", at=at, target=day.isoformat(), kind=body.kind)
        return row, True
    row = await session.get_one(CalendarDay, day, with_for_update=True, populate_existing=True)
    if any(getattr(row, name) != value for name, value in mark.items()):
        require_version(expected, row.version)
        was = row.kind
        for name, value in mark.items():
            setattr(row, name, value)
        row.version += 1
        await session.flush()
        await mark_days_stale(session, day, day)
        await mark_workdays_stale(session, None, day)
        await record(session, caller, "calendar.set", at=at, target=day.isoformat(), was=was, kind=body.kind)
    return row, False
