"""Where the register, the reports and the meeting do not fit together, nobody is wronged and nothing is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

MINUTE = timedelta(minutes=1)


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def figures(story: Story) -> dict[str, Any]:
    found: dict[str, Any] = story.board()["opd"][0]["figures"]
    return found


def test_two_reporters_of_a_unit_that_name_the_same_stranger_do_not_stop_the_apel(story: Story, make: Make) -> None:
    make.opd("PKM", parent_code="DISDIK", reports="part")
    make.opd("DINKES")
    make.asn(name="Siti Aminah")
    make.asn("PKM", name="Budi Hasan")
    stranger = make.asn("DINKES", name="Tamu Lain")
    story.starts()
    story.ends()
    for code in ("DISDIK", "PKM"):
        story.reports(code, naming(claim(2, 1, DL=1), (stranger, "DL", None)))
    assert {name: mark["status"] for name, mark in story.marks().items()} == {
        "Siti Aminah": "H",
        "Budi Hasan": "H",
        "Tamu Lain": "BL",
    }
    assert [found for found in story.findings() if found[1] == "not-on-roster"] == [
        ("DISDIK", "not-on-roster", "suspicious"),
        ("DISDIK", "not-on-roster", "suspicious"),
    ]


def test_people_without_apel_duty_take_nobody_out_of_the_reported_figures(story: Story, make: Make) -> None:
    make.asn(name="Siti Aminah")
    make.asn(name="Budi Hasan")
    make.asn(name="Satpam Malam", apel_duty=False)
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(2, 2)))
    assert {name: mark["status"] for name, mark in story.marks().items()} == {
        "Siti Aminah": "H",
        "Budi Hasan": "H",
        "Satpam Malam": "NR",
    }
    shown = figures(story)
    assert (shown["strength"], shown["present"], shown["not_required"]) == (2, {"wfo": 2, "wfa": 0}, 1)
    assert ("DISDIK", "strength-differs", "explainable") not in story.findings()


def test_the_claim_of_a_part_whose_people_are_not_registered_yet_counts(story: Story, make: Make) -> None:
    make.opd("PKM", parent_code="DISDIK", reports="part")
    make.asn(name="Siti Aminah")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 1)))
    story.reports("PKM", claim(5, 4, DL=1))
    shown = figures(story)
    assert (shown["strength"], shown["present"]["wfo"]) == (6, 5)
    assert story.board()["opd"][0]["report"]["state"] == "submitted"
    assert ("DISDIK", "strength-differs", "explainable") in story.findings()


def test_a_leave_that_is_told_late_moves_the_mark(story: Story, make: Make) -> None:
    person = make.asn(name="Wira Sebentar", nip="198501012010011003")
    story.starts()
    device = story.joins("[DISDIK] 1003 Wira")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
    assert story.marks()["Wira Sebentar"]["minutes"] == 30
    story.leaves(device, MONDAY + 3 * MINUTE)
    assert story.marks()["Wira Sebentar"]["minutes"] == 3
    assert ("DISDIK", "left-early", "explainable") in story.findings()


def test_a_sound_check_alone_is_no_evidence_of_the_apel(story: Story, make: Make) -> None:
    person = make.asn(name="Wati Lama", nip="198501012010012002")
    story.starts(MONDAY - 50 * MINUTE)
    story.ends(MONDAY - 40 * MINUTE)
    story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
    after = MONDAY + timedelta(hours=3)
    assert story.marks(after)["Wati Lama"]["status"] == "H"
    assert story.findings(after) == []
    assert story.board(after)["evidence_health"]["state"] == "gap"


def test_an_apel_closed_before_its_meeting_blames_nobody_for_not_being_seen(story: Story, make: Make, api: Api) -> None:
    person = make.asn(name="Wati Lama", nip="198501012010012002")
    operator = api.as_(Role.KOMINFO)
    assert operator.at(MONDAY).post(story.path("open")).status_code == 200
    assert operator.at(MONDAY + 5 * MINUTE).post(story.path("close")).status_code == 200
    story.starts(MONDAY + 10 * MINUTE)
    story.ends(MONDAY + 30 * MINUTE)
    story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
    assert story.findings() == []


def test_a_meeting_that_runs_on_after_the_operator_closed_the_apel_is_no_gap(
    story: Story, make: Make, api: Api
) -> None:
    person = make.asn(name="Wati Lama", nip="198501012010012002")
    story.starts()
    story.joins("[DISDIK] Ruang", MONDAY + 40 * MINUTE)
    assert api.as_(Role.KOMINFO).at(MONDAY + 35 * MINUTE).post(story.path("close")).status_code == 200
    story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
    soon, late = story.board(), story.board(MONDAY + timedelta(hours=6))
    assert soon["evidence_health"]["state"] == late["evidence_health"]["state"] == "good"
    assert ("DISDIK", "wfa-without-presence", "suspicious") in story.findings(MONDAY + timedelta(hours=6))


def test_a_run_whose_end_was_lost_is_not_stretched_by_a_meeting_in_the_afternoon(story: Story, make: Make) -> None:
    person = make.asn(name="Wati Lama", nip="198501012010012002")
    story.starts()
    story.leaves(story.joins("[DISDIK] 2002 Wati"), MONDAY + 30 * MINUTE)
    story.reports("DISDIK", naming(claim(1, 0, wfa=1), (person, "H", "wfa")))
    evening = MONDAY + timedelta(hours=12)
    before = story.board(evening)
    story.meeting = replace(story.meeting, uuid="de+IDq//9f3hhT9D8/NA/J2==")
    story.starts(MONDAY + timedelta(hours=7))
    story.ends(MONDAY + timedelta(hours=8))
    after = story.board(evening)
    assert after["apel"]["held_to"] == before["apel"]["held_to"] == "2026-11-23T00:00:00Z"


def test_a_cancelled_apel_leaves_no_marks(story: Story, make: Make, api: Api) -> None:
    person = make.asn(name="Tuti Tanpa", nip="198501012010012006")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (person, "TK", None)))
    assert story.marks()["Tuti Tanpa"]["status"] == "TK"
    admin = api.as_(Role.ADMIN).at(DUE)
    assert admin.post(story.path("cancel"), {"reason": "Hujan"}).status_code == 200
    assert story.marks() == {}
    assert story.findings() == []
    assert admin.get(f"/v1/asn/{person.id}/attendance").json()["items"] == []
    assert admin.post(story.path("reopen"), {"reason": "Salah tekan"}).status_code == 200
    assert story.marks()["Tuti Tanpa"]["status"] == "TK"


def test_a_rehearsal_stands_in_nobodys_record(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    story = Story(api, make.apel(zoom_meeting_ids=[NUMBER], rehearsal=True))
    person = make.asn(name="Tuti Tanpa", nip="198501012010012006")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (person, "TK", None)))
    mark = story.marks()["Tuti Tanpa"]
    assert (mark["status"], mark["year"]["apel_tk"]) == ("TK", 0)
    record = api.as_(Role.ADMIN).at(DUE).get(f"/v1/asn/{person.id}/attendance").json()
    assert record["items"] == []


def decide(story: Story, status: str) -> None:
    admin = story.api.as_(Role.ADMIN).at(DUE)
    findings = admin.get(story.path("findings")).json()["items"]
    found = next(item for item in findings if item["code"] == "unexplained-but-connected")
    body = {"outcome": "explained", "status": status, "note": "Diperiksa"}
    seen = {"if-match": f'"{found["version"]}"'}
    answer = admin.post(f"/v1/findings/{found['id']}/resolve", body, headers=seen)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def disputed(story: Story, make: Make) -> Story:
    person = make.asn(name="Tuti Ada", nip="198501012010012006")
    story.starts()
    story.joins("[DISDIK] 2006 Tuti")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (person, "TK", None)))
    return story


def test_a_decision_can_be_corrected_and_stays_visible(disputed: Story) -> None:
    decide(disputed, "TK")
    assert disputed.marks()["Tuti Ada"]["status"] == "TK"
    decide(disputed, "H")
    assert disputed.marks()["Tuti Ada"]["status"] == "H"
    assert disputed.board()["opd"][0]["findings"]["suspicious"] == 0


def test_leave_confirmed_after_a_decision_takes_the_tk_back(disputed: Story) -> None:
    decide(disputed, "TK")
    admin = disputed.api.as_(Role.ADMIN).at(DUE)
    person = disputed.marks()["Tuti Ada"]["asn_id"]
    body = {"asn_id": person, "code": "CS", "from": DAY.isoformat(), "to": DAY.isoformat(), "state": "confirmed"}
    assert admin.post("/v1/absences", body).status_code == 201
    assert disputed.marks()["Tuti Ada"]["status"] == "CS"


def test_an_amended_claim_ends_the_dispute_that_was_decided(disputed: Story) -> None:
    decide(disputed, "TK")
    person = disputed.marks()["Tuti Ada"]["asn_id"]
    body = claim(1, 0, wfa=1) | {
        "entries_are": "exceptions",
        "entries": [{"asn_id": person, "status": "H", "mode": "wfa"}],
        "reason": "Salah catat",
    }
    operator = disputed.api.as_(Role.OPD_OPERATOR, "DISDIK").at(DUE)
    answer = operator.put(disputed.path("reports/DISDIK"), body, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert disputed.marks()["Tuti Ada"]["status"] == "H"
