"""Zoom's door: a plain ASGI entry in front of the framework, since Monday's flood comes through it.

A correctly and freshly signed delivery is answered 2xx after it was stored, or 503; Zoom repeats nothing else.
"""

import hashlib
import json
from asyncio import timeout
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.errors import TooLarge
from app.core.measures import count_answer
from app.core.settings import Settings
from app.web.bodies import MIB
from app.web.envelope import trace_id_of
from app.web.problems import answer_failure
from app.zoom.door import Door
from app.zoom.errors import EventNotStored, SignatureInvalid, SignatureStale, WebhookSecretMissing
from app.zoom.ingest import Delivery, Ingest
from app.zoom.payloads import VALIDATION, Unreadable, read_event
from app.zoom.signature import encrypt_token, find_signer, is_fresh, may_be_answered, sent_at, skew

PATH = "/v1/zoom/webhook"
DEADLINE = 2.0
"""Seconds until an answer; Zoom hangs up after 3."""
_NO_CONTENT = {"type": "http.response.start", "status": 204, "headers": []}
_NO_BODY = {"type": "http.response.body", "body": b""}
_AS_JSON = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


class Hangup(Exception):
    """The sender went away in the middle of the body."""


class WebhookEntry:
    """Answers `POST /v1/zoom/webhook`; everything else goes on to the application.

    `app.state` must hold `settings`, `clock`, `door` and, while serving, `ingest`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        status = await _answer(scope, receive, send)
        count_answer("POST", PATH, status, perf_counter() - began)


async def _answer(scope: Scope, receive: Receive, send: Send) -> int:
    """The status that was answered; 0 when nobody was there any more."""
    try:
        answer = await take(scope, receive)
    except Hangup:
        return 0
    except Exception as error:
        return await _refuse(error, scope, receive, send)
    if answer is None:
        await send(_NO_CONTENT)
        await send(_NO_BODY)
        return 204
    await send({"type": "http.response.start", "status": 200, "headers": _AS_JSON})
    await send({"type": "http.response.body", "body": answer})
    return 200


async def take(scope: Scope, receive: Receive) -> bytes | None:
    """Check and store one delivery within the deadline; the answer to a URL validation is returned."""
    try:
        async with timeout(DEADLINE):
            return await _take(scope, receive)
    except TimeoutError as error:
        raise EventNotStored from error


async def _take(scope: Scope, receive: Receive) -> bytes | None:
    state = scope["app"].state
    secrets = webhook_secrets(state.settings)
    headers = _headers(scope)
    timestamp, signature = headers.get(b"x-zm-request-timestamp"), headers.get(b"x-zm-signature")
    if timestamp is None or signature is None:
        raise SignatureInvalid
    body = await _read(receive, headers.get(b"content-length", b""))
    signer, door = find_signer(secrets, timestamp, signature, body), _door(state)
    now = state.clock()
    if signer is None:
        door.refused_at = now
        raise SignatureInvalid
    sent = sent_at(timestamp)
    fresh = is_fresh(sent, now)
    if fresh and (answer := answer_validation(signer, body)):
        door.validated_at = now
        return answer
    ingest: Ingest | None = getattr(state, "ingest", None)
    if ingest is None:
        raise EventNotStored
    await ingest.store(Delivery(hashlib.sha256(body).digest(), body, sent, now, stale=not fresh))
    if not fresh:
        raise SignatureStale(skew=skew(sent, now))
    return None


def _door(state: Any) -> Door:
    door: Door = state.door
    return door


def webhook_secrets(settings: Settings | None) -> Sequence[bytes]:
    """The current secret and the previous ones; raises WebhookSecretMissing."""
    secrets = settings.zoom_webhook_secrets if settings is not None else ()
    if not secrets:
        raise WebhookSecretMissing
    return [secret.get_secret_value().encode() for secret in secrets]


def answer_validation(signer: bytes, body: bytes) -> bytes | None:
    """What Zoom expects in return for a well-formed URL validation; None for every other body."""
    if VALIDATION.encode() not in body:
        return None
    try:
        event = read_event(body)
    except Unreadable:
        return None
    payload: Any = event.get("payload")
    token = payload.get("plainToken") if isinstance(payload, dict) else None
    if event.get("event") != VALIDATION or not may_be_answered(token):
        return None
    return json.dumps({"plainToken": token, "encryptedToken": encrypt_token(signer, token)}).encode()


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


async def _read(receive: Receive, announced: bytes) -> bytes:
    """The raw body; raises TooLarge, Hangup."""
    if announced.isdigit() and int(announced[:20]) > MIB:
        raise TooLarge(limit=MIB)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        return _bounded(body)
    parts = bytearray()
    while message["type"] == "http.request":
        parts += message.get("body", b"")
        _bounded(parts)
        if not message.get("more_body"):
            return bytes(parts)
        message = await receive()
    raise Hangup


def _bounded(body: bytes | bytearray) -> bytes:
    if len(body) > MIB:
        raise TooLarge(limit=MIB)
    return body  # type: ignore[return-value]


async def _refuse(error: Exception, scope: Scope, receive: Receive, send: Send) -> int:
    trace_id = trace_id_of(scope)
    scope.setdefault("state", {})["trace_id"] = trace_id
    response = answer_failure(scope, error)
    response.headers.update({"x-trace-id": trace_id, "x-content-type-options": "nosniff", "cache-control": "no-store"})
    await response(scope, receive, send)
    return response.status_code
