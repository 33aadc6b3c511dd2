"""Our own access tokens, the signatures of an issuer's, and the only module that may import python-jose.

python-jose signs and verifies; everything else it would let through is refused here. Its own checks of claims are
not used: they skip what is missing, convert what is odd, and ask the machine's clock instead of the service's.
"""

import base64
import hashlib
import json
import re
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import jiter
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jws, jwt
from jose.backends.base import Key

from app.accounts.errors import InvalidToken
from app.core.ids import new_id
from app.core.keys import read_or_make
from app.core.settings import Settings, SettingsError

ALGORITHM = "ES256"
AUDIENCE = "apel"
LIFETIME = timedelta(minutes=15)
LEEWAY = timedelta(seconds=30)
"""How far the clocks of two of our own machines may differ before a new token looks as if from the future."""
MAX_TOKEN = 8 * 1024
MAX_HEADER = 1024

_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,128}")
_REQUIRED = frozenset({"iss", "aud", "sub", "jti", "iat", "exp"})
_ALLOWED = _REQUIRED | {"sid"}


@dataclass(frozen=True)
class Claims:
    """What a token of ours says, after everything about it was checked."""

    subject: UUID
    session_id: UUID | None
    """The refresh family of a person's sign-in; ending it ends the token too."""


@dataclass(frozen=True)
class Keys:
    """The key that signs, and what is bound to it; built once."""

    issuer: str
    private: ec.EllipticCurvePrivateKey

    @cached_property
    def kid(self) -> str:
        """The thumbprint of RFC 7638, so that a key has one name everywhere."""
        named = {name: self._public_jwk[name] for name in ("crv", "kty", "x", "y")}
        canonical = json.dumps(named, separators=(",", ":"), sort_keys=True).encode()
        return _encode(hashlib.sha256(canonical).digest())

    @cached_property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [self._public_jwk | {"kid": self.kid, "use": "sig"}]}

    @cached_property
    def refresh_key(self) -> bytes:
        """Derives the successors of refresh tokens, so that none of them need be stored."""
        scalar = self.private.private_numbers().private_value.to_bytes(32, "big")
        return hashlib.blake2b(scalar, digest_size=32, person=b"apel refresh").digest()

    @cached_property
    def _signer(self) -> Key:
        return jwk.construct(_pem(self.private).decode(), ALGORITHM)

    @cached_property
    def _verifier(self) -> Key:
        return self._signer.public_key()

    @cached_property
    def _public_jwk(self) -> dict[str, str]:
        return dict(self._verifier.to_dict())

    def issue(self, subject: UUID, *, at: datetime, session_id: UUID | None = None) -> str:
        """An access token for an account or a client."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(subject),
            "jti": str(new_id()),
            "iat": int(at.timestamp()),
            "exp": int((at + LIFETIME).timestamp()),
        }
        if session_id is not None:
            claims["sid"] = str(session_id)
        return jwt.encode(claims, self._signer, algorithm=ALGORITHM, headers={"kid": self.kid})

    def verify(self, token: str, *, at: datetime) -> Claims:
        """What a token says; raises InvalidToken for everything that `issue` did not make or that has run out."""
        opened = open_token(token)
        if opened.header != {"alg": ALGORITHM, "typ": "JWT", "kid": self.kid}:
            raise InvalidToken
        _require_signed(token, self._verifier, ALGORITHM)
        return self._read(opened.read_claims(), at)

    def _read(self, claims: dict[str, Any], at: datetime) -> Claims:
        if not claims.keys() >= _REQUIRED or not claims.keys() <= _ALLOWED:
            raise InvalidToken
        if claims["iss"] != self.issuer or claims["aud"] != AUDIENCE:
            raise InvalidToken
        _require_timely(claims["iat"], claims["exp"], at.timestamp())
        if not all(isinstance(claims[name], str) and _PRINTABLE.fullmatch(claims[name]) for name in ("sub", "jti")):
            raise InvalidToken
        return Claims(_uuid(claims["sub"]), _uuid(claims["sid"]) if "sid" in claims else None)


def _require_timely(issued: Any, expires: Any, now: float) -> None:
    if type(issued) is not int or type(expires) is not int:
        raise InvalidToken
    if not (expires > now and issued <= now + LEEWAY.total_seconds()):
        raise InvalidToken
    if not 0 < expires - issued <= LIFETIME.total_seconds():
        raise InvalidToken


@dataclass(frozen=True)
class Opened:
    """Something shaped like a token, before any cryptography."""

    token: str
    header: dict[str, Any]
    payload: bytes

    def read_claims(self) -> dict[str, Any]:
        """Raises InvalidToken when they are no JSON object."""
        return _parse(self.payload)


def open_token(token: str) -> Opened:
    """Raises InvalidToken for whatever is not shaped like a token."""
    if len(token) > MAX_TOKEN or not _SHAPE.fullmatch(token):
        raise InvalidToken
    header, payload, _ = (_decode(part) for part in token.split("."))
    if len(header) > MAX_HEADER:
        raise InvalidToken
    return Opened(token, _parse(header), payload)


def _require_signed(token: str, key: Key, algorithm: str) -> None:
    try:
        jws.verify(token, key, [algorithm])
    except Exception as error:  # python-jose raises outside its own family, and no token may crash the service
        raise InvalidToken from error


@dataclass(frozen=True)
class IssuerKey:
    """A public key of an identity provider, bound to the one algorithm that it is for."""

    algorithm: str
    key: Key

    def require_signed(self, opened: Opened) -> None:
        """Raises InvalidToken unless this key signed it, by its own algorithm and no other."""
        if opened.header.get("alg") != self.algorithm:
            raise InvalidToken
        _require_signed(opened.token, self.key, self.algorithm)


_SHAPES = {"RSA": ("RS256", ("kty", "n", "e")), "EC": ("ES256", ("kty", "crv", "x", "y"))}
_RSA_BITS = range(2048, 8193)


def read_issuer_key(said: dict[str, Any]) -> IssuerKey | None:
    """A key of a JWKS (RFC 7517); None for one that signs nothing here: for encryption, symmetric, weak, or odd."""
    algorithm, names = _SHAPES.get(str(said.get("kty")), ("", ()))
    if not algorithm or said.get("use", "sig") != "sig" or said.get("alg", algorithm) != algorithm:
        return None
    public = {name: said.get(name) for name in names}
    if not all(isinstance(value, str) and len(value) <= 2048 for value in public.values()):
        return None
    try:
        key: Any = jwk.construct(public, algorithm)
        size = key.prepared_key.key_size
    except Exception:  # python-jose and cryptography each raise their own for odd numbers and unknown curves
        return None
    fits = size in _RSA_BITS if algorithm == "RS256" else public["crv"] == "P-256"
    return IssuerKey(algorithm, key) if fits else None


def _parse(text: bytes) -> dict[str, Any]:
    try:
        found = jiter.from_json(text, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        raise InvalidToken from error
    if not isinstance(found, dict):
        raise InvalidToken
    return found


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(part: str) -> bytes:
    """Canonical base64url only: otherwise one token could be written in several ways."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (NotBase64, ValueError) as error:
        raise InvalidToken from error
    if _encode(data) != part:
        raise InvalidToken
    return data


def _uuid(text: Any) -> UUID:
    try:
        found = UUID(text)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidToken from error
    if str(found) != text:
        raise InvalidToken
    return found


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_keys(settings: Settings) -> Keys:
    """The configured signing key, else one made on first use; raises SettingsError when it is no P-256 key."""
    path = settings.signing_key_file
    try:
        pem = (
            path.read_bytes()
            if path is not None
            else read_or_make(
                settings.data_dir / "keys" / "signing.pem", lambda: _pem(ec.generate_private_key(ec.SECP256R1()))
            )
        )
        private = serialization.load_pem_private_key(pem, password=None)
    except OSError as error:
        raise SettingsError(f"APEL_SIGNING_KEY_FILE: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise SettingsError("APEL_SIGNING_KEY_FILE: not a private key in PEM") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise SettingsError("APEL_SIGNING_KEY_FILE: must be an EC key on P-256")
    return Keys(settings.public_url, private)
