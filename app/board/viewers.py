"""Who looks at a board, and what is ready for each: one slot and no queue, so that a slow reader holds up nobody."""

import asyncio
from dataclasses import dataclass, field
from random import uniform
from uuid import UUID

from app.board.frames import Frame
from app.core.measures import BOARD_FRAMES_SENT
from app.core.principal import Principal
from app.core.texts import Language

LIFE = (480.0, 720.0)
"""Seconds that a stream lasts: ten minutes, apart enough that not everybody comes back in one moment."""
RETRY = (1000, 4000)
"""Milliseconds after which a viewer comes back, apart for the same reason."""


@dataclass(frozen=True)
class Shown:
    """What a viewer asked to see."""

    apel_id: UUID | None
    """None: whichever apel matters now."""
    language: Language
    visitors: bool


@dataclass(eq=False)
class Viewer:
    """One open stream. What is offered while the last chunk is on its way replaces what was offered before."""

    shown: Shown
    caller: Principal
    seen: str | None
    """The id of the frame that the viewer has."""
    ends_at: float
    _frame: Frame | None = None
    _clock: bytes = b""
    _farewell: bytes = b""
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: bool = False

    def offer(self, frame: Frame) -> None:
        if frame.id != self.seen:
            self._frame = frame
            self._ready.set()
        else:
            self._frame = None

    def tick(self, clock: bytes) -> None:
        self._clock = clock
        self._ready.set()

    def leave(self, reason: str) -> None:
        """End the stream with a last word, after which the viewer comes back, or is refused."""
        self._farewell = b'event: leave\ndata: {"reason":"%b"}\n\n' % reason.encode()
        self._ready.set()

    def vanish(self) -> None:
        """The viewer hung up."""
        self._gone = True
        self._ready.set()

    async def next(self) -> tuple[bytes, bool]:
        """The next chunk, and whether more will follow."""
        await self._ready.wait()
        self._ready.clear()
        frame, self._frame = self._frame, None
        clock, self._clock = self._clock, b""
        if frame is not None:
            self.seen = frame.id
            BOARD_FRAMES_SENT.inc()
        return (frame.event if frame else b"") + clock + self._farewell, not (self._farewell or self._gone)


def greeting() -> bytes:
    return b"retry: %d\n\n" % int(uniform(*RETRY))  # noqa: S311 — nothing secret rests on it


def life() -> float:
    return uniform(*LIFE)  # noqa: S311
