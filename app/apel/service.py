"""What moves an apel along: acts of people, runs of its meeting, and the roster that is frozen when it opens."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.errors import (
    ApelNotFound,
    ApelReliedUpon,
    ClosingTimeInvalid,
    ReopeningNeedsAdmin,
    ReopeningNeedsOperator,
    ReopeningNeedsReason,
)
from app.apel.loading import NEAR, near_meeting, near_runs, not_cancelled
from app.apel.models import Apel, ApelAct, Occurrence, Reliance, RosterEntry, RosterHead, RosterUnit
from app.apel.queries import compute_roster, get_apel, get_roster
from app.apel.roster import Entry, Head, Roster, Unit
from app.apel.rules import Act, ApelState, require_may
from app.apel.schemas import ClosingWrite
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.bell import ring
from app.core.bulk import Row, as_table, upsert_rows
from app.core.principal import Principal, Role
from app.core.stale import Stale, mark_stale


async def hold_apel(session: AsyncSession, apel_id: UUID) -> None:
    """Have the apel neither end nor be cancelled before this transaction does; holders wait for nothing else.

    To be called before its state is read.
    """
    await session.execute(select(Apel.id).where(Apel.id == apel_id).with_for_update(read=True, key_share=True))


async def lock_apel(session: AsyncSession, apel_id: UUID, *, ending: bool = False) -> datetime | None:
    """Let writers of one apel come one after the other; returns when its roster was frozen. Raises ApelNotFound.

    Whoever holds the apel, with a report for example, waits for this only when it is `ending`.
    """
    query = select(Apel.id, Apel.roster_frozen_at).where(Apel.id == apel_id).with_for_update(key_share=not ending)
    row = (await session.execute(query)).first()
    if row is None:
        raise ApelNotFound
    frozen_at: datetime | None = row.roster_frozen_at
    return frozen_at


async def open_apel(
    session: AsyncSession, caller: Principal, apel_id: UUID, reason: str | None = None, *, at: datetime
) -> ApelNow:
    """Open by hand, whatever Zoom says, and freeze the roster."""
    apel = await _locked(session, apel_id, at=at)
    if apel.state is ApelState.OPEN:
        return await _with_frozen_roster(session, apel, at=at)
    return await _perform(session, caller, apel, Act.OPEN, reason, at=at)


async def close_apel(
    session: AsyncSession, caller: Principal, apel_id: UUID, body: ClosingWrite, *, at: datetime
) -> ApelNow:
    """Close for good: no later start of the meeting reopens it. Raises ClosingTimeInvalid.

    Closing what closed by itself confirms that; closing what a person closed changes nothing.
    """
    apel = await _locked(session, apel_id, at=at)
    if apel.closed_by_person and apel.state is ApelState.CLOSED and body.ended_at in {None, apel.held_to}:
        return apel
    if body.ended_at is not None:
        await _require_possible_end(session, apel, body.ended_at, at=at)
    return await _perform(session, caller, apel, Act.CLOSE, body.reason, at=at, took_place=body.ended_at)


async def finalize_apel(
    session: AsyncSession, caller: Principal, apel_id: UUID, reason: str | None = None, *, at: datetime
) -> ApelNow:
    """Make a closed apel final after its deadline; its marks then change by correction alone."""
    apel = await _locked(session, apel_id, at=at, ending=True)
    if apel.state is ApelState.FINAL:
        return apel
    return await _perform(session, caller, apel, Act.FINALIZE, reason, at=at)


async def reopen_apel(
    session: AsyncSession, caller: Principal, apel_id: UUID, reason: str | None = None, *, at: datetime
) -> ApelNow:
    """Closed → open, final → closed, cancelled → as if it never had been; raises when that is another's to do.

    A final apel on which a standing decision rests stays final: raises ApelReliedUpon.
    """
    apel = await _locked(session, apel_id, at=at)
    if apel.state is ApelState.OPEN or await _is_repeated(session, caller, apel, reason):
        return apel
    if apel.state is ApelState.FINAL and not caller.holds(Role.ADMIN):
        raise ReopeningNeedsAdmin
    if apel.state is ApelState.FINAL and reason is None:
        raise ReopeningNeedsReason
    if apel.state is ApelState.CLOSED and not caller.holds(Role.KOMINFO):
        raise ReopeningNeedsOperator
    if apel.state is ApelState.FINAL and await is_relied_upon(session, apel_id):
        raise ApelReliedUpon
    return await _perform(session, caller, apel, Act.REOPEN, reason, at=at)


async def is_relied_upon(session: AsyncSession, apel_id: UUID) -> bool:
    """Whether a decision that stands rests on this apel."""
    asked = select(Reliance.decision_id).where(Reliance.apel_id == apel_id).limit(1)
    return (await session.scalar(asked)) is not None


async def cancel_apel(
    session: AsyncSession, caller: Principal, apel_id: UUID, reason: str | None = None, *, at: datetime
) -> ApelNow:
    """Nobody is expected any more; what was reported and seen stays recorded."""
    apel = await _locked(session, apel_id, at=at, ending=True)
    if apel.state is ApelState.CANCELLED:
        return apel
    return await _perform(session, caller, apel, Act.CANCEL, reason, at=at)


async def _locked(session: AsyncSession, apel_id: UUID, *, at: datetime, ending: bool = False) -> ApelNow:
    await lock_apel(session, apel_id, ending=ending)
    return await get_apel(session, apel_id, at=at)


async def _is_repeated(session: AsyncSession, caller: Principal, apel: ApelNow, reason: str | None) -> bool:
    """The same person says the same once more, because the answer was lost: one step back is not two."""
    query = select(ApelAct).where(ApelAct.apel_id == apel.id).order_by(ApelAct.id.desc()).limit(1)
    last = await session.scalar(query)
    if last is None or (last.act, last.by_id, last.reason) != (Act.REOPEN, caller.id, reason):
        return False
    return apel.state_since <= last.at


async def _require_possible_end(session: AsyncSession, apel: ApelNow, ended_at: datetime, *, at: datetime) -> None:
    other = select(func.max(ApelAct.at)).where(ApelAct.apel_id == apel.id, ApelAct.act != Act.CLOSE)
    last = await session.scalar(other)
    if not apel.starts_at < ended_at <= at or (last is not None and ended_at < last):
        raise ClosingTimeInvalid


async def _perform(
    session: AsyncSession,
    caller: Principal,
    apel: ApelNow,
    act: Act,
    reason: str | None,
    *,
    at: datetime,
    took_place: datetime | None = None,
) -> ApelNow:
    require_may(act, apel.state, deadline=apel.report_deadline, now=at)
    session.add(
        ApelAct(apel_id=apel.id, act=act, at=took_place or at, by_id=caller.id, by_name=caller.name, reason=reason)
    )
    await session.flush()
    await session.execute(update(Apel).where(Apel.id == apel.id).values(version=Apel.version + 1))
    await record(session, caller, f"apel.{act}", at=at, target=str(apel.id), was=apel.state)
    await mark_concerned_stale(session, apel)
    now = await get_apel(session, apel.id, at=at)
    return await _with_frozen_roster(session, now, at=at) if now.state is ApelState.OPEN else now


async def _with_frozen_roster(session: AsyncSession, apel: ApelNow, *, at: datetime) -> ApelNow:
    if apel.roster_frozen_at is not None:
        return apel
    await freeze_roster(session, apel, at=at)
    return replace(apel, roster_frozen_at=at)


async def mark_concerned_stale(session: AsyncSession, *apels: ApelNow) -> None:
    """Conclude these again, and the apels that share a number with them: a run may now belong to another."""
    concerned: ColumnElement[bool] = Apel.id.in_([apel.id for apel in apels])
    if numbers := {number for apel in apels for number in apel.zoom_meeting_ids}:
        since = min(apel.starts_at for apel in apels) - NEAR
        concerned = concerned | near_meeting(numbers, since, max(apel.ends_at for apel in apels) + NEAR)
    await session.execute(insert(Stale).from_select(["apel_id"], select(Apel.id).where(concerned)))
    ring(session)


async def freeze_roster(session: AsyncSession, apel: ApelNow, *, at: datetime) -> Roster:
    """Keep who is expected as the register stands now; once frozen it is only read. Returns the roster."""
    frozen_at = await lock_apel(session, apel.id)
    if frozen_at is not None:
        return await get_roster(session, replace(apel, roster_frozen_at=frozen_at))
    roster = await compute_roster(session, apel)
    await upsert_rows(session, RosterUnit, _rows_of(roster.units.values(), apel.id))
    await upsert_rows(session, RosterEntry, _rows_of(roster.entries, apel.id))
    await upsert_rows(session, RosterHead, _rows_of(roster.heads.values(), apel.id))
    await session.execute(update(Apel).where(Apel.id == apel.id).values(roster_frozen_at=at))
    await mark_stale(session, apel.id)
    return roster


def _rows_of(kept: Iterable[Unit | Entry | Head], apel_id: UUID) -> list[Row]:
    return [{"apel_id": apel_id} | {field.name: getattr(one, field.name) for field in fields(one)} for one in kept]


@dataclass(frozen=True)
class Seen:
    """What one event or more say about a run of a meeting."""

    uuid: str
    meeting_id: str
    seen_from: datetime
    seen_to: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    host_id: str | None = None


async def record_occurrence(
    session: AsyncSession,
    uuid: str,
    meeting_id: str,
    *,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    seen_at: datetime,
    host_id: str | None = None,
) -> None:
    """Keep what an event says about a run of a meeting; times only widen, in any order of arrival."""
    times = [time for time in (seen_at, started_at, ended_at) if time is not None]
    await record_occurrences(session, [Seen(uuid, meeting_id, min(times), max(times), started_at, ended_at, host_id)])


async def record_occurrences(session: AsyncSession, seen: Sequence[Seen]) -> None:
    """The same for many events in one statement, at most one row per run; marks the apels concerned stale."""
    given = as_table(Occurrence, [asdict(one) for one in seen])
    kept = upsert(Occurrence).from_select(list(given.c.keys()), select(given))
    new, old = kept.excluded, Occurrence
    wider = {
        "started_at": func.least(old.started_at, new.started_at),
        "ended_at": func.greatest(old.ended_at, new.ended_at),
        "seen_from": func.least(old.seen_from, new.seen_from),
        "seen_to": func.greatest(old.seen_to, new.seen_to),
        "host_id": func.greatest(old.host_id, new.host_id),
    }
    changes = tuple_(*wider.values()).is_distinct_from(tuple_(*(getattr(old, name) for name in wider)))
    changed = (
        kept.on_conflict_do_update(index_elements=["uuid"], set_=wider, where=changes)
        .returning(Occurrence.meeting_id, Occurrence.seen_from, Occurrence.seen_to)
        .cte("changed")
    )
    concerned = select(Apel.id).distinct().where(near_runs(changed), not_cancelled())
    # Whether a run moves the apel's window shows in its timeline; the run's times alone move nobody's mark.
    rows = select(concerned.subquery(), true())
    await session.execute(insert(Stale).from_select(["apel_id", "evidence"], rows).add_cte(changed))
    ring(session)
