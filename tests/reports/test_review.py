"""Heads and the personnel office verify and return; lists, versions and masks."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.principal import Role
from app.core.stale import Stale
from tests.client import Api
from tests.make import MONDAY
from tests.reports.conftest import Office, counts, entry, problem

AT = "2026-11-22T23:30:00Z"


def test_a_verification_says_role_person_and_time_and_stays_with_the_first(office: Office) -> None:
    office.put(counts(7))
    verified = office.head.post(office.path("/verify"))
    assert (verified.status_code, verified.json()["state"]) == (200, "verified")
    review = {"kind": "verified", "role": "opd_head", "by": "uji-opd_head", "at": AT, "reason": None}
    assert verified.json()["review"] == review
    assert verified.json()["verification"] == {"role": "opd_head", "by": "uji-opd_head", "at": AT}
    office.api.at(MONDAY + timedelta(minutes=5))
    assert office.admin.post(office.path("/verify")).json()["review"] == review


def test_a_return_leaves_the_claim_in_force_and_gives_its_reason(office: Office) -> None:
    office.put(counts(7))
    answer = office.admin.post(office.path("/return"), {"reason": "Jumlah belum benar"}).json()
    assert (answer["state"], answer["strength"], answer["version"]) == ("returned", 7, 1)
    assert answer["review"] == {
        "kind": "returned",
        "role": "admin",
        "by": "uji-admin",
        "at": AT,
        "reason": "Jumlah belum benar",
    }


@pytest.mark.parametrize("review", ["verify", "return"])
def test_an_amendment_clears_the_review(office: Office, review: str) -> None:
    office.put(counts(7))
    office.admin.post(office.path(f"/{review}"), {"reason": "x"} if review == "return" else None)
    amended = office.put(counts(6, unexplained=1, reason="Koreksi"), if_match='"1"').json()
    assert (amended["state"], amended["review"], amended["verification"]) == ("submitted", None, None)


def test_a_return_clears_the_verification(office: Office) -> None:
    office.put(counts(7))
    office.head.post(office.path("/verify"))
    assert office.head.post(office.path("/return"), {"reason": "x"}).json()["state"] == "returned"
    assert office.operator.get(office.path()).json()["state"] == "returned"


def test_a_returned_report_is_amended_first_unless_the_personnel_office_takes_it_as_it_is(office: Office) -> None:
    office.put(counts(7))
    office.admin.post(office.path("/return"), {"reason": "x"})
    assert problem(office.head.post(office.path("/verify"))) == (409, "report-returned")
    office.api.at(MONDAY + timedelta(seconds=1))
    assert office.admin.post(office.path("/verify")).json()["state"] == "verified"


def test_a_named_version_must_be_the_one_in_force(office: Office) -> None:
    office.put(counts(7))
    for path, body in (("/verify", None), ("/return", {"reason": "x"})):
        answer = office.head.post(office.path(path), body, headers={"if-match": '"2"'})
        assert problem(answer) == (412, "version-mismatch")
    assert office.head.post(office.path("/verify"), headers={"if-match": '"1"'}).status_code == 200


def test_nothing_is_reviewed_before_it_is_reported(office: Office) -> None:
    assert problem(office.head.post(office.path("/verify"))) == (404, "report-not-found")
    assert problem(office.head.post(office.path("/return"), {"reason": "x"})) == (404, "report-not-found")
    assert problem(office.operator.get(office.path())) == (404, "report-not-found")
    assert problem(office.operator.get(office.path("/versions"))) == (404, "report-not-found")


@pytest.mark.parametrize("role", [Role.OPD_OPERATOR, Role.KOMINFO, Role.BUPATI, Role.INSPECTOR])
def test_only_heads_and_the_personnel_office_review(office: Office, role: Role) -> None:
    office.put(counts(7))
    caller = office.api.as_(role, "DISDIK")
    assert problem(caller.post(office.path("/verify"))) == (403, "role-not-allowed")
    assert problem(caller.post(office.path("/return"), {"reason": "x"})) == (403, "role-not-allowed")
    verify_all = caller.post(f"/v1/apel/{office.apel.id}/reports/verify", {"all_clean": True})
    assert problem(verify_all) == (403, "role-not-allowed")


def test_a_review_marks_the_unit_stale_once(office: Office) -> None:
    office.put(counts(7))
    for _ in range(2):
        office.head.post(office.path("/verify"))
    stale = office.make._run(office.make.session.execute(select(Stale.opd_code))).scalars().all()
    assert stale == ["DISDIK", "DISDIK"]  # the claim, and one verification


def _several(office: Office) -> dict[str, Api]:
    """Four more offices of one person each, reported in various ways."""
    callers = {}
    for code in ("BAPPEDA", "BPBD", "DINKES", "DISHUB"):
        office.make.opd(code)
        office.make.asn(code)
        callers[code] = office.api.as_(Role.OPD_OPERATOR, code)
    return callers


def _put(office: Office, by: Api, code: str, claim: dict[str, Any]) -> None:
    assert by.put(f"/v1/apel/{office.apel.id}/reports/{code}", claim).status_code == 201


def test_reports_without_complaint_are_verified_together(office: Office) -> None:
    offices = _several(office)
    office.put(counts(7))
    _put(office, offices["BAPPEDA"], "BAPPEDA", counts(2))
    _put(office, offices["BPBD"], "BPBD", counts(1))
    office.admin.post(f"/v1/apel/{office.apel.id}/reports/BPBD/return", {"reason": "x"})
    foreign = counts(0, excused={"DL": 1}, entries_are="exceptions", entries=[entry(office.people[0], "DL")])
    _put(office, offices["DINKES"], "DINKES", foreign)
    answer = office.admin.post(f"/v1/apel/{office.apel.id}/reports/verify", {"all_clean": True})
    assert (answer.status_code, answer.json()) == (200, {"verified": ["DISDIK"], "left": ["BAPPEDA", "BPBD", "DINKES"]})
    states = {row["opd_code"]: row["state"] for row in _list(office, office.admin)["items"]}
    assert states == {"BAPPEDA": "submitted", "BPBD": "returned", "DINKES": "submitted", "DISDIK": "verified"}
    again = office.admin.post(f"/v1/apel/{office.apel.id}/reports/verify", {"all_clean": True})
    assert again.json() == {"verified": [], "left": ["BAPPEDA", "BPBD", "DINKES"]}


def test_a_head_verifies_together_only_within_reach(office: Office) -> None:
    offices = _several(office)
    office.put(counts(7))
    _put(office, offices["DISHUB"], "DISHUB", counts(1))
    answer = office.head.post(f"/v1/apel/{office.apel.id}/reports/verify", {"all_clean": True})
    assert answer.json() == {"verified": ["DISDIK"], "left": []}
    assert _list(office, office.admin)["items"][1]["state"] == "submitted"


def test_verifying_together_must_be_meant(office: Office) -> None:
    answer = office.admin.post(f"/v1/apel/{office.apel.id}/reports/verify", {"all_clean": False})
    assert problem(answer) == (422, "input-invalid")


def _list(office: Office, by: Api, query: str = "") -> dict[str, Any]:
    listed: dict[str, Any] = by.get(f"/v1/apel/{office.apel.id}/reports{query}").json()
    return listed


def test_the_list_goes_page_by_page_and_shows_the_version_in_force(office: Office) -> None:
    offices = _several(office)
    office.put(counts(7))
    office.put(counts(6, unexplained=1, reason="Koreksi"), if_match='"1"')
    for code in ("BAPPEDA", "DISHUB"):
        _put(office, offices[code], code, counts(1))
    first = _list(office, office.kominfo, "?limit=2")
    assert [(row["opd_code"], row["version"]) for row in first["items"]] == [("BAPPEDA", 1), ("DISDIK", 2)]
    second = _list(office, office.kominfo, f"?limit=2&cursor={first['next_cursor']}")
    assert ([row["opd_code"] for row in second["items"]], second["next_cursor"]) == (["DISHUB"], None)
    assert "entries" not in first["items"][0]


def test_an_office_lists_its_own_report_alone(office: Office) -> None:
    offices = _several(office)
    office.put(counts(7))
    _put(office, offices["DISHUB"], "DISHUB", counts(1))
    assert [row["opd_code"] for row in _list(office, office.operator)["items"]] == ["DISDIK"]
    assert problem(office.operator.get(f"/v1/apel/{office.apel.id}/reports/DISHUB")) == (404, "opd-not-found")
    assert problem(office.operator.get(f"/v1/apel/{office.apel.id}/reports/DISHUB/versions")) == (404, "opd-not-found")


def test_versions_stay_whole_and_say_what_they_changed(office: Office) -> None:
    andi, budi = office.people[:2]
    named = [entry(andi, "DL"), entry(budi, mode="wfa")]
    office.put(counts(5, wfa=1, excused={"DL": 1}, entries_are="exceptions", entries=named))
    named = [entry(andi, "S"), entry(budi, mode="wfa")]
    changed = counts(
        5, wfa=1, excused={"S": 1}, others=2, entries_are="exceptions", entries=named, reason="Ternyata sakit"
    )
    office.put(changed, if_match='"1"')
    new, old = office.operator.get(office.path("/versions")).json()["items"]
    assert (new["version"], new["reason"], new["entries_changed"]) == (2, "Ternyata sakit", 1)
    assert new["changes"] == [
        {"figure": "excused/DL", "before": 1, "after": 0},
        {"figure": "others", "before": 0, "after": 2},
        {"figure": "excused/S", "before": 0, "after": 1},
    ]
    assert (old["version"], old["changes"], old["entries_changed"]) == (1, [], 0)
    assert [row["status"] for row in old["entries"]] == ["DL", "H"]
    assert [row["status"] for row in new["entries"]] == ["S", "H"]


SIGHTS = [
    pytest.param(Role.OPD_OPERATOR, True, True, id="the own operator"),
    pytest.param(Role.OPD_HEAD, True, True, id="the own head"),
    pytest.param(Role.ADMIN, True, True, id="the personnel office"),
    pytest.param(Role.INSPECTOR, False, True, id="an inspector"),
    pytest.param(Role.KOMINFO, False, False, id="the operator of the apel"),
    pytest.param(Role.BUPATI, False, False, id="the Bupati"),
]


@pytest.mark.parametrize(("role", "whole_nip", "health"), SIGHTS)
def test_health_notes_and_numbers_are_for_those_who_answer_for_the_people(
    office: Office, role: Role, whole_nip: bool, health: bool
) -> None:
    andi, budi = office.people[:2]
    named = [entry(andi, "S", note="Demam berdarah"), entry(budi, "DL", note="ST 1")]
    office.put(counts(5, excused={"S": 1, "DL": 1}, entries_are="exceptions", entries=named))
    caller = office.api.as_(role, "DISDIK")
    seen = caller.get(office.path()).json()
    nips = [person.nip if whole_nip else "*" * 14 + person.nip[-4:] for person in (andi, budi)]
    assert [row["nip"] for row in seen["entries"]] == nips
    assert [(row["status"], row["note"]) for row in seen["entries"]] == (
        [("S", "Demam berdarah"), ("DL", "ST 1")] if health else [("excused", None), ("DL", None)]
    )
    codes = {"S": 1, "DL": 1} if health else {"excused": 1, "DL": 1}
    listed = _list(office, caller)["items"][0]
    for shown in (seen, listed, caller.get(office.path("/versions")).json()["items"][0]):
        assert shown["excused"] == shown["duty_rate"]["excluded"] == codes


def test_a_count_alone_may_be_somebodys_health(office: Office) -> None:
    office.put(counts(6, excused={"S": 1}))
    assert office.kominfo.get(office.path()).json()["excused"] == {"excused": 1}
    assert office.head.get(office.path()).json()["excused"] == {"S": 1}


@pytest.mark.parametrize("role", [Role.READER, Role.ADAPTER, Role.SCREEN, Role.ASN])
def test_machines_read_no_reports(office: Office, role: Role) -> None:
    office.put(counts(7))
    for path in ("", "/versions"):
        assert problem(office.api.as_(role).get(office.path(path))) == (403, "role-not-allowed")
    assert problem(office.api.as_(role).get(f"/v1/apel/{office.apel.id}/reports")) == (403, "role-not-allowed")
