"""Reads of circulars, of whom they address, and of who did what with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from app.apel.roster import OpdOfDay
from app.circulars.errors import CircularNotFound
from app.circulars.models import Circular, CircularReceipt, Desa, DesaList
from app.circulars.rules import Act, CircularKind, CircularScope, CircularState, RuleInForce, state_of
from app.core.principal import Principal, Role
from app.registry.models import Asn, Assignment, Opd
from app.registry.queries import valid_on
from app.registry.rules import Reports

SEE_DRAFTS = (Role.ADMIN, Role.INSPECTOR)
_Next = aliased(Circular)


@dataclass(frozen=True)
class Found:
    """A circular, and the one that took its place."""

    circular: Circular
    superseded_by_id: UUID | None

    @property
    def state(self) -> CircularState:
        return state_of(
            published=self.circular.published_on is not None,
            withdrawn=self.circular.withdrawn_on is not None,
            superseded=self.superseded_by_id is not None,
        )

    @property
    def scope(self) -> CircularScope:
        return CircularScope.read(self.circular.scope)


def _took_effect() -> ColumnElement[bool]:
    """A successor that was withdrawn before it came into force took nobody's place."""
    began = func.greatest(_Next.published_on, _Next.effective_from)
    return and_(
        _Next.supersedes_id == Circular.id,
        _Next.published_on.is_not(None),
        or_(_Next.withdrawn_on.is_(None), _Next.withdrawn_on > began),
    )


def _circulars() -> Select[Circular, UUID | None]:
    return select(Circular, _Next.id).outerjoin(_Next, _took_effect()).execution_options(populate_existing=True)


def _visible(caller: Principal) -> ColumnElement[bool]:
    return true() if caller.holds(*SEE_DRAFTS) else Circular.published_on.is_not(None)


async def get_circular(session: AsyncSession, caller: Principal, circular_id: UUID) -> Found:
    """Raises CircularNotFound, also for a draft that is not the caller's to see."""
    row = (await session.execute(_circulars().where(Circular.id == circular_id, _visible(caller)))).one_or_none()
    if row is None:
        raise CircularNotFound
    return Found(*row)


async def lock_circular(session: AsyncSession, caller: Principal, circular_id: UUID) -> Found:
    """The same; neither it nor the one before it in its chain is changed until this transaction ends."""
    before = select(Circular.supersedes_id).where(Circular.id == circular_id).scalar_subquery()
    both = select(Circular.id).where(or_(Circular.id == circular_id, Circular.id == before))
    await session.execute(both.order_by(Circular.version).with_for_update())
    return await get_circular(session, caller, circular_id)


async def list_circulars(session: AsyncSession, caller: Principal, kind: CircularKind | None) -> list[Found]:
    """All that the caller may see, without their text: an office publishes dozens a year."""
    query = _circulars().where(_visible(caller)).options(defer(Circular.text, raiseload=True))
    if kind is not None:
        query = query.where(Circular.kind == kind)
    return [Found(*row) for row in await session.execute(query)]


async def find_number(session: AsyncSession, number: str, version: int, other_than: UUID | None) -> bool:
    """Whether a circular that was not withdrawn has this number and version."""
    taken = exists().where(Circular.number == number, Circular.version == version, Circular.withdrawn_on.is_(None))
    if other_than is not None:
        taken = taken.where(Circular.id != other_than)
    return bool(await session.scalar(select(taken)))


async def list_rules_in_force(session: AsyncSession, day: date, kind: CircularKind) -> list[RuleInForce]:
    """Circulars of a kind that bind on a day, the newest first.

    One binds from the day on which it is both published and effective, until it is withdrawn or a later version binds.
    """
    later = exists().where(_took_effect(), _Next.published_on <= day, _Next.effective_from <= day)
    query = (
        select(Circular)
        .where(Circular.kind == kind, Circular.published_on <= day, Circular.effective_from <= day)
        .where(or_(Circular.withdrawn_on.is_(None), Circular.withdrawn_on > day), ~later)
        .order_by(Circular.effective_from.desc(), Circular.id.desc())
    )
    return [_rule(circular) for circular in await session.scalars(query)]


def _rule(circular: Circular) -> RuleInForce:
    named = ("id", "number", "dated_on", "title", "version", "effective_from")
    kept: Any = {name: getattr(circular, name) for name in named}
    return RuleInForce(**kept, scope=CircularScope.read(circular.scope), rules=circular.rules or {})


class Due(NamedTuple):
    """A circular whose acknowledgement is counted, and the day for which its recipients are."""

    id: UUID
    day: date
    scope: CircularScope


async def list_due(session: AsyncSession, from_date: date, to_date: date) -> list[Due]:
    """Circulars whose last day to acknowledge, or without one their publication, lies in a span.

    Those withdrawn count for nobody, nor those whose next version came before that day.
    """
    day = func.coalesce(Circular.acknowledge_by, Circular.published_on)
    superseded = exists().where(_took_effect(), _Next.published_on <= day)
    query = select(Circular.id, day, Circular.scope).where(
        Circular.published_on.is_not(None),
        Circular.withdrawn_on.is_(None),
        day.between(from_date, to_date),
        ~superseded,
    )
    return [Due(row[0], row[1], CircularScope.read(row[2])) for row in await session.execute(query)]


class DatedOpds:
    """The register's OPDs with their dates: those of any day without asking again."""

    def __init__(self, rows: Sequence[tuple[OpdOfDay, date, date | None]]) -> None:
        self._rows = rows
        self._days: dict[date, dict[str, OpdOfDay]] = {}

    def on(self, day: date) -> dict[str, OpdOfDay]:
        if day not in self._days:
            self._days[day] = {
                opd.code: opd for opd, first, last in self._rows if first <= day and (last is None or last >= day)
            }
        return self._days[day]


async def load_dated_opds(session: AsyncSession) -> DatedOpds:
    names = [field.name for field in fields(OpdOfDay)]
    rows = await session.execute(select(*(Opd.__table__.c[name] for name in names), Opd.from_date, Opd.to_date))
    return DatedOpds(
        [
            (OpdOfDay(**dict(zip(names, row, strict=False)) | {"reports": Reports(row.reports)}), row[-2], row[-1])
            for row in rows
        ]
    )


class Asked(NamedTuple):
    """The people whom a circular addresses on a day: those who serve in these OPDs and are of its employment types."""

    circular_id: UUID
    day: date
    opd_codes: Collection[str]


def people_of(asked: Sequence[Asked]) -> Subquery:
    """The people whom circulars address, each with what they did: `circular_id, asn_id, nip, name, folded_name,
    opd_code, read, acknowledged`.
    """
    rows = [
        {"circular_id": one.circular_id, "day": one.day, "opd_code": code} for one in asked for code in one.opd_codes
    ]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(rows), JSONB))
        .table_valued(column("circular_id", Uuid), column("day", Date), column("opd_code", Text))
        .render_derived(with_types=True)
    )
    done = (
        select(
            CircularReceipt.circular_id,
            CircularReceipt.asn_id,
            func.bool_or(CircularReceipt.act == Act.ACKNOWLEDGED).label("acknowledged"),
        )
        .where(CircularReceipt.asn_id.is_not(None), _of_circulars([one.circular_id for one in asked]))
        .group_by(CircularReceipt.circular_id, CircularReceipt.asn_id)
        .subquery()
    )
    return (
        select(
            given.c.circular_id,
            Asn.id.label("asn_id"),
            Asn.nip,
            Asn.name,
            Asn.folded_name,
            Assignment.opd_code,
            done.c.asn_id.is_not(None).label("read"),
            func.coalesce(done.c.acknowledged, False).label("acknowledged"),
        )
        .select_from(given)
        .join(Assignment, and_(Assignment.opd_code == given.c.opd_code, valid_on(Assignment, given.c.day)))
        .join(Asn, Asn.id == Assignment.asn_id)
        .join(Circular, Circular.id == given.c.circular_id)
        .outerjoin(done, and_(done.c.circular_id == given.c.circular_id, done.c.asn_id == Asn.id))
        .where(Circular.scope["employment_types"].has_key(Asn.employment_type))
        .subquery()
    )


def _of_circulars(circular_ids: Collection[UUID]) -> ColumnElement[bool]:
    return CircularReceipt.circular_id == any_(literal(list(circular_ids), ARRAY(Uuid)))


async def load_acts(session: AsyncSession, circular_ids: Collection[UUID]) -> dict[UUID, dict[str | UUID, set[str]]]:
    """What offices (by OPD code) and villages (by id) did, by circular."""
    query = select(
        CircularReceipt.circular_id, CircularReceipt.opd_code, CircularReceipt.desa_id, CircularReceipt.act
    ).where(_of_circulars(circular_ids), CircularReceipt.asn_id.is_(None))
    found: dict[UUID, dict[str | UUID, set[str]]] = {circular_id: {} for circular_id in circular_ids}
    for circular_id, opd_code, desa_id, act in await session.execute(query):
        found[circular_id].setdefault(desa_id or str(opd_code), set()).add(act)
    return found


class Receipt(NamedTuple):
    circular_id: UUID
    act: str
    party: UUID | str
    """A person's id or an office's OPD code."""
    at: datetime
    channel: str


async def list_receipts_of(
    session: AsyncSession, asn_id: UUID | None, opd_codes: Collection[str], circular_id: UUID | None = None
) -> list[Receipt]:
    """What a person and some offices did, with one circular or with all."""
    offices = CircularReceipt.opd_code == any_(literal(sorted(opd_codes), ARRAY(Text)))
    theirs = offices if asn_id is None else or_(offices, CircularReceipt.asn_id == asn_id)
    query = select(
        CircularReceipt.circular_id,
        CircularReceipt.act,
        CircularReceipt.asn_id,
        CircularReceipt.opd_code,
        CircularReceipt.at,
        CircularReceipt.channel,
    ).where(theirs)
    if circular_id is not None:
        query = query.where(CircularReceipt.circular_id == circular_id)
    return [
        Receipt(row.circular_id, row.act, row.asn_id or row.opd_code, row.at, row.channel)
        for row in await session.execute(query)
    ]


async def list_desa(session: AsyncSession, opd_codes: Collection[str] | None = None) -> list[Desa]:
    """The villages on the register (of these kecamatan, where some are named), by kecamatan and name."""
    query = select(Desa).where(Desa.gone_version.is_(None)).order_by(Desa.opd_code, Desa.name, Desa.id)
    if opd_codes is not None:
        query = query.where(Desa.opd_code == any_(literal(sorted(opd_codes), ARRAY(Text))))
    return list(await session.scalars(query))


async def desa_version(session: AsyncSession) -> int:
    """0 before the first list."""
    return await session.scalar(select(func.max(DesaList.version))) or 0
