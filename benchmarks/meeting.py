"""Zoom's side of a Monday: signed deliveries of people who join, leave and come back."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from app.demo.zoom_twin.events import Device, Meeting, encode, sign
from benchmarks.caller import Answer, Caller
from benchmarks.place import ZOOM_SECRET
from benchmarks.regency import NUMBER, Regency

PATH = "/v1/zoom/webhook"


class Visits:
    """Endless events of one run of the meeting: rooms first, then every person joins, leaves and joins again."""

    def __init__(self, regency: Regency, seed: int = 1) -> None:
        self._draw = Random(seed)
        uuid = f"{self._draw.getrandbits(64):016x}/+=="
        self.meeting = Meeting(NUMBER, uuid, "Apel", datetime.now(UTC), 30)
        rooms = [f"[{code}] Ruang Apel" for code in regency.units]
        people = [person.join_name for person in regency.people]
        self._draw.shuffle(people)
        self.names: Sequence[str] = [*rooms, *people]
        self._told = self._tell()

    def _device(self, name: str) -> Device:
        return Device(str(self._draw.getrandbits(30)), name, str(UUID(int=self._draw.getrandbits(128))).upper())

    def _tell(self) -> Iterator[bytes]:
        yield encode(self.meeting.started(datetime.now(UTC)))
        while True:
            devices = []
            for name in self.names:
                devices.append(self._device(name))
                yield encode(self.meeting.joined(devices[-1], datetime.now(UTC)))
            for device in devices:
                yield encode(self.meeting.left(device, datetime.now(UTC), "network connection error"))

    def deliveries(self, caller: Caller, number: int) -> Iterator[Callable[[], Awaitable[Answer]]]:
        """The next so many events; each is signed when it is sent."""
        for _ in range(number):
            yield self.delivery(caller)

    def delivery(self, caller: Caller) -> Callable[[], Awaitable[Answer]]:
        async def send() -> Answer:
            body = next(self._told)
            return await caller.ask("POST", PATH, headers=sign(body, ZOOM_SECRET, datetime.now(UTC)), body=body)

        return send
