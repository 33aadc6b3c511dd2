"""The committed document is the live one, shows what is really sent and answered, and names every refusal."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.core.principal import Role
from app.core.settings import Settings
from app.main import create_app
from app.openapi.examples import recorded
from app.openapi.naming import TAGS
from app.openapi.written import write
from tests.frontend.recording import DOCUMENT, record
from tests.monday import claim
from tests.system.endpoints import ENDPOINTS
from tests.system.test_openapi import OPERATIONS, WEBHOOKS, resolved
from tests.system.world import RUNNING, World

COMMAND = "python -m tests.frontend.recording"
UNSHOWN = {
    "POST /v1/auth/revoke": "answers without a body",
    "POST /v1/zoom/webhook": "Zoom's own, and its answer is a signature",
    "GET /v1/decisions/{decision_id}/certificate": "a reward must have gone through all hands first",
}
POLLED = (
    "GET /v1/board/history",
    "GET /v1/board/preflight",
    "GET /v1/board",
    "GET /v1/board/parts",
    "GET /v1/apel",
    "GET /v1/apel/{apel_id}/board",
    "GET /v1/apel/{apel_id}/board/{opd_code}",
    "GET /v1/apel/{apel_id}/turns",
    "GET /v1/apel/{apel_id}/reports",
    "GET /v1/apel/{apel_id}/reports/missing",
    "GET /v1/apel/{apel_id}/findings",
    "GET /v1/apel/{apel_id}/participants",
    "GET /v1/apel/{apel_id}/scores",
    "GET /v1/scores/opd",
    "GET /v1/scores/opd/{opd_code}",
)
"""What a wall or a frontend asks for again and again while an apel runs."""
READ_BY_FRONTENDS = {
    *POLLED,
    "GET /v1/me/today",
    "GET /v1/me/record",
    "GET /v1/apel/{apel_id}",
    "GET /v1/apel/{apel_id}/attendance",
    "GET /v1/apel/{apel_id}/roster/{opd_code}",
    "PUT /v1/apel/{apel_id}/reports/{opd_code}",
    "POST /v1/apel/{apel_id}/turns/next",
}


def test_the_committed_document_is_the_live_one() -> None:
    assert DOCUMENT.read_text("utf-8") == write(create_app(Settings())), f"run `{COMMAND}` and commit what changed"


DESCRIBED = OPERATIONS | WEBHOOKS


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_an_operation_is_named_after_its_function(name: str) -> None:
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", DESCRIBED[name]["operationId"])


def test_every_room_is_described_and_no_other() -> None:
    assert {tag for operation in OPERATIONS.values() for tag in operation["tags"]} == TAGS.keys()
    assert {tag for operation in WEBHOOKS.values() for tag in operation["tags"]} == {"notifications"}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_who_may_call_is_said(name: str) -> None:
    operation, roles = OPERATIONS[name], ENDPOINTS[name].roles
    if roles is None:
        assert operation["security"] == []
    else:
        assert operation["security"] == [{"token": []}]
        assert operation["x-roles"] == sorted(roles)
        assert {"missing-token", "invalid-token"} <= codes(operation, 401)


def test_nobody_signs_in_at_a_receiver() -> None:
    """The signature of the three headers says who sends."""
    assert [event for event, said in WEBHOOKS.items() if said["security"] != [] or "x-roles" in said] == []


def codes(operation: dict[str, Any], status: int) -> set[str]:
    answer = resolved(operation["responses"].get(str(status), {}))
    return set(answer["content"]["application/problem+json"]["examples"]) if answer else set()


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent, and what is granted as JSON by at least one status."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    granted = [answer for status, answer in operation["responses"].items() if status[0] == "2"]
    said = [
        answer["content"]["application/json"] for answer in granted if "application/json" in answer.get("content", {})
    ]
    if said and not any("example" in one for one in said):
        yield said[0]


@pytest.mark.parametrize("name", sorted(DESCRIBED.keys() - UNSHOWN))
def test_an_operation_shows_what_is_sent_and_answered(name: str) -> None:
    assert [one for one in bodies(DESCRIBED[name]) if "example" not in one] == [], f"run `{COMMAND}`"


def places(value: Any, at: str = "") -> Iterator[str]:
    """Every name that an answer holds; those of facts differ from one finding to the next."""
    if isinstance(value, dict) and not at.endswith("facts"):
        for name, inner in value.items():
            yield f"{at}/{name}"
            yield from places(inner, f"{at}/{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, at)


def test_what_frontends_read_is_shown_as_it_is_answered(monday: World) -> None:
    live = record(monday, READ_BY_FRONTENDS)
    assert len(live) == len(READ_BY_FRONTENDS)
    kept = recorded()
    for name, entry in live.items():
        assert set(places(entry)) == set(places(kept[name])), f"{name}: run `{COMMAND}`"


def ask(monday: World, name: str, **headers: str) -> Any:
    roles = ENDPOINTS[name].roles or frozenset()
    caller = monday.as_(Role.READER if Role.READER in roles else Role.KOMINFO, at=RUNNING)
    path = ENDPOINTS[name].path.format(apel_id=monday.apel.id, opd_code="DISDIK")
    return caller.get(path, headers=headers)


STREAMS = {"GET /v1/board/stream", "GET /v1/apel/{apel_id}/board/stream"}


def test_every_read_of_the_board_is_spared() -> None:
    """The stream is no read: it says what changed by itself."""
    reads = {name for name, said in OPERATIONS.items() if name.startswith("GET ") and "board" in said["tags"]}
    assert {name for name in reads if "304" not in OPERATIONS[name]["responses"]} <= STREAMS
    assert reads - STREAMS <= set(POLLED)


@pytest.mark.parametrize("name", POLLED)
def test_a_read_that_is_polled_is_named_and_spared(monday: World, name: str) -> None:
    with monday.undone():
        first = ask(monday, name)
        assert first.status_code == 200
        assert re.fullmatch(r'"[^"]+"', first.headers["etag"])
        again = ask(monday, name, **{"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert ask(monday, name, **{"if-none-match": '"another"'}).json() == first.json()
        answers = OPERATIONS[name]["responses"]
        assert {"304"} <= answers.keys()
        assert "ETag" in answers["200"]["headers"]


TELL_OF_REPORTS = (
    "GET /v1/board",
    "GET /v1/apel/{apel_id}/board",
    "GET /v1/apel/{apel_id}/board/{opd_code}",
    "GET /v1/apel/{apel_id}/reports",
    "GET /v1/apel/{apel_id}/reports/missing",
)


@pytest.mark.parametrize("name", TELL_OF_REPORTS)
def test_a_report_gives_it_another_name(monday: World, name: str) -> None:
    with monday.undone():
        before = ask(monday, name).headers["etag"]
        monday.story.reports("DISDIK", claim(2, 2))
        changed = ask(monday, name, **{"if-none-match": before})
        assert (changed.status_code, changed.headers["etag"] == before) == (200, False)


REFUSED: tuple[tuple[str, str, Role | None, Any, dict[str, str]], ...] = (
    ("PUT", "/v1/apel/{apel_id}/reports/{opd_code}", Role.KOMINFO, {"strength": 9}, {}),
    ("PUT", "/v1/apel/{apel_id}/reports/{opd_code}", Role.READER, None, {}),
    ("GET", "/v1/apel/{nobody}/board", Role.READER, None, {}),
    ("GET", "/v1/apel/{apel_id}/board/{nothing}", Role.READER, None, {}),
    ("GET", "/v1/board", None, None, {}),
    ("POST", "/v1/apel/{apel_id}/turns/next", Role.KOMINFO, {"after": "DINKES"}, {}),
    ("POST", "/v1/apel/{apel_id}/finalize", Role.KOMINFO, None, {}),
    ("POST", "/v1/apel/{apel_id}/reports/{opd_code}/verify", Role.ADMIN, None, {"if-match": '"9"'}),
    ("PATCH", "/v1/apel/{apel_id}", Role.KOMINFO, {"title": "Apel"}, {}),
    ("PATCH", "/v1/apel/{apel_id}", Role.KOMINFO, {"title": "Apel"}, {"if-match": '"9"'}),
    ("GET", "/v1/scores/opd", Role.READER, None, {"q": "?cursor=x"}),
)


@pytest.mark.parametrize(("method", "path", "role", "body", "headers"), REFUSED)
def test_a_refusal_is_one_of_those_that_are_named(
    monday: World, method: str, path: str, role: Role | None, body: Any, headers: dict[str, str]
) -> None:
    headers = dict(headers)
    nobody = "01936d2a-0000-7000-8000-000000000000"
    address = path.format(apel_id=monday.apel.id, opd_code="DINKES", nobody=nobody, nothing="TIADA")
    caller = monday.as_(role, at=RUNNING) if role else monday.api.at(RUNNING)
    with monday.undone():
        answer = caller.request(method, address + headers.pop("q", ""), json=body, headers=headers)
    assert answer.status_code >= 400
    name = f"{method} {path}".replace("{nobody}", "{apel_id}").replace("{nothing}", "{opd_code}")
    assert answer.json()["code"] in codes(OPERATIONS[name], answer.status_code), answer.json()
