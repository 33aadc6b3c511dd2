"""Deposits over many apels: those at which a basket was used, and no others."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import Mark
from app.core.clock import civil_date
from app.core.db import within, zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.periods import Period
from app.core.principal import Principal
from app.core.rates import Percent, PercentRead
from app.deposits import queries
from app.deposits.models import DepositAct, DepositExemption, DepositLoss
from app.deposits.reading import COUNTERS
from app.deposits.rules import Move, Reason
from app.deposits.schemas import BasketFilter, BasketRead, OwnDeposits, OwnStay
from app.registry.queries import get_opd


def _at_apels_with_basket(from_date: date, to_date: date) -> ColumnElement[bool]:
    """Marks of apels of a span at which somebody laid in a phone; of no rehearsal, and of none that was cancelled."""
    used = (
        select(DepositAct.apel_id)
        .join(Apel, Apel.id == DepositAct.apel_id)
        .where(DepositAct.move == Move.IN, Apel.on_date.between(from_date, to_date))
        .where(Apel.rehearsal.is_(False), not_cancelled())
    )
    return Mark.apel_id.in_(used)


async def compliance_by_opd(session: AsyncSession, from_date: date, to_date: date) -> dict[str, Percent]:
    """Reporting unit → those in the room (H, wfo, concluded) at the apels of a span at which a basket was used, and how
    many of them laid in a phone; each counts once for each apel, the exempt are left out. One statement.
    """
    people = queries.people_present(_at_apels_with_basket(from_date, to_date), pending=False)
    query = select(people.c.unit_code, *queries.counted(people)).group_by(people.c.unit_code)
    return {unit: queries.share(*numbers) for unit, *numbers in await session.execute(query)}


async def compliance_of(
    session: AsyncSession, asn_ids: Collection[UUID], from_date: date, to_date: date
) -> dict[UUID, Percent]:
    """Person → the same; who was at no such apel is not named."""
    theirs = Mark.asn_id == any_(literal(sorted(asn_ids), ARRAY(Uuid)))
    people = queries.people_present(_at_apels_with_basket(from_date, to_date) & theirs, pending=False)
    query = select(people.c.asn_id, *queries.counted(people)).group_by(people.c.asn_id)
    return {asn_id: queries.share(*numbers) for asn_id, *numbers in await session.execute(query)}


async def list_baskets(
    session: AsyncSession, caller: Principal, wanted: BasketFilter, *, at: datetime
) -> Page[BasketRead]:
    """The apels that `compliance_by_opd` counts, the latest first, with the share of those in reach.

    Raises OpdNotFound, BadCursor.
    """
    scope, after = caller.reach(*COUNTERS), decode_cursor(wanted.cursor, date, UUID)
    today = civil_date(at, zone_of(session))
    period = Period.parse(wanted.period) if wanted.period else Period.month(today)
    people = queries.people_present(_at_apels_with_basket(period.from_date, period.to_date), pending=False)
    chosen = within(people.c.opd_code, scope)
    if wanted.opd_code is not None:
        await get_opd(session, wanted.opd_code, scope)
        chosen &= or_(people.c.unit_code == wanted.opd_code, people.c.opd_code == wanted.opd_code)
    key = (Apel.on_date, Apel.id)
    query = select(Apel.id, Apel.title, Apel.on_date, *queries.counted(people)).join(
        people, people.c.apel_id == Apel.id
    )
    query = query.where(chosen, true() if after is None else tuple_(*key) < tuple_(*after)).group_by(Apel.id)
    rows = await session.execute(query.order_by(*(column.desc() for column in key)).limit(wanted.limit + 1))
    return cut_page([_basket(*row) for row in rows], wanted.limit, lambda one: (one.on_date, one.apel_id))


def _basket(apel_id: UUID, title: str, on_date: date, *numbers: int) -> BasketRead:
    return BasketRead(
        apel_id=apel_id,
        title=title,
        on_date=on_date,
        deposited=PercentRead.model_validate(queries.share(*numbers)),
        href=f"/v1/apel/{apel_id}/deposits/compliance",
    )


async def read_own_deposits(session: AsyncSession, asn_id: UUID, year: int) -> list[OwnDeposits]:
    """All that is kept of a person's phones in a year, by apel in order."""
    named = or_(
        *(
            Apel.id.in_(select(model.apel_id).where(model.asn_id == asn_id))
            for model in (DepositAct, DepositExemption, DepositLoss)
        )
    )
    days = Apel.on_date.between(date(year, 1, 1), date(year, 12, 31))
    query = select(Apel.id, Apel.title, Apel.on_date).where(named, days).order_by(Apel.starts_at, Apel.id)
    apels = (await session.execute(query)).all()
    ids = [apel.id for apel in apels]
    stays: dict[UUID, list[OwnStay]] = {apel_id: [] for apel_id in ids}
    for (apel_id, name), slot in (await queries.load_slots(session, ids)).items():
        own = (stay for stay in slot.fold().stays if stay.asn_id == asn_id)
        stays[apel_id] += [OwnStay(slot=name, in_at=stay.in_at, out_at=stay.out_at) for stay in own]
    losses: dict[UUID, list[Literal["open", "found", "settled"]]] = {apel_id: [] for apel_id in ids}
    for loss, closing in await queries.list_losses(session, ids):
        if loss.asn_id == asn_id:
            losses[loss.apel_id].append(closing.outcome if closing else "open")  # type: ignore[arg-type]
    kept = await queries.load_exemptions_of(session, asn_id, ids)
    return [
        OwnDeposits(
            apel_id=apel.id,
            title=apel.title,
            on_date=apel.on_date,
            stays=stays[apel.id],
            exemption=Reason(kept[apel.id].reason) if apel.id in kept else None,
            note=kept[apel.id].note if apel.id in kept else None,
            losses=losses[apel.id],
        )
        for apel in apels
    ]
