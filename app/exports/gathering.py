"""The facts behind a month's pay, each as it was recorded and by whom: read in a fixed number of statements."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, any_, cast, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import (
    CorrectionClosing,
    FindingResolution,
    Mark,
    MarkCorrection,
    MarkObjection,
    ObjectionAnswer,
)
from app.duty.models import Absence
from app.reports.models import ReportVersion
from app.tpp.models import TppLine, TppObjection, TppSheet
from app.tpp.periods import Period
from app.tpp.states import SheetState
from app.workdays.models import WorkdayImport, WorkdayRecord


def _among(ids: Collection[UUID]) -> ColumnElement[Any]:
    return any_(literal(sorted(set(ids)), ARRAY(Uuid)))


def _in(period: Period) -> tuple[ColumnElement[bool], ...]:
    days = Apel.on_date.between(period.from_date, period.to_date)
    return days, Apel.rehearsal.is_(False), not_cancelled()


async def _read(session: AsyncSession, asked: Any) -> Sequence[Any]:
    rows: Sequence[Any] = (await session.execute(asked)).all()
    return rows


async def list_marks(session: AsyncSession, ids: Collection[UUID], period: Period) -> Sequence[Any]:
    """Marks with the version of the report that they rest on."""
    version = Mark.claim["version_id"].astext
    return await _read(
        session,
        select(Mark, Apel.on_date, Apel.kind, ReportVersion)
        .join(Apel, Apel.id == Mark.apel_id)
        .join(ReportVersion, cast(ReportVersion.id, Text) == version, isouter=True)
        .where(Mark.asn_id == _among(ids), *_in(period))
        .order_by(Apel.starts_at, Mark.id),
    )


async def list_versions(session: AsyncSession, unit_codes: Collection[str], period: Period) -> Sequence[Any]:
    """Every version of these OPDs' reports, amended ones included."""
    return await _read(
        session,
        select(ReportVersion, Apel.on_date)
        .join(Apel, Apel.id == ReportVersion.apel_id)
        .where(ReportVersion.opd_code == any_(literal(sorted(unit_codes), ARRAY(Text))), *_in(period))
        .order_by(Apel.on_date, ReportVersion.opd_code, ReportVersion.version),
    )


async def list_records(session: AsyncSession, ids: Collection[UUID], period: Period) -> Sequence[Any]:
    """Every record of the daily attendance with its file, replaced ones included; the last of a day counts."""
    return await _read(
        session,
        select(WorkdayRecord, WorkdayImport.filename, WorkdayImport.sha256, WorkdayImport.applied_at)
        .join(WorkdayImport, WorkdayImport.id == WorkdayRecord.import_id)
        .where(WorkdayRecord.asn_id == _among(ids))
        .where(WorkdayRecord.day.between(period.from_date, period.to_date))
        .order_by(WorkdayRecord.asn_id, WorkdayRecord.day, WorkdayRecord.seq),
    )


async def list_letters(session: AsyncSession, ids: Collection[UUID], period: Period) -> Sequence[Any]:
    """Absences that touch the period, proposed and rejected ones included."""
    return await _read(
        session,
        select(Absence)
        .where(Absence.asn_id == _among(ids))
        .where(Absence.from_date <= period.to_date, Absence.to_date >= period.from_date)
        .order_by(Absence.asn_id, Absence.from_date, Absence.id),
    )


async def list_overrides(session: AsyncSession, ids: Collection[UUID], period: Period) -> Sequence[Any]:
    """What people decided about marks: `(at, by, what, asn, day, outcome, reason, document)`, in order of time."""
    said = union_all(
        _corrections(ids, period), _closings(ids, period), _resolutions(ids, period), _answers(ids, period)
    )
    table = said.subquery()
    return await _read(session, select(table).order_by(table.c.at, table.c.what, table.c.asn_id))


def _override(at: Any, by: Any, what: str, asn_id: Any, *rest: Any) -> Select[Any]:
    names = ("outcome", "reason", "document")
    said = (cast(value, Text).label(name) for name, value in zip(names, rest, strict=True))
    columns = (at.label("at"), by.label("by"), literal(what, Text).label("what"), asn_id.label("asn_id"))
    return select(*columns, Apel.on_date.label("day"), *said)


def _corrections(ids: Collection[UUID], period: Period) -> Select[Any]:
    one = MarkCorrection
    return (
        _override(one.at, one.by_name, "koreksi diusulkan", one.asn_id, one.status, one.reason, one.document_no)
        .join(Apel, Apel.id == one.apel_id)
        .where(one.asn_id == _among(ids), *_in(period))
    )


def _closings(ids: Collection[UUID], period: Period) -> Select[Any]:
    one, of = CorrectionClosing, MarkCorrection
    return (
        _override(one.at, one.by_name, "koreksi ditutup", of.asn_id, one.outcome, one.note, of.document_no)
        .join(of, of.id == one.correction_id)
        .join(Apel, Apel.id == of.apel_id)
        .where(of.asn_id == _among(ids), *_in(period))
    )


def _resolutions(ids: Collection[UUID], period: Period) -> Select[Any]:
    one = FindingResolution
    return (
        _override(one.at, one.by_name, "temuan diputuskan", one.asn_id, one.outcome, one.note, one.status)
        .join(Apel, Apel.id == one.apel_id)
        .where(one.asn_id == _among(ids), *_in(period))
    )


def _answers(ids: Collection[UUID], period: Period) -> Select[Any]:
    one, of = ObjectionAnswer, MarkObjection
    return (
        _override(one.at, one.by_name, "keberatan dijawab", of.asn_id, one.outcome, one.note, of.document_no)
        .join(of, of.id == one.objection_id)
        .join(Apel, Apel.id == of.apel_id)
        .where(of.asn_id == _among(ids), *_in(period))
    )


async def list_kept_lines(session: AsyncSession, ids: Collection[UUID], month: Any) -> Sequence[Any]:
    """The lines of sheets that were published, with their sheets; corrections included."""
    own = select(TppSheet.id).where(TppSheet.month == month, TppSheet.corrects_id.is_(None))
    return await _read(
        session,
        select(TppLine, TppSheet)
        .join(TppSheet, TppSheet.id == TppLine.sheet_id)
        .where(TppLine.asn_id == _among(ids), TppSheet.state != SheetState.DRAFT)
        .where(TppSheet.id.in_(own) | TppSheet.corrects_id.in_(own))
        .order_by(TppLine.asn_id, TppSheet.made_at),
    )


async def list_sheet_objections(session: AsyncSession, ids: Collection[UUID], month: Any) -> Sequence[Any]:
    """What people said against their lines, with the answers."""
    return await _read(
        session,
        select(TppObjection)
        .join(TppSheet, TppSheet.id == TppObjection.sheet_id)
        .where(TppObjection.asn_id == _among(ids), TppSheet.month == month)
        .order_by(TppObjection.made_at, TppObjection.id),
    )
