"""Concluding while others write, over connections of their own: nothing that was said is overlooked."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from pydantic_core import to_json
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.apel.service import open_apel, record_occurrence
from app.attendance.models import Mark
from app.attendance.service import conclude, conclude_due
from app.core.db import OpenSession, lock_key
from app.core.principal import Grant, Principal, Role
from app.core.settings import Settings
from app.duty.schemas import AbsenceCreate
from app.duty.service import create_absence
from app.evidence.rules import SightingKind, SightingSeen
from app.evidence.service import record_sightings
from app.registry.models import Asn
from app.reports.schemas import ReportWrite
from app.reports.service import submit_report
from tests.client import serve
from tests.conftest import SURROUNDINGS
from tests.make import DAY, MONDAY, NOBODY, Make
from tests.monday import DUE, NUMBER, claim, naming

Run = Callable[[Coroutine[Any, Any, Any]], Any]
STAFF = Principal(NOBODY, "uji", (Grant(Role.ADMIN), Grant(Role.KOMINFO)))
MINUTE = timedelta(minutes=1)
OPDS = ("DISDIK", "DINKES", "PUPR", "BKPP")
PEOPLE = 4


@dataclass
class Crowd:
    """Four OPDs with four people each, and a database of this test's own."""

    sessions: OpenSession
    apel_id: Any
    people: dict[str, list[Asn]]

    async def do(self, write: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any, **more: Any) -> None:
        async with self.sessions.begin() as session:
            await write(session, *arguments, **more)

    async def run(self, minutes: int, *, ended: bool = False) -> None:
        told = {"ended_at" if ended else "started_at": MONDAY + minutes * MINUTE}
        await self.do(record_occurrence, "run", NUMBER, **told, seen_at=MONDAY + minutes * MINUTE)

    async def see(self, code: str, number: int, kind: SightingKind, minutes: int) -> None:
        who = self.people[code][number]
        name = f"[{code}] {who.nip[-4:]} {who.name}"
        seen = SightingSeen("run", str(who.id), kind, MONDAY + minutes * MINUTE, display_name=name)
        await self.do(record_sightings, [seen])

    async def report(self, code: str, absent: int) -> None:
        named = [(who, "TK", None) for who in self.people[code][:absent]]
        body = naming(claim(PEOPLE, PEOPLE - absent, unexplained=absent), *named)
        told = body | {"channel": "phone", "caller": "Sekretaris"}
        await self.do(
            submit_report, STAFF, self.apel_id, code, ReportWrite.model_validate_json(to_json(told)), at=MONDAY
        )

    async def excuse(self, code: str, number: int) -> None:
        who = self.people[code][number]
        leave = {"asn_id": who.id, "code": "CT", "from": DAY, "to": DAY, "state": "confirmed"}
        await self.do(create_absence, STAFF, AbsenceCreate.model_validate(leave), at=MONDAY)

    async def conclude(self) -> None:
        await self.do(conclude, self.apel_id, at=DUE)

    async def marks(self) -> list[Any]:
        async with self.sessions() as session:
            asked = select(Mark.asn_id, Mark.status, Mark.mode, Mark.seconds, Mark.reason).order_by(Mark.asn_id)
            return [tuple(row) for row in await session.execute(asked)]

    async def anew(self) -> list[Any]:
        async with self.sessions.begin() as session:
            for table in ("mark", "finding", "tally", "participant", "conclusion", "stale"):
                await session.execute(text(f"DELETE FROM {table}"))
        await self.conclude()
        return await self.marks()


@pytest.fixture
def crowd(loop: asyncio.Runner, own_url: str) -> Iterator[Crowd]:
    engine = create_async_engine(own_url, pool_size=12)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    session = sessions()
    make = Make(session, loop.run)
    for code in OPDS:
        make.opd(code)
    people = {code: [make.asn(code, f"{name} {code.title()}") for name in ("Ani", "Budi", "Citra", "Dedi")]
              for code in OPDS}  # fmt: skip
    built = Crowd(sessions, make.apel(zoom_meeting_ids=[NUMBER]).id, people)
    loop.run(session.close())
    loop.run(built.do(open_apel, STAFF, built.apel_id, at=MONDAY))
    yield built
    loop.run(engine.dispose())


def test_what_is_recorded_while_somebody_waits_to_conclude_is_concluded(crowd: Crowd, run: Run) -> None:
    """The apel as it was read before the wait is not the apel whose facts are taken after it."""

    async def race() -> tuple[list[Any], list[Any]]:
        await crowd.run(0)
        await crowd.run(30, ended=True)
        await crowd.report("DISDIK", 0)
        await crowd.see("DINKES", 0, SightingKind.JOINED, 0)
        async with crowd.sessions.begin() as session:
            await session.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("conclude", crowd.apel_id)}
            )
            waiting = asyncio.create_task(crowd.conclude())
            await asyncio.sleep(0.3)
            await crowd.run(50, ended=True)
        await waiting
        return await crowd.marks(), await crowd.anew()

    found, anew = run(race())
    assert found == anew
    assert max(seconds for _, _, _, seconds, _ in found) == 50 * 60


def test_a_crowd_that_writes_while_several_conclude_leaves_nothing_stale(crowd: Crowd, run: Run) -> None:
    async def conclude_often(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await crowd.conclude()
            await asyncio.sleep(0)

    async def rounds(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await conclude_due(crowd.sessions, lambda: DUE)
            await asyncio.sleep(0)

    async def write_all(draw: Random) -> None:
        facts: list[Coroutine[Any, Any, None]] = [crowd.run(0), crowd.run(30, ended=True)]
        for code in OPDS:
            facts += [crowd.report(code, 2), crowd.excuse(code, 0)]
            facts += [crowd.see(code, number, SightingKind.JOINED, number) for number in range(PEOPLE)]
            facts += [crowd.see(code, number, SightingKind.LEFT, 10 + number) for number in range(PEOPLE)]
        draw.shuffle(facts)
        tasks = []
        for fact in facts:
            tasks.append(asyncio.create_task(fact))
            await asyncio.sleep(draw.random() / 100)
        await asyncio.gather(*tasks)

    async def race() -> tuple[list[Any], list[Any]]:
        stop = asyncio.Event()
        await crowd.run(1)
        busy = [asyncio.create_task(conclude_often(stop)) for _ in range(2)] + [asyncio.create_task(rounds(stop))]
        await write_all(Random(7))
        stop.set()
        await asyncio.gather(*busy)
        await crowd.conclude()
        return await crowd.marks(), await crowd.anew()

    found, anew = run(race())
    assert found == anew
    assert {status for _, status, *_ in found} == {"CT", "H", None}


def test_an_assignment_waits_for_a_conclusion_before_it_takes_what_that_needs(
    crowd: Crowd, run: Run, loop: asyncio.Runner, settings: Settings
) -> None:
    """Else each would wait for the other until the database ends one of them."""
    run(crowd.run(0))
    stranger = SightingSeen("run", "tamu", SightingKind.JOINED, MONDAY + MINUTE, display_name="Tamu")
    run(crowd.do(record_sightings, [stranger]))
    run(crowd.conclude())
    with serve(loop, crowd.sessions, settings, DUE) as api:
        kominfo, path = api.as_(Role.KOMINFO), f"/v1/apel/{crowd.apel_id}/participants"
        [unknown] = kominfo.get(f"{path}?matched=false").json()["items"]

        async def meet() -> tuple[bool | None, int]:
            async with crowd.sessions.begin() as concluding:
                await concluding.scalar(select(func.pg_advisory_xact_lock(lock_key("conclude", crowd.apel_id))))
                body = {"operator": True, "remember": False}
                assigning = asyncio.create_task(kominfo.ask("POST", f"{path}/{unknown['id']}/assign", json=body))
                await asyncio.sleep(0.3)
                settling = func.pg_try_advisory_xact_lock(lock_key("settle", crowd.apel_id))
                free = await concluding.scalar(select(settling))
            return free, (await assigning).status_code

        assert run(meet()) == (True, 200)


def test_two_who_take_the_same_assignment_back_during_a_conclusion_end_it_once(
    crowd: Crowd, run: Run, loop: asyncio.Runner, settings: Settings
) -> None:
    """Both wait for the conclusion before they take what it needs, then one after the other, and tell the same."""
    run(crowd.run(0))
    stranger = SightingSeen("run", "tamu", SightingKind.JOINED, MONDAY + MINUTE, display_name="HP Ani Disdik")
    run(crowd.do(record_sightings, [stranger]))
    run(crowd.conclude())
    with serve(loop, crowd.sessions, settings, DUE) as api:
        first, second, path = api.as_(Role.KOMINFO), api.as_(Role.ADMIN), f"/v1/apel/{crowd.apel_id}/participants"
        [unknown] = first.get(f"{path}?matched=false").json()["items"]
        wrong = {"asn_id": str(crowd.people["DISDIK"][0].id), "remember": True}
        before = run(crowd.marks())
        assert first.post(f"{path}/{unknown['id']}/assign", wrong).status_code == 200
        assert run(crowd.marks()) != before

        async def meet() -> tuple[bool | None, list[Any]]:
            async with crowd.sessions.begin() as concluding:
                await concluding.scalar(select(func.pg_advisory_xact_lock(lock_key("conclude", crowd.apel_id))))
                asked = [asyncio.create_task(who.ask("POST", f"{path}/{unknown['id']}/unassign"))
                         for who in (first, second)]  # fmt: skip
                await asyncio.sleep(0.3)
                settling = func.pg_try_advisory_xact_lock(lock_key("settle", crowd.apel_id))
                free = await concluding.scalar(select(settling))
            return free, [await one for one in asked]

        free, answers = run(meet())
        assert (free, [answer.status_code for answer in answers]) == (True, [200, 200])
        told = [answer.json() for answer in answers]
        assert told[0]["taken_back"] == told[1]["taken_back"]
        assert sorted(len(one["items"]) for one in told) == [0, 1]
        assert len({one["revoked"]["by"] for one in told[0]["taken_back"]}) == 1
        assert run(crowd.marks()) == before
        assert run(crowd.anew()) == before
