"""Writes of absences. Whoever writes one first locks the person, so that two confirmed ones never overlap."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.ids import new_id
from app.core.paging import Page, cut_page
from app.core.principal import Principal, Role
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.core.versions import require_version
from app.duty import queries
from app.duty.errors import AbsenceDaysReversed, AbsenceOverlaps, OnlyHeadConfirms
from app.duty.models import Absence
from app.duty.rules import AbsenceState
from app.duty.schemas import AbsenceChange, AbsenceCreate, AbsenceFilter, AbsenceRead
from app.registry.errors import AsnNotFound
from app.registry.models import Asn

WRITERS = (Role.ADMIN, Role.OPD_HEAD, Role.OPD_OPERATOR)
DECIDERS = (Role.ADMIN, Role.OPD_HEAD)
DECISION = frozenset({"decided_by", "decided_at"})


@dataclass(frozen=True)
class _Person:
    nip: str
    may_decide: bool


async def read_absence(session: AsyncSession, caller: Principal, absence_id: UUID, *, at: datetime) -> AbsenceRead:
    """Raises AbsenceNotFound."""
    row = await queries.get_absence(session, caller, absence_id)
    await record(session, caller, "duty.read", at=at, target=str(absence_id), nips=[row.nip])
    return row.read()


async def read_absences(
    session: AsyncSession, caller: Principal, wanted: AbsenceFilter, *, at: datetime
) -> Page[AbsenceRead]:
    """A page of absences in the caller's reach; the record names everybody on it."""
    rows = await queries.list_absences(session, caller, wanted)
    await record(session, caller, "duty.list", at=at, nips=[row.nip for row in rows[: wanted.limit]])
    return cut_page([row.read() for row in rows], wanted.limit, lambda found: (found.id,))


async def create_absence(session: AsyncSession, caller: Principal, body: AbsenceCreate, *, at: datetime) -> AbsenceRead:
    """Propose an absence, or confirm it at once.

    Raises AsnNotFound, AbsenceDaysReversed, OnlyHeadConfirms, AbsenceOverlaps.
    """
    person = await _lock_person(session, caller, body.asn_id, body.from_date, body.to_date)
    absence = Absence(**body.model_dump(), id=new_id(), proposed_by=caller.id, proposed_at=at, version=1)
    if body.state is AbsenceState.CONFIRMED:
        _require_decider(person)
        absence.decided_by, absence.decided_at = caller.id, at
    await _require_possible(session, absence)
    session.add(absence)
    await session.flush()
    await _mark_stale(session, absence)
    await _note(session, caller, "duty.create", person, absence, at=at)
    return (await queries.get_absence(session, caller, absence.id)).read()


async def change_absence(
    session: AsyncSession,
    caller: Principal,
    absence_id: UUID,
    body: AbsenceChange,
    *,
    expected: int | None,
    at: datetime,
) -> AbsenceRead:
    """Decide on an absence, or correct its days and letter; what already holds changes nothing.

    Raises AbsenceNotFound, VersionRequired, VersionMismatch and what `create_absence` raises.
    """
    seen = (await queries.get_absence(session, caller, absence_id)).absence
    first, last = body.from_date or seen.from_date, body.to_date or seen.to_date
    person = await _lock_person(session, caller, seen.asn_id, first, last)
    row = await queries.get_absence(session, caller, absence_id)
    absence, changes = row.absence, _changes(row.absence, body)
    if not changes:
        return row.read()
    require_version(expected, absence.version)
    if "state" in changes or absence.state != AbsenceState.PROPOSED:
        _require_decider(person)
        changes |= {"decided_by": caller.id, "decided_at": at}
    await _mark_stale(session, absence)
    with session.no_autoflush:
        for name, value in changes.items():
            setattr(absence, name, value)
        await _require_possible(session, absence)
    absence.version += 1
    await session.flush()
    await _mark_stale(session, absence)
    await _note(session, caller, "duty.change", person, absence, at=at, changed=sorted(changes.keys() - DECISION))
    return (await queries.get_absence(session, caller, absence_id)).read()


def _changes(absence: Absence, body: AbsenceChange) -> dict[str, Any]:
    """What the body says otherwise; null means nothing except for a letter, which it takes away."""
    said = body.model_dump(exclude_unset=True).items()
    meant = {name: value for name, value in said if value is not None or name.startswith("letter_")}
    return {name: value for name, value in meant.items() if getattr(absence, name) != value}


async def _lock_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, from_date: date, to_date: date
) -> _Person:
    """The person, if the caller may write of them for these days; nobody else writes until this transaction ends."""
    span = literal(from_date, Date), literal(to_date, Date)
    may_write, may_decide = (
        queries.serves_within(caller.reach(*roles), Asn.id, *span) for roles in (WRITERS, DECIDERS)
    )
    query = select(Asn.nip, may_decide).where(Asn.id == asn_id, may_write).with_for_update(key_share=True, of=Asn)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise AsnNotFound
    return _Person(row[0], row[1])


def _require_decider(person: _Person) -> None:
    if not person.may_decide:
        raise OnlyHeadConfirms


async def _require_possible(session: AsyncSession, absence: Absence) -> None:
    """Days in order, and none of them in another confirmed absence once this one is confirmed."""
    if absence.to_date < absence.from_date:
        raise AbsenceDaysReversed(from_date=str(absence.from_date), to_date=str(absence.to_date))
    if absence.state != AbsenceState.CONFIRMED:
        return
    other = await queries.find_confirmed_between(
        session, absence.asn_id, absence.from_date, absence.to_date, other_than=absence.id
    )
    if other is not None:
        raise AbsenceOverlaps(from_date=str(other.from_date), to_date=str(other.to_date))


async def _mark_stale(session: AsyncSession, absence: Absence) -> None:
    """Only what is confirmed explains a mark.

    All units of these days are concluded again: a frozen roster may hold the person elsewhere than the register.
    """
    if absence.state == AbsenceState.CONFIRMED:
        await mark_days_stale(session, absence.from_date, absence.to_date)
        await mark_workdays_stale(session, [absence.asn_id], absence.from_date)


async def _note(
    session: AsyncSession,
    caller: Principal,
    action: str,
    person: _Person,
    absence: Absence,
    *,
    at: datetime,
    **detail: Any,
) -> None:
    span = {"from": str(absence.from_date), "to": str(absence.to_date)}
    await record(
        session, caller, action, at=at, target=str(absence.id), nips=[person.nip], state=absence.state, **span, **detail
    )
