"""Writes of the counters' room: what is promised, and what queue machines tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, BigInteger, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import Row, as_table, upsert_rows
from app.core.clock import civil_date
from app.core.db import lock_key, zone_of
from app.core.errors import FieldError, VersionMismatch
from app.core.ids import new_id
from app.core.principal import Principal, Role
from app.core.versions import require_version
from app.counters.errors import PromiseInPast, ServiceTimesRefused
from app.counters.models import CounterMessage, CounterPromise, CounterTicket
from app.counters.queries import list_opds_within, list_promises
from app.counters.rules import Key, Message, Times, Told, add, fault_of
from app.counters.schemas import FinishMinutes, FinishWorkingDays, ServiceWrite, TimesRead, TimeWrite
from app.registry.queries import get_opd

PROMISERS = (Role.ADMIN, Role.OPD_HEAD)
SENDERS = (Role.ADMIN, Role.OPD_HEAD, Role.OPD_OPERATOR, Role.ADAPTER)
MAX_ERRORS = 100


async def promise_service(
    session: AsyncSession,
    caller: Principal,
    opd_code: str,
    service_code: str,
    body: ServiceWrite,
    *,
    expected: int | None,
    at: datetime,
) -> tuple[CounterPromise, bool]:
    """Keep what a service promises from a day on, and say whether the service is new; the same again changes nothing.

    Raises OpdNotFound, VersionRequired, VersionMismatch, PromiseInPast.
    """
    await get_opd(session, opd_code, caller.reach(*PROMISERS))
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("promise", f"{opd_code}/{service_code}"))))
    said = {"name": body.name, "source": body.source, "from_date": body.from_date} | _promised(body)
    known = await list_promises(session, opd_code, service_code)
    latest = max(known, key=lambda one: one.version, default=None)
    if latest is not None:
        if all(getattr(latest, name) == value for name, value in said.items()):
            return latest, False
        require_version(expected, latest.version)
        if body.from_date < civil_date(at, zone_of(session)):
            raise PromiseInPast(from_date=body.from_date.isoformat())
    elif expected is not None:
        raise VersionMismatch(current=0)
    version = latest.version + 1 if latest else 1
    by = {"by": caller.id, "by_name": caller.name, "at": at}
    made = CounterPromise(id=new_id(), opd_code=opd_code, service_code=service_code, version=version, **by, **said)
    session.add(made)
    await session.flush()
    await record(session, caller, "counters.promise", at=at, target=opd_code, service=service_code, version=version)
    return made, latest is None


def _promised(body: ServiceWrite) -> dict[str, int | None]:
    finish = body.promise.finish
    return {
        "wait_minutes": body.promise.wait_minutes,
        "finish_minutes": finish.minutes if isinstance(finish, FinishMinutes) else None,
        "finish_working_days": finish.working_days if isinstance(finish, FinishWorkingDays) else None,
    }


@dataclass
class Kept:
    """What one batch does to one ticket."""

    before: Times | None
    now: Times | None
    messages: list[Told]
    """Those that say something new, one after the other."""

    @property
    def news(self) -> list[Told]:
        """None where the batch comes to what is known: one that contradicts itself is sent again, too."""
        return [] if self.now == self.before else self.messages

    def take(self, told: Told, at: datetime) -> tuple[str, str] | None:
        """Add one message, or say what is wrong with it."""
        after = add(self.now, told)
        if after == self.now:
            return None
        fault = fault_of(after, at)
        if fault is None:
            self.now = after
            self.messages.append(told)
        return fault


async def record_times(
    session: AsyncSession, caller: Principal, items: Sequence[TimeWrite], *, at: datetime
) -> TimesRead:
    """Keep a batch of messages, all or none; whatever says nothing new changes nothing.

    In a fixed number of statements. Raises ServiceTimesRefused naming each item that is wrong.
    """
    done, wrong = await keep_times(session, caller, [_message(item) for item in items], at=at)
    if wrong:
        errors = [FieldError(f"/items/{number}/{name}", code) for number, name, code in wrong[:MAX_ERRORS]]
        raise ServiceTimesRefused(errors=errors, count=len(wrong))
    return done


def _message(item: TimeWrite) -> Message:
    told = Told(item.arrived_at, item.called_at, item.finished_at, item.cancelled)
    return Message(item.opd_code, item.service_code, item.ticket, told)


Wrong = tuple[int, str, str]
"""Place in the batch, field, text."""


async def keep_times(
    session: AsyncSession, caller: Principal, items: Sequence[Message], *, at: datetime
) -> tuple[TimesRead, list[Wrong]]:
    """Keep a batch, or nothing of it and all that is wrong with it."""
    zone, opds = zone_of(session), {item.opd_code for item in items}
    allowed = await list_opds_within(session, opds, caller.reach(*SENDERS))
    wrong = [(n, "opd_code", "opd_unknown") for n, item in enumerate(items) if item.opd_code not in allowed]
    if wrong:
        return TimesRead(items=len(items), created=0, changed=0, unchanged=0), wrong
    await _wait_for_others(session, opds)
    keys = [Key(one.opd_code, one.service_code, civil_date(one.told.arrived_at, zone), one.ticket) for one in items]
    known = await _load(session, set(keys))
    kept = {key: Kept(known.get(key), known.get(key), []) for key in dict.fromkeys(keys)}
    for number, (key, item) in enumerate(zip(keys, items, strict=True)):
        if (fault := kept[key].take(item.told, at)) is not None:
            wrong.append((number, *fault))
    done = _count(len(items), kept)
    if not wrong and any(one.news for one in kept.values()):
        await _write(session, caller, kept, at=at)
        await record(session, caller, "counters.times", at=at, opds=sorted(opds), done=done.model_dump())
    return done, wrong


async def _wait_for_others(session: AsyncSession, opds: Iterable[str]) -> None:
    """One writer to an OPD's tickets at a time; everybody asks in the same order, so that nobody waits in a circle."""
    keys = literal(sorted(lock_key("counters", code) for code in opds), ARRAY(BigInteger))
    await session.execute(select(func.pg_advisory_xact_lock(func.unnest(keys))))


def _count(items: int, kept: dict[Key, Kept]) -> TimesRead:
    created = sum(one.before is None for one in kept.values())
    said = sum(len(one.news) for one in kept.values())
    return TimesRead(items=items, created=created, changed=said - created, unchanged=items - said)


async def _load(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, Times]:
    """What is known of these tickets."""
    ticket = CounterTicket
    given = as_table(CounterTicket, [key._asdict() for key in sorted(keys)])
    same = [given.c[name] == getattr(ticket, name) for name in Key._fields]
    asked = select(
        *(getattr(ticket, name) for name in Key._fields),
        *(ticket.arrived_at, ticket.called_at, ticket.finished_at, ticket.cancelled),
    ).join(given, same[0] & same[1] & same[2] & same[3])
    rows = await session.execute(asked)
    return {
        Key(row.opd_code, row.service_code, row.day, row.ticket): Times(
            row.arrived_at, row.called_at, row.finished_at, row.cancelled
        )
        for row in rows
    }


async def _write(session: AsyncSession, caller: Principal, kept: dict[Key, Kept], *, at: datetime) -> None:
    zone = zone_of(session)
    messages = [
        key._asdict() | vars(told) | {"sent_by": caller.id, "sent_at": at}
        for key, one in kept.items()
        for told in one.news
    ]
    given = as_table(CounterMessage, messages)
    names = list(messages[0])
    await session.execute(insert(CounterMessage).from_select(names, select(*(given.c[name] for name in names))))
    changed = ((key, one.now) for key, one in kept.items() if one.news and one.now is not None)
    await upsert_rows(
        session, CounterTicket, [ticket_row(key, now, _civil(now.finished_at, zone)) for key, now in changed]
    )


def _civil(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else civil_date(moment, zone)


def ticket_row(key: Key, times: Times, finished_on: date | None) -> Row:
    """A ticket as it is kept for sums."""
    derived = {"wait_seconds": times.wait_seconds, "total_seconds": times.total_seconds, "finished_on": finished_on}
    return key._asdict() | vars(times) | derived


async def rebuild_tickets(session: AsyncSession, opd_code: str) -> int:
    """Make an OPD's tickets anew from the messages about them; returns how many there are."""
    zone, said = zone_of(session), CounterMessage
    await _wait_for_others(session, [opd_code])
    asked = select(said).where(said.opd_code == opd_code).order_by(said.id)
    known: dict[Key, Times] = {}
    for one in await session.scalars(asked):
        key = Key(one.opd_code, one.service_code, one.day, one.ticket)
        told = Told(one.arrived_at, one.called_at, one.finished_at, one.cancelled)
        known[key] = add(known.get(key), told)
    rows = [ticket_row(key, times, _civil(times.finished_at, zone)) for key, times in known.items()]
    await upsert_rows(session, CounterTicket, rows)
    return len(rows)
