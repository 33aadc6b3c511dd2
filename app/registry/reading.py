"""Answers about OPD and ASN: what was asked, as this caller may see it, with the reading of persons on record."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import service as audit
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.registry import queries, views
from app.registry.models import Asn, Opd, RegistryImport
from app.registry.queries import AsnWanted
from app.registry.schemas import AsnItem, AsnRead, OpdItem, OpdRead


async def read_opds(
    session: AsyncSession, caller: Principal, on: date | None, cursor: str | None, limit: int, *, at: datetime
) -> Page[OpdItem]:
    day = on or _today(session, at)
    rows = await queries.list_opd(session, caller.reach(), day, cursor, limit)
    page = cut_page(rows, limit, lambda opd: (opd.protocol_order, opd.code))
    heads = await queries.list_heads(session, day, [opd.code for opd in page.items])
    tree = await queries.load_tree(session, day)
    return Page(items=views.see_opds(caller, page.items, heads, tree), next_cursor=page.next_cursor)


async def show_opd(session: AsyncSession, caller: Principal, opd: Opd, *, at: datetime) -> OpdRead:
    return views.see_opd(caller, opd, await queries.list_heads(session, _today(session, at), [opd.code]))


async def read_people(
    session: AsyncSession, caller: Principal, on: date | None, wanted: AsnWanted, *, at: datetime
) -> Page[AsnItem]:
    rows = await queries.list_asn(session, caller.reach(), on or _today(session, at), wanted)
    page = cut_page(rows, wanted.limit, lambda row: (row[0].id,))
    await _record_reading(session, caller, [asn for asn, _ in page.items], at=at)
    return Page(items=views.see_people(caller, page.items), next_cursor=page.next_cursor)


async def find_asn(session: AsyncSession, caller: Principal, asn_id: UUID, *, at: datetime) -> Asn:
    """Raises AsnNotFound, also for those who do not serve within the caller's reach today."""
    return await queries.get_asn(session, asn_id, caller.reach(), _today(session, at))


async def show_asn(session: AsyncSession, caller: Principal, asn: Asn, *, at: datetime) -> AsnRead:
    assignments = await queries.list_assignments(session, asn.id)
    today = _today(session, at)
    serving = next(
        (each.opd_code for each in assignments if each.from_date <= today <= (each.to_date or date.max)), None
    )
    await _record_reading(session, caller, [asn], at=at)
    return views.see_asn(caller, asn, assignments, serving)


async def read_import(session: AsyncSession, caller: Principal, import_id: UUID, *, at: datetime) -> RegistryImport:
    """Raises ImportNotFound."""
    kept = await queries.get_import(session, import_id)
    nips = {nip for row in kept.rows if (nip := row["values"].get("nip")) is not None}
    await audit.record(session, caller, "registry.read_import", at=at, target=str(import_id), nips=nips)
    return kept


async def _record_reading(session: AsyncSession, caller: Principal, people: Sequence[Asn], *, at: datetime) -> None:
    if people:
        await audit.record(session, caller, "registry.read_asn", at=at, nips=[person.nip for person in people])


def _today(session: AsyncSession, at: datetime) -> date:
    return civil_date(at, zone_of(session))
