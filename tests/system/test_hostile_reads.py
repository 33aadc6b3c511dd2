"""Whatever stands in the address or the query of a read: an answer or a problem, never a crash or an echo."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.system.endpoints import GETS, Endpoint
from tests.system.test_hostile import HEADERS, IDS, MAX, NIL, assert_refused_as
from tests.system.world import OVER, World
from tests.web.hostile import MARK


def cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


KEYS: list[Any] = [[], [1], ["x"], [""], ["x", "y"], ["", ""], [1, "x"], ["x", 1], [True], [None], [1.5], {"a": 1}]
KEYS += ["x", [[]], [9**40], ["\0"], ["\0", "\0"], ["\ud800", "x"], ["x"] * 50, [NIL], ["x", NIL]]
KEYS += [["2026-13-01", NIL], ["0001-01-01T00:00:00+14:00", NIL], ["9999-12-31T23:59:59-14:00", NIL]]
CURSORS = [
    *map(cursor, KEYS),
    *(cursor([day, NIL]) for day in ("2026-11-23", "infinity", "-infinity", "2026-11-23T00:00:00", "now")),
    *(cursor([day, "x"]) for day in ("2026-11-23", "DISDIK", "2026-11-23T00:00:00+00:00")),
    cursor(["DISDIK", "a" * 36]),
    cursor([2**31 - 1, "x"]),
    cursor([-(2**31), ""]),
    "[" * 300,
    base64.urlsafe_b64encode(b"[" * 280).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    "=",
    "a",
]
VALUES = ["", " ", "\0", "9" * 30, "9" * 18, "-1", "0", "201", "1e3", "1.0", "true", "null", "a" * 10_000, "’", MARK]
VALUES += ["2026-02-30", "0001-01-01", "9999-12-31", "2100-12-31", "2026-11-23T07:30:00", "2026-11-23T07:30:00+99:99"]
VALUES += [NIL, MAX, "\u202e", "%", "_", "\\", "'; DROP TABLE asn; --", "H", "S", "ZZZZ", "admin", "a.b", "f" * 64]
RAW = ["%FF", "%ED%A0%80", "%C0%80", "%", "%zz", "+"]


class Question:
    """One endpoint that reads, asked by whoever may ask most, after the apel is over."""

    def __init__(self, world: World, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        known = {"apel_id": world.apel.id, "opd_code": "DINKES", "asn_id": world.rahma.id, "day": "2026-12-25"}
        nobodys = {name: NIL for name in endpoint.path_names if name.endswith("_id")}
        self.path = nobodys | known | {"absence_id": world.absence.id, "kind": "sk", "name": "saya.js"}
        self.path |= {"year": 2026, "period": "2026-11", "code": "AAAABBBBCCCCDDDD"}
        self.api = asker(world, endpoint)

    def ask(self, query: str = "", headers: Any = None, **path: Any) -> Any:
        return self.api.get(self.endpoint.path.format(**self.path | path) + query, headers=headers)


def asker(world: World, endpoint: Endpoint) -> Api:
    if endpoint.roles is None:
        return world.api.at(OVER)
    return world.as_(min(endpoint.roles, key=lambda role: (role is not Role.ADMIN, role)), at=OVER)


@pytest.fixture(params=sorted(GETS))
def question(request: pytest.FixtureRequest, monday: World) -> Iterator[Question]:
    with monday.undone():
        yield Question(monday, GETS[request.param])


def test_hostile_queries_are_answered_or_refused(question: Question) -> None:
    for turn, name in enumerate(question.endpoint.query_names):
        for value in CURSORS if name == "cursor" else VALUES[turn % 3 :: 3]:
            assert_refused_as(f"{name}={value[:60]}", question.ask(f"?{name}={quote(value)}"), must=False)
        for raw in RAW:
            assert_refused_as(f"{name}={raw}", question.ask(f"?{name}={raw}"), must=False)
        assert_refused_as(f"{name} twice", question.ask(f"?{name}=1&{name}={MARK}"), must=False)


def test_hostile_addresses_are_refused(question: Question) -> None:
    for name in question.endpoint.path_names:
        for value in [*IDS, NIL, MAX]:
            assert_refused_as(f"{name}={value[:40]}", question.ask(**{name: value}), must=True)


def test_hostile_headers_do_no_harm(question: Question) -> None:
    number = sorted(GETS).index(question.endpoint.name)
    for name, value in HEADERS[number % 4 :: 4]:
        assert_refused_as(name, question.ask(headers={name: value}), must=False)
    for tag in (b"*", b'W/"1"', b"\xff", b'"' + b"9" * 9000, b'""'):
        answer = question.ask(headers={"if-none-match": tag})
        if answer.status_code != 304:
            assert_refused_as(repr(tag[:20]), answer, must=False)


def test_a_limit_of_a_list_is_kept(question: Question) -> None:
    if "limit" in question.endpoint.query_names:
        for limit in ("0", "-1", "201", "1e3", "true", "", "9" * 30):
            assert_refused_as(limit, question.ask(f"?limit={limit}"), must=True)
        nobodys = NIL in (str(question.path[name]) for name in question.endpoint.path_names)
        assert question.ask("?limit=200").status_code == (404 if nobodys else 200)
