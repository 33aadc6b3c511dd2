"""Pamekasan, January 2026: no live streams in working hours, told to everybody, and nobody accused by a machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.principal import Role
from tests.system.town import Caller, Run, Town, founded

pytestmark = pytest.mark.system
NUMBER = "100.3.4/215/432.403/2026"
INCIDENTS, PERIOD = "/v1/livestreams/incidents", "2026-01"

OPDS = """code;name;short_name;type;parent_code;protocol_order;reports
DISHUB;Dinas Perhubungan;Dishub;dinas;;1;yes
RSUD;Rumah Sakit Umum Daerah;RSUD;rsud;;2;yes
KOTA;Kecamatan Pamekasan;Kec. Pamekasan;kecamatan;;3;yes
BUGIH;Kelurahan Bugih;Kel. Bugih;kelurahan;KOTA;4;no
"""
ASN = """nip;name;employment_type;opd_code;position;apel_duty;from_date;superior_nip;work_pattern
197501012000011001;Moh. Taufiq;PNS;DISHUB;Kepala Dinas;yes;2020-01-01;;5
198602022011011002;Rudi Hartono;PNS;DISHUB;Pelaksana;yes;2020-01-01;197501012000011001;5
199003032022212003;Siti Maryam;PPPK;DISHUB;Pelaksana;yes;2022-03-01;197501012000011001;5
199504042025211004;Achmad Fauzi;PPPK_PW;DISHUB;Pelaksana;yes;2025-03-01;197501012000011001;5
197805052003012005;Nurul Hasanah;PNS;RSUD;Direktur;yes;2020-01-01;;5
199106062022211006;Farid Wajdi;PPPK;RSUD;Perawat;no;2022-03-01;197805052003012005;shift
197907072005011007;Abd. Rahman;PNS;KOTA;Camat;yes;2020-01-01;;5
198208082008012008;Sumiati;PNS;BUGIH;Lurah;yes;2020-01-01;197907072005011007;5
"""
HEADS = """code;name;short_name;type;parent_code;protocol_order;reports;head_nip;head_title
DISHUB;Dinas Perhubungan;Dishub;dinas;;1;yes;197501012000011001;definitif
RSUD;Rumah Sakit Umum Daerah;RSUD;rsud;;2;yes;197805052003012005;definitif
KOTA;Kecamatan Pamekasan;Kec. Pamekasan;kecamatan;;3;yes;197907072005011007;definitif
BUGIH;Kelurahan Bugih;Kel. Bugih;kelurahan;KOTA;4;no;198208082008012008;definitif
"""
CIRCULAR = {
    "number": NUMBER,
    "date": "2026-01-23",
    "title": "Larangan atas Segala Bentuk Perjudian, Pelanggaran Disiplin, dan Kode Etik bagi Pegawai ASN",
    "text": "Pegawai ASN dilarang melakukan siaran langsung melalui media sosial pada jam kerja.",
    "signatory": "Bupati Pamekasan",
    "effective_from": "2026-01-26",
    "acknowledge_by": "2026-01-30",
    "scope": {"offices": ["heads", "camat", "lurah", "desa"], "employment_types": ["PNS", "PPPK", "PPPK_PW"]},
    "kind": "no_livestream",
    "rules": {"platforms": ["tiktok", "youtube", "facebook", "instagram"]},
}


class Pamekasan:
    """Those who take part, by name, and what was reported of them."""

    def __init__(self, town: Town) -> None:
        self.town, self.office = town, town.admin
        self.people = town.people()
        self.bupati = town.person("bupati", Role.BUPATI)
        self.taufiq = town.person("taufiq", Role.OPD_HEAD, "DISHUB", nip="197501012000011001")
        self.nurul = town.person("nurul", Role.OPD_HEAD, "RSUD", nip="197805052003012005")
        self.camat = town.person("camat", Role.OPD_HEAD, "KOTA", nip="197907072005011007")
        self.rudi, self.siti = (town.civil_servant(self.people[name]) for name in ("Rudi Hartono", "Siti Maryam"))
        self.reader = town.machine(Role.READER)
        self.circular = ""

    def saw(self, name: str, begins: str, ends: str, **more: Any) -> Any:
        """A complaint that the personnel office records; `begins` with its day."""
        url = f"https://www.tiktok.com/@{name.split(maxsplit=1)[0].lower()}/live"
        told = {"asn_id": self.people[name], "platform": "tiktok", "url": url, "live": True, "source": "complaint"}
        span = {"started_at": begins, "ended_at": f"{begins[:10]} {ends}"}
        instants = {field: self.town.instant(local).isoformat() for field, local in span.items()}
        return self.office.post(INCIDENTS, told | instants | more)

    def step(self, caller: Caller, incident: Any, kind: str, **said: Any) -> Any:
        return caller.post(f"{INCIDENTS}/{incident['id']}/events", {"kind": kind} | said)


@pytest.fixture
def pamekasan(run: Run, own_url: str, tmp_path: Path) -> Iterator[Pamekasan]:
    place = ("Asia/Jakarta", "Pemerintah Kabupaten Pamekasan")
    with founded(run, own_url, tmp_path, "2026-01-23 09:00", *place) as town:
        for kind, rows in (("opd", OPDS), ("asn", ASN), ("opd", HEADS)):
            town.register(kind, rows)
        yield Pamekasan(town)


def test_a_ban_on_live_streams_reaches_everybody_and_a_report_becomes_a_talk_and_no_sanction(
    pamekasan: Pamekasan,
) -> None:
    publish_the_circular(pamekasan)
    acknowledge_it(pamekasan)
    remind_those_who_have_not(pamekasan)
    look_at_what_was_seen(pamekasan)
    hear_coach_and_refer(pamekasan)
    talk_and_take_back(pamekasan)
    show_the_bupati(pamekasan)


def publish_the_circular(story: Pamekasan) -> None:
    # "Surat edaran yang disampaikan Bupati Pamekasan kepada pimpinan masing-masing organisasi perangkat daerah."
    villages = {"items": [{"opd_code": "KOTA", "name": name} for name in ("Laden", "Nylabu Daya")]}
    story.office.put("/v1/circulars/desa", villages, headers={"if-match": '"0"'})
    drafted = story.office.post("/v1/circulars", CIRCULAR)
    story.circular = path = f"/v1/circulars/{drafted['id']}"
    pdf = {"file": ("se.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    attached = story.office.ask("PUT", f"{path}/file", files=pdf, headers={"if-match": f'"{drafted["revision"]}"'})
    story.taufiq.ask("GET", path, expect=(404,))
    match = {"if-match": f'"{attached["revision"]}"'}
    published = story.office.post(f"{path}/publish", headers=match)
    assert (published["state"], published["number"], published["file"]["size"]) == ("published", NUMBER, 15)


def acknowledge_it(story: Pamekasan) -> None:
    # "Termasuk kepada para camat, lurah, dan para aparat desa", and PNS, PPPK "penuh maupun paruh waktu".
    path = story.circular
    [waiting] = story.taufiq.get("/v1/circulars")["items"]
    assert (waiting["mine"]["addressed"], waiting["mine"]["read_at"]) == (True, None)
    story.taufiq.get(path)
    assert story.taufiq.post(f"{path}/acknowledge")["opd_codes"] == ["DISHUB"], "for the office and himself"
    story.rudi.post(f"{path}/acknowledge")
    story.siti.get(path)
    story.camat.post(f"{path}/acknowledge")
    laden = next(one["id"] for one in story.camat.get("/v1/circulars/desa")["items"] if one["name"] == "Laden")
    signed = {"items": [{"desa_id": laden, "channel": "wa", "signed_by": "Kepala Desa Laden"}]}
    assert story.camat.post(f"{path}/acknowledge/desa", signed) == {"recorded": 1, "unchanged": 0}

    total = story.bupati.get(f"{path}/progress")["total"]

    def share(figure: Any) -> tuple[int, int]:
        return figure["numerator"], figure["denominator"]

    assert {name: share(total["people"][name]) for name in ("read", "acknowledged")} == {
        "read": (4, 8),
        "acknowledged": (3, 8),
    }
    # Heads of three OPDs and a lurah; the camat, who heads an OPD as well, counts once.
    assert (share(total["offices"]["acknowledged"]), share(total["desa"])) == ((2, 4), (1, 2))


def remind_those_who_have_not(story: Pamekasan) -> None:
    # "Untuk memastikan bahwa seluruh lapisan ASN memahami dan mematuhi": one text for the messenger group.
    pending = story.office.get(f"{story.circular}/pending")
    names = {item["name"] for item in pending["items"]}
    assert names == {"Siti Maryam", "Achmad Fauzi", "Nurul Hasanah", "Farid Wajdi", "Sumiati"}
    assert NUMBER in pending["text"]
    assert "- RSUD:" in pending["text"]
    assert not any(name in pending["text"] for name in names), "nobody is shamed in a group"
    own = {item["name"] for item in story.taufiq.get(f"{story.circular}/pending")["items"]}
    assert own == {"Siti Maryam", "Achmad Fauzi"}
    assert story.reader.get(f"{story.circular}/pending")["items"] == []


def look_at_what_was_seen(story: Pamekasan) -> None:
    story.town.at("2026-01-27 09:00")
    # "Kecuali … kegiatan-kegiatan tertentu …, seperti upacara kenegaraan": allowed by a letter beforehand.
    ceremony = {"kind": "state_ceremony", "letter_no": "003/11/432.012/2026", "letter_date": "2026-01-26"} | {
        "from": story.town.instant("2026-01-28 07:00").isoformat(),
        "to": story.town.instant("2026-01-28 09:30").isoformat(),
        "opd_code": "DISHUB",
    }
    permit = story.taufiq.post("/v1/livestreams/permits", ceremony)
    story.office.post(f"/v1/livestreams/permits/{permit['id']}/confirm")

    story.town.at("2026-01-31 18:00")
    seen = {
        "on a Monday at ten": story.saw("Rudi Hartono", "2026-01-26 10:00", "10:48"),
        "in the break": story.saw("Siti Maryam", "2026-01-27 12:05", "12:40"),
        # "Mengunggah kegiatan …, silahkan. Tapi setelah kegiatan itu berlangsung."
        "posted afterwards": story.saw("Siti Maryam", "2026-01-27 14:00", "14:20", live=False),
        "during the ceremony": story.saw("Siti Maryam", "2026-01-28 08:00", "09:00"),
        "by a nurse on shift": story.saw("Farid Wajdi", "2026-01-28 10:00", "10:20"),
        "by one of part time": story.saw("Achmad Fauzi", "2026-01-29 10:00", "10:15"),
        "on a Saturday": story.saw("Rudi Hartono", "2026-01-31 10:00", "10:30"),
    }
    assert {when: (one["verdict"], one["minutes"], one["confirmed"]) for when, one in seen.items()} == {
        "on a Monday at ten": ("in-hours", 48, False),
        "in the break": ("outside-hours", 0, False),
        "posted afterwards": ("posted-afterwards", 0, False),
        "during the ceremony": ("permitted", 0, False),
        "by a nurse on shift": ("unknown-hours", 0, False),
        "by one of part time": ("unknown-hours", 0, False),
        "on a Saturday": ("outside-hours", 0, False),
    }
    [by] = [
        line["facts"]["number"] for line in seen["on a Monday at ten"]["lines"] if line["rule"].endswith("circular")
    ]
    assert by == NUMBER
    again = story.saw("Rudi Hartono", "2026-01-26 10:00", "10:48")
    assert (again["id"], len(again["events"])) == (seen["on a Monday at ten"]["id"], 1), "told twice, kept once"

    # The hours of part time become known, and with them the verdict; those of the nurse stay unknown, whoever coaches.
    hours = {"starts_at": "2026-01-29T08:00:00+07:00", "ends_at": "2026-01-29T12:00:00+07:00"}
    story.office.post("/v1/shifts", {"items": [hours | {"asn_id": story.people["Achmad Fauzi"]}]})
    fauzi = story.office.get(f"{INCIDENTS}/{seen['by one of part time']['id']}")
    assert (fauzi["verdict"], fauzi["minutes"]) == ("in-hours", 15)
    nurse = seen["by a nurse on shift"]
    story.step(story.nurul, nurse, "clarification_asked", reason="Apakah sedang dinas?")
    coached = story.step(story.nurul, nurse, "coached", reason="Diingatkan.", on="2026-01-31", coach="Direktur")
    assert (coached["phase"], coached["confirmed"]) == ("coached", False)
    assert story.bupati.get(f"/v1/board/parts?period={PERIOD}")["conduct"]["incidents"] == 0

    # Other OPDs and machines know of no report; the Bupati hears of none that nobody found true.
    hidden = f"{INCIDENTS}/{seen['on a Monday at ten']['id']}"
    refused = [one.send("GET", hidden).status_code for one in (story.camat, story.siti, story.bupati, story.reader)]
    assert refused == [404, 404, 404, 403]
    assert story.camat.get(INCIDENTS)["items"] == []
    counts = story.bupati.get("/v1/livestreams/counts?from=2026-01-01&to=2026-01-31")
    assert (counts["reported"], counts["confirmed"], counts["opd"]) == (7, 0, [])


def hear_coach_and_refer(story: Pamekasan) -> None:
    second = story.saw("Rudi Hartono", "2026-01-29 13:30", "13:50")
    [monday] = [one for one in story.rudi.get(INCIDENTS)["items"] if one["minutes"] == 48]
    for incident in (monday, second):
        story.step(story.office, incident, "clarification_asked", reason="Apakah benar Saudara siaran langsung?")
        # "Kalau bekerja sambil live streaming, jelas kurang optimal": the person is heard first, by the one-time link.
        heard = story.step(story.rudi, incident, "clarified", words="Benar, sambil menunggu kendaraan uji.")
        assert (heard["phase"], heard["next_steps"]) == ("clarified", ["clarified"])
        talk = {"reason": "Tidak mengulangi.", "on": "2026-01-31", "coach": "Kepala Dinas"}
        assert story.step(story.taufiq, incident, "coached", **talk)["confirmed"] is True
        story.step(story.office, incident, "referred", reason="Dua kali dalam sepekan.")


def talk_and_take_back(story: Pamekasan) -> None:
    asked = {"from": {"kind": "livestreams", "id": story.people["Rudi Hartono"]}}
    later = story.office.post("/v1/recommendations", asked)
    found = {one["title"]: one for one in story.office.get("/v1/recommendations?kind=conduct")["items"]}
    first = found["Siaran langsung 48 menit di dalam jam kerja, 26 Januari 2026"]
    assert {one["state"] for one in found.values()} == {"open"}

    # The report names no sanction, and no table of them is loaded: a talk may be recorded, no case opened.
    path = f"/v1/recommendations/{first['id']}/decide"
    refused = story.office.ask("POST", path, {"outcome": "open_case"}, expect=(409,))
    assert refused["code"] == "conduct-without-sanctions"
    decided = story.taufiq.post(path, {"outcome": "guide", "reason": "Sudah dibina; berjanji tidak mengulangi."})
    assert (decided["state"], decided["case_id"]) == ("taken", None)

    # A leave of that Thursday is confirmed late: what was recommended about it is gone, and stays on record.
    story.town.at("2026-02-02 09:00")
    leave = {"asn_id": story.people["Rudi Hartono"], "code": "CT", "from": "2026-01-29", "to": "2026-01-29"}
    story.office.post("/v1/absences", leave | {"letter_no": "851/4", "state": "confirmed"})
    story.office.post("/v1/recommendations", asked)
    gone = story.office.get(f"/v1/recommendations/{later['id']}")
    assert (gone["state"], gone["history"][-1]["reason"]) == ("withdrawn", "facts-changed")
    assert story.office.get(f"/v1/recommendations/{first['id']}")["state"] == "taken"


def show_the_bupati(story: Pamekasan) -> None:
    # "Fokus dan kinerja para abdi negara": five people and offices of twelve acknowledged, one stream is confirmed.
    board = story.bupati.get(f"/v1/board/parts?period={PERIOD}")
    assert board["conduct"]["acknowledged"] == {"numerator": 5, "denominator": 12, "excluded": {}, "percent": 41.67}
    assert board["conduct"]["incidents"] == 1
    # Dishub: 3 of 5 acknowledged make 60 of 100, one stream of ten points leaves 20 of 30: (35 × 60 + 30 × 66,67) / 65.
    assert {row["opd_code"]: row["parts"]["conduct"] for row in board["opd"]} == {
        "DISHUB": 63.08,
        "RSUD": 46.15,
        "KOTA": 73.08,
    }
    whole = f"/v1/scores/composite/opd/DISHUB?period={PERIOD}"
    conduct = next(part for part in story.bupati.get(whole)["parts"] if part["part"] == "conduct")
    facts = conduct["line"]["facts"]
    assert (facts["acknowledged"], facts["incidents"]) == ({"numerator": 3, "denominator": 5}, 1)
    counts = story.bupati.get("/v1/livestreams/counts?from=2026-01-01&to=2026-01-31")
    assert (counts["reported"], counts["confirmed"]) == (8, 1)
    assert counts["opd"] == [{"opd_code": "DISHUB", "confirmed": 1}]

    # A machine reads figures without incidents of a unit, another head nothing of this one, the person the own.
    told = next(part for part in story.reader.get(whole)["parts"] if part["part"] == "conduct")
    assert "incidents" not in told["line"]["facts"]
    story.camat.ask("GET", whole, expect=(404,))
    own = story.rudi.get(f"/v1/scores/composite/asn/{story.people['Rudi Hartono']}?period={PERIOD}")
    mine = next(part for part in own["parts"] if part["part"] == "conduct")
    assert (mine["points"], mine["line"]["facts"]["incidents"]) == (84.62, 1)
    assert not any(name in str(board) for name in story.people)
