"""Complete lists of a run: kept once, counted in place of sightings, in whatever order facts come."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.core.principal import SYSTEM, Role
from app.core.stale import Stale
from app.evidence.assignment import remember_registrant
from app.evidence.identity import Subject
from app.evidence.lists import accept_list, digest_of, in_order
from app.evidence.models import ListedStay, Participant, ParticipantList, Sighting
from app.evidence.queries import load_presences
from app.evidence.rules import Compared, ListSource, Presence, StaySeen, SubjectKind
from tests.client import Api
from tests.evidence.monday import LATER, Monday, Run, seen, t
from tests.make import Make


@pytest.fixture
def monday(make: Make, run: Run, api: Api) -> Monday:
    return Monday(make, run, api)


def stay(name: str, joined: float, left: float, **more: Any) -> StaySeen:
    return StaySeen(name, t(joined), t(left), **more)


def accept(
    monday: Monday, *stays: StaySeen, uuid: str = "run", source: ListSource = ListSource.REPORT, minute: float = 45
) -> bool:
    async def work() -> bool:
        accepted = await accept_list(monday.session, uuid, source, stays, at=t(minute))
        await monday.session.commit()
        return accepted

    done: bool = monday._run(work())
    return done


def seconds(found: list[Presence]) -> dict[str | None, int]:
    return {one.opd_code if one.asn_id is None else str(one.asn_id): one.seconds for one in found}


def test_a_list_stands_in_place_of_sightings_and_both_stay_on_record(monday: Monday) -> None:
    monday.see(seen("a", "[DISDIK] Ruang 1", 0, 10), seen("b", "[DISDIK] 1001 Siti", 0, 30))
    assert accept(monday, stay("[DISDIK] Ruang 1", 0, 25), stay("[DISDIK] 1001 Siti", 1, 30))
    found = monday.settle()
    assert seconds(found) == {"DISDIK": 25 * 60, str(monday.siti.id): 29 * 60}
    room = next(one for one in found if one.asn_id is None)
    assert room.compared == Compared(10 * 60, 25 * 60, whole=True)
    assert monday._run(load_presences(monday.session, monday.apel.id)) == found
    assert len(monday.all(select(Sighting.id))) == 4
    (kept,) = monday.all(select(ParticipantList))
    assert (kept.occurrence_uuid, kept.source, kept.rows, kept.accepted_at) == ("run", "report", 2, t(45))
    assert monday.all(select(ListedStay.display_name).order_by(ListedStay.number)) == [
        "[DISDIK] Ruang 1",
        "[DISDIK] 1001 Siti",
    ]


def test_the_same_list_once_more_changes_nothing(monday: Monday) -> None:
    stays = [stay("[DISDIK] Ruang 1", 0, 25, email="Room@X.id"), stay("iPhone", 3, 9)]
    assert accept(monday, *stays)
    monday._do(monday.session.execute(delete(Stale)))
    again = [stays[1], stay("[DISDIK] Ruang 1", 0, 25, email=" room@x.ID ", account_id="")]
    assert digest_of(in_order(again)) == digest_of(in_order(stays))
    assert not accept(monday, *again, minute=50)
    assert not accept(monday)
    assert monday.all(select(func.count()).select_from(ParticipantList)) == [1]
    assert monday.all(select(Stale.apel_id)) == []


def test_a_newer_list_counts_and_the_older_stays_on_record(monday: Monday) -> None:
    assert accept(monday, stay("[DISDIK] Ruang 1", 0, 25))
    assert accept(monday, stay("[DISDIK] Ruang 1", 0, 26), minute=50)
    assert seconds(monday.settle()) == {"DISDIK": 26 * 60}
    assert accept(monday, stay("[DISDIK] Ruang 1", 0, 25), minute=55), "it counts again"
    assert seconds(monday.settle()) == {"DISDIK": 25 * 60}
    assert monday.all(select(func.count()).select_from(ParticipantList)) == [3]


def test_a_downloaded_file_never_displaces_the_report(monday: Monday) -> None:
    accept(monday, stay("[DISDIK] Ruang 1", 0, 25))
    accept(monday, stay("[DISDIK] Ruang 1", 0, 20), source=ListSource.CSV, minute=50)
    assert seconds(monday.settle()) == {"DISDIK": 25 * 60}


def test_a_list_of_a_run_that_is_not_on_record_is_refused(monday: Monday) -> None:
    with pytest.raises(IntegrityError):
        accept(monday, stay("[DISDIK] Ruang 1", 0, 25), uuid="unknown")
    monday._run(monday.session.rollback())


def test_lists_and_messages_end_the_same_in_every_order(monday: Monday) -> None:
    def messages() -> None:
        monday.see(seen("a", "iPhone", 0, 10, why="network"), seen("b", "[DISDIK] Ruang 1", 0, 10))

    def listed() -> None:
        accept(monday, stay("iPhone", 0, 10), stay("[DISDIK] Ruang 1", 0, 25))

    def late() -> None:
        monday.see(seen("a", "[DISDIK] 1001 Siti", 9), seen("c", "[DINKES] Ruang", 5, 8))

    endings = set()
    for order in permutations((messages, listed, late)):
        for table in (Participant, Sighting, ListedStay, ParticipantList):
            monday._do(monday.session.execute(delete(table)))
        for step in order:
            step()
            monday.settle()
        messages()
        endings.add(tuple(monday.settle()))
    (ending,) = endings
    assert seconds(list(ending)) == {str(monday.siti.id): 600, "DISDIK": 25 * 60, "DINKES": 0}


def test_marks_rest_on_the_list(monday: Monday) -> None:
    """A person whom messages lost and the list knows is present, once the list is there."""
    api = monday.api.as_(Role.ADMIN)

    def mark() -> tuple[Any, ...]:
        answer = api.get(f"/v1/apel/{monday.apel.id}/attendance")
        (siti,) = [item for item in answer.json()["items"] if item["asn_id"] == str(monday.siti.id)]
        return siti["status"], siti["mode"], siti["minutes"]

    assert mark() == ("BL", None, 0)
    accept(monday, stay("[DISDIK] 1001 Siti", 0, 25))
    assert mark() == ("H", "wfa", 25)


def test_a_participant_whom_messages_alone_know_counts_for_nobody(monday: Monday) -> None:
    monday.see(seen("b", "[DISDIK] 1001 Siti", 0, 30))
    accept(monday, stay("[DISDIK] Ruang 1", 0, 30))
    monday.settle()
    answer = monday.api.as_(Role.ADMIN).get(f"/v1/apel/{monday.apel.id}/attendance")
    assert {item["status"] for item in answer.json()["items"]} == {"BL"}
    assert {item["subject"]["kind"]: item["seconds"] for item in monday.items()} == {"room": 1800, "person": 0}


def test_a_run_known_from_a_file_alone_gives_its_list_to_the_real_one(monday: Monday) -> None:
    monday.hold("csv:86084701483:x", 0, 30)
    accept(monday, stay("iPhone", 0, 25), uuid="csv:86084701483:x", source=ListSource.CSV)
    monday.see(seen("a", "iPhone", 0, 20))
    (stranger,) = monday.settle()
    assert (stranger.seconds, stranger.compared) == (25 * 60, None)
    assert t(30) < LATER


def test_what_differs_is_a_finding_that_turns_no_light(monday: Monday) -> None:
    monday.see(seen("a", "[DISDIK] Ruang 1", 0, 10), seen("b", "[DISDIK] 1001 Siti", 0, 30))
    accept(monday, stay("[DISDIK] Ruang 1", 0, 25), stay("[DISDIK] 1001 Siti", 0, 30))
    body = {"strength": 3, "present": {"wfo": 2, "wfa": 1}, "excused": {}, "unexplained": 0}
    operator = monday.api.as_(Role.OPD_OPERATOR, "DISDIK").at(t(40))
    assert operator.put(f"/v1/apel/{monday.apel.id}/reports/DISDIK", body).status_code == 201
    api = monday.api.as_(Role.BUPATI).at(LATER)
    (found,) = [
        item
        for item in api.get(f"/v1/apel/{monday.apel.id}/findings").json()["items"]
        if item["code"] == "report-differs"
    ]
    assert (found["opd_code"], found["asn_id"], found["grade"]) == ("DISDIK", None, "explainable")
    assert found["facts"] == {"about": "room", "subjects": 1, "webhook_seconds": 600, "report_seconds": 1500}
    assert found["text"] == (
        "Pesan langsung dari Zoom mencatat 600 detik, laporan Zoom 1500 detik; yang dihitung laporan Zoom."
    )
    (row,) = [one for one in api.get(f"/v1/apel/{monday.apel.id}/board").json()["opd"] if one["opd_code"] == "DISDIK"]
    assert row["light"] == "green", row


def test_hosts_recorders_and_registrants_are_known_from_a_list_alone(monday: Monday) -> None:
    """Not one message came: who runs and who records the meeting is told by the list all the same."""
    monday.hold("run", 0, 30, host_id="host1")
    registered = Subject(SubjectKind.PERSON, None, monday.siti.id)
    monday._do(remember_registrant(monday.session, "r1", registered, SYSTEM, at=t(-60)))
    accept(
        monday,
        stay("Diskominfo", 0, 30, account_id="host1"),
        stay("Fireflies.ai Notetaker Budi", 0, 30),
        stay("Galaxy A12", 0, 20, registrant_id="r1"),
        stay("Galaxy A12", 25, 30, registrant_id="r1"),
    )
    monday.settle()
    found = {item["matched_by"]: item["subject"]["kind"] for item in monday.items()}
    assert found == {"host": "operator", "bot": "operator", "registrant": "person"}
    (siti,) = (item for item in monday.items() if item["subject"]["kind"] == "person")
    assert (siti["seconds"], siti["subject"]["asn_id"]) == (25 * 60, str(monday.siti.id))
