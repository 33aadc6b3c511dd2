"""From files and letters to a person's year, over HTTP."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import Grant, Principal, Role
from app.core.stale import StaleWorkdays
from app.registry.models import Asn
from app.workdays.models import WorkdayLedger
from app.workdays.queries import list_ledgers
from app.workdays.service import refresh
from tests.client import Api
from tests.make import MONDAY, Make
from tests.workdays.days import weekdays
from tests.workdays.test_import import HEADER, deliver

Run = Callable[[Coroutine[Any, Any, Any]], Any]
TEN = weekdays(date(2026, 11, 9), 10)
"""Two weeks up to Friday 20 November 2026, without a holiday."""


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd()
    make.opd("DINKES")
    return make.asn()


def absent(api: Api, *people: Asn, days: list[date]) -> None:
    rows = "".join(f"{person.nip},{day},,,Alpa\n" for person in people for day in days)
    deliver(api.as_(Role.ADMIN), f"{HEADER}\n{rows}")


def ledger(api: Api, person: Asn, **headers: str) -> dict[str, Any]:
    answer = api.as_(Role.ADMIN).get(f"/v1/workdays/asn/{person.id}?year=2026", headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def items(api: Api, query: str = "") -> list[dict[str, Any]]:
    answer = api.as_(Role.ADMIN).get(f"/v1/workdays/ledgers?year=2026{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_ten_days_in_a_row_are_told_with_rule_source_and_every_day(api: Api, siti: Asn) -> None:
    absent(api, siti, days=TEN)
    told = ledger(api, siti)
    assert told["days"] == [str(day) for day in TEN]
    assert (told["total_days"], told["tier"]["code"], told["streak_tier"]["code"]) == (10, "R3", "B3c")
    assert (told["rule_set"], told["variant"], told["alerts"]) == ("pp94-pns", "transitional", [3, 5, 7, 9, 10])
    span = {"from": "2026-11-09", "to": "2026-11-20", "length": 10, "running": True, "crosses_year": False}
    assert told["streaks"] == [span]
    assert "Gaji hanya dihentikan dengan surat pejabat" in told["note"]
    lines = {line["rule"]: line for line in told["lines"]}
    tier = lines["workdays.tier"]["facts"]
    assert (tier["total_days"], tier["at_least"], tier["at_most"], tier["verified"]) == (10, 7, 10, False)
    assert "PP 94" in tier["source"]
    streak = lines["workdays.streak"]["facts"]
    assert (streak["tier"], streak["length"]) == ("B3c", 10)
    assert {streak["article"], streak["pay_article"]} & {None, ""} == set()
    policies = api.as_(Role.ADMIN).get("/v1/policies").json()["items"]
    for line in told["lines"]:
        assert line["policy"] in [policy["label"] for policy in policies]
        assert line["text"]
        assert {"source", "verified"} <= line["facts"].keys()
        for link in line["evidence"]:
            assert link["id"] in api.as_(Role.ADMIN).get(link["href"]).text
    assert [len(lines[f"workdays.{name}"]["evidence"]) for name in ("absent", "tier", "streak")] == [10, 10, 10]


def test_a_letter_confirmed_late_withdraws_a_tier_and_breaks_the_streak(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    absent(api, siti, days=TEN)
    before = items(api, "&alert=10&tier=B3c")
    assert [(one["asn_id"], one["tier"], one["streak_length"]) for one in before] == [(str(siti.id), "R3", 10)]
    letter = {"asn_id": str(siti.id), "code": "DL", "from": "2026-11-11", "to": "2026-11-18", "state": "confirmed"}
    assert api.as_(Role.ADMIN).post("/v1/absences", letter).status_code == 201
    assert [(one["total_days"], one["tier"], one["streak_tier"], one["alert"]) for one in items(api)] == [
        (4, "R2", None, None)
    ]
    assert run(session.scalar(select(StaleWorkdays.id))) is None
    told = ledger(api, siti)
    assert [streak["length"] for streak in told["streaks"]] == [2, 2]
    excused = next(line for line in told["lines"] if line["rule"] == "workdays.excused")
    assert (excused["facts"]["count"], excused["facts"]["codes"]) == (6, {"DL": 6})
    assert [link["kind"] for link in excused["evidence"]] == ["absence"]


def test_a_correction_of_the_calendar_takes_a_day_away(api: Api, siti: Asn) -> None:
    absent(api, siti, days=TEN[:3])
    assert [one["tier"] for one in items(api)] == ["R1"]
    mark = {"kind": "regional", "name": "Hari Jadi", "source": "SE 1"}
    assert api.as_(Role.ADMIN).put(f"/v1/calendar/{TEN[1]}", mark).status_code in (200, 201)
    assert [(one["total_days"], one["tier"], one["streak_length"]) for one in items(api)] == [(2, None, 2)]


def test_pppk_are_judged_by_nobodys_table_and_the_answer_says_so(api: Api, make: Make, siti: Asn) -> None:
    budi = make.asn(name="Budi", employment_type="PPPK")
    absent(api, budi, days=TEN)
    told = ledger(api, budi, **{"accept-language": "en"})
    assert (told["total_days"], told["tier"], told["streak_tier"], told["rule_set"]) == (10, None, None, None)
    assert "no-rule-set" in told["reasons"]
    assert "Without rules of discipline" in told["note"]
    said = [line["text"] for line in told["lines"] if line["rule"] == "workdays.no-rule-set"]
    assert said == ["No rules of discipline are loaded for PPPK: nobody is judged by another's table."]


def test_a_stored_ledger_is_the_one_that_is_computed_and_made_anew_only_when_stale(
    api: Api, make: Make, siti: Asn, session: AsyncSession, run: Run
) -> None:
    people = [siti, make.asn(name="Budi")]
    absent(api, *people, days=TEN)
    run(refresh(session, at=MONDAY))
    facts = run(list_ledgers(session, 2026))
    assert {fact.asn_id: fact.ledger.days for fact in facts} == {person.id: tuple(TEN) for person in people}
    assert [fact.ledger.streak_tier.code for fact in facts] == ["B3c", "B3c"]
    assert run(list_ledgers(session, 2026, [siti.id]))[0].policy == ledger(api, siti)["policy"]
    run(refresh(session, at=MONDAY + timedelta(hours=1)))
    made = run(session.scalars(select(WorkdayLedger.computed_at))).all()
    assert set(made) == {MONDAY}


def test_each_day_is_told_with_the_latest_record_the_earlier_ones_and_the_letter(
    api: Api, make: Make, siti: Asn
) -> None:
    absent(api, siti, days=[TEN[0], TEN[1]])
    deliver(api.as_(Role.ADMIN), f"{HEADER}\n{siti.nip},{TEN[0]},08:01,15:30,Terlambat\n")
    make.absence(siti, "S", from_date=TEN[2], to_date=TEN[2], letter_no="SK-DOKTER 1")
    path = f"/v1/workdays/asn/{siti.id}/days?from={TEN[0]}&to={TEN[3]}"
    days = api.as_(Role.ADMIN).get(path).json()["items"]
    assert [(day["date"], day["kind"], day["code"]) for day in days] == [
        (str(TEN[0]), "present", "H"),
        (str(TEN[1]), "absent", "TK"),
        (str(TEN[2]), "excused", "S"),
        (str(TEN[3]), "unknown", None),
    ]
    late = days[0]
    assert (late["late_minutes"], late["late_class"], late["early_minutes"], late["early_class"]) == (
        *(31, "TL2"),
        *(30, "PSW1"),
    )
    assert (late["record"]["status"], [one["status"] for one in late["earlier"]]) == ("Terlambat", ["Alpa"])
    assert (days[2]["absence"]["code"], days[3]["unclear"]) == ("S", "no-record")
    hidden = api.as_(Role.BUPATI).get(path).json()["items"][2]
    assert (hidden["code"], hidden["absence"]["code"]) == ("excused", "excused")


def test_who_may_read_a_ledger(api: Api, siti: Asn) -> None:
    absent(api, siti, days=TEN[:3])
    own = Principal(uuid4(), "siti", (Grant(Role.ASN),), asn_id=siti.id)
    other = Principal(uuid4(), "budi", (Grant(Role.ASN),), asn_id=uuid4())
    callers = [
        api.by(own),
        api.by(other),
        *(api.as_(Role.OPD_HEAD, code) for code in ("DISDIK", "DINKES")),
        *(api.as_(role, "DISDIK") for role in (Role.INSPECTOR, Role.KOMINFO, Role.READER, Role.OPD_OPERATOR)),
    ]
    paths = [f"/v1/workdays/asn/{siti.id}", f"/v1/workdays/asn/{siti.id}/days"]
    expected = [200, 404, 200, 404, 200, 403, 403, 403]
    assert [[caller.get(path).status_code for path in paths] for caller in callers] == [[code] * 2 for code in expected]
    heads = [api.as_(Role.OPD_HEAD, code).get("/v1/workdays/ledgers").json()["items"] for code in ("DISDIK", "DINKES")]
    assert [len(found) for found in heads] == [1, 0]
    assert (heads[0][0]["nip_masked"], "nip" in heads[0][0]) == ("*" * 14 + siti.nip[-4:], False)
    assert api.by(own).get("/v1/workdays/ledgers").status_code == 403


def test_pages_of_ledgers_meet_without_gap(api: Api, make: Make, siti: Asn) -> None:
    people = [siti, *(make.asn(name=f"Pegawai {n}") for n in range(4))]
    absent(api, *people, days=TEN[:3])
    found, cursor = [], ""
    for _ in range(3):
        page = api.as_(Role.ADMIN).get(f"/v1/workdays/ledgers?limit=2{cursor}").json()
        found += [one["asn_id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert found == sorted(str(person.id) for person in people)
    assert page["next_cursor"] is None


def test_a_span_too_long_or_reversed_is_refused(api: Api, siti: Asn) -> None:
    for span in ("from=2026-02-01&to=2026-01-31", "from=2025-01-01&to=2026-01-02"):
        refused = api.as_(Role.ADMIN).get(f"/v1/workdays/asn/{siti.id}/days?{span}")
        assert (refused.status_code, refused.json()["code"]) == (422, "workday-span-invalid")
