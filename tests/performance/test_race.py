"""Two who write of one person at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.errors import VersionMismatch, VersionRequired
from app.core.principal import Grant, Principal, Role
from app.performance.achievements import report_achievements
from app.performance.models import PerformanceAchievement, PerformanceIndicator, PerformancePlan
from app.performance.plans import set_plan
from app.performance.schemas import AchievementsWrite, PlanWrite
from app.registry.models import Asn
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY
from tests.performance.plans import indicator, plan

ADMIN = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))
Write = Callable[[AsyncSession, int], Awaitable[object]]


async def together(sessions: async_sessionmaker[AsyncSession], write: Write) -> list[object]:
    async def one(number: int) -> object:
        async with sessions.begin() as session:
            return await write(session, number)

    return await asyncio.gather(*(one(number) for number in range(6)), return_exceptions=True)


def run(own_url: str, story: Callable[[async_sessionmaker[AsyncSession], UUID], Awaitable[Any]]) -> Any:
    async def play() -> Any:
        engine = create_async_engine(own_url, poolclass=NullPool)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        siti = Asn(nip="198501012010012001", name="Siti", folded_name="siti", employment_type="PNS")
        async with sessions.begin() as session:
            session.add(siti)
        try:
            return await story(sessions, siti.id)
        finally:
            await engine.dispose()

    return asyncio.run(play())


def body_of(target: int) -> PlanWrite:
    return PlanWrite.model_validate(plan(indicator(m2026_10=str(target))))


def test_of_those_who_plan_differently_at_once_one_succeeds(own_url: str) -> None:
    async def story(sessions: async_sessionmaker[AsyncSession], asn_id: UUID) -> list[object]:
        async def write(session: AsyncSession, number: int) -> object:
            return await set_plan(session, ADMIN, asn_id, 2026, body_of(number + 1), expected=None, at=MONDAY)

        return await together(sessions, write)

    found = run(own_url, story)
    refused = [one for one in found if isinstance(one, VersionRequired | VersionMismatch)]
    assert (len(found), len(refused)) == (6, 5)


def test_those_who_plan_and_report_the_same_at_once_make_one_version(own_url: str) -> None:
    async def story(sessions: async_sessionmaker[AsyncSession], asn_id: UUID) -> tuple[list[int], list[int]]:
        async def agree(session: AsyncSession, number: int) -> object:
            return await set_plan(session, ADMIN, asn_id, 2026, body_of(10), expected=None, at=MONDAY)

        async def report(session: AsyncSession, number: int) -> object:
            said = {"indicator_id": one, "period": "2026-10", "actual": "7", "evidence": "Arsip 1"}
            body = AchievementsWrite.model_validate({"items": [said]})
            return await report_achievements(session, ADMIN, body, at=MONDAY)

        planned = await together(sessions, agree)
        async with sessions.begin() as session:
            one = (await session.scalars(select(PerformanceIndicator.id))).one()
        reported = await together(sessions, report)
        assert not [fault for fault in planned + reported if isinstance(fault, BaseException)]
        async with sessions.begin() as session:
            plans = list(await session.scalars(select(PerformancePlan.version)))
            return plans, list(await session.scalars(select(PerformanceAchievement.version)))

    assert run(own_url, story) == ([1], [1])
