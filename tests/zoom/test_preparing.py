"""Preparing an apel's meeting over HTTP, and the job that has Zoom do its part."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import stamina
from pydantic import SecretStr
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.apel.models import Apel
from app.audit.models import AuditEntry
from app.background import handlers
from app.core.db import OpenSession
from app.core.jobs import take_turn
from app.core.principal import Role
from app.demo.zoom_twin.account import Account
from app.demo.zoom_twin.api import make_zoom
from app.demo.zoom_twin.faults import load_faults
from app.evidence.models import IdentityKey
from app.zoom.models import ZoomRegistrant
from app.zoom.tokens import Credentials
from tests.client import Api
from tests.make import MONDAY, Make
from tests.zoom.meetings_stand_in import HOST, Meetings
from tests.zoom.stand_in import Answer, connect

NUMBER = "86084701483"
SUNDAY = MONDAY - timedelta(hours=12)


class Monday:
    """An apel of two OPDs on the day before it; `ask` goes to the service, `work` does the jobs that are due."""

    def __init__(self, make: Make, loop: asyncio.Runner, sessions: OpenSession, api: Api) -> None:
        self.make, self.session, self.api, self._loop, self._sessions = (
            make,
            make.session,
            api.at(SUNDAY),
            loop,
            sessions,
        )
        make.opd("DISDIK")
        make.opd("DINKES")
        self.siti = make.asn("DISDIK", "Siti Aminah", nip="198501012010011001")
        self.budi = make.asn("DISDIK", "Budi Santoso", nip="198501012010011002")
        self.ana = make.asn("DINKES", "Ana Lestari", nip="198501012010021003")
        self.apel: Apel = make.apel()
        self.zoom = Meetings()

    def connect(self) -> None:
        self.api._app.state.zoom = connect(self.zoom, clock=lambda: self.api.now)

    @property
    def path(self) -> str:
        return f"/v1/apel/{self.apel.id}/zoom"

    def prepare(self, role: Role = Role.KOMINFO, /, **body: Any) -> dict[str, Any]:
        answer = self.api.as_(role).post(f"{self.path}/prepare", body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def read(self) -> dict[str, Any]:
        told: dict[str, Any] = self.api.as_(Role.KOMINFO).get(self.path).json()
        return told

    def invitations(self, role: Role = Role.KOMINFO, own: str | None = None, **query: Any) -> list[dict[str, Any]]:
        answer = self.api.as_(role, own).get(f"{self.path}/invitations", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def numbers(self) -> list[str]:
        found: list[str] = self.api.as_(Role.KOMINFO).get(f"/v1/apel/{self.apel.id}").json()["zoom_meeting_ids"]
        return found

    def turn(self) -> bool:
        app = self.api._app
        return self._loop.run(take_turn(self._sessions, lambda: self.api.now, handlers(app)))

    def work(self) -> int:
        """Do what is due; how many turns that took."""
        for turns in range(100):
            if not self.turn():
                return turns
        raise AssertionError("it never ends")

    def all(self, statement: Any) -> list[Any]:
        async def ask() -> list[Any]:
            return list(await self.session.scalars(statement, execution_options={"populate_existing": True}))

        found: list[Any] = self._loop.run(ask())
        return found


@pytest.fixture
def monday(make: Make, loop: asyncio.Runner, sessions: OpenSession, api: Api) -> Iterator[Monday]:
    with stamina.set_testing(True, attempts=2):
        yield Monday(make, loop, sessions, api)


@pytest.fixture
def connected(monday: Monday) -> Monday:
    monday.connect()
    return monday


def test_a_meeting_made_by_hand_is_prepared_without_access_to_zoom(monday: Monday) -> None:
    told = monday.prepare(meeting_id="860 8470 1483", passcode="apel2026")
    text = told.pop("text")
    assert told == {
        "apel_id": str(monday.apel.id),
        "mode": "shared",
        "state": "ready",
        "error": None,
        "meeting_id": NUMBER,
        "passcode": "apel2026",
        "join_url": f"https://zoom.us/j/{NUMBER}",
        "seats": None,
        "seats_from": None,
        "expected": {"rooms": 2, "persons": 0},
        "registered": None,
        "warnings": ["seats-unknown"],
    }
    for words in ("Senin, 23 November 2026", "07.30 WITA", "860 8470 1483", "apel2026", "[KODE OPD] Ruang"):
        assert words in text
    assert monday.numbers() == [NUMBER]
    assert not monday.turn()
    assert monday.read() == told | {"text": text}


def test_a_unit_reads_the_names_to_carry_and_a_link_that_fills_them_in(monday: Monday) -> None:
    monday.prepare(meeting_id=NUMBER, passcode="apel2026")
    room, siti, budi = monday.invitations(Role.OPD_OPERATOR, "DISDIK")
    assert room == {
        "kind": "room",
        "opd_code": "DISDIK",
        "asn_id": None,
        "name": "Dinas Disdik",
        "display_name": "[DISDIK] Ruang Disdik",
        "expected": True,
        "personal": False,
        "join_url": f"https://zoom.us/j/{NUMBER}?uname=%5BDISDIK%5D%20Ruang%20Disdik",
        "text": room["text"],
    }
    assert [one["display_name"] for one in (siti, budi)] == ["[DISDIK] 1001 Siti", "[DISDIK] 1002 Budi"]
    assert not siti["expected"]
    for words in ("860 8470 1483", "apel2026", "[DISDIK] Ruang Disdik", "Nama tampilan"):
        assert words in room["text"]


def test_texts_are_english_for_whom_english_comes_first(monday: Monday) -> None:
    monday.prepare(meeting_id=NUMBER)
    english = {"accept-language": "en"}
    told = monday.api.as_(Role.KOMINFO).get(monday.path, headers=english).json()
    assert "Monday, 23 November 2026" in told["text"]
    assert "Passcode: –" in told["text"]
    listed = monday.api.as_(Role.OPD_HEAD, "DINKES").get(f"{monday.path}/invitations", headers=english).json()
    assert "Display name: [DINKES] Ruang Dinkes" in listed["items"][0]["text"]


def test_the_first_number_of_the_apel_serves_when_none_is_named(make: Make, monday: Monday) -> None:
    monday.apel = make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER, "91000000009"])
    assert monday.read()["state"] == "unprepared"
    assert monday.read()["meeting_id"] == NUMBER
    assert monday.prepare()["meeting_id"] == NUMBER
    assert monday.prepare(meeting_id="91000000009")["meeting_id"] == "91000000009"
    assert monday.numbers() == ["91000000009", NUMBER]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "zoom-number-missing"),
        ({"mode": "registration"}, 409, "zoom-not-connected"),
        ({"mode": "both"}, 422, "input-invalid"),
        ({"host": "a/b"}, 422, "input-invalid"),
        ({"meeting_id": "12"}, 422, "input-invalid"),
    ],
)
def test_what_cannot_be_prepared_changes_nothing(monday: Monday, body: Any, status: int, code: str) -> None:
    answer = monday.api.as_(Role.KOMINFO).post(f"{monday.path}/prepare", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert monday.read()["state"] == "unprepared"
    assert monday.numbers() == []


def test_a_cancelled_apel_is_not_prepared(monday: Monday) -> None:
    monday.api.as_(Role.KOMINFO).post(f"/v1/apel/{monday.apel.id}/cancel")
    answer = monday.api.as_(Role.KOMINFO).post(f"{monday.path}/prepare", {"meeting_id": NUMBER})
    assert (answer.status_code, answer.json()["code"]) == (409, "apel-cancelled")


def test_passcode_link_and_seats_of_a_known_meeting_come_from_zoom(connected: Monday) -> None:
    connected.zoom.meeting(NUMBER)
    assert connected.prepare(meeting_id=NUMBER, host=HOST)["state"] == "preparing"
    assert connected.work() == 1
    told = connected.read()
    assert (told["state"], told["passcode"]) == ("ready", "rahasia1")
    assert told["join_url"] == f"https://zoom.us/j/{NUMBER}?pwd=abc"
    assert (told["seats"], told["seats_from"], told["warnings"]) == (300, "zoom", [])
    assert connected.zoom.calls(f"/v2/meetings/{NUMBER}")[0].method == "GET"


def test_a_number_of_another_account_serves_all_the_same(connected: Monday) -> None:
    connected.zoom.seats = None
    connected.prepare(meeting_id=NUMBER, passcode="apel2026", host=HOST)
    connected.work()
    told = connected.read()
    assert (told["state"], told["meeting_id"], told["passcode"]) == ("ready", NUMBER, "apel2026")


def test_a_meeting_for_all_is_made_once_and_moves_with_its_apel(connected: Monday) -> None:
    connected.prepare(host=HOST)
    connected.work()
    [made] = connected.zoom.all_made()
    number = str(made["id"])
    assert (made["type"], made["settings"]["approval_type"], made["start_time"]) == (2, 2, "2026-11-22T23:30:00Z")
    assert connected.numbers() == [number]
    moved = {"starts_at": "2026-11-23T07:45:00+08:00", "title": "Apel Senin"}
    version = connected.api.as_(Role.KOMINFO).get(f"/v1/apel/{connected.apel.id}").headers["etag"]
    apel = f"/v1/apel/{connected.apel.id}"
    assert connected.api.as_(Role.KOMINFO).patch(apel, moved, headers={"if-match": version}).status_code == 200
    connected.prepare()
    connected.work()
    [made] = connected.zoom.all_made()
    assert (made["topic"], made["start_time"], made["duration"]) == ("Apel Senin", "2026-11-22T23:45:00Z", 15)
    assert (connected.numbers(), connected.read()["meeting_id"]) == ([number], number)


@pytest.mark.parametrize(
    ("own", "zoom", "seats", "source", "warnings"),
    [
        (2, None, 2, "setting", ["seats-short"]),
        (3, None, 3, "setting", []),
        (3, 2, 2, "zoom", ["seats-short"]),
        (None, None, None, None, ["seats-unknown"]),
    ],
)
def test_seats_stand_beside_those_who_are_expected(
    connected: Monday, own: int | None, zoom: int | None, seats: int | None, source: str | None, warnings: list[str]
) -> None:
    connected.make.absence(connected.siti, "WFA")
    connected.api._app.state.settings.zoom_seats = own
    connected.zoom.seats = zoom
    connected.prepare(meeting_id=NUMBER, host=HOST)
    connected.work()
    told = connected.read()
    assert (told["seats"], told["seats_from"], told["warnings"]) == (seats, source, warnings)
    assert told["expected"] == {"rooms": 2, "persons": 1}


def registrants(monday: Monday) -> dict[str, Any]:
    """Zoom's list by name."""
    [held] = monday.zoom.registrants.values()
    return {one["name"]: one for one in held.values()}


def test_rooms_and_people_elsewhere_get_links_of_their_own(connected: Monday) -> None:
    connected.make.absence(connected.siti, "WFA")
    connected.make.absence(connected.ana, "DL")
    connected.make.absence(connected.budi, "CT")
    assert connected.prepare(mode="registration", host=HOST)["state"] == "preparing"
    connected.work()
    told = connected.read()
    assert (told["state"], told["registered"]) == ("ready", {"done": 4, "total": 4})
    [made] = connected.zoom.all_made()
    assert (made["settings"]["approval_type"], connected.numbers()) == (0, [str(made["id"])])
    at_zoom = registrants(connected)
    items = connected.invitations()
    assert [(one["display_name"], one["personal"], one["join_url"]) for one in items] == [
        (name, True, at_zoom[name]["join_url"])
        for name in ("[DINKES] Ruang Dinkes", "[DINKES] 1003 Ana", "[DISDIK] Ruang Disdik", "[DISDIK] 1001 Siti")
    ]
    assert all(one["email"].endswith("@apel.example.com") for one in at_zoom.values())
    keys = {row.value: row for row in connected.all(select(IdentityKey))}
    siti = keys[at_zoom["[DISDIK] 1001 Siti"]["id"]]
    assert (siti.kind, siti.origin, siti.subject_kind, siti.asn_id) == (
        "registrant", "registration", "person", connected.siti.id,
    )  # fmt: skip
    room = keys[at_zoom["[DISDIK] Ruang Disdik"]["id"]]
    assert (room.subject_kind, room.opd_code, len(keys)) == ("room", "DISDIK", 4)


def test_run_again_it_repairs_and_never_doubles(connected: Monday) -> None:
    connected.make.absence(connected.siti, "WFA")
    connected.prepare(mode="registration", host=HOST)
    connected.work()
    first = registrants(connected)
    [held] = connected.zoom.registrants.values()
    del held[first["[DINKES] Ruang Dinkes"]["email"]]
    connected.make.absence(connected.ana, "DL")
    connected.prepare(mode="registration")
    connected.work()
    second = registrants(connected)
    assert len(connected.zoom.all_made()) == 1
    assert {name: one["adds"] for name, one in second.items()} == dict.fromkeys([*first, "[DINKES] 1003 Ana"], 1)
    assert [one["join_url"] for one in connected.invitations() if one["opd_code"] == "DISDIK"] == [
        first["[DISDIK] Ruang Disdik"]["join_url"],
        first["[DISDIK] 1001 Siti"]["join_url"],
    ]
    assert all(one["join_url"] for one in connected.invitations())


def test_who_is_not_expected_any_more_is_not_handed_a_link(connected: Monday) -> None:
    absence = connected.make.absence(connected.siti, "WFA")
    connected.prepare(mode="registration", host=HOST)
    connected.work()
    absence.state = "rejected"
    connected.make.add(absence)
    connected.prepare(mode="registration")
    connected.work()
    assert [one["display_name"] for one in connected.invitations(opd_code="DISDIK")] == ["[DISDIK] Ruang Disdik"]
    assert connected.read()["registered"] == {"done": 2, "total": 2}


def test_batches_hold_thirty_and_each_is_a_turn(connected: Monday) -> None:
    for number in range(63):
        connected.make.opd(f"UPT-{number:02}")
    connected.prepare(mode="registration", host=HOST)
    assert connected.turn()
    seen = [connected.read()["registered"] for _ in range(3) if connected.turn()]
    assert [one["done"] for one in seen] == [30, 60, 65]
    assert not connected.turn()
    batches = [one.body["registrants"] for one in connected.zoom.asked if one.raw_path.endswith("/batch_registrants")]
    assert [len(batch) for batch in batches] == [30, 30, 5]


def test_the_number_of_statements_does_not_depend_on_how_many_are_registered(
    connected: Monday, engine: AsyncEngine
) -> None:
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements() -> int:
        connected.prepare(mode="registration", host=HOST)
        connected.turn()
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        try:
            assert connected.turn()
            connected.invitations(limit=200)
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", count)
        assert connected.read()["state"] == "ready"
        return len(counted)

    few = statements()
    for number in range(25):
        connected.make.opd(f"UPT-{number:02}")
    assert statements() == few


def test_the_meeting_and_its_job_are_read_at_one_moment(connected: Monday, engine: AsyncEngine) -> None:
    """A job that ends between two reads made a meeting look ready that had no number yet."""
    connected.prepare(host=HOST)
    said: list[str] = []

    def listen(*arguments: Any) -> None:
        said.append(arguments[2])

    event.listen(engine.sync_engine, "before_cursor_execute", listen)
    try:
        connected.read()
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", listen)
    asked = [one for one in said if "FROM zoom_meeting" in one or "JOIN job" in one or "FROM job" in one]
    assert len(asked) == 1
    assert "zoom_meeting LEFT OUTER JOIN job" in asked[0]


def test_a_lost_answer_doubles_neither_a_meeting_nor_a_registrant(connected: Monday) -> None:
    connected.prepare(mode="registration", host=HOST)
    agenda = f"Apel Virtual {connected.apel.id} (registration)"
    connected.zoom.meeting("91000000077", registration=True, topic="Apel Gabungan", agenda=agenda)
    connected.zoom.loses_answers = 1
    connected.work()
    told = connected.read()
    assert (told["state"], told["error"], told["meeting_id"]) == ("preparing", "zoom-unavailable", "91000000077")
    connected.api.at(SUNDAY + timedelta(minutes=2))
    connected.work()
    assert connected.read()["state"] == "ready"
    assert {one["adds"] for one in registrants(connected).values()} == {1}
    assert len(connected.zoom.all_made()) == 1


def test_a_limit_is_waited_for_and_shown(connected: Monday) -> None:
    connected.zoom.failures.append(Answer(429, b"", {"retry-after": "600"}))
    connected.prepare(mode="registration", host=HOST)
    connected.work()
    told = connected.read()
    assert (told["state"], told["error"], told["registered"]) == ("preparing", "zoom-busy", {"done": 0, "total": 2})
    connected.api.at(SUNDAY + timedelta(minutes=9))
    assert not connected.turn()
    connected.zoom.failures += [Answer(429, b"")] * 20
    for minute in range(10, 21):
        connected.api.at(SUNDAY + timedelta(minutes=minute))
        connected.work()
    assert connected.read()["error"] is None
    assert connected.read()["registered"] == {"done": 2, "total": 2}


def test_one_whom_zoom_refuses_fails_nobody_else_and_is_tried_three_times_a_day(connected: Monday) -> None:
    connected.make.absence(connected.siti, "WFA")
    connected.zoom.deaf_to = {"[DISDIK] 1001 Siti"}
    connected.prepare(mode="registration", host=HOST)
    connected.work()
    told = connected.read()
    assert (told["state"], told["error"], told["registered"]) == (
        "failed", "registrants-not-taken", {"done": 2, "total": 3},
    )  # fmt: skip
    [row] = connected.all(select(ZoomRegistrant).where(ZoomRegistrant.registrant_id.is_(None)))
    assert (row.asn_id, row.adds) == (connected.siti.id, 3)
    [siti] = [one for one in connected.invitations(opd_code="DISDIK") if one["kind"] == "person"]
    assert (siti["join_url"], siti["text"]) == (None, None)
    connected.zoom.deaf_to = set()
    connected.prepare(mode="registration")
    connected.work()
    assert connected.read()["state"] == "failed"
    connected.api.at(MONDAY + timedelta(minutes=31))
    connected.prepare(mode="registration")
    connected.work()
    assert connected.read()["registered"] == {"done": 3, "total": 3}


def test_a_meeting_by_hand_must_ask_for_registration(connected: Monday) -> None:
    connected.zoom.meeting(NUMBER)
    connected.prepare(mode="registration", meeting_id=NUMBER, host=HOST)
    connected.work()
    told = connected.read()
    assert (told["state"], told["error"]) == ("failed", "registration-not-enabled")


def test_a_meeting_for_registrants_is_none_for_all(connected: Monday) -> None:
    connected.prepare(mode="registration", host=HOST)
    connected.work()
    closed = connected.read()["meeting_id"]
    connected.prepare(mode="shared")
    connected.work()
    told = connected.read()
    assert (told["state"], len(connected.zoom.all_made())) == ("ready", 2)
    assert told["meeting_id"] != closed
    assert connected.numbers() == [told["meeting_id"], closed]
    assert not any(one["personal"] for one in connected.invitations())


def test_a_number_by_hand_helps_out_where_zoom_failed(connected: Monday) -> None:
    connected.zoom.meeting(NUMBER)
    connected.prepare(mode="registration", meeting_id=NUMBER, host=HOST)
    connected.work()
    connected.api._app.state.zoom = None
    told = connected.prepare(meeting_id=NUMBER)
    assert (told["state"], told["error"], told["meeting_id"]) == ("ready", None, NUMBER)


def test_nothing_is_asked_of_zoom_once_the_apel_is_over(connected: Monday) -> None:
    connected.prepare(mode="registration", host=HOST)
    connected.api.at(MONDAY + timedelta(hours=3))
    connected.work()
    assert connected.zoom.asked == []


def test_a_zoom_at_its_worst_is_prepared_all_the_same(connected: Monday) -> None:
    """Busy and broken answers, revoked tokens, small pages: each room is registered, once."""
    for number in range(40):
        connected.make.opd(f"UPT-{number:02}")
    faults = load_faults("worst")
    rougher = replace(faults.api, busy=0.15, failing=0.15, token_revoked=0.1)
    account = Account(lambda: connected.api.now, replace(faults, api=rougher))
    own = Credentials("apel-contoh", "apel-contoh-klien", SecretStr("apel-contoh-rahasia"))
    connected.api._app.state.zoom = connect(make_zoom(account), clock=lambda: connected.api.now, credentials=own)
    connected.prepare(mode="registration")
    for _ in range(60):
        connected.work()
        connected.api.at(connected.api.now + timedelta(minutes=2))
    assert connected.read()["state"] == "ready"
    [meeting] = account.meetings.values()
    assert sorted(one.first_name for one in meeting.registrants.values()) == sorted(
        one["display_name"] for one in connected.invitations(limit=200)
    )
    assert len(meeting.registrants) == 42
    assert set(meeting.adds.values()) == {1}
    assert min(account.calls[trouble] for trouble in ("failed", "busy", "token refused")) > 0


PREPARE, READ, INVITE = ("post", "/prepare"), ("get", ""), ("get", "/invitations?opd_code=DISDIK")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.KOMINFO, {PREPARE, READ, INVITE}),
        (Role.ADMIN, {READ}),
        (Role.INSPECTOR, {READ}),
        (Role.OPD_HEAD, {INVITE}),
        (Role.OPD_OPERATOR, {INVITE}),
        (Role.BUPATI, set()),
        (Role.ASN, set()),
        (Role.READER, set()),
        (Role.ADAPTER, set()),
        (Role.SCREEN, set()),
    ],
)
def test_who_may_do_what(monday: Monday, role: Role, allowed: set[tuple[str, str]]) -> None:
    monday.prepare(meeting_id=NUMBER)
    for method, path in (PREPARE, READ, INVITE):
        body = {"json": {"meeting_id": NUMBER}} if method == "post" else {}
        answer = monday.api.as_(role, "DISDIK").request(method, monday.path + path, **body)
        assert answer.status_code == (200 if (method, path) in allowed else 403), (method, path)


def test_links_of_others_do_not_exist_and_no_nip_is_told(connected: Monday) -> None:
    connected.make.absence(connected.siti, "WFA")
    connected.make.absence(connected.ana, "WFA")
    connected.prepare(mode="registration", host=HOST)
    connected.work()
    path = f"{connected.path}/invitations"
    own = connected.api.as_(Role.OPD_HEAD, "DINKES")
    assert own.get(path, params={"opd_code": "DISDIK"}).status_code == 404
    told = own.get(path)
    assert [one["opd_code"] for one in told.json()["items"]] == ["DINKES", "DINKES"]
    assert "1985010120100" not in told.text
    assert connected.api.as_(Role.KOMINFO).get(path, params={"opd_code": "NOWHERE"}).status_code == 404
    # Nobody but an own unit and the operator: an inspector reads how far it is, and no link.
    shown = connected.api.as_(Role.INSPECTOR).get(connected.path).text
    assert not any(one["join_url"] in shown for one in connected.invitations())


def test_invitations_are_read_page_by_page(monday: Monday) -> None:
    monday.prepare(meeting_id=NUMBER)
    api, path, names, cursor = monday.api.as_(Role.KOMINFO), f"{monday.path}/invitations", [], None
    while True:
        query = {"opd_code": "DISDIK", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = api.get(path, params=query).json()
        names += [one["display_name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["[DISDIK] Ruang Disdik", "[DISDIK] 1001 Siti", "[DISDIK] 1002 Budi"]


def test_reading_names_of_people_leaves_a_record(monday: Monday) -> None:
    monday.prepare(meeting_id=NUMBER)
    monday.invitations(Role.OPD_OPERATOR, "DISDIK")
    entries = {row.action: row for row in monday.all(select(AuditEntry))}
    assert len(entries["zoom.read_invitations"].subjects) == 2
    assert entries["zoom.prepare"].detail == {"mode": "shared"}
