"""Reads of recommendations, cases and decisions."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Select, Uuid, false, func, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.core.clock import civil_instant
from app.core.db import within, zone_of
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role
from app.decisions.errors import CaseNotFound, DecisionNotFound, RecommendationNotFound
from app.decisions.loading import load_cases
from app.decisions.models import Case, Decision, Recommendation
from app.decisions.rules import OVER, STANDING
from app.decisions.schemas import CaseFilter, DecisionFilter, RecommendationFilter
from app.decisions.weighing import Imposed, RunningSanction, schedule
from app.duty.queries import serves_within
from app.registry.models import Assignment
from app.registry.queries import valid_on

SEES_ALL = (Role.ADMIN, Role.INSPECTOR, Role.BUPATI)
READERS = (*SEES_ALL, Role.OPD_HEAD, Role.ASN)
"""A case concerns those who decide on it, those who stand above the person, and the person; nobody else knows of it."""

_RECOMMENDED = cast(InstrumentedAttribute[UUID], Recommendation.asn_id)
_DECIDED = cast(InstrumentedAttribute[UUID], Decision.asn_id)
_RECOMMENDED_OPD = cast(InstrumentedAttribute[str], Recommendation.opd_code)
_DECIDED_OPD = cast(InstrumentedAttribute[str], Decision.opd_code)
"""Where one is null, a comparison with it holds for nobody."""


def _stands_above(caller: Principal, asn_id: InstrumentedAttribute[UUID], today: date) -> ColumnElement[bool]:
    """The caller is the person's direct superior, or that one's."""
    post, next_post = aliased(Assignment), aliased(Assignment)
    theirs = select(next_post.asn_id).where(next_post.superior_id == caller.asn_id, valid_on(next_post, today))
    mine = or_(post.superior_id == caller.asn_id, post.superior_id.in_(theirs))
    return select(literal(1)).where(post.asn_id == asn_id, valid_on(post, today), mine).exists()


def concerns(caller: Principal, asn_id: InstrumentedAttribute[UUID], today: date) -> ColumnElement[bool]:
    """What is about a person and concerns the caller."""
    if caller.holds(*SEES_ALL):
        return true()
    day = literal(today, Date)
    headed = serves_within(caller.reach(Role.OPD_HEAD), asn_id, day, day)
    if caller.asn_id is None:
        return headed
    return or_(headed, asn_id == caller.asn_id, _stands_above(caller, asn_id, today))


def concerns_opd(caller: Principal, opd_code: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if caller.holds(*SEES_ALL):
        return opd_code.is_not(None)
    return within(opd_code, caller.reach(Role.OPD_HEAD)) if caller.holds(Role.OPD_HEAD) else false()


def _recommendations(caller: Principal, today: date) -> Select[Recommendation]:
    about_person = Recommendation.asn_id.is_not(None) & concerns(caller, _RECOMMENDED, today)
    return select(Recommendation).where(or_(about_person, concerns_opd(caller, _RECOMMENDED_OPD)))


async def get_recommendation(
    session: AsyncSession, caller: Principal, recommendation_id: UUID, today: date
) -> Recommendation:
    """Raises RecommendationNotFound."""
    asked = _recommendations(caller, today).where(Recommendation.id == recommendation_id)
    found = await session.scalar(asked, execution_options={"populate_existing": True})
    if found is None:
        raise RecommendationNotFound
    return found


async def list_recommendations(
    session: AsyncSession, caller: Principal, wanted: RecommendationFilter, today: date, made_by: date | None
) -> list[Recommendation]:
    """The newest first, and one more than the limit if there is one; `made_by`: open since this day or longer."""
    asked = _recommendations(caller, today)
    for column, value in (
        (Recommendation.kind, wanted.kind),
        (Recommendation.state, wanted.state),
        (Recommendation.period, wanted.period),
        (Recommendation.asn_id, wanted.asn_id),
    ):
        if value is not None:
            asked = asked.where(column == value)
    if wanted.opd_code is not None:
        asked = asked.where(_of_opd(_RECOMMENDED, _RECOMMENDED_OPD, wanted.opd_code, today))
    if made_by is not None:
        until = civil_instant(made_by + timedelta(days=1), time.min, zone_of(session))
        asked = asked.where(Recommendation.made_at < until, Recommendation.state == "open")
        asked = asked.where(Recommendation.kind == "punishment")
    if (after := decode_cursor(wanted.cursor, datetime, UUID)) is not None:
        asked = asked.where(tuple_(Recommendation.made_at, Recommendation.id) < after)
    asked = asked.order_by(Recommendation.made_at.desc(), Recommendation.id.desc()).limit(wanted.limit + 1)
    return list(await session.scalars(asked, execution_options={"populate_existing": True}))


def _of_opd(
    asn_id: InstrumentedAttribute[UUID], own_code: InstrumentedAttribute[str], opd_code: str, today: date
) -> ColumnElement[bool]:
    day = literal(today, Date)
    return or_(own_code == opd_code, serves_within(frozenset({opd_code}), asn_id, day, day))


async def get_case(session: AsyncSession, caller: Principal, case_id: UUID, today: date) -> Case:
    """Raises CaseNotFound."""
    asked = select(Case).where(Case.id == case_id, concerns(caller, Case.asn_id, today))
    found = await session.scalar(asked, execution_options={"populate_existing": True})
    if found is None:
        raise CaseNotFound
    return found


async def list_cases(session: AsyncSession, caller: Principal, wanted: CaseFilter, today: date) -> list[Case]:
    """The newest first, and one more than the limit if there is one."""
    asked = select(Case).where(concerns(caller, Case.asn_id, today))
    if wanted.phase is not None:
        asked = asked.where(Case.phase == wanted.phase)
    if wanted.asn_id is not None:
        asked = asked.where(Case.asn_id == wanted.asn_id)
    if wanted.opd_code is not None:
        asked = asked.where(Case.opd_code == wanted.opd_code)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(Case.id < after[0])
    asked = asked.order_by(Case.id.desc()).limit(wanted.limit + 1)
    return list(await session.scalars(asked, execution_options={"populate_existing": True}))


def _decisions(caller: Principal, today: date) -> Select[Decision]:
    about_person = Decision.asn_id.is_not(None) & concerns(caller, _DECIDED, today)
    about_opd = Decision.asn_id.is_(None) & concerns_opd(caller, _DECIDED_OPD)
    return select(Decision).where(or_(about_person, about_opd))


async def get_decision(session: AsyncSession, caller: Principal, decision_id: UUID, today: date) -> Decision:
    """Raises DecisionNotFound."""
    found = await session.scalar(_decisions(caller, today).where(Decision.id == decision_id))
    if found is None:
        raise DecisionNotFound
    return found


async def list_decisions(
    session: AsyncSession, caller: Principal, wanted: DecisionFilter, today: date
) -> list[Decision]:
    """The newest first, and one more than the limit if there is one."""
    asked = _decisions(caller, today)
    if wanted.kind is not None:
        asked = asked.where(Decision.kind == wanted.kind)
    if wanted.asn_id is not None:
        asked = asked.where(Decision.asn_id == wanted.asn_id)
    if wanted.opd_code is not None:
        asked = asked.where(Decision.opd_code == wanted.opd_code)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(Decision.id < after[0])
    return list(await session.scalars(asked.order_by(Decision.id.desc()).limit(wanted.limit + 1)))


async def decisions_of_cases(session: AsyncSession, case_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Case → its decision."""
    asked = select(Decision.case_id, Decision.id).where(
        Decision.case_id == func.any(literal(list(case_ids), ARRAY(Uuid)))
    )
    return {case_id: decision_id for case_id, decision_id in await session.execute(asked) if case_id is not None}


async def find_outcome(session: AsyncSession, recommendation_id: UUID) -> tuple[UUID | None, UUID | None]:
    """The latest case and decision that a recommendation led to."""
    cases = select(Case.id).where(Case.recommendation_id == recommendation_id).order_by(Case.id.desc()).limit(1)
    made = select(Decision.id).where(Decision.recommendation_id == recommendation_id)
    return await session.scalar(cases), await session.scalar(made.order_by(Decision.id.desc()).limit(1))


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID] | None) -> ColumnElement[bool]:
    return true() if ids is None else column == func.any(literal(list(ids), ARRAY(Uuid)))


async def running_sanctions(
    session: AsyncSession, asn_ids: Collection[UUID] | None, day: date
) -> dict[UUID, list[RunningSanction]]:
    """Person → the sanctions that are in force and run on a civil day; of these people, None: of everybody."""
    found = await scheduled_sanctions(session, asn_ids)
    running = {asn_id: [one for one in sanctions if one.runs_on(day)] for asn_id, sanctions in found.items()}
    return {asn_id: sanctions for asn_id, sanctions in running.items() if sanctions}


async def scheduled_sanctions(
    session: AsyncSession, asn_ids: Collection[UUID] | None
) -> dict[UUID, list[RunningSanction]]:
    """Person → every sanction that stands, from when to when it runs; those before and those to come included."""
    asked = select(Case).where(Case.phase.in_(sorted(STANDING)), among(Case.asn_id, asn_ids))
    imposed: dict[UUID, list[Imposed]] = {}
    for case in await load_cases(session, list(await session.scalars(asked))):
        if (sanction := case.imposed()) is not None:
            imposed.setdefault(case.case.asn_id, []).append(sanction)
    return {asn_id: schedule(sanctions) for asn_id, sanctions in imposed.items()}


async def open_cases(session: AsyncSession, asn_ids: Collection[UUID] | None, day: date) -> set[UUID]:
    """People about whom a case is open on a civil day: neither closed nor revoked nor in force."""
    asked = select(Case).where(Case.phase.not_in(sorted(OVER)), among(Case.asn_id, asn_ids))
    cases = await load_cases(session, list(await session.scalars(asked)))
    return {case.case.asn_id for case in cases if case.is_running(day)}
