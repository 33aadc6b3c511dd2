"""Answers about reported broadcasts, as each caller may see them, with the reading of persons on record."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Grant, Principal, Role
from app.core.texts import Language
from app.core.traces import RuleLine
from app.livestreams import queries, schemas
from app.livestreams.acting import acting_as, course_of, open_to
from app.livestreams.assessing import Assessed, assess_all
from app.livestreams.models import LivestreamStep
from app.livestreams.rules import Verdict
from app.livestreams.steps import ACTED_UPON, Phase
from app.livestreams.tracing import Tracing
from app.policies.rules import Rules
from app.policies.service import rules_on_days
from app.registry.nip import masked

KNOW_HEALTH = (Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)


async def read_incidents(
    session: AsyncSession, caller: Principal, wanted: schemas.IncidentFilter, *, at: datetime
) -> Page[schemas.IncidentItem]:
    """A page of what concerns the caller; the record names everybody on it."""
    rows = await queries.list_incidents(session, caller, wanted, civil_date(at, zone_of(session)))
    page = cut_page(rows, wanted.limit, lambda row: (row.incident.started_at, row.incident.id))
    await record(session, caller, "livestreams.list", at=at, nips=[row.nip for row in page.items])
    items = [schemas.IncidentItem(**_item(found)) for found in await assess_all(session, page.items)]
    return Page(items=items, next_cursor=page.next_cursor)


async def read_incident(
    session: AsyncSession, caller: Principal, incident_id: UUID, language: Language, *, at: datetime
) -> schemas.IncidentRead:
    """One report with its verdict, line by line, and what was done. Raises IncidentNotFound."""
    row = await queries.get_incident(session, caller, incident_id, civil_date(at, zone_of(session)))
    await record(session, caller, "livestreams.read", at=at, target=str(incident_id), nips=[row.nip])
    return (await _read_whole(session, caller, [row], language))[0]


async def read_own_incidents(
    session: AsyncSession, asn_id: UUID, year: int, language: Language = "id"
) -> list[schemas.IncidentRead]:
    """What is kept about a person in a year, as the person sees it; the caller has made sure that it is the person."""
    own = Principal(asn_id, "", (Grant(Role.ASN, None, frozenset()),), asn_id=asn_id)
    rows = await queries.find_incidents(session, date(year, 1, 1), date(year, 12, 31), asn_ids=[asn_id])
    return await _read_whole(session, own, rows, language)


async def _read_whole(
    session: AsyncSession, caller: Principal, rows: Sequence[queries.IncidentRow], language: Language
) -> list[schemas.IncidentRead]:
    steps = await queries.list_steps(session, [row.incident.id for row in rows])
    assessed = await assess_all(session, rows)
    rules = await _rules_of(session, assessed)
    return [
        _whole(found, caller, steps[found.incident.id], rules[_day(session, found)].label, language)
        for found in assessed
    ]


def _day(session: AsyncSession, found: Assessed) -> date:
    return civil_date(found.incident.started_at, zone_of(session))


async def _rules_of(session: AsyncSession, assessed: Sequence[Assessed]) -> dict[date, Rules]:
    """The rules in force on the day of each."""
    return await rules_on_days(session, {_day(session, found) for found in assessed})


def _whole(
    found: Assessed, caller: Principal, steps: Sequence[LivestreamStep], policy: str, language: Language
) -> schemas.IncidentRead:
    incident, course = found.incident, course_of(steps)
    own = caller.asn_id == incident.asn_id
    knows_health = own or caller.reaches(incident.opd_code, *KNOW_HEALTH)
    counting = {number for number, _ in course.counting}
    next_steps = open_to(acting_as(caller, incident, steps, course), course)
    return schemas.IncidentRead(
        **_item(found),
        lines=Tracing(found, policy, language, knows_health=knows_health, own=own).lines(),
        events=[_step(step, counts=step.number in counting) for step in steps],
        next_steps=next_steps,
        events_href=f"/v1/livestreams/incidents/{incident.id}/events" if next_steps else None,
    )


def _step(step: LivestreamStep, *, counts: bool) -> schemas.StepRead:
    names = ("number", "kind", "details", "at", "by_name")
    return schemas.StepRead(**{name: getattr(step, name) for name in names}, counts=counts)


def _item(found: Assessed) -> dict[str, Any]:
    incident = found.incident
    names = ("id", "platform", "url", "account", "started_at", "ended_at", "live", "reported_at", "phase")
    return {name: getattr(incident, name) for name in names} | {
        "subject": schemas.IncidentSubject(
            asn_id=incident.asn_id,
            name=found.row.name,
            nip_masked=masked(found.row.nip),
            opd_code=incident.opd_code,
        ),
        "verdict": found.assessment.verdict,
        "minutes": found.assessment.minutes,
        "confirmed": found.confirmed,
    }


async def read_counts(
    session: AsyncSession, caller: Principal, wanted: schemas.CountFilter, *, at: datetime
) -> schemas.CountsRead:
    """Numbers without persons; by unit only what somebody found true."""
    today = civil_date(at, zone_of(session))
    first, last = wanted.from_date or date(today.year, 1, 1), wanted.to_date or today
    phases = await queries.count_by_phase(session, first, last)
    confirmed = await confirmed_by_opd(session, first, last)
    return schemas.CountsRead(
        from_date=first,
        to_date=last,
        reported=sum(phases.values()),
        closed=phases.get(Phase.CLOSED, 0),
        confirmed=sum(confirmed.values()),
        opd=[schemas.OpdCount(opd_code=code, confirmed=number) for code, number in sorted(confirmed.items())],
    )


async def confirmed_by_opd(session: AsyncSession, from_date: date, to_date: date) -> dict[str, int]:
    """OPD where the person served then → broadcasts of these days (both ends inclusive) that are confirmed."""
    found: dict[str, int] = {}
    for one in await _list_confirmed(session, from_date, to_date, None):
        found[one.incident.opd_code] = found.get(one.incident.opd_code, 0) + 1
    return found


async def confirmed_of(
    session: AsyncSession, asn_ids: Collection[UUID], from_date: date, to_date: date
) -> dict[UUID, int]:
    """Person → broadcasts of these days (both ends inclusive) that are confirmed; who has none is left out."""
    found: dict[UUID, int] = {}
    for one in await _list_confirmed(session, from_date, to_date, asn_ids):
        found[one.incident.asn_id] = found.get(one.incident.asn_id, 0) + 1
    return found


async def _list_confirmed(
    session: AsyncSession, from_date: date, to_date: date, asn_ids: Collection[UUID] | None
) -> list[Assessed]:
    rows = await queries.find_incidents(session, from_date, to_date, phases=ACTED_UPON, asn_ids=asn_ids)
    return [found for found in await assess_all(session, rows) if found.confirmed]


class Referral(NamedTuple):
    """A broadcast in working hours that the office referred."""

    incident_id: UUID
    asn_id: UUID
    day: date
    minutes: int
    rules: Rules
    """In force on its day."""
    lines: list[RuleLine]
    """In Indonesian, and without health codes."""


async def list_referrals(
    session: AsyncSession, from_date: date, to_date: date, asn_ids: Collection[UUID] | None = None
) -> list[Referral]:
    """Of these days (both ends inclusive) and people, None: of everybody; those whose verdict is another are none."""
    rows = await queries.find_incidents(session, from_date, to_date, phases=[Phase.REFERRED], asn_ids=asn_ids)
    assessed = [one for one in await assess_all(session, rows) if one.assessment.verdict is Verdict.IN_HOURS]
    if not assessed:
        return []
    rules = await _rules_of(session, assessed)
    return [_referral(found, _day(session, found), rules[_day(session, found)]) for found in assessed]


def _referral(found: Assessed, day: date, rules: Rules) -> Referral:
    incident = found.incident
    lines = Tracing(found, rules.label, "id").lines()
    return Referral(incident.id, incident.asn_id, day, found.assessment.minutes, rules, lines)
