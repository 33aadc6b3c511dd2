"""A civil servant signs in to the own record alone: by a one-time link or by the identity provider."""

import asyncio
import base64
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import OneTimeLink
from app.accounts.oidc import Provider, open_oidc
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.db import OpenSession
from app.core.principal import Role
from app.core.settings import Settings, SettingsError
from app.registry.models import Asn
from tests.accounts.conftest import People, bearer, grant
from tests.accounts.issuer import AUDIENCE, ISSUER, NONCE, Issuer, b64, public
from tests.client import Api, serve
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, Make

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    make.opd("DINKES")
    return make.asn("DISDIK")


def make_link(api: Api, asn: Asn, role: Role = Role.ADMIN, opd_code: str | None = None) -> Any:
    return api.as_(role, opd_code).post("/v1/accounts/links", {"asn_id": str(asn.id)})


def secret_of(answer: Any) -> str:
    secret: str = answer.json()["url"].partition("#")[2]
    return secret


def open_link(api: Api, secret: str) -> Any:
    return api.post("/v1/auth/link", {"secret": secret})


def me(api: Api, tokens: Any) -> Any:
    return api.get("/v1/me", headers=bearer(tokens.json()))


def test_a_link_signs_in_to_the_own_record_and_to_nothing_else(api: Api, siti: Asn, people: People) -> None:
    people.create("siti", grant(Role.ADMIN), nip=siti.nip)
    made = make_link(api, siti)
    secret = secret_of(made)
    assert made.status_code == 201
    assert made.json() == {
        "url": f"http://127.0.0.1:8000/saya#{secret}",
        "expires_at": "2026-11-23T23:30:00Z",
        "text": "APEL VIRTUAL — Pemerintah Kabupaten Mamuju\n\n"
        f"Tautan catatan kehadiran Siti Aminah:\nhttp://127.0.0.1:8000/saya#{secret}\n\n"
        "Berlaku 24 jam, hanya sekali buka, hanya untuk Anda. Jangan diteruskan.\n",
    }
    tokens = open_link(api, secret)
    assert (tokens.status_code, tokens.json()["expires_in"]) == (200, 900)
    assert me(api, tokens).json() == {
        "id": str(siti.id),
        "name": "asn",
        "asn_id": str(siti.id),
        "must_change": False,
        "grants": [{"role": "asn", "opd_code": None, "reach": []}],
    }
    assert api.get("/v1/accounts", headers=bearer(tokens.json())).status_code == 403


def test_a_link_opens_once_within_a_day_and_only_the_latest_does(api: Api, siti: Asn) -> None:
    first, second = secret_of(make_link(api, siti)), secret_of(make_link(api, siti))
    refused = open_link(api, first)
    assert (refused.status_code, refused.json()["code"], refused.json()["error"]) == (
        400,
        "link-refused",
        "invalid_grant",
    )
    api.at(MONDAY + 24 * HOUR)
    assert open_link(api, second).status_code == 400
    api.at(MONDAY + 24 * HOUR - MINUTE)
    assert open_link(api, second).status_code == 200
    assert open_link(api, second).status_code == 400
    assert open_link(api, "x" * 43).status_code == 400


def test_the_secret_of_a_link_is_kept_nowhere(api: Api, siti: Asn, run: Any, session: Any) -> None:
    secret = secret_of(make_link(api, siti))
    [row] = run(session.scalars(select(OneTimeLink))).all()
    assert secret not in str(vars(row))


def test_a_head_makes_links_for_the_own_unit_alone(api: Api, siti: Asn) -> None:
    assert make_link(api, siti, Role.OPD_HEAD, "DISDIK").status_code == 201
    hidden = make_link(api, siti, Role.OPD_HEAD, "DINKES")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "asn-not-found")
    assert make_link(api, siti, Role.OPD_OPERATOR, "DISDIK").status_code == 403


def test_who_made_a_link_and_who_opened_it_is_on_record(api: Api, siti: Asn, run: Any, session: Any) -> None:
    open_link(api, secret_of(make_link(api, siti)))
    entries = run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    subjects = [subject_of(SURROUNDINGS.audit_key, siti.nip)]
    assert [(entry.action, entry.principal_name, entry.subjects, entry.detail) for entry in entries] == [
        ("accounts.make-link", "uji-admin", subjects, {}),
        ("accounts.sign-in", "asn", subjects, {"via": "link"}),
    ]
    assert entries[1].principal_id == siti.id


def test_an_own_sign_in_lasts_an_hour_however_often_it_is_renewed(api: Api, siti: Asn) -> None:
    tokens = open_link(api, secret_of(make_link(api, siti)))
    for minutes in (14, 28, 42, 56):
        api.at(MONDAY + minutes * MINUTE)
        form = {"grant_type": "refresh_token", "refresh_token": tokens.json()["refresh_token"]}
        tokens = api.post("/v1/auth/token", data=form)
        assert me(api, tokens).status_code == 200
    api.at(MONDAY + HOUR)
    assert me(api, tokens).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens.json()["refresh_token"]}
    assert api.post("/v1/auth/token", data=form).status_code == 400


def test_signing_out_ends_an_own_sign_in_at_once(api: Api, siti: Asn) -> None:
    tokens = open_link(api, secret_of(make_link(api, siti)))
    api.post("/v1/auth/revoke", data={"token": tokens.json()["access_token"]})
    assert me(api, tokens).status_code == 401


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def oidc(loop: asyncio.Runner, sessions: OpenSession, settings: Settings, issuer: Issuer) -> Iterator[Api]:
    with serve(loop, sessions, settings, MONDAY, oidc=issuer.connect()) as api:
        yield api


def exchange(api: Api, token: str, nonce: str = NONCE) -> Any:
    return api.post("/v1/auth/oidc", {"id_token": token, "nonce": nonce})


@pytest.mark.parametrize("kid", ["satu", "dua"])
def test_an_identity_token_signs_in_to_the_own_record(oidc: Api, siti: Asn, issuer: Issuer, kid: str) -> None:
    tokens = exchange(oidc, issuer.sign(at=MONDAY, nip=siti.nip, kid=kid))
    assert tokens.status_code == 200, tokens.text
    assert me(oidc, tokens).json()["asn_id"] == str(siti.id)


def test_an_identity_token_counts_once_however_its_signature_is_spelled(oidc: Api, siti: Asn, issuer: Issuer) -> None:
    token = issuer.sign(at=MONDAY, nip=siti.nip, kid="dua")
    assert exchange(oidc, token).status_code == 200
    body, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    mirrored = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    for again in (token, f"{body}.{b64(mirrored)}"):
        assert exchange(oidc, again).json()["code"] == "id-token-refused"


@pytest.mark.parametrize(
    "nip", ["198501012010019999", 198501012010010001, None, "1985"], ids=["unknown", "a number", "none", "short"]
)
def test_whom_the_registry_does_not_know_is_forbidden(oidc: Api, siti: Asn, issuer: Issuer, nip: object) -> None:
    answer = exchange(oidc, issuer.sign(at=MONDAY, nip=nip))
    assert (answer.status_code, answer.json()["code"]) == (403, "person-not-registered")


NOW = int(MONDAY.timestamp())
FALSE_CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://masuk.example"},
    "another audience": {"aud": "lain"},
    "several audiences and no authorised party": {"aud": [AUDIENCE, "lain"]},
    "another authorised party": {"azp": "lain"},
    "an audience that is a number": {"aud": 7},
    "no audience": {"aud": ...},
    "no subject": {"sub": ...},
    "another nonce": {"nonce": "x" * 16},
    "no nonce": {"nonce": ...},
    "it runs out in this second": {"exp": NOW},
    "exp is text": {"exp": str(NOW + 300)},
    "no exp": {"exp": ...},
    "no iat": {"iat": ...},
    "made a minute from now": {"iat": NOW + 60},
    "sixteen minutes old": {"iat": NOW - 960},
}


@pytest.mark.parametrize("claims", FALSE_CLAIMS.values(), ids=FALSE_CLAIMS.keys())
def test_a_token_that_was_not_meant_for_this_sign_in_is_refused(
    oidc: Api, siti: Asn, issuer: Issuer, claims: dict[str, Any]
) -> None:
    answer = exchange(oidc, issuer.sign(at=MONDAY, nip=siti.nip, **claims))
    assert (answer.status_code, answer.json()["code"]) == (401, "id-token-refused")
    assert "www-authenticate" in answer.headers


def unsigned(token: str) -> str:
    return f"{b64(json.dumps({'alg': 'none', 'typ': 'JWT', 'kid': 'satu'}))}.{token.split('.')[1]}."


def by_the_public_key(token: str) -> str:
    """The old trick: the public key as the secret of a symmetric algorithm."""
    body = f"{b64(json.dumps({'alg': 'HS256', 'typ': 'JWT', 'kid': 'satu'}))}.{token.split('.')[1]}"
    return f"{body}.{b64(hmac.digest(public('satu')['n'].encode(), body.encode(), 'sha256'))}"


FALSE_TOKENS: dict[str, Callable[[Issuer, str], str]] = {
    "alg none": lambda issuer, nip: unsigned(issuer.sign(at=MONDAY, nip=nip)),
    "signed with the public key": lambda issuer, nip: by_the_public_key(issuer.sign(at=MONDAY, nip=nip)),
    "an algorithm that is not the key's": lambda issuer, nip: issuer.sign(at=MONDAY, nip=nip, header={"alg": "RS512"}),
    "the name of another key": lambda issuer, nip: issuer.sign(at=MONDAY, nip=nip, header={"kid": "dua"}),
    "a key of 1024 bits": lambda issuer, nip: issuer.sign(at=MONDAY, nip=nip, kid="lemah"),
    "a key for encryption": lambda issuer, nip: issuer.sign(at=MONDAY, nip=nip, kid="sandi"),
    "no key named": lambda issuer, nip: issuer.sign(at=MONDAY, nip=nip, header={"kid": None}),
    "a critical extension": lambda issuer, nip: issuer.sign(at=MONDAY, nip=nip, header={"crit": ["x"]}),
    "claims exchanged under the signature": lambda issuer, nip: ".".join(
        part.split(".")[index]
        for index, part in enumerate([issuer.sign(at=MONDAY), issuer.sign(at=MONDAY, nip=nip), issuer.sign(at=MONDAY)])
    ),
    "no token at all": lambda issuer, nip: "abc",
}


@pytest.mark.parametrize("forge", FALSE_TOKENS.values(), ids=FALSE_TOKENS.keys())
def test_what_the_issuer_did_not_sign_is_refused(
    oidc: Api, siti: Asn, issuer: Issuer, forge: Callable[[Issuer, str], str]
) -> None:
    answer = exchange(oidc, forge(issuer, siti.nip))
    assert (answer.status_code, answer.json()["code"]) == (401, "id-token-refused")


def test_without_a_provider_the_way_does_not_exist(api: Api, issuer: Issuer) -> None:
    answer = exchange(api, issuer.sign(at=MONDAY))
    assert (answer.status_code, answer.json()["code"]) == (404, "oidc-not-configured")


def test_a_provider_that_never_answered_is_unavailable(oidc: Api, issuer: Issuer) -> None:
    issuer.well = False
    answer = exchange(oidc, issuer.sign(at=MONDAY))
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer-unavailable")


def verify(run: Any, provider: Provider, token: str) -> str:
    try:
        run(provider.verify(token, NONCE, at=MONDAY))
    except Exception as error:
        return type(error).__name__
    return "verified"


def test_keys_are_asked_for_once_a_minute_at_most_and_the_last_good_ones_stay(run: Any) -> None:
    issuer, clock = Issuer("satu"), [0.0]
    provider = issuer.connect(now=lambda: clock[0])
    first, new = issuer.sign(at=MONDAY), issuer.sign(at=MONDAY, kid="dua")
    assert verify(run, provider, first) == "verified"
    issuer.published = ["dua"]
    assert verify(run, provider, new) == "IdTokenRefused"
    assert issuer.asked == ["description", "keys"]
    clock[0] = 61.0
    assert [verify(run, provider, token) for token in (new, first)] == ["verified", "IdTokenRefused"]
    issuer.well, clock[0] = False, 10_000.0
    assert verify(run, provider, new) == "verified"
    assert issuer.asked == ["description", "keys"] * 2 + ["description"]


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://lain.example", "jwks_uri": f"{ISSUER}/certs"},
        {"issuer": ISSUER, "jwks_uri": "http://masuk.mamuju.example/realms/asn/certs"},
        {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs", "padding": "x" * 70_000},
    ],
    ids=["of another issuer", "keys without TLS", "larger than 64 kB"],
)
def test_a_description_that_cannot_be_trusted_gives_no_keys(run: Any, description: dict[str, Any]) -> None:
    issuer = Issuer()
    issuer.description = description
    assert verify(run, issuer.connect(), issuer.sign(at=MONDAY)) == "IssuerUnavailable"


@pytest.mark.parametrize(
    "fields",
    [{"oidc_issuer": ISSUER}, {"oidc_audience": AUDIENCE}, {"oidc_issuer": "http://a.example", "oidc_audience": "x"}],
    ids=["no audience", "no issuer", "without TLS"],
)
def test_a_provider_configured_by_half_or_unsafely_is_refused_at_start(fields: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        open_oidc(Settings(**fields))
    assert open_oidc(Settings()) is None
