"""The moment at which this process is told to stop.

The server tells the application only when every answer has ended, and a stream does not end by itself.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def when_told_to_stop(leave: Callable[[], None]) -> Iterator[None]:
    """Have this called on the event loop as soon as a signal to stop comes, beside whoever handles it already."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def beside(handle: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], None]:
        def heed(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(leave)
            handle(number, frame)

        return heed

    # Where nobody handles a signal, the process ends by it, as it should.
    before = {number: handler for number in SIGNALS if callable(handler := signal.getsignal(number))}
    ours = {number: beside(handler) for number, handler in before.items()}
    for number, heed in ours.items():
        signal.signal(number, heed)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is ours[number]:
                signal.signal(number, handler)
