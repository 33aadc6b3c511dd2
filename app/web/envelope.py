"""What surrounds every answer: a trace id, safe headers, HEAD, one access line, and a problem for any crash."""

import re
import secrets
from collections.abc import Callable
from time import perf_counter
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import measures
from app.core.errors import TooLarge
from app.core.stacks import masked

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_log = structlog.get_logger("apel.access")

AnswerFailure = Callable[[Scope, Exception], Response]


def masked_path(scope: Scope) -> str:
    """The path as it may be shown and logged: without the query, and without a NIP that strayed into it."""
    return masked(quote(scope["path"][:300], safe="/:@!$&'()*+,;=~-._", errors="replace"))


def trace_id_of(scope: Scope) -> str:
    """The trace id of the caller's W3C `traceparent`, or a new one."""
    found = _TRACEPARENT.fullmatch(Headers(scope=scope).get("traceparent", ""))
    return found[1] if found else secrets.token_hex(16)


class HeadAnswered(Exception):
    """Ends a stream whose reader asked for the head only."""


class Answer:
    """Watches one answer on its way out and completes its headers."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._head_only = scope["method"] == "HEAD"
        self.status = 0
        self.finished = False
        self.too_large: TooLarge | None = None
        """Set when the framework's limiter began a plain-text 413, which is held back for a problem."""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self.too_large and not self.status:
            return
        elif message["type"] == "http.response.body":
            await self._continue(message)
        else:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
            self.too_large = TooLarge(limit=self._scope.get(MAX_BODY_SIZE_SCOPE_KEY, "–"))
            return
        self.status = message["status"]
        headers["x-trace-id"] = self._scope["state"]["trace_id"]
        headers.setdefault("x-content-type-options", "nosniff")
        if self._scope["path"].startswith("/v1"):
            headers.setdefault("cache-control", "no-store")
        await self._send(message)

    async def _continue(self, message: Message) -> None:
        more = message.get("more_body", False)
        if not self._head_only:
            self.finished = not more
            await self._send(message)
            return
        if not self.finished:
            self.finished = True
            await self._send({"type": "http.response.body", "body": b""})
        if more:
            raise HeadAnswered


class Envelope:
    """Pure ASGI, so that streams pass through unbuffered and a disconnect is noticed."""

    def __init__(self, app: ASGIApp, answer_failure: AnswerFailure) -> None:
        self._app = app
        self._answer_failure = answer_failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        trace_id = trace_id_of(scope)
        scope.setdefault("state", {})["trace_id"] = trace_id
        answer = Answer(scope, send)
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            try:
                await self._serve(scope, receive, answer)
            finally:
                seconds = perf_counter() - began
                _write_line(scope, answer, seconds)
                measures.count_answer(scope["method"], _template(scope), answer.status, seconds)

    async def _serve(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        asked_head = scope["method"] == "HEAD"
        # HEAD is GET without a body: no route has to say so. The server keeps its own scope, by which it knows that
        # the length that is announced does not follow.
        served = {**scope, "method": "GET"} if asked_head else scope
        try:
            await self._app(served, receive, answer.send)
        except ClientDisconnect:
            return
        except Exception as error:
            if asked_head and answer.finished:
                return
            response = self._answer_failure(served, error)
            if answer.status:
                raise
            await response(scope, receive, answer.send)
        finally:
            if "route" in served:
                scope["route"] = served["route"]
        if answer.too_large:
            await self._answer_failure(served, answer.too_large)(scope, receive, answer.send)


def _write_line(scope: Scope, answer: Answer, seconds: float) -> None:
    principal = scope["state"].get("principal")
    _log.info(
        "request",
        method=scope["method"],
        path=masked_path(scope),
        status=answer.status or None,
        ms=round(seconds * 1000, 1),
        caller=str(principal.id) if principal else None,
    )


def _template(scope: Scope) -> str:
    """The route as it is written in the code, without the ids of this request."""
    template: str = getattr(scope.get("route"), "path", "other")
    return template
