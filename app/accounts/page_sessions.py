"""How the service's own pages stay signed in: secrets in cookies that no script can read, tokens in the page's memory.

A cookie alone opens nothing but a new access token, and only for a page of this address: it is `HttpOnly`,
`SameSite=Strict`, bound to one path, and `Secure` wherever the service is reached by https.
"""

from typing import Annotated

from fastapi import Cookie, Depends, Header, Request, Response

from app.accounts import rules
from app.web.errors import NotOwnPage

SESSION, SESSION_PATH = "apel_session", "/v1/session"
SCREEN, SCREEN_PATH = "apel_screen", "/v1/screens"
SCREEN_LIFETIME = 400 * 24 * 3600
"""Seconds; no browser keeps a cookie longer, and each look begins it anew."""
SESSION_LIFETIME = int(rules.REFRESH_LIFETIME.total_seconds())

SessionCookie = Annotated[str | None, Cookie(alias=SESSION, max_length=200, include_in_schema=False)]
ScreenCookie = Annotated[str | None, Cookie(alias=SCREEN, max_length=200, include_in_schema=False)]


async def require_own_page(sec_fetch_site: Annotated[str, Header(include_in_schema=False)] = "none") -> None:
    """Other sites of the same domain share a `SameSite` with us; browsers say from which a request comes."""
    if sec_fetch_site not in ("same-origin", "none"):
        raise NotOwnPage


OwnPage = Depends(require_own_page)


class CookieJar:
    """Sets and takes back the cookies of the pages."""

    def __init__(self, request: Request, response: Response) -> None:
        self._secure = request.app.state.settings.public_url.startswith("https://")
        self._response = response

    def keep_session(self, refresh_token: str) -> None:
        self._keep(SESSION, refresh_token, SESSION_PATH, SESSION_LIFETIME)

    def keep_screen(self, secret: str) -> None:
        self._keep(SCREEN, secret, SCREEN_PATH, SCREEN_LIFETIME)

    def drop_session(self) -> None:
        self._keep(SESSION, "", SESSION_PATH, 0)

    def _keep(self, name: str, value: str, path: str, seconds: int) -> None:
        self._response.headers["cache-control"] = "no-store"
        self._response.set_cookie(
            name, value, max_age=seconds, path=path, secure=self._secure, httponly=True, samesite="strict"
        )


async def open_jar(request: Request, response: Response) -> CookieJar:
    return CookieJar(request, response)


Jar = Annotated[CookieJar, Depends(open_jar)]
