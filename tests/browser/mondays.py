"""A regency with some Mondays behind it and one that is running, on a real server: what the office's page shows."""

from dataclasses import dataclass
from random import Random
from typing import Any

from app.core.principal import Role
from app.demo.zoom_twin.events import Device, Meeting, encode
from tests.system.town import PASSWORD, Caller, Town

NUMBER = "86084701483"
TODAY = "2026-11-23"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "\u202enaupmerep gnaro",
    "Siti" + "\u0301\u0323" * 100,
)
"""Display names that try to run, to turn the line around, and to flow over their neighbours."""
UNITS = (
    ("DISDIK", "Dinas Pendidikan, Kepemudaan dan Olahraga", "Disdik", 18),
    ("BKPP", "Badan Kepegawaian, Pendidikan dan Pelatihan", "BKPP", 16),
    ("DINKES", "Dinas Kesehatan", "Dinkes", 20),
    ("DPUPR", "Dinas Pekerjaan Umum dan Penataan Ruang", "PUPR", 9),
    ("DISHUB", "Dinas Perhubungan", "Dishub", 8),
    ("DLH", "Dinas Lingkungan Hidup", "DLH", 7),
    ("KALUMPANG", "Kecamatan Kalumpang", "Kec. Kalumpang", 6),
    ("TAPALANG", "Kecamatan Tapalang", "Kec. Tapalang", 4),
)
"""Code, name, short name and people; the last one has too few for a rank."""
FIRST = ("Siti", "Budi", "Rahma", "Gunawan", "Andi", "Nurhayati", "Yusuf", "Hasna", "Muhammad", "Fatimah", "Irwan")
LAST = ("Aminah", "Santoso", "Wati", "Saleh", "Baso", "Daeng", "Rahman", "Lestari", "Mappatunru", "Syam", "Palimbong")


@dataclass(frozen=True)
class Office:
    """The town, the apel that runs, the one a week before, and who signs in on the page."""

    town: Town
    running: str
    before: str
    kominfo: Caller
    people: dict[str, str]
    story: "Mondays"

    def crowd(self, strangers: int) -> None:
        """That many more join the running meeting under names that mean nobody."""
        self.story.crowd(strangers)

    def password(self, username: str) -> str:
        return PASSWORD if username == "bkpp" else f"{PASSWORD}-{len(username)}"


def people_of(units: tuple[tuple[str, str, str, int], ...]) -> dict[str, list[tuple[str, str]]]:
    """OPD → (NIP, name) of its people, each name once."""
    draw, made, serial = Random(4), dict[str, list[tuple[str, str]]](), 0
    for code, _, _, size in units:
        for _ in range(size):
            serial += 1
            name = f"{FIRST[serial % 11]} {LAST[(serial // 11 + serial) % 11]} {chr(65 + serial % 26)}{serial}"
            nip = f"19{draw.randrange(70, 99)}0{draw.randrange(1, 9)}1{draw.randrange(0, 9)}20100{draw.randrange(1, 9)}"
            made.setdefault(code, []).append((f"{nip}1{serial:03d}", name))
    return made


MONDAYS = ("2026-11-02", "2026-11-09", "2026-11-16", TODAY)


def build(
    town: Town, mondays: tuple[str, ...] = MONDAYS, units: tuple[tuple[str, str, str, int], ...] = UNITS
) -> Office:
    """The last of the Mondays is today's and runs at 07.45."""
    people = people_of(units)
    opds = ["code;name;short_name;type;parent_code;protocol_order;reports;connectivity"]
    asns = ["nip;name;employment_type;opd_code;position;apel_duty;from_date"]
    for order, (code, name, short, _) in enumerate(units, start=1):
        opds.append(f"{code};{name};{short};dinas;;{order};yes;good")
        asns += [f"{nip};{who};PNS;{code};Pelaksana;yes;2020-01-01" for nip, who in people[code]]
    town.settle("\n".join(opds), "\n".join([*asns, ""]), {code: own[0][0] for code, own in people.items()})
    kominfo = town.person("kominfo", Role.KOMINFO)
    town.person("bupati", Role.BUPATI)
    town.person("kepala.disdik", Role.OPD_HEAD, "DISDIK")
    span = {"from": mondays[0], "to": mondays[-1], "starts": "07:30", "ends": "08:15", "deadline": "08:30"}
    planned = kominfo.post("/v1/apel/plan", span | {"zoom_meeting_ids": [NUMBER], "title": "Apel Gabungan"})
    made = {one["on_date"]: one["id"] for one in planned["made"]}
    ids = {name: asn_id for code in people for name, asn_id in _ids(town, code).items()}
    story = Mondays(town, kominfo, people, ids, {code: size for code, _, _, size in units}, town.machine(Role.ADAPTER))
    for week, on in enumerate(mondays[:-1]):
        story.hold(made[on], on, week, doubtful=on == mondays[-2])
    story.begin(made[TODAY])
    return Office(town, made[TODAY], made[mondays[-2]], kominfo, ids, story)


def _ids(town: Town, code: str) -> dict[str, str]:
    return {item["name"]: item["id"] for item in town.admin.get(f"/v1/asn?opd_code={code}&limit=200")["items"]}


@dataclass(frozen=True)
class Mondays:
    """What happens on the Mondays: most OPDs report, some people are away, one OPD stays silent now and then."""

    town: Town
    kominfo: Caller
    people: dict[str, list[tuple[str, str]]]
    ids: dict[str, str]
    sizes: dict[str, int]
    adapter: Caller

    def hold(self, apel_id: str, on: str, week: int, *, doubtful: bool) -> None:
        """`doubtful`: one room never joins, and people who are reported away are seen."""
        self.town.at(f"{on} 07:29")
        zoom = self._meeting(on)
        names = [f"[{code}] Ruang" for code in self.sizes]
        if doubtful:
            away = [(code, *self.people[code][place]) for code in list(self.sizes)[:4] for place in (1, 2)]
            names = names[:-1] + [f"[{code}] {nip[-4:]} {name}" for code, nip, name in away]
        for place, name in enumerate(names):
            self._tell(zoom.joined(Device(str(100 + place), name, f"U-{place}"), self.town.instant(f"{on} 07:29")))
        self.town.at(f"{on} 07:40")
        for place, code in enumerate(self.sizes):
            if (place + week) % 11 != 7:
                self._report(apel_id, code, (place * 3 + week * (1 + place % 3)) % 5)
        self._tell(zoom.ended(self.town.instant(f"{on} 08:15")))
        self.town.at(f"{on} 10:00")
        self.kominfo.post(f"/v1/apel/{apel_id}/scores")

    def begin(self, apel_id: str) -> None:
        """Today at 07.45: rooms are there, strangers too, three OPDs have reported, nobody has been called."""
        self.town.at(f"{TODAY} 07:29")
        zoom, joined = self._meeting(TODAY), self.town.instant(f"{TODAY} 07:29")
        names = [f"[{code}] Ruang" for code in list(self.sizes)[:5]]
        names += [*HOSTILE, "Sity Aminah", "Budi Santoso", "iPhone", "[DISDIK] Siti", *self._strangers()]
        for place, name in enumerate(names):
            self._tell(zoom.joined(Device(str(500 + place), name, f"T-{place}"), joined))
        self.town.at(f"{TODAY} 07:45")
        for code in list(self.sizes)[:3]:
            self._report(apel_id, code, 2)

    def crowd(self, strangers: int) -> None:
        zoom, joined = self._meeting(TODAY), self.town.instant(f"{TODAY} 07:40")
        for place in range(strangers):
            self._tell(zoom.joined(Device(str(9000 + place), f"Galaxy A{place:03d}", f"C-{place}"), joined))

    def _strangers(self) -> list[str]:
        return [f"{name.split()[0]} {name.split()[1]}" for own in self.people.values() for _, name in own[1:3]]

    def _report(self, apel_id: str, code: str, missing: int) -> None:
        own, size = self.people[code], self.sizes[code]
        away = own[1 : 1 + min(missing, size - 2)]
        codes = ["DL", "TK", "S", "CT"][: len(away)]
        named = [{"asn_id": self.ids[name], "status": status} for (_, name), status in zip(away, codes, strict=True)]
        excused = {status: codes.count(status) for status in codes if status != "TK"}
        body: dict[str, Any] = {"strength": size, "present": {"wfo": size - len(away), "wfa": 0}, "excused": excused}
        body |= {"unexplained": codes.count("TK"), "entries_are": "exceptions", "entries": named}
        self.kominfo.put(f"/v1/apel/{apel_id}/reports/{code}", body | {"channel": "wa", "caller": "Operator"})

    def _meeting(self, on: str) -> Meeting:
        meeting = Meeting(NUMBER, f"M{on.replace('-', '')}AAAAAAAAAAAA==", "Apel", self.town.instant(f"{on} 07:25"), 45)
        self._tell(meeting.started(self.town.instant(f"{on} 07:25")))
        return meeting

    def _tell(self, event: dict[str, Any]) -> None:
        headers = {"content-type": "application/json"}
        self.adapter.ask("POST", "/v1/zoom/events", content=encode(event), headers=headers)
