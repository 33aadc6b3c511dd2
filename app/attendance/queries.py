"""Reads of what was concluded, within what the caller may see."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, distinct, exists, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.apel.models import Apel
from app.apel.queries import list_active_apel_ids
from app.apel.timeline import ApelNow
from app.attendance.errors import FindingNotFound
from app.attendance.models import (
    Conclusion,
    CorrectionClosing,
    Finding,
    FindingResolution,
    Mark,
    MarkCorrection,
    MarkMove,
    Tally,
)
from app.attendance.rules import Corrected, FindingCode, Grade
from app.core.db import within
from app.core.principal import Scope
from app.core.stale import Stale
from app.duty.rules import EXCUSED_MASK, HEALTH, Code
from app.registry.models import Asn


async def load_decisions(session: AsyncSession, apel_id: UUID) -> dict[UUID, str]:
    """Person → the mark last decided in a dispute."""
    latest = (
        select(FindingResolution.asn_id, FindingResolution.status)
        .where(FindingResolution.apel_id == apel_id, FindingResolution.status.is_not(None))
        .ext(distinct_on(FindingResolution.asn_id))
        .order_by(FindingResolution.asn_id, FindingResolution.at.desc(), FindingResolution.id.desc())
    )
    return {asn_id: str(status) for asn_id, status in (await session.execute(latest)).all() if asn_id}


async def load_corrected(session: AsyncSession, apel_id: UUID) -> dict[UUID, Corrected]:
    """Person → the correction confirmed last."""
    latest = (
        select(MarkCorrection.asn_id, MarkCorrection.id, MarkCorrection.status, MarkCorrection.mode)
        .join(CorrectionClosing, CorrectionClosing.correction_id == MarkCorrection.id)
        .where(MarkCorrection.apel_id == apel_id, CorrectionClosing.outcome == "confirmed")
        .ext(distinct_on(MarkCorrection.asn_id))
        .order_by(MarkCorrection.asn_id, CorrectionClosing.at.desc(), MarkCorrection.id.desc())
    )
    found = (await session.execute(latest)).all()
    return {asn_id: Corrected(correction_id, status, mode) for asn_id, correction_id, status, mode in found}


async def get_conclusion(session: AsyncSession, apel_id: UUID) -> Conclusion:
    """How far an apel has been concluded; for those who have had it concluded."""
    return await session.get_one(Conclusion, apel_id, populate_existing=True)


async def list_waiting(session: AsyncSession, *, at: datetime) -> list[UUID]:
    """Apels that a background round looks at: those of these days, and those with stale rows."""
    stale = await session.scalars(select(Stale.apel_id).distinct().where(Stale.apel_id.is_not(None)))
    active = await list_active_apel_ids(session, at=at)
    return sorted({*(apel_id for apel_id in stale.all() if apel_id), *active})


async def list_tallies(session: AsyncSession, apel_id: UUID) -> Sequence[Tally]:
    return (await session.scalars(select(Tally).where(Tally.apel_id == apel_id))).all()


async def count_moves(session: AsyncSession, apel_id: UUID, *, since: datetime) -> int:
    """How many marks of a final apel became others since then."""
    moves = select(func.count(distinct(MarkMove.mark_id))).where(MarkMove.apel_id == apel_id, MarkMove.at >= since)
    return (await session.scalar(moves)) or 0


class PastTally(NamedTuple):
    """What a rate of an earlier apel rests on."""

    on_date: date
    apel_id: UUID
    opd_code: str
    strength: int
    present_wfo: int
    present_wfa: int
    not_reported: int
    report_state: str


async def list_trend(session: AsyncSession, apel: ApelNow, *, most: int) -> Sequence[PastTally]:
    """Tallies of the latest earlier apels of the same kind, newest first; rehearsals and unconcluded ones left out."""
    earlier = (
        select(Apel.id, Apel.on_date, Apel.starts_at)
        .where(Apel.kind == apel.kind, Apel.starts_at < apel.starts_at, Apel.rehearsal.is_(False))
        .where(exists().where(Tally.apel_id == Apel.id, Tally.pending.is_(False)))
        .order_by(Apel.starts_at.desc())
        .limit(most)
        .subquery()
    )
    columns = (Tally.__table__.c[name] for name in PastTally._fields[2:])
    rows = await session.execute(
        select(earlier.c.on_date, earlier.c.id, *columns)
        .join(Tally, Tally.apel_id == earlier.c.id)
        .order_by(earlier.c.starts_at.desc())
    )
    return [PastTally._make(row) for row in rows]


async def list_marks(
    session: AsyncSession,
    apel_id: UUID,
    *,
    scope: Scope,
    opd_code: str | None = None,
    status: str | None = None,
    health_scope: Scope = None,
    finding: str | None = None,
    revision: int | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int | None,
) -> Sequence[tuple[Mark, str, str]]:
    """Marks with name and NIP, by unit and id; `opd_code` names a reporting unit or where people serve.

    `revision` asks for those that changed last in that conclusion, `status` for what the caller reads: a health code
    outside of the `health_scope` is `excused`.
    """
    asked = (
        select(Mark, Asn.name, Asn.nip)
        .join(Asn, Asn.id == Mark.asn_id)
        .where(Mark.apel_id == apel_id, within(Mark.unit_code, scope))
        .order_by(Mark.unit_code, Mark.id)
        .limit(limit)
    )
    if opd_code is not None:
        asked = asked.where(or_(Mark.unit_code == opd_code, Mark.opd_code == opd_code))
    if revision is not None:
        asked = asked.where(Mark.revision == revision)
    if status is not None:
        asked = asked.where(_reads(status, health_scope))
    if finding is not None:
        asked = asked.where(
            exists().where(Finding.apel_id == apel_id, Finding.asn_id == Mark.asn_id, Finding.code == finding)
        )
    if after is not None:
        asked = asked.where(tuple_(Mark.unit_code, Mark.id) > after)
    return [(mark, name, nip) for mark, name, nip in (await session.execute(asked)).all()]


def _reads(status: str, health_scope: Scope) -> ColumnElement[bool]:
    """The marks that read as this status; asking for a code must tell no more than reading the list."""
    known = within(Mark.unit_code, health_scope)
    if status == EXCUSED_MASK:
        return Mark.status.in_(HEALTH) & ~known
    return (Mark.status == status) & known if status in HEALTH else Mark.status == status


async def load_unexplained(session: AsyncSession, asn_ids: Collection[UUID], until: date) -> dict[UUID, list[date]]:
    """Person → the days of this year up to `until` that ended as TK at an apel, latest first."""
    asked = (
        select(Mark.asn_id, Apel.on_date)
        .join(Apel, Apel.id == Mark.apel_id)
        .where(Mark.asn_id.in_(asn_ids), Mark.status == Code.TK, Apel.rehearsal.is_(False))
        .where(Apel.on_date.between(date(until.year, 1, 1), until))
        .order_by(Apel.on_date.desc())
    )
    found: dict[UUID, list[date]] = {}
    for asn_id, on_date in (await session.execute(asked)).all():
        found.setdefault(asn_id, []).append(on_date)
    return found


class FoundFinding(NamedTuple):
    """A finding with what was decided about it last."""

    finding: Finding
    resolution: FindingResolution | None
    version: int
    """How many decisions are on record."""


async def list_findings(
    session: AsyncSession,
    apel_id: UUID,
    *,
    scope: Scope,
    opd_code: str | None = None,
    grade: Grade | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[FoundFinding]:
    """Findings with their latest resolution, by unit and id."""
    latest = (
        select(FindingResolution, func.count().over(partition_by=FindingResolution.finding_id).label("version"))
        .where(FindingResolution.apel_id == apel_id)
        .ext(distinct_on(FindingResolution.finding_id))
        .order_by(FindingResolution.finding_id, FindingResolution.at.desc(), FindingResolution.id.desc())
        .subquery()
    )
    resolution = aliased(FindingResolution, latest)
    asked = (
        select(Finding, resolution, func.coalesce(latest.c.version, 0))
        .join(resolution, resolution.finding_id == Finding.id, isouter=True)
        .where(Finding.apel_id == apel_id, within(Finding.opd_code, scope))
        .order_by(Finding.opd_code, Finding.id)
        .limit(limit)
    )
    if opd_code is not None:
        asked = asked.where(Finding.opd_code == opd_code)
    if grade is not None:
        asked = asked.where(Finding.grade == grade)
    if after is not None:
        asked = asked.where(tuple_(Finding.opd_code, Finding.id) > after)
    return [FoundFinding._make(row) for row in await session.execute(asked)]


async def list_units_naming(session: AsyncSession, apel_id: UUID, unit_codes: Collection[str]) -> set[str]:
    """The units whose reports were found to name people of these ones."""
    asked = select(Finding.opd_code).where(
        Finding.apel_id == apel_id,
        Finding.code == FindingCode.NOT_ON_ROSTER,
        Finding.facts["home"].astext == any_(literal(sorted(unit_codes), ARRAY(Text))),
    )
    return set(await session.scalars(asked))


async def get_finding(session: AsyncSession, finding_id: UUID, scope: Scope) -> Finding:
    """Raises FindingNotFound, also for one that the caller may not see."""
    found = await session.scalar(select(Finding).where(Finding.id == finding_id, within(Finding.opd_code, scope)))
    if found is None:
        raise FindingNotFound
    return found


async def find_resolution(session: AsyncSession, finding: Finding) -> FoundFinding:
    """The finding with what was decided about it last."""
    asked = select(FindingResolution, func.count().over()).where(FindingResolution.finding_id == finding.id)
    latest = asked.order_by(FindingResolution.at.desc(), FindingResolution.id.desc()).limit(1)
    row = (await session.execute(latest)).one_or_none()
    return FoundFinding(finding, row[0], row[1]) if row else FoundFinding(finding, None, 0)


async def list_person_days(
    session: AsyncSession, asn_id: UUID, *, scope: Scope, from_date: date, to_date: date
) -> Sequence[tuple[Mark, Apel]]:
    """A person's marks over a span of days, newest first, where the caller may see the unit; no rehearsals."""
    asked = (
        select(Mark, Apel)
        .join(Apel, Apel.id == Mark.apel_id)
        .where(Mark.asn_id == asn_id, within(Mark.unit_code, scope))
        .where(Apel.on_date.between(from_date, to_date), Apel.rehearsal.is_(False))
        .order_by(Apel.starts_at.desc())
    )
    return [(mark, apel) for mark, apel in (await session.execute(asked)).all()]


async def nips_of(session: AsyncSession, asn_ids: Collection[UUID]) -> list[str]:
    return list((await session.scalars(select(Asn.nip).where(Asn.id.in_(asn_ids)))).all()) if asn_ids else []
