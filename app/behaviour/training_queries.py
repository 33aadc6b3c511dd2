"""Reads of trainings and of who attended them."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Subquery, Uuid, and_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour.errors import TrainingNotFound
from app.behaviour.models import Training, TrainingAttendance
from app.behaviour.training_schemas import PeopleFilter, TrainingFilter
from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Role, Scope
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on

READERS = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)
"""Who reads of trainings; of the people in them, `queries.READERS`."""


def _latest() -> Subquery:
    """What counts of each person in each training."""
    about = (TrainingAttendance.training_id, TrainingAttendance.asn_id)
    return (
        select(TrainingAttendance)
        .ext(distinct_on(*about))
        .order_by(*about, TrainingAttendance.version.desc())
        .subquery("latest_attendance")
    )


LATEST = _latest()
HOURS = func.coalesce(LATEST.c.hours, Training.hours)
"""What a person who attended is counted for."""


class TrainingRow(NamedTuple):
    training: Training
    attended: int
    missed: int


def _serving(scope: Scope) -> ColumnElement[bool]:
    """Where a person of the list served on the training's last day, within a reach."""
    return and_(
        Assignment.asn_id == LATEST.c.asn_id,
        valid_on(Assignment, Training.to_date),  # type: ignore[arg-type]
        within(Assignment.opd_code, scope),
    )


def _trainings(scope: Scope) -> Select[Any]:
    people = select(func.count()).select_from(LATEST).where(LATEST.c.training_id == Training.id)
    if scope is not None:
        people = people.where(select(Assignment.id).where(_serving(scope)).exists())
    present = people.where(LATEST.c.attended).correlate(Training).scalar_subquery()
    absent = people.where(~LATEST.c.attended).correlate(Training).scalar_subquery()
    return select(Training, present, absent).execution_options(populate_existing=True)


async def get_training(session: AsyncSession, training_id: UUID, scope: Scope) -> TrainingRow:
    """A training with numbers of people in the reach. Raises TrainingNotFound."""
    row = (await session.execute(_trainings(scope).where(Training.id == training_id))).one_or_none()
    if row is None:
        raise TrainingNotFound
    return TrainingRow._make(row)


async def lock_training(session: AsyncSession, training_id: UUID) -> Training:
    """Nobody else changes it or its people until this transaction ends. Raises TrainingNotFound."""
    found = await session.get(Training, training_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise TrainingNotFound
    return found


async def list_trainings(session: AsyncSession, scope: Scope, wanted: TrainingFilter) -> list[TrainingRow]:
    """The latest first, and one more than the limit if there is one."""
    query = _trainings(scope).order_by(Training.to_date.desc(), Training.id.desc()).limit(wanted.limit + 1)
    if wanted.year is not None:
        query = query.where(Training.to_date.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31)))
    if (after := decode_cursor(wanted.cursor, date, UUID)) is not None:
        query = query.where(tuple_(Training.to_date, Training.id) < after)
    return [TrainingRow._make(row) for row in await session.execute(query)]


class Attendee(NamedTuple):
    asn_id: UUID
    nip: str
    name: str
    opd_code: str | None
    attended: bool
    hours: int


async def list_attendees(
    session: AsyncSession, training_id: UUID, scope: Scope, wanted: PeopleFilter
) -> list[Attendee]:
    """The people of a training within a reach by id, and one more than the limit if there is one."""
    query = (
        select(Asn.id, Asn.nip, Asn.name, Assignment.opd_code, LATEST.c.attended, HOURS)
        .join_from(LATEST, Training, Training.id == LATEST.c.training_id)
        .join(Asn, Asn.id == LATEST.c.asn_id)
        .join(Assignment, _serving(scope), isouter=scope is None)
        .where(Training.id == training_id)
        .order_by(Asn.id)
        .limit(wanted.limit + 1)
    )
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        query = query.where(Asn.id > after[0])
    return [Attendee._make(row) for row in await session.execute(query)]


async def list_known(session: AsyncSession, training_id: UUID) -> dict[UUID, tuple[bool, int | None]]:
    """Person → attended, and hours of their own, of everybody in a training."""
    query = select(LATEST.c.asn_id, LATEST.c.attended, LATEST.c.hours).where(LATEST.c.training_id == training_id)
    return {asn_id: (attended, hours) for asn_id, attended, hours in await session.execute(query)}


async def longest_of(session: AsyncSession, training_id: UUID) -> int:
    """The most hours that are written for one person of their own."""
    return await session.scalar(select(func.max(LATEST.c.hours)).where(LATEST.c.training_id == training_id)) or 0


async def list_trainings_of(session: AsyncSession, asn_id: UUID, year: int) -> list[tuple[Training, bool, int]]:
    """The trainings of one person that ended in a year, with whether and for how long they attended, in order."""
    query = (
        select(Training, LATEST.c.attended, HOURS)
        .join(LATEST, LATEST.c.training_id == Training.id)
        .where(LATEST.c.asn_id == asn_id, _ended_in(year))
        .order_by(Training.to_date, Training.id)
        .execution_options(populate_existing=True)
    )
    return [(training, attended, hours) for training, attended, hours in await session.execute(query)]


def _ended_in(year: int) -> ColumnElement[bool]:
    return Training.to_date.between(date(year, 1, 1), date(year, 12, 31))


async def count_reached(session: AsyncSession, opd_code: str, year: int, due: int, on: date) -> tuple[int, int]:
    """How many of those who serve in an OPD on a day have all hours of a year, and how many they are."""
    hours = (
        select(LATEST.c.asn_id, func.sum(HOURS).label("hours"))
        .join(Training, Training.id == LATEST.c.training_id)
        .where(LATEST.c.attended, _ended_in(year))
        .group_by(LATEST.c.asn_id)
        .subquery()
    )
    query = (
        select(func.count().filter(func.coalesce(hours.c.hours, 0) >= due), func.count())
        .select_from(Assignment)
        .outerjoin(hours, hours.c.asn_id == Assignment.asn_id)
        .where(Assignment.opd_code == opd_code, valid_on(Assignment, on))
    )
    reached, people = (await session.execute(query)).one()
    return reached, people


async def list_nips(session: AsyncSession, asn_ids: Collection[UUID]) -> dict[UUID, str]:
    """The NIPs of those of these people whom the registry knows."""
    query = select(Asn.id, Asn.nip).where(Asn.id == func.any(literal(sorted(asn_ids), ARRAY(Uuid))))
    return {row.id: row.nip for row in await session.execute(query)}
