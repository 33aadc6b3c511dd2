"""The line to Zoom's API: tokens, limits, retries, and what an answer other than 2xx means.

Every wait ends. No error and no log holds the secret, a token or what was sent.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Any
from urllib.parse import quote

import httpx
import stamina

from app.core.clock import Clock, utc_now
from app.zoom.answers import read_pause
from app.zoom.errors import (
    PageTokenExpired,
    ZoomBusy,
    ZoomNotFound,
    ZoomNotPermitted,
    ZoomRefused,
    ZoomUnavailable,
)
from app.zoom.payloads import Unreadable, read_event
from app.zoom.quota import Quota, Tier
from app.zoom.report_rows import whole
from app.zoom.tokens import Credentials, Token, Tokens

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
DEADLINE = 35.0
"""Seconds for one question with all its tries and pages: a turn of a job must end within 40."""
ATTEMPTS = 3
SHORT = 5.0
"""Seconds of a 429 that are waited for at once; after longer ones the job comes back by itself."""
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL)
_NOT_PERMITTED = frozenset({104, 200, 4700, 4711})
"""Codes of a 400 that mean: a token without the scope, no permission, or a plan without this function."""
_PAGE_TOKEN = 300
"""The code of a 400 for a page token that is unknown or too old."""


class Line:
    def __init__(
        self,
        credentials: Credentials,
        *,
        api_url: str,
        token_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        quota: Quota | None = None,
        now: Callable[[], float] = monotonic,
        clock: Clock = utc_now,
    ) -> None:
        headers = {"user-agent": "apel-virtual", "accept": "application/json"}
        self._http = httpx.AsyncClient(transport=transport, timeout=TIMEOUT, headers=headers, follow_redirects=False)
        self._tokens = Tokens(self._http, credentials, token_url, api_url, now)
        self._quota = quota or Quota()
        self._clock = clock

    async def close(self) -> None:
        await self._http.aclose()

    async def check(self) -> None:
        """Whether there is a token for us; raises ZoomUnavailable, ZoomNotPermitted."""
        async with in_time():
            with _reaching():
                await self._tokens.get()

    async def ask(self, method: str, path: str, tier: Tier, *, repeatable: bool = True, **content: Any) -> bytes:
        """The body of a good answer; a request that is not repeatable is sent once more only if it never left.

        Raises ZoomUnavailable, ZoomBusy, ZoomNotFound, ZoomNotPermitted, PageTokenExpired, ZoomRefused.
        """

        def is_worth_a_retry(error: Exception) -> bool | float:
            if isinstance(error, ZoomBusy):
                seconds = error.retry_after.total_seconds()
                return seconds if seconds <= SHORT else False
            return isinstance(error, ZoomUnavailable) and (repeatable or not error.sent)

        retries = stamina.retry_context(
            on=is_worth_a_retry, attempts=ATTEMPTS, timeout=DEADLINE, wait_initial=0.5, wait_max=2.0, wait_jitter=0.5
        )
        async with in_time():
            async for attempt in retries:
                with attempt:
                    return await self._try(method, path, tier, content)
        raise ZoomUnavailable

    async def _try(self, method: str, path: str, tier: Tier, content: Mapping[str, Any]) -> bytes:
        with _reaching():
            token = await self._tokens.get()
            answer = await self._send(method, path, tier, token, content)
            if answer.status_code == 401:
                token = await self._tokens.renew(token)
                answer = await self._send(method, path, tier, token, content)
        if answer.is_success:
            return answer.content
        raise self._refusal(answer, asked_for_page="next_page_token" in content.get("params", ()))

    async def _send(
        self, method: str, path: str, tier: Tier, token: Token, content: Mapping[str, Any]
    ) -> httpx.Response:
        await self._quota.wait_turn(tier)
        headers = {"authorization": token.authorization}
        return await self._http.request(method, token.api_url + path, headers=headers, **content)

    def _refusal(self, answer: httpx.Response, *, asked_for_page: bool) -> Exception:
        status, code = answer.status_code, _code(answer)
        if status == 429:
            pause = read_pause(answer.headers, self._clock())
            return ZoomBusy(retry_after=max(1, round(pause.total_seconds())))
        if status >= 500:
            return ZoomUnavailable()
        return _kind(status, code, asked_for_page=asked_for_page)(status=status, zoom_code=code)


def encoded(part: str) -> str:
    """A part of a path, encoded twice: a uuid may hold slashes, and Zoom's door decodes once before it routes."""
    return quote(quote(part, safe=""), safe="")


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Ends what takes too long; raises ZoomUnavailable."""
    try:
        async with asyncio.timeout(DEADLINE):
            yield
    except TimeoutError as error:
        raise ZoomUnavailable from error


@contextmanager
def _reaching() -> Iterator[None]:
    """What the network, or an address that leads nowhere, does to us; raises ZoomUnavailable."""
    try:
        yield
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise ZoomUnavailable(sent=not isinstance(error, _UNSENT)) from error


def _kind(status: int, code: int, *, asked_for_page: bool) -> type[ZoomRefused]:
    if status == 404:
        return ZoomNotFound
    if status in (401, 403) or code in _NOT_PERMITTED:
        return ZoomNotPermitted
    return PageTokenExpired if asked_for_page and code == _PAGE_TOKEN else ZoomRefused


def _code(answer: httpx.Response) -> int:
    try:
        return whole(read_event(answer.content).get("code")) or 0
    except Unreadable:
        return 0
