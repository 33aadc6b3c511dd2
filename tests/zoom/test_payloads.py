"""What events say: tolerant of shapes, exact about identity, and never guessing."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules import LeaveKind, SightingKind, SightingSeen
from app.zoom.payloads import Facts, RunSeen, Unreadable, classify_leaving, clean, translate
from tests.make import MONDAY
from tests.zoom.conftest import event, written
from tests.zoom.test_signature import VECTORS

PERSON = {
    "user_id": "16778240",
    "user_name": "[DISDIK] Ruang 1",
    "participant_uuid": "364B3A17-05C0-6B63-F4FA-2180DCC26971",
    "join_time": written(MONDAY),
}


def joined(**changes: Any) -> bytes:
    participant = {key: value for key, value in (PERSON | changes).items() if value is not ...}
    return event("meeting.participant_joined", participant=participant)


def sighting(body: bytes) -> SightingSeen:
    facts = translate(body)
    assert facts is not None
    assert facts.sighting is not None
    return facts.sighting


def test_the_published_joining_is_read_whole() -> None:
    body = VECTORS["vectors"][0]["body"].encode()
    at = datetime(2026, 9, 20, 23, 25, 12, tzinfo=UTC)
    assert translate(body) == Facts(
        RunSeen("de+IDq//9f3hhT9D8/NA/J1==", "86084701483", at, host_id="x1yCzABCDEfg23HiJKl4mN"),
        SightingSeen(
            occurrence_uuid="de+IDq//9f3hhT9D8/NA/J1==",
            device="uuid:364B3A17-05C0-6B63-F4FA-2180DCC26971",
            kind=SightingKind.JOINED,
            at=at,
            display_name="[DISDIK] Ruang 1 – Dé Ayu",
            registrant_id="abcdefghij0-klmnopq23456",
        ),
    )


def test_started_and_ended_are_times_of_the_run() -> None:
    late = MONDAY + timedelta(hours=1)
    assert translate(event("meeting.started", start_time=written(MONDAY))) == Facts(
        RunSeen("mtg/uuid+1==", "86084701483", MONDAY, started_at=MONDAY, host_id="h")
    )
    assert translate(event("meeting.ended", start_time=written(MONDAY), end_time=written(late))) == Facts(
        RunSeen("mtg/uuid+1==", "86084701483", late, ended_at=late, host_id="h")
    )


@pytest.mark.parametrize("host", ["", None, 7.5, {}])
def test_a_run_without_a_readable_host_has_none(host: Any) -> None:
    facts = translate(event("meeting.started", host_id=host))
    assert facts is not None
    assert facts.run.host_id is None


@pytest.mark.parametrize("blank", ["", "   ", None, ...])
def test_a_blank_start_falls_back_to_when_the_event_occurred(blank: Any) -> None:
    fields = {} if blank is ... else {"start_time": blank}
    facts = translate(event("meeting.started", **fields))
    assert facts is not None
    assert facts.run.started_at == MONDAY


def test_a_webinar_is_read_like_a_meeting() -> None:
    body = event("webinar.participant_joined", participant=PERSON)
    assert sighting(body) == sighting(joined())


@pytest.mark.parametrize("number", ["86084701483", 86084701483, "860 8470 1483", "860-8470-1483"])
def test_a_meeting_number_is_the_same_as_text_and_as_number(number: Any) -> None:
    assert translate(event(number=number)) == translate(event(number="86084701483"))


@pytest.mark.parametrize("key", ["email", "id", "participant_user_id", "registrant_id"])
def test_empty_null_and_missing_guest_fields_are_equal(key: str) -> None:
    told = [sighting(joined(**{key: value})) for value in ("", None, ..., "  ")]
    assert told == [sighting(joined())] * 4


def test_identifiers_are_read_where_zoom_puts_them() -> None:
    seen = sighting(joined(email=" Siti@Mamuju.GO.id ", id="z8yCx", registrant_id="r-1"))
    assert (seen.email, seen.account_id, seen.registrant_id) == ("siti@mamuju.go.id", "z8yCx", "r-1")
    assert sighting(joined(id="", participant_user_id="z8yCx")).account_id == "z8yCx"


def test_a_joining_is_dated_as_well_as_the_event_can() -> None:
    later = written(MONDAY + timedelta(minutes=5))
    assert sighting(joined(join_time=later)).at == MONDAY + timedelta(minutes=5)
    assert sighting(joined(join_time=..., date_time=later)).at == MONDAY + timedelta(minutes=5)
    assert sighting(joined(join_time=...)).at == MONDAY


def test_a_leaving_is_never_dated_by_the_time_of_joining() -> None:
    changes = {"join_time": ..., "date_time": written(MONDAY - timedelta(hours=1))}
    person = {key: value for key, value in (PERSON | changes).items() if value is not ...}
    assert sighting(event("meeting.participant_left", participant=person)).at == MONDAY


def devices(*people: dict[str, Any]) -> list[str]:
    return [sighting(joined(participant_uuid=..., **person)).device for person in people]


def test_without_participant_uuid_strangers_with_the_same_number_stay_apart() -> None:
    first, second, again = devices({"user_name": "Siti"}, {"user_name": "Budi"}, {"user_name": " SITI "})
    assert first != second
    assert first == again


def test_without_any_number_nothing_is_paired() -> None:
    first, second = (
        sighting(joined(participant_uuid="", user_id=None, join_time=written(MONDAY + timedelta(seconds=n)))).device
        for n in (0, 1)
    )
    assert first != second


@pytest.mark.parametrize(
    "name",
    [
        "meeting.participant_joined_waiting_room",
        "meeting.participant_left_waiting_room",
        "meeting.participant_put_in_waiting_room",
        "meeting.participant_admitted",
        "meeting.participant_jbh_joined",
        "meeting.participant_jbh_waiting",
        "meeting.participant_joined_breakout_room",
        "meeting.participant_left_breakout_room",
        "meeting.participant_role_changed",
        "meeting.registration_created",
        "endpoint.url_validation",
        "user.created",
        "",
    ],
)
def test_what_is_no_presence_is_ignored(name: str) -> None:
    assert translate(event(name, participant=PERSON)) is None
    assert translate(json.dumps({"event": name}).encode()) is None


def body_with(**changes: Any) -> bytes:
    told = json.loads(joined())
    for path, value in changes.items():
        *way, last = path.split("__")
        holder = told
        for part in way:
            holder = holder[part]
        holder[last] = value
    return json.dumps(told).encode()


IN = "payload__object__"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"\xff", "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b"[" * 100_000, "not-json"),
        (b"9" * 10_000, "not-json"),
        ('{"event": "meeting.started"}'.encode("utf-16"), "not-json"),
        (b"[]", "not-an-object"),
        (b"{}", "no-event"),
        (b'{"event": 7}', "no-event"),
        (body_with(payload=None), "no-payload"),
        (body_with(payload__object=[]), "no-object"),
        (body_with(**{IN + "participant": "Siti"}), "no-participant"),
        (body_with(**{IN + "uuid": ""}), "no-meeting-uuid"),
        (body_with(**{IN + "uuid": {"a": 1}}), "no-meeting-uuid"),
        (body_with(**{IN + "id": None}), "no-meeting-id"),
        (body_with(**{IN + "id": True}), "no-meeting-id"),
        (body_with(**{IN + "id": 1e11}), "no-meeting-id"),
        (body_with(**{IN + "participant__join_time": "yesterday"}), "bad-time"),
        (body_with(**{IN + "participant__join_time": "2026-11-22T23:30:00"}), "bad-time"),
        (body_with(**{IN + "participant__join_time": "2026-13-22T23:30:00Z"}), "bad-time"),
        (body_with(**{IN + "participant__join_time": "0001-01-01T00:00:00+23:59"}), "bad-time"),
        (body_with(**{IN + "participant__join_time": "9999-12-31T23:59:59-23:59"}), "bad-time"),
        (body_with(**{IN + "participant__join_time": None, "event_ts": "soon"}), "no-time"),
        (body_with(**{IN + "participant__join_time": None, "event_ts": 10**30}), "no-time"),
        (body_with(**{IN + "participant__join_time": None, "event_ts": 1}), "bad-time"),
    ],
)
def test_what_cannot_be_understood_says_why(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable, match=f"^{code}$"):
        translate(body)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Siti \t Aminah\n", "Siti Aminah"),
        ("Siti\x00\u202e\u200b\ud83d", "Siti"),
        ("De\u0301", "Dé"),
        ("x" * 500, "x" * 200),
        (None, ""),
        (["Siti"], ""),
        (True, ""),
        ("<script>", "<script>"),
    ],
)
def test_names_are_one_line_that_can_be_stored(name: Any, shown: str) -> None:
    assert clean(name) == shown
    assert sighting(body_with(**{IN + "participant__user_name": name})).display_name == shown


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Jill Chill left the meeting.<br>Reason: Host ended the meeting.", LeaveKind.ENDED),
        ("Jill left the meeting. Reason: left the meeting.", LeaveKind.LEFT),
        ("Jill left the meeting.", LeaveKind.LEFT),
        ("Jill left the meeting.<br>Reason: Network connection error.", LeaveKind.NETWORK),
        ("Network connection error.", LeaveKind.NETWORK),
        ("Jill got disconnected from the meeting.", LeaveKind.NETWORK),
        ("Jill left the meeting.<br>Reason: Removed by host.", LeaveKind.REMOVED),
        ("Reason : Host closed the meeting", LeaveKind.ENDED),
        ("Reason: Host started a new meeting.", LeaveKind.ENDED),
        ("Reason: Exceeded free meeting minutes limit.", LeaveKind.LIMIT),
        ("Exceeded limit left the meeting.", LeaveKind.LEFT),
        ("Reason: Host did not join.", LeaveKind.ENDED),
        ("Unknown reason.", LeaveKind.UNKNOWN),
        ("", LeaveKind.UNKNOWN),
        ("Reason: Network connection error left the meeting.", LeaveKind.LEFT),
        ("Network connection error left the meeting.<br>Reason: Removed by host.", LeaveKind.REMOVED),
        ("Tidak ada Reason: Host ended the meeting. left the meeting.", LeaveKind.LEFT),
    ],
)
def test_leaving_is_classified_by_its_end_and_not_by_a_chosen_name(reason: str, kind: LeaveKind) -> None:
    assert classify_leaving(reason) is kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["participant", "uuid", "id", "start_time", "end_time"]), JSON, st.sampled_from(
    ["meeting.started", "meeting.ended", "meeting.participant_joined", "meeting.participant_left"]))  # fmt: skip
def test_whatever_stands_in_an_event_it_is_read_ignored_or_unreadable(key: str, value: Any, name: str) -> None:
    told = json.loads(event(name, participant=PERSON))
    told["payload"]["object"][key] = value
    try:
        facts = translate(json.dumps(told).encode())
    except Unreadable:
        return
    assert isinstance(facts, Facts)
    "".join([facts.run.uuid, facts.run.meeting_id]).encode()


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading(body: bytes) -> None:
    with suppress(Unreadable):
        translate(body)
