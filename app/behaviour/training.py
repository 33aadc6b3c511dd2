"""Writes of trainings and of who attended them; one version counts both, and each saying about a person is kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour import training_queries as queries
from app.behaviour.errors import TrainingAttendanceRefused, TrainingDaysReversed, TrainingTooShort
from app.behaviour.models import Training, TrainingAttendance
from app.behaviour.training_schemas import (
    AttendanceKept,
    AttendanceSay,
    AttendancesWrite,
    TrainingChange,
    TrainingCreate,
    TrainingRead,
)
from app.core.bulk import upsert_rows
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.versions import require_version
from app.registry.queries import find_asn_by_nips

MAX_ERRORS = 100
Saying = tuple[bool, int | None]
"""Attended, and hours where they are not all of the training's."""


async def create_training(
    session: AsyncSession, caller: Principal, body: TrainingCreate, *, at: datetime
) -> TrainingRead:
    """Raises TrainingDaysReversed."""
    training = Training(**body.model_dump(), id=new_id(), created_by=caller.id, created_at=at, version=1)
    _require_order(training)
    session.add(training)
    await session.flush()
    await record(session, caller, "behaviour.create_training", at=at, target=str(training.id), **_told(training))
    return show_training(queries.TrainingRow(training, 0, 0))


async def change_training(
    session: AsyncSession,
    caller: Principal,
    training_id: UUID,
    body: TrainingChange,
    *,
    expected: int | None,
    at: datetime,
) -> TrainingRead:
    """Correct a training; what already holds changes nothing, and the record keeps what it said before.

    Raises TrainingNotFound, VersionRequired, VersionMismatch, TrainingDaysReversed, TrainingTooShort.
    """
    training = await queries.lock_training(session, training_id)
    changes = _changes(training, body)
    if changes:
        require_version(expected, training.version)
        before = {name: _plain(getattr(training, name)) for name in changes}
        longest = await queries.longest_of(session, training_id)
        with session.no_autoflush:
            for name, value in changes.items():
                setattr(training, name, value)
            _require_order(training)
            if longest > training.hours:
                raise TrainingTooShort(hours=longest)
        training.version += 1
        await session.flush()
        await record(session, caller, "behaviour.change_training", at=at, target=str(training_id), before=before)
    return show_training(await queries.get_training(session, training_id, None))


def _changes(training: Training, body: TrainingChange) -> dict[str, Any]:
    """What the body says otherwise; null means nothing except for the place, which it takes away."""
    said = body.model_dump(exclude_unset=True).items()
    meant = {name: value for name, value in said if value is not None or name == "place"}
    return {name: value for name, value in meant.items() if getattr(training, name) != value}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _require_order(training: Training) -> None:
    if training.to_date < training.from_date:
        raise TrainingDaysReversed(from_date=str(training.from_date), to_date=str(training.to_date))


def _told(training: Training) -> dict[str, Any]:
    return {"from": str(training.from_date), "to": str(training.to_date), "hours": training.hours}


def show_training(row: queries.TrainingRow) -> TrainingRead:
    return TrainingRead.model_validate(
        {name: getattr(row.training, name) for name in TrainingRead.model_fields if name not in row._fields}
        | {"attended": row.attended, "missed": row.missed}
    )


async def write_attendances(
    session: AsyncSession,
    caller: Principal,
    training_id: UUID,
    body: AttendancesWrite,
    *,
    expected: int | None,
    at: datetime,
) -> AttendanceKept:
    """Keep who attended, all of them or nobody; whoever is not named stays as they are.

    Raises TrainingNotFound, TrainingAttendanceRefused, VersionRequired, VersionMismatch.
    """
    training = await queries.lock_training(session, training_id)
    people = await _find_people(session, body.items)
    require_sayings(_faults(body.items, people, training))
    said = {asn_id: (one.attended, one.hours) for one, asn_id in zip(body.items, people, strict=True) if asn_id}
    fresh = await fresh_sayings(session, training, said)
    if fresh:
        require_version(expected, training.version)
        await keep_sayings(session, caller, training, fresh, at=at)
    return AttendanceKept(
        rows=len(said), changed=len(fresh), unchanged=len(said) - len(fresh), version=training.version
    )


async def _find_people(session: AsyncSession, items: Sequence[AttendanceSay]) -> list[UUID | None]:
    by_nip = await find_asn_by_nips(session, [one.nip for one in items if one.nip])
    known = await queries.list_nips(session, {one.asn_id for one in items if one.asn_id})
    return [by_nip.get(one.nip) if one.nip else one.asn_id if one.asn_id in known else None for one in items]


def _faults(items: Sequence[AttendanceSay], people: Sequence[UUID | None], training: Training) -> Iterable[FieldError]:
    seen = set[UUID]()
    for number, (one, asn_id) in enumerate(zip(items, people, strict=True)):
        if asn_id is None:
            yield FieldError(f"/items/{number}", "entry_person_unknown")
        elif asn_id in seen:
            yield FieldError(f"/items/{number}", "listed_twice")
        else:
            seen.add(asn_id)
        if one.hours is not None and one.hours > training.hours:
            yield FieldError(f"/items/{number}/hours", "less_than_equal", {"le": training.hours})


def require_sayings(wrong: Iterable[FieldError]) -> None:
    """Raises TrainingAttendanceRefused naming what is wrong."""
    found = list(wrong)
    if found:
        raise TrainingAttendanceRefused(errors=found[:MAX_ERRORS], count=len(found))


async def fresh_sayings(session: AsyncSession, training: Training, said: Mapping[UUID, Saying]) -> dict[UUID, Saying]:
    """Those that are new or say something else; all of the training's hours are written as none of one's own."""
    known = await queries.list_known(session, training.id)
    plain = {
        asn_id: (attended, hours if hours != training.hours else None) for asn_id, (attended, hours) in said.items()
    }
    return {asn_id: saying for asn_id, saying in plain.items() if known.get(asn_id) != saying}


async def keep_sayings(
    session: AsyncSession, caller: Principal, training: Training, fresh: Mapping[UUID, Saying], *, at: datetime
) -> None:
    """Add them as of the training's next version, in one statement."""
    training.version += 1
    await session.flush()
    common = {"training_id": training.id, "version": training.version, "said_by": caller.id, "said_at": at}
    rows = [
        {"asn_id": asn_id, "attended": attended, "hours": hours} | common for asn_id, (attended, hours) in fresh.items()
    ]
    await upsert_rows(session, TrainingAttendance, rows)
    nips = (await queries.list_nips(session, fresh)).values()
    told = {"people": len(fresh), "version": training.version}
    await record(session, caller, "behaviour.write_attendances", at=at, target=str(training.id), nips=nips, **told)
