"""Whose output a caller may read or write of."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Uuid, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.principal import OPD_ROLES, Principal, Role
from app.duty.queries import serves_within
from app.performance.errors import OwnPerformance
from app.registry.errors import AsnNotFound
from app.registry.models import Asn
from app.registry.queries import get_asn

READERS = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR, *OPD_ROLES)
"""Of people in their reach; and everybody of themselves."""
WRITERS = (Role.ADMIN, *OPD_ROLES)
SUPERIORS = (Role.ADMIN, Role.OPD_HEAD)
"""They verify and evaluate; never themselves."""


def is_own(caller: Principal, asn_id: UUID) -> bool:
    return caller.holds(Role.ASN) and caller.asn_id == asn_id


async def find_person(session: AsyncSession, caller: Principal, asn_id: UUID, today: date, *roles: Role) -> Asn:
    """A person in the reach of these roles, or the caller's own self. Raises AsnNotFound."""
    return await get_asn(session, asn_id, None if is_own(caller, asn_id) else caller.reach(*roles), today)


async def lock_person(session: AsyncSession, caller: Principal, asn_id: UUID, today: date, *roles: Role) -> Asn:
    """The same for a write; nobody else writes of the person until this transaction ends. Raises AsnNotFound."""
    serves = serves_on(caller, Asn.id, today, *roles)
    locked = select(Asn).where(Asn.id == asn_id, serves).with_for_update(key_share=True)
    found = await session.scalar(locked)
    if found is None:
        raise AsnNotFound
    return found


def serves_on(
    caller: Principal, asn_id: InstrumentedAttribute[UUID] | ColumnElement[UUID], today: date, *roles: Role
) -> ColumnElement[bool]:
    """People who serve in the reach of these roles on a day."""
    day = literal(today, Date)
    return serves_within(caller.reach(*roles), asn_id, day, day)


def serves_or_is_own(
    caller: Principal, asn_id: InstrumentedAttribute[UUID] | ColumnElement[UUID], today: date, *roles: Role
) -> ColumnElement[bool]:
    serves = serves_on(caller, asn_id, today, *roles)
    return or_(serves, asn_id == caller.asn_id) if caller.holds(Role.ASN) and caller.asn_id else serves


async def lock_people(session: AsyncSession, asn_ids: Collection[UUID]) -> None:
    """Nobody else writes of these people until this transaction ends; locked in one order, as all do."""
    named = func.any(literal(sorted(asn_ids), ARRAY(Uuid)))
    await session.execute(select(Asn.id).where(Asn.id == named).order_by(Asn.id).with_for_update(key_share=True))


def require_another(caller: Principal, asn_id: UUID) -> None:
    """Raises OwnPerformance where the caller is the person."""
    if caller.asn_id == asn_id:
        raise OwnPerformance
