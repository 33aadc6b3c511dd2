"""From kept events to facts: any order, any number of times, one bad event never in the way of others."""

import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import astuple
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel, Occurrence
from app.apel.queries import get_apel, get_roster
from app.core.db import OpenSession
from app.core.principal import Role
from app.core.stale import Stale
from app.evidence.identity import Known
from app.evidence.models import Sighting
from app.evidence.rules import Presence, Window
from app.evidence.service import settle
from app.evidence.settling import Devices, Gathering, measure
from app.zoom.inbox import keep_events, process_pending, runs_of, understand
from app.zoom.lights import LightCode
from app.zoom.models import ZoomInbox, ZoomQuarantine
from app.zoom.payloads import translate
from app.zoom.replay import Replayed, release_quarantine, replay_events, replay_failed
from tests.client import Api
from tests.evidence.people import ASN, ROSTER
from tests.make import MONDAY, Make
from tests.zoom.conftest import event, stamp, written

Run = Callable[[Coroutine[Any, Any, Any]], Any]
LATER = MONDAY + timedelta(minutes=61)
NUMBER = "86084701483"


def t(minute: float) -> str:
    return written(MONDAY + timedelta(minutes=minute))


def started(minute: float = 0, **fields: Any) -> bytes:
    return event("meeting.started", start_time=t(minute), **fields)


def ended(minute: float = 30, **fields: Any) -> bytes:
    return event("meeting.ended", start_time=t(0), end_time=t(minute), **fields)


def joined(device: str, minute: float, name: str, **more: Any) -> bytes:
    person = {"user_id": "16778240", "user_name": name, "participant_uuid": device, "join_time": t(minute)} | more
    return event("meeting.participant_joined", participant=person)


def left(device: str, minute: float, name: str, why: str = "left the meeting.", **more: Any) -> bytes:
    person = {"user_id": "16778240", "user_name": name, "participant_uuid": device, "leave_time": t(minute)}
    return event("meeting.participant_left", participant=person | {"leave_reason": f"{name} {why}"} | more)


class Inbox:
    def __init__(self, make: Make, run: Run, sessions: OpenSession) -> None:
        self.session, self._run, self.sessions = make.session, run, sessions
        make.opd("DISDIK")
        self.siti = make.asn("DISDIK", "Siti Aminah", nip="198501012010011001")
        make.asn("DISDIK", "Budi Santoso", nip="198501012010011002")
        make.asn("DISDIK", "Ana Lestari", nip="198501012010021002")
        self.apel: Apel = make.apel(zoom_meeting_ids=[NUMBER])

    def receive(self, *bodies: bytes, source: str = "webhook") -> None:
        async def keep() -> None:
            async with self.sessions.begin() as session:
                await keep_events(session, bodies, source, at=MONDAY)

        self._run(keep())

    def process(self, limit: int = 500) -> int:
        count: int = self._run(process_pending(self.sessions, lambda: LATER, limit=limit))
        return count

    def rows(self, statement: Any) -> list[tuple[Any, ...]]:
        async def ask() -> list[tuple[Any, ...]]:
            async with self.sessions() as session:
                return [tuple(row) for row in await session.execute(statement)]

        found: list[tuple[Any, ...]] = self._run(ask())
        return found

    def states(self) -> dict[str, int]:
        counted = select(ZoomInbox.state, func.count()).group_by(ZoomInbox.state)
        return {state: number for state, number in self.rows(counted)}  # noqa: C416 — rows are of any length


@pytest.fixture
def inbox(make: Make, run: Run, sessions: OpenSession) -> Inbox:
    return Inbox(make, run, sessions)


def test_events_become_a_run_and_sightings_and_mark_the_apel(inbox: Inbox) -> None:
    inbox.receive(
        started(), joined("a", -5, "[DISDIK] Ruang 1"), left("a", 20, "[DISDIK] Ruang 1", "Network connection error."),
        ended(), event("meeting.participant_joined_waiting_room", participant={"user_name": "x"}),
    )  # fmt: skip
    assert inbox.process() == 5
    assert inbox.states() == {"done": 4, "ignored": 1}
    minutes = [MONDAY + timedelta(minutes=minute) for minute in (0, 30, -5, 30)]
    run = (Occurrence.meeting_id, Occurrence.started_at, Occurrence.ended_at, Occurrence.seen_from, Occurrence.seen_to)
    assert inbox.rows(select(*run)) == [(NUMBER, *minutes)]
    seen = select(Sighting.device, Sighting.kind, Sighting.display_name, Sighting.leave_kind).order_by(Sighting.kind)
    assert inbox.rows(seen) == [
        ("uuid:a", "joined", "[DISDIK] Ruang 1", None),
        ("uuid:a", "left", "[DISDIK] Ruang 1", "network"),
    ]
    assert {apel for (apel,) in inbox.rows(select(Stale.apel_id))} == {inbox.apel.id}
    assert inbox.process() == 0


def test_an_event_that_cannot_be_understood_fails_alone_and_says_why(inbox: Inbox) -> None:
    bad = [b"{", b'{"event": NaN}', event("meeting.started", uuid="")]
    inbox.receive(started(), *bad, joined("a", 0, "x"))
    inbox.process()
    assert inbox.states() == {"done": 2, "failed": 3}
    failed = select(ZoomInbox.body, ZoomInbox.error, ZoomInbox.attempts).where(ZoomInbox.state == "failed")
    assert sorted(inbox.rows(failed)) == sorted(
        zip(bad, ["not-json", "not-json", "no-meeting-uuid"], [1, 1, 1], strict=True)
    )


def test_a_fact_that_the_database_refuses_fails_alone(inbox: Inbox) -> None:
    async def forbid() -> None:
        async with inbox.sessions.begin() as session:
            ban = func.set_config("role", "none", True)
            await session.execute(select(ban))
            connection = await session.connection()
            await connection.exec_driver_sql("ALTER TABLE sighting ADD CHECK (display_name <> 'poison')")

    inbox._run(forbid())
    inbox.receive(started(), *(joined(str(n), 0, "poison" if n == 7 else f"HP {n}") for n in range(20)))
    inbox.process()
    assert inbox.states() == {"done": 20, "failed": 1}
    failed = select(ZoomInbox.error).where(ZoomInbox.state == "failed")
    assert inbox.rows(failed) == [("refused-by-database 23514",)]
    assert inbox.rows(select(func.count()).select_from(Sighting)) == [(19,)]


def test_a_duplicate_in_other_bytes_has_no_second_effect(inbox: Inbox) -> None:
    body = joined("a", 0, "[DISDIK] Ruang 1")
    inbox.receive(started(), body)
    inbox.process()
    before = inbox.rows(select(func.count()).select_from(Stale))
    told = json.loads(body)
    told["event_ts"] = stamp(MONDAY) + 5
    told["payload"]["object"]["participant"]["public_ip"] = "203.0.113.9"
    inbox.receive(body, json.dumps(told).encode())
    inbox.process()
    assert inbox.states() == {"done": 3}
    assert inbox.rows(select(func.count()).select_from(Sighting)) == [(1,)]
    assert inbox.rows(select(func.count()).select_from(Stale)) == before


def test_a_limit_leaves_the_rest_for_the_next_turn(inbox: Inbox) -> None:
    inbox.receive(*(joined(str(n), 0, f"HP {n}") for n in range(5)))
    assert [inbox.process(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def settled(inbox: Inbox, bodies: Sequence[bytes]) -> tuple[list[Presence], Any]:
    """The presence that a story ends with; nothing of it stays."""

    async def live(session: AsyncSession) -> tuple[list[Presence], Any]:
        for body in bodies:
            (event_id,) = await keep_events(session, [body], "webhook", at=MONDAY)
            await understand(session, [(event_id, body)], at=MONDAY)
        now = await get_apel(session, inbox.apel.id, at=LATER)
        found = await settle(session, now, await get_roster(session, now), at=LATER)
        return found, (now.state, now.held_from, now.held_to, now.held_seconds)

    async def rolled_back() -> tuple[list[Presence], Any]:
        async with inbox.sessions() as session:
            ending = await live(session)
            await session.rollback()
            return ending

    ending: tuple[list[Presence], Any] = inbox._run(rolled_back())
    return ending


STORIES = {
    "ended before left": ([started(), joined("a", 2, "[DISDIK] 1001 Siti"), ended(20), left("a", 15, "x")], 13),
    "left before joined": ([started(), left("a", 15, "[DISDIK] 1001 Siti"), joined("a", 5, "iPhone"), ended()], 10),
    "left alone": ([started(), left("a", 15, "[DISDIK] 1001 Siti"), ended()], None),
    "joined alone": ([started(), joined("a", 10, "[DISDIK] 1001 Siti"), ended(25)], 15),
    "re-join in the same second": (
        [started(), joined("a", 0, "[DISDIK] 1001 Siti"), left("a", 10, "y"), joined("a", 10, "z"), ended()], 30,
    ),
    "left after the next joined": (
        [joined("a", 0, "[DISDIK] 1001 Siti"), joined("b", 8, "[DISDIK] 1001 Siti"), left("a", 10, "x"),
         left("b", 20, "x"), ended()], 20,
    ),
}  # fmt: skip


def imagined(bodies: Sequence[bytes]) -> list[Presence]:
    """The same story without a database: events, facts, one run, devices, participants."""
    told = [facts for facts in map(translate, bodies) if facts is not None]
    (run,) = runs_of(told)
    rows = [astuple(facts.sighting) for facts in told if facts.sighting is not None]
    known = Known(ROSTER, decided={}, remembered={})
    gathering = Gathering(UUID(int=1), known, {run.uuid: run.ended_at})
    devices = Devices()
    for row in rows:
        devices.add(row)
    for device in devices.in_order():
        gathering.add(device)
    window = Window(MONDAY, MONDAY + timedelta(minutes=30))
    found = [measure(one, UUID(int=1), window)[0] for one in gathering.participants]
    return sorted(found, key=lambda presence: presence.id)


@pytest.mark.parametrize("name", STORIES)
def test_all_orders_of_a_story_end_in_the_same_presence(name: str) -> None:
    story, minutes = STORIES[name]
    endings = [imagined(order) for order in permutations(story)]
    assert all(ending == endings[0] for ending in endings)
    people = [(presence.asn_id, presence.seconds) for presence in endings[0]]
    assert people == ([] if minutes is None else [(ASN["siti"], minutes * 60)])


@pytest.mark.parametrize("name", STORIES)
def test_every_order_of_arrival_ends_in_the_same_presence(inbox: Inbox, name: str) -> None:
    story, minutes = STORIES[name]
    # A sample, since each writes to a database.
    orders = list(permutations(story))
    endings = [settled(inbox, order) for order in orders[:: max(1, len(orders) // 12)]]
    assert all(ending == endings[0] for ending in endings)
    people = [(presence.asn_id, presence.seconds) for presence in endings[0][0]]
    assert people == ([] if minutes is None else [(inbox.siti.id, minutes * 60)])


@pytest.mark.parametrize("blank", ["", None, ...])
def test_guest_fields_may_be_empty_null_or_missing(inbox: Inbox, blank: Any) -> None:
    keys = ("email", "id", "participant_user_id", "registrant_id")
    guest = {} if blank is ... else dict.fromkeys(keys, blank)
    story = [started(), joined("a", 0, "iPhone", **guest), joined("b", 0, "iPhone", **guest), ended()]
    found, _ = settled(inbox, story)
    assert [(presence.kind, presence.seconds) for presence in found] == [("unknown", 1800)] * 2


def test_a_meeting_number_as_number_is_the_same_meeting(inbox: Inbox) -> None:
    told = json.loads(joined("a", 0, "[DISDIK] 1001 Siti"))
    told["payload"]["object"]["id"] = int(NUMBER)
    found, _ = settled(inbox, [started(), json.dumps(told).encode(), ended()])
    assert [presence.asn_id for presence in found] == [inbox.siti.id]


def test_waiting_room_time_is_no_presence(inbox: Inbox) -> None:
    waiting = {"user_name": "[DISDIK] 1001 Siti", "participant_uuid": "a", "join_time": t(0)}
    found, _ = settled(
        inbox, [started(), event("meeting.participant_joined_waiting_room", participant=waiting), ended()]
    )
    assert found == []


def test_statements_do_not_grow_with_the_batch(inbox: Inbox) -> None:
    async def count(bodies: list[bytes]) -> int:
        statements: list[str] = []
        async with inbox.sessions.begin() as session:
            connection = (await session.connection()).sync_connection
            assert connection is not None

            def note(*args: Any) -> None:
                statements.append(args[2])

            hooks.listen(connection, "before_cursor_execute", note)
            ids = await keep_events(session, bodies, "webhook", at=MONDAY)
            await understand(session, list(zip(ids, bodies, strict=True)), at=MONDAY)
            hooks.remove(connection, "before_cursor_execute", note)
        return len(statements)

    few = inbox._run(count([started(), joined("a", 0, "x")]))
    assert inbox._run(count([joined(f"d{n}", 0, "x") for n in range(400)])) == few


def test_what_failed_is_replayed_when_it_can_be_understood(inbox: Inbox) -> None:
    inbox.receive(b"{", started())
    inbox.process()

    async def mend() -> None:
        async with inbox.sessions.begin() as session:
            row = await session.scalar(select(ZoomInbox).where(ZoomInbox.state == "failed"))
            assert row is not None
            row.body = joined("a", 0, "x")

    inbox._run(mend())
    assert inbox._run(replay_failed(inbox.sessions, lambda: LATER)) == 1
    assert inbox.states() == {"done": 2}


def test_a_file_of_events_is_replayed_once(inbox: Inbox) -> None:
    bodies = [started(), *(joined(f"d{n}", 0, "x") for n in range(1200)), b"no event"]
    first, second = (inbox._run(replay_events(inbox.sessions, lambda: LATER, bodies)) for _ in range(2))
    assert (first, second) == (Replayed(1202, 0), Replayed(0, 1202))
    assert inbox.states() == {"done": 1201, "failed": 1}
    assert inbox.rows(select(func.count()).select_from(Sighting)) == [(1200,)]


def test_what_a_wrong_clock_set_aside_is_let_in_by_command(inbox: Inbox) -> None:
    async def set_aside() -> None:
        async with inbox.sessions.begin() as session:
            for body in (started(), joined("a", 0, "x")):
                row = ZoomQuarantine(
                    body_sha256=body[:32], body=body, sent_at=MONDAY, received_at=LATER, skew_seconds=3660
                )
                session.add(row)

    inbox._run(set_aside())
    assert inbox._run(release_quarantine(inbox.sessions, lambda: LATER)) == 2
    assert inbox.states() == {"done": 2}
    assert inbox.rows(select(func.count()).select_from(ZoomQuarantine)) == [(0,)]


def deliver(api: Api, body: bytes, role: Role = Role.ADAPTER) -> Any:
    return api.as_(role).request("POST", "/v1/zoom/events", content=body)


def test_an_adapter_hears_to_which_apel_its_event_belongs(inbox: Inbox, api: Api) -> None:
    api.at(MONDAY + timedelta(minutes=1))
    answers = [deliver(api, body) for body in (started(), started(), ended(30))]
    assert [answer.status_code for answer in answers] == [200] * 3
    first, again, last = (answer.json() for answer in answers)
    own = {"apel_id": str(inbox.apel.id), "apel_state": "open"}
    assert first == {"event_id": first["event_id"], "duplicate": False} | own
    assert again == {"event_id": first["event_id"], "duplicate": True} | own
    assert (last["apel_id"], last["duplicate"]) == (str(inbox.apel.id), False)
    assert inbox.rows(select(ZoomInbox.body, ZoomInbox.source, ZoomInbox.state).order_by(ZoomInbox.id)) == [
        (started(), "adapter", "done"),
        (ended(30), "adapter", "done"),
    ]


def test_an_event_that_waits_is_understood_when_an_adapter_sends_it_too(inbox: Inbox, api: Api) -> None:
    inbox.receive(started())
    answer = deliver(api, started()).json()
    assert (answer["duplicate"], answer["apel_id"]) == (True, str(inbox.apel.id))
    assert inbox.states() == {"done": 1}


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b'{"event": NaN}', "failed"),
        (b'{"event": "meeting.started", "event": "user.created"}', "ignored"),
        (b'{"event": "\\ud800"}', "ignored"),
        (b'{"event": "meeting.started", "payload": {"object": {"uuid": "\\u0000", "id": 1}}}', "failed"),
        (b"{}", "failed"),
        (event(number="999"), "done"),
    ],
)
def test_any_object_of_an_adapter_is_kept_and_belongs_to_no_apel(
    inbox: Inbox, api: Api, body: bytes, state: str
) -> None:
    answer = deliver(api, body)
    assert (answer.status_code, answer.json()["apel_id"], answer.json()["apel_state"]) == (200, None, None)
    assert inbox.rows(select(ZoomInbox.body, ZoomInbox.state)) == [(body, state)]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"1", b'{"a":' * 50_000])
def test_what_is_no_object_is_refused_and_kept_nowhere(inbox: Inbox, api: Api, body: bytes) -> None:
    answer = deliver(api, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "event-not-object")
    assert inbox.states() == {}


@pytest.mark.parametrize("role", set(Role) - {Role.ADAPTER})
def test_only_adapters_deliver_without_signature(api: Api, role: Role) -> None:
    assert deliver(api, started(), role).status_code == 403


TOLD = ("configured", "last_event_at", "inbox", "oldest_new_at", "quarantine", "validated_at", "seats", "gaps")


def health(api: Api) -> tuple[dict[str, Any], set[str]]:
    """What is told beside the lights, and the codes of those that are on."""
    told = api.as_(Role.KOMINFO).get("/v1/zoom/health").json()
    assert list(told) == [*TOLD[:-1], "lights", "gaps"]
    assert [light["code"] for light in told["lights"]] == list(LightCode)
    return {name: told[name] for name in TOLD}, {one["code"] for one in told["lights"] if one["state"] != "ok"}


def test_health_tells_what_waits_failed_and_was_set_aside(inbox: Inbox, api: Api) -> None:
    unset = {"endpoint", "validation", "credentials"}
    assert health(api) == (
        {
            "configured": False,
            "last_event_at": None,
            "inbox": {"new": 0, "done": 0, "ignored": 0, "failed": 0},
            "oldest_new_at": None,
            "quarantine": {"deliveries": 0, "last_at": None, "last_seconds": None},
            "validated_at": None,
            "seats": None,
            "gaps": [],
        },
        unset,
    )
    inbox.receive(started(), event("user.created"), b"{")
    inbox.process()
    inbox.receive(ended())
    inbox._run(_set_aside(inbox, 3660))
    told, lights = health(api.at(LATER))
    assert told == {
        "configured": False,
        "last_event_at": "2026-11-22T23:30:00Z",
        "inbox": {"new": 1, "done": 1, "ignored": 1, "failed": 1},
        "oldest_new_at": "2026-11-22T23:30:00Z",
        "quarantine": {"deliveries": 1, "last_at": "2026-11-23T00:31:00Z", "last_seconds": 3660},
        "validated_at": None,
        "seats": None,
        "gaps": [],
    }
    assert lights == unset | {"clock-skew", "unread"}


async def _set_aside(inbox: Inbox, skew: int) -> None:
    async with inbox.sessions.begin() as session:
        session.add(ZoomQuarantine(body_sha256=b"x", body=b"x", sent_at=MONDAY, received_at=LATER, skew_seconds=skew))


@pytest.mark.parametrize("role", Role)
def test_who_may_look_at_health(api: Api, role: Role) -> None:
    allowed = {Role.KOMINFO, Role.ADMIN, Role.INSPECTOR}
    assert api.as_(role).get("/v1/zoom/health").status_code == (200 if role in allowed else 403)
