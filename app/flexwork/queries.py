"""Reads of orders, within the caller's reach: an order is seen by whoever answers for somebody on it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.paging import decode_cursor
from app.core.principal import Principal, Role, Scope
from app.duty.queries import serves_within
from app.duty.service import DECIDERS, WRITERS
from app.flexwork.errors import FlexOrderNotFound
from app.flexwork.models import FlexEnd, FlexEvaluation, FlexMember, FlexOrder
from app.flexwork.rules import OrderState
from app.flexwork.schemas import OrderFilter

NAMERS = (Role.ADMIN, Role.KOMINFO, Role.INSPECTOR, Role.OPD_HEAD, Role.OPD_OPERATOR)
"""Within the reach of these roles it is told who is where; others read counts."""
ORDER_READERS = (Role.BUPATI, *NAMERS)
COUNT_READERS = (*ORDER_READERS, Role.READER)

# GREATEST and LEAST leave null out: a member's own days count within those of the order.
first_day: ColumnElement[date] = func.greatest(FlexMember.from_date, FlexOrder.from_date, type_=Date)
last_day: ColumnElement[date] = func.least(FlexMember.to_date, FlexOrder.to_date, type_=Date)


def _last_before(of_member: ColumnElement[bool]) -> ScalarSelect[date]:
    ends = select(func.min(FlexEnd.from_date) - 1).where(FlexEnd.order_id == FlexOrder.id, of_member)
    return ends.correlate(FlexOrder, FlexMember).scalar_subquery()


stands_until: ColumnElement[date] = func.least(
    last_day, _last_before(or_(FlexEnd.member_id.is_(None), FlexEnd.member_id == FlexMember.id)), type_=Date
)
"""The last day that holds for a member after all that ended it; before first_day where none does."""
_revoked_from = (
    select(func.min(FlexEnd.from_date)).where(FlexEnd.order_id == FlexOrder.id, FlexEnd.member_id.is_(None))
).scalar_subquery()
state_of_order = case(
    (_revoked_from.is_not(None), OrderState.REVOKED.value),
    (FlexOrder.confirmed_at.is_not(None), OrderState.CONFIRMED.value),
    else_=OrderState.PROPOSED.value,
)


class OrderRow(NamedTuple):
    """An order and how it stands, for the caller."""

    order: FlexOrder
    state: OrderState
    revoked_from: date | None
    people: int
    """Written on it and within the caller's reach."""
    may_write: bool
    """Everybody on it is within the caller's reach."""
    may_decide: bool


class EndRow(NamedTuple):
    """What ended a membership, or the whole order where no member is named."""

    order_id: UUID
    member_id: UUID | None
    from_date: date
    reason: str
    by: UUID
    at: datetime


def member_seen(caller: Principal, *roles: Role) -> ColumnElement[bool]:
    """A member serves within the caller's reach on a day of the order, or is the caller."""
    within = serves_within(caller.reach(*roles), FlexMember.asn_id, first_day, last_day)
    himself = caller.holds(Role.ASN) and caller.asn_id is not None
    return or_(within, FlexMember.asn_id == caller.asn_id) if himself else within


def _members(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(FlexMember.order_id == FlexOrder.id, condition)


def _all_within(scope: Scope, caller: Principal) -> ColumnElement[bool]:
    """Nobody on the order is out of reach; an order without people belongs to whoever proposed it."""
    if scope is None:
        return true()
    outside = _members(~serves_within(scope, FlexMember.asn_id, first_day, last_day))
    return and_(~outside, or_(_members(true()), FlexOrder.proposed_by == caller.id))


def _seen(caller: Principal) -> ColumnElement[bool]:
    if caller.reach(*ORDER_READERS) is None:
        return true()
    fresh = and_(FlexOrder.proposed_by == caller.id, ~_members(true()))
    return or_(_members(member_seen(caller, *ORDER_READERS)), fresh)


def _orders(caller: Principal) -> Select[FlexOrder, str, date | None, int, bool, bool]:
    seen = select(func.count(FlexMember.asn_id.distinct())).where(FlexMember.order_id == FlexOrder.id)
    people = seen.where(member_seen(caller, *ORDER_READERS)).correlate(FlexOrder).scalar_subquery()
    may = (_all_within(caller.reach(*roles), caller) for roles in (WRITERS, DECIDERS))
    return (
        select(FlexOrder, state_of_order, _revoked_from, people, *may)
        .where(_seen(caller))
        .execution_options(populate_existing=True)
    )


async def get_order(session: AsyncSession, caller: Principal, order_id: UUID, *, lock: bool = False) -> OrderRow:
    """Raises FlexOrderNotFound. Locked, nobody else changes the order or who is on it until the transaction ends."""
    if lock:
        # A statement of its own: what stands beside a row is read as it was before the wait for the row.
        await session.execute(select(FlexOrder.id).where(FlexOrder.id == order_id).with_for_update())
    row = (await session.execute(_orders(caller).where(FlexOrder.id == order_id))).one_or_none()
    if row is None:
        raise FlexOrderNotFound
    return _order_row(*row)


def _order_row(order: FlexOrder, state: str, *rest: object) -> OrderRow:
    return OrderRow._make((order, OrderState(state), *rest))


async def list_orders(session: AsyncSession, caller: Principal, wanted: OrderFilter) -> list[OrderRow]:
    """The newest first, and one more than the limit if there is one."""
    query = _orders(caller).where(*_matching(caller, wanted)).order_by(FlexOrder.id.desc()).limit(wanted.limit + 1)
    return [_order_row(*row) for row in await session.execute(query)]


def _matching(caller: Principal, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    seen = member_seen(caller, *ORDER_READERS)
    conditions: list[ColumnElement[bool]] = []
    if wanted.opd_code is not None:
        of_opd = serves_within(frozenset({wanted.opd_code}), FlexMember.asn_id, first_day, last_day)
        conditions.append(_members(and_(of_opd, seen)))
    if wanted.asn_id is not None:
        conditions.append(_members(and_(FlexMember.asn_id == wanted.asn_id, seen)))
    if wanted.on is not None:
        conditions += [FlexOrder.from_date <= wanted.on, FlexOrder.to_date >= wanted.on]
        conditions.append(or_(_revoked_from.is_(None), _revoked_from > wanted.on))
        of_week = literal(wanted.on.isoweekday()) == func.any(FlexOrder.weekdays)
        conditions.append(or_(FlexOrder.weekdays.is_(None), of_week))
    if wanted.state is not None:
        conditions.append(state_of_order == wanted.state)
    if (key := decode_cursor(wanted.cursor, UUID)) is not None:
        conditions.append(FlexOrder.id < key[0])
    return conditions


async def list_ends(session: AsyncSession, order_ids: Collection[UUID]) -> list[EndRow]:
    """What ended these orders or somebody's part in them; the earliest day first, for each the first word of it."""
    query = (
        select(FlexEnd.order_id, FlexEnd.member_id, FlexEnd.from_date, FlexEnd.reason, FlexEnd.by, FlexEnd.at)
        .where(among(FlexEnd.order_id, order_ids))
        .order_by(FlexEnd.from_date, FlexEnd.id)
    )
    return [EndRow._make(row) for row in await session.execute(query)]


async def list_evaluations(session: AsyncSession, order_ids: Collection[UUID]) -> list[FlexEvaluation]:
    query = select(FlexEvaluation).where(among(FlexEvaluation.order_id, order_ids))
    return list(await session.scalars(query.order_by(FlexEvaluation.id)))


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    return column == func.any(literal(sorted(set(ids)), ARRAY(Uuid)))
