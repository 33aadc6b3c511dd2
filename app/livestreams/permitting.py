"""Permits: the office registers them, a head proposes them for the own people, and a withdrawn one stays on record."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.ids import new_id, stable_id
from app.core.paging import Page, cut_page
from app.core.principal import Principal, Role
from app.livestreams import permit_queries
from app.livestreams.errors import PermitNotYours, PermitWithdrawn
from app.livestreams.models import LivestreamPermit
from app.livestreams.permit_schemas import PermitFilter, PermitRead, PermitWrite
from app.registry.errors import AsnNotFound
from app.registry.queries import get_opd

DECIDERS = (Role.ADMIN, Role.KOMINFO)
WRITERS = (*DECIDERS, Role.OPD_HEAD)


async def read_permits(
    session: AsyncSession, caller: Principal, wanted: PermitFilter, *, at: datetime
) -> Page[PermitRead]:
    """A page of permits in the caller's reach; the record names the people shown."""
    today = civil_date(at, zone_of(session))
    page = cut_page(
        await permit_queries.list_permits(session, caller, wanted, today), wanted.limit, lambda row: (row.id,)
    )
    known = await permit_queries.people_known(session, caller, page.items, today)
    await record(session, caller, "livestreams.permits", at=at, nips=known.values())
    return Page(items=[_read(row, known) for row in page.items], next_cursor=page.next_cursor)


async def read_permit(session: AsyncSession, caller: Principal, permit_id: UUID, *, at: datetime) -> PermitRead:
    """Raises PermitNotFound."""
    today = civil_date(at, zone_of(session))
    row = await permit_queries.get_permit(session, caller, permit_id, today)
    known = await permit_queries.people_known(session, caller, [row], today)
    await record(session, caller, "livestreams.permit", at=at, target=str(permit_id), nips=known.values())
    return _read(row, known)


def _read(row: LivestreamPermit, known: Mapping[UUID, str]) -> PermitRead:
    kept = {name: getattr(row, name) for name in PermitRead.model_fields if name not in ("asn_ids", "people")}
    return PermitRead(**kept, asn_ids=[one for one in row.asn_ids if one in known], people=len(row.asn_ids))


async def register_permit(
    session: AsyncSession, caller: Principal, body: PermitWrite, *, at: datetime
) -> tuple[UUID, bool]:
    """Register a permit, or propose it where the caller is a head; its id, and whether it is new.

    The same again changes nothing, but the office's word confirms what a head proposed. Raises OpdNotFound,
    AsnNotFound, PermitNotYours.
    """
    nips = await _find_named(session, caller, body.opd_code, body.asn_ids, civil_date(at, zone_of(session)))
    row, fresh = await _keep(session, caller, body, at=at)
    confirms = caller.holds(*DECIDERS) and row.confirmed_at is None
    if confirms:
        row.confirmed_at, row.confirmed_by_name = at, caller.name
        await session.flush()
    if fresh or confirms:
        action = "register_permit" if confirms else "propose_permit"
        await record(session, caller, f"livestreams.{action}", at=at, target=str(row.id), nips=nips)
    return row.id, fresh


async def _keep(
    session: AsyncSession, caller: Principal, body: PermitWrite, *, at: datetime
) -> tuple[LivestreamPermit, bool]:
    """The row that says this and is not withdrawn, locked, and whether it was made now."""
    said = body.model_dump() | {"asn_ids": sorted(set(body.asn_ids))}
    content = stable_id("permit", *(_plain(said[name]) for name in sorted(said)))
    permit_id, who = new_id(), {"proposed_at": at, "proposed_by_name": caller.name}
    kept = insert(LivestreamPermit).values(id=permit_id, content=content, **said, **who)
    kept = kept.on_conflict_do_update(
        index_elements=["content"],
        index_where=LivestreamPermit.withdrawn_at.is_(None),
        set_={"content": kept.excluded.content},
    )
    asked = kept.returning(LivestreamPermit)
    row = (await session.scalars(asked, execution_options={"populate_existing": True})).one()
    return row, row.id == permit_id


def _plain(value: Any) -> Any:
    """One writing of what is the same."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return [str(one) for one in value] if isinstance(value, list) else value


async def _find_named(
    session: AsyncSession, caller: Principal, opd_code: str | None, asn_ids: Collection[UUID], today: date
) -> list[str]:
    """The NIPs of the people of a permit; unit and people exist, and a head answers for each of them.

    Raises OpdNotFound, AsnNotFound, and PermitNotYours for a head's permit that names nobody.
    """
    scope = caller.reach(*WRITERS)
    if scope is not None and opd_code is None and not asn_ids:
        raise PermitNotYours
    if opd_code is not None:
        await get_opd(session, opd_code, scope)
    people = await permit_queries.find_people(session, asn_ids, caller, scope, today)
    if set(asn_ids) - people.keys():
        raise AsnNotFound
    return list(people.values())


async def confirm_permit(session: AsyncSession, caller: Principal, permit_id: UUID, *, at: datetime) -> None:
    """Let a proposal count; a confirmed one stays as it is. Raises PermitNotFound, PermitWithdrawn."""
    row = await permit_queries.get_permit(session, caller, permit_id, civil_date(at, zone_of(session)), lock=True)
    if row.withdrawn_at is not None:
        raise PermitWithdrawn
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by_name = at, caller.name
        await session.flush()
        await record(session, caller, "livestreams.confirm_permit", at=at, target=str(permit_id))


async def withdraw_permit(
    session: AsyncSession, caller: Principal, permit_id: UUID, reason: str, *, at: datetime
) -> None:
    """Take a permit back; one that is withdrawn stays as it is. Raises PermitNotFound, PermitNotYours."""
    today = civil_date(at, zone_of(session))
    row = await permit_queries.get_permit(session, caller, permit_id, today, lock=True)
    if not caller.holds(*DECIDERS):
        if row.confirmed_at is not None:
            raise PermitNotYours
        await _find_named(session, caller, row.opd_code, row.asn_ids, today)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by_name, row.withdrawn_reason = at, caller.name, reason
        await session.flush()
        await record(session, caller, "livestreams.withdraw_permit", at=at, target=str(permit_id))
