"""Creating once: the same `Idempotency-Key` sent again answers with what was created, for 24 hours.

The key is taken, the thing created and the answer kept in one transaction. A second request with the same key waits
at the unique index for the first; a first that fails leaves no key behind.
"""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, TypeVar
from uuid import UUID

from cryptography.fernet import Fernet
from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from app.core.db import surroundings_of
from app.core.errors import Invalid
from app.core.principal import Principal
from app.web.bodies import StrictRequest
from app.web.deps import Now, Transaction
from app.web.models import IdempotencyKey

Made = TypeVar("Made")
KEPT = timedelta(hours=24)


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used for something else.

    Take a new key for a new content; send the same content to repeat."""


class Replay(Exception):
    """The answer that was given before."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status: int = answer["status"]
        self.headers: dict[str, str] = answer["headers"] | {"idempotency-replayed": "true"}
        self.body: bytes = answer["body"].encode()


class Repeatable:
    """Runs the creation behind a route, at most once per key."""

    def __init__(
        self, request: Request, response: Response, session: AsyncSession, now: datetime, key: str | None
    ) -> None:
        self._request, self._response = request, response
        self._session, self._now = session, now
        self._key = key

    async def run(self, create: Callable[[], Awaitable[Made]]) -> Made:
        """Create and keep the answer, or end the request with the one that is kept.

        Headers and status that a repeated answer must bear are set inside `create`.
        """
        if self._key is None:
            return await create()
        principal: Principal = self._request.state.principal
        route: APIRoute = self._request.scope["route"]
        slot = _Slot(self._session, principal.id, f"{self._request.method} {route.path}", self._key)
        body_sha256 = await _digest(self._request)
        if not await slot.take(body_sha256, at=self._now):
            raise Replay(await slot.answer_to(body_sha256))
        made = await create()
        headers = {name: value for name, value in self._response.headers.items() if name != "content-length"}
        status = self._response.status_code or route.status_code or 200
        await slot.keep({"status": status, "headers": headers, "body": _serialise(route, made)})
        return made


async def read_idempotency_key(
    request: Request,
    response: Response,
    session: Transaction,
    now: Now,
    idempotency_key: Annotated[
        str | None,
        Header(
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Any unique text; a repeated request with it answers with what was created, for 24 h.",
        ),
    ] = None,
) -> Repeatable:
    return Repeatable(request, response, session, now, idempotency_key)


Once = Annotated[Repeatable, Depends(read_idempotency_key)]
"""`return await once.run(lambda: service.create_thing(session, …))`"""


class _Slot:
    """The row of one key, and the seal of its answer."""

    def __init__(self, session: AsyncSession, principal_id: UUID, route: str, key: str) -> None:
        self._session = session
        self._place = {
            "principal_id": principal_id,
            "route": route,
            "key_sha256": hashlib.sha256(key.encode()).digest(),
        }
        secret = hashlib.blake2b(key.encode(), key=surroundings_of(session).audit_key[:64], digest_size=32).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(secret))

    async def take(self, body_sha256: bytes, *, at: datetime) -> bool:
        """True for exactly one of those that come with the same key; the others wait for it to commit."""
        fresh = {"body_sha256": body_sha256, "created_at": at, "answer": None}
        statement = (
            insert(IdempotencyKey)
            .values(**self._place, **fresh)
            .on_conflict_do_update(
                index_elements=list(self._place), set_=fresh, where=IdempotencyKey.created_at <= at - KEPT
            )
            .returning(IdempotencyKey.created_at)
        )
        return (await self._session.scalar(statement)) is not None

    async def answer_to(self, body_sha256: bytes) -> dict[str, Any]:
        """The kept answer; raises IdempotencyKeyReused when it answers another body."""
        columns = select(IdempotencyKey.body_sha256, IdempotencyKey.answer)
        row = (await self._session.execute(columns.filter_by(**self._place))).one()
        if row.body_sha256 != body_sha256:
            raise IdempotencyKeyReused
        answer: dict[str, Any] = json.loads(self._seal.decrypt(row.answer))
        return answer

    async def keep(self, answer: dict[str, Any]) -> None:
        sealed = self._seal.encrypt(json.dumps(answer).encode())
        await self._session.execute(update(IdempotencyKey).filter_by(**self._place).values(answer=sealed))


async def _digest(request: Request) -> bytes:
    """A hash of what was asked: path, query and content, whatever the order of keys or the multipart boundary."""
    content: list[Any] = [request.url.path, request.url.query]
    if request.headers.get("content-type", "").startswith(("multipart/", "application/x-www-form-urlencoded")):
        content += [[name, await _content_of(value)] for name, value in (await request.form()).multi_items()]
    elif isinstance(request, StrictRequest):
        content.append(await request.json())
    else:
        content.append((await request.body()).hex())
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()


async def _content_of(value: UploadFile | str) -> list[str]:
    if isinstance(value, str):
        return [value]
    content = hashlib.sha256(await value.read()).hexdigest()
    await value.seek(0)
    return [value.filename or "", content]


@cache
def _answers_of(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _serialise(route: APIRoute, made: object) -> str:
    """The body as the route answers it."""
    answers = _answers_of(Any if route.response_model is None else route.response_model)
    return answers.dump_json(answers.validate_python(made, from_attributes=True), by_alias=True).decode()


async def forget_old_keys(session: AsyncSession, *, at: datetime) -> int:
    """Delete the keys that no longer repeat anything; returns how many."""
    gone = await session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at <= at - KEPT).returning(IdempotencyKey.route)
    )
    return len(gone.all())
