"""Reads of absences, within the caller's reach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, exists, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role, Scope
from app.duty import rules
from app.duty.errors import AbsenceNotFound
from app.duty.models import Absence
from app.duty.rules import AbsenceState, Duty
from app.duty.schemas import AbsenceFilter, AbsenceRead
from app.registry.models import Asn, Assignment

READERS = (Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR, Role.OPD_HEAD, Role.OPD_OPERATOR)
KNOW_HEALTH = (Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD, Role.OPD_OPERATOR)
"""Within the reach of these roles a person's health codes are shown."""

PersonColumn = InstrumentedAttribute[UUID] | ColumnElement[UUID]
DayColumn = InstrumentedAttribute[date] | ColumnElement[date]


@dataclass(frozen=True)
class AbsenceRow:
    """An absence and whose it is."""

    absence: Absence
    nip: str
    name: str
    opd_code: str | None
    knows_health: bool
    """The caller may know a health code of this person."""

    def read(self) -> AbsenceRead:
        """As the caller may see it; a letter about one's health says as much as its code."""
        row, hidden = self.absence, rules.is_hidden(self.absence.code, knows_health=self.knows_health)
        return AbsenceRead(
            id=row.id,
            asn_id=row.asn_id,
            name=self.name,
            opd_code=self.opd_code,
            code=rules.EXCUSED_MASK if hidden else row.code,
            from_date=row.from_date,
            to_date=row.to_date,
            letter_no=None if hidden else row.letter_no,
            letter_date=None if hidden else row.letter_date,
            state=AbsenceState(row.state),
            proposed_at=row.proposed_at,
            decided_at=row.decided_at,
            order_id=row.order_id,
            version=row.version,
        )


def serves_within(scope: Scope, asn_id: PersonColumn, from_date: DayColumn, to_date: DayColumn) -> ColumnElement[bool]:
    """A person serves in this reach on one of the days; without bounds to the reach, always."""
    if scope is None:
        return true()
    return exists().where(serves_on(asn_id, from_date, to_date), within(Assignment.opd_code, scope))


def serves_on(asn_id: PersonColumn, from_date: DayColumn, to_date: DayColumn) -> ColumnElement[bool]:
    """Assignments of a person that share a day with a span."""
    lasts = or_(Assignment.to_date.is_(None), Assignment.to_date >= from_date)
    return and_(Assignment.asn_id == asn_id, Assignment.from_date <= to_date, lasts)


def _served_while_absent(scope: Scope) -> ColumnElement[bool]:
    return serves_within(scope, Absence.asn_id, Absence.from_date, Absence.to_date)


def _told(knows_health: ColumnElement[bool]) -> Select[Absence, str, str, str | None, bool]:
    serves = serves_on(Absence.asn_id, Absence.from_date, Absence.to_date)
    first_opd = select(Assignment.opd_code).where(serves).order_by(Assignment.from_date).limit(1).scalar_subquery()
    query = select(Absence, Asn.nip, Asn.name, first_opd, knows_health).join(Asn, Asn.id == Absence.asn_id)
    return query.execution_options(populate_existing=True)


def _visible(caller: Principal) -> Select[Absence, str, str, str | None, bool]:
    """The absences in the caller's reach."""
    knows_health = _served_while_absent(caller.reach(*KNOW_HEALTH))
    return _told(knows_health).where(_served_while_absent(caller.reach(*READERS)))


async def list_own_absences(
    session: AsyncSession, asn_id: UUID, from_date: date, to_date: date, *, limit: int
) -> list[AbsenceRow]:
    """Of one person in a span, whatever became of them, the latest proposals first, as the person may see them."""
    shares = Absence.from_date <= to_date, Absence.to_date >= from_date
    query = _told(true()).where(Absence.asn_id == asn_id, *shares).order_by(Absence.id.desc()).limit(limit)
    return [AbsenceRow(*row) for row in await session.execute(query)]


async def get_absence(session: AsyncSession, caller: Principal, absence_id: UUID) -> AbsenceRow:
    """Raises AbsenceNotFound."""
    row = (await session.execute(_visible(caller).where(Absence.id == absence_id))).one_or_none()
    if row is None:
        raise AbsenceNotFound
    return AbsenceRow(*row)


async def list_absences(session: AsyncSession, caller: Principal, wanted: AbsenceFilter) -> list[AbsenceRow]:
    """The newest proposals first, and one more than the limit if there is one."""
    query = _visible(caller).where(*_matching(wanted)).order_by(Absence.id.desc()).limit(wanted.limit + 1)
    return [AbsenceRow(*row) for row in await session.execute(query)]


def _matching(wanted: AbsenceFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.asn_id is not None:
        conditions.append(Absence.asn_id == wanted.asn_id)
    if wanted.opd_code is not None:
        conditions.append(_served_while_absent(frozenset({wanted.opd_code})))
    if wanted.from_date is not None:
        conditions.append(Absence.to_date >= wanted.from_date)
    if wanted.to_date is not None:
        conditions.append(Absence.from_date <= wanted.to_date)
    if wanted.state is not None:
        conditions.append(Absence.state == wanted.state)
    if (key := decode_cursor(wanted.cursor, UUID)) is not None:
        conditions.append(Absence.id < key[0])
    return conditions


async def list_confirmed(session: AsyncSession, on: date, asn_ids: Collection[UUID] | None = None) -> dict[UUID, Duty]:
    """Who is confirmed to be elsewhere on a day, by person; of these people only, where some are named."""
    query = select(Absence.asn_id, Absence.code, Absence.letter_no).where(
        Absence.state == AbsenceState.CONFIRMED, Absence.from_date <= on, Absence.to_date >= on
    )
    if asn_ids is not None:
        query = query.where(Absence.asn_id == func.any(literal(list(asn_ids), ARRAY(Uuid))))
    return {asn_id: Duty(code, letter_no) for asn_id, code, letter_no in await session.execute(query)}


class ConfirmedSpan(NamedTuple):
    """A confirmed reason to be elsewhere, both days inclusive."""

    id: UUID
    code: str
    from_date: date
    to_date: date
    order_id: UUID | None = None
    """The order of flexible work that made it."""


async def list_confirmed_spans(
    session: AsyncSession, from_date: date, to_date: date, asn_ids: Collection[UUID] | None = None
) -> dict[UUID, list[ConfirmedSpan]]:
    """Confirmed absences that share a day with a span, by person, in order; of these people if some are named."""
    query = (
        select(Absence.asn_id, Absence.id, Absence.code, Absence.from_date, Absence.to_date, Absence.order_id)
        .where(Absence.state == AbsenceState.CONFIRMED, Absence.from_date <= to_date, Absence.to_date >= from_date)
        .order_by(Absence.from_date)
    )
    if asn_ids is not None:
        query = query.where(Absence.asn_id == func.any(literal(list(asn_ids), ARRAY(Uuid))))
    found: dict[UUID, list[ConfirmedSpan]] = {}
    for asn_id, *span in await session.execute(query):
        found.setdefault(asn_id, []).append(ConfirmedSpan._make(span))
    return found


async def find_confirmed_between(
    session: AsyncSession, asn_id: UUID, from_date: date, to_date: date, *, other_than: UUID | None = None
) -> Absence | None:
    """The first confirmed absence of a person that shares a day with this span."""
    query = (
        select(Absence)
        .where(
            Absence.asn_id == asn_id,
            Absence.state == AbsenceState.CONFIRMED,
            Absence.from_date <= to_date,
            Absence.to_date >= from_date,
        )
        .order_by(Absence.from_date)
        .limit(1)
    )
    if other_than is not None:
        query = query.where(Absence.id != other_than)
    return (await session.scalars(query)).first()
