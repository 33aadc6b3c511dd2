"""Reads of objections and corrections, within what the caller may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import load_apels, select_apels
from app.apel.models import Apel
from app.apel.timeline import ApelNow
from app.attendance.contest_rules import (
    Answer,
    Closing,
    CorrectionState,
    ObjectionState,
    correction_state,
    objection_state,
)
from app.attendance.errors import CorrectionNotFound, MarkNotFound, ObjectionNotFound
from app.attendance.models import (
    CorrectionClosing,
    Finding,
    Mark,
    MarkCorrection,
    MarkObjection,
    ObjectionAnswer,
    Settlement,
)
from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role, Scope
from app.duty.models import Absence
from app.duty.rules import AbsenceState
from app.registry.models import Asn


@dataclass(frozen=True)
class CorrectionRow:
    """A correction, whose it is and how it ended."""

    correction: MarkCorrection
    name: str
    closing: CorrectionClosing | None

    @property
    def state(self) -> CorrectionState:
        return correction_state(self.closing.outcome if self.closing else None)


@dataclass(frozen=True)
class ObjectionRow:
    """An objection, whose it is, and what was answered, the latest first."""

    objection: MarkObjection
    name: str
    answers: list[ObjectionAnswer] = field(default_factory=list)
    corrections: list[CorrectionState] = field(default_factory=list)
    """States of the corrections that followed from it."""

    @property
    def state(self) -> ObjectionState:
        return objection_state(self.answers[0].outcome if self.answers else None, self.corrections)


def _ids(ids: Collection[UUID]) -> Any:
    return any_(literal(sorted(ids), ARRAY(Uuid)))


async def get_mark(session: AsyncSession, caller: Principal, mark_id: UUID, *roles: Role) -> Mark:
    """The mark, where these roles (all of the caller's, when none is named) reach its unit, or it is the own one.

    Raises MarkNotFound.
    """
    mark = await session.get(Mark, mark_id, populate_existing=True)
    if mark is None or not (is_own(caller, mark.asn_id) or caller.reaches(mark.unit_code, *roles)):
        raise MarkNotFound
    return mark


def is_own(caller: Principal, asn_id: UUID) -> bool:
    """It is the caller's own record, read as a civil servant."""
    return caller.asn_id == asn_id and caller.holds(Role.ASN)


async def list_marks_between(
    session: AsyncSession, asn_id: UUID, from_date: date, to_date: date
) -> Sequence[tuple[Mark, Apel]]:
    """A person's marks of some days, newest first; no rehearsals."""
    asked = (
        select(Mark, Apel)
        .join(Apel, Apel.id == Mark.apel_id)
        .where(Mark.asn_id == asn_id, Apel.on_date.between(from_date, to_date), Apel.rehearsal.is_(False))
        .order_by(Apel.starts_at.desc())
    )
    return [(mark, apel) for mark, apel in (await session.execute(asked)).all()]


async def load_apels_by_id(session: AsyncSession, apel_ids: Collection[UUID], *, at: Any) -> dict[UUID, ApelNow]:
    found = await load_apels(session, select_apels().where(Apel.id == _ids(apel_ids)), at=at)
    return {apel.id: apel for apel in found}


async def load_settlements(session: AsyncSession, apels: Mapping[UUID, ApelNow]) -> dict[UUID, Settlement]:
    """Of those of these apels that are final: under which terms they became so."""
    rows = await session.scalars(select(Settlement).where(Settlement.apel_id == _ids(apels.keys())))
    return {row.apel_id: row for row in rows if row.final_at == apels[row.apel_id].state_since}


async def list_absences(session: AsyncSession, asn_ids: Collection[UUID], first: date, last: date) -> list[Absence]:
    """Confirmed absences of these people that touch some days."""
    asked = select(Absence).where(
        Absence.asn_id == _ids(asn_ids),
        Absence.from_date <= last,
        Absence.to_date >= first,
        Absence.state == AbsenceState.CONFIRMED,
    )
    return list(await session.scalars(asked.order_by(Absence.id)))


async def load_findings_of(
    session: AsyncSession, asn_id: UUID, apel_ids: Collection[UUID]
) -> dict[UUID, list[Finding]]:
    """Apel → what was found there about a person."""
    asked = select(Finding).where(Finding.apel_id == _ids(apel_ids), Finding.asn_id == asn_id)
    found: dict[UUID, list[Finding]] = {}
    for finding in await session.scalars(asked.order_by(Finding.code, Finding.id)):
        found.setdefault(finding.apel_id, []).append(finding)
    return found


def _corrections() -> Select[*tuple[Any, ...]]:
    return (
        select(MarkCorrection, Asn.name, CorrectionClosing)
        .join(Asn, Asn.id == MarkCorrection.asn_id)
        .join(CorrectionClosing, CorrectionClosing.correction_id == MarkCorrection.id, isouter=True)
        .order_by(MarkCorrection.id.desc())
        .execution_options(populate_existing=True)
    )


async def get_correction(session: AsyncSession, correction_id: UUID) -> CorrectionRow:
    """Raises CorrectionNotFound."""
    row = (await session.execute(_corrections().where(MarkCorrection.id == correction_id))).one_or_none()
    if row is None:
        raise CorrectionNotFound
    return CorrectionRow(*row)


async def load_corrections(session: AsyncSession, mark_ids: Collection[UUID]) -> dict[UUID, list[CorrectionRow]]:
    """Mark → its corrections, the latest first."""
    found: dict[UUID, list[CorrectionRow]] = {}
    for row in await session.execute(_corrections().where(MarkCorrection.mark_id == _ids(mark_ids))):
        found.setdefault(row[0].mark_id, []).append(CorrectionRow(*row))
    return found


async def list_corrections(
    session: AsyncSession,
    scope: Scope,
    *,
    state: CorrectionState | None,
    opd_code: str | None,
    cursor: str | None,
    limit: int,
) -> list[CorrectionRow]:
    """The latest first."""
    asked = _corrections().where(within(MarkCorrection.unit_code, scope)).limit(limit)
    if state is CorrectionState.WAITING:
        asked = asked.where(CorrectionClosing.outcome.is_(None))
    elif state is not None:
        asked = asked.where(CorrectionClosing.outcome == state)
    if opd_code is not None:
        asked = asked.where(MarkCorrection.unit_code == opd_code)
    if (after := decode_cursor(cursor, UUID)) is not None:
        asked = asked.where(MarkCorrection.id < after[0])
    return [CorrectionRow(*row) for row in await session.execute(asked)]


def _objections() -> Select[*tuple[Any, ...]]:
    return (
        select(MarkObjection, Asn.name)
        .join(Asn, Asn.id == MarkObjection.asn_id)
        .order_by(MarkObjection.id.desc())
        .execution_options(populate_existing=True)
    )


async def _with_answers(session: AsyncSession, asked: Select[*tuple[Any, ...]]) -> list[ObjectionRow]:
    """Three statements, however many objections."""
    rows = {row[0].id: ObjectionRow(*row) for row in await session.execute(asked)}
    if not rows:
        return []
    answers = select(ObjectionAnswer).where(ObjectionAnswer.objection_id == _ids(rows))
    for answer in await session.scalars(answers.order_by(ObjectionAnswer.id.desc())):
        rows[answer.objection_id].answers.append(answer)
    followed = (
        select(MarkCorrection.objection_id, CorrectionClosing.outcome)
        .join(CorrectionClosing, CorrectionClosing.correction_id == MarkCorrection.id, isouter=True)
        .where(MarkCorrection.objection_id == _ids(rows))
    )
    for objection_id, closing in await session.execute(followed):
        rows[objection_id].corrections.append(correction_state(closing))
    return list(rows.values())


async def get_objection(session: AsyncSession, objection_id: UUID) -> ObjectionRow:
    """Raises ObjectionNotFound."""
    found = await _with_answers(session, _objections().where(MarkObjection.id == objection_id))
    if not found:
        raise ObjectionNotFound
    return found[0]


async def load_objections(session: AsyncSession, mark_ids: Collection[UUID]) -> dict[UUID, list[ObjectionRow]]:
    """Mark → the objections to it, the latest first."""
    found: dict[UUID, list[ObjectionRow]] = {}
    for row in await _with_answers(session, _objections().where(MarkObjection.mark_id == _ids(mark_ids))):
        found.setdefault(row.objection.mark_id, []).append(row)
    return found


async def list_objections(
    session: AsyncSession,
    scope: Scope,
    *,
    state: ObjectionState | None,
    opd_code: str | None,
    cursor: str | None,
    limit: int,
) -> list[ObjectionRow]:
    """The latest first."""
    asked = _objections().where(within(MarkObjection.unit_code, scope)).limit(limit)
    if state is not None:
        asked = asked.where(_is_in(state))
    if opd_code is not None:
        asked = asked.where(MarkObjection.unit_code == opd_code)
    if (after := decode_cursor(cursor, UUID)) is not None:
        asked = asked.where(MarkObjection.id < after[0])
    return await _with_answers(session, asked)


def _is_in(state: ObjectionState) -> ColumnElement[bool]:
    """`objection_state` said in SQL."""
    latest = (
        select(ObjectionAnswer.outcome)
        .where(ObjectionAnswer.objection_id == MarkObjection.id)
        .order_by(ObjectionAnswer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    withdrawn = exists().where(
        CorrectionClosing.correction_id == MarkCorrection.id, CorrectionClosing.outcome == Closing.WITHDRAWN
    )
    stands = exists().where(MarkCorrection.objection_id == MarkObjection.id, ~withdrawn)
    match state:
        case ObjectionState.REJECTED:
            return latest == Answer.REJECTED
        case ObjectionState.ACCEPTED:
            return (latest == Answer.ACCEPTED) & stands
        case ObjectionState.OPEN:
            return or_(latest.is_(None), (latest == Answer.ACCEPTED) & ~stands)
