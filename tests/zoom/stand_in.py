"""A small stand-in for Zoom's API: answers what a test wrote down, and keeps what it was asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import SecretStr

from app.zoom.client import Zoom
from app.zoom.line import Line
from app.zoom.quota import Quota
from app.zoom.tokens import Credentials

SECRET = "the secret of the server-to-server app"
API = "http://zoom.test/v2"


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    method: str
    raw_path: str
    query: dict[str, str]
    authorization: str
    body: Any


class StandIn:
    """Answers in the order given for a path (the last one again and again); tokens are `token-1`, `token-2`, …"""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.given = 0
        self.worn: set[str] = set()
        """Tokens that are answered 401."""
        self.token: Answer | None = None
        """Instead of a good token."""
        self.api_url: str | None = "http://zoom.test"
        self._answers: dict[str, list[Answer]] = {}

    def on(self, path: str, *answers: Answer | Mapping[str, Any]) -> None:
        self._answers[path] = [one if isinstance(one, Answer) else Answer(200, one) for one in answers]

    def calls(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.raw_path == path]

    @property
    def tokens_asked(self) -> list[Asked]:
        return self.calls("/oauth/token")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        asked = Asked(
            scope["method"],
            scope["raw_path"].decode(),
            {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()},
            headers.get("authorization", ""),
            json.loads(body) if body else None,
        )
        self.asked.append(asked)
        answer = self._token() if asked.raw_path == "/oauth/token" else self._answer(asked)
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        told = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": told})
        await send({"type": "http.response.body", "body": content})

    def _token(self) -> Answer:
        if self.token is not None:
            return self.token
        self.given += 1
        told = {"access_token": f"token-{self.given}", "token_type": "bearer", "expires_in": 3599, "scope": "report"}
        return Answer(200, told | ({"api_url": self.api_url} if self.api_url else {}))

    def _answer(self, asked: Asked) -> Answer:
        if asked.authorization.removeprefix("Bearer ") in self.worn:
            return Answer(401, {"code": 124, "message": "Invalid access token."})
        waiting = self._answers.get(asked.raw_path)
        if not waiting:
            return Answer(404, {"code": 3001, "message": "Meeting does not exist."})
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


def connect(app: Any, *, quota: Quota | None = None, **line: Any) -> Zoom:
    """A client of an ASGI application that plays Zoom; it does not pause between requests unless told to."""
    transport = app if isinstance(app, httpx.AsyncBaseTransport) else httpx.ASGITransport(app=app)
    given: dict[str, Any] = {"credentials": Credentials("AAAAAABBBB", "client", SecretStr(SECRET)), "api_url": API}
    given |= {"token_url": "http://zoom.test/oauth/token", "quota": quota or Quota(sleep=no_sleep)}
    return Zoom(Line(transport=transport, **given | line))


async def no_sleep(seconds: float) -> None:
    """Nobody waits in a test."""


def rows(*participants: Mapping[str, Any], total: int | None = None, token: str = "") -> dict[str, Any]:
    """A page of the participants report."""
    return {
        "page_count": 1,
        "page_size": 300,
        "total_records": len(participants) if total is None else total,
        "next_page_token": token,
        "participants": list(participants),
    }


def stays(count: int, start: int = 0) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "id": "",
            "user_id": str(16778240 + number),
            "name": f"[DISDIK] Ruang {number}",
            "user_email": "",
            "join_time": "2026-11-22T23:25:12Z",
            "leave_time": "2026-11-23T00:05:12Z",
            "duration": 2400,
            "status": "in_meeting",
        }
        for number in range(start, start + count)
    ]
