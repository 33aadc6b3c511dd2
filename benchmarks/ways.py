"""The ways to push one event to many, side by side: what each costs the server per event and viewer.

Servers of nothing else, of which only the answer differs; rounds are interleaved.
"""

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from statistics import median
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.board.frames import Frame, Frames
from app.board.hub import Hub
from app.board.stream import BoardStream
from app.board.viewers import Shown
from benchmarks.caller import HOST, Caller
from benchmarks.place import ROOT

WAYS = ("plain answer", "StreamingResponse", "FastAPI's own")
VIEWERS, EVENTS, ROUNDS = 200, 50, 3
PAUSE = 0.02
SIZE = 1000
"""Bytes of an event: small, so that what is compared is the way and not the copying."""


class News:
    """The latest event and who waits for the next."""

    def __init__(self) -> None:
        self.number = 0
        self._waiting: list[asyncio.Event] = []

    async def events(self) -> AsyncIterator[Frame]:
        ready, seen = asyncio.Event(), 0
        self._waiting.append(ready)
        while True:
            if self.number == seen:
                ready.clear()
                await ready.wait()
            seen = self.number
            yield frame(seen)

    def publish(self) -> None:
        self.number += 1
        for ready in self._waiting:
            ready.set()


def frame(number: int) -> Frame:
    body = b'"' + b"x" * SIZE + b'"'
    return Frame(str(number), body, b"id: %d\nevent: board\ndata: %b\n\n" % (number, body))


def make_app() -> FastAPI:
    app, news, hub = FastAPI(), News(), Hub(Frames(), lambda _: True, lambda: None)
    hub.start(None, None, None)  # type: ignore[arg-type]
    shown, nobody = Shown(None, "id", visitors=False), None

    @app.get("/0")
    async def plain() -> Any:
        return BoardStream(hub, lambda: hub.join(shown, nobody, frame(0), "0", b""))  # type: ignore[arg-type]

    @app.get("/1")
    async def starlette() -> Any:
        async def chunks() -> AsyncIterator[bytes]:
            async for event in news.events():
                yield event.event

        return StreamingResponse(chunks(), media_type="text/event-stream")

    @app.get("/2", response_class=EventSourceResponse)
    async def own() -> AsyncIterator[ServerSentEvent]:
        async for event in news.events():
            yield ServerSentEvent(raw_data=event.body.decode(), event="board", id=event.id)

    @app.get("/play")
    async def play() -> dict[str, float]:
        began = time.process_time()
        for _ in range(EVENTS):
            news.publish()
            for viewer in hub._viewers:
                viewer.offer(frame(news.number))
            await asyncio.sleep(PAUSE)
        return {"cpu": time.process_time() - began}

    return app


async def measure_ways() -> dict[str, Any]:
    """Microseconds of the server's CPU per event and viewer, the least of them first; without viewers taken off."""
    measured: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for number, way in enumerate(WAYS):
            measured[way].append(await _round(number))
    found = {way: round(1e6 * median(seconds) / EVENTS / VIEWERS, 1) for way, seconds in measured.items()}
    return {"push, µs of CPU per event and viewer": found}


async def _round(way: int) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.ways", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    caller = Caller(port)
    try:
        for _ in range(200):
            with suppress(OSError):
                await caller.ask("GET", "/nothing")
                break
            await asyncio.sleep(0.1)
        alone = (await caller.expect("GET", "/play")).json()["cpu"]
        readers = [asyncio.create_task(_read(port, way)) for _ in range(VIEWERS)]
        await asyncio.sleep(2)
        together = (await caller.expect("GET", "/play")).json()["cpu"]
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        return float(together - alone)
    finally:
        caller.close()
        process.kill()
        await process.wait()


async def _read(port: int, way: int) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET /{way} HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
        while await reader.read(65536):
            pass
    finally:
        writer.close()


def main() -> None:
    listener = socket.create_server((HOST, 0))
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(make_app(), http="app.web.patience:PatientProtocol", ws="none", log_level="error")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
