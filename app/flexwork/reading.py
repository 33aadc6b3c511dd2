"""Orders as they are answered, with what they leave alone and what the PPK should weigh."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.core.texts import Language, text
from app.duty.ordering import Kept, find_kept
from app.flexwork import member_queries, queries, schemas
from app.flexwork.member_queries import MemberRow, OwnRow
from app.flexwork.models import FlexEvaluation, FlexOrder
from app.flexwork.queries import EndRow, OrderRow
from app.flexwork.rules import DIRECT_SERVICE, OrderMode, OrderState, PlaceKind, spans_of
from app.flexwork.schemas import DoubtRead, KeptRead, MemberRead, OrderAnswer, OrderFilter, OrderRead, PlaceRead
from app.registry.nip import masked


async def read_order(session: AsyncSession, caller: Principal, order_id: UUID) -> OrderRead:
    """Raises FlexOrderNotFound."""
    row = await queries.get_order(session, caller, order_id)
    return (await _show(session, [row]))[0]


async def read_orders(
    session: AsyncSession, caller: Principal, wanted: OrderFilter, *, at: datetime
) -> Page[OrderRead]:
    """A page of orders; they name nobody, but whoever asks about a person is recorded."""
    shown = await _show(session, await queries.list_orders(session, caller, wanted))
    if wanted.asn_id is not None:
        nips = await member_queries.list_nips(session, [wanted.asn_id])
        await record(session, caller, "flexwork.list", at=at, nips=nips)
    return cut_page(shown, wanted.limit, lambda found: (found.id,))


async def read_members(
    session: AsyncSession, caller: Principal, order_id: UUID, cursor: str | None, limit: int, *, at: datetime
) -> Page[MemberRead]:
    """Who is on an order, as they were written on it. Raises FlexOrderNotFound."""
    order = (await queries.get_order(session, caller, order_id)).order
    rows = await member_queries.list_members(session, caller, order_id, cursor=cursor, limit=limit)
    ends = {one.member_id: one for one in reversed(await queries.list_ends(session, [order_id]))}
    await record(
        session, caller, "flexwork.people", at=at, target=str(order_id), nips=[row.nip for row in rows[:limit]]
    )
    page = cut_page(rows, limit, lambda row: (row.member.id,))
    shown = [_member(order, row, ends.get(row.member.id)) for row in page.items]
    return Page(items=shown, next_cursor=page.next_cursor)


def _member(order: FlexOrder, row: MemberRow, ended: EndRow | None) -> MemberRead:
    return MemberRead(
        asn_id=row.member.asn_id,
        nip=row.nip if row.full_nip else None,
        nip_masked=masked(row.nip),
        name=row.name,
        opd_code=row.opd_code,
        from_date=row.first,
        to_date=row.last,
        place=row.member.place_name or order.place_name,
        added_at=row.member.added_at,
        ended=None if ended is None else _end(ended),
    )


async def answer(session: AsyncSession, caller: Principal, order_id: UUID, language: Language) -> OrderAnswer:
    """The order after a change, with the days that it leaves to other absences and with what is doubtful about it."""
    shown = await read_order(session, caller, order_id)
    kept, doubts = await weigh(session, caller, order_id, language)
    return OrderAnswer(**shown.model_dump(), kept=kept, doubts=doubts)


async def weigh(
    session: AsyncSession, caller: Principal, order_id: UUID, language: Language
) -> tuple[list[KeptRead], list[DoubtRead]]:
    """What an order leaves alone, and whom it sends away from direct public service; for its days that hold."""
    stints = await member_queries.list_stints(session, date.min, date.max, order_id=order_id, proposed_too=True)
    elsewhere = [one for one in stints if one.mode is OrderMode.LOCATION]
    if not elsewhere:
        return [], []
    kept = await find_kept(session, caller, order_id, spans_of(elsewhere))
    standing = {one.asn_id for one in elsewhere}
    serving = {
        row.member.asn_id: row.opd_type
        for row in await member_queries.list_members(session, caller, order_id)
        if row.member.asn_id in standing and row.opd_type in DIRECT_SERVICE
    }
    doubts = [
        DoubtRead(asn_id=asn_id, code="direct-service", text=text(language, "flexwork", "direct-service", type=kind))
        for asn_id, kind in serving.items()
    ]
    return [_kept(one) for one in kept], doubts


def _kept(one: Kept) -> KeptRead:
    return KeptRead(asn_id=one.asn_id, from_date=one.from_date, to_date=one.to_date, code=one.code)


async def _show(session: AsyncSession, rows: list[OrderRow]) -> list[OrderRead]:
    ids = [row.order.id for row in rows]
    revoked: dict[UUID, EndRow] = {}
    for end in await queries.list_ends(session, ids):
        if end.member_id is None:
            revoked.setdefault(end.order_id, end)
    evaluations: dict[UUID, list[FlexEvaluation]] = {}
    for one in await queries.list_evaluations(session, ids):
        evaluations.setdefault(one.order_id, []).append(one)
    return [_order(row, revoked.get(row.order.id), evaluations.get(row.order.id, ())) for row in rows]


def _order(row: OrderRow, revoked: EndRow | None, evaluations: Iterable[FlexEvaluation]) -> OrderRead:
    order = row.order
    return OrderRead(
        id=order.id,
        number=order.number,
        on_date=order.on_date,
        signatory=order.signatory,
        from_date=order.from_date,
        to_date=order.to_date,
        mode=OrderMode(order.mode),
        place=PlaceRead(kind=PlaceKind(order.place_kind), name=order.place_name, note=order.place_note),
        weekdays=order.weekdays,
        target=order.target,
        legal_basis=order.legal_basis,
        evaluation_on=order.evaluation_on,
        state=row.state,
        people=row.people,
        proposed_by=order.proposed_by,
        proposed_at=order.proposed_at,
        confirmed_by=order.confirmed_by,
        confirmed_at=order.confirmed_at,
        revoked=None if revoked is None else _end(revoked),
        evaluations=[schemas.EvaluationRead.model_validate(one) for one in evaluations],
        version=order.version,
    )


def _end(row: EndRow) -> schemas.EndRead:
    return schemas.EndRead(from_date=row.from_date, reason=row.reason, by=row.by, at=row.at)


async def read_own_orders(session: AsyncSession, asn_id: UUID, year: int) -> list[schemas.OwnOrderRead]:
    """Every order of a year that a person is or was written on, as the record of that person tells it."""
    rows = await member_queries.list_orders_of(session, asn_id, date(year, 1, 1), date(year, 12, 31))
    return [_own(row) for row in rows]


def _own(row: OwnRow) -> schemas.OwnOrderRead:
    order = row.order
    return schemas.OwnOrderRead(
        id=order.id,
        number=order.number,
        on_date=order.on_date,
        signatory=order.signatory,
        from_date=row.first,
        to_date=row.last,
        ended_from=row.ended_from,
        mode=OrderMode(order.mode),
        place=PlaceRead(kind=PlaceKind(order.place_kind), name=row.place_name, note=order.place_note),
        weekdays=order.weekdays,
        target=order.target,
        legal_basis=order.legal_basis,
        state=OrderState(row.state),
    )
