"""Writes of deposits: facts that are kept once; what holds is folded from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import require_not_over
from app.apel.timeline import ApelNow
from app.attendance.service import conclude
from app.audit.service import record
from app.core.bulk import as_table
from app.core.clock import civil_day
from app.core.db import Base, lock_key, zone_of
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import Principal, Role, Scope
from app.deposits import queries, rules
from app.deposits.errors import AttendanceFirst, DepositsRefused, LossNotFound, LossSettled, SlotEmpty, SlotTaken
from app.deposits.models import DepositAct, DepositExemption, DepositLoss, DepositLossClosing
from app.deposits.queries import PersonRow
from app.deposits.rules import Plan, Slot, Wanted
from app.deposits.schemas import DepositWrite, ExemptionWrite, LossClosing, LossWrite, RecordedRead, TakenOut

WRITERS = (Role.KOMINFO, Role.ADMIN, Role.OPD_HEAD, Role.OPD_OPERATOR)
MAX_ERRORS = 100


def _errors(pointers: Sequence[str], code: str) -> list[FieldError]:
    return [FieldError(pointer, code) for pointer in pointers[:MAX_ERRORS]]


def _refuse(pointers: Sequence[str], code: str) -> None:
    if pointers:
        raise DepositsRefused(errors=_errors(pointers, code), count=len(pointers))


async def _hold(session: AsyncSession, apel_id: UUID) -> dict[str, Slot]:
    """The slots of an apel; nobody else writes of them until this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("deposits", apel_id))))
    found = await queries.load_slots(session, [apel_id])
    return {name: slot for (_, name), slot in found.items()}


async def deposit_phones(
    session: AsyncSession, caller: Principal, apel_id: UUID, items: Sequence[DepositWrite], *, at: datetime
) -> RecordedRead:
    """Phones laid into the basket: all lines of the list, or none.

    Raises ApelNotFound, ApelFinal, ApelCancelled, DepositsRefused, AttendanceFirst, SlotTaken; each of the last three
    names the lines.
    """
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    people = await queries.find_people(session, items, apel.on_date, caller.reach(*WRITERS))
    _refuse([f"/items/{n}" for n in range(len(items)) if n not in people], "entry_person_unknown")
    _require_times(session, apel, [item.at for item in items], at=at)
    await _require_attendance(session, apel_id, people, at=at)
    slots = await _hold(session, apel_id)
    wanted = [Wanted(item.slot, people[number].asn_id, item.at) for number, item in enumerate(items)]
    plan = rules.plan_deposits(wanted, slots, at)
    if plan.wrong:
        pointers = [f"/items/{number}/slot" for number in plan.wrong]
        raise SlotTaken(errors=_errors(pointers, "slot_taken"), count=len(pointers))
    nips = [person.nip for person in people.values()]
    return await _keep(session, caller, apel_id, plan, "deposits.in", nips, at=at)


def _require_times(session: AsyncSession, apel: ApelNow, times: Sequence[datetime | None], *, at: datetime) -> None:
    """Nothing happened in the future, nor before the day of the apel."""
    begins, _ = civil_day(apel.on_date, zone_of(session))
    _refuse([f"/items/{n}/at" for n, time in enumerate(times) if time and time > at], "time_in_future")
    _refuse([f"/items/{n}/at" for n, time in enumerate(times) if time and time < begins], "time_before_day")


async def _require_attendance(
    session: AsyncSession, apel_id: UUID, people: dict[int, PersonRow], *, at: datetime
) -> None:
    """A phone in the basket cannot report its owner any more, so attendance is taken before."""
    await conclude(session, apel_id, at=at)
    known = await queries.list_known_here(session, apel_id, {person.asn_id for person in people.values()})
    unknown = [f"/items/{number}" for number, person in sorted(people.items()) if person.asn_id not in known]
    if unknown:
        raise AttendanceFirst(errors=_errors(unknown, "attendance_first"), count=len(unknown))


async def take_out(
    session: AsyncSession, caller: Principal, apel_id: UUID, items: Sequence[TakenOut], *, at: datetime
) -> RecordedRead:
    """Slots emptied, at any state of the apel: people want their phones back. All lines, or none.

    Raises ApelNotFound, DepositsRefused for slots that hold no phone, or none of people in the caller's reach.
    """
    apel = await get_apel(session, apel_id, at=at)
    _require_times(session, apel, [item.at for item in items], at=at)
    slots = await _hold(session, apel_id)
    owners = {last.asn_id for item in items if (last := slots.get(item.slot, Slot()).last)}
    reach = caller.reach(*WRITERS)
    people = await queries.load_people(session, owners, apel.on_date, reach)

    def may_empty(slot: Slot) -> bool:
        return slot.last.asn_id in people if slot.last else reach is None

    plan = rules.plan_taking_out([Wanted(item.slot, at=item.at) for item in items], slots, at, may_empty)
    _refuse([f"/items/{number}/slot" for number in plan.wrong], "slot_empty")
    nips = [person.nip for person in people.values()]
    return await _keep(session, caller, apel_id, plan, "deposits.out", nips, at=at)


async def _keep(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    plan: Plan,
    action: str,
    nips: Collection[str],
    *,
    at: datetime,
) -> RecordedRead:
    noted = {"apel_id": apel_id, "by_id": caller.id, "noted_at": at}
    await _insert(session, DepositAct, [{"id": new_id(), "slot": slot} | vars(act) | noted for slot, act in plan.new])
    if plan.new:
        await record(session, caller, action, at=at, target=str(apel_id), nips=nips, recorded=len(plan.new))
    return RecordedRead(recorded=len(plan.new), unchanged=plan.unchanged)


async def _insert(session: AsyncSession, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        given = as_table(model, rows)
        await session.execute(insert(model).from_select(list(rows[0]), select(*given.c)))


async def exempt_people(
    session: AsyncSession, caller: Principal, apel_id: UUID, items: Sequence[ExemptionWrite], *, at: datetime
) -> RecordedRead:
    """People who keep their phones, and why: all lines, or none; another reason takes the place of the one before.

    Raises ApelNotFound, ApelFinal, ApelCancelled, DepositsRefused.
    """
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    named = {item.asn_id: item for item in items}
    people = await queries.load_people(session, named, apel.on_date, caller.reach(*WRITERS))
    _refuse([f"/items/{n}/asn_id" for n, one in enumerate(items) if one.asn_id not in people], "entry_person_unknown")
    await _hold(session, apel_id)
    kept = await queries.load_exemptions(session, apel_id)
    new = [item for asn_id, item in named.items() if not _says(kept.get(asn_id), item)]
    said = {"apel_id": apel_id, "by_id": caller.id, "at": at}
    await _insert(session, DepositExemption, [{"id": new_id()} | item.model_dump() | said for item in new])
    if new:
        nips = [people[item.asn_id].nip for item in new]
        await record(session, caller, "deposits.exempt", at=at, target=str(apel_id), nips=nips)
    return RecordedRead(recorded=len(new), unchanged=len(named) - len(new))


def _says(kept: DepositExemption | None, item: ExemptionWrite) -> bool:
    return kept is not None and (kept.reason, kept.note) == (item.reason, item.note)


@dataclass(frozen=True)
class Told:
    """A loss as it is kept, and whether this request was the first to tell it."""

    loss_id: UUID
    created: bool


async def report_loss(
    session: AsyncSession, caller: Principal, apel_id: UUID, body: LossWrite, *, at: datetime
) -> Told:
    """The phone that lay in a slot last is not there; telling it twice makes one loss.

    Raises ApelNotFound, SlotEmpty.
    """
    apel = await get_apel(session, apel_id, at=at)
    slot = (await _hold(session, apel_id)).get(body.slot, Slot())
    if slot.last is None:
        raise SlotEmpty
    owner = await _find_owner(session, apel, slot.last.asn_id, caller.reach(*WRITERS))
    if owner is None:
        raise SlotEmpty
    if slot.open_loss is not None:
        return Told(slot.open_loss.id, created=False)
    loss = DepositLoss(id=new_id(), apel_id=apel_id, asn_id=owner.asn_id, by_id=caller.id, at=at, **body.model_dump())
    session.add(loss)
    await session.flush()
    await record(session, caller, "deposits.report-loss", at=at, target=str(loss.id), nips=[owner.nip])
    return Told(loss.id, created=True)


async def _find_owner(session: AsyncSession, apel: ApelNow, asn_id: UUID, reach: Scope) -> PersonRow | None:
    return (await queries.load_people(session, [asn_id], apel.on_date, reach)).get(asn_id)


async def settle_loss(
    session: AsyncSession, caller: Principal, apel_id: UUID, loss_id: UUID, body: LossClosing, *, at: datetime
) -> None:
    """The phone was found, or the loss was settled with its owner; ending as it ended changes nothing.

    Raises ApelNotFound, LossNotFound, LossSettled.
    """
    apel = await get_apel(session, apel_id, at=at)
    await _hold(session, apel_id)
    found = {loss.id: (loss, closing) for loss, closing in await queries.list_losses(session, [apel_id])}
    if loss_id not in found:
        raise LossNotFound
    loss, closing = found[loss_id]
    owner = await _find_owner(session, apel, loss.asn_id, caller.reach(*WRITERS))
    if owner is None:
        raise LossNotFound
    if closing is not None:
        if closing.outcome != body.outcome:
            raise LossSettled(outcome=closing.outcome)
        return
    session.add(DepositLossClosing(loss_id=loss_id, by_id=caller.id, at=at, **body.model_dump()))
    await session.flush()
    await record(
        session, caller, "deposits.settle-loss", at=at, target=str(loss_id), nips=[owner.nip], outcome=body.outcome
    )
