"""Which conclusions no longer rest on all facts.

Whoever writes a fact says so here, in the same transaction, by inserting a row; nobody updates or waits, and a bell
is rung when it has committed. The conclusion consumes the rows of an apel under that apel's lock.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Identity, Index, Integer, Uuid, false, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.bell import ring
from app.core.db import Base


class Stale(Base):
    """Either one apel, or every apel of a span of civil days; `opd_code` null means all its units."""

    __tablename__ = "stale"
    __table_args__ = (Index(None, "apel_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    apel_id: Mapped[UUID | None]
    from_date: Mapped[date | None]
    to_date: Mapped[date | None]
    opd_code: Mapped[str | None]
    evidence: Mapped[bool] = mapped_column(server_default=false())
    """Only what was seen changed: participants are settled anew, and those units concluded that it moved."""


class StaleWorkdays(Base):
    """A person's ledgers of working days from a year on; `asn_id` null means everybody's."""

    __tablename__ = "stale_workdays"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    asn_id: Mapped[UUID | None]
    from_year: Mapped[int]


async def mark_stale(session: AsyncSession, apel_id: UUID, *opd_codes: str, evidence: bool = False) -> None:
    """Have these reporting units of an apel concluded again; all of them when none is named."""
    rows = [{"apel_id": apel_id, "opd_code": code, "evidence": evidence} for code in opd_codes or (None,)]
    await session.execute(insert(Stale), rows)
    ring(session)


async def mark_days_stale(
    session: AsyncSession, from_date: date | None, to_date: date | None, opd_code: str | None = None
) -> None:
    """Have every apel between two civil days (inclusive, None: open end) concluded again."""
    await session.execute(
        insert(Stale).values(from_date=from_date or date.min, to_date=to_date or date.max, opd_code=opd_code)
    )
    ring(session)


async def mark_workdays_stale(session: AsyncSession, asn_ids: Collection[UUID] | None, from_date: date) -> None:
    """Have the ledgers of these people (None: everybody) made again, from the year of a civil day on.

    A day of January may end a streak of the year before.
    """
    from_year = from_date.year - (from_date.month == 1)
    if asn_ids is None:
        await session.execute(insert(StaleWorkdays).values(asn_id=None, from_year=from_year))
        return
    people = func.unnest(literal(sorted(set(asn_ids)), ARRAY(Uuid)))
    rows = select(people, literal(from_year, Integer))
    await session.execute(insert(StaleWorkdays).from_select(["asn_id", "from_year"], rows))


async def count_stale_workdays(session: AsyncSession) -> int:
    """How many marks on ledgers of working days wait; one may concern everybody."""
    return await session.scalar(select(func.count()).select_from(StaleWorkdays)) or 0


async def count_stale(session: AsyncSession) -> int:
    """How many facts wait to be concluded."""
    return await session.scalar(select(func.count()).select_from(Stale)) or 0
