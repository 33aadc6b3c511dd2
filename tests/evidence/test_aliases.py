"""What is remembered about keys: by a person's decision or a registration, listed, and revocable."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core.principal import SYSTEM
from app.core.stale import Stale
from app.evidence.assignment import remember_registrant, remember_registrants
from app.evidence.identity import Subject
from app.evidence.models import IdentityKey
from app.evidence.rules import SubjectKind
from tests.evidence.monday import Monday, assign, seen
from tests.make import MONDAY

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
