"""What a person says about an unmatched participant reaches marks, findings, scores and board, and can be traced."""

from typing import Any

import pytest

from app.core.principal import Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import Make
from tests.monday import DUE, NUMBER, Story, claim, naming


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    return make.asn(name="Siti Aminah", nip="198501012010012001")


@pytest.fixture
def story(api: Api, make: Make, siti: Asn) -> Story:
    """Siti is reported present from home; she joined under a name that is not certain, and her room is there."""
    make.asn(name="Budi Hasan", nip="198601012010011002")
    told = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
    told.starts()
    told.joins("[DISDIK] Ruang 1")
    told.joins("[DISDIK] 2001 Sity")
    told.ends()
    told.reports("DISDIK", naming(claim(2, 1, wfa=1), (siti, "H", "wfa")))
    return told


def assign_first(story: Story, body: dict[str, Any]) -> dict[str, Any]:
    """Assign the first of the queue, once the apel was concluded."""
    story.marks()
    operator = story.api.as_(Role.KOMINFO).at(DUE)
    waiting = operator.get(story.path("participants"), params={"matched": "false"}).json()["items"][0]
    answer = operator.post(story.path(f"participants/{waiting['id']}/assign"), body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found | {"was": waiting}


def accuracy(story: Story) -> float:
    scores = story.api.as_(Role.ADMIN).at(DUE).get(story.path("scores")).json()
    (points,) = (line["points"] for line in scores["opd"][0]["lines"] if line["rule"] == "accuracy")
    return float(points)


def test_an_assignment_is_followed_by_marks_findings_scores_and_the_board(story: Story, siti: Asn) -> None:
    assert story.findings() == [("DISDIK", "wfa-without-presence", "suspicious")]
    assert (accuracy(story), story.board()["opd"][0]["light"]) == (15.0, "yellow")
    answer = assign_first(story, {"asn_id": str(siti.id)})
    assert answer["was"]["candidates"][0]["asn_id"] == str(siti.id)
    ((mark),) = answer["items"]
    assert (mark["name"], mark["status"], mark["minutes"]) == ("Siti Aminah", "H", 30)
    assert story.findings() == []
    assert (accuracy(story), story.board()["opd"][0]["light"]) == (20.0, "green")
    assert story.board()["evidence_health"]["unmatched"] == 0


def test_a_mark_leads_to_the_decision_that_it_rests_on_in_two_calls(story: Story, siti: Asn) -> None:
    was = assign_first(story, {"asn_id": str(siti.id), "remember": True})["was"]
    inspector = story.api.as_(Role.INSPECTOR).at(DUE)
    marks = inspector.get(story.path("attendance"), params={"opd_code": "DISDIK"}).json()["items"]
    (evidence,) = (mark["basis"]["evidence"] for mark in marks if mark["asn_id"] == str(siti.id))
    assert (evidence["matched_by"], evidence["seconds"]) == ("decision", 1800)
    found = inspector.get(story.path(f"participants/{evidence['participant_id']}")).json()
    decided = {
        "subject": {"kind": "person", "opd_code": "DISDIK", "asn_id": str(siti.id)},
        "origin": "decision",
        "participant_id": was["id"],
        "display_name": "[DISDIK] 2001 Sity",
        "by": "uji-kominfo",
        "at": "2026-11-23T00:31:00Z",
        "revoked": None,
    }
    told = sorted(found["decisions"], key=lambda decision: str(decision["kind"]))
    assert [{key: one[key] for key in one if key != "id"} for one in told] == [
        decided | {"kind": "device", "everywhere": False, "standing": True},
        # Remembered after the apel had ended: it counts from the next one on.
        decided | {"kind": "name", "everywhere": True, "standing": False},
    ]
    assert was["display_name"] == "[DISDIK] 2001 Sity"


def test_a_decision_that_was_corrected_stays_in_the_trace(story: Story, siti: Asn) -> None:
    first = assign_first(story, {"operator": True})["participants"][0]
    operator = story.api.as_(Role.KOMINFO).at(DUE)
    answer = operator.post(story.path(f"participants/{first['id']}/assign"), {"asn_id": str(siti.id)})
    (now,) = answer.json()["participants"]
    decisions = operator.get(story.path(f"participants/{now['id']}")).json()["decisions"]
    assert [(one["subject"]["kind"], one["standing"]) for one in decisions] == [("person", True), ("operator", False)]


def test_a_participant_of_another_opd_or_apel_is_not_there(story: Story, make: Make) -> None:
    story.marks()
    admin = story.api.as_(Role.ADMIN).at(DUE)
    room = admin.get(story.path("participants"), params={"matched": "true"}).json()["items"][0]
    assert admin.get(story.path(f"participants/{room['id']}")).json()["decisions"] == []
    elsewhere = story.api.as_(Role.OPD_OPERATOR, "DINKES").at(DUE).get(story.path(f"participants/{room['id']}"))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "participant-not-found")
    other = make.apel(DUE)
    assert admin.get(f"/v1/apel/{other.id}/participants/{room['id']}").status_code == 404
