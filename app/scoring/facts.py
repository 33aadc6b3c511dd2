"""The marks of many people over many apels, read in three statements however many there are."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, func, literal, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import Finding, FindingResolution, Mark
from app.attendance.rules import NR, FindingCode, Reason
from app.attendance.schemas import Outcome
from app.duty.rules import Code
from app.scoring.persons import MarkFact


async def load_mark_facts(
    session: AsyncSession, from_date: date, to_date: date, asn_ids: Collection[UUID] | None = None
) -> list[MarkFact]:
    """The marks of these people (None: of everybody) at the apels of a span of civil days, by day.

    Rehearsals, cancelled apels and marks of people of whom nothing was asked (NR: no duty, or no apel asked of anybody
    in that period) are left out. Marks stand as they were concluded last: whoever needs all facts in has them concluded
    first.
    """
    apels = await _list_apels(session, from_date, to_date)
    if not apels:
        return []
    early = await _list_left_early(session, list(apels), asn_ids)
    chosen = true() if asn_ids is None else Mark.asn_id == _ids(asn_ids)
    asked = select(
        Mark.asn_id, Mark.apel_id, Mark.id, Mark.status, Mark.mode, Mark.unit_code, Mark.opd_code, Mark.reason
    ).where(Mark.apel_id == _ids(apels), chosen, Mark.status.is_distinct_from(NR))
    facts = []
    for asn_id, apel_id, mark_id, status, mode, unit_code, opd_code, reason in await session.execute(asked):
        on_date, kind = apels[apel_id]
        left = status == Code.H and reason != Reason.CORRECTED and (apel_id, asn_id) in early
        facts.append(MarkFact(asn_id, apel_id, mark_id, on_date, kind, status, mode, left, unit_code, opd_code))
    facts.sort(key=lambda fact: (fact.on_date, fact.apel_id, fact.asn_id))
    return facts


async def load_shared_marks(
    session: AsyncSession, from_date: date, to_date: date, asn_ids: Collection[UUID]
) -> dict[UUID, list[MarkFact]]:
    """Person → what `load_mark_facts` tells of apels and statuses, in any order, and nothing else of a mark.

    Whoever compares rules needs no more, so that people with the same status at an apel share one fact that names
    nobody: a year of thousands of people holds a few hundred.
    """
    apels = await _list_apels(session, from_date, to_date)
    if not apels:
        return {}
    early: dict[UUID, set[UUID]] = {}
    for apel_id, asn_id in await _list_left_early(session, list(apels), asn_ids):
        early.setdefault(asn_id, set()).add(apel_id)
    may_leave = and_(Mark.status == Code.H, Mark.reason != Reason.CORRECTED)
    asked = (
        select(Mark.asn_id, Mark.status, may_leave, func.array_agg(Mark.apel_id))
        .where(Mark.apel_id == _ids(apels), Mark.asn_id == _ids(asn_ids), Mark.status.is_distinct_from(NR))
        .group_by(Mark.asn_id, Mark.status, may_leave)
    )
    shared = _Shared(apels)
    found: dict[UUID, list[MarkFact]] = {}
    for asn_id, status, may, apel_ids in await session.execute(asked):
        left = early.get(asn_id, _NONE) if may else _NONE
        found.setdefault(asn_id, []).extend(shared[apel_id, status, apel_id in left] for apel_id in apel_ids)
    return found


_NONE: frozenset[UUID] = frozenset()
_NOBODY = UUID(int=0)


class _Shared(dict[tuple[UUID, str | None, bool], MarkFact]):
    """Apel, status, left early → the one fact of them."""

    def __init__(self, apels: Mapping[UUID, tuple[date, str]]) -> None:
        self._apels = apels

    def __missing__(self, key: tuple[UUID, str | None, bool]) -> MarkFact:
        apel_id, status, left = key
        on_date, kind = self._apels[apel_id]
        self[key] = MarkFact(_NOBODY, apel_id, _NOBODY, on_date, kind, status, None, left, "", "")
        return self[key]


def _ids(ids: Collection[UUID]) -> object:
    return any_(literal(list(ids), ARRAY(Uuid)))


async def _list_apels(session: AsyncSession, from_date: date, to_date: date) -> dict[UUID, tuple[date, str]]:
    """Apel → its day and kind, of those that count."""
    asked = select(Apel.id, Apel.on_date, Apel.kind).where(
        Apel.on_date.between(from_date, to_date), Apel.rehearsal.is_(False), not_cancelled()
    )
    return {apel_id: (on_date, kind) for apel_id, on_date, kind in await session.execute(asked)}


async def _list_left_early(
    session: AsyncSession, apel_ids: Collection[UUID], asn_ids: Collection[UUID] | None
) -> set[tuple[UUID, UUID]]:
    """Who left which apel early, as far as nobody explained or dismissed it."""
    latest = (
        select(FindingResolution.finding_id, FindingResolution.outcome)
        .where(FindingResolution.apel_id == _ids(apel_ids))
        .ext(distinct_on(FindingResolution.finding_id))
        .order_by(FindingResolution.finding_id, FindingResolution.at.desc(), FindingResolution.id.desc())
        .subquery()
    )
    asked = (
        select(Finding.apel_id, Finding.asn_id)
        .join(latest, latest.c.finding_id == Finding.id, isouter=True)
        .where(Finding.apel_id == _ids(apel_ids), Finding.code == FindingCode.LEFT_EARLY)
        .where(true() if asn_ids is None else Finding.asn_id == _ids(asn_ids))
        .where(latest.c.outcome.is_(None) | (latest.c.outcome == Outcome.CONFIRMED))
    )
    return {(apel_id, asn_id) for apel_id, asn_id in await session.execute(asked) if asn_id is not None}
