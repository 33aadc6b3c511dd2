"""Screens: a television shows a code, the operator types it, and from then on it may read the board.

The television keeps a secret in a cookie, so that it comes back by itself after a power cut. Whoever types the code
decides what it shows; taking it down ends it with its next request.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import PairingRefused, ScreenNotFound, ScreenUnknown, TooManyPairings
from app.accounts.models import Client, Screen
from app.accounts.service import create_client
from app.accounts.tokens import Keys
from app.audit.service import record
from app.core.ids import new_id
from app.core.principal import Principal, Role

CODE_LIFETIME = timedelta(minutes=10)
CODE_LETTERS = "ABCDEFGHJKMNPQRTUVWXY346789"
"""None that are mistaken for each other across a hall: no I, L, O, S, Z, 0, 1, 2, 5."""
CODE_LENGTH = 6
"""27⁶ codes of which at most MOST_WAITING are live: a guess hits once in two million."""
MOST_WAITING = 200


@dataclass(frozen=True)
class Waiting:
    """What a television shows until somebody types its code."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Paired:
    name: str
    counts_only: bool
    access_token: str


def make_secret() -> str:
    return secrets.token_urlsafe(32)


async def ask_to_pair(session: AsyncSession, secret: str, *, at: datetime) -> Waiting:
    """A code for this television; raises TooManyPairings."""
    await session.execute(delete(Screen).where(Screen.client_id.is_(None), Screen.expires_at <= at))
    waiting = await session.scalar(select(func.count()).where(Screen.client_id.is_(None)))
    if (waiting or 0) >= MOST_WAITING:
        raise TooManyPairings
    made = (
        insert(Screen)
        .values(
            id=new_id(),
            code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
            secret_sha256=_sha256(secret),
            asked_at=at,
            expires_at=at + CODE_LIFETIME,
        )
        .on_conflict_do_nothing()
        .returning(Screen.code, Screen.expires_at)
    )
    row = (await session.execute(made)).one_or_none()
    if row is None:  # the same six letters are on another wall at this moment
        raise TooManyPairings
    return Waiting(row.code, row.expires_at)


async def look_up(session: AsyncSession, keys: Keys, secret: str, *, at: datetime) -> Waiting | Paired:
    """How far this television is; raises ScreenUnknown when its code ran out or it was taken down."""
    query = (
        select(Screen, Client.name, Client.ended_at)
        .outerjoin(Client, Client.id == Screen.client_id)
        .where(Screen.secret_sha256 == _sha256(secret))
    )
    row = (await session.execute(query)).one_or_none()
    if row is None or row.ended_at is not None:
        raise ScreenUnknown
    screen: Screen = row.Screen
    if screen.client_id is not None:
        return Paired(row.name, screen.counts_only, keys.issue(screen.client_id, at=at))
    if screen.expires_at <= at:
        raise ScreenUnknown
    return Waiting(screen.code, screen.expires_at)


async def pair_screen(
    session: AsyncSession, caller: Principal, code: str, name: str, *, counts_only: bool, at: datetime
) -> UUID:
    """Make a machine of the television that shows this code.

    Raises PairingRefused, ClientInvalid and ClientNameTaken (the name is the machine's).
    """
    typed = code.upper().replace("-", "").replace(" ", "")
    waiting = select(Screen.id).where(Screen.code == typed, Screen.client_id.is_(None), Screen.expires_at > at)
    screen_id = await session.scalar(waiting.with_for_update())
    if screen_id is None:
        raise PairingRefused
    client, _ = await create_client(session, name, Role.SCREEN, at=at, caller=caller)
    paired = update(Screen).where(Screen.id == screen_id).values(client_id=client.id, counts_only=counts_only)
    await session.execute(paired)
    return client.id


async def list_screens(session: AsyncSession) -> list[tuple[Client, bool]]:
    """The screens that are up, by name; those made with a secret of their own too."""
    query = (
        select(Client, func.coalesce(Screen.counts_only, False))
        .outerjoin(Screen, Screen.client_id == Client.id)
        .where(Client.role == Role.SCREEN, Client.ended_at.is_(None))
        .order_by(Client.name)
    )
    return [(client, counts_only) for client, counts_only in await session.execute(query)]


async def take_down(session: AsyncSession, caller: Principal, client_id: UUID, *, at: datetime) -> None:
    """End a screen; taking it down twice is once. Raises ScreenNotFound."""
    is_screen = Client.id == client_id, Client.role == Role.SCREEN
    ended = update(Client).where(*is_screen, Client.ended_at.is_(None)).values(ended_at=at).returning(Client.name)
    name = await session.scalar(ended)
    if name is not None:
        await record(session, caller, "accounts.end-screen", at=at, target=name)
    elif not await session.scalar(select(exists().where(*is_screen))):
        raise ScreenNotFound


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
