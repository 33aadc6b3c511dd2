"""The background work of this room: find what time made so, hand it to those who listen, send it, keep a log."""

from typing import Protocol

from app.core.clock import Clock
from app.core.db import OpenSession, act_as
from app.core.ticker import Loop
from app.notifications.delivering import Courier
from app.notifications.handing import forget_old, hand_out_due
from app.notifications.watching import watch_apels


class Process(Protocol):
    """What a process that serves has at hand."""

    @property
    def sessions(self) -> OpenSession: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def courier(self) -> Courier: ...


def notification_loops(process: Process) -> list[Loop]:
    async def watch() -> bool:
        return await watch_apels(process.sessions, process.clock)

    async def hand_out() -> bool:
        return await hand_out_due(process.sessions, process.clock)

    async def send() -> bool:
        return await process.courier.send_due(process.sessions, process.clock)

    async def forget() -> bool:
        async with process.sessions.begin() as session:
            await act_as(session)
            await forget_old(session, at=process.clock())
        return False

    return [
        Loop("what to tell", 10.0, watch),
        Loop("announcements", 1.0, hand_out),
        Loop("webhooks", 0.5, send),
        Loop("log of webhooks", 3600.0, forget),
    ]
