"""An invented regency of any size, with accounts, past apels and one of today."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.service import create_accounts
from app.apel.models import Apel
from app.attendance.models import Tally
from app.core.bulk import Row, upsert_rows
from app.core.db import Surroundings, make_sessions
from app.core.fields import fold
from app.core.ids import new_id
from app.core.keys import load_audit_key
from app.core.principal import Role
from app.core.settings import Settings
from app.demo.names import MEN, SURNAMES, WOMEN
from app.registry.models import Asn, Assignment, Headship, Opd
from benchmarks.caller import Caller
from benchmarks.place import Place, noon_zone, serving

PASSWORD = "kuda-laut-membaca-peta"
NUMBER = "86084701483"
FROM = date(2020, 1, 1)
WEEKS = 8
"""Past apels that the board's trend shows."""


@dataclass(frozen=True)
class Person:
    id: UUID
    nip: str
    name: str
    unit: str

    @property
    def join_name(self) -> str:
        return f"[{self.unit}] {self.nip[-4:]} {self.name}"


@dataclass(frozen=True)
class Regency:
    url: str
    zone: str
    data_dir: Path
    units: dict[str, list[Person]]

    @property
    def people(self) -> list[Person]:
        return [person for people in self.units.values() for person in people]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Caller]:
        async with serving(self.url, self.data_dir, self.zone) as caller:
            yield caller


async def found(place: Place, name: str, sizes: Sequence[int]) -> Regency:
    """A regency whose reporting units have these numbers of people, with an operator each and a kominfo account."""
    draw = Random(name)
    units = {f"U{number:02d}": _people(draw, number, sizes) for number in range(len(sizes))}
    regency = Regency(await place.database(name), noon_zone(), place.data_dir, units)
    engine = create_async_engine(regency.url)
    zone = ZoneInfo(regency.zone)
    sessions = make_sessions(engine, Surroundings(zone, load_audit_key(Settings(data_dir=place.data_dir))))
    async with sessions.begin() as session:
        await _register(session, regency)
        await _remember(session, regency, datetime.now(zone).date())
        await create_accounts(session, _accounts(regency), at=datetime.now(UTC))
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))
    await engine.dispose()
    return regency


def _people(draw: Random, unit: int, sizes: Sequence[int]) -> list[Person]:
    first = sum(sizes[:unit])
    return [_person(draw, f"U{unit:02d}", number) for number in range(first, first + sizes[unit])]


def _person(draw: Random, unit: str, number: int) -> Person:
    born = date(1970, 1, 1) + timedelta(days=number // 1000)
    name = f"{draw.choice(MEN + WOMEN)} {draw.choice(SURNAMES)}"
    return Person(new_id(), f"{born:%Y%m%d}2010011{number % 1000:03d}", name, unit)


async def _register(session: AsyncSession, regency: Regency) -> None:
    await upsert_rows(session, Opd, [_opd(number, code) for number, code in enumerate(regency.units)])
    people = regency.people
    common: Row = {"employment_type": "PNS", "version": 1}
    await upsert_rows(session, Asn, [
        {"id": one.id, "nip": one.nip, "name": one.name, "folded_name": fold(one.name), **common} for one in people
    ])  # fmt: skip
    common = {"position": "Pelaksana", "work_pattern": "5", "apel_duty": True, "from_date": FROM}
    await upsert_rows(session, Assignment, [
        {"id": new_id(), "asn_id": one.id, "opd_code": one.unit, **common} for one in people
    ])  # fmt: skip
    await upsert_rows(session, Headship, [
        {"id": new_id(), "opd_code": code, "asn_id": people[0].id, "title": "definitif", "from_date": FROM}
        for code, people in regency.units.items()
    ])  # fmt: skip


def _opd(number: int, code: str) -> Row:
    names = {"code": code, "name": f"Dinas Nomor {number}", "short_name": f"Dinas {number}", "type": "dinas"}
    rest = {"protocol_order": number, "reports": "yes", "connectivity": "good", "from_date": FROM, "version": 1}
    return names | rest


async def _remember(session: AsyncSession, regency: Regency, today: date) -> None:
    """The last weeks as they were concluded."""
    for week in range(1, WEEKS + 1):
        starts = datetime.combine(today - timedelta(weeks=week), datetime.min.time(), UTC) + timedelta(hours=8)
        apel: Row = {
            "id": new_id(), "kind": "apel_gabungan", "title": "Apel", "on_date": starts.date(), "starts_at": starts,
            "ends_at": starts + timedelta(minutes=30), "report_deadline": starts + timedelta(hours=1),
            "zoom_meeting_ids": [], "rehearsal": False, "created_by": UUID(int=1), "created_at": starts, "version": 1,
        }  # fmt: skip
        await upsert_rows(session, Apel, [apel])
        await upsert_rows(session, Tally, [_tally(apel["id"], code, len(p)) for code, p in regency.units.items()])


def _tally(apel_id: UUID, code: str, strength: int) -> Row:
    return {
        "apel_id": apel_id, "opd_code": code, "strength": strength, "present_wfo": strength, "present_wfa": 0,
        "excused": {}, "unexplained": 0, "not_required": {}, "not_reported": 0, "disputed": 0, "pending": False,
        "report_state": "submitted", "versions": [], "counts_only": False, "room_seconds": 0,
        "connection": {"state": "never", "since": None, "gaps": 0}, "revision": 1,
    }  # fmt: skip


def _accounts(regency: Regency) -> list[NewAccount]:
    operators = [
        NewAccount(code.lower(), (DatedGrant(Role.OPD_OPERATOR, code, FROM),), password=PASSWORD)
        for code in regency.units
    ]
    return [*operators, NewAccount("kominfo", (DatedGrant(Role.KOMINFO, None, FROM),), password=PASSWORD)]


async def schedule(caller: Caller, token: str, *, begins_in: timedelta, deadline: timedelta) -> dict[str, Any]:
    """An apel of today on the meeting number, and its reports due so long after now."""
    now = datetime.now(UTC)
    body = {
        "kind": "apel_gabungan",
        "title": "Apel Gabungan",
        "starts_at": (now + begins_in).isoformat(timespec="seconds"),
        "ends_at": (now + begins_in + timedelta(minutes=30)).isoformat(timespec="seconds"),
        "report_deadline": (now + deadline).isoformat(timespec="seconds"),
        "zoom_meeting_ids": [NUMBER],
    }
    made: dict[str, Any] = (await caller.expect("POST", "/v1/apel", token=token, body=body)).json()
    return made


def report(people: Sequence[Person], draw: Random) -> dict[str, Any]:
    """Everybody named: most in the office, a tenth elsewhere, a few excused."""
    entries: list[dict[str, str]] = []
    for person in people:
        chance = draw.random()
        said = {"status": "DL"} if chance < 0.05 else {"status": "H", "mode": "wfa" if chance < 0.15 else "wfo"}
        entries.append({"asn_id": str(person.id), **said})
    away = sum(entry["status"] == "DL" for entry in entries)
    wfa = sum(entry.get("mode") == "wfa" for entry in entries)
    return {
        "strength": len(entries), "present": {"wfo": len(entries) - away - wfa, "wfa": wfa},
        "excused": {"DL": away} if away else {}, "unexplained": 0, "entries_are": "all", "entries": entries,
    }  # fmt: skip
