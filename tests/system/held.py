"""Apels held on a real database while our own Zoom plays Zoom: webhooks come when they come, the report is pulled by
the service's own job, and the clock is moved by hand."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType
from uuid import UUID

import httpx
import stamina
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from app.apel.models import Apel
from app.apel.roster import Entry
from app.attendance.service import conclude
from app.background import handlers
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import act_as, make_sessions
from app.core.ids import new_id
from app.core.jobs import Job, JobState, take_turn
from app.core.settings import Settings
from app.demo.zoom_twin.account import Account
from app.demo.zoom_twin.api import make_zoom
from app.demo.zoom_twin.cast import Person, Who
from app.demo.zoom_twin.deliveries import Down, arrivals, tell
from app.demo.zoom_twin.drawing import draw_story
from app.demo.zoom_twin.faults import Faults
from app.demo.zoom_twin.story import Plan, Story
from app.main import create_app
from app.registry.models import Asn, Assignment, Opd
from app.zoom.client import Zoom
from app.zoom.inbox import keep_events, process_pending
from app.zoom.line import Line
from app.zoom.pulling import KIND
from app.zoom.quota import Quota
from app.zoom.tokens import Credentials
from app.zoom.wanting import plan_pulls
from app.zoom.watching import watch_zoom
from tests.conftest import SURROUNDINGS
from tests.demo.twin import NUMBER, cast_of, invent_people, office_account
from tests.make import MONDAY, NOBODY, ZONE

WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
LOOK = 10 * MINUTE
"""How often somebody asks while the meeting runs."""
COMERS = 0.5
"""Share of the people who take part on a device of their own."""
FROM = date(2020, 1, 1)
SECRET = "a-webhook-secret-of-the-twin"
NEXT_DAY = timedelta(hours=40)
"""After the start: the pull has given up by then what it could not read."""


@dataclass
class Held:
    """One apel, and the truth about it."""

    id: UUID
    number: int
    story: Story
    waiting: list[tuple[datetime, bytes]]
    """Deliveries that have not arrived yet, in order."""
    comers: Sequence[Person]


class Regency:
    """Offices and people in a database of their own."""

    def __init__(self, url: str, data_dir: Path, faults: Faults, *, units: int = 60, each: int = 10) -> None:
        self.now = MONDAY
        self.faults = faults
        self.people = invent_people(units, each)
        self.cast = cast_of(self.people)
        self.account = Account(lambda: self.now, faults)
        self._engine = create_async_engine(url)
        self.sessions = make_sessions(self._engine, SURROUNDINGS)
        self.app = create_app(
            Settings(data_dir=data_dir, zoom_webhook_secrets=(SecretStr(SECRET),), zoom_seats=faults.line.seats)
        )
        self.app.state.sessions, self.app.state.clock = self.sessions, lambda: self.now

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Regency"]:
        """Registered, and connected with Zoom; retries do not wait, since the clock does not move by itself."""
        with stamina.set_testing(True, attempts=4):
            async with self._connect() as self.app.state.zoom:
                await self._register()
                yield self
        await self._engine.dispose()

    def _connect(self) -> Zoom:
        known = Credentials(self.account.account_id, self.account.client_id, SecretStr(self.account.client_secret))
        line = Line(
            known,
            api_url="http://zoom.test/v2",
            token_url="http://zoom.test/oauth/token",
            transport=httpx.ASGITransport(app=make_zoom(self.account)),
            quota=Quota(sleep=lambda _: asyncio.sleep(0)),
            clock=lambda: self.now,
        )
        return Zoom(line)

    async def _register(self) -> None:
        opds = [
            {
                "code": code,
                "name": f"Dinas {code}",
                "short_name": code,
                "type": "dinas",
                "protocol_order": order,
                "reports": "yes",
                "connectivity": "good",
                "zoom_email": office_account(code),
                "from_date": FROM,
                "version": 1,
            }
            for order, code in enumerate(self.cast.offices)
        ]
        async with self.sessions.begin() as session:
            await upsert_rows(session, Opd, opds)
            await upsert_rows(session, Asn, [_asn(person) for person in self.people])
            await upsert_rows(session, Assignment, [_assignment(person) for person in self.people])

    async def plan(self, number: int, down: Down = ()) -> Held:
        """The apel of this Monday, and what Zoom will tell of it."""
        return self.expect(await self.schedule(number), number, down=down)

    async def schedule(self, number: int, meeting_ids: Sequence[str] = (NUMBER,)) -> Apel:
        starts = MONDAY + number * WEEK
        apel = Apel(
            kind="apel_gabungan",
            title="Apel Gabungan",
            on_date=civil_date(starts, ZONE),
            starts_at=starts,
            ends_at=starts + 30 * MINUTE,
            report_deadline=starts + 60 * MINUTE,
            zoom_meeting_ids=list(meeting_ids),
            rehearsal=False,
            created_by=NOBODY,
            created_at=starts - WEEK,
        )
        async with self.sessions.begin() as session:
            session.add(apel)
        self.now = starts - 60 * MINUTE
        return apel

    def comers(self, number: int) -> list[Person]:
        """Who tries to take part alone."""
        people = self.cast.people
        return Random(number).sample(people, int(len(people) * COMERS))

    def expect(
        self,
        apel: Apel,
        number: int,
        *,
        down: Down = (),
        meeting_id: str = NUMBER,
        links: Mapping[Who, str] = MappingProxyType({}),
    ) -> Held:
        """What will happen, and what Zoom will tell of it."""
        plan = Plan(meeting_id, apel.title, apel.starts_at, apel.ends_at)
        comers = self.comers(number)
        story = draw_story(self.cast, plan, comers, self.faults, number, links=links)
        self.account.hold(story)
        return Held(apel.id, number, story, arrivals(tell(story, self.faults, number), down), comers)

    async def pass_to(self, held: Held, at: datetime) -> None:
        """Time goes on: what arrives until then is stored and understood, in the order in which it arrives."""
        came = 0
        while came < len(held.waiting) and held.waiting[came][0] <= at:
            came += 1
        batch, held.waiting = held.waiting[:came], held.waiting[came:]
        self.now = max(self.now, at)
        if batch:
            async with self.sessions.begin() as session:
                await act_as(session)
                await keep_events(session, [body for _, body in batch], "webhook", at=at)
            while await process_pending(self.sessions, self.app.state.clock):
                pass

    async def hold(self, held: Held) -> None:
        """From before the meeting until its report was read or given up; somebody looks now and then."""
        plan = held.story.plan
        while self.now < held.story.held[1]:
            await self.pass_to(held, self.now + LOOK)
        await self.look(held)
        while self.now < plan.starts_at + NEXT_DAY:
            await plan_pulls(self.sessions, self.app.state.clock)
            job = await self.job(held)
            if job is not None and job.state != JobState.WAITING:
                break
            await self.pass_to(held, self.now + LOOK if job is None else job.due_at)
            await self.turn()
        await self.pass_to(held, plan.starts_at + NEXT_DAY)
        await self.look(held)

    async def turn(self, most: int = 1000) -> None:
        """Jobs take their turns until none is due."""
        jobs = handlers(self.app)
        for _ in range(most):
            if not await take_turn(self.sessions, self.app.state.clock, jobs):
                return

    async def job(self, held: Held) -> Job | None:
        async with self.sessions() as session:
            return await session.scalar(select(Job).where(Job.kind == KIND, Job.key == str(held.id)))

    async def watch(self) -> None:
        """The loop that watches over Zoom has its turn."""
        state = self.app.state
        await watch_zoom(self.sessions, state.clock, state.settings, state.door, listening=True)

    async def look(self, held: Held) -> None:
        """Somebody asks for the attendance as it is now."""
        await self.watch()
        async with self.sessions.begin() as session:
            await act_as(session)
            await conclude(session, held.id, at=self.now)


def _asn(person: Entry) -> dict[str, object]:
    about = {"id": person.asn_id, "nip": person.nip, "name": person.name, "folded_name": person.folded_name}
    return about | {"employment_type": "PNS", "email": person.email, "version": 1}


def _assignment(person: Entry) -> dict[str, object]:
    about = {"id": new_id(), "asn_id": person.asn_id, "opd_code": person.opd_code, "from_date": FROM}
    return about | {"position": "Pelaksana", "work_pattern": "5", "apel_duty": True}
