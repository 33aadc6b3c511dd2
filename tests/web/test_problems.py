"""Each way of saying no, as the caller sees it."""

import asyncio
import os
from typing import Annotated

import pytest
from fastapi import Depends, HTTPException, Query
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.core.db import OpenSession
from app.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooLarge,
    TooOften,
    Unauthenticated,
    Unavailable,
    VersionMismatch,
    VersionRequired,
)
from app.core.principal import Principal, Role
from app.web.deps import Requires, Transaction, choose_language, public
from app.web.routing import room_router
from tests.web.client import Caller, app_of

room = room_router("/v1/t", "t")
CASES: dict[str, Exception] = {}
FAMILIES = [
    (NotFound(), 404),
    (Conflict(), 409),
    (Forbidden(), 403),
    (Unauthenticated(), 401),
    (Invalid(), 422),
    (Unavailable(), 503),
    (TooLarge(limit=5), 413),
    (TooOften(retry_after=30), 429),
    (VersionMismatch(current=3), 412),
    (VersionRequired(), 428),
]


class GrantGone(Invalid):
    """The grant is over.

    Sign in again, {name}."""

    oauth_error = "invalid_grant"


class ClientUnknown(Unauthenticated):
    """This client is not known."""

    oauth_error = "invalid_client"


@room.get("/raise/{name}")
@public
async def raise_it(name: str) -> None:
    raise CASES[name]


@room.get("/sql")
@public
async def ask(session: Transaction, q: str, wait: Annotated[int, Query()] = 0) -> str:
    await session.execute(text("SET LOCAL lock_timeout = '100ms'"))
    await session.execute(text("SET LOCAL statement_timeout = '2s'"))
    return str(await session.scalar(text(q)))


@room.get("/do")
@public
async def do(session: Transaction, q: str) -> None:
    await session.execute(text(q))


@room.get("/whoami")
async def whoami(caller: Annotated[Principal, Depends(Requires(Role.KOMINFO))]) -> str:
    return caller.name


@room.get("/admins")
async def admins(caller: Annotated[Principal, Depends(Requires(Role.ADMIN))]) -> str:
    return caller.name


@room.put("/whoami")
@public
async def rename() -> None: ...


@room.get("/wrong-answer")
@public
async def wrong_answer() -> int:
    return "NIP 198501012010011001"  # type: ignore[return-value]


@pytest.fixture
def call(loop: asyncio.Runner, sessions: OpenSession) -> Caller:
    return Caller(loop, app_of(room, sessions=sessions))


@pytest.mark.parametrize(("refusal", "status"), FAMILIES, ids=lambda case: getattr(case, "code", ""))
def test_each_family_has_its_status(call: Caller, refusal: Refusal, status: int) -> None:
    CASES["x"] = refusal
    answer = call("GET", "/v1/t/raise/x")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == refusal.code


def test_a_problem_says_all_that_the_contract_lists_and_no_more(call: Caller) -> None:
    wrong = [FieldError("/strength", "greater_than_equal", {"ge": 3}), FieldError("/x", "no-such-text")]
    CASES["x"] = TooLarge(limit=5, errors=wrong)
    answer = call("GET", "/v1/t/raise/x?nip=198501012010011001")
    assert answer.json() == {
        "type": "urn:apel:problem:too-large",
        "code": "too-large",
        "title": "Isi kiriman terlalu besar.",
        "status": 413,
        "detail": "Di sini paling banyak 5 bita.",
        "instance": "/v1/t/raise/x",
        "errors": [
            {"pointer": "/strength", "detail": "Paling kurang 3."},
            {"pointer": "/x", "detail": "Isian ini tidak dapat diterima."},
        ],
        "trace_id": answer.headers["x-trace-id"],
    }


def test_english_is_the_docstring(call: Caller) -> None:
    CASES["x"] = TooLarge(limit=5)
    problem = call("GET", "/v1/t/raise/x", headers={"accept-language": "en-GB, id;q=0.5"}).json()
    assert problem["title"] == "The content is larger than allowed."
    assert problem["detail"] == "At most 5 bytes are accepted here."
    assert problem["code"] == "too-large"


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "id"),
        ("en", "en"),
        ("EN-us", "en"),
        ("id-ID,en;q=0.5", "id"),
        ("en,id", "en"),
        ("de, en;q=0.7", "en"),
        ("*", "id"),
        ("fr", "id"),
        (";;,,", "id"),
        ("x" * 10_000 + ",en", "id"),
    ],
)
def test_the_first_of_both_languages_is_spoken(wish: str, language: str) -> None:
    assert choose_language(wish) == language


def test_a_missing_fact_is_a_dash_and_no_crash(call: Caller) -> None:
    CASES["x"] = TooLarge()
    assert call("GET", "/v1/t/raise/x").json()["detail"] == "Di sini paling banyak – bita."


def test_token_errors_carry_oauths_words(call: Caller) -> None:
    CASES["x"] = GrantGone(name="Budi")
    answer = call("GET", "/v1/t/raise/x", headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "Sign in again, Budi."
    assert answer.json()["error"] == "invalid_grant"
    assert answer.json()["error_description"] == "The grant is over."
    CASES["x"] = ClientUnknown()
    answer = call("GET", "/v1/t/raise/x", headers={"authorization": "Basic Zm9vOmJhcg=="})
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["www-authenticate"] == 'Basic realm="apel"'


def test_who_is_not_signed_in_is_told_how(call: Caller) -> None:
    answer = call("GET", "/v1/t/whoami")
    assert (answer.status_code, answer.json()["code"]) == (401, "missing-token")
    assert answer.headers["www-authenticate"] == 'Bearer realm="apel"'
    answer = call("GET", "/v1/t/whoami", headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="apel", error="invalid_token"'
    answer = call("GET", "/v1/t/admins", headers={"authorization": "Bearer 7"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
    assert call("GET", "/v1/t/whoami", headers={"authorization": "Bearer 7"}).json() == "operator 7"


def test_unavailability_says_when_to_come_back(call: Caller) -> None:
    CASES["x"] = Unavailable()
    assert call("GET", "/v1/t/raise/x").headers["retry-after"] == "5"
    CASES["x"] = TooOften(retry_after=30)
    assert call("GET", "/v1/t/raise/x").headers["retry-after"] == "30"


def test_the_frameworks_own_refusals_are_problems(call: Caller) -> None:
    for path in ("/nowhere", "/v1/t/whoami/", "/v1/t/%00", "/v1/t/raise"):
        answer = call("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    answer = call("DELETE", "/v1/t/whoami")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, PUT"
    assert answer.json()["detail"] == "Yang tersedia: GET, HEAD, OPTIONS, PUT."
    CASES["x"] = HTTPException(418, "secret")
    answer = call("GET", "/v1/t/raise/x")
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (418, 418, "request-refused")
    assert "secret" not in answer.text


def test_an_unforeseen_failure_is_a_500_problem_without_details(
    call: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    CASES["x"] = RuntimeError("no room for NIP 198501012010011001")
    answer = call("GET", "/v1/t/raise/x")
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "urn:apel:problem:internal-error",
        "code": "internal-error",
        "title": "Terjadi kesalahan pada layanan.",
        "status": 500,
        "detail": "Kesalahan ini sudah tercatat; sebutkan kode pelacakan kepada pengelola.",
        "instance": "/v1/t/raise/x",
        "trace_id": answer.headers["x-trace-id"],
    }
    logged = capsys.readouterr().out
    assert answer.headers["x-trace-id"] in logged
    assert "in raise_it" in logged
    assert "no room for NIP *" in logged
    assert "198501012010011001" not in logged


def test_an_answer_that_breaks_its_own_schema_is_a_500_that_tells_nothing(
    call: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = call("GET", "/v1/t/wrong-answer")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "198501012010011001" not in answer.text + capsys.readouterr().out


def test_a_slow_statement_is_unavailable_and_a_wrong_one_our_mistake(call: Caller) -> None:
    slow = call("GET", "/v1/t/sql", params={"q": "SELECT pg_sleep(20)"})
    assert (slow.status_code, slow.json()["code"], slow.headers["retry-after"]) == (503, "unavailable", "5")
    wrong = call("GET", "/v1/t/sql", params={"q": "SELECT nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (500, "internal-error")
    assert "nonsense" not in wrong.text


def test_a_database_that_goes_away_is_unavailable_and_then_serves_again(loop: asyncio.Runner, own_url: str) -> None:
    engine = create_async_engine(own_url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    call = Caller(loop, app_of(room, sessions=async_sessionmaker(engine)))
    ended = call("GET", "/v1/t/sql", params={"q": "SELECT pg_terminate_backend(pg_backend_pid())"})
    assert (ended.status_code, ended.json()["code"]) == (503, "unavailable")
    assert call("GET", "/v1/t/sql", params={"q": "SELECT 1"}).json() == "1"
    crowd = call.together([("GET", "/v1/t/sql", {"params": {"q": "SELECT pg_sleep(0.9)"}})] * 4)
    assert sorted(answer.status_code for answer in crowd) == [200, 503, 503, 503]
    loop.run(engine.dispose())


def test_a_commit_that_fails_is_never_answered_as_done(loop: asyncio.Runner, own_url: str) -> None:
    engine = create_async_engine(own_url)
    call = Caller(loop, app_of(room, sessions=async_sessionmaker(engine)))
    refused_at_commit = """DO $$ BEGIN
        CREATE TEMP TABLE once (a int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO once VALUES (1), (1);
    END $$"""
    assert call("GET", "/v1/t/do", params={"q": refused_at_commit}).status_code == 500
    assert call("GET", "/v1/t/do", params={"q": "DO $$ BEGIN END $$"}).status_code == 200
    loop.run(engine.dispose())


@pytest.mark.parametrize("place", ["127.0.0.1:1", "localhost:1", "no-such-host.invalid:5432"])
def test_a_database_that_cannot_be_reached_is_unavailable(loop: asyncio.Runner, place: str) -> None:
    engine = create_async_engine(f"postgresql+asyncpg://apel@{place}/apel", connect_args={"timeout": 2})
    call = Caller(loop, app_of(room, sessions=async_sessionmaker(engine)))
    answer = call("GET", "/v1/t/sql", params={"q": "SELECT 1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_waiting_too_long_for_a_lock_is_unavailable(loop: asyncio.Runner, own_url: str) -> None:
    engine = create_async_engine(own_url)
    call = Caller(loop, app_of(room, sessions=async_sessionmaker(engine)))

    async def hold_and_ask() -> int:
        async with engine.begin() as holder:
            await holder.execute(text("LOCK TABLE stale IN ACCESS EXCLUSIVE MODE"))
            return (await call.request("GET", "/v1/t/sql", params={"q": "SELECT count(*) FROM stale"})).status_code

    assert loop.run(hold_and_ask()) == 503
    loop.run(engine.dispose())


def test_a_missing_file_is_our_mistake_and_no_unavailability(call: Caller) -> None:
    CASES["x"] = FileNotFoundError(os.devnull)
    assert call("GET", "/v1/t/raise/x").status_code == 500
