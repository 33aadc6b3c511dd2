"""What is remembered about keys: by a person's decision or a registration, listed, and revocable."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.apel.models import Apel
from app.apel.queries import get_apel, get_roster
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import SYSTEM, Role
from app.core.stale import Stale
from app.evidence.assignment import remember_registrant, remember_registrants
from app.evidence.identity import Subject
from app.evidence.models import IdentityKey
from app.evidence.rules import Presence, SubjectKind
from app.evidence.service import settle
from tests.conftest import SURROUNDINGS
from tests.evidence.monday import LATER, NUMBER, Monday, assign, seen
from tests.make import MONDAY, Make

BEFORE = MONDAY - timedelta(days=1)
DISDIK = Subject(SubjectKind.ROOM, "DISDIK")


def register(monday: Monday, registrant: str, subject: Subject) -> None:
    monday._do(remember_registrant(monday.session, registrant, subject, SYSTEM, at=BEFORE))


def standing(monday: Monday) -> list[tuple[Any, ...]]:
    columns = (IdentityKey.value, IdentityKey.subject_kind, IdentityKey.opd_code, IdentityKey.asn_id)
    rows = select(*columns).where(IdentityKey.revoked_at.is_(None), IdentityKey.origin == "registration")
    return [tuple(row) for row in monday._run(monday.session.execute(rows.order_by(IdentityKey.value)))]


def test_a_registrant_is_recognised_whatever_its_name(monday: Monday) -> None:
    register(monday, "r-room", DISDIK)
    register(monday, "r-siti", Subject(SubjectKind.PERSON, None, monday.siti.id))
    monday.see(
        seen("a", "Komputer Aula", 0, 30, registrant_id="r-room"),
        seen("b", "[DINKES] Ruang 1", 0, 30, registrant_id="r-siti"),
    )
    monday.settle()
    found = {(item["subject"]["kind"], item["matched_by"]) for item in monday.items()}
    assert found == {("room", "registrant"), ("person", "registrant")}


def test_registering_again_changes_nothing_and_marks_nothing(monday: Monday) -> None:
    many = {"r1": DISDIK, "r2": Subject(SubjectKind.PERSON, None, monday.siti.id)}
    monday._do(remember_registrants(monday.session, many, SYSTEM, at=BEFORE))
    kept, marks = monday.all(select(IdentityKey.id)), monday.all(select(Stale.id))
    monday._do(remember_registrants(monday.session, many, SYSTEM, at=BEFORE))
    monday._do(remember_registrants(monday.session, {}, SYSTEM, at=BEFORE))
    assert monday.all(select(IdentityKey.id)) == kept
    assert monday.all(select(Stale.id)) == marks
    assert standing(monday) == [("r1", "room", "DISDIK", None), ("r2", "person", None, monday.siti.id)]


def test_a_registrant_made_for_another_means_the_latter(monday: Monday) -> None:
    register(monday, "r", DISDIK)
    register(monday, "r", Subject(SubjectKind.ROOM, "DINKES"))
    assert standing(monday) == [("r", "room", "DINKES", None)]


def test_a_decision_about_a_registrant_outlasts_the_registration(monday: Monday) -> None:
    """The link was passed on; repairing the registration must not undo what a person saw."""
    register(monday, "r", Subject(SubjectKind.PERSON, None, monday.siti.id))
    monday.see(seen("a", "Budi", 0, 30, registrant_id="r"))
    monday.settle()
    (siti,) = monday.items()
    assert siti["subject"]["asn_id"] == str(monday.siti.id)
    answer = assign(monday, siti, {"asn_id": str(monday.budi.id), "remember": True})
    assert answer.status_code == 200, answer.text
    register(monday, "r", Subject(SubjectKind.PERSON, None, monday.siti.id))
    assert standing(monday) == []
    monday.settle()
    (budi,) = monday.items()
    assert budi["subject"]["asn_id"] == str(monday.budi.id)


PATH = "/v1/zoom/aliases"
WEEK = timedelta(days=7)


def remember_siti(monday: Monday) -> dict[str, Any]:
    """The alias of somebody's phone, as the list tells it."""
    monday.see(seen("a", "HP Ibu Siti", 0, 10, account_id="z8"))
    monday.settle()
    (unknown,) = monday.items()
    assert assign(monday, unknown, {"asn_id": str(monday.siti.id), "remember": True}).status_code == 200
    (alias,) = listed(monday)
    assert alias["participant_id"] == unknown["id"]
    return alias


def listed(monday: Monday, role: Role = Role.KOMINFO, **query: Any) -> list[dict[str, Any]]:
    answer = monday.api.as_(role).get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def revoke(monday: Monday, alias: dict[str, Any], body: Any = None, role: Role = Role.KOMINFO) -> Any:
    return monday.api.as_(role).post(f"{PATH}/{alias['id']}/revoke", body)


def test_an_alias_tells_who_decided_when_and_about_whom(monday: Monday) -> None:
    alias = remember_siti(monday)
    assert alias == {
        "id": alias["id"],
        "kind": "account",
        "value": "z8",
        "subject": {"kind": "person", "opd_code": "DISDIK", "asn_id": str(monday.siti.id), "name": "Siti Aminah"},
        "origin": "decision",
        "participant_id": alias["participant_id"],
        "display_name": "HP Ibu Siti",
        "by": "uji-kominfo",
        "at": "2026-11-23T00:31:00Z",
        "revoked": None,
    }


def test_a_registration_is_listed_with_its_room(monday: Monday) -> None:
    register(monday, "r", DISDIK)
    (alias,) = listed(monday, origin="registration")
    assert alias["subject"] == {"kind": "room", "opd_code": "DISDIK", "asn_id": None, "name": "Dinas Disdik"}
    assert (alias["origin"], alias["participant_id"], alias["by"]) == ("registration", None, "system")
    assert listed(monday, origin="decision") == []


def test_a_revoked_alias_is_recognised_no_longer_and_earlier_apels_keep_their_marks(monday: Monday, make: Make) -> None:
    alias = remember_siti(monday)
    second = make.apel(MONDAY + WEEK, zoom_meeting_ids=[NUMBER])
    monday.hold("run 2", 7 * 1440, 7 * 1440 + 30)
    monday.see(seen("b", "HP Ibu Siti", 7 * 1440, 7 * 1440 + 9, run="run 2", account_id="z8"))
    monday.api.at(LATER + WEEK)
    (before,) = settled(monday, second)
    assert before.asn_id == monday.siti.id
    monday.api.at(LATER + WEEK + timedelta(hours=1))
    assert revoke(monday, alias, {"reason": "HP dipakai bergantian"}).status_code == 200
    third = make.apel(MONDAY + 2 * WEEK, zoom_meeting_ids=[NUMBER])
    monday.hold("run 3", 14 * 1440, 14 * 1440 + 30)
    monday.see(seen("c", "HP Ibu Siti", 14 * 1440, 14 * 1440 + 9, run="run 3", account_id="z8"))
    assert settled(monday, second) == [before]
    assert [presence.kind for presence in settled(monday, third)] == ["unknown"]


def settled(monday: Monday, apel: Apel) -> list[Presence]:
    async def work() -> list[Presence]:
        now = await get_apel(monday.session, apel.id, at=LATER + 3 * WEEK)
        return await settle(monday.session, now, await get_roster(monday.session, now), at=LATER + 3 * WEEK)

    found: list[Presence] = monday._run(work())
    return found


def test_revoking_twice_is_one_revocation_and_one_line_in_the_record(monday: Monday) -> None:
    alias = remember_siti(monday)
    first = revoke(monday, alias, {"reason": "Salah orang"}).json()
    told = {"by": "uji-kominfo", "at": "2026-11-23T00:31:00Z", "reason": "Salah orang", "taken_back": False}
    assert first["revoked"] == told
    marks = monday.all(select(Stale.id))
    assert marks
    again = revoke(monday, alias)
    assert (again.status_code, again.json()) == (200, first)
    assert monday.all(select(Stale.id)) == marks
    assert listed(monday) == []
    assert listed(monday, standing="false") == [first]
    (entry,) = monday.all(select(AuditEntry).where(AuditEntry.action == "evidence.revoke-alias"))
    assert (entry.target, entry.subjects) == (alias["id"], [subject_of(SURROUNDINGS.audit_key, monday.siti.nip)])
    assert entry.detail == {"kind": "account", "subject": "person", "opd_code": "DISDIK", "origin": "decision"}


def test_a_revoked_registration_is_not_remembered_again_by_a_repair(monday: Monday) -> None:
    register(monday, "r", DISDIK)
    (alias,) = listed(monday)
    assert revoke(monday, alias).status_code == 200
    register(monday, "r", DISDIK)
    assert listed(monday) == []


def test_reading_aliases_is_on_record(monday: Monday) -> None:
    remember_siti(monday)
    entries = monday.all(select(AuditEntry).where(AuditEntry.action == "evidence.read-aliases"))
    assert [entry.subjects for entry in entries] == [[subject_of(SURROUNDINGS.audit_key, monday.siti.nip)]]


def test_aliases_follow_each_other_page_by_page(monday: Monday) -> None:
    many = {f"r{n}": DISDIK for n in range(5)}
    monday._do(remember_registrants(monday.session, many, SYSTEM, at=BEFORE))
    found, cursor = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = monday.api.as_(Role.INSPECTOR).get(PATH, params=query).json()
        found += [item["value"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (sorted(found), cursor) == (sorted(many), None)


def test_a_decision_for_one_apel_is_no_alias(monday: Monday) -> None:
    monday.see(seen("a", "HP", 0, 10))
    monday.settle()
    assert assign(monday, monday.items()[0], {"operator": True}).status_code == 200
    assert listed(monday) == []
    (decision,) = monday.all(select(IdentityKey.id))
    answer = revoke(monday, {"id": decision})
    assert (answer.status_code, answer.json()["code"]) == (404, "alias-not-found")


@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_revokes_aliases(monday: Monday, role: Role) -> None:
    reads = {Role.KOMINFO, Role.ADMIN, Role.INSPECTOR}
    assert monday.api.as_(role).get(PATH).status_code == (200 if role in reads else 403)
    assert revoke(monday, {"id": UUID(int=1)}, role=role).status_code == (404 if role is Role.KOMINFO else 403)
