"""What those ask who keep the service running: is it alive, can it work, what does it count."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import measures
from app.core.db import OpenSession, act_as
from app.core.fields import Read
from app.core.ticker import Ticker
from app.web.deps import open_session, public
from app.web.errors import NotReady

DATABASE_SECONDS = 1.0
"""A database that needs longer to say one word cannot serve a roll-call."""

CountWaiting = Callable[[AsyncSession], Awaitable[Mapping[str, int]]]
"""A room's queues and how many rows wait in each; `main` names those of this service."""

Sessions = Annotated[OpenSession, Depends(open_session)]

router = APIRouter(tags=["operation"])


class Alive(Read):
    status: Literal["alive"] = "alive"


class Ready(Read):
    status: Literal["ready"] = "ready"


@router.get("/livez")
@public
async def tell_alive() -> Alive:
    """The process runs and answers; restart it when it does not."""
    return Alive()


@router.get("/readyz")
@public
async def tell_ready(request: Request, sessions: Sessions) -> Ready:
    """The database answers within a second and every background loop works; its schema was checked at the start."""
    if await _ask(sessions, _say_one) is None:
        raise NotReady(reason="database")
    ticker: Ticker = request.app.state.ticker
    if ticker.failures:
        raise NotReady(reason=", ".join(f"{name} ({error})" for name, error in sorted(ticker.failures.items())))
    return Ready()


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
@public
async def show_metrics(request: Request, sessions: Sessions) -> Response:
    """Counters of this process and queues of the database in Prometheus' text format; nothing of any person."""
    count_waiting: CountWaiting = request.app.state.count_waiting
    waiting = await _ask(sessions, count_waiting)
    measures.DATABASE_UP.set(waiting is not None)
    measures.WAITING.clear()
    for queue, rows in (waiting or {}).items():
        measures.WAITING.labels(queue).set(rows)
    return Response(generate_latest(measures.REGISTRY), media_type=CONTENT_TYPE_LATEST)


_late: set[asyncio.Task[Mapping[str, int]]] = set()
"""Questions that nobody waits for any more; kept until the connection's own limits end them."""


async def _ask(sessions: OpenSession, question: CountWaiting) -> Mapping[str, int] | None:
    """The database's answer, or None when there was none in time, even where a frozen one cannot be cancelled."""

    async def ask() -> Mapping[str, int]:
        async with sessions.begin() as session:
            await act_as(session)
            return await question(session)

    asked = asyncio.create_task(ask())
    done, _ = await asyncio.wait({asked}, timeout=DATABASE_SECONDS)
    if not done:
        _late.add(asked)
        asked.add_done_callback(_late.discard)
        asked.cancel()
        return None
    try:
        return asked.result()
    except (SQLAlchemyError, OSError):
        return None


async def _say_one(session: AsyncSession) -> Mapping[str, int]:
    return {"one": await session.scalar(select(1)) or 0}
