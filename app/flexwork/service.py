"""Writes of orders. Whoever changes one holds its row; whoever makes absences by one holds its people as well."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.versions import require_version
from app.duty.ordering import Order, confirm_spans, end_spans, lock_people
from app.flexwork import member_queries, queries
from app.flexwork.errors import (
    FlexDayOutside,
    FlexDayPassed,
    FlexDaysInvalid,
    FlexOrderDecided,
    FlexOrderHoldsNobody,
    FlexOrderNotConfirmed,
    FlexOrderReachesFurther,
    FlexOrderRevoked,
    FlexOrdersOverlap,
    FlexTooManySpans,
    OnlyHeadOrders,
)
from app.flexwork.models import FlexEnd, FlexEvaluation, FlexOrder
from app.flexwork.queries import OrderRow
from app.flexwork.rules import MAX_DAYS, MAX_SPANS, Clash, OrderMode, OrderState, Stint, find_clashes, spans_of
from app.flexwork.schemas import EvaluationWrite, OrderChange, OrderCreate, Revocation

MAX_ERRORS = 100
"""Shown at once."""


def insert_order(session: AsyncSession, caller: Principal, body: OrderCreate, *, at: datetime) -> FlexOrder:
    """A proposed order without people, not noted yet. Raises FlexDaysInvalid."""
    said = body.model_dump(exclude={"people", "place"}) | _place(body)
    order = FlexOrder(**said, id=new_id(), proposed_by=caller.id, proposed_at=at, version=0)
    _require_days(order)
    session.add(order)
    return order


def _place(body: OrderCreate | OrderChange) -> dict[str, Any]:
    return {f"place_{name}": value for name, value in body.place.model_dump().items()}


def _require_days(order: FlexOrder) -> None:
    if not 0 <= (order.to_date - order.from_date).days < MAX_DAYS:
        raise FlexDaysInvalid(from_date=str(order.from_date), to_date=str(order.to_date), days=MAX_DAYS)


async def hold_order(session: AsyncSession, caller: Principal, order_id: UUID, *, deciding: bool = False) -> OrderRow:
    """An order that the caller may write, or decide on, held until the transaction ends; one that is decided needs a
    decider for every change.

    Raises FlexOrderNotFound, FlexOrderReachesFurther, OnlyHeadOrders.
    """
    row = await queries.get_order(session, caller, order_id, lock=True)
    if not row.may_write:
        raise FlexOrderReachesFurther
    if not row.may_decide and (deciding or row.order.confirmed_at is not None):
        raise OnlyHeadOrders
    return row


async def change_order(
    session: AsyncSession, caller: Principal, order_id: UUID, body: OrderChange, *, expected: int | None, at: datetime
) -> None:
    """Correct the text of a proposed order; what already holds changes nothing.

    Raises what `hold_order` raises, FlexOrderDecided, FlexDaysInvalid, VersionRequired, VersionMismatch.
    """
    row = await hold_order(session, caller, order_id)
    order, changes = row.order, _changes(row.order, body)
    if not changes:
        return
    if row.state is not OrderState.PROPOSED:
        raise FlexOrderDecided
    require_version(expected, order.version)
    for name, value in changes.items():
        setattr(order, name, value)
    _require_days(order)
    await note(session, caller, "flexwork.change", order, at=at, changed=sorted(changes))


def _changes(order: FlexOrder, body: OrderChange) -> dict[str, Any]:
    said = body.model_dump(exclude_unset=True, exclude={"place"})
    said |= _place(body) if "place" in body.model_fields_set else {}
    return {name: value for name, value in said.items() if getattr(order, name) != value}


async def confirm_order(session: AsyncSession, caller: Principal, order_id: UUID, *, at: datetime) -> None:
    """Have an order hold; one that sends people elsewhere makes their absences. Confirmed already: nothing changes.

    Raises what `hold_order` and `send_people` raise, FlexOrderRevoked and FlexOrderHoldsNobody.
    """
    row = await hold_order(session, caller, order_id, deciding=True)
    if row.state is OrderState.CONFIRMED:
        return
    require_not_revoked(row)
    row.order.confirmed_by, row.order.confirmed_at = caller.id, at
    await session.flush()
    if not await send_people(session, caller, row.order, at=at):
        raise FlexOrderHoldsNobody
    await note(session, caller, "flexwork.confirm", row.order, at=at)


def require_not_revoked(row: OrderRow) -> None:
    if row.revoked_from is not None:
        raise FlexOrderRevoked(from_date=str(row.revoked_from))


async def send_people(session: AsyncSession, caller: Principal, order: FlexOrder, *, at: datetime) -> int:
    """Make the absences that a confirmed order wants and that are not there yet; returns how many people are under it.

    Raises FlexTooManySpans, FlexOrdersOverlap.
    """
    stints = await member_queries.list_stints(session, order.from_date, order.to_date, order_id=order.id)
    spans = spans_of(stints)
    if order.mode != OrderMode.LOCATION:
        return len(spans)
    if sum(map(len, spans.values())) > MAX_SPANS:
        raise FlexTooManySpans(limit=MAX_SPANS)
    # Whoever confirms another order of these people at this moment waits here, then sees this one.
    await lock_people(session, spans.keys())
    await _require_one_place(session, order, stints)
    await confirm_spans(session, caller, Order(order.id, order.number, order.on_date), spans, at=at)
    return len(spans)


async def _require_one_place(session: AsyncSession, order: FlexOrder, stints: list[Stint]) -> None:
    people = {one.asn_id for one in stints}
    present = await member_queries.list_stints(session, order.from_date, order.to_date, asn_ids=people)
    others = (one for one in present if one.mode is OrderMode.LOCATION and one.order_id != order.id)
    clashes = find_clashes(stints, others)
    if clashes:
        errors = [FieldError(f"/people/{one.asn_id}", "order_overlaps", _facts(one)) for one in clashes[:MAX_ERRORS]]
        raise FlexOrdersOverlap(errors=errors, count=len({one.asn_id for one in clashes}))


def _facts(clash: Clash) -> dict[str, str | int]:
    return {"number": clash.number, "from_date": str(clash.from_date), "to_date": str(clash.to_date)}


async def revoke_order(
    session: AsyncSession, caller: Principal, order_id: UUID, body: Revocation, *, at: datetime
) -> None:
    """Have an order no longer hold from a day on; its absences from then on end, those before stay.

    From a day on which it does not hold any more, nothing changes. Raises what `hold_order` raises, FlexDayOutside,
    FlexDayPassed.
    """
    row = await hold_order(session, caller, order_id)
    order = row.order
    if row.revoked_from is not None and row.revoked_from <= body.from_date:
        return
    require_day_to_come(session, order, body.from_date, at)
    session.add(FlexEnd(order_id=order.id, from_date=body.from_date, reason=body.reason, by=caller.id, at=at))
    if order.confirmed_at is not None:
        await end_spans(session, caller, order.id, body.from_date, at=at)
    await note(session, caller, "flexwork.revoke", order, at=at, from_date=str(body.from_date))


def require_day_to_come(session: AsyncSession, order: FlexOrder, day: date, at: datetime) -> None:
    """A day of the order from which it may end: what was ordered and is past stays, or a person would stand there as
    absent without a reason."""
    if not order.from_date <= day <= order.to_date:
        raise FlexDayOutside(from_date=str(order.from_date), to_date=str(order.to_date))
    today = civil_date(at, zone_of(session))
    if order.confirmed_at is not None and day < today:
        raise FlexDayPassed(today=str(today))


async def evaluate_order(
    session: AsyncSession, caller: Principal, order_id: UUID, body: EvaluationWrite, *, at: datetime
) -> None:
    """Keep what came of an order; the last word said again changes nothing.

    Raises what `hold_order` raises and FlexOrderNotConfirmed.
    """
    row = await hold_order(session, caller, order_id, deciding=True)
    if row.order.confirmed_at is None:
        raise FlexOrderNotConfirmed
    said = await queries.list_evaluations(session, [order_id])
    if said and (said[-1].outcome, said[-1].note) == (body.outcome, body.note):
        return
    session.add(FlexEvaluation(order_id=order_id, outcome=body.outcome, note=body.note, by=caller.id, at=at))
    await note(session, caller, "flexwork.evaluate", row.order, at=at, outcome=body.outcome)


async def note(
    session: AsyncSession,
    caller: Principal,
    action: str,
    order: FlexOrder,
    *,
    at: datetime,
    nips: list[str] | None = None,
    **detail: Any,
) -> None:
    """Write what was done to an order into the record, and raise its version."""
    order.version += 1
    await session.flush()
    if nips is None:
        nips = [row.nip for row in await member_queries.list_written(session, order.id)]
    await record(session, caller, action, at=at, target=str(order.id), nips=nips, number=order.number, **detail)
