"""Reads of sheets, of their lines, and of objections."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, func, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import within
from app.core.principal import Scope
from app.registry.models import Asn
from app.tpp.errors import TppObjectionNotFound, TppSheetNotFound
from app.tpp.models import TppLine, TppObjection, TppSheet
from app.tpp.states import SheetState


def _ids(ids: Collection[UUID]) -> ColumnElement[Any]:
    return any_(literal(sorted(set(ids)), ARRAY(Uuid)))


async def get_sheet(session: AsyncSession, sheet_id: UUID, scope: Scope = None, *, lock: bool = False) -> TppSheet:
    """Raises TppSheetNotFound, also for one that the caller may not see."""
    asked = select(TppSheet).where(TppSheet.id == sheet_id, within(TppSheet.opd_code, scope))
    if lock:
        asked = asked.with_for_update()
    found = await session.scalar(asked, execution_options={"populate_existing": True})
    if found is None:
        raise TppSheetNotFound
    return found


async def find_sheet(session: AsyncSession, opd_code: str, month: date, *, trial: bool) -> TppSheet | None:
    """The unit's own sheet of a month."""
    asked = select(TppSheet).where(
        TppSheet.opd_code == opd_code,
        TppSheet.month == month,
        TppSheet.trial.is_(trial),
        TppSheet.corrects_id.is_(None),
    )
    return await session.scalar(asked)


async def find_open_correction(session: AsyncSession, sheet_id: UUID) -> TppSheet | None:
    """The correction of a sheet that is not frozen yet; there is one at most."""
    asked = select(TppSheet).where(TppSheet.corrects_id == sheet_id, TppSheet.state != SheetState.FROZEN)
    return await session.scalar(asked)


class SheetsWanted(NamedTuple):
    month: date | None = None
    opd_code: str | None = None
    state: str | None = None
    trial: bool | None = None
    after: tuple[Any, ...] | None = None
    limit: int = 50


async def list_sheets(session: AsyncSession, scope: Scope, wanted: SheetsWanted) -> list[TppSheet]:
    """The latest month first; one more than `limit` where there are more."""
    asked = select(TppSheet).where(within(TppSheet.opd_code, scope))
    for column, value in (
        (TppSheet.month, wanted.month),
        (TppSheet.opd_code, wanted.opd_code),
        (TppSheet.state, wanted.state),
        (TppSheet.trial, wanted.trial),
    ):
        if value is not None:
            asked = asked.where(column == value)
    if wanted.after is not None:
        asked = asked.where(tuple_(TppSheet.month, TppSheet.id) < wanted.after)
    asked = asked.order_by(TppSheet.month.desc(), TppSheet.id.desc()).limit(wanted.limit + 1)
    return list((await session.scalars(asked, execution_options={"populate_existing": True})).all())


class LineRow(NamedTuple):
    line: TppLine
    nip: str
    name: str


def _lines() -> Select[TppLine, str, str]:
    return (
        select(TppLine, Asn.nip, Asn.name).join(Asn, Asn.id == TppLine.asn_id).execution_options(populate_existing=True)
    )


async def list_lines(
    session: AsyncSession, sheet_id: UUID, *, after: UUID | None = None, limit: int | None = None
) -> list[LineRow]:
    """A sheet's people by id; one more than `limit` where there are more."""
    asked = _lines().where(TppLine.sheet_id == sheet_id).order_by(TppLine.asn_id)
    if after is not None:
        asked = asked.where(TppLine.asn_id > after)
    if limit is not None:
        asked = asked.limit(limit + 1)
    return [LineRow._make(row) for row in await session.execute(asked)]


async def find_line(session: AsyncSession, sheet_id: UUID, asn_id: UUID) -> LineRow | None:
    """One person's line."""
    row = (await session.execute(_lines().where(TppLine.sheet_id == sheet_id, TppLine.asn_id == asn_id))).one_or_none()
    return None if row is None else LineRow._make(row)


async def list_kept(session: AsyncSession, sheet_id: UUID) -> dict[UUID, TppLine]:
    """Person → the line that a sheet keeps."""
    asked = select(TppLine).where(TppLine.sheet_id == sheet_id).execution_options(populate_existing=True)
    return {line.asn_id: line for line in await session.scalars(asked)}


async def list_settled(session: AsyncSession, sheet_id: UUID) -> dict[UUID, TppLine]:
    """Person → the line that was settled last: of the frozen sheet, or of its latest frozen correction."""
    asked = (
        select(TppLine)
        .join(TppSheet, TppSheet.id == TppLine.sheet_id)
        .where(or_(TppSheet.id == sheet_id, TppSheet.corrects_id == sheet_id), TppSheet.state == SheetState.FROZEN)
        .ext(distinct_on(TppLine.asn_id))
        .order_by(TppLine.asn_id, TppSheet.frozen_at.desc(), TppSheet.id.desc())
    )
    return {line.asn_id: line for line in await session.scalars(asked)}


async def list_months_of(
    session: AsyncSession, asn_id: UUID, year: int, scope: Scope, *, drafts: bool
) -> list[tuple[TppLine, TppSheet]]:
    """A person's lines of a year, the latest month first; drafts and trials are nobody's until they are published."""
    asked = (
        select(TppLine, TppSheet)
        .join(TppSheet, TppSheet.id == TppLine.sheet_id)
        .where(TppLine.asn_id == asn_id, within(TppSheet.opd_code, scope))
        .where(TppSheet.month.between(date(year, 1, 1), date(year, 12, 31)))
        .where(true() if drafts else TppSheet.state != SheetState.DRAFT)
        .order_by(TppSheet.month.desc(), TppSheet.id.desc())
    )
    return [(line, sheet) for line, sheet in await session.execute(asked)]


class Totals(NamedTuple):
    people: int
    cut: int
    without_rules: int
    without_rate: int
    amount: int


async def load_totals(session: AsyncSession, sheet_ids: Collection[UUID]) -> dict[UUID, Totals]:
    """Sheet → its figures."""
    asked = (
        select(
            TppLine.sheet_id,
            func.count(),
            func.count().filter(TppLine.percent > 0),
            func.count().filter(TppLine.percent.is_(None)),
            func.count().filter(TppLine.rate.is_(None)),
            func.coalesce(func.sum(TppLine.amount), 0),
        )
        .where(TppLine.sheet_id == _ids(sheet_ids))
        .group_by(TppLine.sheet_id)
    )
    return {row[0]: Totals(row[1], row[2], row[3], row[4], int(row[5] or 0)) for row in await session.execute(asked)}


async def list_corrected(
    session: AsyncSession,
    scope: Scope,
    *,
    month: date | None,
    opd_code: str | None,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[tuple[TppLine, TppSheet, date, str, str]]:
    """The lines of corrections with the month they correct, name and NIP; the latest correction first."""
    corrected = select(TppSheet.id, TppSheet.month).subquery()
    asked = (
        select(TppLine, TppSheet, corrected.c.month, Asn.name, Asn.nip)
        .join(TppSheet, TppSheet.id == TppLine.sheet_id)
        .join(corrected, corrected.c.id == TppSheet.corrects_id)
        .join(Asn, Asn.id == TppLine.asn_id)
        .where(within(TppSheet.opd_code, scope))
        .order_by(TppLine.sheet_id.desc(), TppLine.asn_id.desc())
        .limit(limit + 1)
    )
    if month is not None:
        asked = asked.where(TppSheet.month == month)
    if opd_code is not None:
        asked = asked.where(TppSheet.opd_code == opd_code)
    if after is not None:
        asked = asked.where(tuple_(TppLine.sheet_id, TppLine.asn_id) < after)
    return [(line, sheet, of, name, nip) for line, sheet, of, name, nip in await session.execute(asked)]


async def last_frozen_day(session: AsyncSession) -> date | None:
    """The last civil day whose facts are in a frozen sheet; after an early December it lies before the year's end."""
    return await session.scalar(select(func.max(TppSheet.to_date)).where(*_frozen()))


def _frozen() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TppSheet.state == SheetState.FROZEN, TppSheet.corrects_id.is_(None)


async def count_objections(session: AsyncSession, sheet_ids: Collection[UUID]) -> dict[UUID, int]:
    """Sheet → objections that wait for an answer."""
    asked = (
        select(TppObjection.sheet_id, func.count())
        .where(TppObjection.sheet_id == _ids(sheet_ids), TppObjection.outcome.is_(None))
        .group_by(TppObjection.sheet_id)
    )
    return {row[0]: row[1] for row in await session.execute(asked)}


async def find_open_objection(session: AsyncSession, sheet_id: UUID, asn_id: UUID, reason: str) -> TppObjection | None:
    """The same objection, as long as nobody answered it."""
    asked = select(TppObjection).where(
        TppObjection.sheet_id == sheet_id,
        TppObjection.asn_id == asn_id,
        TppObjection.reason == reason,
        TppObjection.outcome.is_(None),
    )
    return (await session.scalars(asked.limit(1))).first()


async def list_objections(
    session: AsyncSession, sheet_id: UUID, *, after: UUID | None, limit: int
) -> list[tuple[TppObjection, str, str]]:
    """A sheet's objections with name and NIP, oldest first; one more than `limit` where there are more."""
    asked = (
        select(TppObjection, Asn.name, Asn.nip)
        .join(Asn, Asn.id == TppObjection.asn_id)
        .where(TppObjection.sheet_id == sheet_id)
        .order_by(TppObjection.id)
        .limit(limit + 1)
        .execution_options(populate_existing=True)
    )
    if after is not None:
        asked = asked.where(TppObjection.id > after)
    return [(objection, name, nip) for objection, name, nip in await session.execute(asked)]


async def get_objection(session: AsyncSession, objection_id: UUID, scope: Scope) -> tuple[TppObjection, str, str]:
    """The objection, locked, with name and NIP.

    Raises TppObjectionNotFound, also for one that the caller may not see.
    """
    asked = (
        select(TppObjection, Asn.name, Asn.nip)
        .join(Asn, Asn.id == TppObjection.asn_id)
        .join(TppSheet, TppSheet.id == TppObjection.sheet_id)
        .where(TppObjection.id == objection_id, within(TppSheet.opd_code, scope))
        .with_for_update(of=TppObjection)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(asked)).one_or_none()
    if row is None:
        raise TppObjectionNotFound
    return row[0], row[1], row[2]
