"""How long and how much the server listens to one connection, where no proxy in front of it does.

uvicorn waits for ever for a request that was begun, keeps headers of any size, and waits for ever for a reader.
"""

from asyncio import TimerHandle, Transport
from enum import Enum
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 * 1024
"""Bytes of request line and headers (and of a chunked body's trailers); ours need two thousand."""
HEAD_SECONDS = 10.0
"""From the first byte, or the connection's opening, to the end of the headers."""
BODY_SECONDS = 20.0
LEAST_RATE = 1024
"""A body may take BODY_SECONDS and a second per so many bytes, which EDGE in a valley still manages."""
LINGER_SECONDS = 5.0
"""For a sender that goes on after its answer, and for a reader that leaves the last bytes unread."""
FAREWELL_SECONDS = 2.0
"""For the rest of a body when the server is told to stop."""
READER_SECONDS = 60.0
"""For a reader that does not take what is ready for it."""


class Stage(Enum):
    BETWEEN = "between"
    """Nothing of a next request has come; uvicorn's keep-alive limit counts."""
    HEAD = "head"
    BODY = "body"
    LINGERING = "lingering"
    """The answer is out, the body still comes."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's own protocol with an end to its patience; `uvicorn.run(http="app.web.patience:PatientProtocol")`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._stage = Stage.BETWEEN
        self._since = 0.0
        self._taken = 0
        self._idle_bytes = 0
        """Read since the request last got on: what a parser holds that waits for the end of a header."""
        self._moved = False
        self._look: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._enter(Stage.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stage = Stage.BETWEEN
        for timer in (self._look, self._unread):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._stage is Stage.BETWEEN:
            self._enter(Stage.HEAD)
        self._moved = False
        super().data_received(data)
        self._idle_bytes = 0 if self._moved else self._idle_bytes + len(data)
        if self._idle_bytes > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._enter(Stage.HEAD)

    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            raise ValueError("request head too large")
        self._enter(Stage.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._moved = True
        self._taken += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._moved = True
        self._stage = Stage.BETWEEN
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._stage is Stage.BODY:
            self._enter(Stage.LINGERING)
        super().on_response_complete()
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self.loop.call_later(READER_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        super().shutdown()
        if self._stage in {Stage.BODY, Stage.LINGERING}:
            self.loop.call_later(FAREWELL_SECONDS, self._hang_up)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(READER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def timeout_keep_alive_handler(self) -> None:
        self._hang_up()

    def _enter(self, stage: Stage) -> None:
        self._stage, self._since, self._taken, self._moved = stage, self.loop.time(), 0, True
        if self._look is None:
            self._look = self.loop.call_later(HEAD_SECONDS, self._look_again)

    def _look_again(self) -> None:
        """One timer per connection, armed while a request comes in, whatever number of pieces it comes in."""
        self._look = None
        if self._stage is Stage.BETWEEN or self.transport.is_closing():
            return
        now = self.loop.time()
        if self._stage is Stage.BODY and self.flow.read_paused:
            self._since = now  # it is we who do not read
        remaining = self._due() - now
        if remaining > 0:
            self._look = self.loop.call_later(remaining, self._look_again)
        else:
            self._hang_up()

    def _due(self) -> float:
        match self._stage:
            case Stage.HEAD:
                return self._since + HEAD_SECONDS
            case Stage.LINGERING:
                return self._since + LINGER_SECONDS
            case _:
                return self._since + BODY_SECONDS + self._taken / LEAST_RATE

    def _hang_up(self) -> None:
        """Close, and do not wait for a peer that is gone to take the last bytes."""
        self.transport.close()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)
