"""What no client of ours would send: nothing answers 5xx, repeats the input, or signs anybody in."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.principal import Role
from tests.accounts.conftest import PASSWORD, People, bearer, grant
from tests.client import Api
from tests.make import MONDAY, Make
from tests.web.hostile import HOSTILE_BODIES, JSON_TYPE, assert_refused, variants

ACCOUNTS = {
    "items": [
        {
            "username": "op.disdik",
            "grants": [
                {"role": "opd_head", "opd_code": "DISDIK", "from_date": "2026-01-01", "to_date": "2026-12-31"},
            ],
            "nip": None,
        }
    ]
}


def attack(api: Api, method: str, path: str, valid: Any, headers: dict[str, str]) -> None:
    for hostile in HOSTILE_BODIES:
        kind = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
        assert_refused(api.request(method, path, content=hostile.body, headers={**headers, **kind}))
    for name, body, must in variants(valid):
        answer = api.request(method, path, content=body, headers=headers | {"content-type": JSON_TYPE})
        assert answer.status_code < 500, name
        assert_refused(answer, must=must)


def test_hostile_accounts_are_refused(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    attack(api.as_(Role.ADMIN), "POST", "/v1/accounts", ACCOUNTS, {})


def test_hostile_changes_are_refused(api: Api, people: People, make: Make) -> None:
    make.opd("DISDIK")
    slip = people.create("rina", grant(Role.KOMINFO))
    path = f"/v1/accounts/{slip.id}"
    body = {"grants": ACCOUNTS["items"][0]["grants"]}
    attack(api.as_(Role.ADMIN), "PATCH", path, body, {"if-match": '"1"'})


def test_hostile_passwords_are_refused(people: People) -> None:
    people.create("rina", grant(Role.KOMINFO))
    tokens = people.sign_in("rina")
    attack(people.api, "POST", "/v1/me/password", {"current": "wrong", "new": "ikan-bakar-enak"}, bearer(tokens))
    people.sign_in("rina", at=MONDAY + timedelta(hours=1))


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/v1/auth/token", "/v1/auth/revoke"])
def test_hostile_forms_are_refused_or_mean_nothing(people: People, path: str) -> None:
    people.create("rina", grant(Role.KOMINFO))
    for hostile in HOSTILE_BODIES:
        kind = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
        assert_refused(people.api.post(path, content=hostile.body, headers=kind))
    for value in (b"a%00b", b"%ED%A0%80", b"%FF", b"x" * 15_000, b"%", b"&&==&"):
        form = b"grant_type=password&username=rina&password=%s&token=%s&refresh_token=%s" % (value, value, value)
        answer = people.api.post(path, content=form, headers=FORM)
        assert answer.status_code < 500
        assert "access_token" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1e3"},
        {"limit": "9" * 30},
        {"cursor": "WzFd"},
        {"cursor": "\0"},
        {"opd_code": "disdik"},
        {"role": "owner"},
        {"username": "rina"},
        {"sort": "password_hash"},
    ],
    ids=str,
)
def test_hostile_questions_are_refused(api: Api, query: dict[str, str]) -> None:
    assert_refused(api.as_(Role.ADMIN).get("/v1/accounts", params=query))


@pytest.mark.parametrize("account_id", ["x", "0" * 400, "%00", "9" * 30, "..%2F..%2Fme", PASSWORD])
def test_hostile_addresses_are_refused(api: Api, account_id: str) -> None:
    assert_refused(api.as_(Role.ADMIN).get(f"/v1/accounts/{account_id}"))
