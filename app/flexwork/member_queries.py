"""Reads of who is on orders, and for which days that holds."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Date, Integer, Text, Uuid, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import decode_cursor
from app.core.principal import Principal, Role, Scope
from app.duty.queries import serves_on, serves_within
from app.flexwork.models import FlexMember, FlexOrder
from app.flexwork.queries import NAMERS, among, first_day, last_day, member_seen, stands_until, state_of_order
from app.flexwork.rules import Named, OrderMode, Place, PlaceKind, Stint
from app.registry.models import Asn, Assignment, Opd

FULL_NIP = (Role.ADMIN, Role.OPD_HEAD, Role.OPD_OPERATOR)


class MemberRow(NamedTuple):
    """A person on an order."""

    member: FlexMember
    nip: str
    name: str
    opd_code: str | None
    opd_type: str | None
    first: date
    last: date
    full_nip: bool


class WrittenRow(NamedTuple):
    """Somebody who was written on an order, and until when that holds: before `first` where it never did."""

    member_id: UUID
    nip: str
    asn_id: UUID
    first: date
    stands_until: date
    place_name: str | None


class OwnRow(NamedTuple):
    """An order as it holds for one person."""

    order: FlexOrder
    state: str
    place_name: str
    first: date
    last: date
    stands_until: date

    @property
    def ended_from(self) -> date | None:
        return self.stands_until + timedelta(days=1) if self.stands_until < self.last else None


async def list_members(
    session: AsyncSession, caller: Principal, order_id: UUID, *, cursor: str | None = None, limit: int | None = None
) -> list[MemberRow]:
    """Those on an order whom the caller may know, as they were written; one more than the limit if there is one."""
    serves = serves_on(FlexMember.asn_id, first_day, last_day)
    post = select(Assignment.opd_code).where(serves).order_by(Assignment.from_date).limit(1)
    opd_code = post.correlate(FlexMember, FlexOrder).scalar_subquery()
    full_nip = serves_within(caller.reach(*FULL_NIP), FlexMember.asn_id, first_day, last_day)
    inner = (
        select(FlexMember, Asn.nip, Asn.name, opd_code.label("opd_code"), first_day, last_day, full_nip)
        .join(FlexOrder, FlexOrder.id == FlexMember.order_id)
        .join(Asn, Asn.id == FlexMember.asn_id)
        .where(FlexMember.order_id == order_id, member_seen(caller, *NAMERS))
        .order_by(FlexMember.id)
    )
    if (key := decode_cursor(cursor, UUID)) is not None:
        inner = inner.where(FlexMember.id > key[0])
    found = (await session.execute(inner if limit is None else inner.limit(limit + 1))).all()
    types = await _types_of(session, {row.opd_code for row in found if row.opd_code})
    return [
        MemberRow(member, nip, name, code, types.get(code or ""), first, last, full)
        for member, nip, name, code, first, last, full in found
    ]


async def _types_of(session: AsyncSession, codes: Collection[str]) -> dict[str, str]:
    rows = await session.execute(select(Opd.code, Opd.type).where(Opd.code.in_(codes)))
    return {row.code: row.type for row in rows}


async def list_nips(session: AsyncSession, asn_ids: Collection[UUID]) -> list[str]:
    return list(await session.scalars(select(Asn.nip).where(among(Asn.id, asn_ids))))


async def list_written(session: AsyncSession, order_id: UUID) -> list[WrittenRow]:
    """Everybody who was ever written on an order, whoever asks: for the order's own writes."""
    query = (
        select(FlexMember.id, Asn.nip, FlexMember.asn_id, first_day, stands_until, FlexMember.place_name)
        .join(FlexOrder, FlexOrder.id == FlexMember.order_id)
        .join(Asn, Asn.id == FlexMember.asn_id)
        .where(FlexMember.order_id == order_id)
        .order_by(FlexMember.id)
    )
    return [WrittenRow._make(row) for row in await session.execute(query)]


async def find_people(
    session: AsyncSession, scope: Scope, named: Sequence[Named], from_date: date, to_date: date
) -> dict[int, UUID]:
    """Place in the list → whom it names, of those who serve within the scope on one of the days that it says."""
    if not named:
        return {}
    rows = [
        {"number": number, "asn_id": one.asn_id, "nip": one.nip}
        | {"from_date": one.from_date or from_date, "to_date": one.to_date or to_date}
        for number, one in enumerate(named)
    ]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(rows), JSONB))
        .table_valued(
            column("number", Integer),
            column("asn_id", Uuid),
            column("nip", Text),
            column("from_date", Date),
            column("to_date", Date),
        )
        .render_derived(with_types=True)
    ).c
    by_nip = select(Asn.id).where(Asn.nip == given.nip).correlate(given.nip.table).scalar_subquery()
    found = (
        select(given.number, Asn.id)
        .join(Asn, Asn.id == func.coalesce(given.asn_id, by_nip))
        .where(serves_within(scope, Asn.id, given.from_date, given.to_date))
    )
    return {row.number: row.id for row in await session.execute(found)}


async def list_stints(
    session: AsyncSession,
    from_date: date,
    to_date: date,
    *,
    asn_ids: Collection[UUID] | None = None,
    order_id: UUID | None = None,
    proposed_too: bool = False,
) -> list[Stint]:
    """Who is under a confirmed order on a day of a span, by the days that hold; of these people or this order only."""
    place = func.coalesce(FlexMember.place_name, FlexOrder.place_name)
    query = (
        select(FlexOrder, FlexMember.asn_id, place, first_day, stands_until)
        .join(FlexOrder, FlexOrder.id == FlexMember.order_id)
        .where(first_day <= stands_until, first_day <= to_date, stands_until >= from_date)
        # The index of orders finds the few of a span; members are judged after them.
        .where(FlexOrder.from_date <= to_date, FlexOrder.to_date >= from_date)
        .order_by(FlexMember.id)
    )
    if not proposed_too:
        query = query.where(FlexOrder.confirmed_at.is_not(None))
    if asn_ids is not None:
        query = query.where(among(FlexMember.asn_id, asn_ids))
    if order_id is not None:
        query = query.where(FlexOrder.id == order_id)
    return [_stint(*row) for row in await session.execute(query)]


def _stint(order: FlexOrder, asn_id: UUID, place_name: str, first: date, last: date) -> Stint:
    return Stint(
        order_id=order.id,
        number=order.number,
        mode=OrderMode(order.mode),
        place=Place(PlaceKind(order.place_kind), place_name),
        target=order.target,
        asn_id=asn_id,
        from_date=first,
        to_date=last,
        weekdays=None if order.weekdays is None else frozenset(order.weekdays),
    )


async def list_orders_of(session: AsyncSession, asn_id: UUID, from_date: date, to_date: date) -> list[OwnRow]:
    """The orders that a person is written on in a span: those proposed, revoked and ended too."""
    place = func.coalesce(FlexMember.place_name, FlexOrder.place_name)
    query = (
        select(FlexOrder, state_of_order, place, first_day, last_day, stands_until)
        .join(FlexMember, FlexMember.order_id == FlexOrder.id)
        .where(FlexMember.asn_id == asn_id, first_day <= to_date, last_day >= from_date)
        .order_by(first_day, FlexMember.id)
    )
    return [OwnRow._make(row) for row in await session.execute(query)]
