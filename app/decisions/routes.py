"""Recommendations, cases and decisions over HTTP. The service recommends; every step after that is a person's."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, status

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.decisions import conducting, deciding, reading, reads, recommending, schemas
from app.decisions.queries import READERS
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1", "Keputusan")
Reader = Annotated[Principal, Depends(Requires(*READERS))]
Actor = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.BUPATI, Role.OPD_HEAD, Role.ASN))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]


@router.get("/recommendations")
async def list_recommendations(
    wanted: Annotated[schemas.RecommendationFilter, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
) -> Page[reads.RecommendationItem]:
    """What the facts call for, the newest first; `overdue=true`: those on which no superior has acted in time."""
    return await reading.read_recommendations(session, caller, wanted, language, at=now)


@router.post("/recommendations", status_code=status.HTTP_201_CREATED)
async def make_recommendation(
    body: schemas.RecommendWrite, caller: Admin, session: Transaction, now: Now, language: Speech, once: Once
) -> reads.RecommendationRead:
    """Have what the facts about a person call for recommended at once; the service does so by itself soon after."""

    async def make() -> reads.RecommendationRead:
        made = await recommending.recommend_from(session, caller, body.origin, at=now)
        return await reading.read_recommendation(session, caller, made, language, at=now)

    return await once.run(make)


@router.get("/recommendations/{recommendation_id}")
async def read_recommendation(
    recommendation_id: UUID, caller: Reader, session: Transaction, now: Now, language: Speech
) -> reads.RecommendationRead:
    """One recommendation with its figures, each with its rule and its evidence."""
    return await reading.read_recommendation(session, caller, recommendation_id, language, at=now)


@router.post("/recommendations/{recommendation_id}/decide")
async def decide_recommendation(
    recommendation_id: UUID,
    body: schemas.DecideWrite,
    caller: Actor,
    session: Transaction,
    now: Now,
    language: Speech,
) -> reads.RecommendationRead:
    """Open a case, give the reward, have held the talk, or decline with a reason; the same again changes nothing."""
    decided = await deciding.decide(session, caller, recommendation_id, body, at=now)
    return await reading.read_recommendation(session, caller, decided, language, at=now)


@router.get("/cases")
async def list_cases(
    wanted: Annotated[schemas.CaseFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[reads.CaseItem]:
    """The cases that concern the caller, the newest first."""
    return await reading.read_cases(session, caller, wanted, at=now)


@router.get("/cases/{case_id}")
async def read_case(case_id: UUID, caller: Reader, session: Transaction, now: Now, language: Speech) -> reads.CaseRead:
    """A case with its events and clocks, who may act, and what can follow."""
    return await reading.read_case(session, caller, case_id, language, at=now)


@router.post("/cases/{case_id}/events")
async def add_case_event(
    case_id: UUID, body: schemas.EventWrite, caller: Actor, session: Transaction, now: Now, language: Speech
) -> reads.CaseRead:
    """Record the next step of a case; the same step told again changes nothing."""
    told = await conducting.add_event(session, caller, case_id, body, at=now)
    return await reading.read_case(session, caller, told, language, at=now)


@router.get("/decisions")
async def list_decisions(
    wanted: Annotated[schemas.DecisionFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[reads.DecisionItem]:
    """The signed decisions that concern the caller, the newest first."""
    return await reading.read_decisions(session, caller, wanted, at=now)


@router.get("/decisions/{decision_id}")
async def read_decision(decision_id: UUID, caller: Reader, session: Transaction, now: Now) -> reads.DecisionRead:
    """A decision as it was signed, with all that it rested on, and what stands of it today."""
    return await reading.read_decision(session, caller, decision_id, at=now)


@router.post("/decisions/{decision_id}/objections", status_code=status.HTTP_201_CREATED)
async def contest_decision(
    decision_id: UUID,
    body: schemas.ObjectionWrite,
    caller: Actor,
    session: Transaction,
    now: Now,
    language: Speech,
    once: Once,
) -> reads.CaseRead:
    """File keberatan, or banding against a dismissal; until it is answered the decision has no effect."""

    async def file() -> reads.CaseRead:
        case_id = await conducting.contest(session, caller, decision_id, body, at=now)
        return await reading.read_case(session, caller, case_id, language, at=now)

    return await once.run(file)
