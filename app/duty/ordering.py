"""Absences that an order makes for many people at once, and takes back; never one that somebody else confirmed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, case, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.audit.service import record
from app.core.bulk import Row, as_table, upsert_rows
from app.core.ids import new_id
from app.core.principal import Principal, Scope
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.duty.errors import OnlyHeadConfirms
from app.duty.models import Absence
from app.duty.queries import KNOW_HEALTH, list_confirmed_spans, serves_within
from app.duty.rules import EXCUSED_MASK, HEALTH, WFA, AbsenceState, Span, Taken, fit_between, is_hidden
from app.duty.service import DECIDERS
from app.registry.errors import AsnNotFound
from app.registry.models import Asn

Spans = Mapping[UUID, Sequence[Span]]
"""Person → at least one span of days, both ends inclusive, in order."""


@dataclass(frozen=True)
class Order:
    """What is written on the absences that an order makes."""

    id: UUID
    letter_no: str
    letter_date: date


class Kept(NamedTuple):
    """Days on which a person has another confirmed reason to be elsewhere, which stays."""

    asn_id: UUID
    code: str
    from_date: date
    to_date: date


async def lock_people(session: AsyncSession, asn_ids: Collection[UUID]) -> list[str]:
    """Their NIPs; nobody else confirms an absence of theirs until this transaction ends."""
    query = select(Asn.nip).where(_among(Asn.id, asn_ids)).order_by(Asn.id).with_for_update(key_share=True)
    return list(await session.scalars(query))


async def find_kept(session: AsyncSession, caller: Principal, order_id: UUID, spans: Spans) -> list[Kept]:
    """Which of the days that an order wants belong to other confirmed absences, as the caller may know them."""
    kept = _fit(order_id, spans, await _load_taken(session, spans))[1]
    ill = [one for one in kept if one.code in HEALTH]
    known = await _within(session, caller.reach(*KNOW_HEALTH), ill)
    return [one._replace(code=EXCUSED_MASK) if is_hidden(one.code, knows_health=one in known) else one for one in kept]


async def confirm_spans(session: AsyncSession, caller: Principal, order: Order, spans: Spans, *, at: datetime) -> None:
    """Confirm work from anywhere on these days but those that `find_kept` names; the same again changes nothing.

    The number of statements does not depend on the number of people. Raises OnlyHeadConfirms, and AsnNotFound where
    somebody serves outside the caller's reach.
    """
    if not caller.holds(*DECIDERS):
        raise OnlyHeadConfirms
    if not spans:
        return
    nips = await lock_people(session, spans.keys())
    await _require_reach(session, caller, spans)
    free, _ = _fit(order.id, spans, await _load_taken(session, spans))
    rows = [_row(caller, order, asn_id, span, at) for asn_id, left in free.items() for span in left]
    if not rows:
        return
    await upsert_rows(session, Absence, rows)
    first, last = min(row["from_date"] for row in rows), max(row["to_date"] for row in rows)
    await mark_days_stale(session, first, last)
    await mark_workdays_stale(session, free.keys(), first)
    await record(session, caller, "duty.order", at=at, target=str(order.id), nips=nips, absences=len(rows))


async def end_spans(
    session: AsyncSession,
    caller: Principal,
    order_id: UUID,
    from_date: date,
    asn_ids: Collection[UUID] | None = None,
    *,
    at: datetime,
) -> None:
    """End what an order made, for these people (None: all), from a day on: absences before it stay as they were.

    Whether the caller may end the order is for its own room to say; only a decider may. Raises OnlyHeadConfirms.
    """
    if not caller.holds(*DECIDERS):
        raise OnlyHeadConfirms
    made = [Absence.order_id == order_id, Absence.state == AbsenceState.CONFIRMED, Absence.to_date >= from_date]
    if asn_ids is not None:
        made.append(_among(Absence.asn_id, asn_ids))
    nips = await lock_people(session, set(await session.scalars(select(Absence.asn_id).where(*made))))
    last = await session.scalar(select(func.max(Absence.to_date)).where(*made))
    if last is None:
        return
    began = Absence.from_date < from_date
    ended = {
        "to_date": case((began, from_date - timedelta(days=1)), else_=Absence.to_date),
        "state": case((began, Absence.state), else_=AbsenceState.REJECTED),
        "version": Absence.version + 1,
        "decided_by": caller.id,
        "decided_at": at,
    }
    query = update(Absence).where(*made).values(ended).returning(Absence.asn_id)
    people = set(await session.scalars(query.execution_options(synchronize_session=False)))
    await mark_days_stale(session, from_date, last)
    await mark_workdays_stale(session, people, from_date)
    await record(session, caller, "duty.end_order", at=at, target=str(order_id), nips=nips, **{"from": str(from_date)})


def _among(column: InstrumentedAttribute[UUID], asn_ids: Collection[UUID]) -> ColumnElement[bool]:
    return column == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid)))


async def _within(session: AsyncSession, scope: Scope, spans: Sequence[Kept]) -> set[Kept]:
    """Those whose person serves within a reach on one of the days at least, as for an absence written by hand."""
    if scope is None or not spans:
        return set(spans)
    given = as_table(Absence, [one._asdict() for one in spans]).c
    asked = select(given.asn_id, given.code, given.from_date, given.to_date)
    serves = serves_within(scope, given.asn_id, given.from_date, given.to_date)
    return {Kept._make(row) for row in await session.execute(asked.where(serves))}


async def _require_reach(session: AsyncSession, caller: Principal, spans: Spans) -> None:
    whole = [Kept(asn_id, WFA, wanted[0][0], wanted[-1][1]) for asn_id, wanted in spans.items()]
    if len(await _within(session, caller.reach(*DECIDERS), whole)) < len(whole):
        raise AsnNotFound


def _row(caller: Principal, order: Order, asn_id: UUID, span: Span, at: datetime) -> Row:
    said = {"asn_id": asn_id, "code": WFA, "from_date": span[0], "to_date": span[1], "order_id": order.id}
    letter = {"letter_no": order.letter_no, "letter_date": order.letter_date}
    decision = {"proposed_by": caller.id, "proposed_at": at, "decided_by": caller.id, "decided_at": at}
    return {"id": new_id(), "state": AbsenceState.CONFIRMED, "version": 1} | said | letter | decision


def _fit(
    order_id: UUID, spans: Spans, taken: Mapping[UUID, Sequence[Taken]]
) -> tuple[dict[UUID, list[Span]], list[Kept]]:
    free: dict[UUID, list[Span]] = {}
    kept: list[Kept] = []
    for asn_id, wanted in spans.items():
        for span in wanted:
            left, met = fit_between(span, taken.get(asn_id, ()))
            if left:
                free.setdefault(asn_id, []).extend(left)
            kept += [Kept(asn_id, one.code, one.from_date, one.to_date) for one in met if one.order_id != order_id]
    return free, kept


async def _load_taken(session: AsyncSession, spans: Spans) -> dict[UUID, list[Taken]]:
    """What is confirmed of these people in the days between the first and the last."""
    if not spans:
        return {}
    days = [day for wanted in spans.values() for span in wanted for day in span]
    found = await list_confirmed_spans(session, min(days), max(days), spans.keys())
    return {
        asn_id: [Taken(one.code, one.from_date, one.to_date, one.order_id) for one in confirmed]
        for asn_id, confirmed in found.items()
    }
