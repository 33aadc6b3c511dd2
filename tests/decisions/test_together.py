"""What is done about one person at once, over connections of their own, is done once."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.core.principal import Role
from app.core.settings import Settings
from app.decisions.models import Case, CaseEvent, Decision, Recommendation
from tests.client import serve
from tests.conftest import SURROUNDINGS
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.decisions.story import EXAMINED, SIGNED, SUMMONS, Told
from tests.make import Make

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def crowd(loop: asyncio.Runner, own_url: str, settings: Settings) -> Iterator[tuple[Told, Make]]:
    """Budi missed five days; whoever acts has a connection of their own."""
    engine = create_async_engine(own_url, pool_size=10)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    session = sessions()
    make = Make(session, loop.run)
    make.opd("DISDIK")
    budi = make.asn("DISDIK", "Budi")
    loop.run(keep_ledger(session, budi, SOME_DAYS))
    with serve(loop, sessions, settings, NOW) as api:
        yield Told(api.as_(Role.ADMIN), budi), make
    loop.run(session.close())
    loop.run(engine.dispose())


def test_one_violation_leads_to_one_case_and_one_decision_however_many_act_at_once(crowd: tuple[Told, Make]) -> None:
    told, make = crowd
    asked = ("POST", "/v1/recommendations", {"from": {"kind": "workdays", "id": str(told.person.id)}})
    made = told.admin.together(*[asked] * 4)
    assert {(answer.status_code, answer.json()["id"]) for answer in made} == {(201, made[0].json()["id"])}
    path = f"/v1/recommendations/{made[0].json()['id']}/decide"
    opened = told.admin.together(*[("POST", path, {"outcome": "open_case", "on": "2026-10-19"})] * 4)
    assert {(answer.status_code, answer.json()["case_id"]) for answer in opened} == {(200, opened[0].json()["case_id"])}
    events = f"/v1/cases/{opened[0].json()['case_id']}/events"
    told.admin.together(*[("POST", events, SUMMONS)] * 3)
    missed = {"kind": "absent_1", "on": "2026-10-22"}
    answers = told.admin.together(("POST", events, EXAMINED), ("POST", events, missed))
    assert sorted(answer.status_code for answer in answers) == [200, 409], "he came or he did not"
    if answers[0].status_code == 409:
        back = {"kind": "taken_back", "on": "2026-10-22", "reason": "salah catat"}
        assert told.admin.post(events, back).status_code == 200
        assert told.admin.post(events, EXAMINED).status_code == 200
    body = {"kind": "decided", "on": "2026-10-26", "variant": "tukin"} | SIGNED
    heavy = body | {"code": "R2", "days": [str(day) for day in SOME_DAYS]}
    light = body | {"code": "R1", "days": [str(day) for day in SOME_DAYS[:3]]}
    answers = told.admin.together(*[("POST", events, heavy), ("POST", events, light)] * 2)
    assert {answer.status_code for answer in answers} == {200, 409}
    kept = [make._run(make.session.scalar(select(func.count()).select_from(model))) for model in (Recommendation, Case)]
    kept.append(make._run(make.session.scalar(select(func.count()).select_from(Decision))))
    assert kept == [1, 1, 1]
    kinds = make._run(make.session.scalars(select(CaseEvent.kind).order_by(CaseEvent.number))).all()
    assert (kinds.count("summons_1"), kinds.count("decided")) == (1, 1)
