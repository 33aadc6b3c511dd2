"""Sixty OPDs on a running server, and the Mondays that they stand: what the wall has to show at once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from app.core.principal import Role
from app.demo.names import MEN, SURNAMES, WOMEN
from app.demo.zoom_twin.events import Device, Meeting, encode
from tests.system.town import LONG_AGO, PASSWORD, Caller, Run, Town, founded

NUMBER = "86084701483"
LAST, MONDAY = "2026-11-16", "2026-11-23"
HOSTILE_NAME = "<img src=x onerror=alert(1)>"
STACKED = "Z" + "a\u0301\u0302\u0303\u0308" * 30
"""A name of thirty letters that carry four marks each, as far as a name of 200 signs goes."""
DINAS = (
    ("SETDA", "Sekretariat Daerah"),
    ("SETWAN", "Sekretariat DPRD"),
    ("INSPEKTORAT", "Inspektorat Daerah"),
    ("DISDIKPORA", "Dinas Pendidikan, Kepemudaan dan Olahraga"),
    ("DINKES", "Dinas Kesehatan"),
    ("DPUPR", "Dinas Pekerjaan Umum dan Penataan Ruang"),
    ("PERKIM", "Dinas Perumahan dan Kawasan Permukiman"),
    ("DINSOS", "Dinas Sosial"),
    ("DISNAKERTRANS", "Dinas Tenaga Kerja dan Transmigrasi"),
    ("DP3A", "Dinas Pemberdayaan Perempuan dan Perlindungan Anak"),
    ("DKP", "Dinas Ketahanan Pangan"),
    ("DLHK", "Dinas Lingkungan Hidup dan Kehutanan"),
    ("DUKCAPIL", "Dinas Kependudukan dan Pencatatan Sipil"),
    ("DPMD", "Dinas Pemberdayaan Masyarakat dan Desa"),
    ("DPPKB", "Dinas Pengendalian Penduduk dan Keluarga Berencana"),
    ("DISHUB", "Dinas Perhubungan"),
    ("KOMINFOSANDI", "Dinas Komunikasi, Informatika, Statistik dan Persandian"),
    ("DISKOPUKMIND", "Dinas Koperasi, UKM dan Perindustrian"),
    ("DISDAG", "Dinas Perdagangan"),
    ("DPMPTSP", "Dinas Penanaman Modal dan PTSP"),
    ("DISPUSIP", "Dinas Perpustakaan dan Kearsipan"),
    ("DISPAR", "Dinas Pariwisata dan Kebudayaan"),
    ("DISKAN", "Dinas Perikanan"),
    ("DISTAN", "Dinas Pertanian"),
    ("SATPOLPP", "Satuan Polisi Pamong Praja"),
    ("DAMKAR", "Dinas Pemadam Kebakaran dan Penyelamatan"),
    ("RSUD", "RSUD Kabupaten Mamuju"),
    ("BKPP", "Badan Kepegawaian, Pendidikan dan Pelatihan"),
    ("BAPPERIDA", "Badan Perencanaan Pembangunan, Riset dan Inovasi Daerah"),
    ("BPKAD", "Badan Pengelolaan Keuangan dan Aset Daerah"),
    ("BAPENDA", "Badan Pendapatan Daerah"),
    ("BPBD", "Badan Penanggulangan Bencana Daerah"),
    ("KESBANGPOL", "Badan Kesatuan Bangsa dan Politik"),
)
KECAMATAN = "Mamuju Tapalang Kalukku Kalumpang Papalang Sampaga Tommo Simboro Tapalang-Barat Bonehau Bala-Balakang"
KELURAHAN = (
    "Binanga Karema Rimuku Mamunyu Rangas Simboro Sinyonyoi Bebanga Galung Ahu Tampalang Kasambang Orobatu "
    "Dungkait Pasa Taan"
)
BLANK = {"KALUMPANG", "BONEHAU", "BALA-BALAKANG"}
OPDS: list[tuple[str, str, str]] = [
    *((code, name, "dinas") for code, name in DINAS),
    *((name.upper(), f"Kecamatan {name.replace('-', ' ')}", "kecamatan") for name in KECAMATAN.split()),
    *((f"KEL-{name.upper()}", f"Kelurahan {name}", "kelurahan") for name in KELURAHAN.split()),
]
CODES = [code for code, _, _ in OPDS]


def _opd_rows(heads: dict[str, str]) -> Iterator[str]:
    yield "code;name;short_name;type;parent_code;protocol_order;reports;connectivity;head_nip;head_title"
    for order, (code, name, kind) in enumerate(OPDS, start=1):
        shown = HOSTILE_NAME if code == "DAMKAR" else name
        line = "none" if code in BLANK else "good"
        head = f"{heads[code]};definitif" if code in heads else ";"
        yield f"{code};{shown};{shown[:60]};{kind};;{order};yes;{line};{head}"


class Regency:
    """The sixty, their people, and one account that reports for each."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.draw = Random(76_02)
        self.people: dict[str, list[str]] = {}
        """OPD → the ids of its people, the head first."""
        self.nips: dict[str, list[str]] = {}
        self.town.register("opd", "\n".join(_opd_rows({})) + "\n")
        self.town.register("asn", "\n".join(self._asn_rows()) + "\n")
        self.town.register("opd", "\n".join(_opd_rows({code: nips[0] for code, nips in self.nips.items()})) + "\n")
        self._know_people()
        self.kominfo = town.person("kominfo", Role.KOMINFO)
        self.bupati = town.person("bupati", Role.BUPATI)
        self.operators = dict(self._operators())
        self.meeting = Meeting(NUMBER, "de+IDq//9f3hhT9D8/NA/J1==", "Apel", town.instant(f"{MONDAY} 07:22"), 60)
        self._adapter = town.machine(Role.ADAPTER)

    def _asn_rows(self) -> Iterator[str]:
        yield "nip;name;employment_type;opd_code;position;apel_duty;from_date"
        serial = 0
        for code, _, kind in OPDS:
            for number in range(6 if kind == "kelurahan" else 12 if kind == "kecamatan" else self.draw.randint(18, 44)):
                serial += 1
                nip = f"198501012010{1 + serial // 999:02d}{1 + serial % 2}{serial % 999 + 1:03d}"
                self.nips.setdefault(code, []).append(nip)
                yield f"{nip};{self._name(code, number)};PNS;{code};Pelaksana;yes;2020-01-01"

    def _know_people(self) -> None:
        ids: dict[str, str] = {}
        cursor = ""
        while cursor is not None:
            page = self.town.admin.get("/v1/asn", params={"limit": 200} | ({"cursor": cursor} if cursor else {}))
            cursor = page["next_cursor"]
            ids |= {item["nip"]: item["id"] for item in page["items"]}
        self.people = {code: [ids[nip] for nip in nips] for code, nips in self.nips.items()}

    def _name(self, code: str, number: int) -> str:
        if (code, number) == ("SETDA", 0):
            return f"{HOSTILE_NAME} {STACKED}"
        return f"{self.draw.choice((*MEN, *WOMEN))} {self.draw.choice(SURNAMES)}"

    def _operators(self) -> Iterator[tuple[str, Caller]]:
        """Accounts that report for twenty OPDs each: what an account may hold."""
        for first in range(0, len(CODES), 20):
            codes, username = CODES[first : first + 20], f"op.{first}"
            grants = [{"role": "opd_operator", "opd_code": code, "from_date": LONG_AGO.isoformat()} for code in codes]
            [slip] = self.town.admin.post("/v1/accounts", {"items": [{"username": username, "grants": grants}]})[
                "items"
            ]
            caller = self.town.change_password(username, slip["password"])
            yield from ((code, caller) for code in codes)

    def report(self, code: str, seed: str = "", *, named: bool = True) -> dict[str, Any]:
        """Most are there; some travel, are on leave or ill, and now and then that is the head."""
        draw, people = Random(code + seed), self.people[code]
        absent = draw.sample(range(1, len(people)), k=min(len(people) - 1, draw.choice((0, 1, 1, 2, 3))))
        if draw.random() < 0.1:
            absent.append(0)
        entries = [{"asn_id": people[one]} | self._status(draw, head=one == 0) for one in absent]
        counts = Counter(entry.get("mode") or entry["status"] for entry in entries)
        wfa, unexplained = counts.pop("wfa", 0), counts.pop("TK", 0)
        told = {"strength": len(people), "present": {"wfo": len(people) - len(absent), "wfa": wfa}}
        told |= {"excused": dict(counts), "unexplained": unexplained}
        return told | ({"entries_are": "exceptions", "entries": entries} if named else {})

    def _status(self, draw: Random, *, head: bool) -> dict[str, str]:
        status = "DL" if head else draw.choice(("DL", "DL", "DL", "CT", "S", "TB", "TK", "TK", "H", "H"))
        return {"status": status} | ({"mode": "wfa"} if status == "H" else {})

    def reports(self, apel_id: str, codes: Iterable[str], seed: str = "") -> None:
        for code in codes:
            self.operators[code].put(f"/v1/apel/{apel_id}/reports/{code}", self.report(code, seed, named=not seed))

    def phones(self, apel_id: str, code: str, caller: str) -> None:
        body = self.report(code, named=False) | {"channel": "phone", "caller": caller}
        self.kominfo.put(f"/v1/apel/{apel_id}/reports/{code}", body)

    def schedule(self, day: str, **changes: Any) -> str:
        times = {"starts_at": "07:30", "ends_at": "08:15", "report_deadline": "08:30"}
        body = {name: self.town.instant(f"{day} {at}").isoformat() for name, at in times.items()}
        body |= {"kind": "apel_gabungan", "title": "Apel Gabungan", "led_by": "Bupati Mamuju"} | changes
        apel_id: str = self.kominfo.post("/v1/apel", body)["id"]
        return apel_id

    def hold_earlier(self, day: str = LAST) -> None:
        """A Monday before, recorded after the fact and made final."""
        apel_id = self.schedule(day)
        self.reports(apel_id, (code for code in CODES if code != "DISDAG"), seed=day)
        self.town.admin.post(f"/v1/apel/{apel_id}/finalize", {"reason": "rekap selesai"})

    def zoom(self, event: dict[str, Any]) -> None:
        headers = {"content-type": "application/json"}
        self._adapter.ask("POST", "/v1/zoom/events", content=encode(event), headers=headers)

    def joins(self, code: str, at: str) -> None:
        device = Device(str(1000 + CODES.index(code)), f"[{code}] Ruang Apel", f"UUID-{code}")
        self.zoom(self.meeting.joined(device, self.town.instant(f"{MONDAY} {at}")))

    def at(self, clock: str, day: str = MONDAY) -> None:
        self.town.at(f"{day} {clock}")


@contextmanager
def regency(run: Run, url: str, directory: Path) -> Iterator[Regency]:
    place = ("Asia/Makassar", "Pemerintah Kabupaten Mamuju")
    settings = {"APEL_ZOOM_WEBHOOK_SECRETS": f"rahasia-{PASSWORD}", "APEL_ZOOM_SEATS": "500"}
    with founded(run, url, directory, f"{LAST} 12:00", *place, **settings) as town:
        yield Regency(town)
