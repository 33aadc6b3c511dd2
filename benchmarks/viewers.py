"""Many viewers of the board's stream in one process, as light as they can be: `python -m benchmarks.viewers`.

Takes one JSON line `{port, path, token, viewers}`, says `{"connected": seconds}` when every viewer has its first
frame, and then, for each frame that every viewer has, its id and when the first and the last of them had it whole
(the system's monotonic clock, which all processes share).
"""

import asyncio
import json
import sys
import time
from typing import Any

from app.core.descriptors import raise_limit
from benchmarks.caller import HOST

AT_ONCE = 50
"""Connections that are being opened at a time."""
ID = 120
"""Bytes at the beginning of a chunk within which a frame says its id."""


class Tally:
    """How many viewers have which frame."""

    def __init__(self, viewers: int) -> None:
        self._viewers = viewers
        self._began = time.monotonic()
        self._seen: dict[bytes, list[float]] = {}
        self._connected = False

    def note(self, frame_id: bytes) -> None:
        now = time.monotonic()
        had = self._seen.setdefault(frame_id, [now, 0])
        had[1] += 1
        if had[1] == self._viewers:
            self._tell(frame_id, had[0], now)

    def _tell(self, frame_id: bytes, first: float, last: float) -> None:
        told: dict[str, Any] = {"id": frame_id.decode(), "first": first, "last": last}
        if not self._connected:
            self._connected, told = True, {"connected": last - self._began}
        print(json.dumps(told), flush=True)


class Viewer(asyncio.Protocol):
    """Reads chunk by chunk, looks at the beginning of each, and skips the rest."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        self._request, self._tally = request, tally
        self._held = b""
        self._left = 0
        self._frame_id = b""
        self._in_head = True
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self._request)  # type: ignore[attr-defined]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(exc or EOFError())

    def data_received(self, data: bytes) -> None:
        if self._left > len(data):  # in the middle of a frame: most of what comes
            self._left -= len(data)
            return
        data = self._held + data
        while data and (step := self._skip(data) if self._left else self._begin(data)):
            data = data[step:]
        self._held = data

    def _skip(self, data: bytes) -> int:
        """To the end of the chunk, or as far as there is any of it."""
        step = min(self._left, len(data))
        self._left -= step
        if self._left == 0 and self._frame_id:
            self._tally.note(self._frame_id)
            self._frame_id = b""
            if not self.opened.done():
                self.opened.set_result(None)
        return step

    def _begin(self, data: bytes) -> int:
        """Past the answer's head, or past the size of a chunk and into it; 0 while too little of it is there."""
        end = data.find(b"\r\n\r\n" if self._in_head else b"\r\n")
        if end < 0:
            return 0
        if self._in_head:
            if b" 200 " not in data[:20]:
                raise RuntimeError(data[:400])
            self._in_head = False
            return end + 4
        size = int(data[:end], 16)
        if len(data) < end + 2 + min(size, ID):
            return 0
        self._left = size + 2
        begins = data[end + 2 : end + 2 + ID]
        if begins.startswith(b"id: "):
            self._frame_id = begins[4 : begins.index(b"\n")]
        return end + 2


async def run() -> None:
    told = json.loads(sys.stdin.readline())
    raise_limit()
    lines = [f"GET {told['path']} HTTP/1.1", f"host: {HOST}", f"authorization: Bearer {told['token']}"]
    request = "\r\n".join(lines).encode() + b"\r\n\r\n"
    tally, loop = Tally(told["viewers"]), asyncio.get_running_loop()
    for first in range(0, told["viewers"], AT_ONCE):
        number = min(AT_ONCE, told["viewers"] - first)
        made = await asyncio.gather(
            *(loop.create_connection(lambda: Viewer(request, tally), HOST, told["port"]) for _ in range(number))
        )
        await asyncio.gather(*(viewer.opened for _, viewer in made))
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(run())
