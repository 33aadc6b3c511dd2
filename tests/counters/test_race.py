"""Queue machines that tell at the same moment."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.principal import Grant, Principal, Role
from app.counters import service
from app.counters.errors import ServiceTimesRefused
from app.counters.models import CounterMessage, CounterTicket
from app.counters.schemas import TimesRead, TimeWrite
from app.registry.models import Opd
from tests.conftest import SURROUNDINGS
from tests.counters.turns import FRIDAY, turn
from tests.make import MONDAY, NOBODY

MACHINE = Principal(NOBODY, "mesin antrean", (Grant(Role.ADAPTER),))
OPDS = ("DUKCAPIL", "DISDIK")


def opd(code: str) -> Opd:
    told = {"type": "dinas", "protocol_order": 1, "reports": "yes", "connectivity": "good"}
    return Opd(code=code, name=code, short_name=code, from_date=FRIDAY.date(), **told)


def race(url: str, *batches: list[dict[str, Any]]) -> tuple[list[TimesRead], list[CounterTicket], list[CounterMessage]]:
    """What each batch did when all were sent at once, and the tickets and messages afterwards."""

    async def run() -> Any:
        engine = create_async_engine(url, poolclass=NullPool)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        async with sessions.begin() as session:
            session.add_all(opd(code) for code in OPDS)

        async def send(batch: list[dict[str, Any]]) -> TimesRead:
            items = [TimeWrite.model_validate(item) for item in batch]
            async with sessions.begin() as session:
                return await service.record_times(session, MACHINE, items, at=MONDAY)

        done = await asyncio.gather(*(send(batch) for batch in batches))
        async with sessions.begin() as session:
            tickets = (await session.scalars(select(CounterTicket).order_by(CounterTicket.ticket))).all()
            messages = (await session.scalars(select(CounterMessage).order_by(CounterMessage.id))).all()
        await engine.dispose()
        return done, list(tickets), list(messages)

    found: tuple[list[TimesRead], list[CounterTicket], list[CounterMessage]] = asyncio.run(run())
    return found


def test_the_same_batch_at_once_is_kept_once(own_url: str) -> None:
    batch = [turn(f"A-{n}", wait=5, total=20, opd_code=OPDS[n % 2]) for n in range(50)]
    done, tickets, messages = race(own_url, *(batch if n % 2 else batch[::-1] for n in range(6)))
    assert sorted((one.created, one.changed, one.unchanged) for one in done) == [(0, 0, 50)] * 5 + [(50, 0, 0)]
    assert (len(tickets), len(messages)) == (50, 50)


def test_messages_about_one_ticket_at_once_complete_each_other(own_url: str) -> None:
    done, [ticket], messages = race(
        own_url, [turn("A-1")], [turn("A-1", wait=5)], [turn("A-1", total=20)], [turn("A-1", cancelled=True)]
    )
    assert sum(one.created for one in done) == 1
    assert (ticket.wait_seconds, ticket.total_seconds, ticket.cancelled) == (300, 1200, True)
    assert len(messages) <= 4


def test_of_messages_that_contradict_each_other_at_once_the_last_kept_one_stands(own_url: str) -> None:
    _, [ticket], messages = race(own_url, *([turn("A-1", wait=minutes)] for minutes in range(6)))
    assert len(messages) == 6
    assert ticket.called_at == messages[-1].called_at


def test_what_can_not_follow_the_other_is_refused_whoever_comes_first(own_url: str) -> None:
    late, early = [turn("A-1", wait=30)], [turn("A-1", total=20)]
    with pytest.raises(ServiceTimesRefused):
        race(own_url, late, early)
