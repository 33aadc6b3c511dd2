"""Reads of OPD and ASN; whatever has dates is asked for one civil day."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import within
from app.core.fields import fold
from app.core.paging import decode_cursor
from app.core.principal import Scope
from app.registry.errors import AsnNotFound, ImportNotFound, OpdNotFound
from app.registry.models import Asn, Assignment, Headship, Opd, RegistryImport
from app.registry.rules import HeadRow, HeadTitle, Node, Reports, RosterRow


class AsnWanted(NamedTuple):
    """Which people a list holds."""

    opd_code: str | None = None
    name: str | None = None
    cursor: str | None = None
    limit: int = 50


DAY = bindparam("day", type_=Date)
"""The civil day of a statement that is built once: building one anew costs as much as asking it."""
CODES = bindparam("codes", type_=ARRAY(Text))


def valid_on(
    dated: type[Opd] | type[Assignment] | type[Headship], on: date | ColumnElement[date]
) -> ColumnElement[bool]:
    """Rows whose span of days, both ends inclusive, holds this day."""
    return and_(dated.from_date <= on, or_(dated.to_date.is_(None), dated.to_date >= on))


_TREE = select(Opd.code, Opd.parent_code, Opd.reports).where(valid_on(Opd, DAY))


async def load_tree(session: AsyncSession, on: date) -> dict[str, Node]:
    """The OPDs that exist on a day, by code."""
    rows = await session.execute(_TREE, {"day": on})
    return {code: Node(code, parent_code, Reports(reports)) for code, parent_code, reports in rows}


async def get_opd(session: AsyncSession, code: str, scope: Scope = None) -> Opd:
    """Raises OpdNotFound, also for what lies outside the scope."""
    query = select(Opd).where(Opd.code == code, within(Opd.code, scope)).execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        raise OpdNotFound
    return found


async def list_opd(session: AsyncSession, scope: Scope, on: date, cursor: str | None, limit: int) -> list[Opd]:
    """The OPDs of a day in protocol order; one more than `limit` where there are more."""
    query = select(Opd).where(valid_on(Opd, on), within(Opd.code, scope))
    if (after := decode_cursor(cursor, int, str)) is not None:
        query = query.where(tuple_(Opd.protocol_order, Opd.code) > tuple_(*after))
    return list(await session.scalars(query.order_by(Opd.protocol_order, Opd.code).limit(limit + 1)))


async def get_asn(session: AsyncSession, asn_id: UUID, scope: Scope, on: date) -> Asn:
    """A person who serves within the scope on a day; raises AsnNotFound."""
    query = select(Asn).where(Asn.id == asn_id).execution_options(populate_existing=True)
    if scope is not None:
        serving = select(Assignment.asn_id).where(valid_on(Assignment, on), within(Assignment.opd_code, scope))
        query = query.where(Asn.id.in_(serving))
    found = await session.scalar(query)
    if found is None:
        raise AsnNotFound
    return found


async def get_asn_by_nip(session: AsyncSession, nip: str) -> Asn:
    """Raises AsnNotFound."""
    found = await session.scalar(select(Asn).where(Asn.nip == nip))
    if found is None:
        raise AsnNotFound
    return found


async def list_asn(session: AsyncSession, scope: Scope, on: date, wanted: AsnWanted) -> list[tuple[Asn, Assignment]]:
    """Who serves within the scope on a day, by name; one more than `limit` where there are more.

    The last person of a page is named by id, so that no name stands in an address.
    """
    query = (
        select(Asn, Assignment)
        .join(Assignment, Assignment.asn_id == Asn.id)
        .where(valid_on(Assignment, on), within(Assignment.opd_code, scope))
    )
    if wanted.opd_code is not None:
        query = query.where(Assignment.opd_code == wanted.opd_code)
    if wanted.name is not None:
        sought = fold(wanted.name)
        query = query.where(Asn.folded_name.contains(sought, autoescape=True) if sought else false())
    if (after := _id_of(wanted.cursor)) is not None:
        last = select(Asn.folded_name).where(Asn.id == after).scalar_subquery()
        query = query.where(tuple_(Asn.folded_name, Asn.id) > tuple_(last, after))
    rows = await session.execute(query.order_by(Asn.folded_name, Asn.id).limit(wanted.limit + 1))
    return [(asn, assignment) for asn, assignment in rows]


def _id_of(cursor: str | None) -> UUID | None:
    key = decode_cursor(cursor, UUID)
    return key[0] if key else None


async def list_assignments(session: AsyncSession, asn_id: UUID) -> list[Assignment]:
    """All of a person's assignments, the latest first."""
    query = select(Assignment).where(Assignment.asn_id == asn_id).order_by(Assignment.from_date.desc())
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def list_headships_of(session: AsyncSession, asn_id: UUID) -> list[Headship]:
    """All offices that a person heads or headed, the latest first."""
    query = select(Headship).where(Headship.asn_id == asn_id).order_by(Headship.from_date.desc(), Headship.opd_code)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def get_import(session: AsyncSession, import_id: UUID) -> RegistryImport:
    """Raises ImportNotFound."""
    found = await session.get(RegistryImport, import_id)
    if found is None:
        raise ImportNotFound
    return found


async def opd_of_asn(session: AsyncSession, asn_id: UUID, on: date) -> str | None:
    """The OPD where a person serves on a day."""
    query = select(Assignment.opd_code).where(Assignment.asn_id == asn_id, valid_on(Assignment, on))
    return (await session.execute(query)).scalar_one_or_none()


_ROSTER = (
    select(
        Asn.id,
        Asn.nip,
        Asn.name,
        Asn.folded_name,
        Asn.employment_type,
        Assignment.position,
        Assignment.work_pattern,
        Assignment.apel_duty,
        Assignment.opd_code,
        Asn.email,
    )
    .join(Assignment, Assignment.asn_id == Asn.id)
    .join(Opd, Opd.code == Assignment.opd_code)
    .where(valid_on(Assignment, DAY), valid_on(Opd, DAY))
    .order_by(Assignment.opd_code, Asn.folded_name, Asn.nip)
)
_ROSTER_OF = _ROSTER.where(Assignment.opd_code == any_(CODES))


async def list_roster_rows(
    session: AsyncSession, on: date, opd_codes: Collection[str] | None = None
) -> list[RosterRow]:
    """Everybody who serves on a day in an OPD that exists on it (in one of these, where some are named), by OPD and
    name."""
    if opd_codes is None:
        rows = await session.execute(_ROSTER, {"day": on})
    else:
        rows = await session.execute(_ROSTER_OF, {"day": on, "codes": sorted(opd_codes)})
    return [RosterRow._make(row) for row in rows]


_HEADS = (
    select(Headship.opd_code, Asn.id, Asn.name, Headship.title)
    .join(Asn, Asn.id == Headship.asn_id)
    .where(valid_on(Headship, DAY))
    .order_by(Headship.opd_code, Headship.title != HeadTitle.DEFINITIF, Headship.from_date.desc(), Asn.id)
)
_HEADS_OF = _HEADS.where(Headship.opd_code == any_(CODES))


async def list_heads(session: AsyncSession, on: date, codes: Collection[str] | None = None) -> list[HeadRow]:
    """Who heads which OPD on a day; where there are several, the definitive head first, then the latest."""
    if codes is None:
        rows = await session.execute(_HEADS, {"day": on})
    else:
        rows = await session.execute(_HEADS_OF, {"day": on, "codes": sorted(codes)})
    return [HeadRow._make(row) for row in rows]


async def find_asn_by_nips(session: AsyncSession, nips: Iterable[str]) -> dict[str, UUID]:
    """The ids of those NIPs that are known."""
    query = select(Asn.nip, Asn.id).where(Asn.nip == func.any(literal(sorted(set(nips)), ARRAY(Text))))
    return {row.nip: row.id for row in await session.execute(query)}


async def employment_of(session: AsyncSession, asn_ids: Collection[UUID]) -> dict[UUID, str]:
    """Person → employment type."""
    query = select(Asn.id, Asn.employment_type).where(Asn.id == func.any(literal(sorted(asn_ids), ARRAY(Uuid))))
    return {row.id: row.employment_type for row in await session.execute(query)}
