"""The own record over HTTP: whole for the person, and of nobody else."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import Grant, Principal, Role
from tests.client import Api
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.decisions.story import Told
from tests.make import Make
from tests.scoring.test_trace import lines_in
from tests.tpp.conftest import AFTER, Month, read

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
    answers: dict[str, str] = {}
    for line in lines:
        assert line["policy"] in rules
        for link in line["evidence"]:
            if link["href"] not in answers:
                answer = budi.get(link["href"])
                assert answer.status_code == 200, (line["rule"], link)
                answers[link["href"]] = answer.text
            assert link["id"] in answers[link["href"]], link
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
