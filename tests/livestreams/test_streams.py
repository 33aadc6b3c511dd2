"""Broadcasts of our own apels: told by Zoom in any order, noted once, settled by a person."""

import json
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.livestreams.models import StreamSettlement, StreamSighting
from app.livestreams.streams import StreamKind, StreamNote, StreamSeen, notes_of
from app.zoom.payloads import Facts, RunSeen, Unreadable, translate
from tests.client import Api
from tests.livestreams.conftest import Run
from tests.make import MONDAY, Make
from tests.monday import NUMBER, Story
from tests.zoom.conftest import event, written

STARTED, STOPPED = StreamKind
PAGE = "https://www.youtube.com/@pemkab.mamuju/live"


def at(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def said(kind: StreamKind, minutes: float, run: str = "A") -> StreamSeen:
    return StreamSeen(run, kind, at(minutes), "YouTube")


def times(notes: list[StreamNote]) -> list[tuple[float | None, float | None]]:
    def minutes(instant: datetime | None) -> float | None:
        return None if instant is None else (instant - MONDAY).total_seconds() / 60

    return [(minutes(note.started_at), minutes(note.stopped_at)) for note in notes]


@pytest.mark.parametrize(
    ("seen", "noted"),
    [
        pytest.param([], [], id="nothing said, nothing noted"),
        pytest.param([said(STARTED, 1), said(STOPPED, 9)], [(1, 9)], id="from a start to its stop"),
        pytest.param([said(STARTED, 1)], [(1, None)], id="a start alone goes on"),
        pytest.param([said(STOPPED, 9)], [(None, 9)], id="of a stop alone the start was not told"),
        pytest.param(
            [said(STARTED, 1), said(STARTED, 5), said(STOPPED, 9)],
            [(1, None), (5, 9)],
            id="another start leaves the one before open",
        ),
        pytest.param(
            [said(STARTED, 1), said(STOPPED, 3), said(STARTED, 5), said(STOPPED, 9)],
            [(1, 3), (5, 9)],
            id="twice in one run",
        ),
        pytest.param(
            [said(STARTED, 1), said(STOPPED, 9, "B")], [(1, None), (None, 9)], id="runs have nothing in common"
        ),
    ],
)
def test_what_was_said_is_noted_in_any_order(seen: list[StreamSeen], noted: list[Any]) -> None:
    for order in permutations(seen):
        assert times(notes_of([*order, *order])) == noted


sayings = st.lists(st.builds(said, st.sampled_from(StreamKind), st.integers(0, 30), st.sampled_from("AB")), max_size=12)


@given(sayings, st.randoms())
def test_each_note_has_an_address_of_its_own_and_order_never_matters(seen: list[StreamSeen], random: Random) -> None:
    notes = notes_of(seen)
    assert notes_of(random.sample(seen, len(seen))) == notes
    assert len({note.ids[0] for note in notes}) == len(notes)
    told = {one.at for one in seen}
    assert {one for note in notes for one in (note.started_at, note.stopped_at) if one is not None} == told


def test_a_late_start_is_the_note_that_its_stop_was() -> None:
    [stop], [whole] = notes_of([said(STOPPED, 9)]), notes_of([said(STARTED, 1), said(STOPPED, 9)])
    assert stop.ids[0] in whole.ids


# What Zoom says


def live(minutes: float = 2, **settings: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"service": "Custom_Live_Streaming_Service", "date_time": written(at(minutes))}
    return told | ({"custom_live_streaming_settings": settings} if settings else {})


def test_the_published_event_is_read_without_its_key() -> None:
    settings: dict[str, Any] = {
        "stream_url": "rtmp://x",
        "stream_key": "RAHASIA",
        "page_url": PAGE,
        "resolution": "1080p",
    }
    facts = translate(event("meeting.live_streaming_started", live_streaming=live(2, **settings)))
    assert facts == Facts(
        RunSeen("mtg/uuid+1==", "86084701483", at(2), host_id="h"),
        stream=StreamSeen("mtg/uuid+1==", STARTED, at(2), "Custom_Live_Streaming_Service", PAGE),
    )
    assert "RAHASIA" not in repr(facts)
    assert "rtmp" not in repr(facts)


@pytest.mark.parametrize("family", ["meeting", "webinar"])
def test_a_stop_is_read_and_what_is_missing_is_no_harm(family: str) -> None:
    facts = translate(event(f"{family}.live_streaming_stopped", live_streaming={}))
    assert facts is not None
    assert facts.stream == StreamSeen("mtg/uuid+1==", STOPPED, MONDAY, "", None), "the time of the event stands in"


@pytest.mark.parametrize("page", ["javascript:alert(1)", "", None, 7, ["https://x"], "x" * 900])
def test_what_is_no_web_address_is_not_kept(page: Any) -> None:
    facts = translate(event("meeting.live_streaming_started", live_streaming=live(page_url=page)))
    assert facts is not None
    assert facts.stream is not None
    assert facts.stream.page_url is None


@pytest.mark.parametrize("told", [None, "x", [], 1])
def test_an_event_without_its_object_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable, match="no-live_streaming"):
        translate(event("meeting.live_streaming_started", live_streaming=told))


# Over HTTP


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK")
    make.asn("DISDIK")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def tell(story: Story, kind: StreamKind, minutes: float, **more: Any) -> None:
    body = event(f"meeting.live_streaming_{kind}", uuid=story.meeting.uuid, live_streaming=live(minutes, page_url=PAGE))
    story.tell(json.loads(body) | more)


def notes(story: Story, role: Role = Role.KOMINFO) -> list[dict[str, Any]]:
    answer = story.api.as_(role).at(at(60)).get(story.path("livestreams"))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def settle(story: Story, note_id: str, outcome: str = "official", note: str = "Kanal resmi", **who: Any) -> Any:
    caller = story.api.as_(who.get("role", Role.KOMINFO)).at(at(60))
    return caller.post(story.path(f"livestreams/{note_id}/settle"), {"outcome": outcome, "note": note})


def test_a_broadcast_of_the_apel_is_noted(story: Story, session: AsyncSession, run: Run) -> None:
    story.starts()
    for _ in range(2):
        tell(story, STARTED, 2)
        tell(story, STOPPED, 20, event_ts=1)
    [note] = notes(story)
    assert note == {
        "id": note["id"],
        "run_uuid": story.meeting.uuid,
        "started_at": "2026-11-22T23:32:00Z",
        "stopped_at": "2026-11-22T23:50:00Z",
        "service": "Custom_Live_Streaming_Service",
        "page_url": PAGE,
        "settlement": None,
    }
    assert len(list(run(session.scalars(select(StreamSighting))))) == 2


def test_a_broadcast_told_before_its_meeting_began_is_noted_too(story: Story) -> None:
    tell(story, STOPPED, 20)
    tell(story, STARTED, 2)
    story.starts()
    assert [(note["started_at"], note["stopped_at"]) for note in notes(story)] == [
        ("2026-11-22T23:32:00Z", "2026-11-22T23:50:00Z")
    ]


def test_another_meeting_is_none_of_the_apels(story: Story) -> None:
    story.starts()
    body = event("meeting.live_streaming_started", uuid="lain", number="999", live_streaming=live())
    story.tell(json.loads(body))
    assert notes(story) == []


def test_a_broadcast_leaves_marks_and_findings_as_they_were(story: Story) -> None:
    story.starts()
    story.joins("[DISDIK] Ruang Rapat")
    before = story.marks(), story.findings()
    tell(story, STARTED, 2)
    tell(story, STOPPED, 20)
    assert (story.marks(), story.findings()) == before


def test_a_person_settles_it_and_may_think_again(story: Story, session: AsyncSession, run: Run) -> None:
    tell(story, STOPPED, 20)
    [note] = notes(story)
    settled = settle(story, note["id"]).json()
    told = {"outcome": "official", "note": "Kanal resmi", "at": "2026-11-23T00:30:00Z", "by_name": "uji-kominfo"}
    assert settled["settlement"] == told
    assert settle(story, note["id"], role=Role.ADMIN).json() == settled, "the same again is the first word"
    tell(story, STARTED, 2)
    [whole] = notes(story)
    assert whole["settlement"] == told, "said of the end before the beginning was told"
    assert settle(story, whole["id"], "unauthorised", "Bukan kami").json()["settlement"]["outcome"] == "unauthorised"
    assert notes(story)[0]["settlement"]["note"] == "Bukan kami"
    assert len(list(run(session.scalars(select(StreamSettlement))))) == 2, "the first word stays on record"
    asked = select(AuditEntry.detail).where(AuditEntry.action == "livestreams.settle").order_by(AuditEntry.id)
    assert [one["outcome"] for one in run(session.scalars(asked))] == ["official", "unauthorised"]


def test_a_note_of_another_apel_is_not_settled_here(story: Story, make: Make) -> None:
    tell(story, STARTED, 2)
    [note] = notes(story)
    other = Story(story.api, make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER]))
    assert settle(other, note["id"]).json()["code"] == "stream-note-not-found"


@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_settles(story: Story, role: Role) -> None:
    tell(story, STARTED, 2)
    [note] = notes(story)
    reads = {Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR}
    answer = story.api.as_(role, "DISDIK").get(story.path("livestreams"))
    assert answer.status_code == (200 if role in reads else 403)
    assert settle(story, note["id"], role=role).status_code == (200 if role in (Role.KOMINFO, Role.ADMIN) else 403)
