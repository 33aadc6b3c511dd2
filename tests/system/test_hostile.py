"""Whatever a broken or hostile client sends to an endpoint that writes: a problem, and nothing changed."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.system.endpoints import WRITES
from tests.system.example import Example
from tests.system.examples import EXAMPLES
from tests.system.world import World
from tests.web.hostile import HOSTILE_BODIES, JSON_TYPE, MARK, assert_refused, variants
from tests.zoom.conftest import EMPTY, event, listening

Value = TypeVar("Value")
WEBHOOK = "POST /v1/zoom/webhook"
COUNTS_ATTEMPTS = {"POST /v1/auth/token", "POST /v1/me/password", "POST /v1/session"}
"""A wrong password is counted: that is a change, and the only one."""
NAMES = sorted(WRITES.keys() - {WEBHOOK})


def test_every_endpoint_that_writes_has_a_valid_example() -> None:
    assert EXAMPLES.keys() | {WEBHOOK} == WRITES.keys()


class Attack:
    """One endpoint, its example, and the world to hold against."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.endpoint = world, WRITES[name]
        self.example = EXAMPLES[name](world)
        self.api = self.example.caller(world)

    def share(self, values: Sequence[Value], of: int) -> Sequence[Value]:
        """Every so many-th of these values: what stands before all endpoints is tried by them in turn."""
        return values[NAMES.index(self.endpoint.name) % of :: of]

    def address(self, **path: Any) -> str:
        return self.endpoint.path.format(**self.example.path | path)

    def send(self, path: str | None = None, **options: Any) -> httpx.Response:
        return self.api.request(self.endpoint.method, path or self.address(), **options)


@pytest.fixture(params=NAMES)
def attack(request: pytest.FixtureRequest, monday: World) -> Iterator[Attack]:
    with monday.undone():
        yield Attack(monday, request.param)


def test_the_example_is_granted(attack: Attack) -> None:
    answer = attack.send(**attack.example.options())
    assert answer.status_code in (200, 201, 204), answer.text


def test_hostile_bodies_are_refused_and_change_nothing(attack: Attack) -> None:
    bodies = list(_bodies(attack.example))
    before = attack.world.state()
    with attack.world.undone() as undo:
        for name, body, kind, must in bodies:
            headers = attack.example.options()["headers"] | kind
            answer = attack.send(content=body, headers=headers)
            assert_refused_as(name, answer, must=must)
            if answer.status_code < 400:
                undo()
        assert_unchanged(attack, before)


def _bodies(example: Example) -> Iterator[tuple[str, bytes, dict[str, Any], bool]]:
    """Name, body, content type and whether it must be refused; an endpoint without a body must only survive."""
    takes_json = example.json is not None
    takes_none = not (takes_json or example.form or example.file or example.content)
    for hostile in HOSTILE_BODIES[:: 8 if takes_none else 1]:
        kind = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
        must = takes_json and not (example.body_may_lack and hostile.name in ("nothing", "null"))
        yield hostile.name, hostile.body, kind, must
    if takes_json:
        for name, body, must in variants(example.json, distinct=True):
            yield name, body, {"content-type": JSON_TYPE}, must


def assert_refused_as(name: str, answer: httpx.Response, *, must: bool) -> None:
    try:
        assert_refused(answer, must=must)
    except AssertionError as error:
        raise AssertionError(f"{name}: {answer.status_code} {answer.text[:300]}") from error


def assert_unchanged(attack: Attack, before: dict[str, str]) -> None:
    after = attack.world.state()
    changed = {name for name in after if after[name] != before[name]}
    allowed = {"account"} if attack.endpoint.name in COUNTS_ATTEMPTS else set()
    assert changed <= allowed


IDS = [
    "x",
    "0" * 400,
    "%00",
    "9" * 30,
    MARK,
    "-1",
    "1e5",
    "null",
    "..%2F..%2Fme",
    "%FF",
    "%F0%9F%92%A9",
    "%20",
    "a" * 10_000,
]
NIL, MAX = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"


def test_hostile_addresses_are_refused_and_change_nothing(attack: Attack) -> None:
    before = attack.world.state()
    options = attack.example.options()
    for name in attack.endpoint.path_names:
        for value in [*attack.share(IDS, 2), NIL, MAX]:
            assert_refused_as(
                f"{name}={value[:40]}", attack.send(attack.address(**{name: value}), **options), must=True
            )
    assert_unchanged(attack, before)


QUERIES = ["x=" + "9" * 30, "x=%00", "%00=1", "x=" + "a" * 10_000, "limit=-1", "x=%FF%ED%A0%80", "&&==&", MARK]


def test_hostile_queries_do_no_harm(attack: Attack) -> None:
    options = attack.example.options()
    for query in attack.share(QUERIES, 2):
        with attack.world.undone():
            assert_refused_as(query[:40], attack.send(f"{attack.address()}?{query}", **options), must="9" * 30 in query)


HEADERS: list[tuple[str, bytes]] = [
    *[
        ("if-match", tag)
        for tag in (b"*", b'W/"1"', b'"-1"', b'"9999999999999999999999"', b"\xff\x00", b'"a"', b"1" * 9000)
    ],
    *[("idempotency-key", key) for key in (b"a" * 10_000, b"", b" ", b"\xff\xfe", b"a b", b"\x00", "é".encode())],
    *[("accept-language", tongue) for tongue in (b"\xff", b"," * 9000, b"en;q=nan", b"en-" + b"x" * 9000)],
    *[("traceparent", trace) for trace in (b"\xff", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-00", b"9" * 9000)],
    *[
        ("content-type", kind)
        for kind in (b"\xff", b"application/json; charset=utf-16", b"multipart/form-data; boundary=")
    ],
    ("content-length", b"-1"),
    ("content-length", b"99999999999999999999999999999"),
    ("transfer-encoding", b"gzip"),
    ("x-forwarded-for", b"\xff" * 100),
    ("cookie", b"\xff=" + b";" * 4000),
    ("host", b"\xff"),
    ("x-" + "a" * 200, MARK.encode()),
]


def test_hostile_headers_do_no_harm(attack: Attack) -> None:
    options = attack.example.options()
    given = options.pop("headers")
    for name, value in attack.share(HEADERS, 4):
        with attack.world.undone():
            answer = attack.send(**options, headers=given | {name: value})
            assert_refused_as(f"{name}: {value[:40]!r}", answer, must=False)


TOKENS: list[bytes] = [
    *[
        b"Bearer",
        b"Bearer ",
        b"Bearer x",
        b"Bearer \xff\xff",
        b"Bearer " + b"a" * 10_000,
        b"Bearer a.b.c",
        b"bearer\tx",
    ],
    *[b"Basic", b"Basic ====", b"Basic \xff", b"Basic OnBhc3M=", b"Basic " + b"QQ" * 5000, b"\xff", b"Digest x=1"],
    b"Bearer eyJhbGciOiJub25lIn0.e30.",
    b"Basic AAAA",
]


def test_hostile_tokens_are_refused_and_change_nothing(attack: Attack) -> None:
    options = attack.example.options()
    given = options.pop("headers")
    before = attack.world.state()
    public = attack.endpoint.roles is None
    for token in attack.share(TOKENS, 4):
        with attack.world.undone():
            answer = attack.send(**options, headers=given | {"authorization": token})
            assert_refused_as(repr(token[:40]), answer, must=not public)
            assert public or answer.status_code == 401, token
    assert_unchanged(attack, before)


def test_whatever_is_signed_reaches_the_inbox(loop: asyncio.Runner, own_url: str, tmp_path: Path) -> None:
    with listening(loop, own_url, tmp_path) as zoom:
        zoom.query(EMPTY)
        for name, body in _events():
            assert zoom.post(body).status_code in (200, 204, 413), name
            assert zoom.post(body, headers={}).status_code == 401, name


def _events() -> Iterator[tuple[str, bytes]]:
    yield from ((hostile.name, hostile.body) for hostile in HOSTILE_BODIES)
    yield from (
        (name, body) for name, body, _ in variants(json.loads(event(participant={"user_id": "1"})), distinct=True)
    )
