"""A service with a database of its own, receivers on the loopback, and a clock that the test moves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.db import OpenSession, make_engine, make_sessions
from app.core.destinations import read_listed
from app.core.principal import Role
from app.core.settings import Settings
from app.notifications.delivering import Courier
from app.notifications.handing import hand_out_due
from app.notifications.models import WebhookAttempt, WebhookDelivery
from app.notifications.sending import Sender
from app.notifications.watching import watch_apels
from tests.client import Api, serve
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, Make
from tests.notifications.receiver import LISTED, Receiver

PATH = "/v1/webhooks"
ALL = [
    "report.missing",
    "report.returned",
    "apel.closed",
    "scores.final",
    "finding.to_review",
    "circular.to_acknowledge",
]
BEFORE = MONDAY - timedelta(hours=1)


class Office:
    """The running service: what its loops would do is done when the test says so."""

    def __init__(self, loop: asyncio.Runner, sessions: OpenSession, api: Api, make: Make) -> None:
        self._loop, self.sessions, self.api, self.make = loop, sessions, api, make
        self.courier = Courier(Sender([read_listed(LISTED)], seconds=2))
        self.now = BEFORE
        self.secrets: dict[str, str] = {}
        self._receivers: list[Receiver] = []

    def clock(self) -> datetime:
        return self.now

    def at(self, now: datetime) -> "Office":
        self.now = now
        self.api.at(now)
        return self

    def later(self, **span: float) -> "Office":
        return self.at(self.now + timedelta(**span))

    def as_(self, role: Role, opd_code: str | None = None) -> Api:
        return self.api.as_(role, opd_code).at(self.now)

    def receiver(self, *answers: Any) -> Receiver:
        made = Receiver(*answers)
        self._loop.run(made.start())
        self._receivers.append(made)
        return made

    def webhook(self, receiver: Receiver, events: list[str] | None = None, **fields: Any) -> str:
        """A webhook of this receiver, made an hour before the apel; its id."""
        body = {"url": receiver.url, "events": events or ALL} | fields
        made = self.as_(Role.ADMIN).post(PATH, body)
        assert made.status_code == 201, made.text
        self.secrets[made.json()["id"]] = made.json()["secret"]
        return str(made.json()["id"])

    def watch(self) -> None:
        self._loop.run(watch_apels(self.sessions, self.clock))

    def hand_out(self) -> None:
        self._loop.run(hand_out_due(self.sessions, self.clock))

    def send(self) -> bool:
        """One round of sending, and whatever it set out with has arrived or failed."""

        async def go() -> bool:
            found = await self.courier.send_due(self.sessions, self.clock)
            await self.courier.rest()
            return found

        return self._loop.run(go())

    def tell(self) -> None:
        """Everything that is to be told right now."""
        self.watch()
        self.hand_out()
        while self.send():
            pass

    def log(self, webhook_id: str) -> list[dict[str, Any]]:
        answer = self.as_(Role.INSPECTOR).get(f"{PATH}/{webhook_id}/deliveries")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def hook(self, webhook_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.as_(Role.INSPECTOR).get(f"{PATH}/{webhook_id}").json()
        return found

    def test(self, webhook_id: str) -> str:
        sent = self.as_(Role.KOMINFO).post(f"{PATH}/{webhook_id}/test")
        assert sent.status_code == 201, sent.text
        return str(sent.json()["id"])

    def rows(self, delivery_id: str) -> tuple[WebhookDelivery, list[WebhookAttempt]]:
        async def look() -> tuple[WebhookDelivery, list[WebhookAttempt]]:
            async with self.sessions() as session:
                row = await session.get_one(WebhookDelivery, UUID(delivery_id))
                asked = select(WebhookAttempt).where(WebhookAttempt.delivery_id == row.id)
                return row, list(await session.scalars(asked.order_by(WebhookAttempt.started_at)))

        return self._loop.run(look())

    def close(self) -> None:
        self._loop.run(self.courier.stop())
        for receiver in self._receivers:
            self._loop.run(receiver.stop())


@contextmanager
def open_office(loop: asyncio.Runner, url: str, data_dir: Path) -> Iterator[Office]:
    """The service on a database that it has to itself."""
    engine = make_engine(url)
    sessions = make_sessions(engine, SURROUNDINGS)
    building = sessions()
    settings = Settings(data_dir=data_dir, webhook_hosts=(LISTED,))
    with serve(loop, sessions, settings, BEFORE) as api:
        made = Office(loop, sessions, api, Make(building, loop.run))
        yield made
        made.close()
    loop.run(building.close())
    loop.run(engine.dispose())


@pytest.fixture
def office(loop: asyncio.Runner, own_url: str, tmp_path: Path) -> Iterator[Office]:
    with open_office(loop, own_url, tmp_path) as made:
        yield made
