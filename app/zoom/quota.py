"""How often Zoom may be asked: its limits per second count for the whole account, so half of them is left to others."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum
from time import monotonic

SHARE = 0.5
"""Of the account's quota; other apps of the office use the same one."""


class Tier(Enum):
    """Zoom's rate-limit labels with the requests per second of the Pro plan, the smallest that has reports."""

    LIGHT = 30
    MEDIUM = 20
    HEAVY = 10


Sleep = Callable[[float], Awaitable[None]]


class Quota:
    """Lets at most half of a tier's requests begin in any one second; who comes too early waits in line."""

    def __init__(self, now: Callable[[], float] = monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._now, self._sleep = now, sleep
        self._begun = {tier: deque[float](maxlen=int(tier.value * SHARE)) for tier in Tier}

    async def wait_turn(self, tier: Tier) -> None:
        # The place in line is taken before the wait, so that those who come meanwhile queue up behind.
        begun, now = self._begun[tier], self._now()
        full = len(begun) == begun.maxlen
        turn = max(now, begun[0] + 1.0) if full else now
        begun.append(turn)
        if turn > now:
            await self._sleep(turn - now)
