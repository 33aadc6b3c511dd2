"""What the register knows of the things that a file or a body names: the ground that a plan is made on."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.registry import queries
from app.registry.asn_plan import AsnPlan, AsnRegister, Person, Post, plan_asn
from app.registry.columns import Kind
from app.registry.importing import Record
from app.registry.models import Asn, Assignment, Headship, Opd
from app.registry.opd_plan import Agency, Head, OpdPlan, OpdRegister, plan_opd
from app.registry.rules import HeadTitle


async def load_plan(session: AsyncSession, kind: Kind, records: Sequence[Record], today: date) -> AsnPlan | OpdPlan:
    """The plan of these records on the register as it is now; the number of statements does not depend on theirs.

    Thousands of rows take a good second to plan: that happens in a thread, beside the requests of others.
    """
    if kind is Kind.ASN:
        people = await load_asn_register(session, _named(records, "nip", "superior_nip"))
        return await asyncio.to_thread(plan_asn, records, people, today)
    heads, codes = _named(records, "head_nip"), _named(records, "code")
    agencies = await load_opd_register(session, codes, heads, today)
    return await asyncio.to_thread(plan_opd, records, agencies, today)


def _named(records: Sequence[Record], *columns: str) -> set[str]:
    return {value for record in records for column in columns if (value := record.values.get(column)) is not None}


async def load_asn_register(session: AsyncSession, nips: Collection[str]) -> AsnRegister:
    people = (await session.scalars(select(Asn).where(Asn.nip == _any(nips)))).all()
    posts = await load_posts(session, [person.id for person in people])
    ends = await session.execute(select(Opd.code, Opd.to_date))
    return AsnRegister(
        people={
            person.nip: Person(
                person.id, person.nip, person.name, person.employment_type, person.email, version=person.version
            )
            for person in people
        },
        posts={person.nip: posts.get(person.id, []) for person in people},
        opd_ends={row.code: row.to_date for row in ends},
    )


async def load_posts(session: AsyncSession, asn_ids: Collection[UUID]) -> dict[UUID, list[Post]]:
    """All assignments of these people, in order of their beginning."""
    superior = aliased(Asn)
    columns = (
        Assignment.id,
        Assignment.opd_code,
        Assignment.position,
        Assignment.level,
        superior.nip,
        Assignment.work_pattern,
        Assignment.apel_duty,
        Assignment.from_date,
        Assignment.to_date,
    )
    query = (
        select(Assignment.asn_id, *columns)
        .join(superior, superior.id == Assignment.superior_id, isouter=True)
        .where(Assignment.asn_id == func.any(literal(list(asn_ids), ARRAY(Asn.id.type))))
        .order_by(Assignment.asn_id, Assignment.from_date)
    )
    posts: dict[UUID, list[Post]] = {}
    for asn_id, *post in await session.execute(query):
        posts.setdefault(asn_id, []).append(Post(*post))
    return posts


async def load_opd_register(
    session: AsyncSession, codes: Collection[str], nips: Collection[str], today: date
) -> OpdRegister:
    agencies = await session.scalars(select(Opd))
    staff = (
        select(Assignment.opd_code, func.count().label("people"))
        .where(Assignment.opd_code == _any(codes), Assignment.to_date.is_(None))
        .group_by(Assignment.opd_code)
    )
    return OpdRegister(
        agencies={agency.code: agency_of(agency) for agency in agencies},
        heads=await _load_heads(session, codes, today),
        nips=frozenset(await queries.find_asn_by_nips(session, nips)),
        staff={row.opd_code: row.people for row in await session.execute(staff)},
    )


async def _load_heads(session: AsyncSession, codes: Collection[str], today: date) -> dict[str, list[Head]]:
    query = (
        select(Headship.id, Headship.opd_code, Asn.nip, Headship.title, Headship.from_date, Headship.to_date)
        .join(Asn, Asn.id == Headship.asn_id)
        .where(Headship.opd_code == _any(codes), or_(Headship.to_date.is_(None), Headship.to_date >= today))
        .order_by(Headship.title != HeadTitle.DEFINITIF, Headship.from_date.desc(), Headship.id)
    )
    heads: dict[str, list[Head]] = {}
    for row in await session.execute(query):
        heads.setdefault(row.opd_code, []).append(Head(*row))
    return heads


def agency_of(opd: Opd) -> Agency:
    names: dict[str, Any] = {name: getattr(opd, name) for name in Agency.__dataclass_fields__}
    return Agency(**names)


def _any(texts: Iterable[str]) -> Any:
    return func.any(literal(sorted(texts), ARRAY(Text)))
