"""Who belongs on a sheet, what they are paid, and which apels a month had."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, literal, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.registry.models import Asn, Assignment
from app.tpp.models import TppRate
from app.tpp.periods import Period, last_day


class Member(NamedTuple):
    """Somebody on a sheet, as the register has them at the end of the month."""

    asn_id: UUID
    nip: str
    name: str
    opd_code: str
    employment_type: str
    work_pattern: str


def _ids(ids: Collection[UUID]) -> ColumnElement[Any]:
    return any_(literal(sorted(set(ids)), ARRAY(Uuid)))


async def list_members(
    session: AsyncSession,
    month: date,
    *,
    opd_codes: Collection[str] | None = None,
    asn_ids: Collection[UUID] | None = None,
) -> list[Member]:
    """Who served in a month, each where they served last in it, by OPD and name."""
    last = (
        select(Assignment.asn_id, Assignment.opd_code, Assignment.work_pattern)
        .where(Assignment.from_date <= last_day(month))
        .where(or_(Assignment.to_date.is_(None), Assignment.to_date >= month))
        .where(true() if asn_ids is None else Assignment.asn_id == _ids(asn_ids))
        .ext(distinct_on(Assignment.asn_id))
        .order_by(Assignment.asn_id, Assignment.from_date.desc())
        .subquery()
    )
    asked = (
        select(Asn.id, Asn.nip, Asn.name, last.c.opd_code, Asn.employment_type, last.c.work_pattern)
        .join(last, last.c.asn_id == Asn.id)
        .where(true() if opd_codes is None else last.c.opd_code == any_(literal(sorted(opd_codes), ARRAY(Text))))
        .order_by(last.c.opd_code, Asn.folded_name, Asn.id)
    )
    return [Member._make(row) for row in await session.execute(asked)]


async def list_begun_apels(session: AsyncSession, period: Period, *, at: datetime) -> Sequence[UUID]:
    """The apels of a period that count and have begun, in order of time."""
    asked = (
        select(Apel.id)
        .where(Apel.on_date.between(period.from_date, period.to_date), Apel.starts_at <= at)
        .where(Apel.rehearsal.is_(False), not_cancelled())
        .order_by(Apel.starts_at, Apel.id)
    )
    return (await session.scalars(asked)).all()


async def load_rates(session: AsyncSession, on: date, asn_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """Person → the whole TPP a month that holds on a day; of those loaded for one day, the last."""
    asked = (
        select(TppRate.asn_id, TppRate.amount)
        .where(TppRate.asn_id == _ids(asn_ids), TppRate.from_date <= on)
        .ext(distinct_on(TppRate.asn_id))
        .order_by(TppRate.asn_id, TppRate.from_date.desc(), TppRate.loaded_at.desc(), TppRate.id.desc())
    )
    return {asn_id: Decimal(amount) for asn_id, amount in await session.execute(asked)}


async def load_rates_from(session: AsyncSession, asn_ids: Collection[UUID]) -> dict[tuple[UUID, date], Decimal]:
    """(person, day) → what was loaded last for that day."""
    asked = (
        select(TppRate.asn_id, TppRate.from_date, TppRate.amount)
        .where(TppRate.asn_id == _ids(asn_ids))
        .ext(distinct_on(TppRate.asn_id, TppRate.from_date))
        .order_by(TppRate.asn_id, TppRate.from_date, TppRate.loaded_at.desc(), TppRate.id.desc())
    )
    return {(asn_id, day): amount for asn_id, day, amount in await session.execute(asked)}
