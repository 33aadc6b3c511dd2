"""Access to Zoom's API by server-to-server OAuth: one token for everybody in this process, renewed by one of them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from app.zoom.errors import ZoomNotPermitted, ZoomUnavailable

MARGIN = 120.0
"""Seconds before its end from which a token is not used any more: longer than any request made with it takes."""
LIFETIME = 3600.0
"""Where Zoom does not say."""


@dataclass(frozen=True, slots=True)
class Credentials:
    account_id: str
    client_id: str
    client_secret: SecretStr


@dataclass(frozen=True, slots=True)
class Token:
    authorization: str
    api_url: str
    """Where this token is good; without a slash at the end."""
    good_until: float

    def __repr__(self) -> str:
        return f"Token(api_url={self.api_url!r})"


Ask = Callable[[httpx.Request], Any]


class Tokens:
    """The token that is good now; callers that need one at the same time share one request for it."""

    def __init__(
        self, http: httpx.AsyncClient, credentials: Credentials, token_url: str, api_url: str, now: Callable[[], float]
    ) -> None:
        self._http, self._credentials = http, credentials
        self._token_url, self._api_url, self._now = token_url, api_url, now
        self._current: Token | None = None
        self._renewing = asyncio.Lock()

    async def get(self) -> Token:
        """Raises ZoomUnavailable, ZoomNotPermitted."""
        current = self._current
        if current is not None and self._now() < current.good_until:
            return current
        return await self.renew(current)

    async def renew(self, worn: Token | None) -> Token:
        """A token other than this one; whoever comes while another renews it gets that one's."""
        async with self._renewing:
            if self._current is None or self._current is worn:
                self._current = None
                self._current = await self._ask()
            return self._current

    async def _ask(self) -> Token:
        own = self._credentials
        answer = await self._http.post(
            self._token_url,
            params={"grant_type": "account_credentials", "account_id": own.account_id},
            auth=httpx.BasicAuth(own.client_id, own.client_secret.get_secret_value()),
        )
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ZoomUnavailable(sent=False)
        if answer.status_code != 200:
            raise ZoomNotPermitted(status=answer.status_code, zoom_code=0)
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> Token:
        try:
            told: Any = answer.json()
        except ValueError as error:
            raise ZoomUnavailable(sent=False) from error
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ZoomUnavailable(sent=False)
        return Token(
            authorization=f"Bearer {token}",
            api_url=choose_api_url(told.get("api_url"), self._api_url),
            good_until=self._now() + _lifetime(told) - MARGIN,
        )


def _lifetime(told: Mapping[str, Any]) -> float:
    seconds = told.get("expires_in")
    given = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= 86_400
    return float(seconds) if given and seconds is not None else LIFETIME


def choose_api_url(told: object, configured: str) -> str:
    """The address that the token names, if it can be trusted with it: by https, or the host that was configured.

    Zoom names the host alone; the version in the path is that of the configured address.
    """
    ours = urlsplit(configured.rstrip("/"))
    try:
        theirs = urlsplit(told.rstrip("/") if isinstance(told, str) else "")
        known = (theirs.scheme, theirs.hostname, theirs.port) == (ours.scheme, ours.hostname, ours.port)
    except ValueError:
        return configured.rstrip("/")
    plain = theirs.hostname and not (theirs.username or theirs.password or theirs.query or theirs.fragment)
    if not plain or not (known or theirs.scheme == "https"):
        return configured.rstrip("/")
    return f"{theirs.scheme}://{theirs.netloc}{theirs.path or ours.path}"
