"""The own record over HTTP: whole for the person, and of nobody else."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Base
from app.core.principal import Grant, Principal, Role
from app.privacy.schemas import OwnRecord
from app.schema import load_models
from tests.behaviour.words import all_of, weighing
from tests.circulars.conftest import Office
from tests.client import Api
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.decisions.story import Told
from tests.flexwork.orders import confirm as confirm_order
from tests.livestreams.conftest import report as report_broadcast
from tests.livestreams.conftest import step
from tests.make import Make
from tests.performance.plans import KTP, achieve, agree, indicator
from tests.policies.documents import changed
from tests.scoring.test_trace import lines_in
from tests.tpp.conftest import AFTER, TABLE, Month, policy, read

MORE_ABSENT = [date(2026, 11, day) for day in (2, 3, 4, 5, 6)]


@pytest.fixture
def budi(november: Month) -> Api:
    return november.person(november.budi)


@pytest.fixture
def record(november: Month, budi: Api) -> dict[str, Any]:
    """Budi's: six absent days, one of them with its apel; the month's sheet is published, and a case is open."""
    for day in MORE_ABSENT:
        november.day(november.budi, day, None, None, "TK")
    sheet = november.sheet()
    read(november.step(sheet, "publish", Role.ADMIN, AFTER, headers={"if-match": sheet_tag(november, sheet)}))
    told = Told(november.as_(Role.ADMIN), november.budi)
    told.opens(on="2026-12-01")
    told.tells(kind="summons_1", on="2026-12-01", letter_no="800/1", examination_on="2026-12-10")
    return own(budi)


def sheet_tag(november: Month, sheet: dict[str, Any]) -> str:
    return november.as_(Role.ADMIN).get(f"/v1/tpp/sheets/{sheet['id']}").headers["etag"]


def own(person: Api) -> dict[str, Any]:
    return read(person.get("/v1/me/record?year=2026"))


def test_a_person_reads_all_of_the_own_year_in_one_call(november: Month, record: dict[str, Any]) -> None:
    assert (record["asn_id"], record["name"], record["nip"]) == (
        str(november.budi.id),
        "Budi Santoso",
        november.budi.nip,
    )
    assert [(mark["date"], mark["status"]) for mark in record["marks"]] == [("2026-11-23", "TK")]
    assert record["scores"]["ledger"]["misses"] == 1
    assert (record["workdays"]["total_days"], record["workdays"]["tier"]["code"]) == (6, "R2")
    assert [month["month"] for month in record["tpp"]] == ["2026-11"]
    assert [one["code"] for one in record["recommendations"] if one["kind"] == "punishment"] == ["R2"]
    [case] = record["cases"]
    assert [event["kind"] for event in case["events"]][-1] == "summons_1"
    assert record["decisions"] == []


def test_what_can_be_contested_says_until_when_and_where(record: dict[str, Any]) -> None:
    [month] = record["tpp"]
    assert (month["objections_until"], month["objections_href"]) == (
        "2026-12-04",
        f"/v1/tpp/sheets/{month['sheet_id']}/objections",
    )
    [mark] = record["marks"]
    assert {"until", "href"} <= mark["contest"].keys()


def test_every_number_of_the_own_record_leads_the_person_to_a_rule_and_to_evidence(
    budi: Api, record: dict[str, Any]
) -> None:
    rules = {policy["label"] for policy in read(budi.get("/v1/policies"))["items"]}
    assert all(list(lines_in(record[part])) for part in ("scores", "workdays", "tpp"))
    lines = list(lines_in(record))
    whole_parts = [part["line"] for part in record["composite"]["parts"]]
    answers: dict[str, str] = {}
    for line in lines:
        assert line["policy"] in rules
        for link in line["evidence"]:
            if link["href"] not in answers:
                answer = budi.get(link["href"])
                assert answer.status_code == 200, (line["rule"], link)
                answers[link["href"]] = answer.text
            # A part of the composite leads to the list of its facts, which may be empty and need not name the person.
            assert line in whole_parts or link["id"] in answers[link["href"]], link
    assert len(answers) >= 3


def test_who_looked_is_told_and_own_looks_are_not(november: Month, budi: Api, record: dict[str, Any]) -> None:
    read(november.as_(Role.INSPECTOR).get(f"/v1/workdays/asn/{november.budi.id}?year=2026"))
    looks = {(look["by"], look["action"]): look for look in own(budi)["looks"]}
    assert looks["uji-inspector", "workdays.read"] == {
        "date": "2026-12-01",
        "by": "uji-inspector",
        "action": "workdays.read",
        "times": 1,
    }
    assert november.budi.name not in {by for by, _ in looks}


def test_nothing_of_others_is_in_it(november: Month, record: dict[str, Any]) -> None:
    told = own(november.person(november.siti))
    assert (told["name"], told["cases"], told["recommendations"]) == ("Siti Aminah", [], [])
    assert november.budi.nip not in str(told)


def test_a_superior_reads_the_cases_of_others_elsewhere(api: Api, make: Make, session: AsyncSession, run: Any) -> None:
    make.opd("DISDIK")
    superior = make.asn("DISDIK", "Sari Kasi", level="pengawas")
    budi = make.asn("DISDIK", "Budi Pelaksana", level="pelaksana", superior_id=superior.id)
    run(keep_ledger(session, budi, SOME_DAYS))
    told = Told(api.as_(Role.ADMIN).at(AFTER), budi)
    told.delivered("R2", SOME_DAYS)
    sari = api.by(Principal(uuid4(), superior.name, (Grant(Role.ASN, None, frozenset()),), asn_id=superior.id))
    assert len(sari.at(AFTER).get("/v1/cases").json()["items"]) == 1
    record = own(sari)
    assert [record[part] for part in ("recommendations", "cases", "decisions")] == [[], [], []]


def test_an_account_of_no_civil_servant_has_no_record(november: Month) -> None:
    answer = november.as_(Role.ADMIN).get("/v1/me/record")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-own-record")


TOLD = {
    "absence": "absences",
    "assignment": "assignments",
    "behaviour_assessment": "behaviour",
    "behaviour_standing": "behaviour",
    "circular_receipt": "circulars",
    "decision": "decisions",
    "deposit_act": "deposits",
    "deposit_exemption": "deposits",
    "deposit_loss": "deposits",
    "discipline_case": "cases",
    "finding": "marks",
    "flex_member": "flexwork",
    "headship": "headships",
    "livestream_incident": "livestreams",
    "mark": "marks",
    "mark_correction": "marks",
    "mark_move": "marks",
    "mark_objection": "marks",
    "participant": "marks",
    "performance_achievement": "output_facts",
    "performance_evaluation": "output_facts",
    "performance_indicator": "output",
    "performance_plan": "output_facts",
    "performance_target": "output",
    "recommendation": "recommendations",
    "report_entry": "marks",
    "shift": "shifts",
    "tpp_line": "tpp",
    "tpp_objection": "tpp",
    "tpp_rate": "tpp",
    "training_attendance": "behaviour",
    "workday_ledger": "workdays",
    "workday_record": "workdays",
}
"""Table → the part of the record that tells it."""
UNTOLD = {
    "account": "how somebody signs in; `/v1/me` tells the account",
    "behaviour_peer_rating": "the words of single peers, whose averages alone are told",
    "finding_resolution": "a reviewer's word on a finding, which `/v1/findings` leads to from the mark",
    "identity_key": "which device is whose; the mark tells by which it was known",
    "one_time_link": "a secret",
    "refresh_token": "a secret",
    "roster_entry": "a copy of the register for one apel; the mark tells the unit and the duty",
    "roster_head": "a copy of the register for one apel",
    "stale_workdays": "work that waits to be done",
    "zoom_registrant": "an address of a meeting, of use until it is over",
}
DERIVED = {"asn_id", "name", "nip", "employment_type", "email", "year", "scores", "composite", "looks"}
"""What is told beside: who it is, what follows from the rest, and who looked."""


def test_every_table_about_persons_is_told_or_left_out_for_a_reason() -> None:
    load_models()
    about_persons = {name for name, table in Base.metadata.tables.items() if "asn_id" in table.columns}
    assert about_persons == TOLD.keys() | UNTOLD.keys()
    assert TOLD.keys() & UNTOLD.keys() == set()
    assert set(TOLD.values()) <= OwnRecord.model_fields.keys()
    assert all(field in {*TOLD.values(), *DERIVED} for field in OwnRecord.model_fields)


@pytest.fixture
def busy(november: Month) -> Api:
    """Budi, of whom each of the newer rooms keeps something; Siti and Rina have spoken of him."""
    api, admin, budi = november.api, november.as_(Role.ADMIN), november.budi
    [indicator_id] = agree(admin, budi, indicator(m2026_11="100"))
    achieve(admin, admin, indicator_id, "2026-11", "93")
    evaluation = f"/v1/performance/asn/{budi.id}/evaluations/2026-11"
    read(admin.put(evaluation, {"results": "meets", "behaviour": "meets"}))
    read(admin.put(f"/v1/behaviour/asn/{budi.id}/assessments/2026-11", {"ratings": all_of("meets")}), 201)
    training = {"title": "Pelayanan", "organiser": "BKPP", "from": "2026-11-02", "to": "2026-11-03", "hours": 8}
    made = admin.post("/v1/behaviour/trainings", training)
    attended = {"items": [{"asn_id": str(budi.id), "attended": True}]}
    path = f"/v1/behaviour/trainings/{made.json()['id']}/attendances"
    read(admin.put(path, attended, headers={"if-match": made.headers["etag"]}))
    Office(api).publishes(date="2026-12-01", effective_from="2026-12-01", acknowledge_by="2026-12-10")
    incident = report_broadcast(api, budi)
    step(admin, incident, "clarification_asked")
    confirm_order(api, budi, november.siti)
    shift = {"starts_at": "2026-11-21T20:00:00+08:00", "ends_at": "2026-11-22T04:00:00+08:00"}
    read(admin.post("/v1/shifts", {"items": [{"asn_id": str(budi.id)} | shift]}), 201)
    november.make.absence(budi, "CS", from_date=date(2026, 11, 16), to_date=date(2026, 11, 17), letter_no="SKD 1")
    return november.person(budi)


def test_every_newer_room_tells_its_facts(november: Month, busy: Api) -> None:
    record = own(busy)
    assert [one["opd_code"] for one in record["assignments"]] == ["DISDIK"]
    assert [(one["percent"], one["indicator"]) for one in record["output"]["indicators"]] == [(93.0, KTP)]
    facts = record["output_facts"]
    assert [(one["period"], one["actual"]) for one in facts["achievements"]] == [("2026-11", "93.0000")]
    assert [(one["period"], one["predikat"]) for one in facts["evaluations"]] == [("2026-11", "baik")]
    [period] = record["behaviour"]["periods"]
    assert (period["period"], [heard["rater"] for heard in period["raters"]]) == ("2026-11", ["superior"])
    assert record["behaviour"]["trainings"]["hours"] == 8
    known = {part["part"]: part["points"] for part in record["composite"]["parts"]}
    assert (known["output"], known["behaviour"]) == (93.0, period["points"])
    assert [(one["mode"], one["place"]["name"]) for one in record["flexwork"]] == [("location", "Balai RW 05")]
    assert [one["starts_at"] for one in record["shifts"]] == ["2026-11-21T12:00:00Z"]
    # A person reads the own health code.
    assert ("CS", "SKD 1") in {(one["code"], one["letter_no"]) for one in record["absences"]}


def test_what_is_asked_of_the_person_is_answered_where_the_record_says(november: Month, busy: Api) -> None:
    record = own(busy)
    [circular], [incident] = record["circulars"], record["livestreams"]
    assert (incident["phase"], incident["next_steps"]) == ("clarification_asked", ["clarified"])
    assert read(busy.get(circular["href"]))["id"] == circular["circular_id"]
    read(busy.post(circular["acknowledge_href"], {}))
    read(busy.post(incident["events_href"], {"kind": "clarified", "words": "Itu bukan saya."}))
    after = own(busy)
    [circular], [incident] = after["circulars"], after["livestreams"]
    assert (circular["acknowledge_href"], circular["channel"]) == (None, "app")
    assert [event["details"].get("words") for event in incident["events"]][-1] == "Itu bukan saya."


def test_peers_and_companions_are_in_no_part_of_the_record(november: Month, busy: Api) -> None:
    asking = changed(version=3, tpp=[TABLE], effective_from="2026-02-01", **weighing(60, 40, 0))
    november.make.add(policy(TABLE, version=3, effective_from=date(2026, 2, 1), document=asking))
    others = [
        november.siti,
        november.rina,
        november.make.asn(name="Hasan Basri"),
        november.make.asn(name="Dewi Lestari"),
    ]
    for peer in others:
        rating = {"asn_id": str(november.budi.id), "period": "2026-11", "ratings": all_of("below")}
        answer = november.person(peer).post("/v1/behaviour/peer-ratings", rating)
        assert answer.status_code in (200, 201), answer.text
    record = own(busy)
    [period] = record["behaviour"]["periods"]
    assert [heard["rater"] for heard in period["raters"]] == ["superior", "peer"]
    told = str(record)
    assert [word for one in others for word in (str(one.id), one.nip, one.name) if word in told] == []


def test_another_year_holds_none_of_this_years_facts(busy: Api) -> None:
    record = read(busy.get("/v1/me/record?year=2025"))
    yearly = ("absences", "shifts", "flexwork", "circulars", "livestreams", "deposits")
    assert [record[name] for name in yearly] == [[]] * len(yearly)
    assert set(map(tuple, record["output_facts"].values())) == {()}
    assert (record["behaviour"]["periods"], record["composite"]["period"]) == ([], "2025")
