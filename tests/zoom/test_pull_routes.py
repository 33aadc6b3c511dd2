"""The operator asks for Zoom's report and sees how far it has come; the service itself asks after every meeting."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.background import handlers
from app.core.db import OpenSession
from app.core.jobs import take_turn
from app.core.principal import Role
from app.core.settings import Settings
from app.zoom.wanting import plan_pulls
from tests.client import Api, serve
from tests.make import MONDAY, Make
from tests.monday import NUMBER, Story, claim, naming
from tests.zoom.past import END, START, UUID, PastZoom, Run, crowd, stay
from tests.zoom.stand_in import connect

MINUTE = timedelta(minutes=1)
FIRST = END + 10 * MINUTE
OVER = MONDAY + timedelta(hours=3)


class Place:
    """The service beside Zoom's memory of one meeting; its worker takes turns when told to."""

    def __init__(self, loop: asyncio.Runner, sessions: OpenSession, api: Api, past: PastZoom) -> None:
        self.loop, self.sessions, self.api, self.past = loop, sessions, api, past

    def work(self, *, until: datetime) -> None:
        """What is due until then is done, each turn at its time."""

        async def turns() -> None:
            todo = handlers(self.api._app)
            while True:
                async with self.sessions() as session:
                    due = await session.scalar(text("SELECT min(due_at) FROM job WHERE state = 'waiting'"))
                if due is None or due > until:
                    return
                await take_turn(self.sessions, partial(max, due, self.api.now), todo)

        self.loop.run(turns())

    def plan(self, at: datetime) -> list[tuple[str, datetime]]:
        """The jobs that wait after the service looked for meetings that ended."""

        async def look() -> list[tuple[str, datetime]]:
            await plan_pulls(self.sessions, lambda: at)
            async with self.sessions() as session:
                found = await session.execute(text("SELECT key, due_at FROM job WHERE state = 'waiting' ORDER BY 2"))
                return [tuple(row) for row in found]

        return self.loop.run(look())


@pytest.fixture
def place(loop: asyncio.Runner, sessions: OpenSession, settings: Settings) -> Iterator[Place]:
    past = PastZoom([Run(rows=crowd(3))])
    with serve(loop, sessions, settings, FIRST, zoom=connect(past)) as api:
        yield Place(loop, sessions, api, past)


def test_the_operator_pulls_and_sees_every_run(place: Place, make: Make) -> None:
    path = f"/v1/apel/{make.apel(zoom_meeting_ids=[NUMBER]).id}/zoom/report"
    nothing = {"rows": 0, "total": None, "runs": 0, "runs_complete": 0}
    kominfo, inspector = place.api.as_(Role.KOMINFO), place.api.as_(Role.INSPECTOR)
    assert inspector.get(path).json() == {
        "state": "none", "error": None, "next_try_at": None, "turned_at": None, "progress": nothing, "runs": [],
    }  # fmt: skip
    answer = kominfo.post(path)
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    place.work(until=FIRST)
    told = inspector.get(path).json()
    assert (told["state"], told["error"], told["next_try_at"]) == ("waiting", None, "2026-11-23T00:15:00Z")
    run = {"uuid": UUID, "started_at": "2026-11-22T23:25:00Z", "ended_at": "2026-11-23T00:00:00Z"}
    assert told["runs"] == [run | {"source": "webhook", "rows": 3, "total_records": 3, "state": "whole"}]
    place.work(until=OVER)
    assert inspector.get(path).json() == {
        "state": "complete",
        "error": None,
        "next_try_at": None,
        "turned_at": "2026-11-23T00:15:00Z",
        "progress": {"rows": 0, "total": None, "runs": 1, "runs_complete": 1},
        "runs": [run | {"source": "report", "rows": 3, "total_records": 3, "state": "complete"}],
    }


def test_asking_is_for_those_who_run_the_apel_and_leaves_a_line(place: Place, make: Make) -> None:
    path = f"/v1/apel/{make.apel(zoom_meeting_ids=[NUMBER]).id}/zoom/report"
    for role in (Role.INSPECTOR, Role.BUPATI, Role.READER):
        assert place.api.as_(role).post(path).status_code == 403
    assert place.api.as_(Role.BUPATI).get(path).status_code == 403
    assert place.api.as_(Role.KOMINFO).post(f"/v1/apel/{uuid4()}/zoom/report").status_code == 404
    assert place.api.as_(Role.ADMIN).post(path).status_code == 200
    trail = place.api.as_(Role.INSPECTOR).get("/v1/audit?action=zoom.pull").json()["items"]
    assert [item["action"] for item in trail] == ["zoom.pull"]


def refusal(api: Api, apel: Any) -> tuple[int, str]:
    answer = api.as_(Role.KOMINFO).post(f"/v1/apel/{apel.id}/zoom/report")
    return answer.status_code, answer.json()["code"]


def test_there_must_be_a_meeting_that_began_and_access_to_zoom(place: Place, make: Make) -> None:
    assert refusal(place.api, make.apel()) == (409, "apel-without-meeting")
    assert refusal(place.api, make.apel(OVER, zoom_meeting_ids=["123456789"])) == (409, "apel-not-started")
    cancelled = make.apel(zoom_meeting_ids=["987654321"])
    assert place.api.as_(Role.KOMINFO).post(f"/v1/apel/{cancelled.id}/cancel").status_code == 200
    assert refusal(place.api, cancelled) == (409, "apel-cancelled")
    place.api._app.state.zoom = None
    assert refusal(place.api, make.apel(zoom_meeting_ids=[NUMBER])) == (409, "zoom-not-connected")


def test_the_service_pulls_by_itself_ten_minutes_after_the_end_and_not_earlier(place: Place, make: Make) -> None:
    apel = make.apel(zoom_meeting_ids=[NUMBER])
    story = Story(place.api, apel)
    story.meeting = replace(story.meeting, uuid=UUID)
    make.apel(MONDAY - timedelta(days=7), zoom_meeting_ids=[NUMBER])
    make.apel(zoom_meeting_ids=[])
    make.apel(OVER, zoom_meeting_ids=[NUMBER])
    story.starts(START)
    assert place.plan(MONDAY + 31 * MINUTE) == []
    story.ends(END)
    assert place.plan(END + MINUTE) == [(str(apel.id), FIRST)]
    assert place.plan(END + 2 * MINUTE) == [(str(apel.id), FIRST)]
    place.work(until=OVER)
    assert place.plan(OVER - MINUTE) == []


def test_a_run_that_turns_up_later_is_pulled_too(place: Place, make: Make) -> None:
    apel = make.apel(zoom_meeting_ids=[NUMBER])
    place.plan(FIRST)
    place.work(until=OVER)
    place.past.runs.append(Run("again==", start=END + MINUTE, end=END + 20 * MINUTE, rows=crowd(2)))
    story = Story(place.api, apel)
    story.meeting = replace(story.meeting, uuid="again==")
    story.starts(END + MINUTE)
    story.ends(END + 20 * MINUTE)
    place.api.at(OVER)
    assert place.plan(OVER) == [(str(apel.id), OVER)]
    place.work(until=OVER)
    path = f"/v1/apel/{apel.id}/zoom/report"
    assert [run["state"] for run in place.api.as_(Role.ADMIN).get(path).json()["runs"]] == ["complete", "complete"]


@pytest.fixture
def story(place: Place, make: Make) -> Story:
    """Siti reports from home, Budi from the office; every webhook of the meeting was lost."""
    make.opd("DISDIK")
    make.asn("DISDIK", "Budi Santoso", nip="198501012010011002")
    siti = make.asn("DISDIK", "Siti Aminah", nip="198501012010012001")
    told = Story(place.api, make.apel(zoom_meeting_ids=[NUMBER]))
    told.reports("DISDIK", naming(claim(2, 1, wfa=1), (siti, "H", "wfa")), at=MONDAY)
    place.past.runs = [Run(rows=[stay("[DISDIK] 2001 Siti"), stay("[DISDIK] Ruang 1")])]
    return told


def seen(story: Story) -> dict[str, Any]:
    """Siti's minutes, what her mark says, and what the board says of the evidence."""
    mark, board = story.marks(OVER)["Siti Aminah"], story.board(OVER)
    [row] = board["opd"]
    return {
        "minutes": mark["minutes"],
        "status": mark["status"],
        "findings": [(code, grade) for _, code, grade in story.findings(OVER)],
        "evidence": board["evidence_health"]["state"],
        "room": row["connection"]["seconds"],
    }


def test_an_outage_of_all_webhooks_is_repaired_by_the_report(place: Place, story: Story) -> None:
    before = seen(story)
    assert (before["minutes"], before["room"], before["evidence"]) == (0, 0, "gap")
    assert before["findings"] == [("reported-never-connected", "explainable")]
    place.api.as_(Role.KOMINFO).at(OVER).post(story.path("zoom/report"))
    place.work(until=OVER)
    differs = [("report-differs", "explainable")] * 2
    assert seen(story) == {"minutes": 30, "status": "H", "findings": differs, "evidence": "good", "room": 1800}


def test_a_report_that_comes_after_the_apel_is_final_is_kept_and_moves_no_mark(place: Place, story: Story) -> None:
    before = seen(story)
    admin = place.api.as_(Role.ADMIN).at(OVER)
    assert admin.post(story.path("finalize")).status_code == 200
    revision = story.board(OVER)["revision"]
    admin.post(story.path("zoom/report"))
    place.work(until=OVER)
    told = admin.get(story.path("zoom/report")).json()
    assert (told["state"], told["runs"][0]["source"]) == ("complete", "report")
    after = seen(story)
    assert {key: after[key] for key in ("minutes", "findings", "status", "room")} == {
        key: before[key] for key in ("minutes", "findings", "status", "room")
    }
    assert story.board(OVER)["revision"] == revision
    assert admin.post(story.path("reopen"), {"reason": "laporan Zoom datang kemudian"}).status_code == 200
    assert seen(story)["minutes"] == 30


def test_leave_confirmed_after_a_late_report_of_a_final_apel_moves_that_mark_alone(
    place: Place, story: Story, make: Make
) -> None:
    """The rest of the unit is concluded anew too, from what was seen when the apel became final."""
    other = make.asn("DISDIK", "Rahma Wati", nip="199002022015022003")
    admin = place.api.as_(Role.ADMIN).at(OVER)
    admin.post(story.path("finalize"))
    before = seen(story)
    admin.post(story.path("zoom/report"))
    place.work(until=OVER)
    body = {"asn_id": str(other.id), "code": "CT", "from": "2026-11-23", "to": "2026-11-23", "letter_no": "1"}
    leave = admin.post("/v1/absences", body | {"letter_date": "2026-11-20", "state": "confirmed"})
    assert leave.status_code == 201
    assert seen(story)["minutes"] == before["minutes"]
