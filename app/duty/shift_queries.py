"""Reads of shifts, within the caller's reach."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Select, Uuid, cast, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar.spans import Span
from app.core.clock import civil_instant
from app.core.db import zone_of
from app.core.paging import decode_cursor
from app.core.principal import Principal, Scope
from app.duty.errors import ShiftNotFound
from app.duty.models import Shift
from app.duty.queries import READERS, serves_within
from app.duty.shift_schemas import ShiftFilter, ShiftRead
from app.registry.models import Asn


class ShiftRow(NamedTuple):
    """A shift and whose it is."""

    shift: Shift
    nip: str
    name: str

    def read(self) -> ShiftRead:
        return ShiftRead(
            **{name: getattr(self.shift, name) for name in ("id", "asn_id", "starts_at", "ends_at", "registered_at")},
            name=self.name,
            registered_by=self.shift.registered_by_name,
            withdrawn_at=self.shift.withdrawn_at,
            withdrawn_by=self.shift.withdrawn_by_name,
            withdrawn_reason=self.shift.withdrawn_reason,
        )


def served_within(session: AsyncSession, scope: Scope) -> ColumnElement[bool]:
    """The person serves in this reach on the civil day on which the shift begins."""
    day = cast(func.timezone(zone_of(session).key, Shift.starts_at), Date)
    return serves_within(scope, Shift.asn_id, day, day)


def _rows(visible: ColumnElement[bool]) -> Select[Shift, str, str]:
    asked = select(Shift, Asn.nip, Asn.name).join(Asn, Asn.id == Shift.asn_id).where(visible)
    return asked.execution_options(populate_existing=True)


async def list_shifts(session: AsyncSession, caller: Principal, wanted: ShiftFilter) -> list[ShiftRow]:
    """The latest first, withdrawn ones too, and one more than the limit if there is one; everybody sees the own."""
    zone = zone_of(session)
    own = Shift.asn_id == caller.asn_id if caller.asn_id is not None else false()
    asked = _rows(or_(served_within(session, caller.reach(*READERS)), own))
    if wanted.asn_id is not None:
        asked = asked.where(Shift.asn_id == wanted.asn_id)
    if wanted.from_date is not None:
        asked = asked.where(Shift.ends_at > civil_instant(wanted.from_date, time.min, zone))
    if wanted.to_date is not None:
        asked = asked.where(Shift.starts_at < civil_instant(wanted.to_date + timedelta(days=1), time.min, zone))
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(Shift.id < after[0])
    rows = await session.execute(asked.order_by(Shift.id.desc()).limit(wanted.limit + 1))
    return [ShiftRow(*row) for row in rows]


async def get_shift(session: AsyncSession, scope: Scope, shift_id: UUID, *, lock: bool = False) -> ShiftRow:
    """Raises ShiftNotFound, also for what lies outside the scope."""
    asked = _rows(served_within(session, scope)).where(Shift.id == shift_id)
    row = (await session.execute(asked.with_for_update(of=Shift) if lock else asked)).one_or_none()
    if row is None:
        raise ShiftNotFound
    return ShiftRow(*row)


class RegisteredShift(NamedTuple):
    """A shift that counts."""

    span: Span
    registered_at: datetime


async def list_registered(
    session: AsyncSession, asn_ids: Collection[UUID], from_at: datetime, to_at: datetime
) -> dict[UUID, list[RegisteredShift]]:
    """The shifts of some people that share time with a span and were not withdrawn, by person, in order."""
    asked = (
        select(Shift.asn_id, Shift.starts_at, Shift.ends_at, Shift.registered_at)
        .where(Shift.asn_id == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid))))
        .where(Shift.withdrawn_at.is_(None), Shift.starts_at < to_at, Shift.ends_at > from_at)
        .order_by(Shift.starts_at)
    )
    found: dict[UUID, list[RegisteredShift]] = {}
    for asn_id, starts_at, ends_at, registered_at in await session.execute(asked):
        found.setdefault(asn_id, []).append(RegisteredShift(Span(starts_at, ends_at), registered_at))
    return found
