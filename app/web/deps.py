"""What a route asks for: a transaction that commits before the answer leaves, the time, the caller.

Every dependency is asynchronous: for a plain function or a class the framework takes a thread, and the request waits
for it and for its turn on the event loop, which is longer than most dependencies work.
"""

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import OpenSession, act_as
from app.core.principal import Principal, Role
from app.core.texts import Language
from app.web.errors import CountsOnly, MissingToken, PasswordChangeRequired, RoleNotAllowed


class Authenticate(Protocol):
    """Turns a bearer token into a principal that is active in the database at this moment, or raises."""

    async def __call__(self, session: AsyncSession, token: str, *, at: datetime) -> Principal: ...


async def open_session(request: Request) -> OpenSession:
    sessions: OpenSession = request.app.state.sessions
    return sessions


async def begin(sessions: Annotated[OpenSession, Depends(open_session)]) -> AsyncGenerator[AsyncSession]:
    """Commit all that the endpoint did, or none of it."""
    async with sessions.begin() as session:
        yield session


Transaction = Annotated[AsyncSession, Depends(begin, scope="function")]
"""Commits before the answer leaves, so that a 2xx is a promise kept."""


async def read_clock(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


Now = Annotated[datetime, Depends(read_clock)]


def choose_language(accept_language: str) -> Language:
    """English for whom English comes before Indonesian, Indonesian for everybody else."""
    for wish in accept_language[:200].lower().split(","):
        tongue = wish.strip()[:2]
        if tongue in ("en", "id"):
            return "en" if tongue == "en" else "id"
    return "id"


async def read_language(accept_language: Annotated[str, Header(include_in_schema=False)] = "") -> Language:
    return choose_language(accept_language)


Speech = Annotated[Language, Depends(read_language)]


class Requires:
    """Lets in callers that hold one of these roles; also the route's declaration of who may call it.

    `visitors`: the answer is fit for a screen that visitors see, which is let in nowhere else.
    """

    def __init__(self, *roles: Role, visitors: bool = False) -> None:
        self.roles = frozenset(roles)
        self.visitors = visitors

    async def __call__(self, request: Request, session: Transaction, now: Now) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise MissingToken
        authenticate: Authenticate = request.app.state.authenticate
        return await self.let_in(request, session, await authenticate(session, token, at=now))

    async def let_in(self, request: Request, session: AsyncSession, principal: Principal) -> Principal:
        """Raises PasswordChangeRequired, RoleNotAllowed, CountsOnly."""
        if not self.admits(principal):
            raise PasswordChangeRequired if principal.must_change else RoleNotAllowed
        if principal.counts_only and not self.visitors:
            raise CountsOnly
        await act_as(session, principal)
        request.state.principal = principal
        return principal

    def admits(self, principal: Principal) -> bool:
        return principal.holds(*self.roles)


class SignedIn(Requires):
    """Lets in whoever is signed in, even when the password must still be changed or no role is held today."""

    def __init__(self) -> None:
        super().__init__(*Role, visitors=True)

    def admits(self, principal: Principal) -> bool:
        return True


def public(endpoint: Callable[..., object]) -> Callable[..., object]:
    """Declares that a route needs no caller; every other route carries a `Requires`."""
    endpoint.__public__ = True  # type: ignore[attr-defined]
    return endpoint
