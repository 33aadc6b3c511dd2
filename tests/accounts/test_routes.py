"""The accounts of others: created in bulk, changed, reset, unlocked, ended, and by whom."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from app.accounts.errors import AccountsInvalid
from app.accounts.importing import import_accounts
from app.accounts.models import Account
from app.accounts.rules import NewAccount
from app.accounts.service import create_account, create_accounts, reset_password
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.errors import FieldError
from app.core.principal import Role
from tests.accounts.conftest import PASSWORD, People, bearer, grant
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, Make

OPERATOR: dict[str, Any] = {"role": "opd_operator", "opd_code": "DISDIK"}
OPERATORS_GRANT = grant(Role.OPD_OPERATOR, "DISDIK")


@pytest.fixture(autouse=True)
def _tree(make: Make) -> None:
    make.opd("DISDIK")
    make.opd("BKPP")


def one(username: str = "op.disdik", *grants: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"items": [{"username": username, "grants": list(grants) or [OPERATOR], **fields}]}


def test_many_accounts_are_created_with_slips_that_sign_in_once(api: Api, people: People) -> None:
    body = one()
    body["items"].append(
        {"username": "kadis", "grants": [{"role": "opd_head", "opd_code": code} for code in ("DISDIK", "BKPP")]}
    )
    answer = api.as_(Role.ADMIN).post("/v1/accounts", body)
    assert answer.status_code == 201
    first, second = answer.json()["items"]
    assert (first["username"], second["username"]) == ("op.disdik", "kadis")
    assert first["grants"] == [OPERATOR | {"from_date": "2026-11-23", "to_date": None}]
    assert [held["opd_code"] for held in second["grants"]] == ["DISDIK", "BKPP"]
    tokens = people.sign_in("kadis", second["password"])
    assert people.get("/v1/me", tokens).json()["must_change"] is True
    assert people.token(grant_type="password", username="kadis", password=first["password"]).status_code == 400


def test_a_slip_says_in_indonesian_all_that_is_needed(api: Api) -> None:
    [slip] = api.as_(Role.ADMIN).post("/v1/accounts", one()).json()["items"]
    assert slip["text"].splitlines() == [
        "APEL VIRTUAL — Pemerintah Kabupaten Mamuju",
        "",
        "Alamat         http://127.0.0.1:8000",
        "Nama pengguna  op.disdik",
        f"Kata sandi     {slip['password']}",
        "Peran          Operator OPD DISDIK",
        "",
        "Masuk sekali dengan kata sandi ini, lalu ganti dengan kata sandi Anda sendiri.",
        "Jangan difoto atau diteruskan; sobek setelah diganti.",
    ]


def test_creating_is_on_record_with_the_person_and_without_the_password(
    api: Api, make: Make, run: Any, session: Any
) -> None:
    siti = make.asn("DISDIK")
    slip = api.as_(Role.ADMIN).post("/v1/accounts", one("siti", {"role": "asn"}, nip=siti.nip)).json()["items"][0]
    entry = run(session.scalar(select(AuditEntry).where(AuditEntry.action == "accounts.create")))
    assert entry.detail == {"usernames": ["siti"]}
    assert entry.subjects == [subject_of(SURROUNDINGS.audit_key, siti.nip)]
    account = run(session.get(Account, slip["id"]))
    assert (account.asn_id, account.must_change) == (siti.id, True)


def test_a_list_with_one_fault_creates_nobody_and_names_every_fault(api: Api, people: People) -> None:
    people.create("taken", OPERATORS_GRANT)
    body = one()
    body["items"] += [
        {"username": "taken", "grants": [OPERATOR]},
        {"username": "third", "grants": [{"role": "opd_head", "opd_code": "NOWHERE"}, {"role": "screen"}]},
        {"username": "fourth", "grants": [{"role": "asn"}], "nip": "198501012010011009"},
    ]
    answer = api.as_(Role.ADMIN).post("/v1/accounts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "accounts-invalid")
    assert answer.json()["errors"] == [
        {"pointer": "/items/1/username", "detail": "Nama pengguna ini sudah dipakai."},
        {"pointer": "/items/2/grants/0/opd_code", "detail": "Kode OPD ini tidak terdaftar."},
        {"pointer": "/items/2/grants/1", "detail": "Peran ini hanya untuk mesin."},
        {"pointer": "/items/3/nip", "detail": "NIP ini tidak terdaftar."},
    ]
    assert api.as_(Role.ADMIN).get("/v1/accounts").json()["items"][0]["username"] == "taken"
    assert "198501012010011009" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(one("Op.Disdik"), id="capitals"),
        pytest.param(one("198501012010011001"), id="a NIP as user name"),
        pytest.param(one("op disdik"), id="a blank in the user name"),
        pytest.param({"items": []}, id="nobody"),
        pytest.param({"items": [{"username": "op.disdik", "grants": []}]}, id="no role"),
        pytest.param(one("op.disdik", {"role": "owner"}), id="an unknown role"),
        pytest.param(one(password="kuda-lari-di-pantai"), id="a password chosen by somebody else"),
        pytest.param(one(must_change=False), id="mass assignment"),
        pytest.param(one(nip=198501012010011001), id="a NIP as number"),
    ],
)
def test_an_account_is_not_created_from(api: Api, body: Any) -> None:
    assert api.as_(Role.ADMIN).post("/v1/accounts", body).status_code == 422


def test_the_same_key_creates_once_and_shows_the_same_password(api: Api) -> None:
    admin = api.as_(Role.ADMIN)
    first, again = (admin.post("/v1/accounts", one(), headers={"idempotency-key": "k1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_the_number_of_statements_does_not_depend_on_the_number_of_accounts(
    engine: Any, run: Any, session: Any
) -> None:
    def count(numbers: range) -> int:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        event.listen(engine.sync_engine, "before_cursor_execute", note)
        new = [NewAccount(f"op{number}", (OPERATORS_GRANT, grant(Role.OPD_HEAD, "BKPP"))) for number in numbers]
        run(create_accounts(session, new, at=MONDAY))
        event.remove(engine.sync_engine, "before_cursor_execute", note)
        return len(seen)

    run(session.connection())
    assert count(range(2)) == count(range(100, 140)) > 0


def test_kominfo_gives_roles_of_opds_and_no_others(api: Api) -> None:
    kominfo = api.as_(Role.KOMINFO)
    assert kominfo.post("/v1/accounts", one()).status_code == 201
    for role in ("admin", "kominfo", "inspector", "bupati", "asn"):
        answer = kominfo.post("/v1/accounts", one("other", OPERATOR, {"role": role}))
        assert (answer.status_code, answer.json()["code"]) == (403, "grant-not-yours")


@pytest.mark.parametrize("act", ["", "/reset", "/unlock", "/end"])
def test_accounts_beyond_opds_do_not_exist_for_kominfo(api: Api, people: People, act: str) -> None:
    boss = people.create("boss", OPERATORS_GRANT, grant(Role.ADMIN))
    empty = people.create("empty")
    for slip in (boss, empty):
        path = f"/v1/accounts/{slip.id}{act}"
        answer = api.as_(Role.KOMINFO).request("POST" if act else "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "account-not-found")
    people.sign_in("boss")


def test_kominfo_cannot_raise_an_account_beyond_opds(api: Api, people: People) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    kominfo = api.as_(Role.KOMINFO)
    path = f"/v1/accounts/{slip.id}"
    etag = {"if-match": kominfo.get(path).headers["etag"]}
    answer = kominfo.patch(path, {"grants": [{"role": "admin"}]}, headers=etag)
    assert (answer.status_code, answer.json()["code"]) == (403, "grant-not-yours")


def test_accounts_are_listed_by_name_and_found_by_opd_role_and_state(api: Api, people: People) -> None:
    people.create("op.disdik", OPERATORS_GRANT)
    people.create("op.bkpp", grant(Role.OPD_OPERATOR, "BKPP"))
    boss = people.create("boss", grant(Role.ADMIN))
    api.as_(Role.ADMIN).post(f"/v1/accounts/{boss.id}/end")

    def names(caller: Role, **query: str) -> list[str]:
        return [item["username"] for item in api.as_(caller).get("/v1/accounts", params=query).json()["items"]]

    assert names(Role.ADMIN) == ["boss", "op.bkpp", "op.disdik"]
    assert names(Role.INSPECTOR) == ["boss", "op.bkpp", "op.disdik"]
    assert names(Role.KOMINFO) == ["op.bkpp", "op.disdik"]
    assert names(Role.ADMIN, opd_code="BKPP") == ["op.bkpp"]
    assert names(Role.ADMIN, role="admin") == ["boss"]
    assert names(Role.ADMIN, ended="true") == ["boss"]
    assert names(Role.ADMIN, ended="false") == ["op.bkpp", "op.disdik"]


def test_pages_of_accounts_join_without_gap_or_repetition(api: Api, people: People) -> None:
    for number in range(5):
        people.create(f"op.{number}", OPERATORS_GRANT)
    seen, query = [], {"limit": "2"}
    while query:
        page = api.as_(Role.ADMIN).get("/v1/accounts", params=query).json()
        seen += [item["username"] for item in page["items"]]
        query = {"limit": "2", "cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert seen == [f"op.{number}" for number in range(5)]


def test_an_account_shows_neither_hash_nor_attempts(api: Api, people: People) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    assert api.as_(Role.INSPECTOR).get(f"/v1/accounts/{slip.id}").json() == {
        "id": str(slip.id),
        "username": "op.disdik",
        "asn_id": None,
        "must_change": False,
        "locked_until": None,
        "created_at": "2026-11-22T23:30:00Z",
        "ended_at": None,
        "grants": [OPERATOR | {"from_date": "2026-01-01", "to_date": None}],
    }


def test_roles_are_replaced_and_count_at_the_next_request(api: Api, people: People, run: Any, session: Any) -> None:
    slip = people.create("plt", grant(Role.OPD_HEAD, "DISDIK"))
    tokens = people.sign_in("plt")
    admin, path = api.as_(Role.ADMIN), f"/v1/accounts/{slip.id}"
    etag = admin.get(path).headers["etag"]
    body = {
        "grants": [{"role": "opd_head", "opd_code": code, "from_date": "2026-11-01"} for code in ("BKPP", "DISDIK")]
    }
    assert admin.patch(path, body).json()["code"] == "version-required"
    changed = admin.patch(path, body, headers={"if-match": etag})
    assert [held["opd_code"] for held in changed.json()["grants"]] == ["BKPP", "DISDIK"]
    assert changed.headers["etag"] != etag
    assert admin.patch(path, {"grants": []}, headers={"if-match": etag}).json()["code"] == "version-mismatch"
    assert admin.patch(path, body).status_code == 200, "what holds already needs no version"
    assert [held["opd_code"] for held in people.get("/v1/me", tokens).json()["grants"]] == ["BKPP", "DISDIK"]
    entry = run(session.scalar(select(AuditEntry).where(AuditEntry.action == "accounts.change-grants")))
    assert [held["opd_code"] for held in entry.detail["before"]] == ["DISDIK"]
    assert [held["opd_code"] for held in entry.detail["after"]] == ["BKPP", "DISDIK"]
    gone = admin.patch(path, {"grants": []}, headers={"if-match": changed.headers["etag"]})
    assert gone.json()["grants"] == []
    assert people.get("/v1/me", tokens).json()["grants"] == []


@pytest.mark.parametrize(
    ("held", "pointer"),
    [
        ({"role": "opd_head"}, "/grants/0"),
        ({"role": "asn"}, "/grants/0"),
        ({"role": "opd_head", "opd_code": "NOWHERE"}, "/grants/0/opd_code"),
        ({"role": "admin", "from_date": "2026-11-02", "to_date": "2026-11-01"}, "/grants/0"),
    ],
)
def test_roles_that_nobody_can_hold_are_refused(api: Api, people: People, held: dict[str, str], pointer: str) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    admin, path = api.as_(Role.ADMIN), f"/v1/accounts/{slip.id}"
    answer = admin.patch(path, {"grants": [held]}, headers={"if-match": admin.get(path).headers["etag"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "grants-invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_reset_gives_a_new_password_and_ends_what_the_old_one_opened(api: Api, people: People) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    tokens = people.sign_in("op.disdik")
    answer = api.as_(Role.KOMINFO).post(f"/v1/accounts/{slip.id}/reset")
    assert answer.status_code == 200
    assert people.get("/v1/me", tokens).status_code == 401
    assert people.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400
    assert people.token(grant_type="password", username="op.disdik", password=PASSWORD).status_code == 400
    fresh = people.sign_in("op.disdik", answer.json()["password"])
    assert people.get("/v1/me", fresh).json()["must_change"] is True


def test_unlocking_lets_a_resting_account_in_at_once(api: Api, people: People) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    admin, path = api.as_(Role.ADMIN), f"/v1/accounts/{slip.id}"
    untouched = admin.get(path).headers["etag"]
    for _ in range(10):
        people.token(grant_type="password", username="op.disdik", password="wrong")
    locked = admin.get(path, headers={"if-none-match": untouched})
    assert locked.json()["locked_until"] == "2026-11-22T23:30:30Z"
    assert admin.post(f"{path}/unlock").json()["locked_until"] is None
    people.sign_in("op.disdik")
    again = admin.get(path).headers["etag"]
    assert admin.post(f"{path}/unlock").status_code == 200
    assert admin.get(path).headers["etag"] == again


def test_an_ended_account_is_out_at_the_next_request_for_good(api: Api, people: People) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    tokens = people.sign_in("op.disdik")
    admin, path = api.as_(Role.ADMIN), f"/v1/accounts/{slip.id}"
    ended = admin.post(f"{path}/end")
    assert ended.json()["ended_at"] == "2026-11-22T23:30:00Z"
    assert people.get("/v1/me", tokens).status_code == 401
    assert people.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400
    assert people.token(grant_type="password", username="op.disdik", password=PASSWORD).status_code == 400
    assert api.at(MONDAY + timedelta(hours=1)).as_(Role.ADMIN).post(f"{path}/end").json() == ended.json()
    assert admin.post(f"{path}/reset").json()["code"] == "account-ended"
    etag = {"if-match": admin.get(path).headers["etag"]}
    assert admin.patch(path, {"grants": [OPERATOR]}, headers=etag).json()["code"] == "account-ended"
    assert api.as_(Role.ADMIN).post("/v1/accounts", one()).json()["code"] == "accounts-invalid"


@pytest.mark.parametrize("act", ["reset", "unlock", "end"])
def test_each_act_on_an_account_is_on_record(api: Api, people: People, run: Any, session: Any, act: str) -> None:
    slip = people.create("op.disdik", OPERATORS_GRANT)
    people.token(grant_type="password", username="op.disdik", password="wrong")
    api.as_(Role.ADMIN).post(f"/v1/accounts/{slip.id}/{act}")
    entry = run(session.scalar(select(AuditEntry).where(AuditEntry.action == f"accounts.{act}")))
    assert (entry.principal_name, entry.target) == ("uji-admin", str(slip.id))


def test_a_password_given_by_its_owner_need_not_be_changed(run: Any, session: Any, people: People) -> None:
    people.create("rina", grant(Role.ADMIN))
    assert people.get("/v1/me", people.sign_in("rina")).json()["must_change"] is False
    with pytest.raises(AccountsInvalid) as refused:
        run(create_account(session, NewAccount("budi", (grant(Role.ADMIN),), password="short"), at=MONDAY))
    assert [fault.pointer for fault in refused.value.errors] == ["/items/0/password"]


def test_the_service_itself_resets_any_account(run: Any, session: Any, people: People) -> None:
    made = people.create("boss", grant(Role.ADMIN))
    slip = run(reset_password(session, made.id, at=MONDAY))
    run(session.commit())
    people.sign_in("boss", slip.password)


def test_a_list_of_accounts_has_a_row_per_role(run: Any, session: Any, people: People, make: Make) -> None:
    siti = make.asn("DISDIK")
    rows = [
        {"username": "plt", "role": "opd_head", "opd_code": "DISDIK", "nip": siti.nip, "from_date": ""},
        {"username": "op.bkpp", "role": "opd_operator", "opd_code": "BKPP", "nip": "", "from_date": "2026-11-01"},
        {"username": "plt", "role": "opd_head", "opd_code": " BKPP ", "nip": siti.nip, "from_date": ""},
    ]
    slips = run(import_accounts(session, rows, at=MONDAY))
    run(session.commit())
    assert [(slip.username, len(slip.grants)) for slip in slips] == [("plt", 2), ("op.bkpp", 1)]
    tokens = people.sign_in("plt", slips[0].password)
    changed = people.api.post(
        "/v1/me/password", {"current": slips[0].password, "new": PASSWORD}, headers=bearer(tokens)
    ).json()
    me = people.get("/v1/me", changed).json()
    assert (me["asn_id"], [held["opd_code"] for held in me["grants"]]) == (str(siti.id), ["BKPP", "DISDIK"])


def test_a_list_with_a_wrong_cell_creates_nobody_and_names_row_and_column(run: Any, session: Any) -> None:
    rows = [
        {"username": "op.disdik", "role": "opd_operator", "opd_code": "DISDIK"},
        {"username": "Op Bkpp", "role": "boss", "opd_code": "bkpp", "nip": "1.98501E+17"},
        {"role": "admin", "colour": "red"},
    ]
    with pytest.raises(AccountsInvalid) as refused:
        run(import_accounts(session, rows, at=MONDAY))
    assert {fault.pointer for fault in refused.value.errors} == {
        "/1/username",
        "/1/role",
        "/1/opd_code",
        "/1/nip",
        "/2/username",
        "/2/colour",
    }
    assert all(isinstance(fault, FieldError) for fault in refused.value.errors)
    assert run(session.scalar(select(Account.id))) is None
