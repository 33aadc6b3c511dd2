"""Viewers of the board's stream on real connections, as light as they can be."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One event, and when it had come whole."""

    at: float
    event: str
    id: str
    data: Any


@dataclass
class Listener:
    """One open stream; `heard` grows while `run` runs."""

    port: int
    path: str
    headers: dict[str, str]
    status: int = 0
    body: bytes = b""
    """Of an answer that is no stream."""
    heard: list[Heard] = field(default_factory=list)
    ended: bool = False
    _task: asyncio.Task[None] | None = None

    async def open(self) -> "Listener":
        """Returns when the answer has begun."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"GET {self.path} HTTP/1.1", "host: apel", *(f"{name}: {said}" for name, said in self.headers.items())]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        head = await self._reader.readuntil(b"\r\n\r\n")
        self.status = int(head.split(b" ", 2)[1])
        if self.status == 200:
            self._task = asyncio.create_task(self._listen())
        else:
            self.body = await self._reader.read(65536)
        return self

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def events(self, kind: str) -> list[Heard]:
        return [one for one in self.heard if one.event == kind]

    async def _listen(self) -> None:
        text = b""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                text += (await self._reader.readexactly(size + 2))[:-2]
                *whole, text = text.split(b"\n\n")
                for one in whole:
                    self._note(one.decode())
        self.ended = True

    def _note(self, text: str) -> None:
        fields = dict(line.split(": ", 1) for line in text.split("\n"))
        if "event" in fields:
            told = Heard(time.monotonic(), fields["event"], fields.get("id", ""), json.loads(fields["data"]))
            self.heard.append(told)


async def until(happened: Any, seconds: float = 30.0) -> None:
    """Wait for something to become true, and fail when it does not."""
    ends = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends, "it did not happen in time"
        await asyncio.sleep(0.02)
