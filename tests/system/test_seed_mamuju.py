"""Mamuju, Monday 9 October 2023: the apel moves to Zoom, agencies report in turn, a head on duty travel looks on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.principal import Role
from app.demo.zoom_twin.events import Device, Meeting, encode
from tests.system.town import Run, Town, founded

pytestmark = pytest.mark.system
NUMBER = "86084701483"

OPDS = """code;name;short_name;type;parent_code;protocol_order;reports;connectivity
DISDIK;Dinas Pendidikan, Kepemudaan dan Olahraga;Disdik;dinas;;1;yes;good
BKPP;Badan Kepegawaian, Pendidikan dan Pelatihan;BKPP;badan;;2;yes;good
KALUMPANG;Kecamatan Kalumpang;Kec. Kalumpang;kecamatan;;3;yes;none
"""
ASN = """nip;name;employment_type;opd_code;position;apel_duty;from_date
198501012010012001;Siti Aminah;PNS;DISDIK;Kepala Dinas;yes;2020-01-01
198602022011011002;Budi Santoso;PNS;DISDIK;Pelaksana;yes;2020-01-01
198703032012012003;Rahma Wati;PPPK;DISDIK;Pelaksana;yes;2020-01-01
198804042013011004;Gunawan Saleh;PNS;DISDIK;Pelaksana;yes;2020-01-01
198905052014011005;Andi Baso;PNS;BKPP;Kepala Badan;yes;2020-01-01
199006062015012006;Nurhayati;PNS;BKPP;Pelaksana;yes;2020-01-01
199107072016011007;Yusuf Daeng;PNS;KALUMPANG;Camat;yes;2020-01-01
199208082017012008;Hasna;PNS;KALUMPANG;Pelaksana;yes;2020-01-01
"""
HEADS = """code;name;short_name;type;parent_code;protocol_order;reports;head_nip;head_title
DISDIK;Dinas Pendidikan, Kepemudaan dan Olahraga;Disdik;dinas;;1;yes;198501012010012001;definitif
BKPP;Badan Kepegawaian, Pendidikan dan Pelatihan;BKPP;badan;;2;yes;198905052014011005;definitif
KALUMPANG;Kecamatan Kalumpang;Kec. Kalumpang;kecamatan;;3;yes;199107072016011007;definitif
"""


@pytest.fixture
def mamuju(run: Run, own_url: str, tmp_path: Path) -> Iterator[Town]:
    place = ("Asia/Makassar", "Pemerintah Kabupaten Mamuju")
    with founded(run, own_url, tmp_path, "2023-10-08 09:00", *place) as town:
        town.register("opd", OPDS)
        town.register("asn", ASN)
        town.register("opd", HEADS)
        yield town


def report(strength: int, wfo: int, wfa: int, unexplained: int, **excused: int) -> dict[str, Any]:
    present = {"wfo": wfo, "wfa": wfa}
    return {"strength": strength, "present": present, "excused": excused, "unexplained": unexplained}


class Zoom:
    """What the meeting's adapter relays."""

    def __init__(self, town: Town, began: str) -> None:
        self._adapter = town.machine(Role.ADAPTER)
        self.meeting = Meeting(NUMBER, "de+IDq//9f3hhT9D8/NA/J1==", "Apel", town.instant(began), 45)

    def tells(self, event: dict[str, Any]) -> None:
        headers = {"content-type": "application/json"}
        self._adapter.ask("POST", "/v1/zoom/events", content=encode(event), headers=headers)


def test_the_apel_of_a_whole_regency_is_called_on_zoom_and_read_by_its_bupati(mamuju: Town) -> None:
    town, people = mamuju, mamuju.people()
    kominfo = town.person("kominfo", Role.KOMINFO)
    bupati = town.person("bupati", Role.BUPATI)
    operators = {code: town.person(f"op.{code.lower()}", Role.OPD_OPERATOR, code) for code in ("DISDIK", "BKPP")}

    # "Apel yang biasanya dilakukan di halaman kantor bupati setiap hari Senin … diubah menjadi lewat jaringan virtual."
    planned = kominfo.post(
        "/v1/apel/plan",
        {"from": "2023-10-09", "to": "2023-10-16", "starts": "07:30", "ends": "08:15", "deadline": "08:30"}
        | {"zoom_meeting_ids": [NUMBER], "title": "Apel Gabungan Virtual"},
    )
    assert [one["on_date"] for one in planned["made"]] == ["2023-10-09", "2023-10-16"]
    apel_id = planned["made"][0]["id"]
    path = f"/v1/apel/{apel_id}"

    # "Kepala OPD yang berhalangan hadir atau ada tugas dinas luar … user id-nya oleh Dinas Kominfosandi."
    travels = {"asn_id": people["Siti Aminah"], "code": "DL", "from": "2023-10-09", "to": "2023-10-10"}
    town.admin.post("/v1/absences", travels | {"letter_no": "ST 090/12", "state": "confirmed"})
    works_elsewhere = {"asn_id": people["Rahma Wati"], "code": "WFA", "from": "2023-10-09", "to": "2023-10-09"}
    town.admin.post("/v1/absences", works_elsewhere | {"state": "confirmed"})
    roster = operators["DISDIK"].get(f"{path}/roster/DISDIK")
    join = {item["name"]: item["join_name"] for item in roster["items"]}
    suggested = {item["name"]: item["suggested"]["status"] for item in roster["items"]}
    assert suggested["Siti Aminah"] == "DL"

    town.at("2023-10-09 07:29")
    zoom = Zoom(town, "2023-10-09 07:28")
    zoom.tells(zoom.meeting.started(town.instant("2023-10-09 07:28")))
    for number, name in enumerate(("[DISDIK] Ruang Rapat", "[BKPP] Aula", join["Siti Aminah"], join["Rahma Wati"])):
        device = Device(str(100 + number), name, f"UUID-{number}")
        zoom.tells(zoom.meeting.joined(device, town.instant("2023-10-09 07:29")))

    # "Seluruh ASN yang telah berkumpul di kantor masing-masing melaporkan kehadiran mereka."
    town.at("2023-10-09 07:40")
    named = [
        {"asn_id": people["Siti Aminah"], "status": "DL", "note": "ST 090/12"},
        {"asn_id": people["Rahma Wati"], "status": "H", "mode": "wfa"},
        {"asn_id": people["Gunawan Saleh"], "status": "TK"},
    ]
    disdik = report(4, 1, 1, 1, DL=1) | {"entries_are": "exceptions", "entries": named}
    operators["DISDIK"].put(f"{path}/reports/DISDIK", disdik)
    operators["BKPP"].put(f"{path}/reports/BKPP", report(2, 2, 0, 0) | {"entries_are": "exceptions", "entries": []})

    # "Nyaris semua OPD mendapat giliran untuk menyampaikan tingkat kehadiran pegawainya."
    after = None
    for expected in ("DISDIK", "BKPP"):
        turn = kominfo.post(f"{path}/turns/next", {"after": after})
        after = turn["current"]
        assert after == expected
        kominfo.post(f"{path}/turns/{after}/answer", {"as_written": True})
    turns = kominfo.get(f"{path}/turns")
    assert [one["opd_code"] for one in turns["items"] if one["state"] == "answered"] == ["DISDIK", "BKPP"]

    # Kalumpang has no signal: its camat phones in, and being late there is geography.
    town.at("2023-10-09 08:20")
    phoned = report(2, 2, 0, 0) | {"channel": "phone", "caller": "Camat Kalumpang"}
    kominfo.put(f"{path}/reports/KALUMPANG", phoned)
    zoom.tells(zoom.meeting.ended(town.instant("2023-10-09 08:15")))

    town.at("2023-10-09 09:30")
    board = bupati.get(f"{path}/board")
    totals = board["totals"]
    assert (totals["strength"], totals["present"], totals["unexplained"]) == (8, {"wfo": 5, "wfa": 1}, 1)
    assert totals["duty_rate"] == {
        "numerator": 6,
        "denominator": 7,
        "excluded": {"other": 1},
        "percent": 85.71,
    }
    # Nobody is red: that she looked in while on duty travel, and that Kalumpang has no signal, explain themselves.
    lights = {row["opd_code"]: (row["light"], [one["code"] for one in row["reasons"]]) for row in board["opd"]}
    looked_at = ("yellow", ["finding-explainable"])
    assert lights == {"DISDIK": looked_at, "BKPP": ("green", []), "KALUMPANG": looked_at}
    head = next(row["head"] for row in board["opd"] if row["opd_code"] == "DISDIK")
    assert (head["name"], head["status"]) == ("Siti Aminah", "excused")

    # "Masih bisa memantau kehadiran semua perangkatnya": the head on duty travel was seen, and reads her own agency.
    seen = kominfo.get(f"{path}/participants?matched=true")["items"]
    assert people["Siti Aminah"] in {item["subject"]["asn_id"] for item in seen}
    siti = town.person("siti", Role.OPD_HEAD, "DISDIK", nip="198501012010012001")
    assert siti.get(f"{path}/attendance?opd_code=DISDIK")["items"]

    # "Berikan reward ataupun punishment berdasarkan tingkat kehadiran mereka": points with lines; a person decides.
    town.admin.post(f"{path}/finalize", {"reason": "rekap selesai"})
    scores = {row["opd_code"]: row["points"] for row in bupati.get(f"{path}/scores")["opd"]}
    assert scores["BKPP"] == 100
    assert scores["DISDIK"] < 100
    recommended = town.admin.post("/v1/recommendations", {"from": {"kind": "apel", "id": people["Gunawan Saleh"]}})
    assert (recommended["kind"], recommended["state"]) == ("guidance", "open")
    gunawan = town.civil_servant(people["Gunawan Saleh"])
    own = gunawan.get("/v1/me/record")
    assert [mark["status"] for mark in own["marks"]] == ["TK"]
    assert own["cases"] == []
