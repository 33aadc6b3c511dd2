"""Whom circulars address, and what these did: sets, however many people and circulars."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Subquery,
    Text,
    Uuid,
    and_,
    any_,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TableValuedAlias

from app.apel.roster import OpdOfDay
from app.circulars.models import Circular, CircularReceipt, Desa, DesaList
from app.circulars.rules import Act
from app.registry.models import Asn, Assignment, Opd
from app.registry.queries import valid_on
from app.registry.rules import Reports


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
    given, done = _given(asked), _done(asked)
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


def _given(asked: Sequence[Asked]) -> TableValuedAlias:
    rows = [
        {"circular_id": one.circular_id, "day": one.day, "opd_code": code} for one in asked for code in one.opd_codes
    ]
    columns = column("circular_id", Uuid), column("day", Date), column("opd_code", Text)
    given = func.jsonb_to_recordset(literal(to_jsonable_python(rows), JSONB))
    return given.table_valued(*columns).render_derived(with_types=True)


def _done(asked: Sequence[Asked]) -> Subquery:
    """Person by person, whether what they did was to acknowledge."""
    acknowledged = func.bool_or(CircularReceipt.act == Act.ACKNOWLEDGED).label("acknowledged")
    return (
        select(CircularReceipt.circular_id, CircularReceipt.asn_id, acknowledged)
        .where(CircularReceipt.asn_id.is_not(None), _of_circulars([one.circular_id for one in asked]))
        .group_by(CircularReceipt.circular_id, CircularReceipt.asn_id)
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
