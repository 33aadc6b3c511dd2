"""An identity provider: discovery, keys and tokens over HTTP, with real keys."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI
from jose import jwk

from app.accounts.oidc import Provider

ISSUER = "https://masuk.mamuju.example/realms/asn"
AUDIENCE = "apel-virtual"
NONCE = "n-0S6_WzA2Mj-abc"


def b64(data: bytes | str) -> str:
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


@cache
def keys() -> dict[str, tuple[str, Any]]:
    """The same for the whole session: making an RSA key takes longer than a test."""
    rsa_key, weak = (rsa.generate_private_key(65537, bits) for bits in (2048, 1024))
    return {
        "satu": ("RS256", rsa_key),
        "dua": ("ES256", ec.generate_private_key(ec.SECP256R1())),
        "lemah": ("RS256", weak),
        "sandi": ("RS256", rsa_key),
    }


def signer(kid: str) -> Any:
    algorithm, private = keys()[kid]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return jwk.construct(pem.decode(), algorithm)


def public(kid: str) -> dict[str, Any]:
    return dict(signer(kid).public_key().to_dict()) | {"kid": kid, "use": "enc" if kid == "sandi" else "sig"}


class Issuer:
    """`asked` counts what was asked of it; `published` are the keys that it shows, `well` whether it answers."""

    def __init__(self, *published: str) -> None:
        self.published = list(published or ("satu", "dua", "lemah", "sandi"))
        self.asked: list[str] = []
        self.well = True
        self.description: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"}

    def connect(self, *, now: Callable[[], float] = lambda: 0.0) -> Provider:
        return Provider(ISSUER, AUDIENCE, transport=httpx.ASGITransport(app=self._app()), now=now)

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/realms/asn/.well-known/openid-configuration")
        async def describe() -> dict[str, Any]:
            self._answer("description")
            return self.description

        @app.get("/realms/asn/certs")
        async def list_keys() -> dict[str, Any]:
            self._answer("keys")
            return {"keys": [public(kid) for kid in self.published]}

        return app

    def _answer(self, what: str) -> None:
        self.asked.append(what)
        if not self.well:
            raise httpx.ConnectError("no line")

    def sign(self, *, at: datetime, nip: object = None, kid: str = "satu", header: Any = None, **claims: Any) -> str:
        """A token as this issuer gives it; claims of value ... are left out."""
        now = int(at.timestamp())
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "c0ffee", "iat": now, "exp": now + 300, "nonce": NONCE}
        said |= {"nip": nip, "email": "siti@mamuju.go.id", "realm_access": {"roles": ["asn"]}} | claims
        said = {name: value for name, value in said.items() if value is not ...}
        head = {"alg": keys()[kid][0], "typ": "JWT", "kid": kid} | (header or {})
        body = f"{b64(json.dumps(head))}.{b64(json.dumps(said))}"
        return f"{body}.{b64(signer(kid).sign(body.encode()))}"
