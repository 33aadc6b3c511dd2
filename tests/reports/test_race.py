"""Reports and what happens to their apel at the same moment, on connections of their own."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.apel.errors import ApelCancelled, ApelFinal
from app.apel.rules import ApelState
from app.apel.schemas import ClosingWrite
from app.apel.service import cancel_apel, close_apel, finalize_apel, lock_apel, open_apel
from app.attendance.service import conclude
from app.core.db import OpenSession
from app.core.principal import Grant, Principal, Role
from app.reports.models import ReportVersion
from app.reports.schemas import ReportRead, ReportWrite
from app.reports.service import submit_report
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY, Make
from tests.monday import DUE, claim

ADMIN = Principal(NOBODY, "uji", (Grant(Role.ADMIN), Grant(Role.KOMINFO)))
OPERATOR = Principal(NOBODY, "operator", (Grant(Role.OPD_OPERATOR, "DISDIK", frozenset({"DISDIK"})),))
SOON = 0.3
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass
class Place:
    """A database of this test's own, and an apel of one OPD with one person: closed, its deadline passed."""

    sessions: OpenSession
    apel_id: UUID


@pytest.fixture
def place(loop: asyncio.Runner, own_url: str) -> Iterator[Place]:
    engine = create_async_engine(own_url)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    session = sessions()
    make = Make(session, loop.run)
    make.opd("DISDIK")
    make.asn()
    built = Place(sessions, make.apel().id)
    loop.run(session.close())
    loop.run(begin(built))
    yield built
    loop.run(engine.dispose())


async def begin(place: Place) -> None:
    async with place.sessions.begin() as session:
        await open_apel(session, ADMIN, place.apel_id, at=MONDAY)
    async with place.sessions.begin() as session:
        await close_apel(session, ADMIN, place.apel_id, ClosingWrite(), at=MONDAY + timedelta(minutes=30))


async def submit(session: AsyncSession, apel_id: UUID, at: datetime = DUE) -> ReportRead:
    return (await submit_report(session, OPERATOR, apel_id, "DISDIK", ReportWrite.model_validate(claim(1, 1)), at=at))[
        0
    ]


async def end(session: AsyncSession, apel_id: UUID, state: ApelState) -> None:
    if state is ApelState.FINAL:
        await finalize_apel(session, ADMIN, apel_id, at=DUE)
    else:
        await cancel_apel(session, ADMIN, apel_id, "Hujan", at=DUE)


ENDS = pytest.mark.parametrize("state", [ApelState.FINAL, ApelState.CANCELLED])
REFUSAL = {ApelState.FINAL: ApelFinal, ApelState.CANCELLED: ApelCancelled}


@ENDS
def test_an_apel_does_not_end_while_a_report_is_being_kept(place: Place, run: Run, state: ApelState) -> None:
    happened = []

    async def end_it() -> None:
        async with place.sessions.begin() as session:
            await end(session, place.apel_id, state)
        happened.append("ended")

    async def race() -> None:
        async with place.sessions.begin() as session:
            await submit(session, place.apel_id)
            ending = asyncio.create_task(end_it())
            await asyncio.sleep(SOON)
            happened.append("kept")
        await ending

    run(race())
    assert happened == ["kept", "ended"]


@ENDS
def test_a_report_that_waited_for_the_end_of_its_apel_is_refused_though_it_was_sent_before(
    place: Place, run: Run, state: ApelState
) -> None:
    async def report() -> None:
        async with place.sessions.begin() as session:
            await submit(session, place.apel_id, at=DUE - timedelta(seconds=1))

    async def race() -> int | None:
        async with place.sessions.begin() as session:
            await end(session, place.apel_id, state)
            reporting = asyncio.create_task(report())
            await asyncio.sleep(SOON)
        with pytest.raises(REFUSAL[state]):
            await reporting
        async with place.sessions() as session:
            return await session.scalar(select(func.count()).select_from(ReportVersion))

    assert run(race()) == 0


def test_a_report_waits_neither_for_a_conclusion_nor_for_turns(place: Place, run: Run) -> None:
    async def race() -> str:
        async with place.sessions.begin() as concluding, place.sessions.begin() as calling:
            await conclude(concluding, place.apel_id, at=DUE)
            await lock_apel(calling, place.apel_id)
            async with place.sessions.begin() as reporting:
                return (await asyncio.wait_for(submit(reporting, place.apel_id), 5)).state

    assert run(race()) == "late"
