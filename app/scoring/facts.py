"""The marks of many people over many apels, read in three statements however many there are."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select, true
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
