"""The board's stream as an answer: who gets it, by what, and what stands in it. The hub does not run here, so that
every stream is one frame and a farewell."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.board.hub import Hub
from app.core.principal import Grant, Principal, Role
from tests.accounts.conftest import People, bearer, grant
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import NUMBER, Story, claim, naming

HALFWAY = MONDAY + timedelta(minutes=15)
FIELD = re.compile(r"(\w+): (.*)")


def events(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return [dict(FIELD.findall(one)) for one in answer.text.split("\n\n") if one]


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK", protocol_order=2)
    make.opd("BKPP", protocol_order=1)
    make.head("BKPP", make.asn("BKPP", name="Ir. Kepala", nip="198501012010012001"))
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012002")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER], led_by="Sekda"))


@pytest.fixture
def visitors(api: Api) -> Api:
    """A screen that visitors see."""
    return api.by(Principal(uuid4(), "lobi", (Grant(Role.SCREEN),), counts_only=True))


@pytest.mark.parametrize("current", [True, False], ids=["the current apel", "one apel"])
def test_a_stream_begins_with_the_very_board_that_is_read(story: Story, api: Api, current: bool) -> None:
    office, path = api.as_(Role.READER).at(HALFWAY), "/v1/board" if current else story.path("board")
    read = office.get(path)
    answer = office.get(f"{path}/stream")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"
    retry, board, clock, leave = events(answer)
    assert 1000 <= int(retry["retry"]) <= 4000
    assert (board["event"], board["data"]) == ("board", read.text)
    assert board["id"].startswith(f"{story.apel.id}-{read.json()['revision']}-")
    assert clock == {"event": "clock", "data": '{"now":"2026-11-22T23:45:00.000+00:00"}'}
    assert leave == {"event": "leave", "data": '{"reason":"restart"}'}


def test_whoever_has_the_frame_already_gets_only_the_time(story: Story, api: Api) -> None:
    office, path = api.as_(Role.SCREEN).at(HALFWAY), story.path("board/stream")
    _, board, *_ = events(office.get(path))
    known = {"last-event-id": board["id"]}
    assert [event.get("event") for event in events(office.get(path, headers=known))] == [None, "clock", "leave"]
    story.reports("DISDIK", naming(claim(1, 1)), at=HALFWAY)
    _, changed, *_ = events(office.get(path, headers=known))
    assert changed["event"] == "board"
    assert changed["id"] != board["id"]


def test_the_id_tells_languages_apart(story: Story, api: Api) -> None:
    story.starts()
    story.ends()
    office, path = api.as_(Role.READER).at(MONDAY + timedelta(hours=2)), story.path("board/stream")
    ids = {events(office.get(path, headers={"accept-language": tongue}))[1]["id"] for tongue in ("id", "en")}
    assert len(ids) == 2


def test_without_any_apel_the_stream_waits_for_one(api: Api) -> None:
    _, board, *_ = events(api.as_(Role.SCREEN).get("/v1/board/stream"))
    assert json.loads(board["data"])["apel"] is None


def test_a_stream_of_no_apel_is_404_and_of_no_caller_401(story: Story, api: Api) -> None:
    assert api.as_(Role.SCREEN).get(f"/v1/apel/{uuid4()}/board/stream").status_code == 404
    assert api.get(story.path("board/stream")).status_code == 401
    assert api.as_(Role.ADAPTER).get(story.path("board/stream")).status_code == 403


def test_too_many_viewers_are_told_when_to_come_back(story: Story, api: Api) -> None:
    state = api._app.state
    state.hub = Hub(state.frames, lambda _: True, lambda: None, most=0)
    answer = api.as_(Role.SCREEN).get(story.path("board/stream"))
    assert (answer.status_code, answer.json()["code"]) == (503, "too-many-viewers")
    assert answer.headers["retry-after"] == "10"


# Tickets


def ask(people: People, tokens: dict[str, Any]) -> str:
    answer = people.api.post("/v1/board/tickets", headers=bearer(tokens))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body.keys(), body["expires_in"]) == ({"ticket", "expires_in"}, 30)
    ticket: str = body["ticket"]
    return ticket


def test_a_ticket_opens_a_stream_once(story: Story, people: People) -> None:
    people.create("kominfo", grant(Role.KOMINFO))
    ticket = ask(people, people.sign_in("kominfo"))
    path = f"{story.path('board/stream')}?ticket={ticket}"
    assert events(people.api.get(path))[1]["event"] == "board"
    again = people.api.get(path)
    assert (again.status_code, again.json()["code"]) == (401, "ticket-refused")


def test_a_ticket_lasts_half_a_minute_and_no_longer_than_the_sign_in(story: Story, people: People) -> None:
    people.create("kominfo", grant(Role.KOMINFO))
    tokens = people.sign_in("kominfo")
    path = story.path("board/stream")
    late, ended = ask(people, tokens), ask(people, tokens)
    assert people.api.post("/v1/auth/revoke", data={"token": tokens["refresh_token"]}).status_code == 200
    assert people.api.get(f"{path}?ticket={ended}").status_code == 401
    people.api.at(MONDAY + timedelta(seconds=30))
    assert people.api.get(f"{path}?ticket={late}").status_code == 401


@pytest.mark.parametrize("ticket", ["", "x", "a" * 43, "🎫"])
def test_no_other_word_is_a_ticket(story: Story, api: Api, ticket: str) -> None:
    assert api.as_(Role.SCREEN).get(f"{story.path('board/stream')}?ticket={ticket}").status_code == 401


# Visitors


def test_visitors_see_totals_and_trend_and_no_opd(story: Story, api: Api, visitors: Api) -> None:
    story.reports("DISDIK", naming(claim(1, 1)), at=HALFWAY)
    for path in (story.path("board"), "/v1/board"):
        whole = api.as_(Role.SCREEN).at(HALFWAY).get(path).json()
        shown = visitors.at(HALFWAY).get(path)
        assert shown.json() == whole | {
            "apel": whole["apel"] | {"led_by": None},
            "totals": whole["totals"] | {"heads": None},
            "opd": [],
            "turn": None,
            "evidence_health": None,
        }
        _, streamed, *_ = events(visitors.at(HALFWAY).get(f"{path}/stream"))
        assert streamed["data"] == shown.text
        assert not re.search("DISDIK|BKPP|Kepala|Sekda", streamed["data"])


@pytest.mark.parametrize("rest", ["board/BKPP", "/v1/board/parts", "/v1/board/preflight", "/v1/counters/speed"])
def test_visitors_are_refused_whatever_was_not_made_for_them(story: Story, visitors: Api, rest: str) -> None:
    answer = visitors.at(HALFWAY).get(rest if rest.startswith("/") else story.path(rest))
    assert (answer.status_code, answer.json()["code"]) == (403, "counts-only")
