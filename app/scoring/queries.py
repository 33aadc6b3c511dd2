"""Reads of scores, and of the facts that they are made from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import Conclusion, Mark
from app.core.db import within
from app.core.principal import Scope
from app.duty.rules import Code
from app.evidence.models import Participant
from app.policies.models import Policy
from app.registry.models import Asn
from app.scoring.models import Score, ScoreRun
from app.scoring.rules import Evidence, EvidenceKind, Figures
from app.scoring.standing import Sample


async def find_run(session: AsyncSession, apel_id: UUID) -> ScoreRun | None:
    return await session.get(ScoreRun, apel_id, populate_existing=True)


async def get_scores(session: AsyncSession, apel_id: UUID, scope: Scope = None) -> Sequence[Score]:
    """The scores of an apel's units, by OPD code."""
    asked = select(Score).where(Score.apel_id == apel_id, within(Score.opd_code, scope)).order_by(Score.opd_code)
    return (await session.scalars(asked, execution_options={"populate_existing": True})).all()


async def list_unexplained_marks(session: AsyncSession, apel_id: UUID) -> dict[str, list[Evidence]]:
    """Reporting unit → the marks of its people that ended as TK."""
    asked = select(Mark.unit_code, Mark.id).where(Mark.apel_id == apel_id, Mark.status == Code.TK)
    return _by_unit(EvidenceKind.MARK, [(code, mark_id) for code, mark_id in await session.execute(asked)])


async def list_rooms(session: AsyncSession, apel_id: UUID) -> dict[str, list[Evidence]]:
    """Reporting unit → its rooms that were seen."""
    asked = select(Participant.opd_code, Participant.id).where(
        Participant.apel_id == apel_id, Participant.kind == "room"
    )
    rooms = [(code, room_id) for code, room_id in await session.execute(asked) if code is not None]
    return _by_unit(EvidenceKind.PRESENCE, rooms)


def _by_unit(kind: EvidenceKind, rows: Sequence[tuple[str, UUID]]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for code, fact_id in rows:
        found.setdefault(code, []).append(Evidence(kind, fact_id, code))
    return found


def figures_of(score: Score) -> Figures:
    return Figures(score.present, score.strength, score.excused)


@dataclass(frozen=True)
class Span:
    """Apels of one kind that count, from a civil day until a day or one apel's beginning, inclusive."""

    kind: str
    from_date: date
    to_date: date
    until: datetime | None = None

    def clause(self) -> tuple[ColumnElement[bool], ...]:
        """Rehearsals and cancelled apels never count."""
        limits = [Apel.kind == self.kind, Apel.on_date.between(self.from_date, self.to_date)]
        if self.until is not None:
            limits.append(Apel.starts_at <= self.until)
        return (*limits, Apel.rehearsal.is_(False), not_cancelled())


async def load_samples(session: AsyncSession, span: Span) -> dict[str, list[Sample]]:
    """OPD code → what it reached at each apel of a span, in order of time."""
    asked = (
        select(Score.opd_code, Score.points, Score.present, Score.strength, Score.excused, Score.apel_id)
        .join(Apel, Apel.id == Score.apel_id)
        .where(Score.points.is_not(None), *span.clause())
        .order_by(Apel.starts_at, Apel.id)
    )
    found: dict[str, list[Sample]] = {}
    for code, points, present, strength, excused, apel_id in await session.execute(asked):
        found.setdefault(code, []).append(Sample(Decimal(points), Figures(present, strength, excused), apel_id))
    return found


async def list_runs(session: AsyncSession, span: Span) -> list[tuple[UUID, int, UUID]]:
    """What the standings of a span rest on: apel, revision, policy."""
    asked = (
        select(ScoreRun.apel_id, ScoreRun.revision, ScoreRun.policy_id)
        .join(Apel, Apel.id == ScoreRun.apel_id)
        .where(*span.clause())
        .order_by(ScoreRun.apel_id)
    )
    return [(apel_id, revision, policy_id) for apel_id, revision, policy_id in await session.execute(asked)]


async def list_weeks(session: AsyncSession, opd_code: str, span: Span, *, most: int) -> list[tuple[Apel, Score, str]]:
    """A unit's scores up to the end of a span, newest first, with the phase of each apel's conclusion."""
    asked = (
        select(Apel, Score, Conclusion.phase)
        .join(Score, Score.apel_id == Apel.id)
        .join(Conclusion, Conclusion.apel_id == Apel.id)
        .where(Score.opd_code == opd_code, *Span(span.kind, date.min, span.to_date).clause())
        .order_by(Apel.starts_at.desc(), Apel.id.desc())
        .limit(most)
    )
    rows = await session.execute(asked, execution_options={"populate_existing": True})
    return [(apel, score, phase) for apel, score, phase in rows]


class PersonMark(NamedTuple):
    unit_code: str
    status: str | None
    pending: bool
    on_date: date


async def list_marks_of(
    session: AsyncSession, asn_id: UUID, from_date: date, to_date: date, scope: Scope
) -> list[PersonMark]:
    """A person's marks of a span, newest first; rehearsals and cancelled apels are left out."""
    asked = (
        select(Mark.unit_code, Mark.status, Mark.pending, Apel.on_date)
        .join(Apel, Apel.id == Mark.apel_id)
        .where(Mark.asn_id == asn_id, within(Mark.unit_code, scope))
        .where(Apel.on_date.between(from_date, to_date))
        .where(Apel.rehearsal.is_(False), not_cancelled())
        .order_by(Apel.starts_at.desc())
    )
    return [PersonMark._make(row) for row in await session.execute(asked)]


async def load_policies_of(
    session: AsyncSession, apel_ids: Collection[UUID]
) -> tuple[Sequence[Policy], dict[UUID, UUID]]:
    """The policies that these apels were scored with, and which of them was whose."""
    runs = select(ScoreRun.apel_id, ScoreRun.policy_id).where(
        ScoreRun.apel_id == any_(literal(list(apel_ids), ARRAY(Uuid)))
    )
    found = {row.apel_id: row.policy_id for row in await session.execute(runs)}
    policies = await session.scalars(select(Policy).where(Policy.id.in_(set(found.values()))))
    return policies.all(), found


class Person(NamedTuple):
    asn_id: UUID
    nip: str
    name: str


async def list_people(
    session: AsyncSession,
    from_date: date,
    to_date: date,
    *,
    scope: Scope,
    opd_code: str | None,
    after: UUID | None,
    limit: int,
) -> list[Person]:
    """People with a mark in a span, in the order of their ids; of those units or OPDs where some are named."""
    marked = (
        exists()
        .where(Mark.asn_id == Asn.id, within(Mark.unit_code, scope), Apel.id == Mark.apel_id)
        .where(Apel.on_date.between(from_date, to_date), Apel.rehearsal.is_(False))
    )
    if opd_code is not None:
        marked = marked.where(or_(Mark.unit_code == opd_code, Mark.opd_code == opd_code))
    asked = select(Asn.id, Asn.nip, Asn.name).where(marked).order_by(Asn.id).limit(limit)
    if after is not None:
        asked = asked.where(Asn.id > after)
    return [Person._make(row) for row in await session.execute(asked)]


async def list_outdated(session: AsyncSession, most: int) -> Sequence[UUID]:
    """Apels that became due without a score, or whose conclusion is newer than theirs; the oldest first."""
    asked = (
        select(Conclusion.apel_id)
        .join(ScoreRun, ScoreRun.apel_id == Conclusion.apel_id, isouter=True)
        .where(
            or_(
                ScoreRun.revision < Conclusion.revision,
                ScoreRun.revision.is_(None) & Conclusion.phase.endswith(" due"),
            )
        )
        .order_by(Conclusion.changed_at)
        .limit(most)
    )
    return (await session.scalars(asked)).all()
