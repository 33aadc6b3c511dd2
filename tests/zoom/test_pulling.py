"""Pulling Zoom's reports turn by turn: what is kept, what is waited for, and what a killed process loses: nothing."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.apel.models import Apel, Occurrence
from app.apel.queries import get_apel
from app.core.db import OpenSession
from app.core.jobs import Job, JobState, Turn, find_job, take_turn, want_job
from app.evidence.models import ListedStay, ParticipantList
from app.zoom.client import Zoom
from app.zoom.models import ZoomReportPage, ZoomReportRead
from app.zoom.pulling import KIND, pull_report
from app.zoom.reading import ReportState, report_state
from app.zoom.reconciling import APART, FIRST_TRY, PAUSES, PullState
from tests.make import MONDAY, Make
from tests.monday import NUMBER
from tests.zoom.past import END, START, UUID, PastZoom, Run, crowd, stay
from tests.zoom.stand_in import Answer, connect

Do = Callable[[Coroutine[Any, Any, Any]], Any]
MINUTE = timedelta(minutes=1)


class Pulling:
    """An apel, Zoom's memory of it, and a worker whose clock goes on only when told to."""

    def __init__(self, run: Do, sessions: OpenSession, apel: Apel, past: PastZoom) -> None:
        self.do, self.sessions, self.apel, self.past = run, sessions, apel, past
        self.now = END + FIRST_TRY
        self.zoom: Zoom | None = connect(past)

    def want(self) -> None:
        async def ask() -> None:
            async with self.sessions.begin() as session:
                await want_job(session, KIND, str(self.apel.id), at=self.now)

        self.do(ask())

    def turn(self) -> bool:
        return bool(self.do(self._turn()))

    async def _turn(self) -> bool:
        async def pull(session: Any, job: Job, at: datetime) -> Turn:
            return await pull_report(self.zoom, session, job, at)

        return await take_turn(self.sessions, lambda: self.now, {KIND: pull})

    def turns(self) -> None:
        """As long as one is due."""
        for _ in range(200):
            if not self.turn():
                return
        raise AssertionError("it never rests")

    def wait(self) -> timedelta:
        """Until the next try; how long that took."""
        before, self.now = self.now, max(self.now, self.job.due_at)
        self.turns()
        return self.now - before

    def ask(self, query: Any) -> list[Any]:
        async def look() -> list[Any]:
            async with self.sessions() as session:
                return list((await session.execute(query)).all())

        found: list[Any] = self.do(look())
        return found

    @property
    def job(self) -> Job:
        async def find() -> Job:
            async with self.sessions() as session:
                job = await find_job(session, KIND, str(self.apel.id))
                assert job is not None
                return job

        found: Job = self.do(find())
        return found

    @property
    def state(self) -> ReportState:
        async def find() -> ReportState:
            async with self.sessions() as session:
                return await report_state(session, self.apel.id)

        found: ReportState = self.do(find())
        return found

    @property
    def reads(self) -> list[tuple[str, int, str, int]]:
        columns = (ZoomReportRead.occurrence_uuid, ZoomReportRead.number, ZoomReportRead.state, ZoomReportRead.rows)
        return [tuple(row) for row in self.ask(select(*columns).order_by(ZoomReportRead.started_at, *columns))]

    @property
    def lists(self) -> list[tuple[str, str, int]]:
        columns = (ParticipantList.occurrence_uuid, ParticipantList.source, ParticipantList.rows)
        return [tuple(row) for row in self.ask(select(*columns).order_by(*columns))]

    @property
    def names(self) -> list[str]:
        return [row[0] for row in self.ask(select(ListedStay.display_name).order_by(ListedStay.number))]


@pytest.fixture
def pulling(run: Do, sessions: OpenSession, make: Make) -> Pulling:
    """Nobody told about the meeting: every webhook was lost."""
    return Pulling(run, sessions, make.apel(zoom_meeting_ids=[NUMBER]), PastZoom())


def test_a_long_report_is_read_twice_page_by_page_and_kept_as_it_came(pulling: Pulling) -> None:
    pulling.past.runs = [Run(rows=crowd(650))]
    pulling.want()
    pulling.turns()
    assert pulling.reads == [(UUID, 1, "complete", 650)]
    assert (pulling.lists, pulling.state.state) == ([], PullState.WAITING)
    assert pulling.wait() == APART
    assert pulling.reads == [(UUID, 1, "complete", 650), (UUID, 2, "complete", 650)]
    assert pulling.past.reports == [UUID, f"{UUID} 300", f"{UUID} 600"] * 2
    assert pulling.lists == [(UUID, "report", 650)]
    kept = pulling.ask(select(ZoomReportPage.number, func.length(ZoomReportPage.body)).order_by(ZoomReportPage.number))
    assert [row[0] for row in kept] == [1, 1, 2, 2, 3, 3]
    assert all(row[1] > 5_000 for row in kept)
    assert pulling.state == ReportState(PullState.COMPLETE, turned_at=pulling.now, runs=1, runs_complete=1)


def test_progress_is_seen_between_two_pages(pulling: Pulling) -> None:
    pulling.past.runs = [Run(rows=crowd(650))]
    pulling.want()
    for _ in range(3):
        pulling.turn()
    assert pulling.state == ReportState(
        PullState.READING, next_try_at=pulling.now, turned_at=pulling.now, rows=600, total=650, runs=1
    )


def test_runs_that_no_webhook_told_about_are_recorded_with_start_and_end(pulling: Pulling) -> None:
    second = Run("second==", start=END + 2 * MINUTE, end=END + 9 * MINUTE, rows=crowd(2))
    other_day = Run("other==", start=START - timedelta(days=7), end=END - timedelta(days=7), rows=crowd(2))
    other_number = Run("stranger==", number="999", rows=crowd(2))
    pulling.past.runs = [Run(rows=crowd(3)), second, other_day, other_number]
    pulling.want()
    pulling.turns()
    pulling.wait()
    columns = (Occurrence.uuid, Occurrence.started_at, Occurrence.ended_at)
    found = [tuple(row) for row in pulling.ask(select(*columns).order_by(Occurrence.started_at))]
    assert found == [(UUID, START, END), ("second==", second.start, second.end)]
    assert pulling.lists == [(UUID, "report", 3), ("second==", "report", 2)]


def record(pulling: Pulling, **times: datetime | None) -> None:
    """What webhooks told of the run."""

    async def keep() -> None:
        async with pulling.sessions.begin() as session:
            told = {"started_at": START, "ended_at": None} | times
            session.add(Occurrence(uuid=UUID, meeting_id=NUMBER, seen_from=START, seen_to=END - MINUTE, **told))

    pulling.do(keep())


def test_a_lost_end_is_healed(pulling: Pulling) -> None:
    record(pulling)
    pulling.past.runs = [Run(rows=crowd(2))]
    pulling.want()
    pulling.turns()

    async def held() -> Any:
        async with pulling.sessions() as session:
            apel = await get_apel(session, pulling.apel.id, at=pulling.now)
            return apel.state, apel.held_to, [span.gap for span in apel.occurrences]

    assert pulling.do(held()) == ("closed", END, [False])


def test_times_that_webhooks_told_are_not_widened(pulling: Pulling) -> None:
    record(pulling, ended_at=END - MINUTE)
    pulling.past.runs = [Run(rows=crowd(2))]
    pulling.want()
    pulling.turns()
    assert [row[0] for row in pulling.ask(select(Occurrence.ended_at))] == [END - MINUTE]


def test_a_run_that_goes_on_is_waited_for(pulling: Pulling) -> None:
    record(pulling)
    running = Run(end=None)
    pulling.past.runs = [running]
    pulling.want()
    pulling.turns()
    assert (pulling.state.state, pulling.state.error, pulling.reads) == (PullState.WAITING, "run-not-ended", [])
    assert pulling.wait() == 10 * MINUTE
    running.end, running.rows = pulling.now, crowd(4)
    pulling.wait()
    pulling.wait()
    assert pulling.lists == [(UUID, "report", 4)]


@pytest.mark.parametrize(
    "early",
    [
        pytest.param(Run(rows=crowd(3), total=5), id="fewer rows than claimed"),
        pytest.param(Run(rows=[*crowd(2), stay("Ani", duration=0)]), id="a duration of 0"),
        pytest.param(Run(rows=[*crowd(2), stay("Ani", leave_time="")]), id="somebody who has not left"),
        pytest.param(Run(rows=[], people=7), id="an empty report of a meeting with people in it"),
    ],
)
def test_a_report_that_is_not_ready_is_asked_for_again_ever_later(pulling: Pulling, early: Run) -> None:
    pulling.past.runs = [early]
    pulling.want()
    pulling.turns()
    assert (pulling.state.state, pulling.state.error) == (PullState.WAITING, "report-incomplete")
    assert [pulling.wait(), pulling.wait()] == [PAUSES[0], PAUSES[1]]
    assert {state for _, _, state, _ in pulling.reads} == {"short"}
    pulling.past.runs = [Run(rows=crowd(3))]
    assert [pulling.wait(), pulling.wait()] == [PAUSES[2], timedelta()]
    assert pulling.state.state is PullState.COMPLETE
    assert pulling.lists == [(UUID, "report", 3)]


def test_two_reads_that_differ_are_not_trusted(pulling: Pulling) -> None:
    grown = Run(rows=crowd(3))
    pulling.past.runs = [grown]
    pulling.want()
    pulling.turns()
    grown.rows = crowd(5)
    assert (pulling.wait(), pulling.lists) == (APART, [])
    pulling.wait()
    assert pulling.lists == [(UUID, "report", 5)]


def test_waiting_rooms_are_dropped_and_rejoins_kept(pulling: Pulling) -> None:
    outside = stay("Tamu", status="in_waiting_room", duration=0, leave_time="")
    rejoined = [stay("[DISDIK] Ruang 1", left=MONDAY + 5 * MINUTE), stay("[DISDIK] Ruang 1", MONDAY + 6 * MINUTE)]
    pulling.past.runs = [Run(rows=[outside, *rejoined])]
    pulling.want()
    pulling.turns()
    pulling.wait()
    assert pulling.names == ["[DISDIK] Ruang 1", "[DISDIK] Ruang 1"]


def test_a_sound_check_of_one_has_no_report_and_is_done_with(pulling: Pulling) -> None:
    sound_check = Run("check==", start=START - 40 * MINUTE, end=START - 35 * MINUTE, rows=[], people=1)
    pulling.past.runs = [sound_check, Run(rows=crowd(2))]
    pulling.past.instead.append(Answer(404, {"code": 3001}))
    pulling.want()
    pulling.turns()
    pulling.wait()
    assert pulling.state.state is PullState.COMPLETE
    assert sorted(pulling.reads[:2]) == [(UUID, 1, "complete", 2), ("check==", 1, "complete", 0)]
    assert pulling.lists == [(UUID, "report", 2)]


def test_an_expired_page_token_begins_the_reading_anew(pulling: Pulling) -> None:
    pulling.past.runs = [Run(rows=crowd(650))]
    pulling.past.expired = {"600"}
    pulling.want()
    pulling.turns()
    assert pulling.reads == [(UUID, 1, "expired", 600), (UUID, 2, "complete", 650)]
    pulling.wait()
    assert pulling.lists == [(UUID, "report", 650)]


@pytest.mark.parametrize(
    ("answer", "error", "pause"),
    [
        pytest.param(Answer(429, {}, {"retry-after": "90"}), "zoom-busy", timedelta(seconds=90), id="so many seconds"),
        pytest.param(Answer(403, {"code": 4711}), "zoom-not-permitted", MINUTE, id="a scope is missing"),
        pytest.param(Answer(400, {"code": 12702}), "zoom-refused", MINUTE, id="another refusal"),
    ],
)
def test_what_is_in_the_way_is_told_and_waited_for(
    pulling: Pulling, answer: Answer, error: str, pause: timedelta
) -> None:
    pulling.past.runs = [Run(rows=crowd(301))]
    pulling.want()
    for _ in range(2):
        pulling.turn()
    pulling.past.instead.append(answer)
    pulling.turns()
    told = ReportState(
        PullState.WAITING, error, pulling.now + pause, turned_at=pulling.now, rows=300, total=301, runs=1
    )
    assert pulling.state == told
    assert pulling.wait() == pause
    assert pulling.reads == [(UUID, 1, "complete", 301)]
    assert pulling.state.error is None


def test_without_access_to_zoom_it_waits(pulling: Pulling) -> None:
    pulling.past.runs, pulling.zoom = [Run(rows=crowd(2))], None
    pulling.want()
    pulling.turns()
    assert pulling.state.error == "zoom-not-connected"
    pulling.zoom = connect(pulling.past)
    pulling.wait()
    pulling.wait()
    assert pulling.state.state is PullState.COMPLETE


def test_it_is_given_up_at_the_end_of_the_next_day_and_can_be_wanted_again(pulling: Pulling) -> None:
    pulling.past.runs = [Run(rows=crowd(2), total=9)]
    pulling.want()
    pulling.turns()
    for _ in range(30):
        if pulling.job.state != JobState.WAITING:
            break
        pulling.wait()
    assert (pulling.state.state, pulling.state.error) == (PullState.GIVEN_UP, "report-incomplete")
    assert pulling.now.isoformat() > "2026-11-24T11"
    assert len(pulling.reads) < 20
    pulling.past.runs = [Run(rows=crowd(2))]
    pulling.now += timedelta(days=3)
    pulling.want()
    pulling.turns()
    assert pulling.state.state is PullState.COMPLETE


def test_where_no_run_is_known_to_anybody_it_says_so(pulling: Pulling) -> None:
    pulling.want()
    pulling.turns()
    assert (pulling.state.state, pulling.state.error) == (PullState.WAITING, "no-run")
    pulling.past.runs = [Run(rows=crowd(2))]
    for _ in range(4):
        pulling.wait()
    assert pulling.state.state is PullState.COMPLETE


def test_what_is_wanted_once_more_is_read_once_more_and_the_same_changes_nothing(pulling: Pulling) -> None:
    pulling.past.runs = [Run(rows=crowd(2))]
    pulling.want()
    pulling.turns()
    pulling.wait()
    pulling.now += timedelta(hours=3)
    pulling.want()
    pulling.turns()
    assert (len(pulling.reads), pulling.lists, pulling.state.state) == (3, [(UUID, "report", 2)], PullState.COMPLETE)
    pulling.past.runs = [Run(rows=crowd(4))]
    pulling.now += timedelta(hours=3)
    pulling.want()
    pulling.turns()
    assert pulling.lists == [(UUID, "report", 2), (UUID, "report", 4)]
