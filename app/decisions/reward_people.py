"""How often people attended the roll-calls of a period, counted by the database.

A year of five thousand people is a quarter of a million marks: read one by one, they would hold everybody else up.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CollectionAggregate, Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import Finding, Mark
from app.attendance.rules import NR, FindingCode
from app.core.periods import Period
from app.decisions.rewards import Attendance
from app.duty.rules import Code
from app.policies.rules_of_persons import ExemptionRules
from app.scoring.facts import load_mark_facts
from app.scoring.persons import ROLL_CALLS


async def list_roll_calls(session: AsyncSession, period: Period) -> list[UUID]:
    """The apels of a period at which attendance is taken."""
    asked = select(Apel.id).where(
        Apel.on_date.between(period.from_date, period.to_date),
        Apel.kind.in_(sorted(ROLL_CALLS)),
        Apel.rehearsal.is_(False),
        not_cancelled(),
    )
    return list(await session.scalars(asked))


async def list_attendance(
    session: AsyncSession,
    period: Period,
    roll_calls: Collection[UUID],
    exemptions: ExemptionRules | None,
    unsettled: Collection[UUID],
) -> list[Attendance]:
    """Everybody who missed none of these without reason; marks of whom nothing was asked (NR) are left out."""
    exempt = sorted(exemptions.codes) if exemptions else []
    missed = func.count().filter(Mark.status == Code.TK, Mark.status.not_in(exempt))
    asked = (
        select(
            Mark.asn_id,
            func.array_agg(aggregate_order_by(Mark.opd_code, Apel.starts_at.desc()))[1].label("opd_code"),
            func.count().label("apels"),
            func.count().filter(Mark.status == Code.H).label("present"),
            func.count().filter(Mark.status.is_(None)).label("undecided"),
            func.count().filter(Mark.apel_id == _any_of(unsettled)).label("not_final"),
        )
        .join(Apel, Apel.id == Mark.apel_id)
        .where(Mark.apel_id == _any_of(roll_calls), Mark.status.is_distinct_from(NR))
        .group_by(Mark.asn_id)
        .having(missed == 0)
        .order_by(Mark.asn_id)
    )
    early = await _list_left_early(session, period, roll_calls)
    rows = (row._asdict() for row in await session.execute(asked))
    return [Attendance(**row, unexplained=0, left_early=row["asn_id"] in early) for row in rows]


async def _list_left_early(session: AsyncSession, period: Period, roll_calls: Collection[UUID]) -> set[UUID]:
    """Who left one of these early, as far as nobody explained, dismissed or corrected it."""
    found = select(Finding.asn_id).where(Finding.apel_id == _any_of(roll_calls)).distinct()
    people = await session.scalars(found.where(Finding.code == FindingCode.LEFT_EARLY, Finding.asn_id.is_not(None)))
    asked = [asn_id for asn_id in people if asn_id is not None]
    facts = await load_mark_facts(session, period.from_date, period.to_date, asked) if asked else []
    return {fact.asn_id for fact in facts if fact.left_early and fact.apel_id in set(roll_calls)}


async def list_apels_of(
    session: AsyncSession, roll_calls: Collection[UUID], asn_ids: Collection[UUID]
) -> dict[UUID, list[UUID]]:
    """Person → those of the roll-calls that concern the person; many people share few such lists."""
    apels: Any = func.array_agg(aggregate_order_by(Mark.apel_id, Mark.apel_id))
    each = (
        select(Mark.asn_id, apels.label("apels"))
        .where(Mark.apel_id == _any_of(roll_calls), Mark.asn_id == _any_of(asn_ids))
        .group_by(Mark.asn_id)
        .subquery()
    )
    rows = await session.execute(select(each.c.apels, func.array_agg(each.c.asn_id)).group_by(each.c.apels))
    return {asn_id: shared for shared, people in rows for asn_id in people}


def _any_of(ids: Collection[UUID]) -> CollectionAggregate[bool]:
    return any_(literal(list(ids), ARRAY(Uuid)))
