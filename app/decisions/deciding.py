"""People decide on recommendations: a case is opened, a reward given, a talk held, or nothing is done for a reason."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.ids import new_id
from app.core.principal import Principal, Role
from app.decisions import queries
from app.decisions.acting import Acting, acting_as
from app.decisions.competence import find_competent
from app.decisions.conducting import lock_person
from app.decisions.errors import (
    CaseRunning,
    ConductWithoutSanctions,
    NotCompetent,
    OutcomeNotForKind,
    ProcedureMissing,
    RecommendationSettled,
    StepOutOfOrder,
)
from app.decisions.models import Case, Recommendation
from app.decisions.officials import Authority, load_line, place_people
from app.decisions.recommending import require_conduct, require_due
from app.decisions.rewarding import require_eligible
from app.decisions.rules import UNDECIDED, Kind, Phase, RecommendationState
from app.decisions.schemas import DecideWrite, Decline, Grant, Guide, OpenCase
from app.decisions.service import settle
from app.decisions.signing import keep_grant
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.rules_of_workdays import Severity

_OUTCOME_OF = {Kind.PUNISHMENT: OpenCase, Kind.REWARD: Grant, Kind.GUIDANCE: Guide, Kind.CONDUCT: Guide}


async def decide(
    session: AsyncSession, caller: Principal, recommendation_id: UUID, body: DecideWrite, *, at: datetime
) -> UUID:
    """Have a person's word on a recommendation; the same word again changes nothing.

    Raises RecommendationNotFound, OutcomeNotForKind, ConductWithoutSanctions, NotCompetent, RecommendationSettled and,
    where a case is opened, ProcedureMissing, CaseRunning and RecommendationNotDue; where a talk about conduct is
    recorded, RecommendationNotDue; where a reward is granted, RewardNoLongerHolds.
    """
    today = civil_date(at, zone_of(session))
    seen = await queries.get_recommendation(session, caller, recommendation_id, today)
    if seen.kind == Kind.CONDUCT and isinstance(body, OpenCase):
        raise ConductWithoutSanctions
    if not isinstance(body, (Decline, _OUTCOME_OF[Kind(seen.kind)])):
        raise OutcomeNotForKind(kind=seen.kind)
    if seen.asn_id is not None:
        await lock_person(session, seen.asn_id)
    row = await session.get_one(Recommendation, recommendation_id, with_for_update=True, populate_existing=True)
    nips = await _require_may(session, caller, row, body, today)
    if _is_repeated(row, body, caller):
        return row.id
    if row.state != RecommendationState.OPEN:
        raise RecommendationSettled(state=row.state)
    await _carry_out(session, caller, row, body, today, at=at)
    action = f"decisions.{body.outcome}"
    await record(session, caller, action, at=at, target=str(row.id), nips=nips, code=row.code, period=row.period)
    return row.id


async def _carry_out(
    session: AsyncSession, caller: Principal, row: Recommendation, body: DecideWrite, today: date, *, at: datetime
) -> None:
    match body:
        case Decline():
            await settle(session, caller, row, RecommendationState.DECLINED, body.reason, at=at)
        case Guide():
            if row.kind == Kind.CONDUCT:
                await require_conduct(session, row)
            await settle(session, caller, row, RecommendationState.TAKEN, body.reason, at=at)
        case Grant():
            if body.signed_on > today:
                raise StepOutOfOrder(earliest="–", latest=today.isoformat())
            await require_eligible(session, row, at=at)
            await settle(session, caller, row, RecommendationState.TAKEN, None, at=at)
            await keep_grant(session, caller, row, body, at=at)
        case OpenCase():
            await open_case(session, caller, row, body, today, at=at)


def _is_repeated(row: Recommendation, body: DecideWrite, caller: Principal) -> bool:
    state = RecommendationState.DECLINED if isinstance(body, Decline) else RecommendationState.TAKEN
    if row.state != state or not row.history:
        return False
    last, reason = row.history[-1], getattr(body, "reason", None)
    return (last["state"], last["by"], last["reason"]) == (state, caller.name, reason)


async def _require_may(
    session: AsyncSession, caller: Principal, row: Recommendation, body: DecideWrite, today: date
) -> list[str]:
    """The office records, the superior guides or looks into it, the competent official decides; an OPD's reward is the
    Bupati's. Returns the NIPs of the persons concerned.

    Raises NotCompetent.
    """
    if row.asn_id is None:
        if not caller.holds(Role.ADMIN, Role.BUPATI):
            raise NotCompetent
        return []
    authority = await load_authority_of(session, row, today)
    allowed = {Acting.OFFICE, Acting.COMPETENT}
    if not isinstance(body, Decline) and row.kind != Kind.REWARD:
        allowed.add(Acting.SUPERIOR)
    acting = acting_as(caller, authority)
    if row.kind == Kind.REWARD and Acting.PERSON not in acting and caller.holds(Role.BUPATI):
        acting |= {Acting.COMPETENT}
    if allowed.isdisjoint(acting):
        raise NotCompetent
    return [authority.person.nip]


async def load_authority_of(session: AsyncSession, row: Recommendation, on: date) -> Authority:
    """The line above the person of a recommendation, and who would be competent for it on a day."""
    assert row.asn_id is not None
    person = (await place_people(session, [row.asn_id], on))[row.asn_id]
    line = await load_line(session, person, on)
    procedure = read_rules(await get_policy(session, row.policy_id)).procedure
    severity = Severity(row.severity) if row.severity else Severity.RINGAN
    table = procedure.competence if procedure else ()
    return Authority(person, line, find_competent(person.level, line, severity, table))


async def open_case(
    session: AsyncSession, caller: Principal, row: Recommendation, body: OpenCase, today: date, *, at: datetime
) -> None:
    """Open a case on a recommendation, as the policy stands that it was made under.

    Raises ProcedureMissing, CaseRunning, StepOutOfOrder, RecommendationNotDue.
    """
    opened_on = body.on or today
    if opened_on > today:
        raise StepOutOfOrder(earliest="–", latest=today.isoformat())
    await _require_possible(session, row)
    await require_due(session, row, at=at)
    assert row.asn_id is not None
    await settle(session, caller, row, RecommendationState.TAKEN, body.reason, at=at)
    person = (await place_people(session, [row.asn_id], today))[row.asn_id]
    session.add(
        Case(
            id=new_id(),
            recommendation_id=row.id,
            asn_id=row.asn_id,
            opd_code=person.opd_code or "–",
            period=row.period,
            law=row.basis["rule_set"],
            code=row.code,
            basis=row.basis,
            policy_id=row.policy_id,
            policy=row.policy,
            known_on=min(civil_date(row.made_at, zone_of(session)), opened_on),
            opened_on=opened_on,
            opened_at=at,
            opened_by=caller.id,
            opened_by_name=caller.name,
            reason=body.reason,
            phase=Phase.OPENED,
            version=1,
        )
    )
    await session.flush()


async def _require_possible(session: AsyncSession, row: Recommendation) -> None:
    """There is a procedure to follow, and no case of the same person, law and year that is not decided yet."""
    if read_rules(await get_policy(session, row.policy_id)).procedure is None:
        raise ProcedureMissing(policy=row.policy)
    asked = select(Case).where(
        Case.asn_id == row.asn_id,
        Case.law == row.basis["rule_set"],
        Case.period == row.period,
        Case.phase.in_(sorted(UNDECIDED)),
    )
    running = (await session.scalars(asked.limit(1))).first()
    if running is not None:
        raise CaseRunning(case_id=str(running.id))
