"""Versions: a change names the one it changes, a read spares what is known."""

import asyncio

import pytest

from app.core.errors import NotFound
from app.core.versions import require_version
from app.web.conditional import ETag, IfMatch
from app.web.routing import room_router
from tests.web.client import Caller, app_of

room = room_router("/v1/t", "t")
built: list[int] = []


@room.get("/thing")
async def read_thing(etag: ETag) -> int:
    etag.set(7)
    built.append(7)
    return 7


@room.put("/thing")
async def change_thing(version: IfMatch, etag: ETag) -> int:
    require_version(version, 7)
    etag.set(8)
    return 8


@room.get("/gone")
async def gone(etag: ETag) -> None:
    raise NotFound


@pytest.fixture
def call(loop: asyncio.Runner) -> Caller:
    return Caller(loop, app_of(room))


def test_a_read_bears_a_strong_tag(call: Caller) -> None:
    answer = call("GET", "/v1/t/thing")
    assert answer.headers["etag"] == '"7"'
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Authorization, Accept-Language"


@pytest.mark.parametrize("known", ['"7"', 'W/"7"', '"5", "7"', "*"])
def test_who_knows_the_version_gets_no_body_and_nothing_is_built(call: Caller, known: str) -> None:
    built.clear()
    answer = call("GET", "/v1/t/thing", headers={"if-none-match": known})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"7"')
    assert built == []
    assert call("HEAD", "/v1/t/thing", headers={"if-none-match": known}).status_code == 304


@pytest.mark.parametrize("known", ['"8"', "7", "", '"77"', "\xff", '"7'])
def test_who_knows_another_version_reads_this_one(call: Caller, known: str) -> None:
    assert call("GET", "/v1/t/thing", headers={"if-none-match": known.encode("latin-1")}).status_code == 200


def test_a_change_of_the_current_version_is_made(call: Caller) -> None:
    answer = call("PUT", "/v1/t/thing", headers={"if-match": '"7"', "if-none-match": '"8"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, '"8"', 8)


@pytest.mark.parametrize("named", [None, "*", " * "])
def test_a_change_that_names_no_version_is_asked_for_it(call: Caller, named: str | None) -> None:
    answer = call("PUT", "/v1/t/thing", headers={} if named is None else {"if-match": named})
    assert (answer.status_code, answer.json()["code"]) == (428, "version-required")


@pytest.mark.parametrize("named", ['"6"', 'W/"7"', "7", '"7", "8"', '"9999999999999999999999"', "\xff", '"-1"'])
def test_a_change_of_another_version_is_refused(call: Caller, named: str) -> None:
    answer = call("PUT", "/v1/t/thing", headers={"if-match": named.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (412, "version-mismatch")
    assert answer.json()["detail"] == "Muat ulang, lalu ulangi perubahan Anda pada versi 7."


def test_a_refused_read_bears_no_tag(call: Caller) -> None:
    assert "etag" not in call("GET", "/v1/t/gone").headers
