"""Claims and evidence become marks, over HTTP on the real database."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.core import measures
from app.core.principal import Grant, Principal, Role
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming


@pytest.fixture
def story(api: Api, make: Make) -> Story:
    make.opd("DISDIK")
    return Story(api, make.apel(zoom_meeting_ids=[NUMBER]))


def test_an_opd_that_never_reports_ends_with_bl_and_nobody_is_tk(story: Story, make: Make) -> None:
    make.asn(name="Siti Aminah", nip="198501012010012001")
    make.asn(name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.joins("[DISDIK] 1002 Budi")
    story.ends()
    before = story.marks(MONDAY + timedelta(minutes=59))
    assert {name: (mark["status"], mark["pending"]) for name, mark in before.items()} == {
        "Siti Aminah": (None, True),
        "Budi Hasan": (None, True),
    }
    after = story.marks()
    assert {name: (mark["status"], mark["mode"], mark["reason"]) for name, mark in after.items()} == {
        "Siti Aminah": ("BL", None, "not-reported"),
        "Budi Hasan": ("H", "wfa", "own-evidence"),
    }
    assert story.findings() == [("DISDIK", "not-reported", "explainable")]


def test_a_mistyped_name_connects_nobody_and_no_room(story: Story, make: Make) -> None:
    make.asn(name="Siti Aminah", nip="198501012010012001")
    make.asn(name="Siti Hajar", nip="198601012010012001")
    make.asn(name="Rina Salam", nip="198701012010011002")
    story.starts()
    story.joins("[DISDIK] 1002 Sity")
    story.joins("[DISDIK] 2001 Siti")
    story.ends()
    assert {mark["status"] for mark in story.marks().values()} == {"BL"}
    board = story.board()
    assert board["opd"][0]["connection"]["state"] == "never"
    assert board["evidence_health"]["unmatched"] == 2


def test_claims_and_evidence_meet_line_by_line(story: Story, make: Make) -> None:
    office = make.asn(name="Andi Kantor", nip="198501012010011001")
    stayed = make.asn(name="Wati Lama", nip="198501012010012002")
    left = make.asn(name="Wira Sebentar", nip="198501012010011003")
    unseen = make.asn(name="Wulan Gaib", nip="198501012010012004")
    away = make.asn(name="Dedi Dinas", nip="198501012010011005")
    accused = make.asn(name="Tuti Ada", nip="198501012010012006")
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.joins("[DISDIK] 2002 Wati")
    story.leaves(story.joins("[DISDIK] 1003 Wira"), MONDAY + timedelta(minutes=3))
    story.joins("[DISDIK] 1005 Dedi")
    story.joins("[DISDIK] 2006 Tuti")
    story.ends()
    body = naming(
        claim(6, 1, wfa=3, unexplained=1, DL=1),
        (stayed, "H", "wfa"),
        (left, "H", "wfa"),
        (unseen, "H", "wfa"),
        (away, "DL", None),
        (accused, "TK", None),
    )
    story.reports("DISDIK", body)
    marks = story.marks()
    assert {name: (mark["status"], mark["mode"], mark["minutes"]) for name, mark in marks.items()} == {
        "Andi Kantor": ("H", "wfo", 0),
        "Wati Lama": ("H", "wfa", 30),
        "Wira Sebentar": ("H", "wfa", 3),
        "Wulan Gaib": ("H", "wfa", 0),
        "Dedi Dinas": ("DL", None, 30),
        "Tuti Ada": (None, None, 30),
    }
    assert marks["Andi Kantor"]["basis"]["claim"]["named"] is False
    assert story.findings() == [
        ("DISDIK", "excused-but-connected", "explainable"),
        ("DISDIK", "left-early", "explainable"),
        ("DISDIK", "unexplained-but-connected", "suspicious"),
        ("DISDIK", "wfa-without-presence", "suspicious"),
    ]
    totals = story.board()["totals"]
    assert (totals["unexplained"], totals["disputed"]) == (0, 1)
    assert office.id != accused.id


def test_a_dispute_is_decided_by_a_person_and_stays_on_record(story: Story, make: Make, api: Api) -> None:
    accused = make.asn(name="Tuti Ada", nip="198501012010012006")
    story.starts()
    story.joins("[DISDIK] 2006 Tuti")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (accused, "TK", None)))
    admin = api.as_(Role.ADMIN).at(DUE)
    finding = admin.get(story.path("findings"), params={"grade": "suspicious"}).json()["items"][0]
    path = f"/v1/findings/{finding['id']}/resolve"
    undecided = admin.post(path, {"outcome": "explained", "note": "Ada di Zoom"})
    assert (undecided.status_code, undecided.json()["code"]) == (422, "decision-needed")
    decided = admin.post(path, {"outcome": "explained", "status": "H", "note": "Terlihat sepanjang apel"})
    assert decided.status_code == 200, decided.text
    assert decided.json()["state"] == "resolved"
    mark = story.marks()["Tuti Ada"]
    assert (mark["status"], mark["mode"], mark["reason"]) == ("H", "wfa", "decided")
    assert mark["basis"]["claim"]["status"] == "TK"
    assert story.board()["totals"]["disputed"] == 0
    standing = admin.get(story.path("findings"), params={"grade": "suspicious"}).json()["items"]
    assert [(item["id"], item["state"]) for item in standing] == [(finding["id"], "resolved")]


def test_the_same_decision_again_changes_nothing_and_another_one_counts(story: Story, make: Make, api: Api) -> None:
    accused = make.asn(name="Tuti Ada", nip="198501012010012006")
    story.starts()
    story.joins("[DISDIK] 2006 Tuti")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (accused, "TK", None)))
    admin = api.as_(Role.ADMIN).at(DUE)
    finding = admin.get(story.path("findings"), params={"grade": "suspicious"}).json()["items"][0]
    path, present = f"/v1/findings/{finding['id']}/resolve", {"outcome": "explained", "status": "H", "note": "Terlihat"}
    first = admin.post(path, present)
    revision = story.board()["revision"]
    again = admin.at(DUE + timedelta(minutes=5)).post(path, present)
    assert (again.status_code, again.json()) == (200, first.json())
    assert story.board()["revision"] == revision
    absent = {"outcome": "confirmed", "status": "TK", "note": "Perangkat dipinjam"}
    later = admin.at(DUE + timedelta(minutes=10)).post(path, absent, headers={"if-match": first.headers["etag"]})
    assert later.json()["resolution"]["status"] == "TK"
    assert story.marks()["Tuti Ada"]["status"] == "TK"


def test_leave_confirmed_late_takes_the_tk_back(story: Story, make: Make, api: Api) -> None:
    ill = make.asn(name="Ani Sakit", nip="198501012010012007")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, unexplained=1), (ill, "TK", None)))
    first = story.marks()["Ani Sakit"]
    assert (first["status"], first["year"]) == ("TK", {"apel_tk": 1, "last": [DAY.isoformat()]})
    body = {"asn_id": str(ill.id), "code": "CS", "from": DAY.isoformat(), "to": DAY.isoformat(), "state": "confirmed"}
    assert api.as_(Role.ADMIN).at(DUE).post("/v1/absences", body).status_code == 201
    second = story.marks()["Ani Sakit"]
    assert (second["status"], second["reason"], second["year"]["apel_tk"]) == ("CS", "absence-confirmed", 0)
    assert story.board()["totals"]["unexplained"] == 0


def test_concluding_again_changes_nothing(story: Story, make: Make) -> None:
    make.asn(name="Siti Aminah", nip="198501012010012001")
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.ends()
    story.reports("DISDIK", claim(1, 1))
    first = story.board()
    assert story.board() == first
    assert story.board(DUE + timedelta(hours=5)) == first


def test_a_person_of_another_roster_is_kept_as_a_finding(story: Story, make: Make) -> None:
    make.opd("DINKES")
    own = make.asn(name="Siti Aminah", nip="198501012010012001")
    other = make.asn("DINKES", name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.ends()
    for code in ("DISDIK", "DINKES"):
        story.joins(f"[{code}] Ruang")
    story.reports("DISDIK", claim(2, 2) | {"entries_are": "all", "entries": [
        {"asn_id": str(own.id), "status": "H"}, {"asn_id": str(other.id), "status": "H"}]})  # fmt: skip
    story.reports("DINKES", naming(claim(1, 1)))
    assert ("DISDIK", "not-on-roster", "impossible") in story.findings()
    assert story.marks()["Budi Hasan"]["opd_code"] == "DINKES"


def test_an_opd_that_gave_counts_only_is_one_item(story: Story, make: Make) -> None:
    make.asn(name="Siti Aminah", nip="198501012010012001")
    make.asn(name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.joins("[DISDIK] 1002 Budi")
    story.ends()
    story.reports("DISDIK", claim(2, 1, wfa=1))
    items = story.api.as_(Role.ADMIN).at(DUE).get(story.path("attendance")).json()["items"]
    assert [(item["name"], item["status"], item["reason"]) for item in items] == [
        (None, None, "counts-only"),
        ("Budi Hasan", "H", "own-evidence"),
    ]
    assert items[0]["counts"] == {
        "strength": 2,
        "present": {"wfo": 1, "wfa": 1},
        "excused": {},
        "unexplained": 0,
    }


def test_parts_sum_into_their_unit_and_a_missing_part_is_seen(story: Story, make: Make) -> None:
    make.opd("PKM", parent_code="DISDIK", reports="part")
    make.asn(name="Siti Aminah", nip="198501012010012001")
    make.asn("PKM", name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.joins("[DISDIK] Ruang")
    story.ends()
    story.reports("DISDIK", naming(claim(1, 1)))
    row = story.board()["opd"][0]
    assert (row["report"]["state"], row["report"]["partial"]) == ("missing", True)
    assert (row["figures"]["strength"], row["light"]) == (2, "yellow")
    assert {mark["status"] for mark in story.marks().values()} == {"H", "BL"}
    story.reports("PKM", naming(claim(1, 1)), at=DUE)
    row = story.board()["opd"][0]
    assert (row["report"]["state"], row["report"]["partial"]) == ("late", False)
    assert row["figures"]["rate"]["percent"] == 100.0
    assert ("DISDIK", "late", "explainable") in story.findings()


def test_health_codes_are_hidden_from_outsiders(story: Story, make: Make, api: Api) -> None:
    ill = make.asn(name="Ani Sakit", nip="198501012010012007")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(1, 0, S=1), (ill, "S", None)))
    for role, status in ((Role.BUPATI, "excused"), (Role.KOMINFO, "excused"), (Role.INSPECTOR, "S")):
        item = api.as_(role).at(DUE).get(story.path("attendance")).json()["items"][0]
        assert (item["status"], item["basis"]["claim"]["status"]) == (status, status), role
    own = api.as_(Role.OPD_OPERATOR, "DISDIK").at(DUE).get(story.path("attendance")).json()["items"][0]
    assert own["status"] == "S"
    assert own["nip_masked"] == "*" * 14 + "2007"


def test_filtering_by_status_tells_outsiders_no_more_than_the_list(story: Story, make: Make, api: Api) -> None:
    ill = make.asn(name="Ani Sakit", nip="198501012010012007")
    away = make.asn(name="Dedi Dinas", nip="198501012010011005")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(2, 0, S=1, DL=1), (ill, "S", None), (away, "DL", None)))

    def found(caller: Api, status: str) -> list[str]:
        answer = caller.at(DUE).get(story.path("attendance"), params={"status": status})
        return [item["name"] for item in answer.json()["items"]]

    outsider, inspector = api.as_(Role.KOMINFO), api.as_(Role.INSPECTOR)
    own, other = api.as_(Role.OPD_HEAD, "DISDIK"), api.as_(Role.OPD_HEAD, "DINKES")
    assert (found(outsider, "S"), found(outsider, "CS"), found(outsider, "excused")) == ([], [], ["Ani Sakit"])
    assert (found(inspector, "S"), found(own, "S"), found(own, "excused")) == (["Ani Sakit"], ["Ani Sakit"], [])
    assert (found(outsider, "DL"), found(other, "S"), found(other, "excused")) == (["Dedi Dinas"], [], [])


def test_pages_never_hold_more_than_was_asked_for(story: Story, make: Make, api: Api) -> None:
    """Units that gave counts only come first and take their place in the page."""
    for code in ("DINKES", "DINSOS"):
        make.opd(code)
        make.asn(code, name=f"Andi {code}", nip=f"19850101201001{len(code)}00{code.count('S')}")
    make.asn(name="Siti Aminah", nip="198501012010012001")
    story.starts()
    story.ends()
    story.reports("DINKES", claim(1, 1))
    story.reports("DINSOS", claim(1, 1))
    seen: list[tuple[str, str | None]] = []
    cursor: str | None = None
    for _ in range(3):
        asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = api.as_(Role.ADMIN).at(DUE).get(story.path("attendance"), params=asked).json()
        assert len(page["items"]) == 1
        seen += [(item["opd_code"], item["name"]) for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == [("DINKES", None), ("DINSOS", None), ("DISDIK", "Siti Aminah")]


def test_a_civil_servant_reads_the_own_marks_and_nobody_elses(story: Story, make: Make, api: Api) -> None:
    ill = make.asn(name="Ani Sakit", nip="198501012010012007")
    other = make.asn(name="Dedi Dinas", nip="198501012010011005")
    story.starts()
    story.ends()
    story.reports("DISDIK", naming(claim(2, 1, S=1), (ill, "S", None)))
    story.marks()
    caller = api.by(Principal(uuid4(), "ani", (Grant(Role.ASN, None, frozenset()),), asn_id=ill.id)).at(DUE)
    own = caller.get(f"/v1/asn/{ill.id}/attendance").json()
    assert ([item["status"] for item in own["items"]], own["next_cursor"]) == (["S"], None)
    assert caller.get(f"/v1/asn/{other.id}/attendance").status_code == 404


def test_another_opd_sees_nothing_of_it(story: Story, make: Make, api: Api) -> None:
    make.opd("DINKES")
    person = make.asn(name="Siti Aminah", nip="198501012010012001")
    story.starts()
    story.ends()
    stranger = api.as_(Role.OPD_HEAD, "DINKES").at(DUE)
    assert stranger.get(story.path("attendance")).json()["items"] == []
    assert {item["opd_code"] for item in stranger.get(story.path("findings")).json()["items"]} == {"DINKES"}
    assert stranger.get(f"/v1/asn/{person.id}/attendance").status_code == 404
    finding = api.as_(Role.ADMIN).get(story.path("findings"), params={"opd_code": "DISDIK"}).json()["items"][0]
    hidden = stranger.post(f"/v1/findings/{finding['id']}/resolve", {"outcome": "dismissed", "note": "x"})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "finding-not-found")


def test_a_record_of_one_person_names_every_apel(story: Story, make: Make, api: Api) -> None:
    person = make.asn(name="Siti Aminah", nip="198501012010012001")
    story.starts()
    story.ends()
    story.marks()
    record = api.as_(Role.INSPECTOR).at(DUE).get(f"/v1/asn/{person.id}/attendance").json()
    assert UUID(record["asn_id"]) == person.id
    assert [(item["date"], item["status"]) for item in record["items"]] == [(DAY.isoformat(), "BL")]


def test_an_assignment_answers_with_the_marks_that_it_changed(story: Story, make: Make, api: Api) -> None:
    person = make.asn(name="Siti Aminah", nip="198501012010012001")
    make.asn(name="Budi Hasan", nip="198601012010011002")
    story.starts()
    story.joins("iPhone Kantor")
    story.ends()
    operator = api.as_(Role.KOMINFO).at(DUE)
    assert {mark["status"] for mark in story.marks().values()} == {"BL"}
    unknown = operator.get(story.path("participants"), params={"matched": "false"}).json()["items"][0]
    path = story.path(f"participants/{unknown['id']}/assign")
    answer = operator.post(path, {"asn_id": str(person.id), "remember": False})
    assert answer.status_code == 200, answer.text
    changed = [(item["name"], item["status"], item["minutes"]) for item in answer.json()["items"]]
    assert changed == [("Siti Aminah", "H", 30)]
    assert [item["subject"]["kind"] for item in answer.json()["participants"]] == ["person"]


def test_concluding_is_measured_when_there_was_something_to_conclude(story: Story, make: Make) -> None:
    def measured() -> float:
        return measures.REGISTRY.get_sample_value("apel_conclude_seconds_count") or 0.0

    make.asn(name="Siti Aminah", nip="198501012010012001")
    story.marks()
    before = measured()
    story.marks()
    unchanged = measured()
    story.reports("DISDIK", claim(1, 1), at=DUE)
    story.marks()
    assert (unchanged, measured()) == (before, before + 1)
