"""Absences over HTTP: proposed, decided, corrected, seen by whom they concern."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Grant, Principal, Role
from app.core.stale import Stale
from app.duty import queries
from app.duty.models import Absence
from app.duty.rules import Duty
from app.registry.models import Asn, Assignment
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import DAY, MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
PATH = "/v1/absences"
FRIDAY = DAY + timedelta(days=4)


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    make.opd("PUPR")
    return make.asn("DISDIK")


def body(person: Asn, code: str = "DL", **more: Any) -> dict[str, Any]:
    return {"asn_id": str(person.id), "code": code, "from": str(DAY), "to": str(FRIDAY)} | more


def stale_spans(session: AsyncSession, run: Run) -> list[tuple[date | None, date | None]]:
    rows = run(session.execute(select(Stale.from_date, Stale.to_date).order_by(Stale.id)))
    return [tuple(row) for row in rows]


def stored(session: AsyncSession, run: Run) -> list[Absence]:
    query = select(Absence).order_by(Absence.from_date).execution_options(populate_existing=True)
    return list(run(session.scalars(query)))


def test_an_operator_proposes_and_the_head_confirms(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    operator, head = api.as_(Role.OPD_OPERATOR, "DISDIK"), api.as_(Role.OPD_HEAD, "DISDIK")
    letter = {"letter_no": "ST 090/12", "letter_date": "2026-11-20"}
    made = operator.post(PATH, body(siti, **letter))
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    absence_id = made.json()["id"]
    proposed = {
        "id": absence_id,
        "asn_id": str(siti.id),
        "name": "Siti Aminah",
        "opd_code": "DISDIK",
        "code": "DL",
        "from": "2026-11-23",
        "to": "2026-11-27",
        **letter,
        "state": "proposed",
        "proposed_at": "2026-11-22T23:30:00Z",
        "decided_at": None,
        "order_id": None,
        "version": 1,
    }
    assert made.json() == proposed
    assert stale_spans(session, run) == [], "a proposal explains no mark"
    decided = head.patch(f"{PATH}/{absence_id}", {"state": "confirmed"}, headers={"if-match": '"1"'})
    assert (decided.status_code, decided.headers["etag"]) == (200, '"2"')
    confirmed = proposed | {"state": "confirmed", "decided_at": "2026-11-22T23:30:00Z", "version": 2}
    assert decided.json() == confirmed
    assert stale_spans(session, run) == [(DAY, FRIDAY)]
    assert operator.get(f"{PATH}/{absence_id}").json() == confirmed
    assert run(queries.list_confirmed(session, FRIDAY)) == {siti.id: Duty("DL", "ST 090/12")}
    assert run(queries.list_confirmed(session, FRIDAY + timedelta(days=1))) == {}


def test_writes_and_reads_of_a_person_are_recorded(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    admin = api.as_(Role.ADMIN)
    made = admin.post(PATH, body(siti, "S", state="confirmed")).json()
    admin.patch(f"{PATH}/{made['id']}", {"to": str(DAY)}, headers={"if-match": '"1"'})
    admin.get(f"{PATH}/{made['id']}")
    admin.get(PATH)
    entries = list(run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))))
    hashed = [subject_of(SURROUNDINGS.audit_key, siti.nip)]
    span = {"from": "2026-11-23", "to": "2026-11-27", "state": "confirmed"}
    assert [(entry.action, entry.target, entry.subjects, entry.detail) for entry in entries] == [
        ("duty.create", made["id"], hashed, span),
        ("duty.change", made["id"], hashed, span | {"to": "2026-11-23", "changed": ["to_date"]}),
        ("duty.read", made["id"], hashed, {}),
        ("duty.list", None, hashed, {}),
    ]


@pytest.mark.parametrize("role", [Role.OPD_HEAD, Role.ADMIN])
def test_a_head_or_the_personnel_office_may_confirm_at_once(api: Api, siti: Asn, role: Role) -> None:
    made = api.as_(role, "DISDIK").post(PATH, body(siti, state="confirmed"))
    assert (made.status_code, made.json()["state"]) == (201, "confirmed")


def test_an_operator_never_confirms(api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run) -> None:
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    assert operator.post(PATH, body(siti, state="confirmed")).json()["code"] == "only-head-confirms"
    row = make.absence(siti, state="proposed")
    for state in ("confirmed", "rejected"):
        refused = operator.patch(f"{PATH}/{row.id}", {"state": state}, headers={"if-match": '"1"'})
        assert (refused.status_code, refused.json()["code"]) == (403, "only-head-confirms")
    assert [found.state for found in stored(session, run)] == ["proposed"]


def test_an_operator_corrects_a_proposal_but_nothing_decided(api: Api, siti: Asn, make: Make) -> None:
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    proposed = make.absence(siti, state="proposed", letter_no="ST 1")
    changed = operator.patch(
        f"{PATH}/{proposed.id}", {"to": str(FRIDAY), "letter_no": None}, headers={"if-match": '"1"'}
    )
    assert (changed.json()["to"], changed.json()["letter_no"], changed.json()["version"]) == (str(FRIDAY), None, 2)
    decided = make.absence(siti, state="confirmed")
    refused = operator.patch(f"{PATH}/{decided.id}", {"to": str(FRIDAY)}, headers={"if-match": '"1"'})
    assert refused.json()["code"] == "only-head-confirms"


def test_moving_a_confirmed_absence_concludes_the_old_and_the_new_days_again(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    row = make.absence(siti)
    later = DAY + timedelta(days=7)
    moved = api.as_(Role.OPD_HEAD, "DISDIK").patch(
        f"{PATH}/{row.id}", {"from": str(later), "to": str(later)}, headers={"if-match": '"1"'}
    )
    assert moved.json()["state"] == "confirmed"
    assert stale_spans(session, run) == [(DAY, DAY), (later, later)]


def test_a_confirmed_absence_can_still_be_rejected(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    row = make.absence(siti)
    api.as_(Role.ADMIN).patch(f"{PATH}/{row.id}", {"state": "rejected"}, headers={"if-match": '"1"'})
    assert stale_spans(session, run) == [(DAY, DAY)]
    assert run(queries.list_confirmed(session, DAY)) == {}


def test_what_already_holds_changes_nothing(api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run) -> None:
    row = make.absence(siti)
    again = api.as_(Role.OPD_HEAD, "DISDIK").patch(f"{PATH}/{row.id}", {"state": "confirmed", "to": str(DAY)})
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert stale_spans(session, run) == []


def test_a_change_names_the_version_it_changes(api: Api, siti: Asn, make: Make) -> None:
    row, head = make.absence(siti, state="proposed"), api.as_(Role.OPD_HEAD, "DISDIK")
    missing = head.patch(f"{PATH}/{row.id}", {"state": "confirmed"})
    assert (missing.status_code, missing.json()["code"]) == (428, "version-required")
    stale = head.patch(f"{PATH}/{row.id}", {"state": "confirmed"}, headers={"if-match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(DAY, DAY, id="the same day"),
        pytest.param(DAY - timedelta(days=3), DAY, id="its first day"),
        pytest.param(FRIDAY, FRIDAY + timedelta(days=9), id="its last day"),
        pytest.param(DAY - timedelta(days=30), DAY + timedelta(days=30), id="all of it"),
    ],
)
def test_two_confirmed_absences_never_share_a_day(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run, first: date, last: date
) -> None:
    make.absence(siti, "WFA", from_date=DAY, to_date=FRIDAY)
    span = {"from": str(first), "to": str(last)}
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    refused = head.post(PATH, body(siti, **span, state="confirmed"), headers={"accept-language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "absence-overlaps")
    assert "from 2026-11-23 to 2026-11-27" in refused.json()["detail"]
    proposed = head.post(PATH, body(siti, **span)).json()
    late = head.patch(f"{PATH}/{proposed['id']}", {"state": "confirmed"}, headers={"if-match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (409, "absence-overlaps")
    assert sorted(row.state for row in stored(session, run)) == ["confirmed", "proposed"]


def test_absences_that_only_touch_and_those_of_others_do_not_overlap(api: Api, siti: Asn, make: Make) -> None:
    make.absence(siti, from_date=DAY, to_date=DAY)
    make.absence(make.asn("DISDIK"), from_date=DAY, to_date=FRIDAY)
    make.absence(siti, state="rejected", from_date=DAY, to_date=FRIDAY)
    tomorrow = str(DAY + timedelta(days=1))
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    assert head.post(PATH, body(siti, **{"from": tomorrow}, state="confirmed")).status_code == 201


def test_moving_an_absence_onto_another_is_refused(api: Api, siti: Asn, make: Make) -> None:
    make.absence(siti, from_date=FRIDAY, to_date=FRIDAY)
    row = make.absence(siti)
    moved = api.as_(Role.ADMIN).patch(f"{PATH}/{row.id}", {"to": str(FRIDAY)}, headers={"if-match": '"1"'})
    assert (moved.status_code, moved.json()["code"]) == (409, "absence-overlaps")


def test_an_absence_ends_after_it_begins(api: Api, siti: Asn, make: Make) -> None:
    admin = api.as_(Role.ADMIN)
    refused = admin.post(PATH, body(siti, to=str(DAY - timedelta(days=1))))
    assert (refused.status_code, refused.json()["code"]) == (422, "absence-days-reversed")
    row = make.absence(siti)
    turned = admin.patch(f"{PATH}/{row.id}", {"from": str(FRIDAY)}, headers={"if-match": '"1"'})
    assert turned.json()["code"] == "absence-days-reversed"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"code": "H"}, id="presence is no absence"),
        pytest.param({"code": "TK"}, id="nobody asks for unexplained"),
        pytest.param({"code": "dl"}, id="codes are capitals"),
        pytest.param({"state": "rejected"}, id="born rejected"),
        pytest.param({"from": "2026-02-30"}, id="no such day"),
        pytest.param({"letter_no": ""}, id="an empty letter"),
        pytest.param({"nip": "198501012010011001"}, id="an unknown key"),
        pytest.param({"asn_id": "x"}, id="no id"),
    ],
)
def test_what_makes_no_sense_is_refused(
    api: Api, siti: Asn, session: AsyncSession, run: Run, wrong: dict[str, Any]
) -> None:
    answer = api.as_(Role.ADMIN).post(PATH, body(siti) | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")
    assert stored(session, run) == []


def test_people_of_other_opds_do_not_exist_for_an_opd(api: Api, siti: Asn, make: Make) -> None:
    row = make.absence(siti, state="proposed")
    other = api.as_(Role.OPD_HEAD, "PUPR")
    assert other.get(PATH).json() == {"items": [], "next_cursor": None}
    assert other.get(f"{PATH}?asn_id={siti.id}&opd_code=DISDIK").json()["items"] == []
    assert other.get(f"{PATH}/{row.id}").json()["code"] == "absence-not-found"
    change = other.patch(f"{PATH}/{row.id}", {"state": "confirmed"}, headers={"if-match": '"1"'})
    assert (change.status_code, change.json()["code"]) == (404, "absence-not-found")
    proposed = other.post(PATH, body(siti))
    assert (proposed.status_code, proposed.json()["code"]) == (404, "asn-not-found")
    assert other.post(PATH, body(siti) | {"asn_id": str(uuid4())}).json()["code"] == "asn-not-found"


def test_reach_follows_where_a_person_serves_during_the_absence(api: Api, siti: Asn, make: Make) -> None:
    moved = make.asn("DISDIK", "Budi", to_date=DAY)
    make.add(
        Assignment(
            asn_id=moved.id, opd_code="PUPR", position="Pelaksana", apel_duty=True, from_date=DAY + timedelta(days=1)
        )
    )
    disdik, pupr = api.as_(Role.OPD_HEAD, "DISDIK"), api.as_(Role.OPD_HEAD, "PUPR")
    assert disdik.post(PATH, body(moved, **{"from": str(FRIDAY)})).status_code == 404
    assert pupr.post(PATH, body(moved, to=str(DAY))).status_code == 404
    across = pupr.post(PATH, body(moved))
    assert (across.status_code, across.json()["opd_code"]) == (201, "DISDIK")
    assert disdik.get(f"{PATH}/{across.json()['id']}").status_code == 200


def test_health_is_known_to_the_own_unit_the_personnel_office_and_inspectors_only(
    api: Api, siti: Asn, make: Make
) -> None:
    row = make.absence(siti, "CM", letter_no="SKD 12/RSUD", letter_date=DAY)
    for role in (Role.OPD_HEAD, Role.OPD_OPERATOR, Role.ADMIN, Role.INSPECTOR):
        seen = api.as_(role, "DISDIK").get(f"{PATH}/{row.id}").json()
        assert (seen["code"], seen["letter_no"], seen["letter_date"]) == ("CM", "SKD 12/RSUD", str(DAY)), role
    for role in (Role.BUPATI, Role.KOMINFO):
        for seen in (
            api.as_(role).get(f"{PATH}/{row.id}").json(),
            api.as_(role).get(PATH).json()["items"][0],
        ):
            assert (seen["code"], seen["letter_no"], seen["letter_date"]) == ("excused", None, None), role


def test_a_kominfo_officer_who_also_serves_an_opd_knows_the_health_of_that_opd_alone(
    api: Api, siti: Asn, make: Make
) -> None:
    make.absence(siti, "S")
    make.absence(make.asn("PUPR", "Budi"), "S")
    grants = (Grant(Role.KOMINFO), Grant(Role.OPD_OPERATOR, "PUPR", frozenset({"PUPR"})))
    both = api.by(Principal(uuid4(), "uji", grants))
    assert {item["name"]: item["code"] for item in both.get(PATH).json()["items"]} == {
        "Siti Aminah": "excused",
        "Budi": "S",
    }
    assert both.post(PATH, body(siti)).status_code == 404, "kominfo proposes for nobody"


@pytest.mark.parametrize("role", [Role.ASN, Role.ADAPTER, Role.READER, Role.SCREEN])
def test_machines_and_single_persons_read_no_absences(api: Api, siti: Asn, role: Role) -> None:
    assert api.as_(role).get(PATH).json()["code"] == "role-not-allowed"


@pytest.mark.parametrize("role", [Role.BUPATI, Role.KOMINFO, Role.INSPECTOR])
def test_readers_change_nothing(api: Api, siti: Asn, make: Make, role: Role) -> None:
    row = make.absence(siti, state="proposed")
    assert api.as_(role).post(PATH, body(siti)).status_code == 403
    assert api.as_(role).patch(f"{PATH}/{row.id}", {"state": "confirmed"}).status_code == 403


def test_the_list_is_filtered_and_paged(api: Api, siti: Asn, make: Make) -> None:
    budi = make.asn("PUPR", "Budi")
    first = make.absence(siti, from_date=DAY, to_date=DAY)
    second = make.absence(siti, "WFA", from_date=FRIDAY, to_date=FRIDAY, state="proposed")
    third = make.absence(budi, from_date=DAY, to_date=FRIDAY)
    admin = api.as_(Role.ADMIN)

    def ids(query: str) -> list[UUID]:
        answer = admin.get(f"{PATH}?{query}")
        assert answer.status_code == 200, answer.text
        return [UUID(item["id"]) for item in answer.json()["items"]]

    assert ids("") == [third.id, second.id, first.id]
    assert ids(f"asn_id={siti.id}") == [second.id, first.id]
    assert ids("opd_code=PUPR") == [third.id]
    assert ids("state=proposed") == [second.id]
    assert ids(f"from={FRIDAY}") == [third.id, second.id]
    assert ids(f"to={DAY}") == [third.id, first.id]
    assert ids(f"from={DAY + timedelta(days=1)}&to={DAY + timedelta(days=2)}") == [third.id]
    page = admin.get(f"{PATH}?limit=2").json()
    assert [item["id"] for item in page["items"]] == [str(third.id), str(second.id)]
    rest = admin.get(f"{PATH}?limit=2&cursor={page['next_cursor']}").json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == ([str(first.id)], None)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "state=x", "from=kemarin", "x=1", "opd_code=;"])
def test_a_filter_that_makes_no_sense_is_refused(api: Api, query: str) -> None:
    assert api.as_(Role.ADMIN).get(f"{PATH}?{query}").json()["code"] == "input-invalid"


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyJ4Il0", "WzFd"])
def test_a_foreign_cursor_is_refused(api: Api, cursor: str) -> None:
    assert api.as_(Role.ADMIN).get(f"{PATH}?cursor={cursor}").json()["code"] == "bad-cursor"


def test_a_repeated_key_proposes_once(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    key = {"idempotency-key": "usulan-1"}
    first, again = (operator.post(PATH, body(siti), headers=key) for _ in range(2))
    assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), first.headers["etag"])
    assert len(stored(session, run)) == 1


def test_the_confirmed_of_a_day_are_asked_for_some_people(
    make: Make, siti: Asn, session: AsyncSession, run: Run
) -> None:
    budi = make.asn("PUPR", "Budi")
    make.absence(siti, "WFA", letter_no="SE 2/2026")
    make.absence(budi, "SF")
    make.absence(make.asn("PUPR", "Citra"), "S", state="proposed")
    everybody = {siti.id: Duty("WFA", "SE 2/2026"), budi.id: Duty("SF")}
    assert run(queries.list_confirmed(session, DAY)) == everybody
    assert run(queries.list_confirmed(session, DAY, [budi.id])) == {budi.id: Duty("SF")}
    assert run(queries.list_confirmed(session, DAY, [])) == {}


def test_now_is_the_clock_of_the_application(api: Api, siti: Asn) -> None:
    made = api.at(MONDAY + timedelta(hours=1)).as_(Role.ADMIN).post(PATH, body(siti, state="confirmed"))
    assert made.json()["proposed_at"] == made.json()["decided_at"] == "2026-11-23T00:30:00Z"
