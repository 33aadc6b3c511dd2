"""Units whose report is made of parts, who is missing, and today's view on a phone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Grant, Principal, Role
from app.core.stale import Stale
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY
from tests.reports.conftest import Office, counts, entry, problem


@pytest.fixture
def health(office: Office) -> Office:
    """Dinas Kesehatan with two puskesmas as parts, beside Disdik."""
    office.make.opd("DINKES", short_name="Dinkes", name="Dinas Kesehatan", contact="0812-2")
    for code, name in (("PKM-A", "PKM Binanga"), ("PKM-B", "PKM Tampa Padang")):
        office.make.opd(code, short_name=name, parent_code="DINKES", reports="part", contact=f"wa {code}")
        office.make.asn(code)
    office.make.asn("DINKES")
    return office


def _report(office: Office, code: str, wfo: int = 1) -> None:
    caller = office.api.as_(Role.OPD_OPERATOR, code)
    assert caller.put(f"/v1/apel/{office.apel.id}/reports/{code}", counts(wfo)).status_code == 201


def test_parts_send_their_own_claim_and_the_unit_learns_which_are_missing(health: Office) -> None:
    _report(health, "PKM-A")
    _report(health, "DINKES")
    unit = health.api.as_(Role.OPD_OPERATOR, "DINKES").get(f"/v1/apel/{health.apel.id}/reports/DINKES").json()
    assert unit["strength"] == 1
    assert unit["parts"] == [
        {"opd_code": "PKM-A", "short_name": "PKM Binanga", "state": "submitted"},
        {"opd_code": "PKM-B", "short_name": "PKM Tampa Padang", "state": "missing"},
    ]
    assert unit["missing_parts"] == ["PKM-B"]
    part = health.api.as_(Role.OPD_OPERATOR, "PKM-A").get(f"/v1/apel/{health.apel.id}/reports/PKM-A").json()
    assert (part["parts"], part["missing_parts"]) == ([], [])


def test_a_part_marks_its_unit_stale(health: Office) -> None:
    _report(health, "PKM-A")
    head = health.api.as_(Role.OPD_HEAD, "DINKES", reach=frozenset({"DINKES", "PKM-A", "PKM-B"}))
    head.post(f"/v1/apel/{health.apel.id}/reports/PKM-A/verify")
    stale = health.make._run(health.make.session.execute(select(Stale.opd_code))).scalars().all()
    assert stale == ["DINKES", "DINKES"]


def test_the_missing_are_listed_with_contact_and_a_text_for_the_group(health: Office) -> None:
    _report(health, "PKM-A")
    health.api.at(MONDAY + timedelta(minutes=45))
    answer = health.kominfo.get(f"/v1/apel/{health.apel.id}/reports/missing")
    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "opd_code": "DISDIK",
                "short_name": "Disdik",
                "contact": "0812-1",
                "state": "missing",
                "parts": [],
                "self_missing": True,
            },
            {
                "opd_code": "DINKES",
                "short_name": "Dinkes",
                "contact": "0812-2",
                "state": "partial",
                "parts": [{"opd_code": "PKM-B", "short_name": "PKM Tampa Padang", "contact": "wa PKM-B"}],
                "self_missing": True,
            },
        ],
        "text": (
            "Apel Gabungan, Senin, 23 November 2026\n"
            "Belum lapor sampai pukul 08.15 WITA: 2 dari 2 OPD\n"
            "1. Disdik\n"
            "2. Dinkes (beserta PKM Tampa Padang)\n"
            "Batas laporan pukul 08.30 WITA. Mohon segera dikirim, terima kasih."
        ),
        "next_cursor": None,
    }


def test_a_unit_that_only_waits_for_a_part_says_so(health: Office) -> None:
    for code in ("PKM-A", "DINKES"):
        _report(health, code)
    _report(health, "DISDIK", 7)
    answer = health.kominfo.get(f"/v1/apel/{health.apel.id}/reports/missing").json()
    assert [(item["opd_code"], item["self_missing"]) for item in answer["items"]] == [("DINKES", False)]
    assert "1. Dinkes (tinggal PKM Tampa Padang)" in answer["text"]


def test_nobody_is_missing_when_all_have_reported(office: Office) -> None:
    office.put(counts(7))
    answer = office.kominfo.get(f"/v1/apel/{office.apel.id}/reports/missing").json()
    assert answer == {
        "items": [],
        "text": "Apel Gabungan, Senin, 23 November 2026: semua 1 OPD sudah melapor. Terima kasih.",
        "next_cursor": None,
    }


def test_an_office_sees_only_itself_among_the_missing(health: Office) -> None:
    answer = health.operator.get(f"/v1/apel/{health.apel.id}/reports/missing").json()
    assert [item["opd_code"] for item in answer["items"]] == ["DISDIK"]


def test_the_roster_comes_with_what_confirmed_absences_suggest(office: Office) -> None:
    andi, budi, cici, *_ = office.people
    office.make.absence(andi, "DL", letter_no="ST 090/12")
    office.make.absence(budi, "WFA", letter_no="ND 7")
    office.make.absence(cici, "S", state="proposed")
    driver = office.make.asn("DISDIK", "Zainal", apel_duty=False)
    answer = office.operator.get(f"/v1/apel/{office.apel.id}/roster/DISDIK")
    assert answer.status_code == 200
    body = answer.json()
    assert body["strength"] == 7
    assert body["items"][0] == {
        "asn_id": str(andi.id),
        "nip": andi.nip,
        "name": "Andi Baso",
        "join_name": f"[DISDIK] {andi.nip[-4:]} Andi",
        "required": True,
        "suggested": {"status": "DL", "mode": None, "note": "ST 090/12"},
    }
    suggested = {item["name"]: item["suggested"] for item in body["items"]}
    assert suggested["Budi Santoso"] == {"status": "H", "mode": "wfa", "note": "ND 7"}
    assert suggested["Cici Lestari"] == {"status": "H", "mode": "wfo", "note": None}
    assert suggested["Zainal"] == {"status": None, "mode": None, "note": None}
    assert (body["items"][-1]["asn_id"], body["items"][-1]["required"]) == (str(driver.id), False)


def test_outsiders_get_the_roster_without_numbers_and_health(office: Office) -> None:
    andi = office.people[0]
    office.make.absence(andi, "S", letter_no="SK dokter")
    item = office.kominfo.get(f"/v1/apel/{office.apel.id}/roster/DISDIK").json()["items"][0]
    assert item["nip"] == "*" * 14 + andi.nip[-4:]
    assert item["suggested"] == {"status": "excused", "mode": None, "note": None}


def test_reading_a_roster_is_recorded_with_everybody_on_it(office: Office) -> None:
    office.operator.get(f"/v1/apel/{office.apel.id}/roster/DISDIK")
    row = office.make._run(office.make.session.execute(select(AuditEntry))).scalars().one()
    assert (row.action, row.target) == ("reports.read_roster", f"{office.apel.id}/DISDIK")
    assert row.subjects == sorted(subject_of(SURROUNDINGS.audit_key, person.nip) for person in office.people)


def test_a_roster_beyond_reach_does_not_exist(health: Office) -> None:
    for caller, code in ((health.operator, "DINKES"), (health.kominfo, "TIDAKADA")):
        assert problem(caller.get(f"/v1/apel/{health.apel.id}/roster/{code}")) == (404, "opd-not-found")
    answer = health.api.as_(Role.BUPATI).get(f"/v1/apel/{health.apel.id}/roster/DISDIK")
    assert problem(answer) == (403, "role-not-allowed")


def test_today_before_the_report_reads_from_the_suggestions(office: Office) -> None:
    apel = office.make.apel(MONDAY + timedelta(hours=3), zoom_meeting_ids=["87012345678"], led_by="Bupati")
    office.api.at(MONDAY + timedelta(hours=2, minutes=50))
    office.make.absence(office.people[0], "DL")
    body = office.operator.get("/v1/me/today").json()
    roster = body.pop("roster")
    assert roster == office.operator.get(f"/v1/apel/{apel.id}/roster/DISDIK").json()
    assert body == {
        "server_time": "2026-11-23T02:20:00Z",
        "timezone": "Asia/Makassar",
        "apel": {
            "id": str(apel.id),
            "kind": "apel_gabungan",
            "title": "Apel Gabungan",
            "state": "scheduled",
            "starts_at": "2026-11-23T02:30:00Z",
            "ends_at": "2026-11-23T03:00:00Z",
            "report_deadline": "2026-11-23T03:30:00Z",
            "led_by": "Bupati",
            "rehearsal": False,
        },
        "deadline": "2026-11-23T03:30:00Z",
        "opd_code": "DISDIK",
        "opd_name": "Dinas Pendidikan",
        "reported_by": None,
        "units": ["DISDIK"],
        "report": None,
        "etag": None,
        "zoom_link": "https://zoom.us/j/87012345678",
        "turn": {"state": "waiting", "current": None, "ahead": 0},
        "text": (
            "Lapor, Dinas Pendidikan: jumlah pegawai 7, kurang 1, hadir 6; keterangan kurang: DL 1. Laporan selesai."
        ),
    }


def test_today_after_the_report_reads_the_unit_with_its_parts(health: Office) -> None:
    _report(health, "DINKES")
    _report(health, "PKM-A", 3)
    operator = health.api.as_(Role.OPD_OPERATOR, "DINKES")
    body = operator.get("/v1/me/today").json()
    assert body["report"] == operator.get(f"/v1/apel/{health.apel.id}/reports/DINKES").json()
    assert (body["etag"], body["zoom_link"], body["turn"]["ahead"]) == ('"1"', None, 1)
    assert body["text"] == "Lapor, Dinas Kesehatan: jumlah pegawai 4, kurang nihil, hadir 4. Laporan selesai."
    amended = operator.put(
        f"/v1/apel/{health.apel.id}/reports/DINKES",
        counts(0, unexplained=1, reason="Koreksi"),
        headers={"if-match": body["etag"]},
    )
    assert amended.status_code == 200


def test_parts_do_not_speak_in_the_yard(health: Office) -> None:
    body = health.api.as_(Role.OPD_OPERATOR, "PKM-A").get("/v1/me/today").json()
    assert (body["roster"]["strength"], body["turn"], body["text"]) == (1, None, None)


def test_a_plt_who_heads_two_offices_chooses_between_them(health: Office) -> None:
    grants = tuple(Grant(Role.OPD_HEAD, code, frozenset({code})) for code in ("DISDIK", "DINKES"))
    plt = health.api.by(Principal(NOBODY, "plt", grants))
    body = plt.get("/v1/me/today").json()
    assert (body["opd_code"], body["units"]) == ("DINKES", ["DINKES", "DISDIK"])
    assert plt.get("/v1/me/today?opd_code=DISDIK").json()["roster"]["strength"] == 7
    assert problem(plt.get("/v1/me/today?opd_code=PKM-A")) == (404, "opd-not-found")


def test_who_reports_for_nobody_sees_the_apel_alone(office: Office) -> None:
    body = office.kominfo.get("/v1/me/today").json()
    assert (body["apel"]["id"], body["opd_code"], body["roster"], body["text"]) == (
        str(office.apel.id),
        None,
        None,
        None,
    )


def test_who_does_not_report_learns_today_who_does(office: Office) -> None:
    office.make.opd("SD-1", parent_code="DISDIK", reports="no")
    body = office.api.as_(Role.OPD_OPERATOR, "SD-1").get("/v1/me/today").json()
    assert (body["opd_name"], body["reported_by"], body["roster"]) == ("Dinas Sd-1", "DISDIK", None)


def test_neither_yesterdays_nor_tomorrows_apel_is_today(office: Office) -> None:
    office.make.apel(MONDAY + timedelta(days=2))
    office.api.at(MONDAY + timedelta(days=1))
    body = office.operator.get("/v1/me/today").json()
    assert (body["apel"], body["opd_code"], body["units"]) == (None, "DISDIK", ["DISDIK"])


def test_a_foreign_person_in_the_claim_does_not_enlarge_the_roster(health: Office) -> None:
    foreign = health.people[0]
    claim = counts(1, excused={"DL": 1}, entries_are="exceptions", entries=[entry(foreign, "DL")])
    caller = health.api.as_(Role.OPD_OPERATOR, "DINKES")
    assert caller.put(f"/v1/apel/{health.apel.id}/reports/DINKES", claim).status_code == 201
    assert caller.get(f"/v1/apel/{health.apel.id}/roster/DINKES").json()["strength"] == 1
