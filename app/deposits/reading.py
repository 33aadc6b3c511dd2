"""Answers about deposits: what is in the basket, who laid in a phone, as the caller may see it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import past_window
from app.apel.timeline import ApelNow
from app.attendance.models import Mark
from app.attendance.reading import READERS, health_scope
from app.attendance.service import conclude
from app.audit.service import record
from app.core.db import within
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import MACHINE_ROLES, OPD_ROLES, Principal, Role, Scope
from app.core.rates import Percent, PercentRead
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.deposits import queries, schemas
from app.deposits.queries import LossRow, PersonRow
from app.deposits.rules import EXEMPT, Slot, SlotState
from app.policies.service import rules_on
from app.registry import nip as nips
from app.registry.models import Asn
from app.registry.rules import shown_under

COUNTERS = (*READERS, Role.READER)
KNOWS_NAMES = (Role.ADMIN, Role.KOMINFO, *OPD_ROLES)
"""Who may read by name who laid in no phone."""


def _identity(person: PersonRow) -> dict[str, Any]:
    named = {"asn_id": person.asn_id, "name": person.name, "opd_code": person.opd_code}
    return named | {"nip_masked": nips.masked(person.nip)}


def _is_machine(caller: Principal) -> bool:
    return caller.roles <= MACHINE_ROLES


def _knows(caller: Principal, person: PersonRow) -> bool:
    """Whether the caller may know why a person is exempt, and what was noted."""
    scope = health_scope(caller)
    return scope is None or person.opd_code in scope


async def _load_slots(
    session: AsyncSession, caller: Principal, apel: ApelNow
) -> tuple[dict[str, Slot], dict[UUID, PersonRow]]:
    """The slots that hold or held a phone of somebody in reach, and these people."""
    slots = {name: slot for (_, name), slot in (await queries.load_slots(session, [apel.id])).items() if slot.last}
    owners = {slot.last.asn_id for slot in slots.values() if slot.last}
    people = await queries.load_people(session, owners, apel.on_date, caller.reach(*COUNTERS))
    return {name: slot for name, slot in slots.items() if slot.last and slot.last.asn_id in people}, people


def _counts(slots: Iterable[Slot]) -> dict[str, int]:
    states = [slot.state for slot in slots]
    return {state.value: states.count(state) for state in SlotState}


async def read_deposits(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: schemas.PageFilter, *, at: datetime
) -> schemas.DepositsRead:
    """The slots of people in reach, with how many are in each state; machines read the numbers. Raises ApelNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    after = decode_cursor(wanted.cursor, str)
    slots, people = await _load_slots(session, caller, apel)
    shown = [] if _is_machine(caller) else [name for name in sorted(slots) if after is None or name > after[0]]
    page = cut_page(shown[: wanted.limit + 1], wanted.limit, lambda name: (name,))
    items = [_slot(name, slots[name], people) for name in page.items]
    seen = [people[item.asn_id].nip for item in items]
    await record(session, caller, "deposits.read", at=at, target=str(apel_id), nips=seen)
    return schemas.DepositsRead(
        apel_id=apel_id, counts=_counts(slots.values()), items=items, next_cursor=page.next_cursor
    )


def _slot(name: str, slot: Slot, people: Mapping[UUID, PersonRow]) -> schemas.SlotRead:
    assert slot.last is not None
    stay = slot.last
    return schemas.SlotRead(
        slot=name, state=slot.state, in_at=stay.in_at, out_at=stay.out_at, **_identity(people[stay.asn_id])
    )


async def read_exemptions(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: schemas.PageFilter, *, at: datetime
) -> Page[schemas.ExemptionRead]:
    """Who keeps the phone, by person; why is for the own unit, the personnel office and inspectors."""
    apel = await get_apel(session, apel_id, at=at)
    after = decode_cursor(wanted.cursor, UUID)
    kept = await queries.load_exemptions(session, apel_id)
    people = await queries.load_people(session, kept, apel.on_date, caller.reach(*READERS))
    shown = sorted(asn_id for asn_id in people if after is None or asn_id > after[0])
    page = cut_page(shown[: wanted.limit + 1], wanted.limit, lambda asn_id: (asn_id,))
    seen = [people[asn_id].nip for asn_id in page.items]
    await record(session, caller, "deposits.read-exemptions", at=at, target=str(apel_id), nips=seen)
    items = []
    for asn_id in page.items:
        knows = _knows(caller, people[asn_id])
        why = {"reason": kept[asn_id].reason if knows else EXEMPT, "note": kept[asn_id].note if knows else None}
        items.append(schemas.ExemptionRead(at=kept[asn_id].at, **why, **_identity(people[asn_id])))
    return Page(items=items, next_cursor=page.next_cursor)


async def read_losses(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: schemas.PageFilter, *, at: datetime
) -> Page[schemas.LossRead]:
    """Phones of people in reach that were not where they should be, in the order in which it was told."""
    apel = await get_apel(session, apel_id, at=at)
    after = decode_cursor(wanted.cursor, UUID)
    rows, people = await _losses(session, caller, apel)
    shown = [row for row in sorted(rows, key=lambda row: row[0].id) if after is None or row[0].id > after[0]]
    page = cut_page(shown[: wanted.limit + 1], wanted.limit, lambda row: (row[0].id,))
    seen = [people[loss.asn_id].nip for loss, _ in page.items]
    await record(session, caller, "deposits.read-losses", at=at, target=str(apel_id), nips=seen)
    return Page(items=[_loss(caller, row, people[row[0].asn_id]) for row in page.items], next_cursor=page.next_cursor)


async def get_loss(
    session: AsyncSession, caller: Principal, apel_id: UUID, loss_id: UUID, *, at: datetime
) -> schemas.LossRead:
    """As it stands after a write about it."""
    rows, people = await _losses(session, caller, await get_apel(session, apel_id, at=at))
    row = next(row for row in rows if row[0].id == loss_id)
    return _loss(caller, row, people[row[0].asn_id])


async def _losses(
    session: AsyncSession, caller: Principal, apel: ApelNow
) -> tuple[list[LossRow], dict[UUID, PersonRow]]:
    rows = await queries.list_losses(session, [apel.id])
    reach = caller.reach(*COUNTERS)
    people = await queries.load_people(session, {loss.asn_id for loss, _ in rows}, apel.on_date, reach)
    return [row for row in rows if row[0].asn_id in people], people


def _loss(caller: Principal, row: LossRow, person: PersonRow) -> schemas.LossRead:
    loss, closing = row
    knows = _knows(caller, person)
    return schemas.LossRead(
        id=loss.id,
        slot=loss.slot,
        note=loss.note if knows else None,
        at=loss.at,
        outcome=closing.outcome if closing else None,
        closing_note=closing.note if closing and knows else None,
        closed_at=closing.at if closing else None,
        **_identity(person),
    )


async def read_compliance(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    wanted: schemas.PageFilter,
    language: Language,
    *,
    at: datetime,
) -> schemas.ComplianceRead:
    """Who of those in the room laid in a phone, by unit in reach. Raises ApelNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    await conclude(session, apel_id, at=at)
    scope = caller.reach(*COUNTERS)
    units = await _by_row(session, apel_id, scope)
    slots, _ = await _load_slots(session, caller, apel)
    losses, _ = await _losses(session, caller, apel)
    without = await _without_deposit(session, caller, apel_id, wanted)
    await record(
        session, caller, "deposits.read-compliance", at=at, target=str(apel_id), nips=[row.nip for row in without.items]
    )
    total = queries.share(*(sum(numbers) for numbers in zip(*units.values(), strict=True))) if units else Percent(0, 0)
    over = at >= apel.ends_at or past_window(apel.state)
    return schemas.ComplianceRead(
        apel_id=apel_id,
        basket_used=await queries.basket_used(session, apel_id),
        total=PercentRead.model_validate(total),
        opd=[_unit(code, numbers) for code, numbers in sorted(units.items())],
        losses=_ends(losses),
        not_fetched=_counts(slots.values())[SlotState.IN] if over else 0,
        items=[_person(row) for row in without.items],
        next_cursor=without.next_cursor,
        lines=[await _line(session, apel, total, language)],
    )


def _unit(code: str, numbers: tuple[int, int, int]) -> schemas.OpdCompliance:
    return schemas.OpdCompliance(opd_code=code, deposited=PercentRead.model_validate(queries.share(*numbers)))


def _ends(losses: Iterable[LossRow]) -> dict[str, int]:
    ends = [closing.outcome if closing else "open" for _, closing in losses]
    return {end: ends.count(end) for end in ("open", "found", "settled")}


async def _by_row(session: AsyncSession, apel_id: UUID, scope: Scope) -> dict[str, tuple[int, int, int]]:
    """Unit, or the part that the caller reaches of it, → the numbers of `queries.share`."""
    people = queries.people_present(Mark.apel_id == apel_id, pending=True)
    query = select(people.c.opd_code, people.c.unit_code, *queries.counted(people))
    query = query.where(within(people.c.opd_code, scope)).group_by(people.c.opd_code, people.c.unit_code)
    found: dict[str, tuple[int, int, int]] = {}
    for opd_code, unit_code, *numbers in await session.execute(query):
        row = shown_under(opd_code, unit_code, scope)
        deposited, expected, exempt = found.get(row, (0, 0, 0))
        found[row] = deposited + numbers[0], expected + numbers[1], exempt + numbers[2]
    return found


async def _without_deposit(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: schemas.PageFilter
) -> Page[PersonRow]:
    people = queries.people_present(Mark.apel_id == apel_id, pending=True)
    query = (
        select(people.c.asn_id, Asn.nip, Asn.name, people.c.opd_code)
        .join(Asn, Asn.id == people.c.asn_id)
        .where(~people.c.deposited, ~people.c.exempt, within(people.c.opd_code, caller.reach(*KNOWS_NAMES)))
        .order_by(people.c.opd_code, people.c.asn_id)
        .limit(wanted.limit + 1)
    )
    after = decode_cursor(wanted.cursor, str, UUID)
    if after is not None:
        query = query.where(tuple_(people.c.opd_code, people.c.asn_id) > tuple_(*after))
    rows = [PersonRow._make(row) for row in await session.execute(query)]
    return cut_page(rows, wanted.limit, lambda row: (str(row.opd_code), row.asn_id))


def _person(row: PersonRow) -> schemas.WithoutDeposit:
    return schemas.WithoutDeposit(**_identity(row))


async def _line(session: AsyncSession, apel: ApelNow, total: Percent, language: Language) -> RuleLine:
    """What deposits weigh in conduct, and the slots that the share rests on."""
    policy = await rules_on(session, apel.on_date)
    source = policy.conduct.source if policy.conduct else None
    facts: dict[str, Any] = {"deposited": total.numerator, "expected": total.denominator}
    facts["exempt"] = total.excluded.get(EXEMPT, 0)
    words = text(language, "deposit", "compliance", **facts)
    if source:
        facts |= {"source": source.source, "verified": source.verified, "base": source.base}
    link = EvidenceLink(kind="deposits", id=str(apel.id), href=f"/v1/apel/{apel.id}/deposits")
    return RuleLine(rule="conduct.deposit", policy=policy.label, text=words, facts=facts, evidence=[link])
