"""What every answer bears: trace id, safe headers, an access line; and what HEAD and OPTIONS say."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Message

from app.web.routing import room_router
from tests.web.client import Caller, app_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
room = room_router("/v1/t", "t")
ended: list[str] = []


@room.get("/plain")
async def plain() -> str:
    return "satu"


@room.post("/plain", status_code=201)
async def add() -> str:
    return "dua"


@room.get("/own-headers")
async def own_headers(response: Response) -> None:
    response.headers["cache-control"] = "private, no-cache"


@room.get("/stream")
async def stream() -> StreamingResponse:
    async def forever() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"data: 1\n\n"
                await asyncio.sleep(0)
        finally:
            ended.append("stream")

    return StreamingResponse(forever(), media_type="text/event-stream")


@room.get("/breaks")
async def breaks() -> StreamingResponse:
    async def half() -> AsyncIterator[bytes]:
        yield b"1"
        raise RuntimeError("half way")

    return StreamingResponse(half())


@pytest.fixture
def call(loop: asyncio.Runner) -> Caller:
    app = app_of(room)

    @app.get("/livez")
    async def livez(request: Request) -> str:
        return str(request.state.trace_id)

    return Caller(loop, app)


def test_a_trace_id_is_taken_from_a_valid_traceparent(call: Caller) -> None:
    answer = call("GET", "/livez", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    assert answer.headers["x-trace-id"] == TRACE
    assert answer.json() == TRACE


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "x",
        f"00-{TRACE}",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-00f067aa0ba902b7-01",
        f"00-{TRACE}-00f067aa0ba902b7-01x",
    ],
)
def test_a_bad_traceparent_gets_a_new_id(call: Caller, parent: str) -> None:
    found = call("GET", "/livez", headers={"traceparent": parent}).headers["x-trace-id"]
    assert re.fullmatch("[0-9a-f]{32}", found)
    assert found != TRACE


def test_answers_are_neither_sniffed_nor_stored(call: Caller) -> None:
    for path, status in (("/v1/t/plain", 200), ("/v1/nowhere", 404)):
        answer = call("GET", path)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert call("GET", "/v1/t/own-headers").headers["cache-control"] == "private, no-cache"
    assert "cache-control" not in call("GET", "/livez").headers


def test_head_is_get_without_a_body(call: Caller) -> None:
    head, got = call("HEAD", "/v1/t/plain"), call("GET", "/v1/t/plain")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert call("HEAD", "/v1/nowhere").status_code == 404
    assert call("HEAD", "/v1/nowhere").content == b""


def test_head_of_an_endless_stream_ends(call: Caller) -> None:
    ended.clear()
    answer = call("HEAD", "/v1/t/stream", timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_options_names_the_methods(call: Caller) -> None:
    answer = call("OPTIONS", "/v1/t/plain")
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")
    assert call("OPTIONS", "/v1/nowhere").status_code == 404


def test_the_access_line_holds_no_query_and_no_nip(call: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    call("GET", "/v1/t/198501012010011001?token=rahasia")
    line = capsys.readouterr().out
    assert "path=/v1/t/*" in line
    assert "status=404" in line
    assert "198501012010011001" not in line
    assert "rahasia" not in line


def test_an_instance_repeats_no_nip(call: Caller) -> None:
    answer = call("GET", "/v1/t/198501012010011001")
    assert answer.json()["instance"] == "/v1/t/*"


def test_a_stream_that_breaks_is_cut_and_not_finished_with_a_problem(call: Caller) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        call("GET", "/v1/t/breaks")


def test_the_server_sees_that_a_head_was_asked_while_it_is_answered(loop: asyncio.Runner) -> None:
    """A server that took it for a GET would miss the body that was announced, and break the connection."""
    app = app_of(room)
    seen: list[tuple[str, str]] = []

    async def ask() -> None:
        scope = {"type": "http", "method": "HEAD", "path": "/v1/t/plain", "query_string": b"", "headers": []}

        async def send(message: Message) -> None:
            seen.append((message["type"], scope["method"]))  # type: ignore[arg-type]

        await app(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    loop.run(ask())
    assert seen == [("http.response.start", "HEAD"), ("http.response.body", "HEAD")]
