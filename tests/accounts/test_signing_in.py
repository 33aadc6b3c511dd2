import base64
from datetime import date, timedelta
from hashlib import sha256
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.accounts.errors import ClientInvalid, ClientNameTaken
from app.accounts.models import Account, Client, RefreshToken
from app.accounts.passwords import hash_passwords, verify_password
from app.accounts.service import create_client
from app.audit.models import AuditEntry
from app.core.principal import Role
from tests.accounts.conftest import PASSWORD, People, bearer, grant
from tests.client import Api
from tests.make import MONDAY, Make

MINUTE = timedelta(minutes=1)
KOMINFO = grant(Role.KOMINFO)


def assert_oauth(answer: Any, status: int, code: str, error: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"], body["error"]) == (status, code, error), answer.text
    assert body["error_description"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


def test_a_password_gives_a_token_that_opens_the_service(people: People) -> None:
    slip = people.create("rina", KOMINFO)
    tokens = people.sign_in("rina")
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    me = people.get("/v1/me", tokens)
    assert me.json() == {
        "id": str(slip.id),
        "name": "rina",
        "asn_id": None,
        "must_change": False,
        "grants": [{"role": "kominfo", "opd_code": None, "reach": None}],
    }


def test_signing_in_is_on_record(people: People, run: Any, session: Any) -> None:
    slip = people.create("rina", KOMINFO)
    people.sign_in("rina")
    entry = run(session.scalar(select(AuditEntry).where(AuditEntry.action == "accounts.sign-in")))
    assert (entry.principal_id, entry.principal_name) == (slip.id, "rina")


@pytest.mark.parametrize("username", ["rina", "nobody", "ended"])
def test_a_wrong_password_and_an_unknown_or_ended_account_get_one_answer(
    people: People, run: Any, session: Any, username: str
) -> None:
    people.create("rina", KOMINFO)
    ended = people.create("ended", KOMINFO)
    run(session.execute(update(Account).where(Account.id == ended.id).values(ended_at=MONDAY)))
    run(session.commit())
    password = PASSWORD if username == "ended" else "wrong"
    answer = people.token(grant_type="password", username=username, password=password)
    assert_oauth(answer, 400, "wrong-credentials", "invalid_grant")
    reference = people.token(grant_type="password", username="nobody-else", password="x").json()
    assert answer.json() | {"trace_id": ""} == reference | {"trace_id": ""}


def test_an_unknown_account_costs_the_same_work_as_a_wrong_password(run: Any) -> None:
    [known] = run(hash_passwords([PASSWORD]))
    run(verify_password("warm up", None))

    def fastest(password_hash: str | None) -> float:
        times = []
        for _ in range(7):
            began = perf_counter()
            assert run(verify_password("wrong", password_hash)) is False
            times.append(perf_counter() - began)
        return min(times)

    assert 0.5 < fastest(None) / fastest(known) < 2


def test_nobody_has_the_password_of_unknown_accounts(run: Any) -> None:
    assert run(verify_password("nobody has this password", None)) is False


@pytest.mark.parametrize(
    ("form", "code", "error"),
    [
        pytest.param({}, "token-request-invalid", "invalid_request", id="nothing"),
        pytest.param({"grant_type": "implicit"}, "unsupported-grant-type", "unsupported_grant_type", id="another way"),
        pytest.param(
            {"grant_type": "password", "username": "rina"}, "token-request-invalid", "invalid_request", id="no password"
        ),
        pytest.param({"grant_type": "refresh_token"}, "token-request-invalid", "invalid_request", id="no token"),
        pytest.param({"grant_type": "client_credentials"}, "token-request-invalid", "invalid_request", id="no client"),
        pytest.param(
            {"grant_type": "refresh_token", "refresh_token": "x" * 5000},
            "refresh-refused",
            "invalid_grant",
            id="a long one",
        ),
    ],
)
def test_a_token_request_that_cannot_be_granted_says_so_as_oauth_does(
    api: Api, form: dict[str, Any], code: str, error: str
) -> None:
    assert_oauth(api.post("/v1/auth/token", data=form), 400, code, error)


def test_a_json_body_is_no_token_request(api: Api) -> None:
    answer = api.post("/v1/auth/token", {"grant_type": "password", "username": "rina", "password": PASSWORD})
    assert_oauth(answer, 400, "token-request-invalid", "invalid_request")


def test_fields_that_oauth_knows_and_we_do_not_are_ignored(people: People) -> None:
    people.create("rina", KOMINFO)
    answer = people.token(grant_type="password", username="rina", password=PASSWORD, scope="", audience="x")
    assert answer.status_code == 200


def fail(people: People, times: int) -> None:
    for _ in range(times):
        answer = people.token(grant_type="password", username="rina", password="wrong")
        assert_oauth(answer, 400, "wrong-credentials", "invalid_grant")


def test_nine_wrong_passwords_lock_nobody_out(people: People) -> None:
    people.create("rina", KOMINFO)
    fail(people, 9)
    people.sign_in("rina")
    fail(people, 9)
    people.sign_in("rina")


def test_the_tenth_wrong_password_makes_the_account_rest_and_each_further_one_twice_as_long(people: People) -> None:
    people.create("rina", KOMINFO)
    fail(people, 10)
    right = {"grant_type": "password", "username": "rina", "password": PASSWORD}
    assert_oauth(people.token(**right), 400, "wrong-credentials", "invalid_grant")
    assert people.token(**right, at=MONDAY + timedelta(seconds=29)).status_code == 400
    people.api.at(MONDAY + timedelta(seconds=30))
    fail(people, 1)
    assert people.token(**right, at=MONDAY + timedelta(seconds=89)).status_code == 400
    assert people.token(**right, at=MONDAY + timedelta(seconds=90)).status_code == 200


def test_one_resting_account_keeps_nobody_else_out(people: People) -> None:
    people.create("rina", KOMINFO)
    people.create("budi", KOMINFO)
    fail(people, 12)
    people.sign_in("budi")


def test_a_resting_account_that_is_signed_in_goes_on_working(people: People) -> None:
    people.create("rina", KOMINFO)
    tokens = people.sign_in("rina")
    fail(people, 12)
    assert people.get("/v1/me", tokens).status_code == 200
    assert people.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


def test_a_refresh_token_is_used_once_and_its_successor_after_it(people: People) -> None:
    people.create("rina", KOMINFO)
    first = people.sign_in("rina")
    second = people.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert people.get("/v1/me", second).status_code == 200
    third = people.token(grant_type="refresh_token", refresh_token=second["refresh_token"]).json()
    assert third["refresh_token"] not in (first["refresh_token"], second["refresh_token"])


def test_repeating_a_refresh_within_ten_minutes_gives_the_same_successor(people: People) -> None:
    people.create("rina", KOMINFO)
    token = people.sign_in("rina")["refresh_token"]
    first = people.token(grant_type="refresh_token", refresh_token=token).json()
    again = people.token(grant_type="refresh_token", refresh_token=token, at=MONDAY + 10 * MINUTE)
    assert again.json()["refresh_token"] == first["refresh_token"]
    assert people.get("/v1/me", again.json()).status_code == 200


def test_a_used_refresh_token_that_comes_back_later_ends_the_whole_sign_in(people: People) -> None:
    people.create("rina", KOMINFO)
    old = people.sign_in("rina")["refresh_token"]
    other = people.sign_in("rina")
    current = people.token(grant_type="refresh_token", refresh_token=old).json()
    thief = people.token(grant_type="refresh_token", refresh_token=old, at=MONDAY + 10 * MINUTE + timedelta(seconds=1))
    assert_oauth(thief, 400, "refresh-refused", "invalid_grant")
    owner = people.token(grant_type="refresh_token", refresh_token=current["refresh_token"])
    assert_oauth(owner, 400, "refresh-refused", "invalid_grant")
    assert people.get("/v1/me", current).status_code == 401
    assert people.get("/v1/me", other).status_code == 200


def test_a_refresh_token_runs_out_after_thirty_days_without_use(people: People) -> None:
    people.create("rina", KOMINFO)
    token = people.sign_in("rina")["refresh_token"]
    late = people.token(grant_type="refresh_token", refresh_token=token, at=MONDAY + timedelta(days=30))
    assert_oauth(late, 400, "refresh-refused", "invalid_grant")


def test_no_secret_is_stored(people: People, run: Any, session: Any) -> None:
    people.create("rina", KOMINFO)
    first = people.sign_in("rina")["refresh_token"]
    second = people.token(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    _, secret = run(create_client(session, "adapter", Role.ADAPTER, at=MONDAY))
    query = text(
        "SELECT (SELECT string_agg(r::text, ' ') FROM refresh_token r) || (SELECT c::text FROM client c)"
        " || (SELECT a::text FROM account a) || (SELECT string_agg(e::text, ' ') FROM audit_entry e)"
    )
    kept = run(session.scalar(query))
    assert sha256(first.encode()).hexdigest() in kept
    assert not [secret for secret in (first, second, secret, PASSWORD) if secret in kept]


def test_links_that_ran_out_are_swept_at_the_next_sign_in(people: People, run: Any, session: Any) -> None:
    people.create("rina", KOMINFO)
    people.sign_in("rina")
    people.sign_in("rina", at=MONDAY + timedelta(days=31))
    kept = run(session.scalars(select(RefreshToken.issued_at))).all()
    assert kept == [MONDAY + timedelta(days=31)]


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
def test_signing_out_ends_every_token_of_the_sign_in_at_once(people: People, kind: str) -> None:
    people.create("rina", KOMINFO)
    tokens, other = people.sign_in("rina"), people.sign_in("rina")
    assert people.api.post("/v1/auth/revoke", data={"token": tokens[kind]}).status_code == 200
    assert people.get("/v1/me", tokens).status_code == 401
    refused = people.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert_oauth(refused, 400, "refresh-refused", "invalid_grant")
    assert people.get("/v1/me", other).status_code == 200


def test_revoking_what_nobody_knows_is_answered_alike(api: Api) -> None:
    assert api.post("/v1/auth/revoke", data={"token": "no such token"}).status_code == 200
    assert_oauth(api.post("/v1/auth/revoke", data={}), 400, "token-request-invalid", "invalid_request")


def make_client(people: People, role: Role = Role.ADAPTER) -> str:
    async def create() -> str:
        _, secret = await create_client(people.session, f"a-{role}", role, at=MONDAY)
        await people.session.commit()
        return secret

    secret: str = people.run(create())
    return secret


def test_a_machine_signs_in_by_form_or_basic_and_gets_no_refresh_token(people: People) -> None:
    secret = make_client(people)
    form = {"grant_type": "client_credentials"}
    by_form = people.token(**form, client_id="a-adapter", client_secret=secret)
    basic = base64.b64encode(f"a%2Dadapter:{secret}".encode()).decode()
    by_basic = people.api.post("/v1/auth/token", data=form, headers={"authorization": f"Basic {basic}"})
    for answer in (by_form, by_basic):
        assert answer.json().keys() == {"access_token", "token_type", "expires_in"}
        me = people.get("/v1/me", answer.json()).json()
        assert (me["name"], me["grants"]) == ("a-adapter", [{"role": "adapter", "opd_code": None, "reach": None}])


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("Basic " + base64.b64encode(b"a-adapter:wrong").decode(), id="a wrong secret"),
        pytest.param("Basic " + base64.b64encode(b"nobody:wrong").decode(), id="an unknown client"),
        pytest.param("Basic no base64!", id="no base64"),
        pytest.param("Basic " + base64.b64encode(b"\xff:\xff").decode(), id="no UTF-8"),
    ],
)
def test_a_machine_without_its_secret_is_challenged(people: People, authorization: str) -> None:
    make_client(people)
    form = {"grant_type": "client_credentials"}
    answer = people.api.post("/v1/auth/token", data=form, headers={"authorization": authorization})
    assert_oauth(answer, 401, "client-refused", "invalid_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="apel"'


def test_an_ended_client_is_out_at_the_next_request(people: People, run: Any, session: Any) -> None:
    secret = make_client(people, Role.SCREEN)
    form = {"grant_type": "client_credentials", "client_id": "a-screen", "client_secret": secret}
    tokens = people.token(**form).json()
    run(session.execute(update(Client).values(ended_at=MONDAY)))
    run(session.commit())
    assert people.get("/v1/me", tokens).status_code == 401
    assert_oauth(people.token(**form), 401, "client-refused", "invalid_client")


@pytest.mark.parametrize(("name", "role"), [("Papan TV", Role.SCREEN), ("x", Role.SCREEN), ("papan", Role.ADMIN)])
def test_a_client_has_a_plain_name_and_a_machines_role(run: Any, session: Any, name: str, role: Role) -> None:
    with pytest.raises(ClientInvalid):
        run(create_client(session, name, role, at=MONDAY))


def test_two_clients_do_not_share_a_name(people: People) -> None:
    make_client(people)
    with pytest.raises(ClientNameTaken):
        make_client(people)


def test_the_key_set_is_public_and_verifies_what_is_given_out(people: People) -> None:
    answer = people.api.get("/.well-known/jwks.json")
    [key] = answer.json()["keys"]
    assert answer.headers["cache-control"] == "public, max-age=300"
    people.create("rina", KOMINFO)
    header = base64.urlsafe_b64decode(people.sign_in("rina")["access_token"].split(".")[0] + "==")
    assert f'"kid":"{key["kid"]}"'.encode() in header
    assert "d" not in key


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "a" * 9000], ids=["none", "short", "shape", "latin", "long"])
def test_what_is_no_token_is_challenged(api: Api, token: str) -> None:
    answer = api.get("/v1/me", headers={"authorization": f"Bearer {token}".encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["code"] == ("invalid-token" if token else "missing-token")
    assert answer.headers["www-authenticate"].startswith('Bearer realm="apel"')


def test_a_token_counts_for_fifteen_minutes(people: People) -> None:
    people.create("rina", KOMINFO)
    tokens = people.sign_in("rina")
    people.api.at(MONDAY + 15 * MINUTE - timedelta(seconds=1))
    assert people.get("/v1/me", tokens).status_code == 200
    people.api.at(MONDAY + 15 * MINUTE)
    assert people.get("/v1/me", tokens).status_code == 401


def test_a_role_counts_from_its_first_to_its_last_day_in_the_regency(people: People) -> None:
    people.create("rina", grant(Role.KOMINFO, from_date=date(2026, 11, 23), to_date=date(2026, 11, 23)))

    def roles(at: Any) -> list[str]:
        return [held["role"] for held in people.get("/v1/me", people.sign_in("rina", at=at)).json()["grants"]]

    midnight = MONDAY - timedelta(hours=7, minutes=30)  # 00.00 in Makassar
    second = timedelta(seconds=1)
    assert roles(midnight - second) == []
    assert roles(midnight) == ["kominfo"]
    assert roles(midnight + timedelta(days=1) - second) == ["kominfo"]
    assert roles(midnight + timedelta(days=1)) == []


def test_a_head_reaches_down_the_tree_and_an_operator_what_the_unit_answers_for(people: People, make: Make) -> None:
    make.opd("SETDA")
    make.opd("UMUM", parent_code="SETDA", reports="part")
    make.opd("ARSIP", parent_code="SETDA", reports="no")
    make.opd("GAJI", parent_code="UMUM", reports="no")
    make.opd("DISDIK")
    make.opd("SMP1", parent_code="DISDIK", reports="yes")
    people.create("plt", grant(Role.OPD_HEAD, "SETDA"), grant(Role.OPD_HEAD, "SMP1"))
    people.create("op", grant(Role.OPD_OPERATOR, "SETDA"))
    people.create("part", grant(Role.OPD_OPERATOR, "UMUM"))

    def reach(username: str) -> dict[str, list[str]]:
        me = people.get("/v1/me", people.sign_in(username)).json()
        return {held["opd_code"]: held["reach"] for held in me["grants"]}

    assert reach("plt") == {"SETDA": ["ARSIP", "GAJI", "SETDA", "UMUM"], "SMP1": ["SMP1"]}
    assert reach("op") == {"SETDA": ["ARSIP", "SETDA"]}
    assert reach("part") == {"UMUM": ["GAJI", "UMUM"]}


def test_a_civil_servant_reaches_no_opd(people: People, make: Make) -> None:
    make.opd("DISDIK")
    siti = make.asn("DISDIK")
    people.create("siti", grant(Role.ASN), nip=siti.nip)
    me = people.get("/v1/me", people.sign_in("siti")).json()
    assert (me["asn_id"], me["grants"]) == (str(siti.id), [{"role": "asn", "opd_code": None, "reach": []}])


def test_a_password_made_by_somebody_else_opens_nothing_but_its_change(people: People) -> None:
    slip = people.create("rina", KOMINFO, password=None)
    tokens = people.sign_in("rina", slip.password)
    me = people.get("/v1/me", tokens).json()
    assert (me["must_change"], me["grants"]) == (True, [])
    answer = people.get("/v1/accounts", tokens)
    assert (answer.status_code, answer.json()["code"]) == (403, "password-change-required")
    body = {"current": slip.password, "new": PASSWORD}
    changed = people.api.post("/v1/me/password", body, headers=bearer(tokens))
    assert changed.status_code == 200
    assert people.get("/v1/accounts", changed.json()).status_code == 200
    assert people.get("/v1/me", tokens).status_code == 401
    people.sign_in("rina")
    assert people.token(grant_type="password", username="rina", password=slip.password).status_code == 400


def test_changing_the_password_needs_the_present_one_and_counts_wrong_ones(people: People) -> None:
    people.create("rina", KOMINFO)
    tokens = people.sign_in("rina")
    wrong = {"current": "wrong", "new": "ikan-bakar-enak"}
    for _ in range(10):
        answer = people.api.post("/v1/me/password", wrong, headers=bearer(tokens))
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong-password")
    right = people.api.post("/v1/me/password", wrong | {"current": PASSWORD}, headers=bearer(tokens))
    assert (right.status_code, right.json()["code"]) == (422, "wrong-password")
    people.sign_in("rina", at=MONDAY + timedelta(seconds=31))


@pytest.mark.parametrize("new", ["short", "rina-rina-rina", PASSWORD], ids=["short", "the user name", "the same"])
def test_a_weak_or_unchanged_password_is_refused(people: People, new: str) -> None:
    people.create("rina", KOMINFO)
    answer = people.api.post(
        "/v1/me/password", {"current": PASSWORD, "new": new}, headers=bearer(people.sign_in("rina"))
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "weak-password")
    people.sign_in("rina")


def test_a_machine_has_no_password_to_change(people: People) -> None:
    secret = make_client(people)
    tokens = people.token(grant_type="client_credentials", client_id="a-adapter", client_secret=secret).json()
    body = {"current": PASSWORD, "new": "ikan-bakar-enak"}
    people.create("a-adapter", KOMINFO)
    assert people.api.post("/v1/me/password", body, headers=bearer(tokens)).status_code == 422
    people.sign_in("a-adapter")


def test_a_password_may_be_typed_composed_or_decomposed(people: People) -> None:
    people.create("rina", KOMINFO, password="café-di-mamuju")
    people.sign_in("rina", "cafe\u0301-di-mamuju")


def test_hashing_never_stops_the_event_loop(run: Any) -> None:
    import asyncio

    async def pauses() -> tuple[float, float]:
        storm = asyncio.gather(*(verify_password("wrong", None) for _ in range(20)))
        longest, began = 0.0, perf_counter()
        last = began
        while not storm.done():
            await asyncio.sleep(0.001)
            longest, last = max(longest, perf_counter() - last), perf_counter()
        await storm
        return longest, last - began

    longest, whole = run(pauses())
    assert longest < whole / 3
