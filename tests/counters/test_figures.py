"""The database judges as the rules do, and tickets can be made anew from what was told."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar.models import CalendarDay
from app.calendar.queries import load_days
from app.calendar.rules import DayKind
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.principal import Grant, Principal, Role
from app.counters import service
from app.counters.figures import judged, speed_by_opd, speed_parts, speed_total
from app.counters.models import CounterPromise, CounterTicket
from app.counters.rules import Key, Message, Promise, Times, Told, Unjudged, judge
from tests.make import MONDAY, NOBODY, ZONE, Make

FIRST, LAST = date(2026, 3, 1), date(2026, 5, 31)
"""Nyepi, Idul Fitri and two joint leaves lie in it."""
OPDS, SERVICES = ("DUKCAPIL", "DPMPTSP"), ("AKTA", "KTP", "SIM")
ADMIN = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))


@pytest.fixture(autouse=True)
def opds(make: Make) -> None:
    for code in OPDS:
        make.opd(code)


def some_day(chance: random.Random, first: date = FIRST, last: date = LAST) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))


def some_times(chance: random.Random) -> Times:
    """Mostly around what is promised: to the second, to the minute, or weeks later."""
    arrived = datetime(2026, 3, 1, tzinfo=ZONE).astimezone(UTC)
    arrived += timedelta(seconds=chance.randint(0, ((LAST - FIRST).days + 1) * 86_400 - 1))
    wait = timedelta(seconds=60 * chance.choice([0, 5, 10, 10, 60]) + chance.choice([0, 0, 1]))
    total = chance.choice([timedelta(minutes=chance.choice([0, 30, 60])), timedelta(days=chance.random() * 20)])
    total += timedelta(seconds=chance.choice([0, 0, 1]))
    called, finished = arrived + wait, arrived + wait + total
    told = chance.random()
    return Times(
        arrived, called if told > 0.2 else None, finished if told < 0.8 else None, cancelled=chance.random() < 0.1
    )


def some_promise(chance: random.Random) -> Promise:
    wait = chance.choice([None, 5, 10])
    finish = chance.choice(["minutes", "days", None] if wait else ["minutes", "days"])
    return Promise(
        wait,
        chance.choice([30, 60, 24 * 60]) if finish == "minutes" else None,
        chance.choice([0, 1, 2, 5]) if finish == "days" else None,
    )


class Story:
    """Promises, tickets and marks on days, drawn by chance and kept in the database."""

    def __init__(self, chance: random.Random) -> None:
        self.promises: dict[tuple[str, str], list[tuple[date, int, Promise]]] = {}
        for opd_code in OPDS:
            for service_code in SERVICES[: chance.randint(1, 3)]:
                days = [some_day(chance, FIRST - timedelta(days=60)) for _ in range(chance.randint(1, 4))]
                days += [chance.choice(days)]  # a correction of the same day
                said = [(day, number, some_promise(chance)) for number, day in enumerate(days, start=1)]
                self.promises[opd_code, service_code] = said
        self.tickets: dict[Key, Times] = {}
        for number in range(150):
            times = some_times(chance)
            day = civil_date(times.arrived_at, ZONE)
            self.tickets[Key(chance.choice(OPDS), chance.choice(SERVICES), day, f"A-{number}")] = times
        self.marks = {
            some_day(chance, FIRST, LAST + timedelta(days=40)): chance.choice(list(DayKind)) for _ in range(30)
        }

    async def keep(self, session: AsyncSession) -> None:
        by = {"by": NOBODY, "by_name": "uji", "at": MONDAY, "name": "Layanan", "source": "Maklumat"}
        for (opd_code, service_code), said in self.promises.items():
            named = {"opd_code": opd_code, "service_code": service_code}
            session.add_all(
                CounterPromise(id=uuid4(), version=number, from_date=day, **named, **by, **vars(promise))
                for day, number, promise in said
            )
        tickets = [service.ticket_row(key, times, finished_on(times)) for key, times in self.tickets.items()]
        await upsert_rows(session, CounterTicket, tickets)
        said_of = {"name": "tanda", "estimated": False, "source": "uji", "corrected": True, "version": 1}
        await upsert_rows(
            session, CalendarDay, [{"day": day, "kind": kind} | said_of for day, kind in self.marks.items()]
        )
        await session.commit()

    def promise_of(self, key: Key) -> Promise | None:
        begun = [one for one in self.promises.get((key.opd_code, key.service_code), []) if one[0] <= key.day]
        return max(begun, key=lambda one: one[:2])[2] if begun else None


def finished_on(times: Times) -> date | None:
    return None if times.finished_at is None else civil_date(times.finished_at, ZONE)


@pytest.mark.parametrize("seed", range(12))
def test_the_database_judges_as_the_rules_do(session: AsyncSession, run: Any, seed: int) -> None:
    story = Story(random.Random(seed))
    run(story.keep(session))

    async def look() -> tuple[dict[Key, Any], Any]:
        rows = await judged(session, FIRST, LAST)
        found = {Key(r.opd_code, r.service_code, r.day, r.ticket): r for r in await session.execute(select(rows))}
        return found, await load_days(session, FIRST, LAST + timedelta(days=60))

    found, days = run(look())
    expected = {
        key: judge(times, story.promise_of(key), key.day, finished_on(times), days)
        for key, times in story.tickets.items()
    }
    assert found.keys() == expected.keys()
    for key, kept in expected.items():
        said = (found[key].kept, found[key].promised, found[key].unknown)
        assert said == (
            kept if isinstance(kept, bool) else None,
            isinstance(kept, bool),
            kept is Unjudged.UNKNOWN,
        ), (key, story.tickets[key], story.promise_of(key), kept)
    assert set(expected.values()) >= {True, False, Unjudged.UNFINISHED, Unjudged.CANCELLED}


def test_figures_of_parts_add_up_to_the_whole(session: AsyncSession, run: Any) -> None:
    run(Story(random.Random(99)).keep(session))

    async def look() -> None:
        total, _ = await speed_total(session, FIRST, LAST)
        by_opd = await speed_by_opd(session, FIRST, LAST)
        parts = await speed_parts(session, FIRST, LAST, None, by="month", most=200)
        services = [figure for one in parts.services.values() for figure in one.values()]
        for name in ("served", "waiting", "cancelled", "promised", "within", "unknown"):
            whole = getattr(total, name)
            assert whole > 0
            for figures in (by_opd.values(), parts.opds.values(), services, parts.trend.values()):
                assert sum(getattr(one, name) for one in figures) == whole, name
        only, _ = await speed_total(session, FIRST, LAST, frozenset({"DUKCAPIL"}))
        assert only == parts.opds["DUKCAPIL"]

    run(look())


@pytest.mark.parametrize("seed", range(5))
def test_tickets_made_anew_from_the_messages_are_those_that_the_messages_made(
    session: AsyncSession, run: Any, seed: int
) -> None:
    chance = random.Random(seed)

    async def rows() -> list[tuple[Any, ...]]:
        asked = select(*CounterTicket.__table__.c).order_by(*CounterTicket.__table__.primary_key)
        return [tuple(row) for row in await session.execute(asked)]

    async def story() -> None:
        for _ in range(12):
            batch = [some_message(chance) for _ in range(chance.randint(1, 15))]
            async with session.begin_nested():
                await service.keep_times(session, ADMIN, batch, at=MONDAY)
        made = await rows()
        assert len(made) > 6
        counts = [await service.rebuild_tickets(session, code) for code in OPDS]
        assert (sum(counts), await rows()) == (len(made), made)
        await session.execute(delete(CounterTicket))
        for code in OPDS:
            await service.rebuild_tickets(session, code)
        assert await rows() == made

    run(story())


def some_message(chance: random.Random) -> Message:
    """About one of a few tickets, so that messages meet; their times are in order, whichever they name."""
    arrived = MONDAY - timedelta(days=chance.choice([4, 5]), minutes=chance.choice([0, 1]))
    called = arrived + timedelta(minutes=chance.choice([5, 7]))
    finished = called + timedelta(minutes=chance.choice([10, 24 * 60]))
    told = Told(
        arrived,
        chance.choice([None, called]),
        chance.choice([None, finished]),
        chance.choice([None, None, True, False]),
    )
    return Message(chance.choice(OPDS), chance.choice(SERVICES[:2]), chance.choice(["A-1", "A-2", "A-3"]), told)
