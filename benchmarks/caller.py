"""A small HTTP client on keep-alive connections: the load must cost less than what it measures."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")
HOST = "127.0.0.1"
MAX_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Requests to one server on this machine; each takes a free connection or opens another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._free: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def ask(
        self, method: str, path: str, *, token: str = "", headers: Mapping[str, str] | None = None, body: Any = b""
    ) -> Answer:
        """The answer, whatever it is; a body that is no bytes goes as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}
        if token:
            told["authorization"] = f"Bearer {token}"
        lines = [f"{method} {path} HTTP/1.1", f"host: {HOST}", *(f"{name}: {value}" for name, value in told.items())]
        reader, writer = await self._connection()
        try:
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
            answer = await _read(reader)
        except BaseException:
            writer.close()
            raise
        self._free.append((reader, writer))
        return answer

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():  # idle for so long that the server closed it
                return reader, writer
            writer.close()
        return await asyncio.open_connection(HOST, self.port, limit=MAX_ANSWER)

    async def expect(self, method: str, path: str, **options: Any) -> Answer:
        """The answer of a request that must succeed."""
        answer = await self.ask(method, path, **options)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer

    async def sign_in(self, username: str, password: str) -> str:
        form = f"grant_type=password&username={username}&password={password}".encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        token: str = (await self.expect("POST", "/v1/auth/token", headers=headers, body=form)).json()["access_token"]
        return token

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()
        self._free.clear()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    length = int(headers.get("content-length", 0))
    return Answer(int(head[0].split(" ", 2)[1]), headers, await reader.readexactly(length) if length else b"")


@dataclass
class Latencies:
    """Seconds from the moment a request was due, so that a server that stalls is not measured less often."""

    seconds: list[float]
    failed: list[str]

    def at(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def milliseconds(self) -> dict[str, float]:
        shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
        return {name: round(1000 * self.at(share), 1) for name, share in shares.items()}


async def timed(work: Awaitable[Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = await work
    return time.perf_counter() - began, result


async def paced(requests: Iterable[Callable[[], Awaitable[Answer]]], per_second: float) -> Latencies:
    """Send each when it is due, answered or not."""
    found = Latencies([], [])
    began = time.perf_counter()

    async def send(request: Callable[[], Awaitable[Answer]], due: float) -> None:
        try:
            answer = await request()
        except (OSError, EOFError) as error:
            found.failed.append(type(error).__name__)
            return
        found.seconds.append(time.perf_counter() - due)
        if answer.status >= 300:
            found.failed.append(str(answer.status))

    tasks = []
    for number, request in enumerate(requests):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(send(request, due)))
    await asyncio.gather(*tasks)
    return found
