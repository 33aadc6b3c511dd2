"""Reads of turns: where they stand, what was spoken, who was not called lately."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import DateTime, Row, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel, TurnAct
from app.apel.queries import list_units
from app.apel.roster import Unit
from app.apel.rules import Figures
from app.apel.schemas import SpokenRead, TurnRead, TurnsRead
from app.apel.timeline import ApelNow
from app.apel.turns import (
    CALLS,
    TurnAction,
    TurnFact,
    Turns,
    fold_turns,
    order_units,
    weeks_since,
    words_to_get_ready,
    words_to_read,
)
from app.core.principal import Principal
from app.duty.queries import KNOW_HEALTH
from app.duty.rules import mask_health


async def get_turns(session: AsyncSession, apel: ApelNow) -> Turns:
    """Where the turns stand, with the figures that were spoken."""
    return await fold_turns_of(session, apel, await list_units(session, apel))


_TURN_ACTS = (
    select(*TurnAct.__table__.c).where(TurnAct.apel_id == bindparam("apel_id", type_=Uuid)).order_by(TurnAct.id)
)
_LAST_CALLS = (
    select(TurnAct.opd_code, func.max(Apel.on_date).label("on_date"))
    .join(Apel, Apel.id == TurnAct.apel_id)
    .where(
        TurnAct.act.in_(CALLS),
        Apel.starts_at < bindparam("starts_at", type_=DateTime(timezone=True)),
        Apel.rehearsal.is_(False),
    )
    .group_by(TurnAct.opd_code)
)


async def fold_turns_of(session: AsyncSession, apel: ApelNow, units: Mapping[str, Unit]) -> Turns:
    found = await session.execute(_TURN_ACTS, {"apel_id": apel.id})
    last_called = await _list_last_calls(session, apel)
    return fold_turns(order_units(units.values()), [_turn_fact(row) for row in found], last_called)


def _turn_fact(row: Row[*tuple[Any, ...]]) -> TurnFact:
    figures = None if row.figures is None else Figures(**row.figures)
    return TurnFact(row.opd_code, TurnAction(row.act), row.at, figures, row.as_written)


async def _list_last_calls(session: AsyncSession, apel: ApelNow) -> dict[str, date]:
    """OPD → the latest earlier apel at which it was called; rehearsals do not count."""
    rows = await session.execute(_LAST_CALLS, {"starts_at": apel.starts_at})
    return {row.opd_code: row.on_date for row in rows}


async def read_turns(session: AsyncSession, caller: Principal, apel: ApelNow) -> TurnsRead:
    """The turns with names and texts; figures of OPDs beyond the caller's reach are left out."""
    units = await list_units(session, apel)
    turns = await fold_turns_of(session, apel, units)
    items = [_read_turn(turns, units[code], apel.on_date, caller) for code in turns.order]
    names = {code: unit.short_name for code, unit in units.items()}
    text = words_to_get_ready(turns.current and names[turns.current], [names[code] for code in turns.next])
    return TurnsRead(apel_id=apel.id, current=turns.current, next=list(turns.next), text=text, items=items)


def _read_turn(turns: Turns, unit: Unit, on: date, caller: Principal) -> TurnRead:
    turn, last = turns.turns[unit.opd_code], turns.last_called.get(unit.opd_code)
    spoken = turn.spoken if caller.reaches(unit.opd_code) else None
    open_health = caller.reaches(unit.opd_code, *KNOW_HEALTH)
    return TurnRead(
        opd_code=unit.opd_code,
        name=unit.name,
        short_name=unit.short_name,
        order=unit.protocol_order,
        state=turn.state,
        called_at=turn.called_at,
        answered_at=turn.answered_at,
        as_written=turn.as_written,
        spoken=None if spoken is None else _read_spoken(spoken, open_health=open_health),
        text=None if spoken is None else words_to_read(unit.name, spoken),
        last_called_on=last,
        weeks_not_called=weeks_since(last, on),
    )


def _read_spoken(figures: Figures, *, open_health: bool) -> SpokenRead:
    return SpokenRead(
        strength=figures.strength,
        present={"wfo": figures.wfo, "wfa": figures.wfa},
        excused=dict(figures.excused) if open_health else mask_health(figures.excused),
        unexplained=figures.unexplained,
        not_required=dict(figures.not_required),
    )
