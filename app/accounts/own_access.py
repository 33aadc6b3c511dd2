"""How a civil servant reaches the own record without a password: a one-time link, or the identity provider."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import rules
from app.accounts.errors import IdTokenRefused, LinkRefused, PersonNotRegistered
from app.accounts.models import OneTimeLink
from app.accounts.oidc import Provider
from app.accounts.signin import Tokens, derive_token, start_own_session
from app.accounts.tokens import Keys
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import OpenSession, act_as, zone_of
from app.core.principal import SYSTEM, Principal, Role
from app.registry.errors import AsnNotFound
from app.registry.models import Asn
from app.registry.queries import get_asn, get_asn_by_nip


@dataclass(frozen=True)
class NewLink:
    """The secret exists nowhere else."""

    name: str
    secret: str
    expires_at: datetime

    def at(self, public_url: str) -> str:
        """Behind the #: browsers do not send it, so no log keeps it and no preview of a messenger uses it up."""
        return f"{public_url.rstrip('/')}/saya#{self.secret}"


async def make_link(session: AsyncSession, caller: Principal, asn_id: UUID, *, at: datetime) -> NewLink:
    """A link for a civil servant of the caller's reach; the earlier ones end. Raises AsnNotFound."""
    reach = None if caller == SYSTEM else caller.reach(Role.ADMIN, Role.OPD_HEAD)
    asn = await get_asn(session, asn_id, reach, civil_date(at, zone_of(session)))
    unused = OneTimeLink.asn_id == asn_id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at
    await session.execute(update(OneTimeLink).where(*unused).values(expires_at=at))
    link = NewLink(asn.name, secrets.token_urlsafe(32), at + rules.LINK_LIFETIME)
    await session.execute(
        insert(OneTimeLink).values(
            secret_sha256=_sha256(link.secret),
            asn_id=asn_id,
            made_by=caller.id,
            made_at=at,
            expires_at=link.expires_at,
        )
    )
    await record(session, caller, "accounts.make-link", at=at, target=str(asn_id), nips=[asn.nip])
    return link


async def open_link(session: AsyncSession, keys: Keys, secret: str, *, at: datetime) -> Tokens:
    """Exchange a link for a short sign-in, once. Raises LinkRefused."""
    live = OneTimeLink.secret_sha256 == _sha256(secret), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at
    taken = update(OneTimeLink).where(*live).values(used_at=at).returning(OneTimeLink.asn_id)
    asn_id = await session.scalar(taken)
    if asn_id is None:
        raise LinkRefused
    asn = await session.get_one(Asn, asn_id)
    tokens = await start_own_session(session, keys, asn, secrets.token_urlsafe(32), via="link", at=at)
    if tokens is None:
        raise LinkRefused
    return tokens


async def exchange_id_token(
    sessions: OpenSession, keys: Keys, provider: Provider, id_token: str, nonce: str, *, at: datetime
) -> Tokens:
    """A short sign-in for whom the identity provider names; each of its tokens counts once.

    Takes the sessionmaker, since no connection may wait for the provider. Raises IdTokenRefused, IssuerUnavailable,
    PersonNotRegistered.
    """
    identity = await provider.verify(id_token, nonce, at=at)
    if identity.nip is None:
        raise PersonNotRegistered
    async with sessions.begin() as session:
        await act_as(session)
        try:
            asn = await get_asn_by_nip(session, identity.nip)
        except AsnNotFound:
            raise PersonNotRegistered from None
        # The refresh token follows from the identity token: whoever brings the same one again finds it in use.
        refresh_token = derive_token(keys, identity.signed)
        tokens = await start_own_session(session, keys, asn, refresh_token, via="oidc", at=at)
        if tokens is None:
            raise IdTokenRefused
        return tokens


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
