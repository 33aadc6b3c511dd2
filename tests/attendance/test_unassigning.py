"""An assignment that was wrong is taken back: nobody stays credited by it, and what it remembered is forgotten."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Role
from app.demo.zoom_twin.events import Meeting
from app.evidence.identity import Subject
from app.evidence.models import IdentityKey
from app.evidence.rules import SubjectKind
from app.registry.models import Asn
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.evidence.monday import LATER, Monday, Run, assign, seen
from tests.evidence.test_aliases import listed, register, revoke
from tests.make import MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming

WEEK = timedelta(days=7)


@pytest.fixture
def monday(make: Make, run: Run, api: Api) -> Monday:
    return Monday(make, run, api)


def take_back(monday: Monday, item: dict[str, Any], body: Any = None, role: Role = Role.KOMINFO) -> Any:
    return monday.api.as_(role).post(f"{monday.path}/{item['id']}/unassign", body)


def settle_one(monday: Monday, name: str = "[DISDIK] 1002 Sity", left: float = 20, **keys: Any) -> dict[str, Any]:
    """The one participant who was seen, as the rules alone have it."""
    monday.see(seen("a", name, 0, left, **keys))
    monday.settle()
    (found,) = monday.items()
    return found


def whom(monday: Monday) -> list[tuple[str, str | None, str | None]]:
    return [(item["subject"]["kind"], item["subject"]["asn_id"], item["matched_by"]) for item in monday.items()]


@pytest.fixture
def wrong(api: Api, make: Make) -> tuple[Story, Asn]:
    """Siti is reported present from home, and was not there; the phone is somebody else's."""
    make.opd("DISDIK")
    siti = make.asn(name="Siti Aminah", nip="198501012010012001")
    make.asn(name="Budi Hasan", nip="198601012010011002")
    told = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    told.starts()
    told.joins("[DISDIK] Ruang 1")
    told.joins("HP Siti Aminah")
    told.ends()
    told.reports("DISDIK", naming(claim(2, 1, wfa=1), (siti, "H", "wfa")))
    return told, siti


def test_whom_an_assignment_credited_wrongly_is_credited_no_longer(wrong: tuple[Story, Asn]) -> None:
    story, siti = wrong
    plain, doubts, board = story.marks(), story.findings(), story.board()["opd"][0]["light"]
    operator = story.api.as_(Role.ADMIN).at(DUE)
    (phone,) = operator.get(story.path("participants"), params={"matched": "false"}).json()["items"]
    path = story.path(f"participants/{phone['id']}")
    assigned = operator.post(f"{path}/assign", {"asn_id": str(siti.id), "remember": True}).json()
    assert [(mark["name"], mark["minutes"]) for mark in assigned["items"]] == [("Siti Aminah", 30)]

    answer = operator.post(f"{path}/unassign", {"reason": "Salah tekan."})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [(mark["name"], mark["minutes"]) for mark in told["items"]] == [("Siti Aminah", 0)]
    assert [(one["id"], one["subject"]["kind"]) for one in told["participants"]] == [(phone["id"], "unknown")]
    said = [(one["kind"], one["everywhere"], one["standing"], one["revoked"]) for one in told["taken_back"]]
    revoked = {"by": "uji-admin", "at": "2026-11-23T00:31:00Z", "reason": "Salah tekan.", "taken_back": True}
    assert sorted(said, key=str) == [("device", False, False, revoked), ("name", True, False, revoked)]
    assert {one["by"] for one in told["taken_back"]} == {"uji-admin"}

    assert (story.marks(), story.findings(), story.board()["opd"][0]["light"]) == (plain, doubts, board)
    assert story.board()["evidence_health"]["unmatched"] == 1
    assert operator.get("/v1/zoom/aliases").json()["items"] == []
    trace = operator.get(path).json()["decisions"]
    assert sorted(trace, key=str) == sorted(told["taken_back"], key=str)


@pytest.mark.parametrize(
    ("taken_back", "minutes"),
    [
        pytest.param(None, 30, id="it stays"),
        pytest.param(MONDAY + timedelta(minutes=32), 0, id="taken back at once"),
        pytest.param(DUE + WEEK, 0, id="taken back after the next apel, which is not final"),
    ],
)
def test_the_next_apel_credits_nobody_by_what_was_taken_back(
    wrong: tuple[Story, Asn], make: Make, taken_back: datetime | None, minutes: int
) -> None:
    story, siti = wrong
    early = MONDAY + timedelta(minutes=31)
    story.marks(early)
    operator = story.api.as_(Role.KOMINFO)
    (phone,) = operator.at(early).get(story.path("participants"), params={"matched": "false"}).json()["items"]
    path = story.path(f"participants/{phone['id']}")
    body = {"asn_id": str(siti.id), "remember": True}
    assert operator.at(early).post(f"{path}/assign", body).status_code == 200
    if taken_back == early + timedelta(minutes=1):
        assert operator.at(taken_back).post(f"{path}/unassign").status_code == 200
    later = Story(story.api, make.apel(MONDAY + WEEK, zoom_meeting_ids=[NUMBER]))
    later.meeting = Meeting(NUMBER, "bmV4dA==", "Apel", MONDAY + WEEK, 30)
    later.starts(MONDAY + WEEK)
    later.joins("HP Siti Aminah", MONDAY + WEEK)
    later.ends(MONDAY + WEEK + timedelta(minutes=30))
    if taken_back == DUE + WEEK:
        assert later.marks(DUE + WEEK)["Siti Aminah"]["minutes"] == 30
        assert operator.at(taken_back).post(f"{path}/unassign").status_code == 200
    assert later.marks(DUE + WEEK)["Siti Aminah"]["minutes"] == minutes


def test_what_was_remembered_while_the_apel_ran_is_forgotten_after_it_has_ended(monday: Monday) -> None:
    """Else the alias, which stood when the apel ended, would go on crediting the wrong person there."""
    unknown = settle_one(monday, "HP Ibu Siti", account_id="z8")
    monday.api.at(MONDAY + timedelta(minutes=20))
    assert assign(monday, unknown, {"asn_id": str(monday.siti.id), "remember": True}).status_code == 200
    monday.api.at(LATER)
    answer = take_back(monday, unknown)
    assert answer.status_code == 200, answer.text
    assert [one["kind"] for one in answer.json()["taken_back"] if one["everywhere"]] == ["account"]
    assert whom(monday) == [("unknown", None, None)]


def test_an_alias_that_was_revoked_by_hand_before_counts_no_longer_either(monday: Monday) -> None:
    unknown = settle_one(monday, "HP Ibu Siti", account_id="z8")
    monday.api.at(MONDAY + timedelta(minutes=20))
    assign(monday, unknown, {"asn_id": str(monday.siti.id), "remember": True})
    monday.api.at(LATER)
    (alias,) = listed(monday)
    assert revoke(monday, alias, {"reason": "Salah orang"}).status_code == 200
    assert take_back(monday, unknown).status_code == 200
    assert whom(monday) == [("unknown", None, None)]
    (ended,) = listed(monday, standing="false")
    assert (ended["revoked"]["reason"], ended["revoked"]["taken_back"]) == ("Salah orang", True)


def test_the_device_is_recognised_by_the_rules_alone(monday: Monday) -> None:
    siti = settle_one(monday, "[DISDIK] 1001 Siti")
    (budi,) = assign(monday, siti, {"asn_id": str(monday.budi.id)}).json()["participants"]
    assert take_back(monday, budi).json()["code"] == "nothing-assigned"
    answer = take_back(monday, siti).json()
    assert [one["id"] for one in answer["participants"]] == [siti["id"]]
    assert monday.items() == [siti]


def test_no_earlier_decision_comes_back(monday: Monday) -> None:
    unknown = settle_one(monday)
    (budi,) = assign(monday, unknown, {"asn_id": str(monday.budi.id)}).json()["participants"]
    assign(monday, budi, {"asn_id": str(monday.siti.id)})
    assert take_back(monday, budi).status_code == 200
    assert whom(monday) == [("unknown", None, None)]
    again = take_back(monday, unknown)
    assert (again.status_code, again.json()) == (200, {"items": [], "participants": [], "taken_back": []})


def test_taking_back_again_changes_nothing_and_tells_the_same(monday: Monday) -> None:
    unknown = settle_one(monday, "HP Siti Aminah")
    assign(monday, unknown, {"asn_id": str(monday.siti.id), "remember": True})
    first = take_back(monday, unknown).json()
    rows = monday.all(select(IdentityKey.revoked_at).order_by(IdentityKey.id))
    monday.api.at(LATER + timedelta(minutes=5))
    again = take_back(monday, unknown, {"reason": "Lagi."}, Role.ADMIN)
    assert (again.status_code, again.json()) == (200, first | {"items": [], "participants": []})
    assert monday.all(select(IdentityKey.revoked_at).order_by(IdentityKey.id)) == rows
    (entry,) = monday.all(select(AuditEntry).where(AuditEntry.action == "evidence.unassign"))
    assert (entry.target, entry.subjects) == (unknown["id"], [subject_of(SURROUNDINGS.audit_key, monday.siti.nip)])
    assert entry.detail == {
        "apel_id": str(monday.apel.id), "kind": "person", "opd_code": "DISDIK", "forgotten": 1,
    }  # fmt: skip


def test_the_last_word_counts_whichever_it_is(monday: Monday) -> None:
    unknown = settle_one(monday)
    for _ in range(2):
        monday.api.at(LATER)
        assert assign(monday, unknown, {"asn_id": str(monday.siti.id)}).status_code == 200
        assert whom(monday) == [("person", str(monday.siti.id), "decision")]
        assert take_back(monday, unknown).status_code == 200
        assert whom(monday) == [("unknown", None, None)]
    assert assign(monday, unknown, {"operator": True}).status_code == 200
    assert [kind for kind, *_ in whom(monday)] == ["operator"]


def test_a_later_assignment_by_a_colleague_is_not_taken_back_and_who_is_credited_is_told(monday: Monday) -> None:
    unknown = settle_one(monday)
    (siti,) = assign(monday, unknown, {"asn_id": str(monday.siti.id)}).json()["participants"]
    assign(monday, siti, {"asn_id": str(monday.budi.id)}, Role.ADMIN)
    answer = take_back(monday, unknown)
    assert (answer.status_code, answer.json()["code"]) == (409, "assignment-replaced")
    assert "uji-admin menetapkannya sebagai Budi Santoso" in answer.json()["detail"]
    assert whom(monday) == [("person", str(monday.budi.id), "decision")]


def test_what_a_colleague_assigned_after_a_taking_back_stays(monday: Monday) -> None:
    """Whoever says whom the wrong assignment had named ends no other one about the same device."""
    unknown, siti, budi = settle_one(monday), {"asn_id": str(monday.siti.id)}, {"asn_id": str(monday.budi.id)}
    assign(monday, unknown, siti)
    assert "menetapkannya sebagai Siti Aminah" in take_back(monday, unknown, budi).json()["detail"]
    assert take_back(monday, unknown, siti, Role.ADMIN).status_code == 200
    monday.api.at(LATER + timedelta(minutes=1))
    assign(monday, unknown, budi, Role.ADMIN)
    answer = take_back(monday, unknown, siti)
    assert (answer.status_code, answer.json()["code"]) == (409, "assignment-replaced")
    assert whom(monday) == [("person", str(monday.budi.id), "decision")]
    both = take_back(monday, unknown, siti | {"operator": True})
    assert (both.status_code, both.json()["code"]) == (422, "subject-unclear")
    assert take_back(monday, unknown, budi).status_code == 200
    assert assign(monday, unknown, {"opd_code": "DINKES"}).status_code == 200
    assert take_back(monday, unknown, {"opd_code": "DINKES"}).status_code == 200
    assert whom(monday) == [("unknown", None, None)]


def test_what_was_remembered_is_forgotten_although_a_colleague_corrected_the_device(monday: Monday) -> None:
    unknown = settle_one(monday, "HP Siti Aminah")
    (siti,) = assign(monday, unknown, {"asn_id": str(monday.siti.id), "remember": True}).json()["participants"]
    assign(monday, siti, {"asn_id": str(monday.budi.id)}, Role.ADMIN)
    answer = take_back(monday, unknown)
    assert [one["everywhere"] for one in answer.json()["taken_back"]] == [True]
    assert listed(monday) == []
    assert whom(monday) == [("person", str(monday.budi.id), "decision")]


def test_one_device_is_taken_back_and_the_persons_other_one_stays(monday: Monday) -> None:
    monday.see(seen("a", "HP Siti", 0, 10), seen("b", "[DISDIK] 1001 Siti", 10, 20))
    monday.settle()
    (phone,) = monday.items(matched="false")
    (siti,) = assign(monday, phone, {"asn_id": str(monday.siti.id)}).json()["participants"]
    assert siti["seconds"] == 20 * 60
    changed = {one["id"]: one["seconds"] for one in take_back(monday, phone).json()["participants"]}
    assert changed == {phone["id"]: 10 * 60, siti["id"]: 10 * 60}


def test_a_registration_that_was_overruled_counts_again(monday: Monday) -> None:
    siti = Subject(SubjectKind.PERSON, None, monday.siti.id)
    register(monday, "r", siti)
    found = settle_one(monday, "Tablet", registrant_id="r")
    assert found["subject"]["asn_id"] == str(monday.siti.id)
    monday.api.at(MONDAY + timedelta(minutes=10))
    assign(monday, found, {"asn_id": str(monday.budi.id), "remember": True})
    monday.api.at(MONDAY + timedelta(minutes=12))
    assert take_back(monday, found).status_code == 200
    assert whom(monday) == [("person", str(monday.siti.id), "registrant")]
    (alias,) = listed(monday)
    assert (alias["origin"], alias["subject"]["asn_id"]) == ("registration", str(monday.siti.id))
    register(monday, "r", Subject(SubjectKind.PERSON, None, monday.ana.id))
    (alias,) = listed(monday)
    assert alias["subject"]["asn_id"] == str(monday.ana.id)


def test_where_nothing_was_assigned_there_is_nothing_to_take_back(monday: Monday, make: Make) -> None:
    unknown = settle_one(monday)
    answer = take_back(monday, unknown)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-assigned")
    assign(monday, unknown, {"asn_id": str(monday.siti.id)})
    other = make.apel(MONDAY + timedelta(days=1))
    path = f"/v1/apel/{other.id}/participants/{unknown['id']}/unassign"
    elsewhere = monday.api.as_(Role.KOMINFO).post(path)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "participant-not-found")


def test_at_a_final_apel_nothing_is_taken_back(monday: Monday) -> None:
    unknown = settle_one(monday)
    assign(monday, unknown, {"asn_id": str(monday.siti.id)})
    assert monday.api.as_(Role.KOMINFO).post(f"/v1/apel/{monday.apel.id}/finalize").status_code == 200
    answer = take_back(monday, unknown)
    assert (answer.status_code, answer.json()["code"]) == (409, "apel-final")
    assert whom(monday) == [("person", str(monday.siti.id), "decision")]


@pytest.mark.parametrize("role", Role)
def test_who_assigns_also_takes_back(monday: Monday, role: Role) -> None:
    answer = take_back(monday, {"id": monday.apel.id}, role=role)
    assert answer.status_code == (404 if role in (Role.KOMINFO, Role.ADMIN) else 403)
