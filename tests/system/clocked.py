"""The service as `apel serve` runs it, on a day that a story chooses: a file says how far its clock is from ours."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.cli.serving import GRACE_SECONDS, make_served
from app.core.clock import utc_now


def make_clocked() -> FastAPI:
    app = make_served()
    shift = Path(os.environ["STORY_CLOCK"])

    def now() -> datetime:
        return utc_now() + timedelta(seconds=float(shift.read_text("utf-8")))

    app.state.clock = now
    app.add_middleware(Dated, clock=now)
    return app


class Dated:
    """Tells the story's time in the `Date` header, as a server of that day would."""

    def __init__(self, app: ASGIApp, clock: Callable[[], datetime]) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", format_datetime(self._clock(), True).encode())]
            await send(message)

        await self._app(scope, receive, dated)


if __name__ == "__main__":
    uvicorn.run(
        "tests.system.clocked:make_clocked",
        factory=True,
        port=int(sys.argv[1]),
        http="app.web.patience:PatientProtocol",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
