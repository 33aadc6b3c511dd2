"""Reads of recommendations, cases and decisions."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.decisions.loading import load_cases
from app.decisions.models import Case
from app.decisions.rules import OVER, STANDING
from app.decisions.weighing import Imposed, RunningSanction, schedule


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID] | None) -> ColumnElement[bool]:
    return true() if ids is None else column == func.any(literal(list(ids), ARRAY(Uuid)))


async def running_sanctions(
    session: AsyncSession, asn_ids: Collection[UUID] | None, day: date
) -> dict[UUID, list[RunningSanction]]:
    """Person → the sanctions that are in force and run on a civil day; of these people, None: of everybody."""
    found = await scheduled_sanctions(session, asn_ids)
    running = {asn_id: [one for one in sanctions if one.runs_on(day)] for asn_id, sanctions in found.items()}
    return {asn_id: sanctions for asn_id, sanctions in running.items() if sanctions}


async def scheduled_sanctions(
    session: AsyncSession, asn_ids: Collection[UUID] | None
) -> dict[UUID, list[RunningSanction]]:
    """Person → every sanction that stands, from when to when it runs; those before and those to come included."""
    asked = select(Case).where(Case.phase.in_(sorted(STANDING)), among(Case.asn_id, asn_ids))
    imposed: dict[UUID, list[Imposed]] = {}
    for case in await load_cases(session, list(await session.scalars(asked))):
        if (sanction := case.imposed()) is not None:
            imposed.setdefault(case.case.asn_id, []).append(sanction)
    return {asn_id: schedule(sanctions) for asn_id, sanctions in imposed.items()}


async def open_cases(session: AsyncSession, asn_ids: Collection[UUID] | None, day: date) -> set[UUID]:
    """People about whom a case is open on a civil day: neither closed nor revoked nor in force."""
    asked = select(Case).where(Case.phase.not_in(sorted(OVER)), among(Case.asn_id, asn_ids))
    cases = await load_cases(session, list(await session.scalars(asked)))
    return {case.case.asn_id for case in cases if case.is_running(day)}
