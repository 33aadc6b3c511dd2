"""A stand-in for Zoom's memory: runs that ended and their participants reports, page by page, with its habits."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.make import MONDAY
from tests.monday import NUMBER
from tests.zoom.stand_in import Answer

UUID = "/aB+c//d=="
START, END = MONDAY - timedelta(minutes=5), MONDAY + timedelta(minutes=30)
PAGE = 300


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stay(
    name: str,
    joined: datetime = MONDAY,
    left: datetime = MONDAY + timedelta(minutes=30),
    *,
    status: str = "in_meeting",
    **fields: Any,
) -> dict[str, Any]:
    """A row of the report."""
    told = {"id": "", "user_id": str(16778240 + hash_of(name)), "name": name, "user_email": ""}
    times = {
        "join_time": written(joined),
        "leave_time": written(left),
        "duration": int((left - joined).total_seconds()),
    }
    return told | times | {"status": status} | fields


def hash_of(name: str) -> int:
    return sum(ord(sign) * number for number, sign in enumerate(name, start=1))


def crowd(count: int) -> list[dict[str, Any]]:
    return [stay(f"[DISDIK] Ruang {number}") for number in range(count)]


@dataclass
class Run:
    """A run of a meeting; without an end it goes on."""

    uuid: str = UUID
    number: str = NUMBER
    start: datetime = START
    end: datetime | None = END
    rows: Sequence[Mapping[str, Any]] = ()
    total: int | None = None
    """What Zoom claims, where that is not the truth."""
    people: int | None = None
    listed: bool = True


@dataclass
class PastZoom:
    """Tokens of pages name where the page begins; `expired` are not good any more, once each."""

    runs: list[Run] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    instead: deque[Answer] = field(default_factory=deque)
    """Given to the next questions about reports, whatever they ask."""
    reports: list[str] = field(default_factory=list)
    """`uuid token` of every page that was asked for."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        path = scope["raw_path"].decode().partition("?")[0]
        query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
        answer = self._answer(path, query)
        told = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": told})
        await send({"type": "http.response.body", "body": json.dumps(answer.body).encode()})

    def _answer(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/oauth/token":
            return Answer(200, {"access_token": "token", "expires_in": 3599})
        parts = [unquote(unquote(part)) for part in path.removeprefix("/v2/").split("/")]
        if parts[0] == "report":
            return self._report(parts[2], query.get("next_page_token", ""))
        if parts[-1] == "instances":
            ended = [run for run in self.runs if run.number == parts[1] and run.end is not None and run.listed]
            return Answer(200, {"meetings": [{"uuid": run.uuid, "start_time": written(run.start)} for run in ended]})
        run = self._find(parts[1])
        return _GONE if run is None or run.end is None else Answer(200, _past(run, run.end))

    def _report(self, uuid: str, token: str) -> Answer:
        self.reports.append(f"{uuid} {token}".strip())
        if self.instead:
            return self.instead.popleft()
        run = self._find(uuid)
        if run is None:
            return _GONE
        if token in self.expired:
            self.expired.discard(token)
            return Answer(400, {"code": 300, "message": "The next page token is invalid or expired."})
        first = int(token or 0)
        rows, following = run.rows[first : first + PAGE], first + PAGE
        total = len(run.rows) if run.total is None else run.total
        more = str(following) if following < len(run.rows) else ""
        told = {"page_count": 1, "page_size": PAGE, "total_records": total, "next_page_token": more}
        return Answer(200, told | {"participants": rows})

    def _find(self, uuid: str) -> Run | None:
        return next((run for run in self.runs if run.uuid == uuid), None)


_GONE = Answer(404, {"code": 3001, "message": "Meeting does not exist."})


def _past(run: Run, end: datetime) -> dict[str, Any]:
    people = len({row["name"] for row in run.rows}) if run.people is None else run.people
    times = {"start_time": written(run.start), "end_time": written(end), "duration": 35}
    return {"uuid": run.uuid, "id": int(run.number), "participants_count": people} | times
