"""What was moved on the day of an apel is told with what it was, to every screen and from its first look on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import FormerPlan
from app.board.frames import Frames
from app.core.principal import Grant, Principal, Role
from tests.accounts.conftest import Run
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import NUMBER, Story

MINUTE = timedelta(minutes=1)
MORNING = MONDAY - 30 * MINUTE
DEADLINE = MONDAY + 60 * MINUTE


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def told(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def move(story: Story, at: datetime, **changes: datetime) -> None:
    operator = story.api.as_(Role.KOMINFO).at(at)
    headers = {"if-match": operator.get(story.path()).headers["etag"]}
    body = {name: value.isoformat() for name, value in changes.items()}
    answer = operator.patch(story.path(), body, headers=headers)
    assert answer.status_code == 200, answer.text


def planned(board: dict[str, Any]) -> tuple[str | None, str | None]:
    return board["apel"]["starts_at_planned"], board["apel"]["report_deadline_planned"]


def test_a_fresh_screen_knows_what_the_deadline_was(story: Story) -> None:
    assert planned(story.board(MORNING)) == (None, None)
    move(story, MORNING, report_deadline=DEADLINE + 15 * MINUTE)
    move(story, MORNING + MINUTE, report_deadline=DEADLINE + 30 * MINUTE)
    story.api._app.state.frames = Frames()
    board = story.board(MORNING + MINUTE)
    assert planned(board) == (None, told(DEADLINE))
    assert board["apel"]["report_deadline"] == told(DEADLINE + 30 * MINUTE)
    visitors = story.api.by(Principal(uuid4(), "lobi", (Grant(Role.SCREEN),), counts_only=True))
    assert planned(visitors.get(story.path("board")).json()) == (None, told(DEADLINE))


def test_the_board_is_another_one_once_the_deadline_moved_and_once_it_is_back(story: Story) -> None:
    """Its revision, its ETag and what a stream calls it; a time moved back is told as planned."""
    office = story.api.as_(Role.BUPATI).at(MORNING)
    seen = [office.get(story.path("board"))]
    for deadline in (DEADLINE + 15 * MINUTE, DEADLINE):
        move(story, MORNING, report_deadline=deadline)
        known = {"if-none-match": seen[-1].headers["etag"]}
        seen.append(office.get(story.path("board"), headers=known))
    assert [answer.status_code for answer in seen] == [200, 200, 200]
    assert len({answer.headers["etag"] for answer in seen}) == 3
    revisions = [answer.json()["revision"] for answer in seen]
    assert revisions == sorted(set(revisions))
    assert [planned(answer.json())[1] for answer in seen] == [None, told(DEADLINE), None]


def test_a_delay_tells_when_it_was_to_begin(story: Story) -> None:
    later = {"starts_at": MONDAY + 20 * MINUTE, "ends_at": MONDAY + 50 * MINUTE}
    move(story, MORNING, **later, report_deadline=DEADLINE + 20 * MINUTE)
    assert planned(story.board(MORNING)) == (told(MONDAY), told(DEADLINE))
    why = story.api.as_(Role.BUPATI).at(MORNING).get(story.path("board/DISDIK")).json()
    assert planned(why) == (told(MONDAY), told(DEADLINE))


def test_what_was_changed_before_its_day_is_how_the_day_was_planned(story: Story) -> None:
    evening = MONDAY - timedelta(hours=8)
    move(story, evening, report_deadline=DEADLINE + 15 * MINUTE)
    assert planned(story.board(evening)) == (None, None)
    move(story, MORNING, report_deadline=DEADLINE + 45 * MINUTE)
    assert planned(story.board(MORNING)) == (None, told(DEADLINE + 15 * MINUTE))


def test_an_apel_moved_to_another_day_is_compared_with_no_time_of_the_first(story: Story) -> None:
    day = timedelta(days=1)
    times = {"starts_at": MONDAY + day, "ends_at": MONDAY + day + 30 * MINUTE}
    move(story, MORNING, **times, report_deadline=DEADLINE + day)
    assert planned(story.board(MORNING)) == (None, None)


def test_every_plan_stays_on_record_and_a_new_title_is_none(story: Story, session: AsyncSession, run: Run) -> None:
    move(story, MORNING, report_deadline=DEADLINE + 15 * MINUTE)
    move(story, MORNING + MINUTE, report_deadline=DEADLINE + 30 * MINUTE)
    headers = {"if-match": '"3"'}
    answer = story.api.as_(Role.KOMINFO).patch(story.path(), {"title": "Apel Hari Guru"}, headers=headers)
    assert answer.status_code == 200, answer.text
    kept = run(session.scalars(select(FormerPlan).order_by(FormerPlan.id))).all()
    assert [(one.on_date, one.starts_at, one.report_deadline, one.until) for one in kept] == [
        (DAY, MONDAY, DEADLINE, MORNING),
        (DAY, MONDAY, DEADLINE + 15 * MINUTE, MORNING + MINUTE),
    ]
