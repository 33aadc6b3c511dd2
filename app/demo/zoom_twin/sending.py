"""Webhooks on their way: posted when they are due, signed anew at each attempt, sent again after failures only."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush

import httpx

from app.core.clock import Clock
from app.demo.zoom_twin.deliveries import ATTEMPTS, Delivery
from app.demo.zoom_twin.events import sign

AT_ONCE = 20
"""Deliveries that are under way at the same time, so that they overtake each other."""
Post = Callable[[bytes, dict[str, str]], Awaitable[int]]
"""Sends a body with its headers and returns the status; raises httpx.TransportError where nobody answers."""


class Sender:
    """The deliveries that Zoom still has to make, to one address."""

    def __init__(self, post: Post, secret: str, clock: Clock) -> None:
        self._post, self._secret, self._clock = post, secret, clock
        self._waiting: list[tuple[datetime, int, int, Delivery]] = []
        self.answers: Counter[int] = Counter()
        """Status → attempts; 0: nobody answered."""
        self.lost: list[bytes] = []
        """Given up after the last attempt, or at once because the answer was 3xx or 4xx."""

    def add(self, deliveries: Iterable[Delivery]) -> None:
        known = len(self._waiting)
        self._waiting += [(one.due, known + number, 0, one) for number, one in enumerate(deliveries)]
        heapify(self._waiting)

    @property
    def next_due(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    async def send_until(self, until: datetime | None = None) -> None:
        """Make all attempts that are due until then; None: all that are due the first time, whenever that is."""
        while batch := self._take(until):
            await asyncio.gather(*(self._attempt(*one) for one in batch))

    def _take(self, until: datetime | None) -> list[tuple[datetime, int, int, Delivery]]:
        taken: list[tuple[datetime, int, int, Delivery]] = []
        while self._waiting and len(taken) < AT_ONCE and (until is None or self._waiting[0][0] <= until):
            taken.append(heappop(self._waiting))
        return taken

    async def _attempt(self, due: datetime, number: int, attempt: int, delivery: Delivery) -> None:
        status = 0 if attempt < delivery.failing else await self._ask(delivery.body)
        if 200 <= status < 300:
            return
        again = attempt + 1
        if 0 < status < 500 or again == len(ATTEMPTS):
            self.lost.append(delivery.body)
        else:
            heappush(self._waiting, (due + ATTEMPTS[again] - ATTEMPTS[attempt], number, again, delivery))

    async def _ask(self, body: bytes) -> int:
        try:
            status = await self._post(body, sign(body, self._secret, self._clock()))
        except httpx.TransportError:
            status = 0
        self.answers[status] += 1
        return status
