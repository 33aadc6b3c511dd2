"""The twin's API answers in Zoom's shapes and with Zoom's habits."""

from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.demo.zoom_twin.account import Account
from app.demo.zoom_twin.api import make_zoom
from app.demo.zoom_twin.events import HOST_EMAIL
from app.demo.zoom_twin.faults import Faults
from app.demo.zoom_twin.story import Run
from tests.demo.test_twin_spec import check_answer
from tests.demo.twin import GENTLE, NUMBER, PLAN, WORST, story_of
from tests.make import MONDAY

Do = Callable[[Coroutine[Any, Any, Any]], Any]
MINUTE = timedelta(minutes=1)
SOON = WORST.report


class Twin:
    """The twin over HTTP without a socket, with a clock moved by hand and a token in hand."""

    def __init__(self, run: Do, faults: Faults) -> None:
        self._run = run
        self.now: datetime = MONDAY
        self.account = Account(lambda: self.now, faults)
        transport = httpx.ASGITransport(app=make_zoom(self.account))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://zoom.test")
        self._token = ""

    def close(self) -> None:
        self._run(self._client.aclose())

    def give_token(self, secret: str | None = None) -> httpx.Response:
        known = f"{self.account.client_id}:{secret or self.account.client_secret}"
        asked = {"grant_type": "account_credentials", "account_id": self.account.account_id}
        headers = {"authorization": f"Basic {b64encode(known.encode()).decode()}"}
        answer: httpx.Response = self._run(self._client.post("/oauth/token", params=asked, headers=headers))
        return answer

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        if not self._token:
            self._token = self.give_token().json()["access_token"]
        headers = {"authorization": f"Bearer {self._token}"}
        answer: httpx.Response = self._run(self._client.request(method, f"/v2{path}", headers=headers, **options))
        return answer

    def report(self, run: Run, **params: Any) -> httpx.Response:
        return self.ask("GET", f"/report/meetings/{twice(run.uuid)}/participants", params=params)


def twice(uuid: str) -> str:
    return quote(quote(uuid, safe=""), safe="")


@pytest.fixture
def open_twin(run: Do) -> Iterator[Callable[[Faults], Twin]]:
    opened: list[Twin] = []

    def make(faults: Faults) -> Twin:
        opened.append(Twin(run, faults))
        return opened[-1]

    yield make
    for twin in opened:
        twin.close()


@pytest.fixture
def twin(open_twin: Callable[[Faults], Twin]) -> Twin:
    return open_twin(GENTLE)


PATIENT = replace(WORST, api=replace(WORST.api, busy=0, failing=0, token_revoked=0))
"""The worst reports behind a door that always answers."""


def test_a_token_names_the_address_of_the_api_and_lives_for_an_hour(twin: Twin) -> None:
    told = twin.give_token().json()
    assert (told["api_url"], told["expires_in"], told["token_type"]) == ("http://zoom.test", 3599, "bearer")
    assert twin.ask("GET", f"/users/{HOST_EMAIL}/settings").status_code == 200
    twin.now += 61 * MINUTE
    answer = twin.ask("GET", f"/users/{HOST_EMAIL}/settings")
    assert (answer.status_code, answer.json()["code"]) == (401, 124)
    assert twin.give_token("wrong").status_code == 400


def test_a_meeting_is_made_changed_listed_and_read(twin: Twin) -> None:
    asked = {"topic": "Apel", "type": 2, "start_time": "2026-11-22T23:30:00Z", "duration": 30}
    made = twin.ask("POST", f"/users/{HOST_EMAIL}/meetings", json=asked)
    assert made.status_code == 201
    check_answer("POST /users/{userId}/meetings", made.json())
    number = made.json()["id"]
    assert twin.ask("PATCH", f"/meetings/{number}", json={"duration": 45}).status_code == 204
    read = twin.ask("GET", f"/meetings/{number}").json()
    check_answer("GET /meetings/{meetingId}", read)
    assert (read["duration"], read["topic"]) == (45, "Apel")
    listed = twin.ask("GET", f"/users/{HOST_EMAIL}/meetings", params={"type": "upcoming"}).json()
    check_answer("GET /users/{userId}/meetings", listed)
    assert [one["id"] for one in listed["meetings"]] == [number]
    assert twin.ask("GET", "/meetings/123").status_code == 404
    assert twin.ask("GET", "/users/nobody@apel.example/meetings").json()["code"] == 1001


def test_a_host_changes_a_hundred_meetings_a_day_and_no_more(twin: Twin) -> None:
    made = [twin.ask("POST", "/users/me/meetings", json={"topic": "Apel"}).status_code for _ in range(101)]
    assert made == [201] * 100 + [429]


@pytest.fixture
def meeting(twin: Twin) -> str:
    """The path of a meeting that asks for registration."""
    asked = {"topic": "Apel", "type": 2, "settings": {"approval_type": 0}}
    return f"/meetings/{twin.ask('POST', '/users/me/meetings', json=asked).json()['id']}"


def test_registrants_come_alone_or_by_thirty_and_the_same_address_is_the_same_one(twin: Twin, meeting: str) -> None:
    one = {"email": "r000@apel.example", "first_name": "Siti"}
    alone = twin.ask("POST", f"{meeting}/registrants", json=one)
    check_answer("POST /meetings/{meetingId}/registrants", alone.json())
    many = [{"email": f"r{number:03d}@apel.example", "first_name": "Siti"} for number in range(31)]
    assert twin.ask("POST", f"{meeting}/batch_registrants", json={"registrants": many}).status_code == 400
    batch = twin.ask("POST", f"{meeting}/batch_registrants", json={"registrants": many[:30]})
    assert batch.status_code == 201
    check_answer("POST /meetings/{meetingId}/batch_registrants", batch.json())
    assert batch.json()["registrants"][0]["registrant_id"] == alone.json()["registrant_id"]
    page = twin.ask("GET", f"{meeting}/registrants", params={"page_size": 20}).json()
    check_answer("GET /meetings/{meetingId}/registrants", page)
    rest = twin.ask("GET", f"{meeting}/registrants", params={"next_page_token": page["next_page_token"]}).json()
    assert (len(page["registrants"]), len(rest["registrants"]), rest["next_page_token"]) == (20, 10, "")


def test_registration_has_its_limits(twin: Twin, meeting: str) -> None:
    one = {"email": "r@apel.example", "first_name": "Siti"}
    added = [twin.ask("POST", f"{meeting}/registrants", json=one).status_code for _ in range(4)]
    assert added == [201, 201, 201, 429]
    recurring = twin.ask("POST", "/users/me/meetings", json={"type": 8, "settings": {"approval_type": 0}}).json()["id"]
    refused = twin.ask("POST", f"/meetings/{recurring}/batch_registrants", json={"registrants": [one]})
    assert (refused.status_code, refused.json()["code"]) == (400, 303)
    plain = twin.ask("POST", "/users/me/meetings", json={"type": 2}).json()["id"]
    assert twin.ask("POST", f"/meetings/{plain}/registrants", json=one).status_code == 400
    assert twin.ask("POST", f"{meeting}/registrants", json={"email": "x@apel.example"}).status_code == 400


def test_past_runs_are_listed_and_found_by_uuid_whatever_it_holds(open_twin: Callable[[Faults], Twin]) -> None:
    twin = open_twin(PATIENT)
    stories = [story_of(number) for number in range(6)]
    for story in stories:
        twin.account.hold(story)
    twin.now = PLAN.ends_at + timedelta(hours=9)
    listed = twin.ask("GET", f"/past_meetings/{NUMBER}/instances").json()
    check_answer("GET /past_meetings/{meetingId}/instances", listed)
    runs = [run for story in stories for run in story.runs]
    assert {one["uuid"] for one in listed["meetings"]} == {run.uuid for run in runs}
    for run in runs:
        found = twin.ask("GET", f"/past_meetings/{twice(run.uuid)}").json()
        check_answer("GET /past_meetings/{meetingId}", found)
        assert found["uuid"] == run.uuid
        once = twin.ask("GET", f"/past_meetings/{quote(run.uuid, safe='')}").status_code
        assert once == (404 if run.uuid.startswith("/") or "//" in run.uuid else 200)
    latest = max(runs, key=lambda run: run.start)
    assert twin.ask("GET", f"/past_meetings/{NUMBER}").json()["uuid"] == latest.uuid


def test_a_run_is_known_when_it_is_over_and_listed_a_little_later(open_twin: Callable[[Faults], Twin]) -> None:
    twin, story = open_twin(PATIENT), story_of(0)
    twin.account.hold(story)
    run = story.runs[0]
    twin.now = run.end - MINUTE
    assert twin.ask("GET", f"/past_meetings/{twice(run.uuid)}").status_code == 404
    twin.now = run.end + MINUTE
    assert twin.ask("GET", f"/past_meetings/{twice(run.uuid)}").status_code == 200
    assert twin.ask("GET", "/past_meetings/123/instances").status_code == 404


def walk(twin: Twin, run: Run) -> tuple[list[dict[str, Any]], set[int]]:
    """All rows, and the totals that the pages told; begins anew where a token expired."""
    while True:
        rows: list[dict[str, Any]] = []
        totals: set[int] = set()
        token = ""
        while True:
            answer = twin.report(run, page_size=300, next_page_token=token, include_fields="registrant_id")
            if answer.status_code == 400:
                break
            page = answer.json()
            check_answer("GET /report/meetings/{meetingId}/participants", page)
            rows, totals = rows + page["participants"], totals | {page["total_records"]}
            token = page["next_page_token"]
            if not token:
                return rows, totals


def test_a_report_ripens(open_twin: Callable[[Faults], Twin]) -> None:
    twin, story = open_twin(PATIENT), story_of(0)
    twin.account.hold(story)
    run = next(run for run in story.runs if run.has_report)
    twin.now = run.end + (SOON.not_found_minutes - 1) * MINUTE
    assert twin.report(run).status_code == 404
    twin.now = run.end + (SOON.zero_minutes - 1) * MINUTE
    assert any(row["duration"] == 0 for row in walk(twin, run)[0])
    twin.now = run.end + (SOON.mismatch_minutes - 1) * MINUTE
    rows, totals = walk(twin, run)
    assert totals > {len(rows)} or len(rows) < min(totals)
    twin.now = run.end + (SOON.growing_minutes - 2) * MINUTE
    fewer, totals = walk(twin, run)
    assert totals == {len(fewer)}
    twin.now = run.end + SOON.growing_minutes * MINUTE
    rows, totals = walk(twin, run)
    assert totals == {len(rows)}
    assert len(rows) > len(fewer)
    inside = [row for row in rows if row["status"] == "in_meeting"]
    assert len(inside) == sum(stay.run is run for stay in story.stays)
    assert all(row["duration"] > 0 for row in rows)


def test_a_page_token_lives_for_a_quarter_of_an_hour_and_may_be_used_again(twin: Twin) -> None:
    story = story_of(0, GENTLE)
    twin.account.hold(story)
    twin.now = story.runs[-1].end + 60 * MINUTE
    first = twin.report(story.runs[-1], page_size=10)
    assert "registrant_id" not in first.json()["participants"][0]
    token = first.json()["next_page_token"]
    twin.now += 14 * MINUTE
    pages = [twin.report(story.runs[-1], page_size=10, next_page_token=token).json() for _ in range(2)]
    assert pages[0]["participants"] == pages[1]["participants"] != first.json()["participants"]
    twin.now += 2 * MINUTE
    late = twin.report(story.runs[-1], page_size=10, next_page_token=token)
    assert (late.status_code, late.json()["code"]) == (400, 300)


def test_the_worst_is_busy_in_all_forms_breaks_and_revokes(open_twin: Callable[[Faults], Twin]) -> None:
    twin, said = open_twin(WORST), set()
    for _ in range(400):
        answer = twin.ask("GET", "/users/me/settings")
        if answer.status_code == 429:
            written = answer.headers.get("retry-after", "")
            said.add("seconds" if written.isdigit() else "date" if written else "nothing")
        elif answer.status_code == 401:
            twin._token = ""
            said.add("revoked")
        elif answer.status_code >= 500:
            said.add("broken")
    assert said == {"seconds", "date", "nothing", "revoked", "broken"}
