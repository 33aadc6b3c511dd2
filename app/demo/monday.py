"""One Monday as it really goes: rooms and people join, OPDs report in turn, some late, one by phone, one never."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx

from app.core.clock import civil_instant
from app.demo.sample import BLANK_SPOTS
from app.demo.visitor import Visitor
from app.demo.zoom_twin.events import Device, Meeting, encode, make_device, make_uuid, sign

MEETING_ID = "86084701483"
NEVER_REPORTS = "DISDAG"
LATE = "DPUPR"
BY_PHONE, BY_WA = BLANK_SPOTS
SUM_WRONG_FIRST = "PERKIM"
SPOKEN_OTHERWISE = "DISDIKPORA"
NEVER_CONNECTS = "DISPAR"
AMENDS = "BKPP"
CALLED = 14
"""OPDs that are called before the Bupati speaks."""
AMPLE = timedelta(minutes=10)
"""The deadline at first, so that a slow machine makes nobody late; it is brought forward when the turns are over."""
SHORTLY = timedelta(seconds=3)

AT_ONCE = 6
"""OPDs that open their roster or send their report at the same moment."""

Say = Callable[[str], None]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Cast:
    """Who takes part."""

    client: httpx.AsyncClient
    admin: Visitor
    kominfo: Visitor
    adapter: Visitor
    operators: dict[str, Visitor]
    webhook_secret: str


@dataclass
class Monday:
    """The apel while it is played."""

    cast: Cast
    zone: ZoneInfo
    say: Say
    draw: Random = field(default_factory=lambda: Random(9_10_2023))  # noqa: S311 — the same Monday every time
    apel: dict[str, Any] = field(default_factory=dict)
    rosters: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: str = ""

    @property
    def path(self) -> str:
        return f"/v1/apel/{self.apel['id']}"

    async def play(self) -> dict[str, Any]:
        """Returns the board at the end."""
        await self._schedule()
        meeting = self._meeting()
        await self._open(meeting)
        await self._report_all()
        await self._call_turns()
        await self._amend()
        await self._wait_for_deadline()
        await self._end(meeting)
        await self._report_late()
        return await self._conclude()

    async def _schedule(self) -> None:
        starts, ends = fit_clock(datetime.now(UTC), self.zone)
        deadline = datetime.now(UTC) + AMPLE
        self.say("Kominfosandi menjadwalkan apel")
        self.apel = await self.cast.kominfo.post(
            "/v1/apel",
            {
                "kind": "apel_gabungan",
                "title": "Apel Gabungan (CONTOH)",
                "starts_at": starts.isoformat(timespec="seconds"),
                "ends_at": ends.isoformat(timespec="seconds"),
                "report_deadline": deadline.isoformat(timespec="seconds"),
                "zoom_meeting_ids": [MEETING_ID],
                "led_by": "Bupati (CONTOH)",
            },
        )
        for codes in batched(sorted(self.cast.operators), AT_ONCE):
            found = await asyncio.gather(
                *(self.cast.operators[code].get(f"{self.path}/roster/{code}") for code in codes)
            )
            self.rosters |= {code: roster["items"] for code, roster in zip(codes, found, strict=True)}

    def _meeting(self) -> Meeting:
        starts = datetime.fromisoformat(self.apel["starts_at"])
        return Meeting(MEETING_ID, make_uuid(self.draw), self.apel["title"], starts, 30)

    @property
    def starts(self) -> datetime:
        return datetime.fromisoformat(self.apel["starts_at"])

    @property
    def ends(self) -> datetime:
        return datetime.fromisoformat(self.apel["ends_at"])

    async def _deliver(self, event: dict[str, Any]) -> None:
        """Post one signed webhook; now and then Zoom sends it again, signed anew."""
        body = encode(event)
        for _ in range(2 if self.draw.random() < 0.05 else 1):
            headers = sign(body, self.cast.webhook_secret, datetime.now(UTC))
            answer = await self.cast.client.post("/v1/zoom/webhook", content=body, headers=headers)
            answer.raise_for_status()

    async def _open(self, meeting: Meeting) -> None:
        self.say("Rapat Zoom dibuka; ruang dan perorangan bergabung")
        await self._deliver(meeting.started(self.starts - timedelta(minutes=6)))
        visits = [*self._rooms(meeting), *self._people(meeting), *self._strangers(meeting)]
        self.draw.shuffle(visits)
        for batch in batched(visits, 20):
            await asyncio.gather(*(self._deliver(event) for event in batch))

    def _rooms(self, meeting: Meeting) -> list[dict[str, Any]]:
        events = []
        for code in self.cast.operators:
            if code in (*BLANK_SPOTS, NEVER_CONNECTS):
                continue
            device = make_device(self.draw, f"[{code}] Ruang Apel")
            at = self.starts - timedelta(seconds=self.draw.randrange(20, 330))
            events.append(meeting.joined(device, at))
            if self.draw.random() < 0.15:
                events += self._rejoin(meeting, device, self.starts + timedelta(seconds=self.draw.randrange(60, 600)))
        return events

    def _rejoin(self, meeting: Meeting, device: Device, at: datetime) -> list[dict[str, Any]]:
        again = make_device(self.draw, device.user_name)
        return [
            meeting.left(device, at, "network connection error"),
            meeting.joined(again, at + timedelta(seconds=40)),
        ]

    def _people(self, meeting: Meeting) -> list[dict[str, Any]]:
        """WFA by their join name, most to the end, one not at all; heads on duty travel look in."""
        events = []
        for person in (person for roster in self.rosters.values() for person in roster):
            suggested = person["suggested"]
            travels = suggested["status"] == "DL" and self.draw.random() < 0.25
            if not travels and (suggested["status"], suggested["mode"]) != ("H", "wfa"):
                continue
            chance = self.draw.random()
            if chance < 0.06:
                continue
            device = make_device(self.draw, person["join_name"])
            events.append(meeting.joined(device, self.starts + timedelta(seconds=self.draw.randrange(-240, 120))))
            if chance > 0.9:
                events.append(meeting.left(device, self.starts + timedelta(minutes=4)))
        return events

    def _strangers(self, meeting: Meeting) -> list[dict[str, Any]]:
        names = ("iPhone Kantor", "[DISDIKPORA] 9999 Sity", "Galaxy A15", "[DINKE] Ruang 2")
        return [meeting.joined(make_device(self.draw, name), self.starts + timedelta(minutes=2)) for name in names]

    async def _report_all(self) -> None:
        self.say("OPD mengirim laporan kehadiran")
        reporters = [code for code in self.rosters if code not in (NEVER_REPORTS, LATE, *BLANK_SPOTS)]
        for batch in batched(reporters, AT_ONCE):
            await asyncio.gather(*(self._report(code) for code in batch))
        await self._report_for(BY_PHONE, "phone", "Camat lewat telepon (CONTOH)")
        await self._report_for(BY_WA, "wa", "Sekcam lewat WA (CONTOH)")

    async def _report(self, code: str) -> dict[str, Any]:
        operator = self.cast.operators[code]
        body = make_report(self.rosters[code], self.draw)
        if code == SUM_WRONG_FIRST:
            wrong = body | {"strength": body["strength"] + 2}
            answer = await operator.ask("PUT", f"{self.path}/reports/{code}", json=wrong, expect=(422,))
            self.refused = f"{code}: {answer.json()['detail']}"
        answer = await operator.ask("PUT", f"{self.path}/reports/{code}", json=body)
        sent: dict[str, Any] = answer.json()
        return sent

    async def _report_for(self, code: str, channel: str, caller: str) -> None:
        """Kominfosandi types what a blank spot tells: counts only."""
        body = make_report(self.rosters[code], self.draw) | {"entries_are": None, "entries": None}
        body |= {"channel": channel, "caller": caller}
        await self.cast.kominfo.ask("PUT", f"{self.path}/reports/{code}", json=body)

    async def _call_turns(self) -> None:
        self.say("OPD dipanggil menurut urutan protokol")
        after: str | None = None
        for _ in range(CALLED):
            turns = await self.cast.kominfo.post(f"{self.path}/turns/next", {"after": after})
            after = turns["current"]
            answer: dict[str, Any] = {"as_written": True}
            if after == SPOKEN_OTHERWISE:
                answer = self._spoken(make_report(self.rosters[after], Random(1)))  # noqa: S311 — said from memory
            if after in (NEVER_REPORTS, LATE):
                await self.cast.kominfo.post(f"{self.path}/turns/{after}/no-answer")
            else:
                await self.cast.kominfo.post(f"{self.path}/turns/{after}/answer", answer)

    def _spoken(self, body: dict[str, Any]) -> dict[str, Any]:
        """Two more in the room than were written down."""
        said = {name: body[name] for name in ("strength", "present", "excused", "unexplained")}
        said["strength"] += 2
        said["present"] = said["present"] | {"wfo": said["present"]["wfo"] + 2}
        return said

    async def _amend(self) -> None:
        operator, path = self.cast.operators[AMENDS], f"{self.path}/reports/{AMENDS}"
        current = await operator.ask("GET", path)
        body = make_report(self.rosters[AMENDS], Random(2)) | {"reason": "Surat tugas menyusul (CONTOH)"}  # noqa: S311 — a sample
        await operator.ask("PUT", path, json=body, headers={"if-match": current.headers["etag"]})

    async def _wait_for_deadline(self) -> None:
        """Kominfosandi brings the deadline forward, now that all have spoken; then its passing is waited for."""
        current = await self.cast.kominfo.ask("GET", self.path)
        deadline = datetime.now(UTC) + SHORTLY
        await self.cast.kominfo.ask(
            "PATCH",
            self.path,
            json={"report_deadline": deadline.isoformat()},
            headers={"if-match": current.headers["etag"]},
        )
        while (left := (deadline - datetime.now(UTC)).total_seconds()) > 0:
            self.say(f"Menunggu tenggat laporan: {left:.0f} detik lagi")
            await asyncio.sleep(min(1.0, left + 0.05))

    async def _end(self, meeting: Meeting) -> None:
        self.say("Rapat Zoom ditutup")
        await self._deliver(meeting.ended(self.ends))

    async def _report_late(self) -> None:
        self.say("Satu OPD melapor terlambat")
        await self._report(LATE)

    async def _conclude(self) -> dict[str, Any]:
        self.say("Kehadiran disimpulkan, nilai dihitung")
        for _ in range(50):
            state = (await self.cast.kominfo.get(self.path))["state"]
            if state == "closed":
                break
            await asyncio.sleep(0.2)
        await self.cast.adapter.post(f"{self.path}/scores")
        scores = await self.cast.kominfo.get(f"{self.path}/scores")
        board: dict[str, Any] = await self.cast.kominfo.get(f"{self.path}/board")
        points = {row["opd_code"]: row["points"] for row in scores["opd"]}
        return board | {"points": points, "refused": self.refused}


def batched(things: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def fit_clock(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A half hour that just ended on this very civil day; shorter in the first minutes after midnight."""
    local = now.astimezone(zone)
    midnight = civil_instant(local.date(), local.time().min, zone)
    starts = max(now - timedelta(minutes=38), midnight)
    ends = max(now - timedelta(minutes=6), starts + (now - starts) / 2)
    return starts.replace(microsecond=0), max(ends.replace(microsecond=0), starts + timedelta(seconds=1))


def make_report(roster: Sequence[dict[str, Any]], draw: Random) -> dict[str, Any]:
    """What an operator sends who looked into the room: the suggestions, and now and then somebody missing."""
    entries, counts = [], Counter[str]()
    for person in (person for person in roster if person["required"]):
        status, mode = person["suggested"]["status"], person["suggested"]["mode"]
        chance = draw.random()
        if (status, mode) == ("H", "wfo") and chance < 0.012:
            status, mode = "TK", None
        elif (status, mode) == ("H", "wfo") and chance < 0.03:
            status, mode = draw.choice(("S", "I")), None
        counts[mode or status] += 1
        if mode != "wfo":
            entries.append({"asn_id": person["asn_id"], "status": status} | ({"mode": mode} if mode else {}))
    absent = {code: number for code, number in counts.items() if code not in ("wfo", "wfa", "TK", "SF", "MPP")}
    idle = {code: counts[code] for code in ("SF", "MPP") if counts[code]}
    return {
        "strength": sum(counts.values()) - sum(idle.values()),
        "present": {"wfo": counts["wfo"], "wfa": counts["wfa"]},
        "excused": absent,
        "unexplained": counts["TK"],
        "not_required": idle,
        "entries_are": "exceptions",
        "entries": entries,
    }
