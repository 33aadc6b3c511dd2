"""What is kept rendered is what would be rendered now, whatever was recorded since, and costs three statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.board.frames import Frames
from app.core.jobs import want_job
from app.core.principal import Role
from app.evidence.lists import accept_list
from app.evidence.rules import ListSource, StaySeen
from app.zoom.pulling import KIND
from tests.accounts.conftest import Run
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

WEEK = timedelta(days=7)
LATER = DUE + timedelta(hours=3)


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK", protocol_order=2)
    make.opd("BKPP", protocol_order=1)
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012002")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def kept_and_fresh(story: Story, at: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The board as this process has it, and as one that was just started has it."""
    office = story.api.as_(Role.READER).at(at or story.api.now)
    kept = office.get(story.path("board"))
    story.api._app.state.frames = Frames()
    fresh = office.get(story.path("board"))
    assert kept.status_code == fresh.status_code == 200
    office.get(story.path("board"))
    return kept.json(), fresh.json()


def settle(story: Story, at: Any) -> dict[str, Any]:
    """Read until it is kept."""
    for _ in range(3):
        board = story.board(at)
    return board


def test_a_report_a_turn_and_a_new_title_show_in_the_next_read(story: Story, api: Api) -> None:
    story.starts()
    halfway = MONDAY + timedelta(minutes=15)
    before = settle(story, halfway)
    story.reports("DISDIK", naming(claim(1, 1)), at=halfway)
    kept, fresh = kept_and_fresh(story, halfway)
    assert kept == fresh != before
    assert api.as_(Role.KOMINFO).at(halfway).post(story.path("turns/next"), {"after": None}).status_code == 200
    kept, fresh = kept_and_fresh(story, halfway)
    assert kept["turn"] == fresh["turn"] != before["turn"]
    renamed = api.as_(Role.KOMINFO).patch(story.path(), {"title": "Apel Hari Guru"}, headers={"if-match": '"1"'})
    assert renamed.status_code == 200, renamed.text
    assert kept_and_fresh(story, halfway)[0]["apel"]["title"] == "Apel Hari Guru"


def test_time_alone_moves_what_is_kept(story: Story) -> None:
    states = []
    for minutes in (-90, -30, 0, 45, 61, 95, 151):
        at = MONDAY + timedelta(minutes=minutes)
        kept, fresh = kept_and_fresh(story, at)
        assert kept == fresh
        states.append((kept["apel"]["state"], kept["totals"]["pending"]))
        settle(story, at)
    assert states[0] == ("scheduled", True)
    assert states[-1] == ("closed", False)


def test_an_earlier_apel_that_changes_moves_the_trend(story: Story, api: Api, make: Make) -> None:
    past = Story(api, make.apel(MONDAY - WEEK))
    past.reports("DISDIK", claim(1, 1), at=MONDAY - WEEK)
    past.board(LATER - WEEK)
    before = settle(story, DUE)
    amended = claim(1, 0, unexplained=1) | {"reason": "ralat"}
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK").at(DUE)
    answer = operator.put(past.path("reports/DISDIK"), amended, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    past.board(DUE)
    kept, fresh = kept_and_fresh(story, DUE)
    assert kept == fresh
    assert kept["trend"] != before["trend"]


def test_what_zoom_tells_after_the_apel_is_final_shows_too(
    story: Story, api: Api, run: Run, session: AsyncSession
) -> None:
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.ends()
    assert api.as_(Role.ADMIN).at(LATER).post(story.path("finalize")).status_code == 200
    before = settle(story, LATER)
    assert before["apel"]["state"] == "final"
    story.joins("[BKPP] Ruang Apel", LATER)
    stay = StaySeen("[DISDIK] Ruang Apel", MONDAY, MONDAY + timedelta(minutes=30))
    run(accept_list(session, story.meeting.uuid, ListSource.CSV, [stay], at=LATER))
    run(session.commit())
    settle(story, LATER)
    kept, fresh = kept_and_fresh(story, LATER)
    assert kept == fresh
    run(want_job(session, KIND, str(story.apel.id), at=LATER))
    run(session.commit())
    kept, fresh = kept_and_fresh(story, LATER)
    assert kept == fresh
    assert (before["evidence_health"]["report"], kept["evidence_health"]["report"]) == ("none", "waiting")


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*args: Any) -> None:
        said.append(args[2])

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


def test_a_board_that_did_not_change_costs_one_statement_beside_who_is_calling(
    story: Story, engine: AsyncEngine
) -> None:
    settle(story, DUE)
    with counted(engine) as said:
        story.board(DUE)
    # Callers of these tests need none; what remains is the role, savepoints, and what the board rests on.
    assert [one.split()[0] for one in said if "SAVEPOINT" not in one] == ["SELECT", "SELECT"]
    assert "FROM stale" in said[-2] + said[-1]


def test_what_a_transaction_concluded_itself_is_kept_only_once_it_is_committed(story: Story) -> None:
    first = story.api.as_(Role.READER).at(DUE).get(story.path("board"))
    assert not story.api._app.state.frames._standings
    settle(story, DUE)
    assert [standing.revision for standing in story.api._app.state.frames._standings.values()] == [
        first.json()["revision"]
    ]
