"""Making and changing apels: one by one, also after the fact, or the Mondays of a year at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.errors import CalendarEstimated, OpdUnknown, PlanTooLong, ScheduleInvalid
from app.apel.models import Apel, FormerPlan, RosterEntry, RosterHead, RosterUnit
from app.apel.planning import LONGEST_PLAN, SPECIAL_DEADLINE, PlannedDay, plan_days
from app.apel.queries import get_apel, load_opds
from app.apel.rules import ApelKind, require_not_over
from app.apel.schemas import ApelCreate, ApelUpdate, PlanCreate, PlannedRead, PlanRead, SkippedRead
from app.apel.service import lock_apel, mark_concerned_stale
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.calendar.queries import load_days
from app.calendar.rules import Days, is_estimated
from app.calendar.service import ensure_years
from app.core.bulk import upsert_rows
from app.core.clock import civil_date, civil_instant
from app.core.db import lock_key, zone_of
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.stale import mark_days_stale
from app.core.versions import require_version

LONGEST = timedelta(days=1)
TIMES = frozenset({"starts_at", "ends_at", "report_deadline"})
"""What people were told when to do: where one of these changes, what it was is kept."""
SPECIAL = "setelah cuti Idul Fitri"
"""What the title of the special session says."""
HOLDS_A_MONDAY = (ApelKind.APEL_GABUNGAN, ApelKind.UPACARA)
"""A day with one of these for everybody needs no other; also when it was cancelled, which somebody decided."""


async def create_apel(session: AsyncSession, caller: Principal, body: ApelCreate, *, at: datetime) -> ApelNow:
    """Schedule an apel, or record one that was held. Raises ScheduleInvalid, OpdUnknown."""
    require_schedule(body.starts_at, body.ends_at, body.report_deadline)
    on_date = civil_date(body.starts_at, zone_of(session))
    await _require_opds(session, body.opd_codes, on_date)
    apel_id = new_id()
    row = body.model_dump() | {"id": apel_id, "on_date": on_date, "created_by": caller.id, "created_at": at}
    await session.execute(insert(Apel).values(row))
    await record(session, caller, "apel.create", at=at, target=str(apel_id))
    apel = await get_apel(session, apel_id, at=at)
    await mark_concerned_stale(session, apel)
    return apel


def require_schedule(starts_at: datetime, ends_at: datetime, deadline: datetime) -> None:
    if not starts_at < ends_at <= starts_at + LONGEST or deadline <= starts_at:
        raise ScheduleInvalid


async def _require_opds(session: AsyncSession, opd_codes: Collection[str] | None, on: date) -> None:
    known = await load_opds(session, on) if opd_codes else {}
    if unknown := [code for code in opd_codes or () if code not in known]:
        raise OpdUnknown(opd_codes=", ".join(unknown[:10]))


async def change_apel(
    session: AsyncSession, caller: Principal, apel_id: UUID, body: ApelUpdate, *, expected: int | None, at: datetime
) -> ApelNow:
    """Change what was planned, a delay for example; what already is as said changes nothing.

    The times that were in force so far stay on record.
    Raises ApelFinal, ApelCancelled, VersionRequired, VersionMismatch, ScheduleInvalid, OpdUnknown.
    """
    await lock_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    changes = {name: value for name, value in body.changes().items() if _differs(getattr(apel, name), value)}
    if not changes:
        return apel
    require_not_over(apel.state)
    require_version(expected, apel.version)
    planned = replace(apel, **changes)
    require_schedule(planned.starts_at, planned.ends_at, planned.report_deadline)
    planned = replace(planned, on_date=civil_date(planned.starts_at, zone_of(session)))
    await _require_opds(session, planned.opd_codes, planned.on_date)
    values: dict[str, Any] = changes | {"on_date": planned.on_date, "version": apel.version + 1}
    await session.execute(update(Apel).where(Apel.id == apel_id).values(values))
    if TIMES & changes.keys():
        await _keep_plan(session, apel, at=at)
    if planned.on_date != apel.on_date or "opd_codes" in changes:
        await _thaw_roster(session, apel_id)
    await record(session, caller, "apel.change", at=at, target=str(apel_id), fields=sorted(changes))
    changed = await get_apel(session, apel_id, at=at)
    await mark_concerned_stale(session, apel, changed)
    return changed


def _differs(old: object, new: object) -> bool:
    return (tuple(new) if isinstance(new, list) else new) != old


async def _keep_plan(session: AsyncSession, apel: ApelNow, *, at: datetime) -> None:
    """The times of an apel as they are before they become others."""
    times = {name: getattr(apel, name) for name in TIMES}
    await session.execute(insert(FormerPlan).values(apel_id=apel.id, on_date=apel.on_date, until=at, **times))


async def _thaw_roster(session: AsyncSession, apel_id: UUID) -> None:
    """Other people are expected now: the roster is frozen anew when the apel is concluded the next time."""
    for table in (RosterEntry, RosterHead, RosterUnit):
        await session.execute(delete(table).where(table.apel_id == apel_id))
    await session.execute(update(Apel).where(Apel.id == apel_id).values(roster_frozen_at=None))


async def plan_apels(session: AsyncSession, caller: Principal, body: PlanCreate, *, at: datetime) -> PlanRead:
    """Make the Mondays of a span and the special session after Idul Fitri; run again, it makes nothing new.

    Raises PlanTooLong, ScheduleInvalid, CalendarEstimated (a year whose joint decree is awaited).
    """
    if not 0 <= (body.to - body.from_).days < LONGEST_PLAN:
        raise PlanTooLong(days=LONGEST_PLAN)
    if not body.starts < min(body.ends, body.deadline):
        raise ScheduleInvalid
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("apel.plan", "mondays"))))
    days = await _load_certain_days(session, body.from_, body.to)
    planned, skipped = plan_days(body.from_, body.to, days, await _list_taken_days(session, body.from_, body.to))
    made = [_row(session, caller, body, one, at=at) for one in planned]
    if made:
        await upsert_rows(session, Apel, made)
        await record(session, caller, "apel.plan", at=at, made=len(made))
        await mark_days_stale(session, body.from_, body.to)
    special = [one.special for one in planned]
    reads = [PlannedRead.model_validate(row | {"special": flag}) for row, flag in zip(made, special, strict=True)]
    return PlanRead(made=reads, skipped=[SkippedRead.model_validate(one) for one in skipped])


async def _load_certain_days(session: AsyncSession, from_date: date, to_date: date) -> Days:
    """The marked days of the years that a span touches, and the beginning of the next."""
    await ensure_years(session, from_date, to_date)
    days = await load_days(session, date(from_date.year, 1, 1), date(to_date.year + 1, 1, 31))
    for year in range(from_date.year, to_date.year + 1):
        if is_estimated(days, year):
            raise CalendarEstimated(year=year)
    return days


async def _list_taken_days(session: AsyncSession, from_date: date, to_date: date) -> set[date]:
    query = select(Apel.on_date).where(
        Apel.on_date.between(from_date, to_date),
        Apel.kind.in_(HOLDS_A_MONDAY),
        Apel.opd_codes.is_(None),
        Apel.rehearsal.is_(False),
    )
    return set(await session.scalars(query))


def _row(
    session: AsyncSession, caller: Principal, body: PlanCreate, one: PlannedDay, *, at: datetime
) -> dict[str, Any]:
    def instant(clock: time) -> datetime:
        return civil_instant(one.day, clock, zone_of(session))

    return {
        "id": new_id(),
        "kind": ApelKind.APEL_GABUNGAN,
        "title": f"{body.title} {SPECIAL}" if one.special else body.title,
        "on_date": one.day,
        "starts_at": instant(body.starts),
        "ends_at": instant(body.ends),
        "report_deadline": instant(SPECIAL_DEADLINE if one.special else body.deadline),
        "zoom_meeting_ids": body.zoom_meeting_ids,
        "rehearsal": False,
        "created_by": caller.id,
        "created_at": at,
        "version": 1,
    }
