"""People move, plans change, facts come after the fact: what counts follows, and nobody is wronged meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from app.apel.models import Apel
from app.core.principal import Role
from app.registry.models import Assignment
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

MINUTE = timedelta(minutes=1)
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK")
    make.opd("DINKES")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def change(story: Story, at: Any, **fields: Any) -> dict[str, Any]:
    operator = story.api.as_(Role.KOMINFO).at(at)
    tag = operator.get(story.path()).headers["etag"]
    answer = operator.patch(story.path(), fields, headers={"if-match": tag})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def statuses(story: Story, at: Any = DUE) -> dict[str, str | None]:
    return {name: mark["status"] for name, mark in story.marks(at).items()}


def unexplained(make: Make, story: Story) -> None:
    absent = make.asn(name="Tuti Tanpa", nip="198501012010012006")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (absent, "TK", None)))


def test_whoever_begins_elsewhere_that_day_counts_there(story: Story, make: Make) -> None:
    person = make.asn("DISDIK", "Rina Pindah", to_date=BEFORE)
    make.add(Assignment(asn_id=person.id, opd_code="DINKES", position="Pelaksana", apel_duty=True, from_date=DAY))
    story.starts()
    story.ends()
    story.reports("DINKES", naming(claim(1, 1)))
    marks = story.marks()
    assert [(mark["opd_code"], mark["status"]) for mark in marks.values()] == [("DINKES", "H")]


def test_a_plt_of_two_opds_is_one_person_and_heads_both(story: Story, make: Make) -> None:
    head = make.asn("DISDIK", "Andi Kepala")
    make.head("DISDIK", head)
    make.head("DINKES", head, "Plt")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 1)))
    board = story.board()
    assert {row["opd_code"]: row["head"]["name"] for row in board["opd"]} == {
        "DISDIK": "Andi Kepala",
        "DINKES": "Andi Kepala",
    }
    assert (board["totals"]["heads"]["expected"], board["totals"]["heads"]["present"]) == (1, 1)
    assert statuses(story) == {"Andi Kepala": "H"}


def test_a_later_deadline_takes_every_mark_back_until_it_passes(story: Story, make: Make) -> None:
    unexplained(make, story)
    assert statuses(story) == {"Tuti Tanpa": "TK"}
    later = MONDAY + 180 * MINUTE
    change(story, DUE, report_deadline=later.isoformat())
    mark = story.marks(later - MINUTE)["Tuti Tanpa"]
    assert (mark["status"], mark["pending"], mark["year"]["apel_tk"]) == (None, True, 0)
    assert statuses(story, later) == {"Tuti Tanpa": "TK"}


def test_an_earlier_deadline_makes_a_report_late_and_a_later_one_forgives_it(story: Story, make: Make) -> None:
    make.asn()
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 1)), at=MONDAY + 50 * MINUTE)
    late = ("DISDIK", "late", "explainable")
    assert late not in story.findings()
    change(story, DUE, report_deadline=(MONDAY + 40 * MINUTE).isoformat())
    assert late in story.findings()
    change(story, DUE, report_deadline=(MONDAY + 55 * MINUTE).isoformat())
    assert late not in story.findings()


def test_another_meeting_number_changes_what_was_seen(story: Story, make: Make) -> None:
    make.asn(name="Wati Lama", nip="198501012010012002")
    story.starts()
    story.joins("[DISDIK] 2002 Wati")
    story.ends()
    assert statuses(story) == {"Wati Lama": "H"}
    change(story, DUE, zoom_meeting_ids=["99999999999"])
    assert statuses(story, MONDAY + 300 * MINUTE) == {"Wati Lama": "BL"}
    change(story, MONDAY + 300 * MINUTE, zoom_meeting_ids=[NUMBER])
    assert statuses(story, MONDAY + 300 * MINUTE) == {"Wati Lama": "H"}


def test_the_register_after_the_opening_changes_no_roster(story: Story, make: Make, api: Api) -> None:
    person = make.asn(name="Siti Aminah")
    story.starts()
    story.ends()
    assert statuses(story) == {"Siti Aminah": "BL"}
    admin = api.as_(Role.ADMIN).at(DUE)
    tag = admin.get(f"/v1/asn/{person.id}").headers["etag"]
    moved = {"opd_code": "DINKES", "from_date": DAY.isoformat()}
    assert admin.patch(f"/v1/asn/{person.id}", moved, headers={"if-match": tag}).status_code == 200
    make.asn(name="Orang Baru")
    assert statuses(story) == {"Siti Aminah": "BL"}
    assert story.marks()["Siti Aminah"]["opd_code"] == "DISDIK"


def test_leave_confirmed_after_the_end_recomputes_and_the_apel_stays_final(story: Story, make: Make, api: Api) -> None:
    unexplained(make, story)
    admin = api.as_(Role.ADMIN).at(DUE)
    assert admin.post(story.path("finalize")).status_code == 200
    assert statuses(story) == {"Tuti Tanpa": "TK"}
    person = story.marks()["Tuti Tanpa"]["asn_id"]
    leave = {"asn_id": person, "code": "CS", "from": DAY.isoformat(), "to": DAY.isoformat(), "state": "confirmed"}
    assert admin.post("/v1/absences", leave).status_code == 201
    assert statuses(story) == {"Tuti Tanpa": "CS"}
    board = story.board()
    assert (board["apel"]["state"], board["apel"]["provisional"]) == ("final", False)


def test_a_reopened_apel_marks_nobody_until_it_is_closed_again(story: Story, make: Make, api: Api) -> None:
    unexplained(make, story)
    assert statuses(story) == {"Tuti Tanpa": "TK"}
    operator = api.as_(Role.KOMINFO).at(DUE)
    assert operator.post(story.path("reopen"), {"reason": "Belum selesai"}).status_code == 200
    assert statuses(story, DUE + MINUTE) == {"Tuti Tanpa": None}
    assert operator.at(DUE + 2 * MINUTE).post(story.path("close")).status_code == 200
    assert statuses(story, DUE + 3 * MINUTE) == {"Tuti Tanpa": "TK"}


def test_an_apel_recorded_after_the_fact_takes_what_its_meeting_left(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.asn(name="Wati Lama", nip="198501012010012002")
    early = Story(api, Apel(id=None))
    early.starts()
    early.joins("[DISDIK] 2002 Wati")
    early.ends()
    body = {
        "kind": "apel_gabungan",
        "title": "Apel susulan",
        "starts_at": MONDAY.isoformat(),
        "ends_at": (MONDAY + 30 * MINUTE).isoformat(),
        "report_deadline": (MONDAY + 60 * MINUTE).isoformat(),
        "zoom_meeting_ids": [NUMBER],
    }
    tomorrow = MONDAY + timedelta(days=1)
    made = api.as_(Role.KOMINFO).at(tomorrow).post("/v1/apel", body)
    assert made.status_code == 201, made.text
    early.apel = Apel(id=made.json()["id"])
    marks = early.marks(tomorrow)
    assert {name: (mark["status"], mark["minutes"]) for name, mark in marks.items()} == {"Wati Lama": ("H", 30)}


def test_two_apels_of_a_day_share_a_number_and_each_has_its_own_meeting(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.asn(name="Wati Lama", nip="198501012010012002")
    morning = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    noon = MONDAY + 240 * MINUTE
    rakor = Story(api, make.apel(noon, kind="rakor", zoom_meeting_ids=[NUMBER]))
    morning.starts()
    morning.ends()
    rakor.draw = morning.draw
    rakor.meeting = type(morning.meeting)(NUMBER, "another==", "Rakor", noon, 30)
    rakor.starts(noon)
    rakor.joins("[DISDIK] 2002 Wati", noon)
    rakor.ends(noon + 30 * MINUTE)
    evening = noon + 300 * MINUTE
    assert statuses(morning, evening) == {"Wati Lama": "BL"}
    assert statuses(rakor, evening) == {"Wati Lama": "H"}


def test_an_apel_of_some_opds_marks_nobody_else(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.opd("SD1", parent_code="DISDIK", reports="no")
    make.opd("DINKES")
    make.asn("SD1", "Guru Kelas")
    make.asn("DINKES", "Perawat Jaga")
    story = Story(api, make.apel(kind="apel_opd", opd_codes=["DISDIK"]))
    assert statuses(story, MONDAY + 200 * MINUTE) == {"Guru Kelas": "BL"}
    assert [row["opd_code"] for row in story.board(MONDAY + 200 * MINUTE)["opd"]] == ["DISDIK"]


def test_people_without_duty_or_on_shift_who_join_are_neither_present_nor_absent(story: Story, make: Make) -> None:
    make.asn(name="Satpam Malam", nip="198501012010011009", apel_duty=False)
    nurse = make.asn(name="Perawat Jaga", nip="198501012010012008")
    make.absence(nurse, "SF")
    story.starts()
    story.joins("[DISDIK] 1009 Satpam")
    story.joins("[DISDIK] 2008 Perawat")
    story.ends()
    assert statuses(story) == {"Satpam Malam": "NR", "Perawat Jaga": "SF"}
    story.reports("DISDIK", naming(claim(1, 1), (nurse, "H", "wfo")), at=DUE)
    assert statuses(story) == {"Satpam Malam": "NR", "Perawat Jaga": "H"}
