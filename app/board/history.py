"""The last roll-calls side by side, as they were concluded last: a few statements, however many units."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel
from app.apel.rules import ApelKind, ApelState
from app.attendance.models import Conclusion, Tally
from app.attendance.rates import rate_of
from app.board.history_schemas import BoardHistory, HistoryApel, HistoryCell, HistoryRow
from app.board.snapshot import Labels
from app.board.totals import duty_rate_of, percent_read
from app.registry.models import Opd
from app.scoring.models import Score, ScoreRun


class Past(NamedTuple):
    """An apel that was concluded, with what its figures rest on."""

    id: UUID
    title: str
    date: date
    phase: str
    revision: int
    scored: int | None
    """The revision that its scores rest on."""
    policy_id: UUID | None


Scored = tuple[Tally, Score | None]


async def tag_of(session: AsyncSession, apels: Sequence[Past], labels: Labels) -> str:
    """A digest of the revisions that a history rests on, of the register's state, and of the place."""
    register = (await session.execute(select(func.count(), func.sum(Opd.version)).select_from(Opd))).one()
    return blake2b(f"{apels}{register}{labels.instansi}".encode(), digest_size=12).hexdigest()


async def read_history(session: AsyncSession, kind: ApelKind, apels: Sequence[Past], labels: Labels) -> BoardHistory:
    """These apels of a kind, unit by unit."""
    scored = await _load(session, [apel.id for apel in apels])
    by_unit: dict[str, dict[UUID, Scored]] = {}
    for tally, score in scored:
        by_unit.setdefault(tally.opd_code, {})[tally.apel_id] = (tally, score)
    opds = await session.scalars(select(Opd).where(Opd.code.in_(by_unit)).order_by(Opd.protocol_order, Opd.code))
    return BoardHistory(
        kind=kind,
        instansi=labels.instansi,
        zone=labels.zone.key,
        sample=labels.sample,
        apels=[_apel(apel, [tally for tally, _ in scored if tally.apel_id == apel.id]) for apel in apels],
        opd=[_row(opd, by_unit[opd.code], apels) for opd in opds],
    )


async def list_past(session: AsyncSession, kind: ApelKind, weeks: int, *, at: datetime) -> Sequence[Past]:
    """The latest concluded apels of a kind, the oldest first; no rehearsals, nor days on which nobody had to come."""
    read = (Apel.id, Apel.title, Apel.on_date, Conclusion.phase, Conclusion.revision)
    held = exists().where(Tally.apel_id == Apel.id, Tally.pending.is_(False))
    found = await session.execute(
        select(*read, ScoreRun.revision.label("scored"), ScoreRun.policy_id)
        .join(Conclusion, Conclusion.apel_id == Apel.id)
        .outerjoin(ScoreRun, ScoreRun.apel_id == Apel.id)
        .where(Apel.kind == kind, Apel.rehearsal.is_(False), Apel.starts_at <= at)
        .where(Conclusion.no_apel.is_(None), ~Conclusion.phase.startswith(ApelState.CANCELLED), held)
        .order_by(Apel.starts_at.desc())
        .limit(weeks)
    )
    return [Past._make(row) for row in reversed(found.all())]


async def _load(session: AsyncSession, apel_ids: Sequence[UUID]) -> Sequence[Scored]:
    same = (Score.apel_id == Tally.apel_id) & (Score.opd_code == Tally.opd_code)
    found = await session.execute(select(Tally, Score).outerjoin(Score, same).where(Tally.apel_id.in_(apel_ids)))
    return [(tally, score) for tally, score in found.all()]


def _apel(apel: Past, tallies: Sequence[Tally]) -> HistoryApel:
    return HistoryApel(
        apel_id=apel.id,
        date=apel.date,
        title=apel.title,
        provisional=not apel.phase.startswith(ApelState.FINAL),
        rate=percent_read(rate_of(tallies)),
        duty_rate=percent_read(duty_rate_of(tallies)),
    )


def _row(opd: Opd, known: Mapping[UUID, Scored], apels: Sequence[Past]) -> HistoryRow:
    bands = [score.band for apel in apels if apel.id in known and (score := known[apel.id][1])]
    return HistoryRow(
        opd_code=opd.code,
        short_name=opd.short_name,
        name=opd.name,
        order=opd.protocol_order,
        band=bands[-1] if bands else None,
        cells=[_cell(*known[apel.id]) if apel.id in known else None for apel in apels],
    )


def _cell(tally: Tally, score: Score | None) -> HistoryCell:
    return HistoryCell(
        report=tally.report_state,
        rate=percent_read(rate_of([tally])),
        duty_rate=percent_read(duty_rate_of([tally])),
        points=None if score is None or score.pending or score.points is None else float(score.points),
    )
