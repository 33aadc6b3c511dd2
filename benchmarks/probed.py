"""The service as `apel serve` runs it, with a probe beside it: how long the event loop stood still, and why."""

import asyncio
import gc
import json
import sys
import time
from contextvars import ContextVar
from typing import Any

import uvicorn
from sqlalchemy import event
from sqlalchemy.engine import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.cli.serving import GRACE_SECONDS, KEEP_ALIVE_SECONDS, make_served

TICK = 0.005
_sent: ContextVar[list[int] | None] = ContextVar("_sent", default=None)


class Probed:
    """Adds `GET /probe` (what happened since it was last asked) and the number of statements to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._ticking: asyncio.Task[None] | None = None
        self._forget()

    def _forget(self) -> None:
        self._lag = self._busy = self._collecting = 0.0
        self._late = 0
        self._cpu = time.process_time()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
            gc.callbacks.append(self._collected)
        if scope["type"] == "http" and scope["path"] == "/probe":
            await self._answer(send)
            return
        counted = [0]
        _sent.set(counted)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-statements", b"%d" % counted[0])]}
            await send(message)

        await self._app(scope, receive, send_counted)

    async def _tick(self) -> None:
        while True:
            due, used = time.perf_counter() + TICK, time.thread_time()
            await asyncio.sleep(TICK)
            lag, busy = time.perf_counter() - due, time.thread_time() - used
            self._lag, self._busy = max(self._lag, lag), max(self._busy, min(busy, lag))
            self._late += lag > 0.1

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self._collecting = max(self._collecting, time.perf_counter() - self._began)

    async def _answer(self, send: Send) -> None:
        seen = {
            "lag_ms": round(1000 * self._lag, 1),
            "busy_ms": round(1000 * self._busy, 1),
            "over_100_ms": self._late,
            "gc_ms": round(1000 * self._collecting, 1),
            "cpu_s": round(time.process_time() - self._cpu, 2),
        }
        self._forget()
        body = json.dumps(seen).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


def _count(*_: object) -> None:
    counted = _sent.get()
    if counted is not None:
        counted[0] += 1


def make_probed() -> ASGIApp:
    event.listen(Engine, "before_cursor_execute", _count)
    return Probed(make_served())


if __name__ == "__main__":
    uvicorn.run(
        "benchmarks.probed:make_probed",
        factory=True,
        port=int(sys.argv[1]),
        http="app.web.patience:PatientProtocol",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
