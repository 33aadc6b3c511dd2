"""Zoom's request signature: `v0=` + hex(HMAC-SHA256(secret, "v0:{timestamp}:" + raw body)), over bytes as they came.

The answer to a URL validation is made with the same key. Whoever got one for a `plainToken` of his choice would hold
the signature of a forged event; so it is given to verified requests only, and never for a token that could be a
signed message.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeGuard

TOLERANCE = 300
"""Seconds, in both directions. Zoom publishes none; this is what its users settled on."""

_TIMESTAMP = re.compile(rb"[0-9]{10}")
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def sign(secret: bytes, timestamp: bytes, body: bytes) -> bytes:
    """The value of `x-zm-signature` for a body sent at a time (epoch seconds as text)."""
    return b"v0=" + hmac.digest(secret, b"v0:%b:%b" % (timestamp, body), "sha256").hex().encode()


def find_signer(secrets: Sequence[bytes], timestamp: bytes, signature: bytes, body: bytes) -> bytes | None:
    """The secret that signed the body, or None; bytes are compared in constant time, all secrets are tried."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    signer = None
    for secret in secrets:
        if hmac.compare_digest(sign(secret, timestamp, body), signature):
            signer = secret
    return signer


def sent_at(timestamp: bytes) -> datetime:
    """When a delivery was signed; only for a timestamp whose signature was found good."""
    return datetime.fromtimestamp(int(timestamp), UTC)


def skew(sent: datetime, now: datetime) -> int:
    """Whole seconds by which our clock is ahead of the sender's."""
    return round((now - sent).total_seconds())


def is_fresh(sent: datetime, now: datetime) -> bool:
    return abs((now - sent).total_seconds()) <= TOLERANCE


def may_be_answered(plain_token: object) -> TypeGuard[str]:
    """Whether a token is one of Zoom's, and can be no message whose signature somebody wants."""
    return isinstance(plain_token, str) and _PLAIN_TOKEN.fullmatch(plain_token) is not None


def encrypt_token(secret: bytes, plain_token: str) -> str:
    """The `encryptedToken` that proves to Zoom that we hold the secret."""
    return hmac.new(secret, plain_token.encode("ascii"), hashlib.sha256).hexdigest()
