"""Reads of reports and permits, within what concerns the caller."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, func, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import civil_instant
from app.core.db import within, zone_of
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role
from app.livestreams.errors import IncidentNotFound
from app.livestreams.models import LivestreamIncident, LivestreamStep
from app.livestreams.schemas import IncidentFilter
from app.livestreams.steps import Phase, Step
from app.registry.models import Asn, Assignment, Opd
from app.registry.queries import valid_on
from app.registry.rules import Node, Reports, Tree

SEE_ALL = (Role.ADMIN, Role.INSPECTOR)
REPORTERS = (*SEE_ALL, Role.OPD_HEAD, Role.KOMINFO)
READERS = (*REPORTERS, Role.BUPATI, Role.ASN)


class IncidentRow(NamedTuple):
    """A report and whose it is."""

    incident: LivestreamIncident
    nip: str
    name: str
    employment_type: str


def _visible(caller: Principal, today: date) -> ColumnElement[bool]:
    """A report concerns the offices, who reported it, the head of the unit, and the person; nobody else knows of it.

    What the office referred is a mere report no more: the Bupati and the direct superior decide about it.
    """
    if caller.holds(*SEE_ALL):
        return true()
    reported = select(LivestreamStep.incident_id).where(
        LivestreamStep.kind == Step.REPORTED, LivestreamStep.by_id == caller.id
    )
    concerned: list[ColumnElement[bool]] = [LivestreamIncident.id.in_(reported)]
    if caller.holds(Role.OPD_HEAD):
        concerned.append(within(LivestreamIncident.opd_code, caller.reach(Role.OPD_HEAD)))
    is_referred = LivestreamIncident.phase == Phase.REFERRED
    if caller.holds(Role.BUPATI):
        concerned.append(is_referred)
    if caller.asn_id is not None:
        concerned += [LivestreamIncident.asn_id == caller.asn_id, is_referred & _is_below(caller.asn_id, today)]
    return or_(*concerned)


def _is_below(superior_id: UUID, today: date) -> ColumnElement[bool]:
    post = select(Assignment.id).where(Assignment.asn_id == LivestreamIncident.asn_id, valid_on(Assignment, today))
    return post.where(Assignment.superior_id == superior_id).exists()


def _rows() -> Select[LivestreamIncident, str, str, str]:
    return (
        select(LivestreamIncident, Asn.nip, Asn.name, Asn.employment_type)
        .join(Asn, Asn.id == LivestreamIncident.asn_id)
        .execution_options(populate_existing=True)
    )


async def get_incident(session: AsyncSession, caller: Principal, incident_id: UUID, today: date) -> IncidentRow:
    """Raises IncidentNotFound."""
    asked = _rows().where(LivestreamIncident.id == incident_id, _visible(caller, today))
    row = (await session.execute(asked)).one_or_none()
    if row is None:
        raise IncidentNotFound
    return IncidentRow(*row)


async def list_incidents(
    session: AsyncSession, caller: Principal, wanted: IncidentFilter, today: date
) -> list[IncidentRow]:
    """The latest broadcasts first, and one more than the limit if there is one."""
    asked = _rows().where(_visible(caller, today), _began(session, wanted.from_date, wanted.to_date))
    for column, value in (
        (LivestreamIncident.asn_id, wanted.asn_id),
        (LivestreamIncident.opd_code, wanted.opd_code),
        (LivestreamIncident.phase, wanted.phase),
    ):
        if value is not None:
            asked = asked.where(column == value)
    if (after := decode_cursor(wanted.cursor, datetime, UUID)) is not None:
        asked = asked.where(tuple_(LivestreamIncident.started_at, LivestreamIncident.id) < after)
    asked = asked.order_by(LivestreamIncident.started_at.desc(), LivestreamIncident.id.desc())
    return [IncidentRow(*row) for row in await session.execute(asked.limit(wanted.limit + 1))]


def _began(session: AsyncSession, from_date: date | None, to_date: date | None) -> ColumnElement[bool]:
    """On one of these civil days, both ends inclusive."""
    zone, began = zone_of(session), LivestreamIncident.started_at
    since = true() if from_date is None else began >= civil_instant(from_date, time.min, zone)
    return since & (true() if to_date is None else began < civil_instant(to_date + timedelta(days=1), time.min, zone))


async def find_incidents(
    session: AsyncSession,
    from_date: date,
    to_date: date,
    *,
    phases: Collection[str] | None = None,
    asn_ids: Collection[UUID] | None = None,
) -> list[IncidentRow]:
    """Whoever asks: those that began on one of these days, of these people and in these phases where some are named."""
    asked = _rows().where(_began(session, from_date, to_date))
    if phases is not None:
        asked = asked.where(LivestreamIncident.phase.in_(sorted(phases)))
    if asn_ids is not None:
        asked = asked.where(LivestreamIncident.asn_id == func.any(literal(list(asn_ids), ARRAY(Uuid))))
    asked = asked.order_by(LivestreamIncident.started_at, LivestreamIncident.id)
    return [IncidentRow(*row) for row in await session.execute(asked)]


async def count_by_phase(session: AsyncSession, from_date: date, to_date: date) -> dict[str, int]:
    asked = select(LivestreamIncident.phase, func.count()).where(_began(session, from_date, to_date))
    return {row[0]: row[1] for row in await session.execute(asked.group_by(LivestreamIncident.phase))}


async def list_steps(session: AsyncSession, incident_ids: Collection[UUID]) -> dict[UUID, list[LivestreamStep]]:
    """Incident → its steps in order."""
    asked = select(LivestreamStep).where(
        LivestreamStep.incident_id == func.any(literal(list(incident_ids), ARRAY(Uuid)))
    )
    found: dict[UUID, list[LivestreamStep]] = {}
    for step in await session.scalars(asked.order_by(LivestreamStep.incident_id, LivestreamStep.number)):
        found.setdefault(step.incident_id, []).append(step)
    return found


async def load_tree(session: AsyncSession) -> Tree:
    """Every OPD of any day: what stood above a unit stays above it."""
    rows = await session.execute(select(Opd.code, Opd.parent_code, Opd.reports))
    return {code: Node(code, parent_code, Reports(reports)) for code, parent_code, reports in rows}
