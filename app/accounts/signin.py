"""Giving tokens: by password, by refresh token, by a machine's secret; and taking them back.

These functions take the sessionmaker: a wrong password must be counted although it is refused, and no connection
may wait while a password is hashed.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import rules
from app.accounts.errors import (
    ClientRefused,
    InvalidToken,
    RefreshRefused,
    TokenRequestInvalid,
    UnsupportedGrantType,
    WrongCredentials,
)
from app.accounts.models import Account, Client, RefreshToken
from app.accounts.passwords import verify_password
from app.accounts.queries import family_ended, own_principal
from app.accounts.rules import Verdict
from app.accounts.schemas import TokenRequest
from app.accounts.tokens import LIFETIME, Keys
from app.audit.service import record
from app.core.db import OpenSession, act_as
from app.core.ids import new_id
from app.core.principal import Principal
from app.registry.models import Asn


@dataclass(frozen=True)
class Tokens:
    access_token: str
    refresh_token: str | None = None
    expires_in: int = int(LIFETIME.total_seconds())


@dataclass(frozen=True)
class Attempt:
    """A password that may be tried; it counts as wrong until it proved right."""

    account_id: UUID
    username: str
    password_hash: str


async def give_tokens(sessions: OpenSession, keys: Keys, asked: TokenRequest, *, at: datetime) -> Tokens:
    """Answer a request at the token endpoint; raises a refusal that bears OAuth's name for it."""
    ways: dict[str | None, Callable[..., Awaitable[Tokens]]] = {
        "password": _by_password,
        "refresh_token": _by_refresh_token,
        "client_credentials": _by_secret,
    }
    if asked.grant_type is None:
        raise TokenRequestInvalid(needed="grant_type")
    if asked.grant_type not in ways:
        raise UnsupportedGrantType
    return await ways[asked.grant_type](sessions, keys, asked, at=at)


async def _by_password(sessions: OpenSession, keys: Keys, asked: TokenRequest, *, at: datetime) -> Tokens:
    if not asked.username or not asked.password:
        raise TokenRequestInvalid(needed="username, password")
    async with sessions.begin() as session:
        await act_as(session)
        # Without waiting for the disk: the time that this takes must not tell whether the account exists, and a
        # count lost in a crash is no loss.
        await session.execute(text("SET LOCAL synchronous_commit = off"))
        attempt = await begin_attempt(session, Account.username == asked.username, at=at)
    if not await verify_password(asked.password, attempt.password_hash if attempt else None) or attempt is None:
        raise WrongCredentials
    async with sessions.begin() as session:
        await act_as(session)
        return await start_session(session, keys, attempt, at=at)


async def begin_attempt(session: AsyncSession, whose: ColumnElement[bool], *, at: datetime) -> Attempt | None:
    """Count an attempt before it is made, so that many at once are not one; None when none may be made."""
    query = select(Account).where(whose, Account.ended_at.is_(None)).with_for_update()
    account = await session.scalar(query, execution_options={"populate_existing": True})
    if account is None or (account.locked_until is not None and account.locked_until > at):
        return None
    account.failed_attempts += 1
    rest = rules.rest_after(account.failed_attempts)
    if rest is not None:
        account.locked_until = at + rest
        account.version += 1
    await session.flush()
    return Attempt(account.id, account.username, account.password_hash)


async def start_session(session: AsyncSession, keys: Keys, attempt: Attempt, *, at: datetime) -> Tokens:
    """Tokens for a password that proved right, unless it was changed or the account ended meanwhile."""
    forgiven = (
        update(Account)
        .where(
            Account.id == attempt.account_id,
            Account.ended_at.is_(None),
            Account.password_hash == attempt.password_hash,
        )
        .values(
            failed_attempts=0,
            locked_until=None,
            version=Account.version + func.num_nonnulls(Account.locked_until),
        )
        .returning(Account.id)
    )
    if await session.scalar(forgiven) is None:
        raise WrongCredentials
    over = delete(RefreshToken).where(RefreshToken.account_id == attempt.account_id, RefreshToken.expires_at <= at)
    await session.execute(over)
    family_id = new_id()
    refresh_token = secrets.token_urlsafe(32)
    await _keep(session, refresh_token, Family(family_id, attempt.account_id), at)
    await record(session, Principal(attempt.account_id, attempt.username, ()), "accounts.sign-in", at=at)
    return Tokens(keys.issue(attempt.account_id, at=at, session_id=family_id), refresh_token)


async def start_own_session(
    session: AsyncSession, keys: Keys, asn: Asn, refresh_token: str, *, via: str, at: datetime
) -> Tokens | None:
    """Tokens for a civil servant's own record; None when this refresh token began a session before."""
    over = delete(RefreshToken).where(RefreshToken.asn_id == asn.id, RefreshToken.expires_at <= at)
    await session.execute(over)
    family = Family(new_id(), asn_id=asn.id, ends_at=at + rules.OWN_SESSION)
    if not await _keep(session, refresh_token, family, at):
        return None
    await record(session, own_principal(asn.id), "accounts.sign-in", at=at, nips=[asn.nip], via=via)
    return Tokens(keys.issue(asn.id, at=at, session_id=family.id), refresh_token)


@dataclass(frozen=True)
class Family:
    """A sign-in: of an account, renewed for as long as it is used, or a civil servant's own, which ends."""

    id: UUID
    account_id: UUID | None = None
    asn_id: UUID | None = None
    ends_at: datetime | None = None


async def _keep(session: AsyncSession, token: str, family: Family, at: datetime) -> bool:
    """Whether this link is new; the same link of a repeated request is kept once."""
    statement = (
        insert(RefreshToken)
        .values(
            token_sha256=_sha256(token),
            family_id=family.id,
            account_id=family.account_id,
            asn_id=family.asn_id,
            issued_at=at,
            expires_at=family.ends_at or at + rules.REFRESH_LIFETIME,
        )
        .on_conflict_do_nothing()
        .returning(RefreshToken.family_id)
    )
    return await session.scalar(statement) is not None


async def _by_refresh_token(sessions: OpenSession, keys: Keys, asked: TokenRequest, *, at: datetime) -> Tokens:
    if not asked.refresh_token:
        raise TokenRequestInvalid(needed="refresh_token")
    async with sessions.begin() as session:
        await act_as(session)
        tokens = await _renew(session, keys, asked.refresh_token, at=at)
    if tokens is None:
        raise RefreshRefused
    return tokens


async def _renew(session: AsyncSession, keys: Keys, token: str, *, at: datetime) -> Tokens | None:
    query = (
        select(RefreshToken, Account.ended_at, family_ended(RefreshToken.family_id).label("family_ended"))
        .outerjoin(Account, Account.id == RefreshToken.account_id)
        .where(RefreshToken.token_sha256 == _sha256(token))
        .with_for_update(of=RefreshToken)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    link: RefreshToken = row.RefreshToken
    ended = row.family_ended or row.ended_at is not None or link.revoked_at is not None
    verdict = rules.judge_refresh(used_at=link.used_at, ended=ended, expires_at=link.expires_at, at=at)
    if verdict is Verdict.END_FAMILY:
        await end_family(session, link.family_id, at=at)
    if verdict is not Verdict.GIVE:
        return None
    link.used_at = link.used_at or at
    successor = derive_token(keys, token)
    subject = link.account_id or link.asn_id
    if subject is None:
        return None
    ends_at = link.expires_at if link.asn_id is not None else None
    await _keep(session, successor, Family(link.family_id, link.account_id, link.asn_id, ends_at), at)
    return Tokens(keys.issue(subject, at=at, session_id=link.family_id), successor)


def derive_token(keys: Keys, token: str) -> str:
    """The same successor for the same token: known to its bearer and to us, written down nowhere."""
    derived = hmac.digest(keys.refresh_key, token.encode(), "sha256")
    return base64.urlsafe_b64encode(derived).rstrip(b"=").decode()


async def _by_secret(sessions: OpenSession, keys: Keys, asked: TokenRequest, *, at: datetime) -> Tokens:
    if not asked.client_id or not asked.client_secret:
        raise TokenRequestInvalid(needed="client_id, client_secret")
    async with sessions.begin() as session:
        await act_as(session)
        query = select(Client).where(Client.name == asked.client_id, Client.ended_at.is_(None))
        client = await session.scalar(query)
        expected = client.secret_sha256 if client else ""
        if client is None or not hmac.compare_digest(expected, _sha256(asked.client_secret)):
            raise ClientRefused
        await record(session, Principal(client.id, client.name, ()), "accounts.sign-in", at=at)
        return Tokens(keys.issue(client.id, at=at))


async def revoke_token(session: AsyncSession, keys: Keys, token: str, *, at: datetime) -> None:
    """End the sign-in that a refresh or access token belongs to; an unknown token is as good as revoked."""
    query = select(RefreshToken.family_id).where(RefreshToken.token_sha256 == _sha256(token))
    family_id = await session.scalar(query)
    if family_id is None:
        try:
            family_id = keys.verify(token, at=at).session_id
        except InvalidToken:
            return
    if family_id is not None:
        await end_family(session, family_id, at=at)


async def end_family(session: AsyncSession, family_id: UUID, *, at: datetime) -> None:
    live = update(RefreshToken).where(RefreshToken.family_id == family_id, RefreshToken.revoked_at.is_(None))
    await session.execute(live.values(revoked_at=at))


async def end_sessions(session: AsyncSession, account_id: UUID, *, at: datetime) -> None:
    """End all sign-ins of an account."""
    live = update(RefreshToken).where(RefreshToken.account_id == account_id, RefreshToken.revoked_at.is_(None))
    await session.execute(live.values(revoked_at=at))


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
