"""Signatures as Standard Webhooks has them, and how secrets are kept: sealed, since they must be used again."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken

PREFIX = "whsec_"
SECRET_BYTES = 32
"""The specification wants 24 to 64."""


def make_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, payload: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers_of(keys: Iterable[str], message_id: str, timestamp: int, payload: bytes) -> dict[str, str]:
    """The three headers; with several secrets, a signature of each."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(key, message_id, timestamp, payload) for key in keys),
    }


class SecretUnreadable(Exception):
    """The place's key is another than when this was sealed; a new secret helps."""


class Seal:
    """Secrets in the database are of no use without the key that lies outside of it."""

    def __init__(self, place_key: bytes) -> None:
        key = hashlib.blake2b(b"webhook secrets", key=place_key[:64], digest_size=32).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Raises SecretUnreadable."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error
