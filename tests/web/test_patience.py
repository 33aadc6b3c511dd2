"""A connection that is silent, endless or deaf is given up, on real sockets; an honest slow one is served."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn

from app.web import patience

FULL = b"POST / HTTP/1.1\r\nhost: apel\r\ncontent-length: 10\r\n\r\n"
BIG = 20_000_000


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the whole body (not below /early), answers its length (at /big: much more than a socket holds)."""
    length, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message.get("more_body", False)
    body = b"x" * BIG if scope["path"] == "/big" else str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


class Server:
    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            echo,
            http=patience.PatientProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            timeout_keep_alive=1,
        )
        self.uvicorn = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.uvicorn.run, kwargs={"sockets": [self.socket]})

    def connect(self) -> socket.socket:
        return socket.create_connection(self.socket.getsockname(), timeout=10)

    @property
    def connections(self) -> int:
        return len(self.uvicorn.server_state.connections)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.4)
    monkeypatch.setattr(patience, "BODY_SECONDS", 0.6)
    monkeypatch.setattr(patience, "LINGER_SECONDS", 0.3)
    monkeypatch.setattr(patience, "FAREWELL_SECONDS", 0.3)
    monkeypatch.setattr(patience, "READER_SECONDS", 0.5)
    made = Server()
    made.thread.start()
    while not made.uvicorn.started:
        time.sleep(0.01)
    yield made
    made.uvicorn.should_exit = True
    made.thread.join()


def seconds_until_closed(connection: socket.socket) -> float:
    began = time.monotonic()
    with suppress(ConnectionError):
        while connection.recv(65536):
            pass
    return time.monotonic() - began


def wait_for(happened: Any, seconds: float = 5) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not happened():
        time.sleep(0.02)
    return bool(happened())


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="who says nothing"),
        pytest.param(b"\r\n\r\n", id="who only sends empty lines"),
        pytest.param(b"GET / HTTP/1.1\r\nhost: ap", id="who stops in the middle of a header"),
        pytest.param(FULL + b"12345", id="who stops in the middle of the body"),
        pytest.param(FULL + b"1234567890" + b"GET / HT", id="who stops in the middle of a second request"),
    ],
)
def test_is_hung_up_on(server: Server, said: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(said)
        assert 0.2 < seconds_until_closed(connection) < 3
    assert wait_for(lambda: server.connections == 0)


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        pytest.param(b"GET / HTTP/1.1\r\n", b"x: y\r\n", id="header by header"),
        pytest.param(FULL.replace(b"10", b"10000"), b"x", id="byte by byte of a body"),
    ],
)
def test_dribbling_does_not_buy_time(server: Server, begun: bytes, drop: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(begun)
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 5:
                connection.sendall(drop)
                connection.settimeout(0.05)
                with suppress(TimeoutError):
                    if not connection.recv(1000):
                        break
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(b"GET / HTTP/1.1\r\nx: " + b"y" * 1_000_000, id="one header without end"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"x: yyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 40_000, id="headers without end"),
        pytest.param(b"GET /" + b"y" * 1_000_000, id="an address without end"),
        pytest.param(
            b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: " + b"y" * 1_000_000,
            id="a trailer without end",
        ),
        pytest.param(b"GET / HTTP/1.1\r\nx: " + b"y" * 40_000 + b"\r\n\r\n", id="a whole head just too large"),
    ],
)
def test_is_refused_long_before_fifty_megabytes(server: Server, endless: bytes) -> None:
    with server.connect() as connection:
        sent = 0
        with suppress(ConnectionError):
            while sent < 50_000_000:
                connection.sendall(endless if not sent else b"y" * 1_000_000)
                sent += len(endless) if not sent else 1_000_000
                if len(endless) < 100_000:
                    break
        assert sent < 20_000_000, "the kernel's buffers hold a few megabytes, the rest would have been taken"
        assert seconds_until_closed(connection) < 3
    assert wait_for(lambda: server.connections == 0)


def test_a_large_head_is_answered_with_400(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nx: " + b"y" * 40_000 + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_slow_but_honest_body_is_taken(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LEAST_RATE", 1000)
    body = b"x" * 4000
    with server.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: apel\r\ncontent-length: 4000\r\n\r\n")
        for start in range(0, 4000, 200):  # 2,000 bytes a second for 2 seconds, thrice what silence is allowed
            time.sleep(0.1)
            connection.sendall(body[start : start + 200])
        assert connection.recv(1000).endswith(b"\r\n\r\n4000")


def test_a_kept_connection_serves_again_and_its_silence_ends_after_the_keep_alive(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(3):
            connection.sendall(FULL + b"1234567890")
            assert connection.recv(1000).endswith(b"\r\n\r\n10")
            time.sleep(0.6)  # longer than a head may take: between requests only the keep-alive counts
        assert seconds_until_closed(connection) < 2


def test_who_sends_on_after_the_answer_is_hung_up_on(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\nhost: apel\r\ncontent-length: 100000000\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 5:
                connection.sendall(b"x" * 1000)
                time.sleep(0.02)
        assert time.monotonic() - began < 3


def test_who_is_in_the_middle_of_a_body_does_not_keep_the_server_from_stopping(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BODY_SECONDS", 60)
    with server.connect() as connection:
        connection.sendall(FULL + b"12345")
        assert wait_for(lambda: server.connections == 1)
        began = time.monotonic()
        server.uvicorn.should_exit = True
        server.thread.join(5)
        assert time.monotonic() - began < 2


def test_who_does_not_read_the_answer_is_given_up(server: Server) -> None:
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"POST /big HTTP/1.1\r\nhost: apel\r\ncontent-length: 0\r\n\r\n")
        assert wait_for(lambda: server.connections == 1)
        assert wait_for(lambda: server.connections == 0)


def test_a_patient_reader_gets_a_large_answer_whole(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"POST /big HTTP/1.1\r\nhost: apel\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        received = 0
        while piece := connection.recv(1_000_000):
            received += len(piece)
            time.sleep(0.01)
        assert received > BIG


def test_the_server_works_with_the_plain_event_loop_too() -> None:
    async def play() -> bytes:
        config = uvicorn.Config(echo, http=patience.PatientProtocol, ws="none", lifespan="off")
        state = uvicorn.Server(config).server_state
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(
            lambda: patience.PatientProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        writer.write(FULL + b"1234567890")
        answer = await reader.read(1000)
        writer.close()
        listening.close()
        return answer

    assert asyncio.run(play()).endswith(b"\r\n\r\n10")
