"""Writes about reported broadcasts: a report is kept once, and what is done about it is added."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import within, zone_of
from app.core.ids import stable_id
from app.core.principal import Principal
from app.livestreams import queries
from app.livestreams.acting import acting_as, course_of, require_may
from app.livestreams.errors import IncidentNotOver, IncidentToldOtherwise, TalkNotHeldYet
from app.livestreams.models import LivestreamIncident, LivestreamStep
from app.livestreams.queries import REPORTERS
from app.livestreams.schemas import Coached, IncidentReport, StepWrite
from app.livestreams.steps import Phase, Step, follow
from app.registry.errors import AsnNotFound
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on

_DEED = ("platform", "ended_at", "live")
"""What a report says of the broadcast beyond its identity."""
_TELLING = {"account", "capture_sha256", "capture_note", "source"}
"""What each reporter tells anew."""


async def report_incident(
    session: AsyncSession, caller: Principal, body: IncidentReport, *, at: datetime
) -> tuple[UUID, bool]:
    """Keep a report once, by person, address and beginning; its id, and whether it is new to the caller.

    Another reporter of the same is added to it. Raises AsnNotFound for people out of reach on that day,
    IncidentNotOver, IncidentToldOtherwise.
    """
    if body.ended_at > at:
        raise IncidentNotOver
    nip, opd_code = await _find_person(session, caller, body)
    incident_id = stable_id("livestream", body.asn_id, body.url, body.started_at.astimezone(UTC).isoformat())
    told = body.model_dump(exclude=_TELLING - {"account"})
    fresh = insert(LivestreamIncident).values(
        id=incident_id, opd_code=opd_code, reported_at=at, phase=Phase.REPORTED, **told
    )
    await session.execute(fresh.on_conflict_do_nothing())
    incident = await _lock(session, incident_id)
    if any(getattr(incident, name) != getattr(body, name) for name in _DEED):
        raise IncidentToldOtherwise
    steps = (await queries.list_steps(session, [incident_id])).get(incident_id, [])
    if any(step.kind == Step.REPORTED and step.by_id == caller.id for step in steps):
        return incident_id, False
    details = body.model_dump(mode="json", include=_TELLING, exclude_none=True)
    _add(session, incident, caller, len(steps) + 1, Step.REPORTED, details, at=at)
    await session.flush()
    await record(session, caller, "livestreams.report", at=at, target=str(incident_id), nips=[nip])
    return incident_id, True


async def _find_person(session: AsyncSession, caller: Principal, body: IncidentReport) -> tuple[str, str]:
    """NIP and OPD of a person who serves in the caller's reach on the day of the broadcast."""
    day = civil_date(body.started_at, zone_of(session))
    asked = select(Asn.nip, Assignment.opd_code).join(Assignment, Assignment.asn_id == Asn.id)
    asked = asked.where(Asn.id == body.asn_id, valid_on(Assignment, day))
    row = (await session.execute(asked.where(within(Assignment.opd_code, caller.reach(*REPORTERS))))).one_or_none()
    if row is None:
        raise AsnNotFound
    return row[0], row[1]


async def _lock(session: AsyncSession, incident_id: UUID) -> LivestreamIncident:
    """What is done about one report is done one after the other."""
    return await session.get_one(LivestreamIncident, incident_id, with_for_update=True, populate_existing=True)


async def add_step(
    session: AsyncSession, caller: Principal, incident_id: UUID, body: StepWrite, *, at: datetime
) -> None:
    """Record what was done about a report; the same told again changes nothing.

    Raises IncidentNotFound, TalkNotHeldYet, StepNotYours, IncidentStepNotPossible.
    """
    today = civil_date(at, zone_of(session))
    row = await queries.get_incident(session, caller, incident_id, today)
    incident = await _lock(session, incident_id)
    steps = (await queries.list_steps(session, [incident_id]))[incident_id]
    details = body.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
    last = steps[-1]
    if (last.kind, last.by_id, last.details) == (body.kind, caller.id, details):
        return
    if isinstance(body, Coached) and body.on > today:
        raise TalkNotHeldYet
    course, number = course_of(steps), len(steps) + 1
    require_may(body.kind, acting_as(caller, incident, steps, course))
    incident.phase = follow(course, number, body.kind).phase
    _add(session, incident, caller, number, body.kind, details, at=at)
    await session.flush()
    await record(
        session, caller, f"livestreams.{body.kind}", at=at, target=str(incident_id), nips=[row.nip], number=number
    )


def _add(
    session: AsyncSession,
    incident: LivestreamIncident,
    caller: Principal,
    number: int,
    step: Step,
    details: dict[str, Any],
    *,
    at: datetime,
) -> None:
    session.add(
        LivestreamStep(
            incident_id=incident.id,
            number=number,
            kind=step,
            details=details,
            at=at,
            by_id=caller.id,
            by_name=caller.name,
        )
    )
