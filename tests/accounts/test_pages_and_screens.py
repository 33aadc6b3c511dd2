"""The service's own pages stay signed in by a cookie, and a television by a code that somebody typed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.screens import CODE_LETTERS, MOST_WAITING
from app.audit.models import AuditEntry
from app.core.db import OpenSession
from app.core.principal import Role
from app.core.settings import Settings
from tests.accounts.conftest import PASSWORD, People, bearer, grant
from tests.client import Api, serve
from tests.make import MONDAY

MINUTE = timedelta(minutes=1)


def cookie_of(answer: httpx.Response, name: str) -> dict[str, str]:
    return {"cookie": f"{name}={answer.cookies[name]}"}


def start(api: Api, password: str = PASSWORD, **options: Any) -> httpx.Response:
    return api.post("/v1/session", {"username": "kominfo", "password": password}, **options)


@pytest.fixture
def operator(people: People) -> None:
    people.create("kominfo", grant(Role.KOMINFO))


@pytest.mark.usefixtures("operator")
class TestSession:
    def test_a_page_signs_in_and_its_cookie_gives_the_next_token(self, api: Api) -> None:
        started = start(api)
        assert (started.status_code, set(started.json())) == (200, {"access_token", "expires_in"})
        renewed = api.post("/v1/session/renew", headers=cookie_of(started, "apel_session"))
        assert renewed.status_code == 200
        assert api.get("/v1/me", headers=bearer(renewed.json())).json()["name"] == "kominfo"

    def test_the_cookie_is_for_no_script_no_other_site_and_no_other_path(self, api: Api) -> None:
        said = start(api).headers["set-cookie"]
        parts = {part.strip().lower() for part in said.split(";")[1:]}
        # Not "secure": this service is reached by plain http.
        assert parts == {"httponly", "samesite=strict", "path=/v1/session", f"max-age={30 * 24 * 3600}"}

    def test_by_https_the_cookie_never_leaves_unencrypted(
        self, loop: asyncio.Runner, sessions: OpenSession, settings: Settings
    ) -> None:
        https = settings.model_copy(update={"public_url": "https://apel.example.go.id"})
        with serve(loop, sessions, https, MONDAY) as api:
            assert "; secure" in start(api).headers["set-cookie"].lower()

    def test_an_answer_that_was_lost_is_given_again(self, api: Api) -> None:
        kept = cookie_of(start(api), "apel_session")
        first, second = (api.post("/v1/session/renew", headers=kept) for _ in range(2))
        assert first.cookies["apel_session"] == second.cookies["apel_session"]

    def test_signing_out_ends_the_sign_in_and_takes_the_cookie_back(self, api: Api) -> None:
        started = start(api)
        ended = api.delete("/v1/session", headers=cookie_of(started, "apel_session"))
        assert (ended.status_code, "max-age=0" in ended.headers["set-cookie"].lower()) == (204, True)
        refused = api.post("/v1/session/renew", headers=cookie_of(started, "apel_session"))
        assert (refused.status_code, refused.json()["code"]) == (401, "session-over")
        assert api.get("/v1/me", headers=bearer(started.json())).status_code == 401

    def test_without_a_cookie_nobody_is_signed_in(self, api: Api) -> None:
        assert api.post("/v1/session/renew", headers={"cookie": ""}).json()["code"] == "session-over"

    def test_a_wrong_password_sets_nothing(self, api: Api) -> None:
        refused = start(api, "salah-sama-sekali")
        assert (refused.json()["code"], "set-cookie" in refused.headers) == ("wrong-credentials", False)

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_another_site_of_the_same_domain_gets_nothing(self, api: Api, site: str) -> None:
        kept = cookie_of(start(api), "apel_session")
        refused = api.post("/v1/session/renew", headers=kept | {"sec-fetch-site": site})
        assert (refused.status_code, refused.json()["code"]) == (403, "not-own-page")


def as_told(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def ask_to_pair(api: Api) -> tuple[str, dict[str, str]]:
    asked = api.post("/v1/screens/pairings")
    assert asked.status_code == 201, asked.text
    return asked.json()["code"], cookie_of(asked, "apel_screen")


def look(api: Api, kept: dict[str, str]) -> httpx.Response:
    return api.post("/v1/screens/session", headers=kept)


def pair(api: Api, code: str, name: str = "aula", **more: Any) -> httpx.Response:
    return api.as_(Role.KOMINFO).post("/v1/screens", {"code": code, "name": name, **more})


class TestScreen:
    def test_a_television_reads_the_board_once_its_code_is_typed(self, api: Api) -> None:
        code, kept = ask_to_pair(api)
        waiting = look(api, kept).json()
        assert (waiting["state"], waiting["code"], waiting["access_token"]) == ("waiting", code, None)
        made = pair(api, f"{code[:3].lower()}-{code[3:]}")
        assert made.status_code == 201
        told = {"id": made.json()["id"], "name": "aula", "counts_only": False, "paired_at": as_told(MONDAY)}
        assert made.json() == told
        paired = look(api, kept).json()
        assert (paired["state"], paired["name"], paired["counts_only"]) == ("paired", "aula", False)
        assert api.get("/v1/board", headers=bearer(paired)).status_code == 200
        assert api.get("/v1/asn", headers=bearer(paired)).status_code == 403

    def test_it_comes_back_by_its_cookie_long_after_the_code_ran_out(self, api: Api) -> None:
        code, kept = ask_to_pair(api)
        pair(api, code)
        later = api.at(MONDAY + timedelta(days=200))
        again = look(later, kept)
        assert (again.json()["state"], "max-age=34560000" in again.headers["set-cookie"].lower()) == ("paired", True)
        assert later.get("/v1/board", headers=bearer(again.json())).status_code == 200

    def test_taken_down_it_is_refused_with_its_next_request(self, api: Api) -> None:
        code, kept = ask_to_pair(api)
        screen_id = pair(api, code).json()["id"]
        token = look(api, kept).json()
        operator = api.as_(Role.KOMINFO)
        assert [one["name"] for one in operator.get("/v1/screens").json()["items"]] == ["aula"]
        assert [operator.delete(f"/v1/screens/{screen_id}").status_code for _ in range(2)] == [204, 204]
        assert operator.get("/v1/screens").json() == {"items": [], "next_cursor": None}
        assert look(api, kept).json()["code"] == "screen-unknown"
        assert api.get("/v1/board", headers=bearer(token)).status_code == 401

    def test_a_code_lives_ten_minutes_and_pairs_once(self, api: Api) -> None:
        code, kept = ask_to_pair(api)
        assert pair(api.at(MONDAY + 10 * MINUTE), code).json()["code"] == "pairing-refused"
        assert look(api, kept).json()["code"] == "screen-unknown"
        code, _ = ask_to_pair(api)
        assert [pair(api, code, name).status_code for name in ("satu", "dua")] == [201, 422]

    def test_a_name_that_is_taken_leaves_the_code_to_be_tried_again(self, api: Api) -> None:
        first, second = ask_to_pair(api)[0], ask_to_pair(api)[0]
        pair(api, first)
        assert pair(api, second).json()["code"] == "client-name-taken"
        assert pair(api, second, "lobi", counts_only=True).json()["counts_only"] is True

    def test_codes_are_read_across_a_hall(self, api: Api) -> None:
        codes = [ask_to_pair(api)[0] for _ in range(20)]
        assert len(set(codes)) == 20
        assert set("".join(codes)) <= set(CODE_LETTERS)
        assert not set("ILOSZ0125") & set(CODE_LETTERS)

    def test_a_flood_of_televisions_is_stopped_and_forgotten(self, api: Api) -> None:
        for _ in range(MOST_WAITING):
            ask_to_pair(api)
        refused = api.post("/v1/screens/pairings")
        assert (refused.status_code, refused.json()["code"]) == (503, "too-many-pairings")
        ask_to_pair(api.at(MONDAY + 10 * MINUTE))

    def test_who_put_a_screen_up_and_took_it_down_is_kept(self, api: Api, people: People) -> None:
        screen_id = pair(api, ask_to_pair(api)[0], "lobi").json()["id"]
        api.as_(Role.KOMINFO).delete(f"/v1/screens/{screen_id}")
        kept = select(AuditEntry.action, AuditEntry.target, AuditEntry.principal_name).order_by(AuditEntry.id)
        assert people.run(people.session.execute(kept)).all() == [
            ("accounts.create-client", "lobi", "uji-kominfo"),
            ("accounts.end-screen", "lobi", "uji-kominfo"),
        ]

    @pytest.mark.parametrize("role", [Role.OPD_HEAD, Role.BUPATI, Role.READER, Role.SCREEN])
    def test_only_who_runs_the_apel_pairs(self, api: Api, role: Role) -> None:
        code, _ = ask_to_pair(api)
        body = {"code": code, "name": "aula"}
        assert api.as_(role, "DISDIK").post("/v1/screens", body).status_code == 403
