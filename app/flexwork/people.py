"""Who is on an order: written on it and taken off it, always as facts with their days."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import upsert_rows
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import Principal
from app.duty.ordering import end_spans
from app.duty.service import DECIDERS, WRITERS
from app.flexwork import member_queries, service
from app.flexwork.errors import FlexPeopleRefused
from app.flexwork.member_queries import WrittenRow
from app.flexwork.models import FlexEnd, FlexMember, FlexOrder
from app.flexwork.rules import Named, PeoplePlan, Wanted, Written, plan_people
from app.flexwork.schemas import OrderCreate, PeopleAdd, PeopleEnd, PersonWrite


class Misfit(NamedTuple):
    """Why somebody cannot be written on an order: their place in the list, and a text of section `import`."""

    number: int
    code: str
    facts: dict[str, str | int]


async def create_order(session: AsyncSession, caller: Principal, body: OrderCreate, *, at: datetime) -> UUID:
    """Propose an order. Raises FlexDaysInvalid and FlexPeopleRefused."""
    order = service.insert_order(session, caller, body, at=at)
    await session.flush()
    await _write_named(session, caller, order, body.people, at=at)
    await service.note(session, caller, "flexwork.create", order, at=at)
    return order.id


async def add_people(
    session: AsyncSession, caller: Principal, order_id: UUID, body: PeopleAdd, *, at: datetime
) -> None:
    """Write people on an order; a confirmed one sends them at once. The same people again change nothing.

    Raises what `service.hold_order` and `service.send_people` raise, FlexOrderRevoked and FlexPeopleRefused.
    """
    row = await service.hold_order(session, caller, order_id)
    service.require_not_revoked(row)
    plan = await _write_named(session, caller, row.order, body.people, at=at)
    if plan.create:
        await take_effect(session, caller, row.order, at=at)


async def _write_named(
    session: AsyncSession, caller: Principal, order: FlexOrder, people: Iterable[PersonWrite], *, at: datetime
) -> PeoplePlan:
    named = [Named(**one.model_dump()) for one in people]
    plan, misfits = await plan_named(session, caller, order, named)
    refuse(FieldError(f"/people/{one.number}", one.code, one.facts) for one in misfits)
    await write_people(session, caller, order, plan, at=at)
    return plan


async def plan_named(
    session: AsyncSession, caller: Principal, order: FlexOrder, named: Sequence[Named]
) -> tuple[PeoplePlan, list[Misfit]]:
    """What writing these people on an order comes to, and who does not fit."""
    scope = caller.reach(*(WRITERS if order.confirmed_at is None else DECIDERS))
    found = await member_queries.find_people(session, scope, named, order.from_date, order.to_date)
    misfits = [Misfit(number, "person_unknown", {}) for number in range(len(named)) if number not in found]
    numbers = sorted(found)
    wanted = [_wanted(found[number], named[number]) for number in numbers]
    on_it = [
        _written(row) for row in await member_queries.list_written(session, order.id) if row.first <= row.stands_until
    ]
    plan = plan_people(wanted, (order.from_date, order.to_date), on_it)
    span = {"from_date": str(order.from_date), "to_date": str(order.to_date)}
    misfits += [Misfit(numbers[place], "outside_order", dict(span)) for place in plan.outside]
    misfits += [
        Misfit(numbers[place], "on_order_already", {"from_date": str(first), "to_date": str(last)})
        for place, (first, last) in plan.clashes.items()
    ]
    return plan, sorted(misfits)


def _wanted(asn_id: UUID, one: Named) -> Wanted:
    return Wanted(asn_id, one.from_date, one.to_date, one.place_name)


def _written(row: WrittenRow) -> Written:
    return Written(row.asn_id, row.first, row.stands_until, row.place_name)


def refuse(wrong: Iterable[FieldError]) -> None:
    """Raises FlexPeopleRefused where anything is wrong."""
    found = list(wrong)
    if found:
        raise FlexPeopleRefused(errors=found[: service.MAX_ERRORS], count=len(found))


async def write_people(
    session: AsyncSession, caller: Principal, order: FlexOrder, plan: PeoplePlan, *, at: datetime
) -> None:
    common = {"order_id": order.id, "added_by": caller.id, "added_at": at}
    await upsert_rows(session, FlexMember, [{"id": new_id()} | one._asdict() | common for one in plan.create])


async def take_effect(session: AsyncSession, caller: Principal, order: FlexOrder, *, at: datetime) -> None:
    """What follows from new people on an order: absences, where it is confirmed."""
    if order.confirmed_at is not None:
        await service.send_people(session, caller, order, at=at)
    await service.note(session, caller, "flexwork.add", order, at=at)


async def end_people(
    session: AsyncSession, caller: Principal, order_id: UUID, body: PeopleEnd, *, at: datetime
) -> None:
    """Take people off an order from a day on; those who are off it then already stay so.

    Raises what `service.hold_order` raises, FlexPeopleRefused, FlexDayOutside, FlexDayPassed.
    """
    order = (await service.hold_order(session, caller, order_id)).order
    written = await member_queries.list_written(session, order_id)
    known = {row.asn_id for row in written} | {row.nip for row in written}
    named = {one.asn_id or one.nip for one in body.people}
    refuse(
        FieldError(f"/people/{number}", "not_on_order")
        for number, one in enumerate(body.people)
        if (one.asn_id or one.nip) not in known
    )
    left = [row for row in written if not named.isdisjoint({row.asn_id, row.nip})]
    ending = [row for row in left if row.stands_until >= max(body.from_date, row.first)]
    if not ending:
        return
    service.require_day_to_come(session, order, body.from_date, at)
    common = {"order_id": order_id, "from_date": body.from_date, "reason": body.reason, "by": caller.id, "at": at}
    await upsert_rows(session, FlexEnd, [{"id": new_id(), "member_id": row.member_id} | common for row in ending])
    if order.confirmed_at is not None:
        await end_spans(session, caller, order_id, body.from_date, {row.asn_id for row in ending}, at=at)
    nips = [row.nip for row in ending]
    await service.note(session, caller, "flexwork.end", order, at=at, nips=nips, from_date=str(body.from_date))
