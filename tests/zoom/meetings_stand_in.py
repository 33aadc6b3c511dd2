"""Zoom's meetings and registrants as a stand-in keeps them."""

import re
from typing import Any

from tests.zoom.stand_in import Answer, Asked, StandIn

HOST = "kominfo@example.go.id"


class Meetings(StandIn):
    """One host's meetings; registrants are told apart by their e-mail."""

    def __init__(self) -> None:
        super().__init__()
        self.meetings: dict[str, dict[str, Any]] = {}
        self.registrants: dict[str, dict[str, dict[str, Any]]] = {}
        self.seats: int | None = 300
        self.failures: list[Answer] = []
        """Answered instead to the next batches of registrants."""
        self.deaf_to: set[str] = set()
        """Display names that are refused."""
        self.loses_answers = 0
        """So many batches are taken, but answered with an error."""

    def meeting(self, number: str, *, registration: bool = False, **fields: Any) -> None:
        """A meeting that somebody made by hand."""
        settings = {"approval_type": 0 if registration else 2}
        told = {"topic": "Apel", "type": 2, "start_time": "2026-11-22T23:30:00Z", "duration": 30, "settings": settings}
        link = f"https://zoom.us/j/{number}?pwd=abc"
        self.meetings[number] = {"id": int(number), "password": "rahasia1", "join_url": link} | told | fields

    def _answer(self, asked: Asked) -> Answer:
        path = asked.raw_path.removeprefix("/v2")
        if path == f"/users/{HOST}/settings":
            return Answer(200, {"feature": {"meeting_capacity": self.seats}})
        if path == f"/users/{HOST}/meetings":
            return self._meetings(asked)
        found = re.fullmatch(r"/meetings/(\d+)(/\w+)?", path)
        if found is None or found[1] not in self.meetings:
            return Answer(404, {"code": 3001, "message": "Meeting does not exist."})
        number, what = found[1], found[2]
        if what is None and asked.method == "PATCH":
            self.meetings[number] |= asked.body
            return Answer(204, b"")
        if what is None:
            return Answer(200, self.meetings[number])
        return self._registrants(number, what, asked)

    def _meetings(self, asked: Asked) -> Answer:
        if asked.method == "GET":
            listed = [{k: v for k, v in one.items() if k not in ("settings", "password")} for one in self.all_made()]
            return Answer(200, {"meetings": listed, "next_page_token": ""})
        number = str(91000000000 + len(self.meetings))
        told = {key: value for key, value in asked.body.items() if key != "default_password"}
        self.meeting(number, **told)
        return Answer(201, self.meetings[number])

    def all_made(self) -> list[dict[str, Any]]:
        return list(self.meetings.values())

    def _registrants(self, number: str, what: str, asked: Asked) -> Answer:
        held = self.registrants.setdefault(number, {})
        if asked.method == "GET":
            return Answer(200, {"registrants": list(held.values()), "next_page_token": ""})
        if self.failures:
            return self.failures.pop(0)
        new = asked.body["registrants"] if what == "/batch_registrants" else [asked.body]
        if any(one["first_name"] in self.deaf_to for one in new):
            return Answer(400, {"code": 300, "message": "Invalid name"})
        added = [self._register(held, one) for one in new]
        if self.loses_answers:
            self.loses_answers -= 1
            return Answer(502, b"")
        answer = {key: value for key, value in added[0].items() if key not in ("email", "id")}
        return Answer(201, {"registrants": added} if what == "/batch_registrants" else answer | {"id": int(number)})

    def _register(self, held: dict[str, dict[str, Any]], new: dict[str, Any]) -> dict[str, Any]:
        number = f"registrant-{len(held) + 1}"
        told = {"id": number, "registrant_id": number, "email": new["email"], "adds": 0, "status": "approved"}
        one = held.setdefault(new["email"], told | {"name": new["first_name"]})
        one["adds"] += 1
        one["join_url"] = f"https://zoom.us/w/1?tk={one['id']}"
        return one
