"""One process's viewers: every frame is rendered once for all who look at the same board in the same way.

Three loops keep it: one looks whether boards changed (woken by the bell, at most twice a second), one tells the time
and ends streams that are old enough, one asks again whether those who look still may. None of them holds a session
between two looks.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from app.accounts.authentication import find_caller
from app.apel.queries import get_current_apel
from app.attendance.service import conclude
from app.board.errors import TooManyViewers
from app.board.frames import Frame, Frames, make_frame
from app.board.reading import empty_board
from app.board.snapshot import Labels
from app.board.viewers import Shown, Viewer, life
from app.core.clock import Clock
from app.core.db import OpenSession, act_as
from app.core.descriptors import raise_limit
from app.core.measures import BOARD_STREAMS
from app.core.principal import Principal
from app.core.settings import Settings
from app.core.ticker import Loop

LOOK_SECONDS = 3.0
"""Boards are looked at so often even if no bell rings: lights move with time alone, and a bell may be lost."""
PACE = 0.5
"""At most two frames a second, whatever happens in between."""
CLOCK_SECONDS = 5.0
"""A wall that hears nothing for ten greys what it shows."""
HONEST = 10.0
"""After so many seconds without a look that succeeded nobody is told the time: the board could be an old one."""
CHECK_SECONDS = 60.0
"""A screen that was taken down, or a person who signed out, loses the stream within so long."""
MOST = 2000
"""Viewers of one process, where it may hold so many sockets."""
OTHERS = 300
"""Sockets that stay for everything else: requests, the database, Zoom."""

Admits = Callable[[Principal], bool]


FRAMES = "board frames"
"""The loop that a bell wakes."""


@dataclass(frozen=True)
class _Ground:
    open_session: OpenSession
    clock: Clock
    settings: Settings


class Hub:
    """All open streams of this process; one that does not run lets everybody see one frame and sends them away."""

    def __init__(self, frames: Frames, admits: Admits, wake: Callable[[], None], *, most: int = MOST) -> None:
        self._frames = frames
        self._admits = admits
        self._wake = wake
        self._most = most
        self._viewers: set[Viewer] = set()
        self._looked_at: dict[Shown, float] = {}
        self._ground: _Ground | None = None

    def loops(self) -> list[Loop]:
        return [
            Loop(FRAMES, LOOK_SECONDS, self.look, pace=PACE),
            Loop("board clock", CLOCK_SECONDS, self.tick),
            Loop("board viewers", CHECK_SECONDS, self.check),
        ]

    def start(self, open_session: OpenSession, clock: Clock, settings: Settings) -> None:
        self._ground = _Ground(open_session, clock, settings)
        self._most = min(self._most, max(0, raise_limit() - OTHERS))

    def close(self) -> None:
        """Send everybody away: this process is about to end, and another will answer."""
        self._ground = None
        for viewer in self._viewers:
            viewer.leave("restart")

    def require_room(self) -> None:
        """Raises TooManyViewers."""
        if len(self._viewers) >= self._most:
            raise TooManyViewers(retry_after=10)

    def join(self, shown: Shown, caller: Principal, frame: Frame, last_seen: str | None, clock: bytes) -> Viewer:
        """A new viewer, who has this frame (unless it was seen already) and the time before anything else."""
        now = asyncio.get_running_loop().time()
        viewer = Viewer(shown, caller, last_seen, now + life())
        self._looked_at.setdefault(shown, now)
        self._viewers.add(viewer)
        BOARD_STREAMS.set(len(self._viewers))
        viewer.offer(frame)
        viewer.tick(clock)
        if self._ground is None:
            viewer.leave("restart")
        self._wake()  # what came after this frame was made was offered to the others only
        return viewer

    def part(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        BOARD_STREAMS.set(len(self._viewers))

    async def look(self) -> bool:
        """Offer every viewer the board as it is now."""
        ground = self._ground
        if ground is None:
            return False
        watched = _apart(self._viewers, lambda viewer: viewer.shown)
        self._looked_at = {shown: at for shown, at in self._looked_at.items() if shown in watched}
        failed: Exception | None = None
        # Today's first: one who looks back must not hold up the hall.
        for shown, viewers in sorted(watched.items(), key=lambda pair: pair[0].apel_id is not None):
            try:
                frame = await self._render(ground, shown)
            except Exception as error:  # whatever it is, the other boards must have their turn
                failed = failed or error
                continue
            self._looked_at[shown] = asyncio.get_running_loop().time()
            for viewer in viewers:
                viewer.offer(frame)
        if failed is not None:
            raise failed
        return False

    async def _render(self, ground: _Ground, shown: Shown) -> Frame:
        open_session, at, settings = ground.open_session, ground.clock(), ground.settings
        labels = Labels(settings.instansi_name, settings.sample, shown.language, settings.zone)
        async with open_session.begin() as session:
            await act_as(session)
            apel_id = shown.apel_id
            if apel_id is None and (current := await get_current_apel(session, at=at)) is not None:
                apel_id = current.id
            if apel_id is not None:
                await conclude(session, apel_id, at=at)
        # Only what is committed may be kept rendered and shared with those who read.
        async with open_session.begin() as session:
            await act_as(session)
            if apel_id is None:
                return make_frame(empty_board(labels))
            standing = await self._frames.stand(session, apel_id, at=at)
            return await self._frames.render(session, standing, labels, visitors=shown.visitors)

    async def tick(self) -> bool:
        """Tell the time, but to nobody whose board could not be looked at; end what has lasted long enough."""
        if self._ground is None:
            return False
        now, told = asyncio.get_running_loop().time(), clock_event(self._ground.clock())
        for viewer in self._viewers:
            if viewer.ends_at <= now:
                viewer.leave("life")
            elif now - self._looked_at.get(viewer.shown, 0.0) < HONEST:
                viewer.tick(told)
        return False

    async def check(self) -> bool:
        """Send away those who may not look any more, or not at as much."""
        ground = self._ground
        if ground is None or not self._viewers:
            return False
        callers = _apart(self._viewers, lambda viewer: (viewer.caller.id, viewer.caller.session_id))
        async with ground.open_session.begin() as session:
            for (subject, session_id), viewers in callers.items():
                caller = await find_caller(session, subject, session_id, at=ground.clock())
                for viewer in viewers:
                    if caller is None or not self._admits(caller) or caller.counts_only != viewer.shown.visitors:
                        viewer.leave("signed-out")
        return False


def clock_event(now: datetime) -> bytes:
    return b'event: clock\ndata: {"now":"%b"}\n\n' % now.isoformat(timespec="milliseconds").encode()


Key = TypeVar("Key")


def _apart(viewers: Iterable[Viewer], key_of: Callable[[Viewer], Key]) -> dict[Key, list[Viewer]]:
    found: dict[Key, list[Viewer]] = {}
    for viewer in viewers:
        found.setdefault(key_of(viewer), []).append(viewer)
    return found
