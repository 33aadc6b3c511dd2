"""Creating once: repeated, raced, changed and forgotten keys, on a real database with real commits."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any

import pytest
from fastapi import Depends, File, Form, Response, UploadFile
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.background import loops
from app.core.db import OpenSession, make_sessions
from app.core.errors import Conflict
from app.core.fields import Body, Count, Read
from app.core.principal import Principal, Role
from app.core.settings import Settings
from app.core.stale import Stale, mark_days_stale
from app.main import create_app
from app.web.deps import Requires, Transaction
from app.web.idempotency import Once, forget_old_keys
from app.web.models import IdempotencyKey
from app.web.routing import room_router
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY
from tests.web.client import Caller, app_of

room = room_router("/v1/things", "things")
Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO))]


class ThingCreate(Body):
    size: Count
    slow: bool = False


failures: list[Conflict] = []
"""Raised by the next creations, after they have written."""


class ThingRead(Read):
    serial: int
    size: int
    password: str


async def _create(session: Transaction, size: int) -> Any:
    await mark_days_stale(session, date(2026, 11, 23), None, "DISDIK")
    serial = await session.scalar(select(func.count()).select_from(Stale))
    return {"serial": serial, "size": size, "password": f"rahasia-{serial}", "hidden": "never answered"}


@room.post("", status_code=201)
async def create_thing(
    body: ThingCreate, caller: Operator, session: Transaction, once: Once, response: Response
) -> ThingRead:
    async def create() -> Any:
        made = await _create(session, body.size)
        if body.slow:
            await asyncio.sleep(0.3)
        if failures:
            raise failures.pop()
        response.headers["location"] = f"/v1/things/{made['serial']}"
        return made

    return await once.run(create)


@room.post("/others/{size}", status_code=201)
async def create_other(size: int, caller: Operator, session: Transaction, once: Once) -> ThingRead:
    return await once.run(lambda: _create(session, size))


@room.post("/files", status_code=201)
async def create_from_file(
    kind: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    caller: Operator,
    session: Transaction,
    once: Once,
) -> ThingRead:
    async def create() -> Any:
        return await _create(session, len(await file.read()))

    return await once.run(create)


@pytest.fixture
def database(loop: asyncio.Runner, own_url: str) -> Iterator[AsyncEngine]:
    engine = create_async_engine(own_url)
    yield engine
    loop.run(engine.dispose())


@pytest.fixture
def committed(database: AsyncEngine) -> OpenSession:
    return make_sessions(database, SURROUNDINGS)


@pytest.fixture
def call(loop: asyncio.Runner, committed: OpenSession) -> Caller:
    return Caller(loop, app_of(room, sessions=committed))


def post(body: Any, key: str | None, caller: int = 1, path: str = "/v1/things") -> tuple[str, str, dict[str, Any]]:
    headers = {"authorization": f"Bearer {caller}"} | ({} if key is None else {"idempotency-key": key})
    return "POST", path, {"json": body, "headers": headers}


def send(call: Caller, *request: Any, **more: Any) -> Any:
    verb, path, options = post(*request, **more)
    return call(verb, path, **options)


def created(loop: asyncio.Runner, sessions: OpenSession) -> int:
    async def count() -> int:
        async with sessions() as session:
            return await session.scalar(select(func.count()).select_from(Stale)) or 0

    return loop.run(count())


@pytest.fixture
def things(loop: asyncio.Runner, committed: OpenSession) -> Any:
    return lambda: created(loop, committed)


def test_a_repeated_key_answers_with_what_was_created(call: Caller, things: Any) -> None:
    first = send(call, {"size": 3}, "k-1")
    again = send(call, {"size": 3}, "k-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() == {"serial": 1, "size": 3, "password": "rahasia-1"}
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"] == "/v1/things/1"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert things() == 1


def test_without_a_key_every_request_creates(call: Caller, things: Any) -> None:
    assert send(call, {"size": 3}, None).json() != send(call, {"size": 3}, None).json()
    assert things() == 2


def test_the_same_content_spelled_differently_is_the_same(call: Caller, things: Any) -> None:
    headers = {"authorization": "Bearer 1", "idempotency-key": "k", "content-type": "application/json"}
    for body in (b'{"size": 3, "slow": false}', b'{ "slow":false,"size":3}'):
        assert call("POST", "/v1/things", content=body, headers=headers).status_code == 201
    assert things() == 1


@pytest.mark.parametrize(
    "second",
    [post({"size": 4}, "k-1"), post({"size": 3}, "k-1", path="/v1/things?x=1")],
    ids=["another body", "another query"],
)
def test_the_same_key_for_something_else_is_refused(call: Caller, things: Any, second: Any) -> None:
    send(call, {"size": 3}, "k-1")
    answer = call(second[0], second[1], **second[2])
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert things() == 1


def test_another_path_of_the_same_route_is_something_else(call: Caller, things: Any) -> None:
    assert send(call, None, "k", path="/v1/things/others/1").json()["size"] == 1
    assert send(call, None, "k", path="/v1/things/others/1").json()["size"] == 1
    assert send(call, None, "k", path="/v1/things/others/2").status_code == 422
    assert things() == 1


def test_keys_belong_to_a_principal_and_a_route(call: Caller, things: Any) -> None:
    assert send(call, {"size": 3}, "k").json()["serial"] == 1
    assert send(call, {"size": 3}, "k", caller=2).json()["serial"] == 2
    assert send(call, None, "k", path="/v1/things/others/3").json()["serial"] == 3
    assert things() == 3


def test_five_at_once_create_one(call: Caller, things: Any) -> None:
    answers = call.together([post({"size": 3, "slow": True}, "k")] * 5 + [post({"size": 3}, None)])
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.content for answer in answers[:5]}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 4
    assert things() == 2


def test_a_refused_creation_leaves_its_key_free(call: Caller, things: Any) -> None:
    failures.append(Conflict())
    assert send(call, {"size": 3}, "k").status_code == 409
    assert things() == 0
    assert send(call, {"size": 3}, "k").status_code == 201
    assert things() == 1


def test_who_waits_for_a_creation_that_fails_creates_instead(call: Caller, things: Any) -> None:
    failures.append(Conflict())
    answers = call.together([post({"size": 3, "slow": True}, "k")] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409]
    assert things() == 1


def test_a_file_sent_again_under_another_boundary_is_the_same(call: Caller, things: Any) -> None:
    def upload(content: bytes, kind: str = "asn") -> Any:
        headers = {"authorization": "Bearer 1", "idempotency-key": "k"}
        files = {"file": ("asn.csv", content)}
        return call("POST", "/v1/things/files", data={"kind": kind}, files=files, headers=headers)

    assert upload(b"nip;name").json() == upload(b"nip;name").json() == {"serial": 1, "size": 8, "password": "rahasia-1"}
    assert upload(b"nip;nama").status_code == 422
    assert upload(b"nip;name", "opd").status_code == 422
    assert things() == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(call: Caller, things: Any, key: str) -> None:
    headers = {"authorization": b"Bearer 1", "idempotency-key": key.encode("latin-1")}
    answer = call("POST", "/v1/things", json={"size": 3}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header/idempotency-key"
    assert things() == 0


def test_after_a_day_a_key_is_new(call: Caller, things: Any) -> None:
    send(call, {"size": 3}, "k")
    call.app.state.clock = lambda: MONDAY + timedelta(hours=23, minutes=59)
    assert send(call, {"size": 3}, "k").json()["serial"] == 1
    call.app.state.clock = lambda: MONDAY + timedelta(hours=24)
    assert send(call, {"size": 4}, "k").json()["serial"] == 2
    assert send(call, {"size": 4}, "k").json()["serial"] == 2
    assert things() == 2


def test_old_keys_are_forgotten(loop: asyncio.Runner, call: Caller, committed: OpenSession) -> None:
    send(call, {"size": 3}, "old")
    call.app.state.clock = lambda: MONDAY + timedelta(hours=1)
    send(call, {"size": 3}, "young")

    async def forget() -> tuple[int, int]:
        async with committed.begin() as session:
            gone = await forget_old_keys(session, at=MONDAY + timedelta(hours=24, minutes=1))
            return gone, await session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0

    assert loop.run(forget()) == (1, 1)


def test_the_service_forgets_them_by_itself(loop: asyncio.Runner, call: Caller, committed: OpenSession) -> None:
    send(call, {"size": 3}, "old")
    service = create_app(Settings())
    service.state.sessions = committed
    service.state.clock = lambda: MONDAY + timedelta(days=1)
    (forget,) = [one for one in loops(service) if one.name == "idempotency keys"]

    async def once() -> bool:
        return await forget.work()

    assert loop.run(once()) is False
    send(call, {"size": 4}, "old")
    assert created(loop, committed) == 2


def test_a_stored_answer_shows_no_password_and_no_key(
    loop: asyncio.Runner, call: Caller, committed: OpenSession
) -> None:
    send(call, {"size": 3}, "k-1")

    async def row() -> str:
        async with committed() as session:
            found = (await session.execute(select(IdempotencyKey))).scalar_one()
            return repr(vars(found))

    stored = loop.run(row())
    assert "rahasia" not in stored
    assert "k-1" not in stored


def test_a_route_documents_its_key(call: Caller) -> None:
    parameters = call.app.openapi()["paths"]["/v1/things"]["post"]["parameters"]
    assert [(one["name"], one["in"], one["required"]) for one in parameters] == [("idempotency-key", "header", False)]
