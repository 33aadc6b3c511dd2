"""The sample's Zoom: the twin on an address of this machine, told what is going to happen."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

import httpx
import uvicorn
from pydantic import SecretStr

from app.core.clock import utc_now
from app.core.settings import Settings
from app.demo.zoom_twin.account import Account
from app.demo.zoom_twin.api import make_zoom
from app.demo.zoom_twin.cast import Cast, Person
from app.demo.zoom_twin.deliveries import Delivery, tell
from app.demo.zoom_twin.drawing import draw_story
from app.demo.zoom_twin.events import encode, sign
from app.demo.zoom_twin.faults import load_faults
from app.demo.zoom_twin.sending import Sender
from app.demo.zoom_twin.story import Plan

WEBHOOK = "/v1/zoom/webhook"


class DemoZoom:
    """One account, and the deliveries that it still has to make."""

    def __init__(self, webhook_secret: str) -> None:
        self.account = Account(utc_now, load_faults("gentle"), client_secret=secrets.token_urlsafe(24))
        self._webhook_secret = webhook_secret
        self._deliveries: list[Delivery] = []

    def hold(self, cast: Cast, plan: Plan, comers: Sequence[Person]) -> None:
        """What is going to happen in a meeting; its report is there as soon as it is over."""
        story = draw_story(cast, plan, comers, self.account.faults)
        self.account.hold(story)
        self._deliveries = tell(story, self.account.faults)

    async def validate(self, client: httpx.AsyncClient) -> None:
        """Have the endpoint prove that it holds the secret, as Zoom does when it is set up and every 72 hours."""
        event = {"event": "endpoint.url_validation", "payload": {"plainToken": secrets.token_urlsafe(16)}}
        now = utc_now()
        body = encode(event | {"event_ts": int(now.timestamp() * 1000)})
        answer = await client.post(WEBHOOK, content=body, headers=sign(body, self._webhook_secret, now))
        answer.raise_for_status()

    async def deliver(self, client: httpx.AsyncClient, until: datetime | None = None) -> None:
        """Tell what happened until then, at once and signed as of now: the sample's hour passes in seconds."""

        async def post(body: bytes, headers: dict[str, str]) -> int:
            return (await client.post(WEBHOOK, content=body, headers=headers)).status_code

        due = [one for one in self._deliveries if until is None or one.due <= until]
        self._deliveries = self._deliveries[len(due) :]
        sender = Sender(post, self._webhook_secret, utc_now)
        sender.add(due)
        await sender.send_until()


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
