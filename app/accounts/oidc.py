"""The regency's identity provider: where its keys are, and which of its tokens say who somebody is.

Discovery and keys come over HTTPS within two seconds, are asked for at most once a minute, and the last good ones
stay in use when the provider does not answer. No error holds a token.
"""

import asyncio
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import jiter

from app.accounts.errors import IdTokenRefused, InvalidToken, IssuerUnavailable
from app.accounts.tokens import LEEWAY, IssuerKey, open_token, read_issuer_key
from app.core.settings import Settings, SettingsError

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE = 2.0
"""Seconds for discovery and keys together: somebody waits for the sign-in."""
MAX_ANSWER = 64 * 1024
MAX_KEYS = 50
APART = 60.0
"""Seconds between two questions, however many tokens name keys that nobody knows."""
FRESH = 3600.0
"""Seconds after which keys are asked for again, so that a withdrawn one does not count for ever."""
MOST_AGE = timedelta(minutes=15)
"""An identity token is exchanged at once; an older one was kept by somebody."""
_NIP = re.compile(r"[0-9]{18}")
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Keyring = dict[str, IssuerKey]


@dataclass(frozen=True)
class Identity:
    """What a verified token says."""

    nip: str | None
    signed: str
    """The part that is signed: the same token in another spelling of its signature is the same token."""


class Provider:
    """One issuer. Enter it to use it."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        nip_claim: str = "nip",
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._issuer, self._audience, self._nip_claim = issuer, audience, nip_claim
        self._http = httpx.AsyncClient(transport=transport, timeout=PATIENCE, follow_redirects=False)
        self._now = now
        self._keys: Keyring = {}
        self._asked_at = self._read_at = float("-inf")
        self._asking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._http.aclose()

    async def verify(self, token: str, nonce: str, *, at: datetime) -> Identity:
        """Raises IdTokenRefused, IssuerUnavailable."""
        try:
            opened = open_token(token)
            key = await self._key(_kid(opened.header))
            key.require_signed(opened)
            claims = opened.read_claims()
        except InvalidToken as error:
            raise IdTokenRefused from error
        self._require_meant_for_us(claims)
        _require_timely(claims, at)
        said = claims.get("nonce")
        if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
            raise IdTokenRefused
        nip = claims.get(self._nip_claim)
        known = nip if isinstance(nip, str) and _NIP.fullmatch(nip) else None
        return Identity(known, token.rpartition(".")[0])

    def _require_meant_for_us(self, claims: dict[str, Any]) -> None:
        """Issuer, audience and authorised party (OpenID Connect Core, 3.1.3.7)."""
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        party = claims.get("azp", self._audience if len(audiences) == 1 else None)
        subject = claims.get("sub")
        if claims.get("iss") != self._issuer or self._audience not in audiences or party != self._audience:
            raise IdTokenRefused
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise IdTokenRefused

    async def _key(self, kid: str) -> IssuerKey:
        if kid not in self._keys or self._now() - self._read_at > FRESH:
            await self._ask_keys(kid)
        if not self._keys:
            raise IssuerUnavailable
        if kid not in self._keys:
            raise InvalidToken
        return self._keys[kid]

    async def _ask_keys(self, kid: str) -> None:
        """Read the keys anew, once for all who wait; a failure leaves those that are known."""
        async with self._asking:
            now = self._now()
            served = kid in self._keys and now - self._read_at <= FRESH
            if served or now - self._asked_at < APART:
                return
            self._asked_at = now
            try:
                async with asyncio.timeout(PATIENCE):
                    self._keys = await self._read_keys()
                self._read_at = now
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError):
                return

    async def _read_keys(self) -> Keyring:
        described = await self._read(self._issuer.rstrip("/") + DISCOVERY)
        address = described.get("jwks_uri")
        if described.get("issuer") != self._issuer or not isinstance(address, str) or not is_safe(address):
            raise ValueError("this is not the issuer's description")
        listed = (await self._read(address)).get("keys")
        if not isinstance(listed, list) or len(listed) > MAX_KEYS:
            raise ValueError("not a set of keys")
        read = {
            said["kid"]: read_issuer_key(said)
            for said in listed
            if isinstance(said, dict) and isinstance(said.get("kid"), str)
        }
        keys = {kid: key for kid, key in read.items() if key is not None}
        if not keys:
            raise ValueError("no key that signs")
        return keys

    async def _read(self, address: str) -> dict[str, Any]:
        content = b""
        async with self._http.stream("GET", address, headers={"accept": "application/json"}) as answer:
            if answer.status_code != 200:
                raise ValueError("not answered")
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > MAX_ANSWER:
                    raise ValueError("larger than any set of keys")
        found = jiter.from_json(content, allow_inf_nan=False, catch_duplicate_keys=True)
        if not isinstance(found, dict):
            raise ValueError("not a JSON object")
        return found


def _kid(header: dict[str, Any]) -> str:
    """The name of the key; a header with more than a type, an algorithm and a key is none of ours to understand."""
    kid = header.get("kid")
    if not header.keys() <= {"alg", "typ", "kid"} or header.get("typ", "JWT") != "JWT" or not isinstance(kid, str):
        raise InvalidToken
    return kid


def _require_timely(claims: dict[str, Any], at: datetime) -> None:
    issued, expires, now = claims.get("iat"), claims.get("exp"), at.timestamp()
    if type(issued) is not int or type(expires) is not int:
        raise IdTokenRefused
    if not (expires > now and now - MOST_AGE.total_seconds() <= issued <= now + LEEWAY.total_seconds()):
        raise IdTokenRefused


def is_safe(address: str) -> bool:
    """HTTPS, or this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def open_oidc(settings: Settings) -> Provider | None:
    """The configured provider; None without one. Raises SettingsError when it is configured by half or unsafely."""
    if settings.oidc_issuer is None and settings.oidc_audience is None:
        return None
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        raise SettingsError("APEL_OIDC_ISSUER and APEL_OIDC_AUDIENCE: set both or neither")
    if not is_safe(settings.oidc_issuer):
        raise SettingsError("APEL_OIDC_ISSUER: must begin with https://")
    return Provider(settings.oidc_issuer, settings.oidc_audience, settings.oidc_nip_claim)
