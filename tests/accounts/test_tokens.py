"""Everything that python-jose accepts or crashes on out of the box, and that our tokens must not."""

import base64
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jose import jwk, jws, jwt

from app.accounts.errors import InvalidToken
from app.accounts.tokens import Claims, Keys, load_keys
from app.core.settings import Settings, SettingsError

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ISSUER = "https://apel.example"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
KEYS = Keys(ISSUER, PRIVATE)
SUBJECT, FAMILY = uuid4(), uuid4()


def b64(data: bytes | str) -> str:
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def pem(key: Any, *, password: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    made: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    return made


SIGNER: Any = jwk.construct(pem(PRIVATE).decode(), "ES256")
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "apel",
    "sub": str(SUBJECT),
    "jti": str(uuid4()),
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 900,
    "sid": str(FAMILY),
}
HEADER = {"alg": "ES256", "typ": "JWT", "kid": KEYS.kid}


def signed(claims: Any = None, header: Any = None) -> str:
    """A token with a true signature of our own key, whatever it says; texts are taken as they are."""
    parts = [HEADER if header is None else header, CLAIMS if claims is None else claims]
    body = ".".join(b64(part if isinstance(part, (str, bytes)) else json.dumps(part)) for part in parts)
    return f"{body}.{b64(SIGNER.sign(body.encode()))}"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def refused(token: str, *, at: datetime = NOW) -> bool:
    with pytest.raises(InvalidToken):
        KEYS.verify(token, at=at)
    return True


def test_a_token_says_whose_it_is_and_of_which_sign_in() -> None:
    token = KEYS.issue(SUBJECT, at=NOW, session_id=FAMILY)
    assert KEYS.verify(token, at=NOW) == Claims(SUBJECT, FAMILY)
    assert KEYS.verify(KEYS.issue(SUBJECT, at=NOW), at=NOW) == Claims(SUBJECT, None)
    assert KEYS.verify(signed(), at=NOW) == Claims(SUBJECT, FAMILY)


def test_a_token_is_what_other_libraries_expect() -> None:
    token = KEYS.issue(SUBJECT, at=NOW, session_id=FAMILY)
    assert jwt.get_unverified_header(token) == HEADER
    said = json.loads(jws.verify(token, KEYS.jwks["keys"][0], ["ES256"]))
    assert {name: said[name] for name in ("iss", "aud", "sub", "sid")} == {
        "iss": ISSUER,
        "aud": "apel",
        "sub": str(SUBJECT),
        "sid": str(FAMILY),
    }
    assert (said["iat"], said["exp"]) == (int(NOW.timestamp()), int(NOW.timestamp()) + 900)
    assert said["jti"] != json.loads(jws.verify(KEYS.issue(SUBJECT, at=NOW), KEYS.jwks["keys"][0], ["ES256"]))["jti"]


def test_a_token_lives_fifteen_minutes_and_not_a_second_more() -> None:
    token = KEYS.issue(SUBJECT, at=NOW)
    assert KEYS.verify(token, at=NOW + timedelta(minutes=15) - SECOND)
    assert refused(token, at=NOW + timedelta(minutes=15))


def test_a_token_of_a_machine_whose_clock_is_half_a_minute_ahead_counts() -> None:
    token = KEYS.issue(SUBJECT, at=NOW + 30 * SECOND)
    assert KEYS.verify(token, at=NOW)
    assert refused(KEYS.issue(SUBJECT, at=NOW + 31 * SECOND))


NOON = int(NOW.timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        *(pytest.param(without(name), id=f"{name} is missing") for name in ("exp", "aud", "iss", "sub", "jti", "iat")),
        pytest.param(CLAIMS | {"exp": NOON}, id="it runs out in this second"),
        pytest.param(CLAIMS | {"exp": str(NOON + 900)}, id="exp is text"),
        pytest.param(CLAIMS | {"exp": NOON + 900.0}, id="exp is no integer"),
        pytest.param(CLAIMS | {"exp": True}, id="exp is a boolean"),
        pytest.param(CLAIMS | {"exp": [NOON + 900]}, id="exp is a list (TypeError in python-jose)"),
        pytest.param(CLAIMS | {"exp": None}, id="exp is null (TypeError in python-jose)"),
        pytest.param(json.dumps(CLAIMS).replace(f'"exp": {NOON + 900}', '"exp": 1e400'), id="exp overflows"),
        pytest.param(json.dumps(CLAIMS).replace(f'"exp": {NOON + 900}', '"exp": Infinity'), id="exp is infinite"),
        pytest.param(CLAIMS | {"exp": 10**30}, id="exp is beyond 64 bits"),
        pytest.param(json.dumps(CLAIMS).replace(f"{NOON + 900}", "9" * 5000), id="exp has 5,000 digits"),
        pytest.param(CLAIMS | {"exp": NOON + 901}, id="it lives longer than 15 minutes"),
        pytest.param(CLAIMS | {"iat": str(NOON)}, id="iat is text"),
        pytest.param(CLAIMS | {"iat": {}}, id="iat is an object (TypeError in python-jose)"),
        pytest.param(CLAIMS | {"iat": NOON + 31, "exp": NOON + 900}, id="it comes from the future"),
        pytest.param(CLAIMS | {"iat": NOON + 20, "exp": NOON + 10}, id="it ran out before it was made"),
        pytest.param(CLAIMS | {"aud": "another"}, id="it is for another audience"),
        pytest.param(CLAIMS | {"aud": ["apel", "another"]}, id="it is for several audiences"),
        pytest.param(CLAIMS | {"iss": "https://evil.example"}, id="it names another issuer"),
        pytest.param(CLAIMS | {"iss": [ISSUER]}, id="its issuer is a list"),
        pytest.param(CLAIMS | {"sub": 7}, id="sub is a number"),
        pytest.param(CLAIMS | {"sub": ""}, id="sub is empty"),
        pytest.param(CLAIMS | {"sub": "x" * 129}, id="sub is longer than 128"),
        pytest.param(CLAIMS | {"sub": f"{SUBJECT}\n"}, id="sub ends with a line break"),
        pytest.param(CLAIMS | {"sub": str(SUBJECT).upper()}, id="sub is not written as we write it"),
        pytest.param(CLAIMS | {"sub": "admin"}, id="sub is no id of ours"),
        pytest.param(CLAIMS | {"jti": 7}, id="jti is a number"),
        pytest.param(CLAIMS | {"sid": None}, id="sid is null"),
        pytest.param(CLAIMS | {"sid": "x"}, id="sid is no id"),
        pytest.param(CLAIMS | {"role": "admin"}, id="it claims a role"),
        pytest.param(CLAIMS | {"nbf": NOON}, id="it has a claim that we never write"),
        pytest.param(json.dumps(CLAIMS).replace("{", f'{{"sub": "{uuid4()}", ', 1), id="a claim is there twice"),
        pytest.param("[]", id="the claims are a list"),
        pytest.param("null", id="the claims are null"),
        pytest.param('"sub"', id="the claims are a text"),
        pytest.param("{", id="the claims are no JSON"),
        pytest.param(b"\xff\xfe", id="the claims are no UTF-8"),
        pytest.param('{"a":' * 400 + "1" + "}" * 400, id="the claims are nested 400 deep"),
    ],
)
def test_a_truly_signed_token_is_refused_when(claims: Any) -> None:
    assert refused(signed(claims))


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(HEADER | {"crit": ["exp"]}, id="it has crit"),
        pytest.param(HEADER | {"crit": []}, id="it has an empty crit"),
        pytest.param(HEADER | {"typ": "at+jwt"}, id="typ is another"),
        pytest.param(HEADER | {"typ": None}, id="typ is null"),
        pytest.param({"alg": "ES256", "kid": KEYS.kid}, id="typ is missing"),
        pytest.param(HEADER | {"kid": "another"}, id="kid is another"),
        pytest.param(HEADER | {"kid": "../../etc/passwd"}, id="kid is a path"),
        pytest.param({"alg": "ES256", "typ": "JWT"}, id="kid is missing"),
        pytest.param(HEADER | {"alg": "none"}, id="alg is none"),
        pytest.param(HEADER | {"alg": "HS256"}, id="alg is another"),
        pytest.param(HEADER | {"alg": "es256"}, id="alg is in small letters"),
        pytest.param(HEADER | {"alg": ["ES256"]}, id="alg is a list (TypeError in python-jose)"),
        pytest.param({"typ": "JWT", "kid": KEYS.kid}, id="alg is missing"),
        pytest.param(HEADER | {"jwk": KEYS.jwks["keys"][0]}, id="it brings its own key"),
        pytest.param(HEADER | {"jku": "https://evil.example/jwks.json"}, id="it names an address of keys"),
        pytest.param(HEADER | {"x": "y" * 1024}, id="it is larger than 1 kB"),
        pytest.param(json.dumps(HEADER).replace("{", '{"alg": "none", ', 1), id="alg is there twice"),
        pytest.param('{"a":' * 200 + "1" + "}" * 200, id="it is nested"),
        pytest.param("[" * 1350 + "]" * 1350, id="it is nested 1,350 deep (RecursionError in python-jose)"),
        pytest.param("[]", id="it is a list"),
        pytest.param("\ud7ff", id="it is no JSON"),
        pytest.param(b"\xff", id="it is no UTF-8"),
    ],
)
def test_a_header_is_refused_when(header: Any) -> None:
    assert refused(signed(header=header))


def hs256(secret: bytes) -> str:
    body = f"{b64(json.dumps(HEADER | {'alg': 'HS256'}))}.{b64(json.dumps(CLAIMS))}"
    return f"{body}.{b64(hmac.digest(secret, body.encode(), hashlib.sha256))}"


@pytest.mark.parametrize("encoding", ["DER", "PEM"])
def test_our_public_key_is_no_shared_secret(encoding: str) -> None:
    public = PRIVATE.public_key().public_bytes(
        getattr(serialization.Encoding, encoding), serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert refused(hs256(public))


def test_an_empty_secret_signs_nothing() -> None:
    assert refused(hs256(b""))


def test_another_key_of_the_same_kind_signs_nothing() -> None:
    other = Keys(ISSUER, ec.generate_private_key(ec.SECP256R1()))
    token = other.issue(SUBJECT, at=NOW)
    assert refused(token)
    _, payload, signature = token.split(".")
    assert refused(f"{b64(json.dumps(HEADER))}.{payload}.{signature}")


def _noncanonical(token: str) -> str:
    # 64 bytes are 86 letters: the last one carries four bits that mean nothing.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) + 1]


SHAPES: dict[str, Callable[[str], str]] = {
    "the last letter carries stray bits": _noncanonical,
    "it is padded": lambda token: token + "==",
    "it is written in the other base64 alphabet": lambda token: token.replace("-", "+").replace("_", "/") + "+",
    "there is a blank in it": lambda token: token[:20] + " " + token[20:],
    "it ends with a line break": lambda token: token + "\n",
    "it has two parts": lambda token: token.rsplit(".", 1)[0],
    "it has four parts": lambda token: token + ".abcd",
    "its signature is missing": lambda token: token.rsplit(".", 1)[0] + ".",
    "its signature is cut": lambda token: token[:-4],
    "it is empty": lambda token: "",
    "it is larger than 8 kB": lambda token: token + "A" * 8192,
    "it holds what is not ASCII": lambda token: token[:-1] + "é",
    "it holds a NUL": lambda token: token + "\0",
    "it holds Arabic digits": lambda token: token[:-1] + "٣",
}


@pytest.mark.parametrize("change", SHAPES.values(), ids=SHAPES.keys())
def test_a_token_is_refused_when(change: Callable[[str], str]) -> None:
    token = signed()
    assert change(token) != token
    assert refused(change(token))


@given(
    st.text(max_size=200)
    | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{86}", fullmatch=True)
)
def test_no_text_is_anything_but_refused(text: str) -> None:
    assert refused(text)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(CLAIMS)), json_values)
def test_no_odd_claim_crashes_or_passes(name: str, value: Any) -> None:
    if value != CLAIMS[name] and name != "jti":
        assert refused(signed(CLAIMS | {name: value}))


@given(st.integers(0, len(signed()) - 1), st.sampled_from("abcXYZ019-_"))
def test_no_changed_letter_passes(place: int, letter: str) -> None:
    token = signed()
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        assert refused(changed)


def test_the_key_set_shows_the_public_half_under_its_thumbprint() -> None:
    [shown] = KEYS.jwks["keys"]
    assert shown.keys() == {"alg", "kty", "crv", "x", "y", "kid", "use"}
    canonical = f'{{"crv":"P-256","kty":"EC","x":"{shown["x"]}","y":"{shown["y"]}"}}'
    assert shown["kid"] == b64(hashlib.sha256(canonical.encode()).digest())
    assert (shown["alg"], shown["use"]) == ("ES256", "sig")


def test_a_key_is_made_once_and_readable_by_its_owner_alone(settings: Settings) -> None:
    made = load_keys(settings)
    path = settings.data_dir / "keys" / "signing.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_keys(settings).kid == made.kid
    assert made.issuer == settings.public_url
    assert os.listdir(path.parent) == ["signing.pem"]


def test_workers_that_start_at_once_share_one_key(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as threads:
        kids = set(threads.map(lambda _: load_keys(settings).kid, range(16)))
    assert len(kids) == 1


def test_a_configured_key_is_used_and_nothing_is_made(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    file.write_bytes(pem(PRIVATE))
    keys = load_keys(settings.model_copy(update={"signing_key_file": file}))
    assert keys.kid == KEYS.kid
    assert not (settings.data_dir / "keys").exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(pem(ec.generate_private_key(ec.SECP384R1())), "P-256", id="another curve"),
        pytest.param(pem(rsa.generate_private_key(65537, 2048)), "P-256", id="an RSA key"),
        pytest.param(pem(PRIVATE, password=b"secret"), "not a private key", id="an encrypted key"),
        pytest.param(b"what is this", "not a private key", id="no key"),
        pytest.param(
            PRIVATE.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            ),
            "not a private key",
            id="a public key",
        ),
        pytest.param(None, "No such file", id="no file"),
    ],
)
def test_what_is_no_signing_key_is_one_clear_line(
    settings: Settings, tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=f"^APEL_SIGNING_KEY_FILE: .*{complaint}"):
        load_keys(settings.model_copy(update={"signing_key_file": file}))


def test_refresh_successors_hang_on_the_signing_key() -> None:
    assert Keys(ISSUER, PRIVATE).refresh_key == KEYS.refresh_key
    assert Keys(ISSUER, ec.generate_private_key(ec.SECP256R1())).refresh_key != KEYS.refresh_key
