"""What people do in a case is recorded here, step by step, after the rules have let it pass."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.ids import new_id
from app.core.principal import Principal
from app.decisions import queries
from app.decisions.acting import Acting, acting_as, require_may
from app.decisions.basis import alleged_in, streaks_in
from app.decisions.clocks import remedy_of
from app.decisions.errors import DaysExplainedSince, RecommendationSettled, WrongRemedy
from app.decisions.facts_now import read_facts_now
from app.decisions.guards import Ground, advance, found_in, require_tier
from app.decisions.loading import CaseNow, load_cases
from app.decisions.models import Case, CaseEvent, Recommendation
from app.decisions.officials import Authority, load_authority
from app.decisions.rules import STANDING, Course, Event, Kind, Phase, RecommendationState, Step
from app.decisions.schemas import EventWrite, Objection, ObjectionWrite
from app.decisions.service import settle
from app.decisions.signing import keep_decision, release_apels
from app.decisions.weighing import Standing, find_tier, months_of
from app.policies.rules_of_workdays import Severity
from app.registry.models import Asn


async def add_event(session: AsyncSession, caller: Principal, case_id: UUID, body: EventWrite, *, at: datetime) -> UUID:
    """Record one step of a case; the same step told again changes nothing.

    Raises CaseNotFound, NotCompetent, NotYourCase and what `guards.advance` raises. Returns the case's id.
    """
    today = civil_date(at, zone_of(session))
    seen = await queries.get_case(session, caller, case_id, today)
    await lock_person(session, seen.asn_id)
    [now] = await load_cases(session, [await queries.get_case(session, caller, case_id, today)])
    details = body.model_dump(mode="json", exclude={"kind", "on"}, exclude_none=True)
    event = _with_months(now, Event(len(now.rows) + 1, body.kind, body.on, details))
    authority = await load_authority(session, now, today, _severity_of(now, event))
    acting = acting_as(caller, authority, frozenset(UUID(one) for one in now.course.recused))
    require_may(event.step, acting)
    if _is_repeated(now, event):
        return case_id
    after = advance(now.course, event, await _ground_of(session, now), today)
    if event.step is Step.DECIDED and Acting.OFFICE not in acting:
        await _require_unexplained(session, now, event)
    if event.step is Step.EXTENDED:
        event = await _extend(session, caller, now, event, at=at)
    session.add(_row_of(now.case, event, caller, at))
    now.case.phase = after.phase
    now.case.version += 1
    await session.flush()
    await _follow_up(session, caller, now, event, after, authority, at=at)
    nips = [authority.person.nip]
    await record(session, caller, f"decisions.{event.step}", at=at, target=str(case_id), nips=nips, number=event.number)
    return case_id


async def contest(
    session: AsyncSession, caller: Principal, decision_id: UUID, body: ObjectionWrite, *, at: datetime
) -> UUID:
    """File the remedy that is open against a decision. Raises DecisionNotFound, WrongRemedy; returns the case's id."""
    today = civil_date(at, zone_of(session))
    decision = await queries.get_decision(session, caller, decision_id, today)
    if decision.case_id is None:
        raise WrongRemedy(remedy="–")
    [now] = await load_cases(session, [await queries.get_case(session, caller, decision.case_id, today)])
    step = remedy_of(decision.code, now.procedure)
    filed = Objection.model_validate(body.model_dump() | {"kind": step, "on": body.on or today})
    return await add_event(session, caller, decision.case_id, filed, at=at)


async def lock_person(session: AsyncSession, asn_id: UUID) -> None:
    """Let what is done about one person come one after the other, so that nothing is punished twice at once."""
    await session.execute(select(Asn.id).where(Asn.id == asn_id).with_for_update(key_share=True))


async def _require_unexplained(session: AsyncSession, now: CaseNow, event: Event) -> None:
    """Nobody decides on days that are explained by now; a letter that was signed before is recorded as it is.

    Raises DaysExplainedSince.
    """
    facts = await read_facts_now(session, now.case)
    gone = set(facts.days_gone) & set(found_in(event).days) if facts else set()
    if gone:
        raise DaysExplainedSince(days=", ".join(day.isoformat() for day in sorted(gone)))


def _severity_of(now: CaseNow, event: Event) -> Severity:
    """Whose authority counts: by what is decided, before that by what is alleged."""
    decided = now.course.sanction.code if now.course.sanction else now.case.code
    code = event.details["code"] if event.step is Step.DECIDED else decided
    tier = find_tier(now.discipline, str(code)) or find_tier(now.discipline, now.case.code)
    assert tier is not None
    return tier.severity


def _with_months(now: CaseNow, event: Event) -> Event:
    """How long a sanction runs, where its letter leaves that to the rule set."""
    tier = find_tier(now.discipline, str(event.details.get("code")))
    if tier is None or "months" in event.details:
        return event
    return replace(event, details={**event.details, "months": months_of(tier, event.details.get("variant"))})


def _is_repeated(now: CaseNow, event: Event) -> bool:
    """The same was told once more, because the answer was lost."""
    last = now.rows[-1] if now.rows else None
    if last is None or (last.kind, last.on) != (event.step, event.on):
        return False
    return all(last.details.get(name) == value for name, value in event.details.items())


async def _ground_of(session: AsyncSession, now: CaseNow) -> Ground:
    return Ground(
        procedure=now.procedure,
        discipline=now.discipline,
        days=now.days,
        alleged=alleged_in(now.case.basis),
        streaks=streaks_in(now.case.basis),
        code=now.case.code,
        standing=tuple(await list_standing(session, now.case)),
    )


async def list_standing(session: AsyncSession, case: Case) -> list[Standing]:
    """What other decisions about the same person rest on that are signed and not revoked."""
    found = await _standing_cases(session, [case.asn_id])
    return [_standing(other, case.period) for other in found if other.case.id != case.id and other.case.law == case.law]


async def list_standing_of(session: AsyncSession, asn_ids: Collection[UUID], period: str) -> dict[UUID, list[Standing]]:
    """Person → what decisions rest on that are signed and not revoked, seen from a year."""
    found: dict[UUID, list[Standing]] = {}
    for case in await _standing_cases(session, asn_ids):
        found.setdefault(case.case.asn_id, []).append(_standing(case, period))
    return found


async def _standing_cases(session: AsyncSession, asn_ids: Collection[UUID]) -> list[CaseNow]:
    asked = select(Case).where(queries.among(Case.asn_id, asn_ids), Case.phase.in_(sorted(STANDING)))
    return await load_cases(session, list(await session.scalars(asked)))


def _standing(now: CaseNow, period: str) -> Standing:
    decided, sanction = now.course.last(Step.DECIDED), now.course.sanction
    assert decided is not None
    assert sanction is not None
    return Standing(sanction.code, found_in(decided), now.case.period == period)


def _row_of(case: Case, event: Event, caller: Principal, at: datetime) -> CaseEvent:
    return CaseEvent(
        id=new_id(),
        case_id=case.id,
        number=event.number,
        kind=event.step,
        on=event.on,
        details=dict(event.details),
        at=at,
        by_id=caller.id,
        by_name=caller.name,
    )


async def _extend(session: AsyncSession, caller: Principal, now: CaseNow, event: Event, *, at: datetime) -> Event:
    """Take up what a newer recommendation about the same person and year rests on; the event keeps what was before."""
    newer = await session.get(Recommendation, UUID(event.details["recommendation_id"]), with_for_update=True)
    wanted = (Kind.PUNISHMENT, now.case.asn_id, now.case.period)
    if newer is None or (newer.kind, newer.asn_id, newer.period) != wanted:
        raise RecommendationSettled(state="–")
    require_tier(now.discipline, newer.code)
    case = now.case
    await settle(session, caller, newer, RecommendationState.TAKEN, None, at=at)
    before: dict[str, Any] = {"code": case.code, "recommendation_id": str(case.recommendation_id)}
    before |= {"days": case.basis.get("days", [])}
    case.code, case.basis, case.recommendation_id = newer.code, newer.basis, newer.id
    return Event(event.number, event.step, event.on, {**event.details, "before": before})


async def _follow_up(
    session: AsyncSession,
    caller: Principal,
    now: CaseNow,
    event: Event,
    after: Course,
    authority: Authority,
    *,
    at: datetime,
) -> None:
    """What a step brings with it: the frozen decision, or the end of what it rested on."""
    if event.step is Step.DECIDED:
        await keep_decision(session, caller, now, event, authority, at=at)
    elif after.phase in (Phase.REVOKED, Phase.CLOSED) and now.course.phase is not after.phase:
        basis = await session.get(Recommendation, now.case.recommendation_id, with_for_update=True)
        assert basis is not None
        reason = str(event.details.get("reason") or event.details.get("letter_no") or event.step)
        await settle(session, caller, basis, RecommendationState.DECLINED, reason, at=at)
        await release_apels(session, now.case.id)
