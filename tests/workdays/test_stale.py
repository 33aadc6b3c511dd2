"""Whoever writes a fact has the ledgers that rest on it made again, in rounds, once."""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.core.principal import Role
from app.core.stale import StaleWorkdays, mark_workdays_stale
from app.registry.models import Asn
from app.workdays import service
from app.workdays.models import WorkdayLedger
from tests.client import Api
from tests.make import MONDAY, Make
from tests.workdays.test_import import HEADER, deliver
from tests.workdays.test_ledgers import TEN, absent, items

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def people(make: Make) -> list[Asn]:
    make.opd()
    return [make.asn(name=f"Pegawai {n}") for n in range(3)]


def marks(session: AsyncSession, run: Run) -> list[tuple[Any, ...]]:
    asked = select(StaleWorkdays.asn_id, StaleWorkdays.from_year).order_by(StaleWorkdays.id)
    return [tuple(row) for row in run(session.execute(asked))]


def test_a_day_of_january_may_end_a_streak_of_the_year_before(
    people: list[Asn], session: AsyncSession, run: Run
) -> None:
    run(mark_workdays_stale(session, [people[0].id], date(2026, 1, 5)))
    run(mark_workdays_stale(session, None, date(2026, 2, 1)))
    assert marks(session, run) == [(people[0].id, 2025), (None, 2026)]


def test_absences_of_a_file_and_a_move_to_six_days_are_told(
    api: Api, people: list[Asn], session: AsyncSession, run: Run
) -> None:
    admin = api.as_(Role.ADMIN)
    file = f"nip,kode,mulai,selesai\n{people[0].nip},DL,{TEN[0]},{TEN[0]}\n".encode()
    sent = admin.post("/v1/absences/imports", files={"file": ("cuti.csv", file)}, data={"state": "confirmed"})
    assert sent.status_code == 201, sent.text
    version = admin.get(f"/v1/asn/{people[1].id}").headers["etag"]
    moved = {"work_pattern": "6", "from_date": "2026-11-09"}
    changed = admin.patch(f"/v1/asn/{people[1].id}", moved, headers={"if-match": version})
    assert changed.status_code == 200, changed.text
    assert marks(session, run) == [(people[0].id, 2026), (people[1].id, 2026)]


def test_rounds_work_off_what_concerns_everybody_and_then_rest(
    api: Api, people: list[Asn], session: AsyncSession, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ROUND", 2)
    absent(api, *people, days=TEN[:3])
    run(mark_workdays_stale(session, None, TEN[0]))
    rounds = [run(service.refresh(session, at=MONDAY)) for _ in range(3)]
    assert rounds == [True, False, False]
    assert (len(items(api)), marks(session, run)) == (3, [])


def test_ledgers_made_by_other_rules_are_made_again(
    api: Api, people: list[Asn], session: AsyncSession, run: Run
) -> None:
    absent(api, people[0], days=TEN[:3])
    [made] = items(api)
    kept = run(session.scalars(select(WorkdayLedger))).one()
    policies = api.as_(Role.ADMIN).get("/v1/policies").json()["items"][0]
    draft = policies["document"] | {"version": 2, "effective_from": "2026-01-01", "workdays": None}
    sent = api.as_(Role.ADMIN).post("/v1/policies", draft)
    assert sent.status_code == 201, sent.text
    active = api.as_(Role.ADMIN).post(f"/v1/policies/{sent.json()['id']}/activate")
    assert active.status_code == 200, active.text
    assert (made["alert"], [one["alert"] for one in items(api)]) == (3, [None])
    run(session.refresh(kept))
    assert kept.policy == sent.json()["label"]


def test_a_longer_file_takes_no_more_statements(api: Api, people: list[Asn], engine: AsyncEngine) -> None:
    def count(lines: int) -> int:
        sent: list[str] = []

        def note(*args: Any) -> None:
            sent.append(args[2])

        rows = "".join(f"{person.nip},{day},07:30,16:00,\n" for person in people[:lines] for day in TEN[:lines])
        event.listen(engine.sync_engine, "before_cursor_execute", note)
        deliver(api.as_(Role.ADMIN), f"{HEADER}\n{rows}")
        event.remove(engine.sync_engine, "before_cursor_execute", note)
        return len(sent)

    assert count(1) == count(3)
