"""An OPD submits and amends its claim, over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.apel.models import ApelAct
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Role
from app.core.stale import Stale
from app.reports.models import ReportEntry, ReportVersion
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY
from tests.reports.conftest import Office, counts, entry, pointers, problem

DAY_BREAK = MONDAY - timedelta(hours=7, minutes=30)
"""00:00 WITA on the Monday."""


def test_first_claim_is_created_and_read_back_whole(office: Office) -> None:
    budi, cici = office.people[1], office.people[2]
    claim = counts(
        4,
        wfa=1,
        excused={"DL": 1},
        unexplained=1,
        not_required={"SF": 0},
        others=3,
        entries_are="exceptions",
        entries=[
            entry(cici, "DL", note="ST 090/12"),
            {"nip": budi.nip, "status": "H", "mode": "wfa"},
            entry(office.people[3], "TK"),
        ],
        note="Listrik padam",
    )
    answer = office.put(claim)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    body = answer.json()
    assert UUID(body.pop("id"))
    at = "2026-11-22T23:30:00Z"
    assert body == {
        "apel_id": str(office.apel.id),
        "opd_code": "DISDIK",
        "version": 1,
        "state": "submitted",
        "late": False,
        "first_at": at,
        "at": at,
        "strength": 7,
        "present": {"wfo": 4, "wfa": 1},
        "excused": {"DL": 1},
        "unexplained": 1,
        "not_required": {},
        "others": 3,
        "rate": {"numerator": 5, "denominator": 7, "excluded": {}, "percent": 71.43},
        "duty_rate": {"numerator": 5, "denominator": 6, "excluded": {"DL": 1}, "percent": 83.33},
        "entries_are": "exceptions",
        "channel": "app",
        "verification": None,
        "review": None,
        "entries": [
            _read(budi, "H", "wfa"),
            _read(cici, "DL", note="ST 090/12"),
            _read(office.people[3], "TK"),
        ],
        "prepared_at": None,
        "note": "Listrik padam",
        "reason": None,
        "caller": None,
        "by": "uji-opd_operator",
        "parts": [],
        "missing_parts": [],
    }
    again = office.operator.get(office.path())
    assert (again.status_code, again.headers["etag"], again.json()) == (200, '"1"', answer.json())


def _read(person: Any, status: str, mode: str | None = None, note: str | None = None) -> dict[str, Any]:
    shown = {"asn_id": str(person.id), "nip": person.nip, "name": person.name}
    return shown | {"status": status, "mode": mode, "note": note}


OFFICIAL = [
    pytest.param(counts(945, excused={"CT": 1, "S": 5}, unexplained=25), 976, 96.82, id="Minahasa, January 2024"),
    pytest.param(counts(2308, excused={"S": 15, "TB": 20, "CT": 12}, unexplained=17), 2372, 97.3, id="Kotamobagu"),
]


@pytest.mark.parametrize(("claim", "strength", "percent"), OFFICIAL)
def test_official_rates_come_out_to_the_hundredth(
    office: Office, claim: dict[str, Any], strength: int, percent: float
) -> None:
    answer = office.put(claim).json()
    assert (answer["strength"], answer["rate"]["percent"], answer["entries"]) == (strength, percent, None)


def test_press_figures_of_jabar_do_not_add_up(office: Office) -> None:
    claim = counts(32_534, excused={"I": 191, "DL": 3_276}, unexplained=144) | {"strength": 36_005}
    answer = office.put(claim)
    assert problem(answer) == (422, "sum-mismatch")
    assert office.operator.get(office.path()).status_code == 404


def test_the_same_claim_in_another_order_answers_with_the_current_version(office: Office) -> None:
    named = [entry(person, mode="wfa") for person in office.people[:3]]
    claim = counts(4, wfa=3, entries_are="exceptions", entries=named)
    first = office.put(claim)
    resend = claim | {"entries": named[::-1], "excused": {"S": 0}, "prepared_at": "2026-11-23T07:00:00+08:00"}
    again = office.put(resend)
    assert (again.status_code, again.headers["etag"], again.json()) == (200, '"1"', first.json())


@pytest.mark.parametrize(("act", "code"), [("finalize", "apel-final"), ("cancel", "apel-cancelled")])
def test_the_same_claim_is_recognised_before_anything_else_is_checked(office: Office, act: str, code: str) -> None:
    claim = counts(7)
    first = office.put(claim).json()
    later = MONDAY + timedelta(hours=3)
    office.make.add(ApelAct(apel_id=office.apel.id, act=act, at=later, by_id=NOBODY, by_name="admin"))
    office.api.at(later)
    again = office.put(claim, if_match='"9"')
    assert (again.status_code, again.json()) == (200, first)
    assert office.put(claim, office.kominfo).status_code == 200  # not even a channel is asked for
    assert problem(office.put(counts(6, unexplained=1))) == (409, code)
    assert problem(office.head.post(office.path("/verify"))) == (409, code)
    assert problem(office.admin.post(office.path("/return"), {"reason": "x"})) == (409, code)
    together = office.admin.post(f"/v1/apel/{office.apel.id}/reports/verify", {"all_clean": True})
    assert problem(together) == (409, code)


def test_a_claim_with_somebody_unknown_or_named_again_repeats_nothing(office: Office) -> None:
    andi = office.people[0]
    claim = counts(6, unexplained=1, entries_are="exceptions", entries=[entry(andi, "TK")])
    assert office.put(claim).status_code == 201
    stranger = {"nip": "199912312020121999", "status": "TK"}
    assert problem(office.put(claim | {"entries": [entry(andi, "TK"), stranger]})) == (422, "unknown-person")
    assert problem(office.put(claim | {"entries": [entry(andi, "TK")] * 2})) == (422, "duplicate-person")


def test_another_claim_needs_the_version_and_a_reason(office: Office) -> None:
    office.put(counts(7))
    changed = counts(6, excused={"S": 1})
    assert problem(office.put(changed)) == (428, "version-required")
    assert problem(office.put(changed, if_match='"2"')) == (412, "version-mismatch")
    assert problem(office.put(changed, if_match='"1"')) == (422, "reason-required")
    amended = office.put(changed | {"reason": "Surat sakit menyusul"}, if_match='"1"')
    assert (amended.status_code, amended.headers["etag"]) == (200, '"2"')
    assert (amended.json()["version"], amended.json()["reason"]) == (2, "Surat sakit menyusul")
    assert problem(office.put(counts(5, unexplained=2, reason="x"), if_match='"1"')) == (412, "version-mismatch")


def test_a_version_cannot_be_named_before_there_is_one(office: Office) -> None:
    assert problem(office.put(counts(7), if_match='"1"')) == (412, "version-mismatch")


def test_claims_come_in_from_midnight_of_the_apels_day_on(office: Office) -> None:
    office.api.at(DAY_BREAK - timedelta(seconds=1))
    early = office.put(counts(7))
    assert problem(early) == (409, "report-too-early")
    assert "Senin, 23 November 2026" in early.json()["detail"]
    office.api.at(DAY_BREAK)
    assert office.put(counts(7)).status_code == 201


def test_a_claim_after_the_deadline_is_kept_and_late(office: Office) -> None:
    office.api.at(MONDAY + timedelta(minutes=60))
    assert office.put(counts(7)).json()["late"] is False
    office.api.at(MONDAY + timedelta(minutes=61))
    amended = office.put(counts(6, unexplained=1, reason="Koreksi"), if_match='"1"').json()
    assert (amended["late"], amended["state"]) == (False, "submitted")
    office.make.opd("DISHUB")
    other = office.api.as_(Role.OPD_OPERATOR, "DISHUB")
    late = other.put(f"/v1/apel/{office.apel.id}/reports/DISHUB", counts(0)).json()
    assert (late["late"], late["state"]) == (True, "late")


MISMATCHES = [
    pytest.param({"wfo": 6, "unexplained": 1}, [], ["/unexplained"], id="an unexplained one without a name"),
    pytest.param({"wfo": 6, "excused": {"S": 1}}, ["DL"], ["/excused/DL", "/excused/S"], id="another reason by name"),
    pytest.param({"wfo": 7}, ["SF"], ["/not_required/SF"], id="a shift that no count knows"),
]


@pytest.mark.parametrize(("figures", "named", "wrong"), MISMATCHES)
def test_names_that_contradict_the_counts_are_refused_with_the_place(
    office: Office, figures: dict[str, Any], named: list[str], wrong: list[str]
) -> None:
    entries = [entry(person, status) for person, status in zip(office.people, named, strict=False)]
    answer = office.put(counts(**figures, entries_are="exceptions", entries=entries))
    assert problem(answer) == (422, "entries-mismatch")
    assert pointers(answer) == wrong


def test_all_names_everybody_of_the_roster(office: Office) -> None:
    everybody = [entry(person, mode="wfo") for person in office.people]
    left_out = office.put(counts(6, entries_are="all", entries=everybody[:6]))
    assert problem(left_out) == (422, "entries-mismatch")
    assert left_out.json()["errors"] == [
        {"pointer": "/entries", "detail": "1 orang dari daftar pegawai belum disebut."}
    ]
    assert office.put(counts(7, entries_are="all", entries=everybody)).status_code == 201


ILL_FORMED = [
    pytest.param({"status": "H"}, "/entries/0", id="nobody is named"),
    pytest.param({"nip": "1" * 18, "asn_id": str(uuid4()), "status": "H"}, "/entries/0", id="named twice over"),
    pytest.param({"nip": "1" * 18, "status": "DL", "mode": "wfa"}, "/entries/0", id="a mode without presence"),
    pytest.param({"nip": "1" * 18, "status": "BL"}, "/entries/0/status", id="a code that no OPD reports"),
    pytest.param({"nip": 198501012010011001, "status": "H"}, "/entries/0/nip", id="a NIP as number"),
    pytest.param({"nip": "1" * 18, "status": "H", "name": "x"}, "/entries/0/name", id="an unknown field"),
]


@pytest.mark.parametrize(("wrong", "pointer"), ILL_FORMED)
def test_an_entry_is_one_person_with_one_code(office: Office, wrong: dict[str, Any], pointer: str) -> None:
    answer = office.put(counts(7, entries_are="exceptions", entries=[wrong]))
    assert problem(answer) == (422, "input-invalid")
    assert pointers(answer) == [pointer]


@pytest.mark.parametrize(
    "half", [{"entries_are": "all"}, {"entries": [{"nip": "1" * 18, "status": "H"}]}], ids=["no names", "no meaning"]
)
def test_names_and_their_meaning_come_together(office: Office, half: dict[str, Any]) -> None:
    assert problem(office.put(counts(7, **half))) == (422, "input-invalid")


@pytest.mark.parametrize("field", ["excused", "not_required"])
def test_a_code_stands_only_where_it_belongs(office: Office, field: str) -> None:
    answer = office.put(counts(7, **{field: {"TK": 0}}))
    assert problem(answer) == (422, "input-invalid")


def test_an_unknown_nip_is_refused_without_repeating_it(office: Office) -> None:
    entries = [
        entry(office.people[0], "TK"),
        {"nip": "199912312020121999", "status": "TK"},
        entry(office.people[1], "TK"),
    ]
    entries.append({"asn_id": str(uuid4()), "status": "TK"})
    answer = office.put(counts(3, unexplained=4, entries_are="exceptions", entries=entries))
    assert problem(answer) == (422, "unknown-person")
    assert pointers(answer) == ["/entries/1", "/entries/3"]
    assert "199912312020121999" not in answer.text


def test_a_person_named_by_id_and_by_nip_is_named_twice(office: Office) -> None:
    andi = office.people[0]
    entries = [entry(andi, "TK"), {"nip": andi.nip, "status": "TK"}]
    answer = office.put(counts(5, unexplained=2, entries_are="exceptions", entries=entries))
    assert problem(answer) == (422, "duplicate-person")
    assert pointers(answer) == ["/entries/1"]


def test_a_person_of_another_roster_is_kept_but_not_shown_by_name(office: Office) -> None:
    office.make.opd("DISHUB")
    foreign = office.make.asn("DISHUB", "Hasan Basri")
    claim = counts(7, excused={"DL": 1}, entries_are="exceptions", entries=[{"nip": foreign.nip, "status": "DL"}])
    answer = office.put(claim)
    assert answer.status_code == 201
    masked = {"nip": "*" * 14 + foreign.nip[-4:], "name": None}
    assert answer.json()["entries"] == [_read(foreign, "DL") | masked]
    assert office.admin.get(office.path()).json()["entries"] == [_read(foreign, "DL")]


def test_an_opd_that_another_one_reports_is_told_which(office: Office) -> None:
    office.make.opd("KOREKSI", parent_code="DISDIK", reports="no")
    head = office.api.as_(Role.OPD_HEAD, "DISDIK", reach=frozenset({"DISDIK", "KOREKSI"}))
    answer = head.put(f"/v1/apel/{office.apel.id}/reports/KOREKSI", counts(0))
    assert problem(answer) == (409, "not-a-reporting-unit")
    assert answer.json()["detail"] == "Pegawainya dilaporkan oleh DISDIK."


def test_an_opd_that_is_not_called_cannot_report(office: Office) -> None:
    office.make.opd("DISHUB")
    only = office.make.apel(opd_codes=["DISDIK"])
    answer = office.api.as_(Role.OPD_OPERATOR, "DISHUB").put(f"/v1/apel/{only.id}/reports/DISHUB", counts(0))
    assert problem(answer) == (409, "opd-not-called")


def test_an_opd_that_nobody_reports_is_told_so(office: Office) -> None:
    office.make.opd("YATIM", reports="no")
    answer = office.api.as_(Role.OPD_HEAD, "YATIM").put(f"/v1/apel/{office.apel.id}/reports/YATIM", counts(0))
    assert problem(answer) == (409, "nobody-reports-for-opd")


def test_a_foreign_opd_and_an_unknown_one_look_the_same(office: Office) -> None:
    office.make.opd("DISHUB")
    for code in ("DISHUB", "TIDAKADA"):
        answer = office.operator.put(f"/v1/apel/{office.apel.id}/reports/{code}", counts(0))
        assert problem(answer) == (404, "opd-not-found")
    told = counts(0, channel="phone", caller="x")
    answer = office.kominfo.put(f"/v1/apel/{office.apel.id}/reports/TIDAKADA", told)
    assert problem(answer) == (404, "opd-not-found")
    assert problem(office.operator.put(f"/v1/apel/{uuid4()}/reports/DISDIK", counts(0))) == (404, "apel-not-found")


def test_whoever_reports_on_behalf_says_who_told_it_and_how(office: Office) -> None:
    assert problem(office.put(counts(7), office.kominfo)) == (422, "channel-required")
    assert problem(office.put(counts(7, channel="phone"), office.kominfo)) == (422, "channel-required")
    answer = office.put(counts(7, channel="phone", caller="Pak Camat"), office.kominfo)
    assert answer.status_code == 201
    assert (answer.json()["channel"], answer.json()["caller"]) == ("phone", "Pak Camat")


def test_an_opd_reports_for_itself_without_channel(office: Office) -> None:
    answer = office.put(counts(7, channel="wa", caller="Saya"))
    assert problem(answer) == (422, "channel-not-allowed")


@pytest.mark.parametrize("role", [Role.BUPATI, Role.INSPECTOR, Role.READER, Role.ADAPTER, Role.SCREEN, Role.ASN])
def test_roles_that_may_not_report(office: Office, role: Role) -> None:
    assert problem(office.put(counts(7), office.api.as_(role))) == (403, "role-not-allowed")


def test_a_new_claim_marks_its_unit_stale_and_is_recorded_with_its_people(office: Office) -> None:
    andi = office.people[0]
    office.put(counts(6, excused={"S": 1}, entries_are="exceptions", entries=[entry(andi, "S")]))
    stale = office.make._run(office.make.session.execute(select(Stale.apel_id, Stale.opd_code))).all()
    assert stale == [(office.apel.id, "DISDIK")]
    written = office.make._run(office.make.session.execute(select(AuditEntry))).scalars().all()
    assert [(row.action, row.target, row.detail) for row in written] == [
        ("reports.submit", f"{office.apel.id}/DISDIK", {"version": 1})
    ]
    assert written[0].subjects == [subject_of(SURROUNDINGS.audit_key, andi.nip)]
    office.put(counts(6, excused={"S": 1}, entries_are="exceptions", entries=[entry(andi, "S")]))
    kept = office.make._run(office.make.session.execute(select(func.count()).select_from(Stale))).scalar_one()
    assert kept == 1


def test_a_refused_claim_leaves_nothing_behind(office: Office) -> None:
    office.put(counts(7, entries_are="exceptions", entries=[entry(office.people[0], "TK")]))
    for table in (ReportVersion, ReportEntry, Stale, AuditEntry):
        found = office.make._run(office.make.session.execute(select(func.count()).select_from(table))).scalar_one()
        assert found == 0, table


def test_a_key_sent_again_gets_the_answer_that_was_lost_also_after_an_amendment(office: Office) -> None:
    phone = office.operator
    first = office.put(counts(7), by=phone, idempotency_key="hp-1")
    amended = office.put(counts(6, unexplained=1) | {"reason": "Satu pulang"}, by=office.head, if_match='"1"')
    again = office.put(counts(7), by=phone, idempotency_key="hp-1")
    assert (first.status_code, amended.status_code, again.status_code) == (201, 200, 201)
    assert (again.json(), again.headers["etag"]) == (first.json(), '"1"')
    assert phone.get(office.path()).json()["version"] == 2
    assert problem(office.put(counts(5), by=phone, idempotency_key="hp-1")) == (422, "idempotency-key-reused")
