"""Reads of deposits: slots as facts, the people whose phones these are, and who was in the room."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Subquery,
    Text,
    Uuid,
    and_,
    any_,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.attendance.models import Mark
from app.core.db import within
from app.core.principal import Scope
from app.core.rates import Percent
from app.deposits.models import DepositAct, DepositExemption, DepositLoss, DepositLossClosing
from app.deposits.rules import EXEMPT, Loss, Move, Outcome, Slot, SlotAct
from app.deposits.schemas import DepositWrite
from app.duty.rules import Code, Mode
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on


class PersonRow(NamedTuple):
    """A person, and where they serve on the day of an apel."""

    asn_id: UUID
    nip: str
    name: str
    opd_code: str | None


def _one_of(id_column: InstrumentedAttribute[UUID] | ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    return id_column == any_(literal(sorted(ids), ARRAY(Uuid)))


async def load_people(
    session: AsyncSession, asn_ids: Collection[UUID], day: date, scope: Scope
) -> dict[UUID, PersonRow]:
    """Those of these people who serve within a reach on a day."""
    query = (
        select(Asn.id, Asn.nip, Asn.name, Assignment.opd_code)
        .outerjoin(Assignment, and_(Assignment.asn_id == Asn.id, valid_on(Assignment, day)))
        .where(_one_of(Asn.id, asn_ids), true() if scope is None else within(Assignment.opd_code, scope))
    )
    return {row[0]: PersonRow._make(row) for row in await session.execute(query)}


async def find_people(
    session: AsyncSession, items: Sequence[DepositWrite], day: date, scope: Scope
) -> dict[int, PersonRow]:
    """Whom the lines of a list name, by the number of the line: those who serve within a reach on a day."""
    rows = [{"number": number, "asn_id": item.asn_id, "nip": item.nip} for number, item in enumerate(items)]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(rows), JSONB))
        .table_valued(column("number", Integer), column("asn_id", Uuid), column("nip", Text))
        .render_derived(with_types=True)
    )
    query = (
        select(given.c.number, Asn.id, Asn.nip, Asn.name, Assignment.opd_code)
        .join(Asn, or_(Asn.id == given.c.asn_id, Asn.nip == given.c.nip))
        .join(Assignment, and_(Assignment.asn_id == Asn.id, valid_on(Assignment, day)))
        .where(within(Assignment.opd_code, scope))
    )
    return {row[0]: PersonRow._make(row[1:]) for row in await session.execute(query)}


async def list_known_here(session: AsyncSession, apel_id: UUID, asn_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people about whose attendance something is known: reported or concluded present, or seen."""
    known = or_(Mark.claim["status"].astext == Code.H, Mark.seconds > 0, Mark.status == Code.H)
    query = select(Mark.asn_id).where(Mark.apel_id == apel_id, _one_of(Mark.asn_id, asn_ids), known)
    return set(await session.scalars(query))


async def load_slots(session: AsyncSession, apel_ids: Collection[UUID]) -> dict[tuple[UUID, str], Slot]:
    """Apel and slot → all that is known about it; two statements."""
    acts: dict[tuple[UUID, str], set[SlotAct]] = {}
    query = select(DepositAct).where(_one_of(DepositAct.apel_id, apel_ids))
    for row in await session.scalars(query):
        acts.setdefault((row.apel_id, row.slot), set()).add(SlotAct(Move(row.move), row.at, row.asn_id))
    losses: dict[tuple[UUID, str], list[Loss]] = {}
    for told, closing in await list_losses(session, apel_ids):
        ended = (Outcome(closing.outcome), closing.at) if closing else (None, None)
        losses.setdefault((told.apel_id, told.slot), []).append(Loss(told.id, told.asn_id, told.at, *ended))
    return {key: Slot(frozenset(found), tuple(losses.get(key, ()))) for key, found in sorted(acts.items())}


LossRow = tuple[DepositLoss, DepositLossClosing | None]


async def list_losses(session: AsyncSession, apel_ids: Collection[UUID]) -> list[LossRow]:
    """In the order in which they were told."""
    query = (
        select(DepositLoss, DepositLossClosing)
        .outerjoin(DepositLossClosing, DepositLossClosing.loss_id == DepositLoss.id)
        .where(_one_of(DepositLoss.apel_id, apel_ids))
        .order_by(DepositLoss.at, DepositLoss.id)
        .execution_options(populate_existing=True)
    )
    return [(loss, closing) for loss, closing in await session.execute(query)]


async def load_exemptions(session: AsyncSession, apel_id: UUID) -> dict[UUID, DepositExemption]:
    """Person → the exemption that was said last at an apel."""
    return {row.asn_id: row for row in await _latest(session, DepositExemption.apel_id == apel_id)}


async def load_exemptions_of(
    session: AsyncSession, asn_id: UUID, apel_ids: Collection[UUID]
) -> dict[UUID, DepositExemption]:
    """Apel → the same of one person."""
    chosen = and_(DepositExemption.asn_id == asn_id, _one_of(DepositExemption.apel_id, apel_ids))
    return {row.apel_id: row for row in await _latest(session, chosen)}


async def _latest(session: AsyncSession, chosen: ColumnElement[bool]) -> list[DepositExemption]:
    key = (DepositExemption.apel_id, DepositExemption.asn_id)
    query = select(DepositExemption).where(chosen).ext(distinct_on(*key))
    query = query.order_by(*key, DepositExemption.at.desc(), DepositExemption.id.desc())
    return list(await session.scalars(query))


async def basket_used(session: AsyncSession, apel_id: UUID) -> bool:
    """Somebody laid in a phone."""
    laid = exists().where(DepositAct.apel_id == apel_id, DepositAct.move == Move.IN)
    return bool(await session.scalar(select(laid)))


def people_present(chosen: ColumnElement[bool], *, pending: bool) -> Subquery:
    """Who was in the room (H, wfo) at the apels of the chosen marks: `apel_id, asn_id, unit_code, opd_code, deposited,
    exempt`; with `pending` also who is reported so while nobody is marked yet.
    """
    in_room = and_(Mark.status == Code.H, Mark.mode == Mode.WFO)
    if pending:
        mode = func.coalesce(Mark.claim["mode"].astext, Mode.WFO)
        in_room = or_(in_room, and_(Mark.pending, Mark.claim["status"].astext == Code.H, mode == Mode.WFO))
    laid_in = and_(DepositAct.asn_id == Mark.asn_id, DepositAct.apel_id == Mark.apel_id, DepositAct.move == Move.IN)
    keeps = and_(DepositExemption.asn_id == Mark.asn_id, DepositExemption.apel_id == Mark.apel_id)
    return (
        select(
            *(Mark.apel_id, Mark.asn_id, Mark.unit_code, Mark.opd_code),
            exists().where(laid_in).label("deposited"),
            exists().where(keeps).label("exempt"),
        )
        .where(chosen, in_room)
        .subquery()
    )


def counted(people: Subquery) -> tuple[ColumnElement[Any], ...]:
    """The three numbers that `share` is made of."""
    return (
        func.count().filter(people.c.deposited, ~people.c.exempt),
        func.count().filter(~people.c.exempt),
        func.count().filter(people.c.exempt),
    )


def share(deposited: int, expected: int, exempt: int) -> Percent:
    """Of those in the room who were not exempt."""
    return Percent(deposited, expected, {EXEMPT: exempt})
