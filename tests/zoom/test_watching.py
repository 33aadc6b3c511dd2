"""The watch over Zoom: what the board and the health say while evidence is missing, and after it came."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import event as hooks
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.db import OpenSession
from app.core.jobs import GivenUp, Job, take_turn, want_job
from app.core.principal import Role
from app.core.settings import Settings
from app.core.stale import Stale
from app.evidence.lists import accept_list
from app.evidence.models import EvidenceGap
from app.evidence.rules import ListSource, StaySeen
from app.zoom.client import open_zoom
from app.zoom.door import Door
from app.zoom.inbox import keep_events, process_pending
from app.zoom.models import ZoomInbox, ZoomQuarantine
from app.zoom.pulling import KIND
from app.zoom.replay import replay_failed
from app.zoom.watching import prove_access, watch_zoom
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import NUMBER, Story, claim, naming
from tests.zoom.conftest import SECRET
from tests.zoom.test_inbox import joined, started

Run = Callable[[Coroutine[Any, Any, Any]], Any]
MINUTE = timedelta(minutes=1)
BLAMED = ("DISDIK", "wfa-without-presence", "suspicious")


class Watched:
    """An apel at which somebody on WFA is not seen, and the watch, whose rounds the test lets happen."""

    def __init__(self, run: Run, sessions: OpenSession, make: Make, api: Api, settings: Settings) -> None:
        self.run, self.sessions, self.session, self.api = run, sessions, make.session, api
        self.settings, self.door = settings, Door()
        make.opd("DISDIK")
        person = make.asn(name="Wati Lama", nip="198501012010012002")
        self.story = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
        self.story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
        self.now = MONDAY

    def at(self, minute: float) -> "Watched":
        self.now = MONDAY + minute * MINUTE
        self.api.at(self.now)
        return self

    def look(self, minute: float, *, listening: bool = False) -> None:
        """Another round of the watch."""
        self.at(minute)
        self.run(watch_zoom(self.sessions, lambda: self.now, self.settings, self.door, listening=listening))

    def health(self) -> dict[str, Any]:
        answer = self.api.as_(Role.KOMINFO).at(self.now).get("/v1/zoom/health")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def lights(self) -> dict[str, tuple[str, str]]:
        return {light["code"]: (light["state"], light["text"]) for light in self.health()["lights"]}

    def board(self) -> dict[str, Any]:
        """State and reason of the evidence."""
        found: dict[str, Any] = self.story.board(self.now)["evidence_health"]
        return found

    def told(self) -> tuple[str, str | None]:
        health = self.board()
        return health["state"], health["reason"]

    def receive(self, *bodies: bytes, minute: float) -> None:
        async def keep() -> None:
            async with self.sessions.begin() as session:
                await keep_events(session, bodies, "webhook", at=MONDAY + minute * MINUTE)

        self.run(keep())

    def set_aside(self, *bodies: bytes, minute: float, skew: int = 600) -> None:
        sent = MONDAY + minute * MINUTE
        rows = [
            ZoomQuarantine(
                body_sha256=sha256(body).digest(), body=body, sent_at=sent, skew_seconds=skew,
                received_at=sent + timedelta(seconds=skew),
            )
            for body in bodies
        ]  # fmt: skip

        async def keep() -> None:
            async with self.sessions.begin() as session:
                session.add_all(rows)

        self.run(keep())

    def understand(self) -> None:
        while self.run(process_pending(self.sessions, lambda: self.now)):
            pass

    def gaps(self) -> list[tuple[str, float, float | None]]:
        """Those that count: kind, from and to in minutes."""

        async def read() -> list[tuple[str, float, float | None]]:
            async with self.sessions() as session:
                found = select(EvidenceGap).where(EvidenceGap.mended_at.is_(None)).order_by(EvidenceGap.from_at)
                return [(gap.kind, _minutes(gap.from_at), None if gap.to_at is None else _minutes(gap.to_at))
                        for gap in await session.scalars(found)]  # fmt: skip

        found: list[tuple[str, float, float | None]] = self.run(read())
        return found

    def count_stale(self) -> int:
        async def read() -> int:
            async with self.sessions() as session:
                return await session.scalar(select(func.count()).select_from(Stale)) or 0

        number: int = self.run(read())
        return number


def _minutes(instant: datetime) -> float:
    return (instant - MONDAY).total_seconds() / 60


@pytest.fixture
def watched(run: Run, sessions: OpenSession, make: Make, api: Api, settings: Settings) -> Watched:
    listening = settings.model_copy(update={"zoom_webhook_secrets": (SecretStr(SECRET),), "zoom_seats": None})
    api._app.state.settings = listening
    return Watched(run, sessions, make, api, listening)


def complete(watched: Watched, *stays: tuple[str, float, float]) -> None:
    seen = [StaySeen(name, MONDAY + begin * MINUTE, MONDAY + end * MINUTE) for name, begin, end in stays]

    async def accept() -> None:
        async with watched.sessions.begin() as session:
            assert await accept_list(session, watched.story.meeting.uuid, ListSource.REPORT, seen, at=watched.now)

    watched.run(accept())


def test_an_outage_of_two_hours_is_on_the_board_while_it_lasts_and_a_complete_list_ends_it(watched: Watched) -> None:
    story = watched.story
    story.starts(MONDAY - 5 * MINUTE)
    story.joins("[DISDIK] Ruang", MONDAY + 11 * MINUTE)
    watched.look(20)
    assert watched.told() == ("good", None)
    revision = story.board(watched.now)["revision"]
    watched.look(27)
    assert watched.told() == ("gap", "Zoom sunyi sejak 07.41 WITA.")
    assert watched.board()["lights"] == [
        {"code": "events", "state": "bad", "text": "Zoom sunyi sejak 07.41 WITA.", "since": "2026-11-22T23:41:00Z"}
    ]  # fmt: skip
    assert watched.lights()["events"] == ("bad", "Zoom sunyi sejak 07.41 WITA.")
    assert story.board(watched.now)["revision"] > revision
    watched.look(100)
    assert watched.told() == ("gap", "Zoom sunyi sejak 07.41 WITA.")
    story.ends(MONDAY + 35 * MINUTE)
    watched.look(131)
    assert watched.gaps() == [("silence", 11, 35)]
    assert watched.told() == ("gap", "Zoom sunyi dari 07.41 WITA sampai 08.05 WITA.")
    assert BLAMED not in story.findings(watched.now)
    complete(watched, ("[DISDIK] Ruang", 11, 35))
    watched.look(132)
    assert watched.told() == ("good", None)
    assert BLAMED in story.findings(watched.now)
    assert watched.lights()["events"][0] == "ok"


def test_looking_again_at_what_is_known_changes_nothing(watched: Watched) -> None:
    watched.story.starts(MONDAY)
    watched.look(20)
    watched.story.board(watched.now)
    before = watched.gaps()
    assert before == [("silence", 0, None)]
    watched.look(21)
    watched.look(22)
    assert (watched.gaps(), watched.count_stale()) == (before, 0)


def test_what_came_late_mends_the_silence_that_it_fell_into(watched: Watched) -> None:
    story = watched.story
    story.starts(MONDAY)
    watched.look(30)
    assert watched.told()[0] == "gap"
    for minute in (9, 18, 27):
        story.joins(f"[DISDIK] Ruang {minute}", MONDAY + minute * MINUTE)
    watched.look(31)
    assert (watched.gaps(), watched.told()) == ([], ("good", None))


def test_a_meeting_that_does_not_come_is_told_after_ten_minutes(watched: Watched) -> None:
    watched.look(9)
    assert watched.told() == ("good", None)
    watched.look(11)
    assert watched.told() == ("gap", "Zoom sunyi sejak 07.30 WITA.")
    watched.story.starts(MONDAY + 12 * MINUTE)
    watched.story.joins("[DISDIK] Ruang", MONDAY + 13 * MINUTE)
    watched.look(14)
    assert watched.told() == ("good", None)


def test_events_of_another_meeting_prove_that_zoom_is_heard(watched: Watched) -> None:
    watched.story.starts(MONDAY)
    watched.receive(joined("u", 10, "Rapat lain"), minute=10)
    watched.look(20)
    assert watched.gaps() == []


def test_a_wrong_clock_is_told_and_a_person_lets_in_what_was_set_aside(watched: Watched, api: Api) -> None:
    watched.receive(started(), minute=0)
    watched.understand()
    bodies = [joined(f"device-{n}", n, f"[DISDIK] Ruang {n}") for n in range(3)]
    watched.set_aside(*bodies, minute=2, skew=3660)
    watched.look(5)
    assert watched.gaps() == [("clock-skew", 2, None)]
    assert watched.told() == ("gap", "Kiriman Zoom disisihkan sejak 07.32 WITA karena jam berbeda.")
    operator = api.as_(Role.KOMINFO).at(watched.now)
    page = operator.get("/v1/zoom/quarantine?limit=2").json()
    rest = operator.get(f"/v1/zoom/quarantine?limit=2&cursor={page['next_cursor']}").json()
    listed = page["items"] + rest["items"]
    assert sorted(item["id"] for item in listed) == sorted(sha256(body).hexdigest() for body in bodies)
    assert page["items"][0] == {
        "id": page["items"][0]["id"],
        "sent_at": "2026-11-22T23:32:00Z",
        "received_at": "2026-11-23T00:33:00Z",
        "skew_seconds": 3660,
        "event": "meeting.participant_joined",
        "known": False,
    }
    release = "/v1/zoom/quarantine/release"
    one = operator.post(release, {"ids": [listed[0]["id"]]}).json()
    assert one == {"released": 1, "new": 1, "remaining": 2}
    assert operator.post(release, {"ids": [listed[0]["id"]]}).json() == {"released": 0, "new": 0, "remaining": 2}
    assert operator.post(release, {"all": True}).json() == {"released": 2, "new": 2, "remaining": 0}
    watched.understand()
    watched.look(6)
    assert (watched.gaps(), watched.told()) == ([], ("good", None))
    assert watched.board()["rooms"] == 1
    assert watched.run(_actions(watched.session)) == ["zoom.release", "zoom.release"]


async def _actions(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(AuditEntry.action).where(AuditEntry.action == "zoom.release")))


@pytest.mark.parametrize("body", [{}, {"ids": None}, {"all": False}, {"all": True, "ids": ["0" * 64]}])
def test_what_is_to_be_released_is_said(api: Api, body: dict[str, Any]) -> None:
    answer = api.as_(Role.KOMINFO).post("/v1/zoom/quarantine/release", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "release-unclear")


@pytest.mark.parametrize("role", Role)
def test_who_may_look_into_the_quarantine_and_who_may_open_it(api: Api, role: Role) -> None:
    looks = role in {Role.KOMINFO, Role.ADMIN, Role.INSPECTOR}
    assert api.as_(role).get("/v1/zoom/quarantine").status_code == (200 if looks else 403)
    answer = api.as_(role).post("/v1/zoom/quarantine/release", {"all": True})
    assert answer.status_code == (200 if role is Role.KOMINFO else 403)


def test_a_delivery_that_came_in_time_as_well_is_no_gap(watched: Watched, api: Api) -> None:
    watched.story.starts(MONDAY)
    body = joined("device", 1, "[DISDIK] Ruang")
    watched.receive(body, minute=1)
    watched.set_aside(body, minute=1)
    watched.look(5)
    assert watched.gaps() == []
    assert api.as_(Role.KOMINFO).get("/v1/zoom/quarantine").json()["items"][0]["known"] is True


def test_an_event_that_is_not_understood_is_a_gap_until_it_is(watched: Watched) -> None:
    watched.story.starts(MONDAY)
    broken = b'{"event": "meeting.participant_joined", "payload": {}}'
    watched.receive(broken, minute=3)
    watched.understand()
    watched.look(5)
    assert watched.gaps() == [("unread", 3, None)]
    assert watched.told()[1] == "Ada peristiwa Zoom yang tidak terbaca sejak 07.33 WITA."
    assert watched.run(replay_failed(watched.sessions, lambda: watched.now)) == 1
    watched.look(6)
    assert watched.gaps() == [("unread", 3, None)]

    async def understand_at_last() -> None:
        async with watched.sessions.begin() as session:
            row = (await session.scalars(select(ZoomInbox).where(ZoomInbox.state == "failed"))).one()
            row.state = "ignored"

    watched.run(understand_at_last())
    watched.look(7)
    assert (watched.gaps(), watched.told()) == ([], ("good", None))


def test_whom_a_full_licence_kept_out_was_not_absent(watched: Watched) -> None:
    watched.settings = watched.settings.model_copy(update={"zoom_seats": 2})
    story = watched.story
    story.starts(MONDAY - 5 * MINUTE)
    first = story.joins("[DISDIK] Ruang", MONDAY)
    story.joins("[DISDIK] Ruang 2", MONDAY + MINUTE)
    watched.look(2)
    assert watched.gaps() == [("seats", 1, None)]
    assert watched.told() == ("gap", "Kursi Zoom penuh sejak 07.31 WITA: 2 dari 2.")
    story.leaves(first, MONDAY + 9 * MINUTE)
    story.joins("[DISDIK] Ruang", MONDAY + 12 * MINUTE)
    story.ends(MONDAY + 15 * MINUTE)
    watched.look(70)
    assert watched.gaps() == [("seats", 1, 15)]
    complete(watched, ("[DISDIK] Ruang", 0, 9), ("[DISDIK] Ruang 2", 1, 15))
    assert watched.told()[0] == "gap"
    assert BLAMED not in story.findings(watched.now)


def test_the_licence_may_cut_a_meeting_off(watched: Watched) -> None:
    story = watched.story
    story.starts(MONDAY)
    device = story.joins("[DISDIK] Ruang", MONDAY)
    story.leaves(device, MONDAY + 10 * MINUTE, "Exceeded free meeting minutes limit.")
    watched.look(11)
    assert watched.told()[1] == "Zoom memutus rapat pada 07.40 WITA karena batas lisensi."


def test_a_process_that_took_nothing_for_long_tells_so_when_it_is_back(watched: Watched) -> None:
    watched.story.starts(MONDAY)
    for minute in (0, 5, 10):
        watched.look(minute, listening=True)
        watched.story.joins(f"Ruang {minute}", MONDAY + minute * MINUTE)
    assert watched.gaps() == []
    watched.look(16, listening=True)
    assert watched.gaps() == [("endpoint", 10, 16)]
    assert watched.lights()["endpoint"] == (
        "attention",
        "Layanan tidak menerima kiriman Zoom dari 07.40 WITA sampai 07.46 WITA.",
    )
    watched.look(40, listening=False)
    assert [kind for kind, *_ in watched.gaps()].count("endpoint") == 1


def test_the_state_of_the_report_moves_the_board(watched: Watched) -> None:
    story = watched.story
    story.starts(MONDAY)
    story.joins("[DISDIK] Ruang", MONDAY + 8 * MINUTE)
    story.ends(MONDAY + 20 * MINUTE)
    watched.look(60)
    first = story.board(watched.now)

    async def want() -> None:
        async with watched.sessions.begin() as session:
            await want_job(session, KIND, str(story.apel.id), at=watched.now)

    watched.run(want())
    watched.look(61)
    second = story.board(watched.now)
    assert second["revision"] == first["revision"] + 1
    assert (watched.told(), watched.board()["report"]) == (("good", "Laporan Zoom belum lengkap."), "waiting")

    async def give_up(session: AsyncSession, job: Job, at: datetime) -> GivenUp:
        return GivenUp("report-incomplete")

    watched.run(take_turn(watched.sessions, lambda: watched.now, {KIND: give_up}))
    watched.look(62)
    assert watched.board()["report"] == "given-up"
    assert watched.lights()["report"] == ("bad", "Laporan Zoom tidak dapat diambil sampai lengkap.")
    assert story.board(watched.now)["revision"] == second["revision"] + 1


def test_an_interrupted_meeting_is_shown_as_merged(watched: Watched) -> None:
    story = watched.story
    story.starts(MONDAY)
    story.ends(MONDAY + 10 * MINUTE)
    story.meeting = replace(story.meeting, uuid="second+run==")
    story.starts(MONDAY + 12 * MINUTE)
    story.ends(MONDAY + 20 * MINUTE)
    watched.look(70)
    assert watched.lights()["merged"] == (
        "attention",
        "Rapat terputus lalu dimulai lagi: 2 sesi digabung.",
    )
    assert watched.told()[0] == "good"


def test_validation_refusals_and_access_are_kept_from_the_process_that_saw_them(watched: Watched) -> None:
    watched.settings = watched.settings.model_copy(update={"zoom_account_id": "account"})
    watched.api._app.state.settings = watched.settings
    assert {code: state for code, (state, _) in watched.lights().items() if state != "ok"} == {
        "validation": "attention",
        "credentials": "attention",
    }
    watched.door.validated_at = MONDAY - timedelta(hours=1)
    watched.look(1)
    assert watched.health()["validated_at"] == "2026-11-22T22:30:00Z"
    assert watched.lights()["validation"][0] == "ok"
    watched.door.refused_at = MONDAY
    watched.door.validated_at = MONDAY - timedelta(hours=2)
    watched.look(2)
    assert watched.lights()["endpoint"] == (
        "attention",
        "Ada kiriman yang ditolak pada 07.30 WITA: tanda tangannya tidak cocok.",
    )
    assert watched.health()["validated_at"] == "2026-11-22T22:30:00Z"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, ("ok", "Akses ke API Zoom berfungsi.")),
        (400, ("bad", "Zoom menolak akses layanan ini (zoom-not-permitted).")),
        (500, ("attention", "API Zoom sedang tidak dapat dihubungi.")),
    ],
)
def test_whether_zoom_lets_us_in_is_known_before_a_report_is_due(
    watched: Watched, status: int, expected: tuple[str, str]
) -> None:
    account = {"zoom_account_id": "a", "zoom_client_id": "c", "zoom_client_secret": SecretStr("c" * 20)}
    watched.settings = watched.api._app.state.settings = watched.settings.model_copy(update=account)
    assert watched.lights()["credentials"] == ("attention", "Akses ke API Zoom belum dicoba.")
    granted = {"access_token": "t", "expires_in": 3600, "api_url": "https://api.zoom.us"}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=granted))
    zoom = open_zoom(watched.settings, transport)
    watched.run(prove_access(watched.sessions, lambda: watched.now, zoom))
    assert watched.lights()["credentials"] == expected


def test_a_meeting_with_many_events_is_not_silent_and_needs_no_more_statements(watched: Watched) -> None:
    async def count(connection: Any) -> int:
        statements: list[str] = []

        def note(*args: Any) -> None:
            statements.append(args[2])

        hooks.listen(connection, "before_cursor_execute", note)
        await watch_zoom(watched.sessions, lambda: watched.now, watched.settings, watched.door, listening=False)
        hooks.remove(connection, "before_cursor_execute", note)
        return len(statements)

    connection = watched.run(watched.session.connection()).sync_connection
    few = [started(), joined("first", 7, "[DISDIK] Ruang"), joined("second", 14, "iPhone")]
    watched.receive(*few, minute=1)
    watched.understand()
    watched.at(15).run(count(connection))  # notes what it finds
    before = watched.run(count(connection))
    assert before > 5
    watched.receive(*(joined(f"d{n}", n / 4, f"[DISDIK] Ruang {n}") for n in range(56)), minute=1)
    watched.understand()
    assert watched.run(count(connection)) == before
    assert watched.gaps() == []


def test_the_metrics_tell_gaps_and_ages(watched: Watched, api: Api) -> None:
    watched.receive(started(), minute=0)
    watched.door.validated_at = MONDAY
    watched.settings = watched.settings.model_copy(update={"zoom_seats": 300})
    watched.look(20)
    shown = api.get("/metrics").text
    assert 'apel_waiting{queue="evidence_gaps"} 1.0' in shown
    assert "apel_zoom_seats 300.0" in shown
    for age in ("last_event", "validation"):
        assert re.search(rf"^apel_zoom_{age}_age_seconds -?[0-9.e+]+$", shown, re.MULTILINE)
