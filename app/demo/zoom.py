"""The sample's Zoom: the twin on an address of this machine, told what is going to happen."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import httpx
import uvicorn
from pydantic import SecretStr

from app.core.clock import utc_now
from app.core.settings import Settings
from app.demo.zoom_twin.account import Account
from app.demo.zoom_twin.api import make_zoom
from app.demo.zoom_twin.cast import Cast, Person
from app.demo.zoom_twin.deliveries import arrivals, tell
from app.demo.zoom_twin.drawing import draw_story
from app.demo.zoom_twin.events import sign
from app.demo.zoom_twin.faults import load_faults
from app.demo.zoom_twin.story import Plan

WEBHOOK = "/v1/zoom/webhook"
AT_ONCE = 20
"""Deliveries that are under way at the same time."""


class DemoZoom:
    """One account, and the deliveries that it still has to make."""

    def __init__(self, webhook_secret: str) -> None:
        self._webhook_secret = webhook_secret
        self.account = Account(utc_now, load_faults("gentle"), client_secret=secrets.token_urlsafe(24))
        self._waiting: list[tuple[datetime, bytes]] = []

    def hold(self, cast: Cast, plan: Plan, comers: Sequence[Person]) -> None:
        """What is going to happen in a meeting; its report is there as soon as it is over."""
        story = draw_story(cast, plan, comers, self.account.faults)
        self.account.hold(story)
        self._waiting = arrivals(tell(story, self.account.faults))

    async def deliver(self, client: httpx.AsyncClient, until: datetime | None = None) -> None:
        """Post what happened until then, signed as of now, some at a time: so they overtake each other."""
        due = [body for at, body in self._waiting if until is None or at <= until]
        self._waiting = self._waiting[len(due) :]
        for start in range(0, len(due), AT_ONCE):
            await asyncio.gather(*(self._post(client, body) for body in due[start : start + AT_ONCE]))

    async def _post(self, client: httpx.AsyncClient, body: bytes) -> None:
        headers = sign(body, self._webhook_secret, datetime.now(UTC))
        answer = await client.post(WEBHOOK, content=body, headers=headers)
        answer.raise_for_status()


@asynccontextmanager
async def play_zoom(settings: Settings) -> AsyncIterator[tuple[Settings, DemoZoom]]:
    """The twin while it listens on this machine, and the settings that lead the service there and nowhere else."""
    zoom = DemoZoom(settings.zoom_webhook_secrets[0].get_secret_value())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            make_zoom(zoom.account), ws="none", lifespan="off", access_log=False, log_level="warning"
        )
        server = _Quiet(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        found = {
            "zoom_account_id": zoom.account.account_id,
            "zoom_client_id": zoom.account.client_id,
            "zoom_client_secret": SecretStr(zoom.account.client_secret),
            "zoom_api_url": f"{address}/v2",
            "zoom_token_url": f"{address}/oauth/token",
        }
        try:
            yield settings.model_copy(update=found), zoom
        finally:
            server.should_exit = True
            await serving


class _Quiet(uvicorn.Server):
    """A second server in this process leaves the signals to the first one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
