"""Reads of promises and tickets."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Text, any_, literal, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Scope
from app.counters.figures import judged
from app.counters.models import CounterPromise
from app.counters.schemas import ServiceFilter, TicketFilter
from app.registry.models import Opd

READ = {"populate_existing": True}


async def list_opds_within(session: AsyncSession, codes: Collection[str], scope: Scope) -> set[str]:
    """Those of these codes that are OPDs within the scope."""
    named = Opd.code == any_(literal(sorted(codes), ARRAY(Text)))
    return set(await session.scalars(select(Opd.code).where(named, within(Opd.code, scope))))


async def list_promises(session: AsyncSession, opd_code: str, service_code: str) -> Sequence[CounterPromise]:
    """Every version of a service's promise."""
    kept = CounterPromise
    asked = select(kept).where(kept.opd_code == opd_code, kept.service_code == service_code)
    return (await session.scalars(asked, execution_options=READ)).all()


async def list_promises_in_force(
    session: AsyncSession, on: date, scope: Scope
) -> dict[tuple[str, str], CounterPromise]:
    """OPD and service → what it promises on a day."""
    kept = CounterPromise
    asked = select(kept).ext(distinct_on(kept.opd_code, kept.service_code))
    asked = asked.where(kept.from_date <= on, within(kept.opd_code, scope))
    asked = asked.order_by(kept.opd_code, kept.service_code, kept.from_date.desc(), kept.version.desc())
    found = await session.scalars(asked, execution_options=READ)
    return {(one.opd_code, one.service_code): one for one in found}


async def list_services(session: AsyncSession, wanted: ServiceFilter) -> Sequence[CounterPromise]:
    """The latest version of each service, by OPD and code, and one more than the limit if there is one."""
    kept = CounterPromise
    asked = select(kept).ext(distinct_on(kept.opd_code, kept.service_code))
    if wanted.opd_code is not None:
        asked = asked.where(kept.opd_code == wanted.opd_code)
    if (after := decode_cursor(wanted.cursor, str, str)) is not None:
        asked = asked.where(tuple_(kept.opd_code, kept.service_code) > after)
    asked = asked.order_by(kept.opd_code, kept.service_code, kept.version.desc()).limit(wanted.limit + 1)
    return (await session.scalars(asked, execution_options=READ)).all()


async def list_tickets(
    session: AsyncSession, wanted: TicketFilter, from_date: date, to_date: date, scope: Scope
) -> list[tuple[Any, CounterPromise | None]]:
    """Tickets of these OPDs with the promise of their day, the latest arrivals first, one more than the limit."""
    rows = await judged(session, from_date, to_date, scope)
    asked = select(rows, CounterPromise).outerjoin(CounterPromise, CounterPromise.id == rows.c.promise_id)
    key = (rows.c.arrived_at, rows.c.opd_code, rows.c.service_code, rows.c.ticket)
    if wanted.service_code is not None:
        asked = asked.where(rows.c.service_code == wanted.service_code)
    if wanted.late is not None:
        asked = asked.where(rows.c.kept.is_(not wanted.late))
    if (after := decode_cursor(wanted.cursor, datetime, str, str, str)) is not None:
        asked = asked.where(tuple_(*key) < after)
    asked = asked.order_by(*(part.desc() for part in key))
    found = await session.execute(asked.limit(wanted.limit + 1))
    return [(row, row.CounterPromise) for row in found]
