"""Kota Mojokerto, Tuesday 4 June 2024: at a rakor in Balai Kota the phones of all who attend lie in a basket."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.core.principal import Role
from tests.system.town import Caller, Run, Town, founded

pytestmark = pytest.mark.system

OPDS = """code;name;short_name;type;parent_code;protocol_order;reports
SETDA;Sekretariat Daerah;Setda;setda;;1;yes
DISKOMINFO;Dinas Komunikasi dan Informatika;Diskominfo;dinas;;2;yes
DINKES;Dinas Kesehatan;Dinkes;dinas;;3;yes
SATPOLPP;Satuan Polisi Pamong Praja;Satpol PP;satpol_pp;;4;yes
"""
ASN = """nip;name;employment_type;opd_code;position;apel_duty;from_date
197001012000012001;Asih Rahayu;PNS;SETDA;Sekretaris Daerah;yes;2020-01-01
198602022011011002;Bambang Sutejo;PNS;SETDA;Kepala Bagian;yes;2020-01-01
198703032012012003;Citra Lestari;PNS;SETDA;Kepala Bagian;yes;2020-01-01
198804042013012004;Kirana Wulandari;PNS;SETDA;Pelaksana;yes;2020-01-01
198905052014011005;Farid Mahendra;PNS;DISKOMINFO;Kepala Dinas;yes;2020-01-01
199006062015012006;Gita Permata;PNS;DISKOMINFO;Pelaksana;yes;2020-01-01
197107072001011007;Hadi Prasetyo;PNS;DINKES;Kepala Dinas;yes;2020-01-01
199208082017012008;Indah Susanti;PNS;DINKES;Pelaksana;yes;2020-01-01
199309092018011009;Joko Widagdo;PPPK;DINKES;Pelaksana;yes;2020-01-01
197210102002011010;Dimas Aryo;PNS;SATPOLPP;Kepala Satuan;yes;2020-01-01
199411112019012011;Eka Fitri;PNS;SATPOLPP;Pelaksana;yes;2020-01-01
"""
HEADS = {
    "SETDA": "197001012000012001",
    "DISKOMINFO": "198905052014011005",
    "DINKES": "197107072001011007",
    "SATPOLPP": "197210102002011010",
}
IMEI = "35 693803 564380 9"
BASKET = {"Asih Rahayu": "A-1", "Bambang Sutejo": "A-2", "Gita Permata": "B-1", "Eka Fitri": "D-1"}
"""The phones of those whose OPD has reported; the numbers are those of the slots."""


@dataclass
class Rakor:
    """The meeting of that morning, and those who run it."""

    town: Town
    people: dict[str, str] = field(init=False)
    operators: dict[str, Caller] = field(init=False)
    desk: Caller = field(init=False)
    """The protocol's table with the basket."""
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.people = self.town.people()
        self.operators = {
            code: self.town.person(f"op.{code.lower()}", Role.OPD_OPERATOR, code) for code in ("SETDA", "DINKES")
        }
        self.operators |= dict.fromkeys(("DISKOMINFO", "SATPOLPP"), self.town.admin)
        self.desk = self.town.person("protokol", Role.KOMINFO)
        hours = {"starts_at": "08:00", "ends_at": "10:00", "report_deadline": "08:30"}
        times = {name: self.town.instant(f"2024-06-04 {hour}").isoformat() for name, hour in hours.items()}
        made = self.desk.post("/v1/apel", {"kind": "rakor", "title": "Rakor di Balai Kota"} | times)
        self.path = f"/v1/apel/{made['id']}"

    def reports(self, code: str, wfo: int, *elsewhere: str) -> None:
        entries = [{"asn_id": self.people[name], "status": "H", "mode": "wfa"} for name in elsewhere]
        present = {"wfo": wfo, "wfa": len(elsewhere)}
        body = {"strength": wfo + len(elsewhere), "present": present, "excused": {}, "unexplained": 0}
        told = {"channel": "paper", "caller": "Sekretaris"} if self.operators[code] is self.town.admin else {}
        report = body | told | {"entries_are": "exceptions", "entries": entries}
        self.operators[code].put(f"{self.path}/reports/{code}", report)

    def lays_in(self, phones: dict[str, str], by: Caller | None = None, **more: Any) -> Any:
        items = [{"asn_id": self.people[name], "slot": slot} for name, slot in phones.items()]
        return (by or self.desk).post(f"{self.path}/deposits", {"items": items}, **more)

    def exempts(self, by: Caller, **reasons: str) -> Any:
        names = {name.partition(" ")[0]: asn_id for name, asn_id in self.people.items()}
        items = [{"asn_id": names[name], "reason": reason} for name, reason in reasons.items()]
        return by.post(f"{self.path}/deposits/exemptions", {"items": items})

    def reasons(self, by: Caller) -> dict[str, str]:
        return {one["name"]: one["reason"] for one in by.get(f"{self.path}/deposits/exemptions")["items"]}

    def slots(self, by: Caller) -> dict[str, str]:
        return {one["slot"]: one["state"] for one in by.get(f"{self.path}/deposits")["items"]}


@pytest.fixture
def rakor(run: Run, own_url: str, tmp_path: Path) -> Iterator[Rakor]:
    place = ("Asia/Jakarta", "Pemerintah Kota Mojokerto")
    with founded(run, own_url, tmp_path, "2024-06-03 09:00", *place) as town:
        town.settle(OPDS, ASN, HEADS)
        yield Rakor(town)


def share(numerator: int, denominator: int, percent: float, exempt: int) -> dict[str, Any]:
    return {
        "numerator": numerator,
        "denominator": denominator,
        "excluded": {"exempt": exempt},
        "percent": percent,
    }


def test_the_phones_of_a_rakor_lie_in_a_basket_and_each_opds_share_is_read(rakor: Rakor) -> None:
    town, desk = rakor.town, rakor.desk
    setda, dinkes = rakor.operators["SETDA"], rakor.operators["DINKES"]
    reader = town.machine(Role.READER)

    town.at("2024-06-04 07:50")
    desk.post(f"{rakor.path}/open")
    for code, there in {"SETDA": 4, "DISKOMINFO": 2, "SATPOLPP": 2}.items():
        rakor.reports(code, there)

    # "Fisik dan pikirannya hadir untuk rapat": a phone in the basket reports nobody, so that attendance comes first.
    indah = {"Indah Susanti": "C-1"}
    assert rakor.lays_in(indah, expect=(409,))["code"] == "attendance-first"
    rakor.reports("DINKES", 2, "Joko Widagdo")

    # "Para ASN diwajibkan untuk meletakkan seluruh handphone di keranjang khusus, setiap kegiatan rapat."
    town.at("2024-06-04 07:58")
    assert rakor.lays_in(BASKET | indah) == {"recorded": 5, "unchanged": 0}
    assert rakor.lays_in(BASKET | indah) == {"recorded": 0, "unchanged": 5}
    taken = rakor.lays_in({"Kirana Wulandari": "A-1"}, expect=(409,))
    assert (taken["code"], taken["errors"][0]["pointer"]) == ("slot-taken", "/items/0/slot")
    refused = rakor.lays_in({"Kirana Wulandari": IMEI}, expect=(422,))
    unwanted = {"pointer": "/items/0/slot", "detail": "Jangan tulis nomor telepon, IMEI, atau NIP di sini."}
    assert refused["errors"] == [unwanted]
    assert IMEI not in str(refused), "not even the refusal repeats it"

    # Whoever cannot lay the phone aside keeps it; an illness is nobody else's business, nor is that it is one.
    rakor.exempts(desk, Dimas="security", Farid="streaming_crew", Hadi="on_call")
    rakor.exempts(setda, Citra="medical")
    hidden = dict.fromkeys(("Dimas Aryo", "Farid Mahendra", "Hadi Prasetyo", "Citra Lestari"), "exempt")
    assert rakor.reasons(desk) == hidden
    assert rakor.reasons(setda) == {"Citra Lestari": "medical"}
    assert rakor.reasons(town.admin) == hidden | {
        "Dimas Aryo": "security",
        "Farid Mahendra": "streaming_crew",
        "Hadi Prasetyo": "on_call",
        "Citra Lestari": "medical",
    }

    # An operator sees the own people's slots and lays in no others' phones; a machine sees how many there are.
    assert rakor.slots(dinkes) == {"C-1": "in"}
    assert rakor.lays_in({"Kirana Wulandari": "Z-9"}, by=dinkes, expect=(422,))["code"] == "deposits-refused"
    counted = reader.get(f"{rakor.path}/deposits")
    assert (counted["counts"], counted["items"]) == ({"in": 5, "out": 0, "missing": 0}, [])
    assert reader.send("GET", f"{rakor.path}/deposits/exemptions").status_code == 403

    _phones_are_given_back(rakor)
    _compliance_is_read(rakor)

    # "Semoga ini bisa menjadi ikhtiar kami untuk semakin meningkatkan pelayanan": a line of conduct, no punishment.
    town.at("2024-06-05 08:00")
    answer = reader.send("GET", "/v1/board/parts?period=2024-06")
    board = answer.json()
    assert board["conduct"] == {
        "acknowledged": {"numerator": 0, "denominator": 0, "excluded": {}, "percent": None},
        "deposited": share(5, 6, 83.33, 4),
        "incidents": None,
    }
    conduct = {row["opd_code"]: row["parts"]["conduct"] for row in board["opd"]}
    assert conduct == {"SETDA": 66.67, "DISKOMINFO": 100.0, "DINKES": 100.0, "SATPOLPP": 100.0}
    assert {row["missing"] for row in board["opd"]} == {"too-few-parts"}, "a rakor alone makes no composite"
    _nobody_is_named(rakor, answer.text)
    _a_figure_leads_to_the_basket(rakor, reader)
    kirana, indah_herself = (town.civil_servant(rakor.people[name]) for name in ("Kirana Wulandari", "Indah Susanti"))
    assert (kirana.get("/v1/me/record")["cases"], kirana.get("/v1/me/record")["deposits"]) == ([], [])
    [kept] = indah_herself.get("/v1/me/record")["deposits"]
    assert ([stay["slot"] for stay in kept["stays"]], kept["losses"]) == (["C-1"], ["settled"])


def _phones_are_given_back(rakor: Rakor) -> None:
    """Four are fetched or missed at ten; one is forgotten."""
    town, desk = rakor.town, rakor.desk
    town.at("2024-06-04 10:00")
    fetched = {"items": [{"slot": slot} for slot in ("A-1", "B-1", "D-1")]}
    assert desk.post(f"{rakor.path}/deposits/out", fetched) == {"recorded": 3, "unchanged": 0}
    assert desk.post(f"{rakor.path}/deposits/out", fetched) == {"recorded": 0, "unchanged": 3}
    unknown = {"items": [{"slot": "Z-9"}]}
    assert desk.post(f"{rakor.path}/deposits/out", unknown, expect=(422,))["code"] == "deposits-refused"

    lost = {"slot": "C-1", "note": "tidak ada di slotnya"}
    told = desk.post(f"{rakor.path}/deposits/losses", lost, expect=(201,))
    assert desk.post(f"{rakor.path}/deposits/losses", lost, expect=(200,))["id"] == told["id"]
    assert rakor.slots(desk) == {"A-1": "out", "A-2": "in", "B-1": "out", "C-1": "missing", "D-1": "out"}
    ended = {"outcome": "settled", "note": "diganti oleh Setda"}
    settled = rakor.operators["DINKES"].post(f"{rakor.path}/deposits/losses/{told['id']}/settle", ended)
    assert (settled["name"], settled["outcome"]) == ("Indah Susanti", "settled")
    assert rakor.operators["SETDA"].get(f"{rakor.path}/deposits/losses")["items"] == []


def _compliance_is_read(rakor: Rakor) -> None:
    """ "Saya ingin semua yang ikut rapat fokus": of those in the room, without whoever had to keep the phone."""
    rakor.town.at("2024-06-04 11:00")
    found = rakor.desk.get(f"{rakor.path}/deposits/compliance")
    # Eleven are present, one of them elsewhere on orders; four are exempt.
    assert found["total"] == share(5, 6, 83.33, 4)
    assert {one["opd_code"]: one["deposited"] for one in found["opd"]} == {
        "SETDA": share(2, 3, 66.67, 1),
        "DISKOMINFO": share(1, 1, 100.0, 1),
        "DINKES": share(1, 1, 100.0, 1),
        "SATPOLPP": share(1, 1, 100.0, 1),
    }
    assert (found["not_fetched"], found["losses"]) == (1, {"open": 0, "found": 0, "settled": 1})
    assert [one["name"] for one in found["items"]] == ["Kirana Wulandari"]
    [line] = found["lines"]
    assert (line["rule"], line["facts"]["verified"]) == ("conduct.deposit", False)

    own = rakor.operators["DINKES"].get(f"{rakor.path}/deposits/compliance")
    assert ([one["opd_code"] for one in own["opd"]], own["items"]) == (["DINKES"], [])
    machines = rakor.town.machine(Role.READER).send("GET", f"{rakor.path}/deposits/compliance")
    assert (machines.json()["total"], machines.json()["items"]) == (found["total"], [])
    _nobody_is_named(rakor, machines.text)


def _nobody_is_named(rakor: Rakor, text: str) -> None:
    told = [fact for name, asn_id in rakor.people.items() for fact in (name, asn_id) if fact in text]
    assert told == []


def _a_figure_leads_to_the_basket(rakor: Rakor, reader: Caller) -> None:
    """From the board, and from an OPD's conduct, to the meeting at which its phones were counted."""
    sources = reader.get("/v1/board/parts?period=2024-06")["sources"]
    [baskets] = [one["href"] for one in sources if one["href"].startswith("/v1/deposits")]
    [used] = reader.get(baskets)["items"]
    assert (used["title"], used["on_date"]) == ("Rakor di Balai Kota", "2024-06-04")
    assert used["deposited"] == reader.get(used["href"])["total"] == share(5, 6, 83.33, 4)

    composite = reader.get("/v1/scores/composite/opd/SETDA?period=2024-06")
    conduct = next(one for one in composite["parts"] if one["part"] == "conduct")
    assert conduct["line"]["facts"]["deposited"] == {"numerator": 2, "denominator": 3}
    [baskets] = [one["href"] for one in conduct["line"]["evidence"] if one["href"].startswith("/v1/deposits")]
    assert reader.get(baskets)["items"][0]["deposited"] == share(2, 3, 66.67, 1)
