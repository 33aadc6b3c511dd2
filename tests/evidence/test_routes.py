"""Participants over HTTP: read by those who may, assigned by a person, remembered when asked."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Role
from app.core.stale import Stale
from app.evidence.models import IdentityKey, Sighting
from app.evidence.queries import load_presences
from app.evidence.rules import LeaveKind, SightingKind, SightingSeen
from app.evidence.service import record_sightings, settle
from app.registry.models import Asn
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.evidence.monday import LATER, NUMBER, Monday, Run, assign, seen, t
from tests.make import MONDAY, Make


def test_rooms_people_and_strangers_are_listed_with_their_time(monday: Monday) -> None:
    monday.see(
        seen("a", "[DISDIK] Ruang 1", -5, 40),
        seen("b", "[DISDIK] 1001 Siti", 0, 10, why="network"),
        seen("c", "iPhone", 20, None, email="siti@mamuju.go.id"),
        seen("d", "[DISDIK] 1002 Sity", 3, 5),
    )
    monday.settle()
    by_kind = {item["subject"]["kind"]: item for item in monday.items()}
    room, siti, unknown = by_kind["room"], by_kind["person"], by_kind["unknown"]
    assert room == {
        "id": room["id"],
        "display_name": "[DISDIK] Ruang 1",
        "subject": {"kind": "room", "opd_code": "DISDIK", "asn_id": None},
        "matched_by": "display_name",
        "seconds": 30 * 60,
        "intervals": [{"from": "2026-11-22T23:25:00Z", "to": "2026-11-23T00:10:00Z"}],
        "connected": False,
        "network_gap": False,
        "candidates": [],
    }
    assert siti == {
        "id": siti["id"],
        "display_name": "iPhone",
        "subject": {"kind": "person", "opd_code": "DISDIK", "asn_id": str(monday.siti.id)},
        "matched_by": "email",
        "seconds": 20 * 60,
        "intervals": [
            {"from": "2026-11-22T23:30:00Z", "to": "2026-11-22T23:40:00Z"},
            {"from": "2026-11-22T23:50:00Z", "to": "2026-11-23T00:00:00Z"},
        ],
        "connected": False,
        "network_gap": True,
        "candidates": [],
    }
    assert unknown["subject"] == {"kind": "unknown", "opd_code": "DISDIK", "asn_id": None}
    assert (unknown["matched_by"], unknown["seconds"]) == (None, 120)
    assert [item["id"] for item in monday.items(matched="false")] == [unknown["id"]]
    assert {item["id"] for item in monday.items(matched="true")} == {room["id"], siti["id"]}


def test_hosts_and_recorders_count_for_nobody_and_wait_for_nobody(monday: Monday) -> None:
    monday.see(
        seen("a", "Diskominfo", -5, 40, account_id="host1"),
        seen("b", "Siti's Notetaker (Otter.ai)", 0, 30),
        seen("c", "[DISDIK] 1001 Siti", 0, 30),
    )
    monday.settle()
    assert [item["display_name"] for item in monday.items(matched="false")] == ["Diskominfo"]
    marks = monday.all(select(func.count()).select_from(Stale))
    monday.hold("run", 0, 30, host_id="host1")
    assert monday.all(select(func.count()).select_from(Stale)) > marks, "whom the host is changes what was seen"
    monday.settle()
    found = {item["display_name"]: (item["subject"]["kind"], item["matched_by"]) for item in monday.items()}
    assert found == {
        "Diskominfo": ("operator", "host"),
        "Siti's Notetaker (Otter.ai)": ("operator", "bot"),
        "[DISDIK] 1001 Siti": ("person", "display_name"),
    }
    assert monday.items(matched="false") == []


def test_the_unmatched_queue_says_whom_each_may_mean_and_why(monday: Monday, make: Make) -> None:
    monday.see(seen("a", "[DISDIK] 1001 Sity", 0, 10), seen("b", "[DISDIK] 1001 Siti", 0, 10), seen("c", "HP", 0, 10))
    monday.settle()
    sity, phone = sorted(monday.items(matched="false"), key=lambda item: -len(item["candidates"]))
    assert sity["candidates"] == [
        {
            "asn_id": str(monday.siti.id),
            "opd_code": "DISDIK",
            "name": "Siti Aminah",
            "score": 83,
            "reasons": [
                {"code": "name-close", "text": "Namanya mirip; mungkin salah ketik."},
                {"code": "nip-digits", "text": "Angka NIP cocok."},
                {"code": "code-same", "text": "Kode OPD cocok."},
                {
                    "code": "already-connected",
                    "text": "Sudah terhubung dengan perangkat lain di apel ini.",
                },
            ],
        }
    ]
    assert phone["candidates"] == []
    read = monday.all(select(AuditEntry).where(AuditEntry.action == "evidence.read").order_by(AuditEntry.id))[-1]
    assert read.subjects == [subject_of(SURROUNDINGS.audit_key, monday.siti.nip)]
    assert all(item["candidates"] == [] for item in monday.items())
    unchanged = {item["id"]: item["subject"]["kind"] for item in monday.items()}
    assert unchanged[sity["id"]] == "unknown"


def test_an_opd_is_suggested_its_own_people_only(monday: Monday, make: Make) -> None:
    make.asn("DINKES", "Sity Rahma", nip="198501012010031001")
    monday.see(seen("a", "[DISDIK] 1001 Sity Rahma", 0, 10))
    monday.settle()
    (everywhere,) = monday.items(matched="false")
    assert [one["opd_code"] for one in everywhere["candidates"]] == ["DINKES", "DISDIK"]
    operator = monday.api.as_(Role.OPD_OPERATOR, "DISDIK")
    (own,) = operator.get(monday.path, params={"matched": "false"}).json()["items"]
    assert [one["name"] for one in own["candidates"]] == ["Siti Aminah"]


@pytest.mark.parametrize("name", ["HP", "Z" + "a\u0301\u0302" * 99], ids=["plain", "hostile"])
def test_pages_follow_each_other(monday: Monday, name: str) -> None:
    monday.see(*(seen(str(n), f"{name} {n % 3}", 0, 10) for n in range(7)))
    monday.settle()
    found, cursor = [], None
    for _ in range(4):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = monday.api.as_(Role.KOMINFO).get(monday.path, params=query).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert found == [item["id"] for item in monday.items()]
    assert len(set(found)) == 7
    assert monday.api.as_(Role.KOMINFO).get(monday.path, params={"cursor": "WyJhIiwgImIiXQ"}).status_code == 422


def test_settling_again_changes_nothing_and_what_is_gone_goes(monday: Monday) -> None:
    monday.see(seen("a", "[DISDIK] Ruang 1", 0, 10), seen("b", "iPhone", 0, 10))
    first = monday.settle()
    assert monday.settle() == first
    assert monday._run(load_presences(monday.session, monday.apel.id)) == first
    monday._do(monday.session.execute(delete(Sighting).where(Sighting.device == "b")))
    assert [presence.opd_code for presence in monday.settle()] == ["DISDIK"]
    assert len(monday.items()) == 1


def test_the_same_sighting_twice_is_one_and_marks_nothing(monday: Monday) -> None:
    monday.see(seen("a", "[DISDIK] Ruang 1", 0, 10))
    marks = select(Stale.apel_id).where(Stale.evidence)
    first = monday.all(marks)
    assert set(first) == {monday.apel.id}
    monday.see(seen("a", "[DISDIK] Ruang 1", 0, 10), seen("a", "[DISDIK] Ruang 1", 0, 10))
    assert monday.all(marks) == first
    assert monday.all(select(func.count()).select_from(Sighting)) == [2]


def test_two_tellings_of_one_sighting_give_the_same_in_both_orders(monday: Monday) -> None:
    poor = SightingSeen("run", "a", SightingKind.LEFT, t(9), "", leave_kind=LeaveKind.UNKNOWN)
    rich = SightingSeen("run", "a", SightingKind.LEFT, t(9), "Siti", registrant_id="r", leave_kind=LeaveKind.NETWORK)
    ends = []
    for order in ([poor], [rich]), ([rich], [poor]), ([poor, rich],):
        monday._do(monday.session.execute(delete(Sighting)))
        for telling in order:
            monday.see(telling)
        columns = (Sighting.display_name, Sighting.registrant_id, Sighting.leave_kind)
        ends.append(monday._run(monday.session.execute(select(*columns))).one())
    assert [tuple(end) for end in ends] == [("Siti", "r", "network")] * 3


def test_only_apels_near_the_run_are_marked(monday: Monday, make: Make) -> None:
    far = make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER])
    other = make.apel(MONDAY + timedelta(hours=3), zoom_meeting_ids=["999"])
    monday.see(seen("a", "x", 0, 10))
    assert {far.id, other.id}.isdisjoint(monday.all(select(Stale.apel_id)))


def test_an_assignment_moves_the_device_to_the_person_for_this_apel_alone(monday: Monday, make: Make) -> None:
    monday.see(seen("a", "[DISDIK] 1002 Sity", 0, 10), seen("b", "[DISDIK] 1001 Siti", 10, 20))
    monday.settle()
    (unknown,) = monday.items(matched="false")
    answer = assign(monday, unknown, {"asn_id": str(monday.siti.id)})
    assert answer.status_code == 200
    (siti,) = answer.json()["participants"]
    assert siti["subject"] == {"kind": "person", "opd_code": "DISDIK", "asn_id": str(monday.siti.id)}
    assert (siti["seconds"], siti["matched_by"]) == (20 * 60, "decision")
    assert monday.items() == [siti]
    week_later = make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER])
    monday.hold("run 2", 7 * 1440, 7 * 1440 + 30)
    monday.see(seen("c", "[DISDIK] 1002 Sity", 7 * 1440, run="run 2"))
    monday.settle()
    now = monday._run(get_apel(monday.session, week_later.id, at=LATER + timedelta(days=7)))
    found = monday._run(settle(monday.session, now, monday._run(get_roster(monday.session, now)), at=LATER))
    assert [presence.kind for presence in found] == ["unknown"]


def test_the_same_assignment_again_changes_nothing(monday: Monday) -> None:
    """The operator's answer was lost: the participant that was assigned has become another meanwhile."""
    monday.see(seen("a", "[DISDIK] 1002 Sity", 0, 10))
    monday.settle()
    (unknown,) = monday.items()
    body = {"asn_id": str(monday.siti.id)}
    (siti,) = assign(monday, unknown, body).json()["participants"]
    decisions = monday.all(select(IdentityKey.id))
    for repeated in (unknown, siti):
        again = assign(monday, repeated, body)
        assert (again.status_code, again.json()) == (200, {"items": [], "participants": []})
    assert monday.all(select(IdentityKey.id)) == decisions
    other = assign(monday, unknown, {"asn_id": str(monday.budi.id)})
    assert (other.status_code, other.json()["code"]) == (404, "participant-not-found")


@pytest.mark.parametrize(
    ("keys", "kind"), [({"account_id": "z8"}, "account"), ({"registrant_id": "r"}, "registrant"), ({}, "name")]
)
def test_what_is_remembered_holds_at_the_next_apel(monday: Monday, make: Make, keys: dict[str, str], kind: str) -> None:
    name = "[DISDIK] 1001 Sity"
    monday.see(seen("a", name, 0, 10, **keys))
    monday.settle()
    (unknown,) = monday.items()
    assert assign(monday, unknown, {"asn_id": str(monday.siti.id), "remember": True}).status_code == 200
    assert monday.all(select(IdentityKey.kind).order_by(IdentityKey.kind)) == sorted(["device", kind])
    later = make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER])
    monday.hold("run 2", 7 * 1440, 7 * 1440 + 30)
    monday.see(seen("z", name, 7 * 1440, 7 * 1440 + 9, run="run 2", **keys))
    now = monday._run(get_apel(monday.session, later.id, at=LATER + timedelta(days=7)))
    (found,) = monday._run(settle(monday.session, now, monday._run(get_roster(monday.session, now)), at=LATER))
    assert (found.asn_id, found.seconds) == (monday.siti.id, 9 * 60)


def test_an_address_that_the_register_learns_later_changes_no_frozen_apel(monday: Monday) -> None:
    monday.see(seen("a", "Budi di rumah", 0, 10, email="budi@mamuju.go.id"))
    assert monday.api.as_(Role.ADMIN).get(f"/v1/apel/{monday.apel.id}/attendance").status_code == 200
    before = monday.settle()
    monday._run(monday.session.execute(update(Asn).where(Asn.id == monday.budi.id).values(email="budi@mamuju.go.id")))
    monday._run(monday.session.commit())
    assert monday.settle() == before
    assert [presence.kind for presence in before] == ["unknown"]


def test_what_is_remembered_later_changes_no_earlier_apel(monday: Monday, make: Make) -> None:
    """Else marks of last week would change whenever they are concluded again for another reason."""
    monday.see(seen("a", "iPhone Kantor", 0, 10, account_id="z8"))
    before = monday.settle()
    later = make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER])
    monday.hold("run 2", 7 * 1440, 7 * 1440 + 30)
    monday.see(seen("z", "iPhone Kantor", 7 * 1440, 7 * 1440 + 9, run="run 2", account_id="z8"))
    operator = monday.api.as_(Role.KOMINFO).at(LATER + timedelta(days=7))
    path = f"/v1/apel/{later.id}/participants"
    monday._run(monday.session.commit())
    operator.get(f"/v1/apel/{later.id}/board")
    (unknown,) = operator.get(path).json()["items"]
    body = {"asn_id": str(monday.siti.id), "remember": True}
    answer = operator.post(f"{path}/{unknown['id']}/assign", body)
    assert answer.status_code == 200, answer.text
    assert monday.settle() == before


def test_a_bare_first_name_cannot_be_remembered(monday: Monday) -> None:
    monday.see(seen("a", "Siti", 0, 10))
    monday.settle()
    answer = assign(monday, monday.items()[0], {"asn_id": str(monday.siti.id), "remember": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-remember")
    assert monday.all(select(IdentityKey.id)) == []


def test_a_wrong_match_is_corrected_and_the_later_decision_counts(monday: Monday) -> None:
    monday.see(seen("a", "[DISDIK] 1001 Siti", 0, 10))
    monday.settle()
    (wrong,) = monday.items()
    (budi,) = assign(monday, wrong, {"asn_id": str(monday.budi.id)}).json()["participants"]
    assert budi["subject"]["asn_id"] == str(monday.budi.id)
    (room,) = assign(monday, budi, {"opd_code": "DINKES"}).json()["participants"]
    assert room["subject"] == {"kind": "room", "opd_code": "DINKES", "asn_id": None}
    (recorder,) = assign(monday, room, {"operator": True}).json()["participants"]
    assert recorder["subject"] == {"kind": "operator", "opd_code": None, "asn_id": None}
    assert monday.items() == [recorder]
    assert monday.all(select(IdentityKey.subject_kind).where(IdentityKey.revoked_at.is_(None))) == ["operator"]
    assert len(monday.all(select(IdentityKey.id))) == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "subject-unclear"),
        ({"opd_code": "DISDIK", "operator": True}, 422, "subject-unclear"),
        ({"operator": False}, 422, "input-invalid"),
        ({"opd_code": "NOSUCH"}, 422, "subject-not-at-apel"),
        ({"asn_id": str(uuid4())}, 422, "subject-not-at-apel"),
        ({"opd_code": "DISDIK", "remember": 1}, 422, "input-invalid"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(monday: Monday, body: dict[str, Any], status: int, code: str) -> None:
    monday.see(seen("a", "x", 0, 10))
    monday.settle()
    answer = assign(monday, monday.items()[0], body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert monday.all(select(IdentityKey.id)) == []


def test_nothing_is_assigned_at_an_apel_that_is_final_or_at_another(monday: Monday, make: Make) -> None:
    monday.see(seen("a", "x", 0, 10))
    monday.settle()
    (item,) = monday.items()
    other = make.apel(MONDAY + timedelta(days=1))
    path = f"/v1/apel/{other.id}/participants/{item['id']}/assign"
    assert monday.api.as_(Role.KOMINFO).post(path, {"operator": True}).json()["code"] == "participant-not-found"
    assert monday.api.as_(Role.KOMINFO).post(f"/v1/apel/{monday.apel.id}/finalize").status_code == 200
    answer = assign(monday, item, {"operator": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "apel-final")


@pytest.mark.parametrize("role", set(Role) - {Role.KOMINFO, Role.ADMIN})
def test_only_the_operator_and_the_personnel_office_assign(monday: Monday, role: Role) -> None:
    answer = assign(monday, {"id": uuid4()}, {"operator": True}, role)
    assert answer.status_code == 403


READERS = {Role.BUPATI, Role.KOMINFO, Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD, Role.OPD_OPERATOR}


@pytest.mark.parametrize("role", Role)
def test_who_may_read_participants(monday: Monday, role: Role) -> None:
    assert monday.api.as_(role).get(monday.path).status_code == (200 if role in READERS else 403)


def test_an_opd_sees_its_own_unit_only(monday: Monday) -> None:
    monday.see(
        seen("a", "[DISDIK] Ruang 1", 0, 10), seen("b", "[DINKES] Aula", 0, 10), seen("c", "iPhone", 0, 10),
        seen("d", "[DISDIK] 1001 Siti", 0, 10), seen("e", "[DINKES] 1001 Siti", 0, 10),
    )  # fmt: skip
    monday.settle()
    found = monday.api.as_(Role.OPD_OPERATOR, "DISDIK").get(monday.path).json()["items"]
    assert [item["display_name"] for item in found] == ["[DISDIK] 1001 Siti", "[DISDIK] Ruang 1"]
    assert monday.api.as_(Role.OPD_OPERATOR, "BKPSDM").get(monday.path).json()["items"] == []


def test_reading_and_assigning_leave_a_record_of_whom(monday: Monday) -> None:
    monday.see(seen("a", "[DISDIK] 1001 Siti", 0, 10), seen("b", "[DISDIK] Ruang 1", 0, 10))
    monday.settle()
    siti = next(item for item in monday.items() if item["subject"]["kind"] == "person")
    assign(monday, siti, {"asn_id": str(monday.budi.id)})
    key = SURROUNDINGS.audit_key
    read, assigned, marks = monday.all(select(AuditEntry).order_by(AuditEntry.id))
    assert marks.action == "attendance.read"
    assert (read.action, read.target) == ("evidence.read", str(monday.apel.id))
    assert read.subjects == [subject_of(key, monday.siti.nip)]
    assert (assigned.action, assigned.target) == ("evidence.assign", siti["id"])
    assert assigned.subjects == sorted(subject_of(key, who.nip) for who in (monday.siti, monday.budi))
    assert assigned.detail == {
        "apel_id": str(monday.apel.id), "kind": "person", "opd_code": "DISDIK", "remember": False,
    }  # fmt: skip


def test_an_apel_that_is_not_there_is_404(api: Api) -> None:
    answer = api.as_(Role.KOMINFO).get(f"/v1/apel/{UUID(int=5)}/participants")
    assert (answer.status_code, answer.json()["code"]) == (404, "apel-not-found")


def test_the_number_of_statements_does_not_grow_with_what_was_seen(
    monday: Monday, session: AsyncSession, run: Run
) -> None:
    async def count(rows: list[SightingSeen]) -> int:
        now = await get_apel(session, monday.apel.id, at=LATER)
        roster = await get_roster(session, now)
        statements: list[str] = []
        connection = (await session.connection()).sync_connection
        assert connection is not None

        def note(*args: Any) -> None:
            statements.append(args[2])

        event.listen(connection, "before_cursor_execute", note)
        await record_sightings(session, rows)
        await settle(session, now, roster, at=LATER)
        event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    few = run(count(seen("a", "[DISDIK] 1001 Siti", 0, 10, email="a@b.id")))
    many = [one for n in range(1000) for one in seen(f"d{n}", f"HP {n}", 0, 10, email=f"{n}@b.id")]
    assert run(count(many)) == few <= 10
