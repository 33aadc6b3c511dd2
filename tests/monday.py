"""One small Monday for tests over HTTP: an OPD, its people, a meeting, and the clock moved by hand."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.apel.models import Apel
from app.core.principal import Role
from app.demo.zoom_twin.events import Device, Meeting, encode
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY

NUMBER = "86084701483"
DUE = MONDAY + timedelta(minutes=61)
"""Window and deadline have passed."""


class Story:
    """Zoom as an adapter tells it, reports as operators send them."""

    def __init__(self, api: Api, apel: Apel) -> None:
        self.api = api
        self.apel = apel
        self.draw = Random(1)
        self.meeting = Meeting(NUMBER, "de+IDq//9f3hhT9D8/NA/J1==", "Apel", MONDAY, 30)
        self.adapter = api.as_(Role.ADAPTER)

    def tell(self, event: dict[str, Any]) -> None:
        headers = {"content-type": "application/json"}
        answer = self.adapter.request("POST", "/v1/zoom/events", content=encode(event), headers=headers)
        assert answer.status_code == 200, answer.text

    def starts(self, at: datetime = MONDAY) -> None:
        self.tell(self.meeting.started(at))

    def ends(self, at: datetime = MONDAY + timedelta(minutes=30)) -> None:
        self.tell(self.meeting.ended(at))

    def joins(self, name: str, at: datetime = MONDAY) -> Device:
        device = Device(str(self.draw.randrange(10**9)), name, f"UUID-{self.draw.getrandbits(64):x}")
        self.tell(self.meeting.joined(device, at))
        return device

    def leaves(self, device: Device, at: datetime, reason: str = "left the meeting") -> None:
        self.tell(self.meeting.left(device, at, reason))

    def reports(self, opd_code: str, body: dict[str, Any], *, at: datetime = MONDAY) -> None:
        answer = self.api.as_(Role.OPD_OPERATOR, opd_code).at(at).put(self.path(f"reports/{opd_code}"), body)
        assert answer.status_code in (200, 201), answer.text

    def path(self, rest: str = "") -> str:
        return f"/v1/apel/{self.apel.id}/{rest}".rstrip("/")

    def marks(self, at: datetime = DUE) -> dict[str, dict[str, Any]]:
        answer = self.api.as_(Role.ADMIN).at(at).get(self.path("attendance"))
        assert answer.status_code == 200, answer.text
        return {item["name"]: item for item in answer.json()["items"]}

    def findings(self, at: datetime = DUE) -> list[tuple[str, str, str]]:
        answer = self.api.as_(Role.ADMIN).at(at).get(self.path("findings"))
        assert answer.status_code == 200, answer.text
        return sorted((item["opd_code"], item["code"], item["grade"]) for item in answer.json()["items"])

    def board(self, at: datetime = DUE) -> dict[str, Any]:
        answer = self.api.as_(Role.BUPATI).at(at).get(self.path("board"))
        assert answer.status_code == 200, answer.text
        board: dict[str, Any] = answer.json()
        return board


def claim(strength: int, wfo: int, *, wfa: int = 0, unexplained: int = 0, **excused: int) -> dict[str, Any]:
    """A report of counts only."""
    return {
        "strength": strength,
        "present": {"wfo": wfo, "wfa": wfa},
        "excused": excused,
        "unexplained": unexplained,
    }


def naming(body: dict[str, Any], *entries: tuple[Asn, str, str | None]) -> dict[str, Any]:
    """The same report with its exceptions named; the rest is present in the office."""
    named = [
        {"asn_id": str(person.id), "status": status} | ({"mode": mode} if mode else {})
        for person, status, mode in entries
    ]
    return body | {"entries_are": "exceptions", "entries": named}
