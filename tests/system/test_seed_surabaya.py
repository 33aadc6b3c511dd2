"""Surabaya, January 2024: whoever works from anywhere is judged by output and outcome, not by presence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.principal import Role
from tests.system.town import Caller, Run, Town, founded

pytestmark = pytest.mark.system
PERIOD = "2024-01"

OPDS = """code;name;short_name;type;parent_code;protocol_order;reports
DUKCAPIL;Dinas Kependudukan dan Pencatatan Sipil;Dispendukcapil;dinas;;1;yes
GUBENG;Kecamatan Gubeng;Kec. Gubeng;kecamatan;;2;yes
RSUD;Rumah Sakit Umum Daerah;RSUD;rsud;;3;yes
"""
ASN = """nip;name;employment_type;opd_code;position;apel_duty;from_date
197501012000012001;Retno Wulandari;PNS;DUKCAPIL;Kepala Dinas;yes;2020-01-01
198602022011011002;Bagus Prakoso;PNS;DUKCAPIL;Pelaksana;yes;2020-01-01
198703032012012003;Dewi Lestari;PPPK;DUKCAPIL;Pelaksana;yes;2020-01-01
198804042013011004;Hendra Wijaya;PNS;DUKCAPIL;Pelaksana;yes;2020-01-01
197805052003011005;Agus Santoso;PNS;GUBENG;Camat;yes;2020-01-01
199006062015012006;Sri Rahayu;PNS;GUBENG;Pelaksana;yes;2020-01-01
199107072016012007;Nur Aini;PNS;RSUD;Perawat;yes;2020-01-01
"""
HEADS = """code;name;short_name;type;parent_code;protocol_order;reports;head_nip;head_title
DUKCAPIL;Dinas Kependudukan dan Pencatatan Sipil;Dispendukcapil;dinas;;1;yes;197501012000012001;definitif
GUBENG;Kecamatan Gubeng;Kec. Gubeng;kecamatan;;2;yes;197805052003011005;definitif
"""
TOLD = {"Pegawai": "nip", "Rencana Kerja": "rhk", "Ukuran": "indicator", "Sudut": "aspect", "Takaran": "unit"} | {
    "Jumlah": "target",
    "Masa": "period",
    "Tema RB": "theme",
}
POST, REGISTER, DIGITAL = "Warga terlayani di balai RW", "Pindah datang tercatat", "Arsip kependudukan digital"
PLANS = f"""Pegawai;Rencana Kerja;Ukuran;Sudut;Takaran;Jumlah;Masa;Tema RB
198602022011011002;{POST};KTP-el selesai;kuantitas;dokumen;20;2024-01-15;
198602022011011002;{POST};KTP-el selesai;kuantitas;dokumen;20;2024-01-16;
198602022011011002;{DIGITAL};Arsip dipindai;kuantitas;berkas;400;Januari 2024;Digitalisasi
198703032012012003;{REGISTER};Berkas diperiksa;kuantitas;berkas;15;2024-01-15;
198703032012012003;{REGISTER};Berkas diperiksa;kuantitas;berkas;15;2024-01-16;
199006062015012006;{DIGITAL};Arsip dipindai;kuantitas;berkas;200;Januari 2024;Digitalisasi
"""
"""As the office's e-Kinerja writes it: headers of its own, days and months in one file."""
CLOCKED = """nip;tanggal;masuk;pulang
198703032012012003;2024-01-15;07.25;16.05
198703032012012003;2024-01-16;07.28;16.01
"""


class Surabaya:
    """Those who take part, by name."""

    def __init__(self, town: Town) -> None:
        self.town, self.office = town, town.admin
        self.people = town.people()
        self.mayor = town.person("walikota", Role.BUPATI)
        self.retno = town.person("retno", Role.OPD_HEAD, "DUKCAPIL", nip="197501012000012001")
        self.agus = town.person("agus", Role.OPD_HEAD, "GUBENG", nip="197805052003011005")
        self.bagus, self.dewi = (town.civil_servant(self.people[name]) for name in ("Bagus Prakoso", "Dewi Lestari"))

    def indicators(self, name: str) -> dict[str, str]:
        """Wording → id, of a person's plan."""
        plan = self.office.get(f"/v1/performance/asn/{self.people[name]}/plans/2024")
        return {one["indicator"]: one["id"] for rhk in plan["rhk"] for one in rhk["indicators"]}


@pytest.fixture
def surabaya(run: Run, own_url: str, tmp_path: Path) -> Iterator[Surabaya]:
    with founded(run, own_url, tmp_path, "2024-01-08 09:00", "Asia/Jakarta", "Pemerintah Kota Surabaya") as town:
        for kind, rows in (("opd", OPDS), ("asn", ASN), ("opd", HEADS)):
            town.register(kind, rows)
        yield Surabaya(town)


def test_who_works_from_anywhere_is_judged_by_output_and_who_only_sits_at_the_office_by_none(
    surabaya: Surabaya,
) -> None:
    agree_on_output(surabaya)
    send_to_the_balai_rw(surabaya)
    report_what_was_made(surabaya)
    look_at_the_days(surabaya)
    serve_the_public_in_time(surabaya)
    evaluate_the_month(surabaya)
    show_the_mayor(surabaya)


def agree_on_output(story: Surabaya) -> None:
    # "Pekerjaan ASN dinilai dari output dan outcome tercapai": what that is for each person, from the office's file.
    story.office.put("/v1/performance/imports/plans/mapping", {"headers": TOLD})
    told = {"rows": 6, "people": 3, "created": 3, "changed": 0, "unchanged": 0, "accepted": 0, "kind": "plans"}
    previewed = story.office.send_file("/v1/performance/imports", PLANS, kind="plans", preview="true")
    assert previewed == told | {"preview": True}
    assert story.office.send_file("/v1/performance/imports", PLANS, kind="plans") == told | {"preview": False}
    again = story.office.send_file("/v1/performance/imports", PLANS, kind="plans")
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 3)


def send_to_the_balai_rw(story: Surabaya) -> None:
    # "ASN tidak berada di kantor tapi di tengah masyarakat agar lebih dekat dengan warganya."
    order = {
        "number": "800/17/436.7.11/2024",
        "date": "2024-01-10",
        "signatory": "Kepala Dinas",
        "mode": "location",
    } | {
        "from": "2024-01-15",
        "to": "2024-02-29",
        "place": {"kind": "service_post", "name": "Balai RW 05 Gubeng"},
        "people": [{"nip": "198602022011011002"}],
        "target": "20 KTP-el per hari",
    }
    made = story.retno.post("/v1/flexwork/orders", order)
    confirmed = story.retno.post(f"/v1/flexwork/orders/{made['id']}/confirm")
    assert (confirmed["state"], confirmed["doubts"]) == ("confirmed", [])
    nurse = order | {"number": "800/18/436.7.11/2024", "people": [{"nip": "199107072016012007"}]}
    [doubt] = story.office.post("/v1/flexwork/orders", nurse)["doubts"]
    assert doubt["asn_id"] == story.people["Nur Aini"], "who serves the public face to face; it stops nothing"

    planned = story.office.post(
        "/v1/apel/plan",
        {"from": "2024-02-05", "to": "2024-02-05", "starts": "07:30", "ends": "08:00", "deadline": "08:30"}
        | {"zoom_meeting_ids": ["86084701483"], "title": "Apel Virtual"},
    )
    # The roster of February's apel knows it too, so that nobody has to ask him where he is.
    roster = story.retno.get(f"/v1/apel/{planned['made'][0]['id']}/roster/DUKCAPIL")
    suggested = {item["name"]: item["suggested"] for item in roster["items"]}
    assert suggested["Bagus Prakoso"]["mode"] == "wfa"

    # Which officer is where today: names for the own head, numbers for everybody else.
    story.town.at("2024-01-15 10:00")
    [post] = story.retno.get("/v1/flexwork/posts")["posts"]
    assert (post["name"], [one["name"] for one in post["officers"]]) == ("Balai RW 05 Gubeng", ["Bagus Prakoso"])
    assert story.mayor.get("/v1/flexwork/posts")["posts"] == [post | {"officers": None}]
    today = {row["opd_code"]: row for row in story.mayor.get("/v1/flexwork/today")["items"]}
    assert (today["DUKCAPIL"]["office"], today["DUKCAPIL"]["elsewhere"]) == (3, {"service_post": 1})


def report_what_was_made(story: Surabaya) -> None:
    story.town.at("2024-01-16 17:00")
    bagus, dewi = story.indicators("Bagus Prakoso"), story.indicators("Dewi Lestari")

    def made(indicator: str, period: str, actual: str, evidence: str) -> dict[str, Any]:
        return {"indicator_id": indicator, "period": period, "actual": actual, "evidence": evidence}

    # "Tidak boleh melupakan pekerjaan utamanya": reported from the balai RW, by the one-time link, with evidence.
    ktp = bagus["KTP-el selesai"]
    days = [made(ktp, "2024-01-15", "20", "register KTP 15"), made(ktp, "2024-01-16", "22", "register KTP 16")]
    sent = story.bagus.post("/v1/performance/achievements", {"items": days})
    assert {item["state"] for item in sent["items"]} == {"waiting"}

    # "Jangan duduk saja … pura-pura pegang berkas": having been there is no output.
    sat = made(dewi["Berkas diperiksa"], "2024-01-15", "15", "Mengikuti apel pagi di kantor")
    refused = story.dewi.ask("POST", "/v1/performance/achievements", {"items": [sat]}, expect=(422,))
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("attendance-is-no-output", "/items/0/evidence")
    half = made(dewi["Berkas diperiksa"], "2024-01-16", "9", "register pindah datang 16")
    story.dewi.post("/v1/performance/achievements", {"items": [half]})

    # Nothing counts until the head has looked at it, and nobody verifies the own work.
    waiting = story.retno.get("/v1/performance/achievements")["items"]
    assert [(item["name"], item["actual"]) for item in waiting] == [
        ("Bagus Prakoso", "20"),
        ("Bagus Prakoso", "22"),
        ("Dewi Lestari", "9"),
    ]
    assert story.agus.get("/v1/performance/achievements")["items"] == []
    for item in waiting:
        story.agus.ask("POST", f"{item['href']}/verify", expect=(404,))
        assert story.retno.post(f"{item['href']}/verify")["state"] == "accepted"


def look_at_the_days(story: Surabaya) -> None:
    story.town.at("2024-01-17 08:00")
    preview = story.office.send_file("/v1/workdays/imports", CLOCKED)
    story.office.post(f"/v1/workdays/imports/{preview['id']}/apply")
    span = "days?from=2024-01-15&to=2024-01-16"

    def days(caller: Caller, name: str) -> list[tuple[str, str, float | None]]:
        read = caller.get(f"/v1/performance/asn/{story.people[name]}/{span}")["items"]
        return [(one["place"], one["verdict"], one["capaian"]["percent"]) for one in read]

    # "Meski ke kantor atau tidak di kantor tidak apa-apa": away from the office with output is full performance …
    assert days(story.retno, "Bagus Prakoso") == [("wfa", "full", 100.0), ("wfa", "full", 100.0)]
    # … "daripada di kantor tapi output dan outcome tidak tercapai": a day there without output earns nothing.
    assert days(story.dewi, "Dewi Lestari") == [("at-work", "none", 0.0), ("at-work", "partial", 60.0)]
    hidden = f"/v1/performance/asn/{story.people['Dewi Lestari']}/{span}"
    assert [caller.send("GET", hidden).status_code for caller in (story.bagus, story.agus)] == [404, 404]


def serve_the_public_in_time(story: Surabaya) -> None:
    # "Pelayanan kepada masyarakat itu bisa dilakukan dari mana saja": a KTP is promised by the next working day.
    promise = {"name": "Cetak KTP-el", "promise": {"finish": {"working_days": 1}}, "source": "Maklumat Pelayanan"}
    story.retno.put("/v1/counters/DUKCAPIL/services/KTP-EL", promise | {"from_date": "2024-01-01"})
    machine = story.town.machine(Role.ADAPTER)

    def ticket(number: int, arrived: str, finished: str | None = None) -> dict[str, Any]:
        told = {"opd_code": "DUKCAPIL", "service_code": "KTP-EL", "ticket": f"A-{number:03}"}
        done = {"finished_at": story.town.instant(finished).isoformat()} if finished else {}
        return told | {"arrived_at": story.town.instant(arrived).isoformat()} | done

    same_day = [ticket(number, "2024-01-18 08:10", "2024-01-18 11:40") for number in range(1, 11)]
    # Arrived on a Friday: Monday is the next working day, and Tuesday is late. One still waits.
    friday = "2024-01-19 09:00"
    others = [ticket(11, friday, "2024-01-22 09:30"), ticket(12, friday, "2024-01-23 09:00"), ticket(13, friday)]
    story.town.at("2024-01-24 08:00")
    sent = machine.post("/v1/counters/times", {"items": same_day + others})
    assert (sent["created"], machine.post("/v1/counters/times", {"items": same_day})["unchanged"]) == (13, 10)
    speed = story.mayor.get(f"/v1/counters/speed?period={PERIOD}")["total"]
    assert (speed["served"], speed["waiting"], speed["enough"]) == (12, 1, True)
    assert speed["within"] == {"numerator": 11, "denominator": 12, "excluded": {"unfinished": 1}, "percent": 91.67}


def evaluate_the_month(story: Surabaya) -> None:
    # At the month's end from the office's file; what is verified there counts since the office sends it.
    story.town.at("2024-02-01 09:00")
    achieved = f"""nip;rhk;indikator;periode;realisasi;bukti;verifikasi
198602022011011002;{DIGITAL};Arsip dipindai;Januari 2024;300;https://arsip.surabaya.go.id/1;diterima
199006062015012006;{DIGITAL};Arsip dipindai;Januari 2024;200;https://arsip.surabaya.go.id/2;
"""
    sent = story.office.send_file("/v1/performance/imports", achieved, kind="achievements")
    assert (sent["created"], sent["accepted"]) == (2, 1)

    # Bagus: (1 + 0,75) of 2 outputs; Dewi: the mean of a day of nothing and one of 60 percent.
    bagus = f"/v1/performance/asn/{story.people['Bagus Prakoso']}"
    read = story.bagus.get(f"{bagus}?period={PERIOD}")
    assert read["capaian"] == {"numerator": 1.75, "denominator": 2, "excluded": {}, "percent": 87.5}
    assert [(one["indicator"], one["percent"]) for one in read["indicators"]] == [
        ("KTP-el selesai", 100.0),
        ("Arsip dipindai", 75.0),
    ]
    whole = story.retno.get(f"/v1/performance/opd/DUKCAPIL?period={PERIOD}")
    assert (whole["people"], whole["known"], whole["missing"]) == (4, 2, 2), "without targets is missing, never zero"
    assert whole["capaian"] == {
        "numerator": 1.175,
        "denominator": 2,
        "excluded": {"missing": 2},
        "percent": 58.75,
    }

    # The superior's word makes the predikat; what the facts propose stands beside it.
    values = story.retno.get("/v1/behaviour/values")["items"]
    ratings = {guide["code"]: "meets" for value in values for guide in value["guides"]}
    asn_id = story.people["Bagus Prakoso"]
    story.retno.put(f"/v1/behaviour/asn/{asn_id}/assessments/{PERIOD}", {"ratings": ratings})
    proposal = story.retno.get(f"{bagus}/evaluations/{PERIOD}")["proposal"]
    assert (proposal["results"], proposal["behaviour"], proposal["predikat"]) == ("below", "meets", "butuh_perbaikan")
    word = {"results": "meets", "behaviour": "meets", "note": "Pemindai rusak sepekan; KTP di balai RW penuh."}
    kept = story.retno.put(f"{bagus}/evaluations/{PERIOD}", word)["current"]
    assert (kept["predikat"], kept["predikat_text"], kept["by_name"]) == ("baik", "Baik", "retno")
    own = f"/v1/performance/asn/{story.people['Retno Wulandari']}/evaluations/{PERIOD}"
    assert story.retno.ask("PUT", own, word, expect=(403,))["code"] == "own-performance"


def show_the_mayor(story: Surabaya) -> None:
    # "Hadirnya mereka dinilai bukan dari kehadirannya (absensi) di kantor": output and service weigh; no
    # apel was held in January, which is missing and no zero.
    composite = story.mayor.get(f"/v1/scores/composite/opd/DUKCAPIL?period={PERIOD}")
    parts = {part["part"]: part for part in composite["parts"]}
    assert {name: part["points"] for name, part in parts.items()} == {
        "attendance": None,
        "output": 58.75,
        "behaviour": None,
        "service": 91.67,
        "conduct": None,
    }
    assert {name: parts[name]["line"]["facts"][of] for name, of in (("output", "known"), ("service", "promised"))} == {
        "output": 2,
        "service": 12,
    }
    assert parts["behaviour"]["missing"] == "too-few", "an average of one would tell what was said of Bagus"
    # 35 × 58,75 + 10 × 91,67, over the 45 that are known.
    assert composite["points"] == 66.07

    board = story.mayor.get(f"/v1/board/parts?period={PERIOD}")
    assert board["output"] == {"people": 7, "known": 2, "provisional": 1, "percent": 58.75}
    assert (board["service"]["now"]["within"]["numerator"], board["service"]["now"]["within"]["denominator"]) == (
        11,
        12,
    )
    [theme] = [one for one in board["themes"] if one["theme"] == "digitalisation"]
    assert (theme["outputs"], theme["people"], theme["percent"]) == (2, 2, 75.0)
    assert not any(name in str(board) for name in story.people), "figures, no names"
    links = [story.mayor.get(link["href"]) for part in composite["parts"] for link in part["line"]["evidence"]]
    assert len(links) >= 5, "each part leads to the room where it is read"
