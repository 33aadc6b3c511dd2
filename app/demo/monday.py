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
from app.demo.zoom import DemoZoom
from app.demo.zoom_twin.cast import Cast as Guests
from app.demo.zoom_twin.cast import Office, Person
from app.demo.zoom_twin.story import Plan

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

PATIENCE, SHORT_WHILE = 100, 0.2
"""Looks at something that is being done meanwhile, and seconds between them."""

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
    zoom: DemoZoom


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
        await self._prepare()
        await self._open()
        await self._report_all()
        await self._call_turns()
        await self._amend()
        await self._end()
        await self._wait_for_deadline()
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
                "led_by": "Bupati (CONTOH)",
            },
        )
        for codes in batched(sorted(self.cast.operators), AT_ONCE):
            found = await asyncio.gather(
                *(self.cast.operators[code].get(f"{self.path}/roster/{code}") for code in codes)
            )
            self.rosters |= {code: roster["items"] for code, roster in zip(codes, found, strict=True)}

    @property
    def starts(self) -> datetime:
        return datetime.fromisoformat(self.apel["starts_at"])

    @property
    def ends(self) -> datetime:
        return datetime.fromisoformat(self.apel["ends_at"])

    async def _prepare(self) -> None:
        """Zoom makes a number, and is told who is going to come."""
        self.say("Rapat Zoom disiapkan")
        await self.cast.zoom.validate(self.cast.client)
        await self.cast.kominfo.post(f"{self.path}/zoom/prepare")
        for _ in range(PATIENCE):
            prepared = await self.cast.kominfo.get(f"{self.path}/zoom")
            if prepared["state"] == "ready":
                break
            await asyncio.sleep(SHORT_WHILE)
        else:
            raise RuntimeError(f"Zoom's meeting is not prepared: {prepared['state']}, {prepared['error']}")
        plan = Plan(prepared["meeting_id"], self.apel["title"], self.starts, self.ends)
        guests, comers = self._guests()
        self.cast.zoom.hold(guests, plan, comers)

    def _guests(self) -> tuple[Guests, list[Person]]:
        """The rooms that connect; people on WFA, and some on duty travel who look in."""
        offices = [Office(code) for code in self.rosters if code not in (*BLANK_SPOTS, NEVER_CONNECTS)]
        people, comers = [], []
        for person in (person for roster in self.rosters.values() for person in roster):
            code = person["join_name"][1:].partition("]")[0]
            one = Person(person["asn_id"], code, person["nip"], person["name"], person["join_name"])
            people.append(one)
            suggested = person["suggested"]
            travels = suggested["status"] == "DL" and self.draw.random() < 0.25
            if travels or (suggested["status"], suggested["mode"]) == ("H", "wfa"):
                comers.append(one)
        return Guests(offices, people), comers

    async def _open(self) -> None:
        self.say("Rapat Zoom dibuka; ruang dan perorangan bergabung")
        await self.cast.zoom.deliver(self.cast.client, until=self.starts + timedelta(minutes=3))

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

    async def _end(self) -> None:
        """All have left; the report is asked for at once, and read while the deadline is waited for."""
        self.say("Rapat Zoom ditutup, laporan peserta diminta")
        await self.cast.zoom.deliver(self.cast.client)
        await self.cast.kominfo.post(f"{self.path}/zoom/report")

    async def _report_late(self) -> None:
        self.say("Satu OPD melapor terlambat")
        await self._report(LATE)

    async def _conclude(self) -> dict[str, Any]:
        report = await self._wait_for_report()
        self.say("Kehadiran disimpulkan, nilai dihitung")
        for _ in range(PATIENCE):
            state = (await self.cast.kominfo.get(self.path))["state"]
            if state == "closed":
                break
            await asyncio.sleep(SHORT_WHILE)
        await self.cast.adapter.post(f"{self.path}/scores")
        scores = await self.cast.kominfo.get(f"{self.path}/scores")
        board: dict[str, Any] = await self.cast.kominfo.get(f"{self.path}/board")
        points = {row["opd_code"]: row["points"] for row in scores["opd"]}
        return board | {"points": points, "refused": self.refused, "report": report}

    async def _wait_for_report(self) -> dict[str, Any]:
        """Zoom's report, read twice: from here on it stands in place of what the webhooks told."""
        self.say("Laporan peserta Zoom dibaca")
        for _ in range(PATIENCE):
            report: dict[str, Any] = await self.cast.kominfo.get(f"{self.path}/zoom/report")
            if report["state"] in {"complete", "given-up"}:
                break
            await asyncio.sleep(SHORT_WHILE)
        return report


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
