"""Answers brought together: rows in the caller's sight, their people and clocks, and an entry in the record."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.calendar.rules import Days, count_working_days
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.core.texts import Language
from app.decisions import queries, reads, schemas, views
from app.decisions.basis import alleged_in, streaks_in
from app.decisions.clocks import due_on
from app.decisions.facts_now import read_facts_now
from app.decisions.guards import Ground, warnings_of
from app.decisions.loading import CaseNow, load_calendar, load_cases
from app.decisions.models import Case, Recommendation
from app.decisions.officials import load_authority, place_people
from app.decisions.rules import UNDECIDED
from app.decisions.weighing import find_tier
from app.policies.models import Policy
from app.policies.reading import read_rules
from app.policies.rules_of_cases import Clock, ProcedureRules
from app.policies.service import rules_on


async def _people(session: AsyncSession, ids: Iterable[UUID | None], on: date) -> views.People:
    return await place_people(session, [one for one in ids if one is not None], on)


async def _procedures(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, ProcedureRules | None]:
    wanted = Policy.id == func.any(literal(list(set(ids)), ARRAY(Uuid)))
    return {one.id: read_rules(one).procedure for one in await session.scalars(select(Policy).where(wanted))}


async def _due_days(session: AsyncSession, rows: list[Recommendation], today: date) -> dict[UUID, date | None]:
    """By when the superior must have acted on each."""
    made = {row.id: civil_date(row.made_at, zone_of(session)) for row in rows}
    days = await load_calendar(session, [*made.values(), today])
    procedures = await _procedures(session, [row.policy_id for row in rows])
    return {row.id: _acts_by(procedures[row.policy_id], made[row.id], days) for row in rows}


def _acts_by(procedure: ProcedureRules | None, made_on: date, days: Days) -> date | None:
    return None if procedure is None else due_on(procedure, Clock.SUPERIOR_ACTS, made_on, days)


async def read_recommendations(
    session: AsyncSession,
    caller: Principal,
    wanted: schemas.RecommendationFilter,
    language: Language,
    *,
    at: datetime,
) -> Page[reads.RecommendationItem]:
    """A page of what concerns the caller; the record names everybody on it."""
    today = civil_date(at, zone_of(session))
    made_by = await _overdue_since(session, today) if wanted.overdue else None
    rows = await queries.list_recommendations(session, caller, wanted, today, made_by)
    page = cut_page(rows, wanted.limit, lambda row: (row.made_at, row.id))
    people = await _people(session, (row.asn_id for row in page.items), today)
    due = await _due_days(session, page.items, today)
    await record(session, caller, "decisions.recommendations", at=at, nips=[one.nip for one in people.values()])
    items = [views.see_recommendation(row, people, due[row.id], today, language) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def _overdue_since(session: AsyncSession, today: date) -> date:
    """The last day on which a recommendation was made whose superior is overdue today, by the rules of today."""
    procedure = (await rules_on(session, today)).procedure
    number = procedure.clocks.get(Clock.SUPERIOR_ACTS) if procedure else None
    if number is None:
        return date.min + timedelta(days=1)
    days = await load_calendar(session, [today - timedelta(days=200), today])
    day = today - timedelta(days=1)
    while count_working_days(day, today - timedelta(days=1), days) < number:
        day -= timedelta(days=1)
    return day


async def read_recommendation(
    session: AsyncSession, caller: Principal, recommendation_id: UUID, language: Language, *, at: datetime
) -> reads.RecommendationRead:
    """Raises RecommendationNotFound."""
    today = civil_date(at, zone_of(session))
    row = await queries.get_recommendation(session, caller, recommendation_id, today)
    people = await _people(session, [row.asn_id], today)
    due = await _due_days(session, [row], today)
    nips = [one.nip for one in people.values()]
    await record(session, caller, "decisions.recommendation", at=at, target=str(row.id), nips=nips)
    outcome = await queries.find_outcome(session, row.id)
    return views.see_recommendation_whole(row, people, due[row.id], today, language, outcome=outcome)


async def read_cases(
    session: AsyncSession, caller: Principal, wanted: schemas.CaseFilter, *, at: datetime
) -> Page[reads.CaseItem]:
    """A page of the cases that concern the caller; the record names everybody on it."""
    today = civil_date(at, zone_of(session))
    page = cut_page(await queries.list_cases(session, caller, wanted, today), wanted.limit, lambda row: (row.id,))
    people = await _people(session, (row.asn_id for row in page.items), today)
    await record(session, caller, "decisions.cases", at=at, nips=[one.nip for one in people.values()])
    cases = await load_cases(session, page.items)
    return Page(items=[views.see_case(now, people, today) for now in cases], next_cursor=page.next_cursor)


async def read_case(
    session: AsyncSession, caller: Principal, case_id: UUID, language: Language, *, at: datetime
) -> reads.CaseRead:
    """Raises CaseNotFound."""
    today = civil_date(at, zone_of(session))
    case = await queries.get_case(session, caller, case_id, today)
    [now] = await load_cases(session, [case])
    code = now.course.sanction.code if now.course.sanction else case.code
    tier = find_tier(now.discipline, code)
    assert tier is not None
    authority = await load_authority(session, now, today, tier.severity)
    nips = [authority.person.nip]
    await record(session, caller, "decisions.case", at=at, target=str(case.id), nips=nips)
    made = await queries.decisions_of_cases(session, [case.id])
    alerts = [*warnings_of(now.course, _plain_ground(now)), *await _stale_facts(session, now)]
    return views.see_case_whole(now, authority, today, language, decision_id=made.get(case.id), alerts=alerts)


def _plain_ground(now: CaseNow) -> Ground:
    alleged, streaks = alleged_in(now.case.basis), streaks_in(now.case.basis)
    return Ground(now.procedure, now.discipline, now.days, alleged, streaks, now.case.code, ())


async def _stale_facts(session: AsyncSession, now: CaseNow) -> list[str]:
    """Whether the facts of an undecided case have changed, or a newer recommendation rests on more days."""
    case = now.case
    if now.course.phase not in UNDECIDED:
        return []
    facts = await read_facts_now(session, case)
    changed = ["facts-changed"] if facts is not None and facts.days_gone else []
    asked = select(Recommendation.id).where(
        Recommendation.asn_id == case.asn_id,
        Recommendation.kind == "punishment",
        Recommendation.period == case.period,
        Recommendation.state == "open",
    )
    return changed + (["further-days"] if (await session.scalars(asked.limit(1))).first() else [])


async def read_decisions(
    session: AsyncSession, caller: Principal, wanted: schemas.DecisionFilter, *, at: datetime
) -> Page[reads.DecisionItem]:
    """A page of the decisions that concern the caller; the record names everybody on it."""
    today = civil_date(at, zone_of(session))
    rows = await queries.list_decisions(session, caller, wanted, today)
    page = cut_page(rows, wanted.limit, lambda row: (row.id,))
    people = await _people(session, (row.asn_id for row in page.items), today)
    await record(session, caller, "decisions.decisions", at=at, nips=[one.nip for one in people.values()])
    return Page(items=[views.see_decision(row, people) for row in page.items], next_cursor=page.next_cursor)


async def read_decision(
    session: AsyncSession, caller: Principal, decision_id: UUID, *, at: datetime
) -> reads.DecisionRead:
    """Raises DecisionNotFound."""
    today = civil_date(at, zone_of(session))
    row = await queries.get_decision(session, caller, decision_id, today)
    people = await _people(session, [row.asn_id], today)
    nips = [one.nip for one in people.values()]
    await record(session, caller, "decisions.decision", at=at, target=str(row.id), nips=nips)
    case = await session.get(Case, row.case_id, populate_existing=True) if row.case_id else None
    [now] = await load_cases(session, [case]) if case else [None]
    facts = await read_facts_now(session, case) if case else None
    return views.see_decision_whole(row, people, now, today, facts)
