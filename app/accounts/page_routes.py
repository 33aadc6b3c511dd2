"""Sign-ins of the service's own pages, and screens that are paired by a code."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from app.accounts import screens, signin
from app.accounts.errors import RefreshRefused, SessionOver
from app.accounts.page_sessions import Jar, OwnPage, ScreenCookie, SessionCookie
from app.accounts.routes import KIB, SigningKeys
from app.accounts.schemas import (
    ScreenPair,
    ScreenRead,
    ScreenState,
    SessionRead,
    SessionStart,
    TokenRequest,
)
from app.accounts.screens import Paired, Waiting
from app.accounts.signin import Tokens
from app.accounts.tokens import LIFETIME
from app.core.db import OpenSession, act_as
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.web.deps import Now, Requires, Transaction, open_session, public
from app.web.routing import room_router

_sessions = room_router("/v1/session", "Masuk", max_body_size=16 * KIB)
_screens = room_router("/v1/screens", "Layar", max_body_size=16 * KIB)
Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN))]
Sessions = Annotated[OpenSession, Depends(open_session)]


@_sessions.post("", dependencies=[OwnPage])
@public
async def start_session(body: SessionStart, sessions: Sessions, keys: SigningKeys, jar: Jar, now: Now) -> SessionRead:
    """Sign in on one of the service's own pages: the refresh token becomes a cookie that no script can read."""
    asked = TokenRequest(grant_type="password", username=body.username, password=body.password)
    return _signed_in(await signin.give_tokens(sessions, keys, asked, at=now), jar)


@_sessions.post("/renew", dependencies=[OwnPage])
@public
async def renew_session(
    sessions: Sessions, keys: SigningKeys, jar: Jar, now: Now, cookie: SessionCookie = None
) -> SessionRead:
    """A new access token for the cookie's sign-in; 401 when there is none or it is over."""
    if not cookie:
        raise SessionOver
    asked = TokenRequest(grant_type="refresh_token", refresh_token=cookie)
    try:
        return _signed_in(await signin.give_tokens(sessions, keys, asked, at=now), jar)
    except RefreshRefused as error:
        raise SessionOver from error


def _signed_in(tokens: Tokens, jar: Jar) -> SessionRead:
    jar.keep_session(tokens.refresh_token or "")
    return SessionRead(access_token=tokens.access_token, expires_in=tokens.expires_in)


@_sessions.delete("", status_code=204, dependencies=[OwnPage])
@public
async def end_session(
    session: Transaction, keys: SigningKeys, jar: Jar, now: Now, cookie: SessionCookie = None
) -> None:
    """Sign out on this page's browser."""
    await act_as(session)
    if cookie:
        await signin.revoke_token(session, keys, cookie, at=now)
    jar.drop_session()


@_screens.post("/pairings", status_code=201, dependencies=[OwnPage])
@public
async def ask_to_pair(session: Transaction, jar: Jar, now: Now) -> ScreenState:
    """A television asks for a code to show; its secret becomes a cookie that no script can read."""
    await act_as(session)
    secret = screens.make_secret()
    waiting = await screens.ask_to_pair(session, secret, at=now)
    jar.keep_screen(secret)
    return _state(waiting)


@_screens.post("/session", dependencies=[OwnPage])
@public
async def renew_screen(
    session: Transaction, keys: SigningKeys, jar: Jar, now: Now, cookie: ScreenCookie = None
) -> ScreenState:
    """How far this television is: its code while it waits, an access token once it is paired; else 401."""
    await act_as(session)
    found = await screens.look_up(session, keys, cookie or "", at=now)
    if cookie and isinstance(found, Paired):
        jar.keep_screen(cookie)
    return _state(found)


def _state(found: Waiting | Paired) -> ScreenState:
    if isinstance(found, Waiting):
        return ScreenState(state="waiting", code=found.code, code_expires_at=found.expires_at)
    return ScreenState(
        state="paired",
        name=found.name,
        counts_only=found.counts_only,
        access_token=found.access_token,
        expires_in=int(LIFETIME.total_seconds()),
    )


@_screens.post("", status_code=201)
async def pair_screen(body: ScreenPair, caller: Operator, session: Transaction, now: Now) -> ScreenRead:
    """Let the television that shows this code read the board, until it is taken down."""
    screen_id = await screens.pair_screen(session, caller, body.code, body.name, counts_only=body.counts_only, at=now)
    return ScreenRead(id=screen_id, name=body.name, counts_only=body.counts_only, paired_at=now)


@_screens.get("")
async def list_screens(_: Operator, session: Transaction) -> Page[ScreenRead]:
    """The screens that are up."""
    found = await screens.list_screens(session)
    items = [
        ScreenRead(id=client.id, name=client.name, counts_only=counts_only, paired_at=client.created_at)
        for client, counts_only in found
    ]
    return Page(items=items)


@_screens.delete("/{screen_id}", status_code=204)
async def take_down_screen(screen_id: UUID, caller: Operator, session: Transaction, now: Now) -> None:
    """End a screen: its next request is refused."""
    await screens.take_down(session, caller, screen_id, at=now)


router = APIRouter()
router.include_router(_sessions)
router.include_router(_screens)
