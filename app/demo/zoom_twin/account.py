"""What Zoom knows of one account: the meetings it scheduled, the runs that are over, and the keys that it gave out."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.core.clock import Clock
from app.demo.zoom_twin.events import HOST, write_instant
from app.demo.zoom_twin.faults import Faults
from app.demo.zoom_twin.reports import Row, rows_of
from app.demo.zoom_twin.story import Run, Story

Json = dict[str, Any]
MOST_REGISTRANTS = 4999
PER_DAY = 3
"""Times that one registrant may be added to a meeting in a day."""
CHANGES_PER_DAY = 100
"""Meetings that one host may create or change in a day."""
ZONE = "Asia/Makassar"
SHOWN = ("topic", "type", "start_time", "duration", "timezone", "agenda")
"""What a meeting shows as it was written."""


class Refused(Exception):
    """Zoom says no."""

    def __init__(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


@dataclass
class Registrant:
    id: str
    email: str
    first_name: str
    last_name: str
    join_url: str
    created_at: datetime


@dataclass
class Scheduled:
    """A meeting number and what was arranged for it."""

    number: str
    uuid: str
    told: Json
    """As the creator wrote it: topic, type, start_time, duration, settings."""
    passcode: str
    created_at: datetime
    registrants: dict[str, Registrant] = field(default_factory=dict)
    """E-mail → registrant: the same address again is the same registrant."""
    adds: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def registers(self) -> bool:
        return self.told.get("settings", {}).get("approval_type", 2) in {0, 1}


@dataclass(frozen=True)
class Past:
    """A run that is over, or will be."""

    number: str
    topic: str
    run: Run
    rows: tuple[Row, ...]


class Account:
    """The state behind the API; whoever drives the twin tells it what was held."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        *,
        account_id: str = "apel-contoh",
        client_id: str = "apel-contoh-klien",
        client_secret: str = "apel-contoh-rahasia",  # noqa: S107 — an invented account
    ) -> None:
        self.clock, self.faults = clock, faults
        self.account_id, self.client_id, self.client_secret = account_id, client_id, client_secret
        self.draw = Random(f"{faults.first_seed} account")  # noqa: S311 — the same answers every time
        self.meetings: dict[str, Scheduled] = {}
        self.past: dict[str, Past] = {}
        self.calls: Counter[str] = Counter()
        """What was asked, and what was refused for which reason."""
        self._tokens: dict[str, datetime] = {}
        self._changes: Counter[tuple[str, str]] = Counter()

    def hold(self, story: Story) -> None:
        """From now on there are reports of these runs; each appears after its end, by the twin's clock."""
        for run in story.runs:
            rows = tuple(rows_of(story, run, self.faults.report))
            self.past[run.uuid] = Past(story.plan.meeting_id, story.plan.topic, run, rows)

    def give_token(self) -> Json:
        token = f"twin-{self.draw.getrandbits(96):024x}"
        lives = timedelta(minutes=self.faults.api.token_lives_minutes)
        self._tokens[token] = self.clock() + lives
        return {"access_token": token, "token_type": "bearer", "expires_in": int(lives.total_seconds()) - 1}

    def require_token(self, token: str) -> None:
        until = self._tokens.get(token)
        if until is None or until <= self.clock() or self.draw.random() < self.faults.api.token_revoked:
            self._tokens.pop(token, None)
            self.calls["token refused"] += 1
            raise Refused(401, 124, "Access token is expired." if until else "Invalid access token.")

    def list_instances(self, number: str) -> list[Past]:
        """Ended runs of a number, as soon as they are listed."""
        wait = timedelta(minutes=self.faults.report.listed_minutes)
        found = [past for past in self.past.values() if past.number == number]
        if not found and number not in self.meetings:
            raise Refused(404, 3001, f"Meeting does not exist: {number}.")
        return sorted((past for past in found if past.run.end + wait <= self.clock()), key=lambda one: one.run.start)

    def find_past(self, uuid: str) -> Past:
        """By uuid; a number stands for its latest instance, whichever the caller meant."""
        past = self.past.get(uuid)
        if past is None and uuid.isdigit():
            past = max(self.list_instances(uuid), key=lambda one: one.run.start, default=None)
        if past is None or past.run.end > self.clock():
            raise Refused(404, 3001, f"Meeting {uuid} not found or has expired.")
        return past

    def schedule(self, host: str, told: Json) -> Scheduled:
        self._count_change(host)
        number = str(80_000_000_000 + self.draw.randrange(10**10))
        passcode = f"{self.draw.randrange(10**6):06d}"
        uuid = f"{self.draw.getrandbits(90):x}+/=="
        made = Scheduled(number, uuid, {"type": 2, "settings": {}} | told, passcode, self.clock())
        self.meetings[number] = made
        return made

    def change(self, number: str, told: Json) -> None:
        meeting = self.meeting(number)
        self._count_change(HOST)
        settings = meeting.told["settings"] | told.get("settings", {})
        meeting.told = meeting.told | told | {"settings": settings}

    def meeting(self, number: str) -> Scheduled:
        found = self.meetings.get(number)
        if found is None:
            raise Refused(404, 3001, f"Meeting does not exist: {number}.")
        return found

    def _count_change(self, host: str) -> None:
        key = (host, self.clock().date().isoformat())
        if self._changes[key] >= CHANGES_PER_DAY:
            message = "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted."
            raise Refused(429, 429, message)
        self._changes[key] += 1

    def register(self, meeting: Scheduled, told: Json) -> Registrant:
        if not meeting.registers:
            raise Refused(400, 3000, "Registration has not been enabled for this meeting.")
        email = str(told["email"]).lower()
        day = self.clock().date().isoformat()
        if meeting.adds[email, day] >= PER_DAY:
            raise Refused(
                429, 429, "You have exceeded the daily rate limit (3) of Add meeting registrant API requests."
            )
        if email not in meeting.registrants and len(meeting.registrants) >= MOST_REGISTRANTS:
            raise Refused(400, 3043, "Meeting has reached maximum attendee capacity.")
        meeting.adds[email, day] += 1
        if email not in meeting.registrants:
            self._enter(meeting, email, told)
        return meeting.registrants[email]

    def _enter(self, meeting: Scheduled, email: str, told: Json) -> None:
        key = f"{self.draw.getrandbits(128):032x}"[:22]
        url = f"https://zoom.example/w/{meeting.number}?tk={key}.DQ&pwd={meeting.passcode}"
        names = str(told["first_name"]), str(told.get("last_name", ""))
        meeting.registrants[email] = Registrant(key, email, *names, url, self.clock())

    def describe(self, meeting: Scheduled) -> Json:
        """A meeting as the API shows it."""
        settings = {"approval_type": 2, "waiting_room": False, "join_before_host": False} | meeting.told["settings"]
        shown = {
            "id": int(meeting.number),
            "uuid": meeting.uuid,
            "host_id": HOST,
            "timezone": ZONE,
            "status": "waiting",
            **{key: meeting.told[key] for key in SHOWN if key in meeting.told},
            "created_at": write_instant(meeting.created_at),
            "start_url": f"https://zoom.example/s/{meeting.number}",
            "join_url": f"https://zoom.example/j/{meeting.number}?pwd={meeting.passcode}",
            "password": meeting.passcode,
            "settings": settings,
        }
        if meeting.registers:
            shown["registration_url"] = f"https://zoom.example/meeting/register/{meeting.number}"
        return shown
