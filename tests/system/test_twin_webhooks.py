"""The twin's webhooks through the real door: signed, sent again, in any order, while the database is away and back."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.demo.zoom_twin.deliveries import tell
from app.demo.zoom_twin.sending import Sender
from app.zoom.inbox import process_pending
from app.zoom.ingest import Ingest
from app.zoom.models import ZoomInbox, ZoomQuarantine
from tests.demo.twin import WORST
from tests.system.held import MINUTE, SECRET, Regency
from tests.system.reported import differences_of, report_some

pytestmark = pytest.mark.system
Do = Callable[[Coroutine[Any, Any, Any]], Any]
NUMBER = 6


class Door:
    """The service's webhook entry over HTTP, whose database can be away."""

    def __init__(self, regency: Regency, url: str) -> None:
        self._state, self._ingest = regency.app.state, Ingest(url)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=regency.app, raise_app_exceptions=False), base_url="http://apel.test"
        )

    async def open(self) -> None:
        await self._ingest.start()
        self._state.ingest = self._ingest

    def shut(self) -> None:
        self._state.ingest = None

    async def close(self) -> None:
        await self._ingest.stop()
        await self._client.aclose()

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        return (await self._client.post("/v1/zoom/webhook", content=body, headers=headers)).status_code


async def _pass(regency: Regency, sender: Sender, until: datetime) -> None:
    """Minute by minute, since a signature is good for five."""
    while regency.now < until:
        regency.now = min(regency.now + MINUTE, until)
        await sender.send_until(regency.now)
    while await process_pending(regency.sessions, regency.app.state.clock):
        pass


async def _count(regency: Regency) -> tuple[int, int, int]:
    async with regency.sessions() as session:
        states = dict((await session.execute(select(ZoomInbox.state, func.count()).group_by(ZoomInbox.state))).all())
        aside = await session.scalar(select(func.count()).select_from(ZoomQuarantine))
    return sum(states.values()), states.get("failed", 0), aside or 0


async def _hold(regency: Regency, door: Door) -> tuple[Sender, set[bytes], list[str], tuple[int, int, int]]:
    async with regency.opened():
        held = await regency.plan(NUMBER)
        held.waiting = []
        deliveries = tell(held.story, WORST, NUMBER)
        sender = Sender(door.post, SECRET, lambda: regency.now)
        sender.add(deliveries)
        starts = held.story.plan.starts_at
        await door.open()
        await _pass(regency, sender, starts + 5 * MINUTE)
        door.shut()
        await _pass(regency, sender, starts + 15 * MINUTE)
        await door.open()
        claims = await report_some(regency, held)
        await _pass(regency, sender, held.story.held[1] + 100 * MINUTE)
        counted = await _count(regency)
        await regency.hold(held)
        await door.close()
        return sender, {one.body for one in deliveries}, await differences_of(regency, held, claims), counted


def test_every_delivery_is_answered_2xx_or_503_kept_once_and_none_is_lost_to_an_absence_of_minutes(
    run: Do, own_url: str, tmp_path: Path
) -> None:
    regency = Regency(own_url, tmp_path, WORST, units=12, each=8)
    sender, bodies, wrong, (kept, failed, aside) = run(_hold(regency, Door(regency, own_url)))
    assert set(sender.answers) == {204, 503}
    assert sender.answers[204] > len(bodies), "some came twice"
    assert len(sender.lost) <= len(bodies) // 100, "only what failed four times on Zoom's own side"
    assert (kept, failed, aside) == (len(bodies - set(sender.lost)), 0, 0)
    assert wrong == []
