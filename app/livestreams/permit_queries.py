"""Reads of permits, within the caller's reach."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Uuid, and_, any_, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.calendar.spans import Span
from app.core.clock import civil_instant
from app.core.db import within, zone_of
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role, Scope
from app.duty.queries import serves_within
from app.livestreams.errors import PermitNotFound
from app.livestreams.models import LivestreamPermit
from app.livestreams.permit_schemas import PermitFilter
from app.livestreams.queries import load_tree
from app.livestreams.rules import Permit, PermitKind, Platform
from app.registry.models import Asn
from app.registry.queries import opd_of_asn
from app.registry.rules import ancestors

SEE_ALL = (Role.ADMIN, Role.KOMINFO, Role.INSPECTOR)
READERS = (*SEE_ALL, Role.OPD_HEAD, Role.ASN)
_UNIT = cast(InstrumentedAttribute[str], LivestreamPermit.opd_code)
"""Where it is null, a comparison with it holds for nobody."""


async def _visible(session: AsyncSession, caller: Principal, today: date) -> ColumnElement[bool]:
    """What binds the caller's units, or what stands above them, and of people only where it names one in reach."""
    scope = caller.reach(*SEE_ALL, Role.OPD_HEAD)
    if scope is None:
        return true()
    own = await opd_of_asn(session, caller.asn_id, today) if caller.asn_id else None
    tree = await load_tree(session)
    codes = {node.code for code in {*scope, *([own] if own else [])} for node in ancestors(tree, code)}
    of_unit = or_(LivestreamPermit.opd_code.is_(None), within(_UNIT, frozenset(codes)))
    unnamed = func.cardinality(LivestreamPermit.asn_ids) == 0
    return and_(of_unit, or_(unnamed, _names_one_of(caller, scope, today)))


def _names_one_of(caller: Principal, scope: Scope, today: date) -> ColumnElement[bool]:
    """The permit names the caller, or somebody who serves in this reach."""
    named = select(Asn.id).where(Asn.id == any_(LivestreamPermit.asn_ids), known_to(caller, scope, today))
    return named.correlate(LivestreamPermit).exists()


def known_to(caller: Principal, scope: Scope, today: date) -> ColumnElement[bool]:
    """People whom the caller may know of: in this reach, and oneself."""
    day = literal(today, Date)
    served = serves_within(scope, Asn.id, day, day)
    return served if caller.asn_id is None else or_(served, Asn.id == caller.asn_id)


async def get_permit(
    session: AsyncSession, caller: Principal, permit_id: UUID, today: date, *, lock: bool = False
) -> LivestreamPermit:
    """Raises PermitNotFound."""
    asked = select(LivestreamPermit).where(LivestreamPermit.id == permit_id, await _visible(session, caller, today))
    found = await session.scalar(
        asked.with_for_update() if lock else asked, execution_options={"populate_existing": True}
    )
    if found is None:
        raise PermitNotFound
    return found


async def list_permits(
    session: AsyncSession, caller: Principal, wanted: PermitFilter, today: date
) -> list[LivestreamPermit]:
    """The latest registered first, and one more than the limit if there is one."""
    zone, row = zone_of(session), LivestreamPermit
    asked = select(row).where(await _visible(session, caller, today))
    if wanted.from_date is not None:
        asked = asked.where(row.ends_at > civil_instant(wanted.from_date, time.min, zone))
    if wanted.to_date is not None:
        asked = asked.where(row.starts_at < civil_instant(wanted.to_date + timedelta(days=1), time.min, zone))
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(row.id < after[0])
    asked = asked.order_by(row.id.desc()).limit(wanted.limit + 1)
    return list(await session.scalars(asked, execution_options={"populate_existing": True}))


async def people_known(
    session: AsyncSession, caller: Principal, permits: Iterable[LivestreamPermit], today: date
) -> dict[UUID, str]:
    """Id → NIP of those named in permits whom the caller may know of."""
    scope = caller.reach(*SEE_ALL, Role.OPD_HEAD)
    return await find_people(session, [one for permit in permits for one in permit.asn_ids], caller, scope, today)


async def find_people(
    session: AsyncSession, asn_ids: Collection[UUID], caller: Principal, scope: Scope, today: date
) -> dict[UUID, str]:
    """Id → NIP of those of some people whom the caller may know of in this reach."""
    asked = select(Asn.id, Asn.nip).where(Asn.id == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid))))
    return {row.id: row.nip for row in await session.execute(asked.where(known_to(caller, scope, today)))}


async def list_permits_between(session: AsyncSession, from_at: datetime, to_at: datetime) -> list[Permit]:
    """Whoever asks: those that share time with a span and were confirmed, withdrawn ones too."""
    row = LivestreamPermit
    asked = select(row).where(row.confirmed_at.is_not(None), row.starts_at < to_at, row.ends_at > from_at)
    asked = asked.order_by(row.starts_at, row.id)
    return [_permit(one) for one in await session.scalars(asked, execution_options={"populate_existing": True})]


def _permit(row: LivestreamPermit) -> Permit:
    return Permit(
        id=row.id,
        kind=PermitKind(row.kind),
        letter_no=row.letter_no,
        letter_date=row.letter_date,
        span=Span(row.starts_at, row.ends_at),
        opd_code=row.opd_code,
        asn_ids=frozenset(row.asn_ids),
        platform=Platform(row.platform) if row.platform else None,
        account=row.account,
        confirmed_at=row.confirmed_at,
        withdrawn_at=row.withdrawn_at,
    )
