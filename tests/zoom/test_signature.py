"""Signatures: published and own vectors verify, and nothing that was touched does."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.zoom.signature import encrypt_token, find_signer, is_fresh, may_be_answered, sent_at, sign, skew

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("signature-vectors.json").read_text("utf-8"))
OWN = [vector | {"secret": VECTORS["secret"]} for vector in VECTORS["vectors"]]
ALL = OWN + VECTORS["published"]
SECRET = VECTORS["secret"].encode()
BODY = OWN[0]["body"].encode()
TIME = OWN[0]["timestamp"].encode()
SIGNATURE = OWN[0]["signature"].encode()


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector["name"])
def test_a_vector_verifies_over_its_raw_bytes(vector: dict[str, str]) -> None:
    secret, body = vector["secret"].encode(), vector["body"].encode()
    assert find_signer([secret], vector["timestamp"].encode(), vector["signature"].encode(), body) == secret


@pytest.mark.parametrize(
    "vector", [v for v in ALL if json.dumps(json.loads(v["body"])) != v["body"]], ids=lambda vector: vector["name"]
)
def test_a_body_that_was_serialised_again_does_not_verify(vector: dict[str, str]) -> None:
    again = json.dumps(json.loads(vector["body"])).encode()
    found = find_signer([vector["secret"].encode()], vector["timestamp"].encode(), vector["signature"].encode(), again)
    assert found is None


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        pytest.param(TIME, SIGNATURE[:-1], id="a truncated signature"),
        pytest.param(TIME, SIGNATURE.upper(), id="an upper-case signature"),
        pytest.param(TIME, SIGNATURE[3:], id="a signature without its version"),
        pytest.param(TIME, b"", id="an empty signature"),
        pytest.param(TIME, "v0=é".encode(), id="a signature that is not ASCII"),
        pytest.param(TIME, SIGNATURE + b"\n", id="a signature with a line end"),
        pytest.param(b"", SIGNATURE, id="no time"),
        pytest.param(b"17900000oo", SIGNATURE, id="a time that is no number"),
        pytest.param(b"-790000000", SIGNATURE, id="a negative time"),
        pytest.param("١٧٩٠٠٠٠٠٠٠".encode(), SIGNATURE, id="a time in other digits"),
        pytest.param(b"1790000001", SIGNATURE, id="another time"),
        pytest.param(b"1790000000000000", sign(SECRET, b"1790000000000000", BODY), id="a time beyond all calendars"),
    ],
)
def test_a_touched_signature_or_time_does_not_verify(timestamp: bytes, signature: bytes) -> None:
    assert find_signer([SECRET], timestamp, signature, BODY) is None


def test_the_current_and_the_previous_secret_are_both_good_and_the_one_that_signed_is_named() -> None:
    secrets = [b"a-new-secret-of-today", SECRET]
    assert find_signer(secrets, TIME, SIGNATURE, BODY) == SECRET
    assert find_signer(secrets[:1], TIME, SIGNATURE, BODY) is None
    assert find_signer([], TIME, SIGNATURE, BODY) is None


@given(body=st.binary(max_size=200), other=st.binary(max_size=200))
def test_a_signature_belongs_to_one_body(body: bytes, other: bytes) -> None:
    signature = sign(SECRET, TIME, body)
    assert (find_signer([SECRET], TIME, signature, other) == SECRET) is (body == other)


@pytest.mark.parametrize(
    ("late", "fresh"),
    [(0, True), (300, True), (-300, True), (301, False), (-301, False)],
)
def test_five_minutes_in_both_directions_are_fresh(late: int, fresh: bool) -> None:
    sent = sent_at(TIME)
    assert sent == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert is_fresh(sent, sent + timedelta(seconds=late)) is fresh
    assert skew(sent, sent + timedelta(seconds=late)) == late


@pytest.mark.parametrize(
    ("secret", "plain", "answer"),
    [
        (VECTORS["secret"], *VECTORS["url_validation"].values()),
        tuple(VECTORS["published_url_validation"][key] for key in ("secret", "plainToken", "encryptedToken")),
    ],
)
def test_a_url_validation_is_answered_as_zoom_expects(secret: str, plain: str, answer: str) -> None:
    assert may_be_answered(plain)
    assert encrypt_token(secret.encode(), plain) == answer


@pytest.mark.parametrize("token", ["v0:1790000000:{}", "", "a" * 65, "a\n", "é", None, 7, ["a"], {"a": 1}])
def test_a_token_that_could_be_a_signed_message_is_never_answered(token: object) -> None:
    assert not may_be_answered(token)
