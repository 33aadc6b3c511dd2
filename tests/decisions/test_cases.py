"""From the ledger to a sanction in force, over HTTP: people decide, and nothing is overwritten."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import Grant, Principal, Role
from app.decisions.queries import open_cases, running_sanctions
from app.decisions.recommending import recommend_everybody
from app.registry.models import Asn
from tests.client import Api
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.decisions.story import EXAMINED, SUMMONS, Event, Told
from tests.make import Make

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
"""Friday 20 November 2026, ten in the morning in Makassar."""
Run = Callable[[Any], Any]


@pytest.fixture
def people(make: Make) -> dict[str, Asn]:
    """An executing officer below a section head, an administrator and the head of the OPD."""
    make.opd("DISDIK")
    make.opd("DINKES")
    head = make.asn("DISDIK", "Hasan Kepala", level="jpt_pratama")
    bureau = make.asn("DISDIK", "Karim Kabid", level="administrator", superior_id=head.id)
    section = make.asn("DISDIK", "Sari Kasi", level="pengawas", superior_id=bureau.id)
    budi = make.asn("DISDIK", "Budi Pelaksana", level="pelaksana", superior_id=section.id)
    make.head("DISDIK", head)
    return {"head": head, "bureau": bureau, "section": section, "budi": budi}


@pytest.fixture
def told(api: Api, people: dict[str, Asn], session: AsyncSession, run: Run) -> Told:
    """Budi missed five days."""
    run(keep_ledger(session, people["budi"], SOME_DAYS))
    return Told(api.as_(Role.ADMIN).at(NOW), people["budi"])


def as_person(api: Api, person: Asn, *roles: Role, reach: frozenset[str] | None = frozenset()) -> Api:
    grants = tuple(Grant(role, None, reach) for role in roles or (Role.ASN,))
    return api.by(Principal(uuid4(), person.name, grants, asn_id=person.id))


def test_a_recommendation_leads_to_rule_and_facts_and_names_the_sanction_in_both_variants(told: Told) -> None:
    made = told.recommended()
    assert {name: made[name] for name in ("kind", "code", "severity", "title", "state", "period")} == {
        "kind": "punishment",
        "code": "R2",
        "severity": "ringan",
        "title": "Teguran tertulis",
        "state": "open",
        "period": "2026",
    }
    assert made["basis"]["days"] == [day.isoformat() for day in SOME_DAYS]
    assert made["basis"]["names"] == {"tukin": "Teguran tertulis", "transitional": "Teguran tertulis"}
    [line] = made["lines"]
    assert line["policy"] == made["policy"] == "apel-dasar@1"
    assert (line["facts"]["total_days"], line["facts"]["verified"]) == (5, False)
    assert "PP 94/2021" in line["facts"]["source"]
    assert [one["id"] for one in line["evidence"]] == made["basis"]["days"]
    assert told.recommended() == made, "asked again, nothing changes"


def test_a_reprimand_from_summons_to_force(told: Told, people: dict[str, Asn], session: AsyncSession, run: Run) -> None:
    case = told.opens()
    assert (case["phase"], case["superior"]["name"], case["competent"]["official"]["name"]) == (
        "opened",
        "Sari Kasi",
        "Sari Kasi",
    )
    assert case["next_steps"] == sorted(
        ["summons_1", "closed_without", "team_formed", "suspended", "recused", "extended"]
    )
    told.tells(**SUMMONS)
    told.tells(**EXAMINED)
    decision = told.decided("R2", SOME_DAYS)
    assert (decision["title"], decision["recorded"], decision["remedy"]) == ("Teguran tertulis", True, None)
    assert decision["frozen"]["basis"]["days"] == [day.isoformat() for day in SOME_DAYS]
    assert [one["kind"] for one in decision["frozen"]["events"]] == ["summons_1", "examined"]
    case = told.tells(kind="delivered", on="2026-10-27")
    assert case["sanction"] == {
        "code": "R2",
        "severity": "ringan",
        "variant": "tukin",
        "months": None,
        "name": "Teguran tertulis",
        "names": {"tukin": "Teguran tertulis", "transitional": "Teguran tertulis"},
        "effective_on": "2026-11-17",
        "in_force": True,
    }
    budi = people["budi"].id
    assert run(running_sanctions(session, None, date(2026, 11, 16))) == {}
    [sanction] = run(running_sanctions(session, [budi], date(2026, 11, 17)))[budi]
    assert (sanction.code, sanction.from_date, sanction.to_date) == ("R2", date(2026, 11, 17), date(2026, 11, 17))
    assert run(open_cases(session, None, date(2026, 11, 16))) == {budi}
    assert run(open_cases(session, None, date(2026, 11, 17))) == set()


def test_the_same_step_told_again_changes_nothing_and_an_impossible_one_is_refused(told: Told) -> None:
    told.opens()
    once = told.tells(**SUMMONS)
    assert told.tells(**SUMMONS) == once
    answer = told.send(kind="delivered", on="2026-10-23")
    assert (answer.status_code, answer.json()["code"]) == (409, "step-not-possible")
    early = told.send(kind="absent_1", on="2026-10-21")
    assert (early.status_code, early.json()["code"]) == (422, "step-out-of-order")
    back = told.tells(kind="taken_back", on="2026-10-20", reason="salah catat")
    assert back["phase"] == "opened"
    assert [(one["kind"], one["counts"]) for one in back["events"]] == [("summons_1", False), ("taken_back", False)]
    assert told.tells(kind="taken_back", on="2026-10-20", reason="salah catat") == back


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({"code": "R3"}, 409, "heavier-than-days", id="heavier than the days carry"),
        pytest.param({"days": ["2026-10-06"]}, 422, "days-not-in-case", id="a day that is none of the case"),
        pytest.param({"code": "X9"}, 422, "sanction-unknown", id="no such tier"),
        pytest.param({"variant": "transitional"}, 422, "variant-not-possible", id="no such name of it"),
        pytest.param({"on": "2026-10-21"}, 422, "step-out-of-order", id="signed before the examination"),
        pytest.param({"on": "2026-11-23"}, 422, "step-out-of-order", id="signed tomorrow"),
    ],
)
def test_a_decision_that_its_days_do_not_carry_is_refused(
    told: Told, body: dict[str, Any], status: int, code: str
) -> None:
    told.examined()
    sent: Event = {"kind": "decided", "on": "2026-10-26", "letter_no": "1", "signatory": "Kasi", "code": "R2"}
    sent |= {"variant": "tukin", "days": [str(day) for day in SOME_DAYS]} | body
    answer = told.send(**sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_examination_may_find_fewer_days_and_a_lighter_sanction(told: Told) -> None:
    told.examined()
    decision = told.decided("R1", SOME_DAYS[:3])
    assert (decision["code"], decision["frozen"]["decided"]["days"]) == ("R1", [str(day) for day in SOME_DAYS[:3]])
    assert decision["frozen"]["basis"]["total_days"] == 5


def test_one_violation_is_punished_once_and_further_days_by_the_next_tier(
    told: Told, session: AsyncSession, run: Run
) -> None:
    told.delivered("R2", SOME_DAYS)
    again = told.admin.post("/v1/recommendations", {"from": {"kind": "workdays", "id": str(told.person.id)}})
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-recommend")
    more = (*SOME_DAYS, date(2026, 10, 19), date(2026, 10, 21))
    run(keep_ledger(session, told.person, more))
    assert told.recommended()["code"] == "R3"
    told.opens("2026-11-02")
    told.tells(**SUMMONS | {"on": "2026-11-02", "examination_on": "2026-11-04"})
    told.tells(**EXAMINED | {"on": "2026-11-04"})
    body: dict[str, Any] = {
        "kind": "decided",
        "on": "2026-11-05",
        "letter_no": "2",
        "signatory": "Kasi",
        "variant": "tukin",
    }
    same_days = told.send(**body, code="R2", days=[str(day) for day in SOME_DAYS])
    assert (same_days.status_code, same_days.json()["code"]) == (409, "punished-already")
    assert told.decided("R3", more, on="2026-11-05")["code"] == "R3"


def test_further_days_are_taken_up_into_the_running_case(told: Told, session: AsyncSession, run: Run) -> None:
    told.opens()
    run(keep_ledger(session, told.person, (*SOME_DAYS, date(2026, 10, 19), date(2026, 10, 21))))
    newer = told.recommended()
    refused = told.decide(outcome="open_case")
    assert (refused.status_code, refused.json()["code"]) == (409, "case-running")
    assert "further-days" in {
        alert["code"] for alert in told.admin.get(f"/v1/cases/{told.case['id']}").json()["alerts"]
    }
    case = told.tells(kind="extended", on="2026-11-02", recommendation_id=newer["id"])
    assert (case["code"], case["basis"]["total_days"], case["recommendation_id"]) == ("R3", 7, newer["id"])
    assert case["events"][0]["details"]["before"]["code"] == "R2"
    assert told.admin.get(f"/v1/recommendations/{newer['id']}").json()["state"] == "taken"


def test_what_the_facts_no_longer_call_for_is_withdrawn_and_comes_back_under_the_same_id(
    told: Told, session: AsyncSession, run: Run
) -> None:
    made = told.recommended()
    run(keep_ledger(session, told.person, SOME_DAYS[:2]))
    run(recommend_everybody(session, at=NOW))
    gone = told.admin.get(f"/v1/recommendations/{made['id']}").json()
    assert (gone["state"], gone["history"][-1]["reason"]) == ("withdrawn", "facts-changed")
    run(keep_ledger(session, told.person, SOME_DAYS[:3]))
    run(recommend_everybody(session, at=NOW))
    lighter = told.recommended()
    assert (lighter["code"], lighter["id"] == made["id"]) == ("R1", False)
    run(keep_ledger(session, told.person, SOME_DAYS))
    run(recommend_everybody(session, at=NOW))
    assert told.admin.get(f"/v1/recommendations/{lighter['id']}").json()["history"][-1]["reason"] == "superseded"
    back = told.admin.get(f"/v1/recommendations/{made['id']}").json()
    assert (back["state"], [one["state"] for one in back["history"]]) == ("open", ["withdrawn", "open"])


def test_a_declined_recommendation_stays_declined_until_a_day_comes_that_nobody_could_know(
    told: Told, session: AsyncSession, run: Run
) -> None:
    made = told.recommended()
    declined = told.decide(outcome="decline", reason="surat tugas menyusul")
    assert declined.json()["state"] == "declined"
    assert told.decide(outcome="decline", reason="surat tugas menyusul").json() == declined.json()
    run(recommend_everybody(session, at=NOW))
    assert told.admin.get(f"/v1/recommendations/{made['id']}").json()["state"] == "declined"
    run(keep_ledger(session, told.person, (*SOME_DAYS, date(2026, 10, 19))))
    run(recommend_everybody(session, at=NOW))
    again = told.admin.get(f"/v1/recommendations/{made['id']}").json()
    assert (again["state"], again["history"][0]["reason"]) == ("open", "surat tugas menyusul")


def test_an_objection_in_time_suspends_and_one_too_late_is_refused(api: Api, told: Told) -> None:
    decision = told.delivered("R2", SOME_DAYS)
    budi = as_person(api, told.person)
    path = f"/v1/decisions/{decision['id']}/objections"
    late = budi.post(path, {"grounds": "saya sakit"})
    assert (late.status_code, late.json()["code"]) == (409, "remedy-too-late")
    paper = told.admin.post(path, {"grounds": "saya sakit", "on": "2026-11-16", "letter_no": "K/1"})
    assert paper.status_code == 201, paper.text
    assert (paper.json()["phase"], paper.json()["sanction"]["in_force"]) == ("objected", False)
    answer: dict[str, Any] = {
        "kind": "objection_answered",
        "on": "2026-11-19",
        "letter_no": "J/1",
        "outcome": "changed",
    }
    early = told.send(**answer, code="R1", variant="tukin", effective_on="2026-11-17")
    assert (early.status_code, early.json()["code"]) == (422, "step-out-of-order"), "nothing takes effect backwards"
    case = told.tells(**answer, code="R1", variant="tukin")
    assert (case["sanction"]["code"], case["sanction"]["effective_on"]) == ("R1", "2026-11-19")
    frozen = told.admin.get(f"/v1/decisions/{decision['id']}").json()
    assert (frozen["code"], frozen["frozen"]["decided"]["code"]) == ("R2", "R2"), "the old one stays visible"
    assert frozen["sanction"]["code"] == "R1"


def test_a_person_contests_the_own_decision_and_nobody_elses(api: Api, told: Told, people: dict[str, Asn]) -> None:
    decision = told.delivered("R2", SOME_DAYS)
    then = datetime(2026, 11, 2, 2, tzinfo=UTC)
    path = f"/v1/decisions/{decision['id']}/objections"
    assert as_person(api, people["bureau"]).at(then).post(path, {"grounds": "x"}).json()["code"] == "not-your-case"
    filed = as_person(api, told.person).at(then).post(path, {"grounds": "saya sakit"})
    assert (filed.status_code, filed.json()["phase"]) == (201, "objected")


def test_a_revoked_decision_counts_no_more(told: Told, session: AsyncSession, run: Run) -> None:
    told.delivered("R2", SOME_DAYS)
    case = told.tells(kind="revoked", on="2026-11-19", letter_no="C/1", reason="surat sakit ditemukan")
    assert (case["phase"], case["sanction"], case["next_steps"]) == ("revoked", None, [])
    assert run(running_sanctions(session, None, date(2026, 11, 17))) == {}
    assert told.admin.get(f"/v1/recommendations/{case['recommendation_id']}").json()["state"] == "declined"


SEVERE = tuple(date(2026, 8, 3) + timedelta(days=n) for n in range(80) if n % 2 == 0 and n % 7 < 5)


def test_a_severe_sanction_needs_a_team_and_its_report_and_goes_to_bpasn(
    told: Told, session: AsyncSession, run: Run
) -> None:
    run(keep_ledger(session, told.person, SEVERE))
    case = told.opens()
    assert (case["code"], case["competent"]["authority"]) == ("B3", "ppk")
    told.tells(**SUMMONS)
    assert told.send(**EXAMINED).json()["code"] == "team-required"
    told.tells(kind="team_formed", on="2026-10-20", letter_no="T/1", members=["Atasan", "Inspektorat", "BKPSDM"])
    told.tells(kind="suspended", on="2026-10-20", letter_no="B/1")
    told.tells(**EXAMINED)
    body: dict[str, Any] = {
        "kind": "decided",
        "on": "2026-10-27",
        "letter_no": "1",
        "signatory": "Bupati",
        "variant": "tukin",
    }
    body |= {"code": "B3", "days": [str(day) for day in SEVERE]}
    assert told.send(**body).json()["code"] == "report-required"
    told.tells(kind="report", on="2026-10-26", letter_no="L/1", conclusion="terbukti")
    told.tells(**body)
    told.tells(kind="delivered", on="2026-10-28")
    wrong = told.send(kind="objection", on="2026-10-30", grounds="x")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong-remedy")
    assert told.tells(kind="appeal", on="2026-10-30", grounds="x")["phase"] == "appealed"


def test_suspension_is_for_severe_cases_alone(told: Told) -> None:
    told.opens()
    assert told.send(kind="suspended", on="2026-10-20", letter_no="B/1").json()["code"] == "suspension-only-for-severe"


def test_the_superior_examines_the_competent_official_decides_and_nobody_judges_himself(
    api: Api, told: Told, people: dict[str, Asn], session: AsyncSession, run: Run
) -> None:
    told.recommended()
    kabid, kasi, budi = (as_person(api, people[name]).at(NOW) for name in ("bureau", "section", "budi"))
    assert told.decide(kabid, outcome="open_case").json()["code"] == "not-competent"
    assert told.decide(budi, outcome="decline", reason="x").json()["code"] == "not-competent"
    opened = told.decide(kasi, outcome="open_case", on="2026-10-19")
    assert opened.status_code == 200, opened.text
    told.case = {"id": opened.json()["case_id"]}
    assert told.send(kabid, **SUMMONS).json()["code"] == "not-competent"
    assert told.send(kasi, **SUMMONS).status_code == 200
    assert told.send(kasi, **EXAMINED).status_code == 200
    body: dict[str, Any] = {
        "kind": "decided",
        "on": "2026-10-26",
        "letter_no": "1",
        "signatory": "Sari Kasi",
        "variant": "tukin",
    }
    run(keep_ledger(session, told.person, SOME_DAYS[:4]))
    explained = told.send(kasi, **body, code="R2", days=[str(day) for day in SOME_DAYS])
    assert (explained.status_code, explained.json()["code"]) == (409, "days-explained-since")
    decided = told.send(kasi, **body, code="R2", days=[str(day) for day in SOME_DAYS[:4]])
    assert decided.status_code == 200, decided.text
    decision = told.admin.get(f"/v1/decisions/{decided.json()['decision_id']}").json()
    assert (decision["recorded"], decision["decided_by"]) == (False, "Sari Kasi")


def test_an_involved_superior_is_replaced_by_the_next_higher_one(api: Api, told: Told, people: dict[str, Asn]) -> None:
    told.opens()
    case = told.tells(kind="recused", on="2026-10-20", asn_id=str(people["section"].id))
    assert case["competent"]["notes"] == ["involved"]
    assert (case["superior"]["name"], case["competent"]["official"]["name"]) == ("Karim Kabid", "Karim Kabid")
    assert told.send(as_person(api, people["section"]), **SUMMONS).json()["code"] == "not-competent"
    assert told.send(as_person(api, people["bureau"]), **SUMMONS).status_code == 200


def test_a_case_concerns_those_who_decide_the_line_above_and_the_person(
    api: Api, told: Told, people: dict[str, Asn], make: Make
) -> None:
    decision = told.delivered("R2", SOME_DAYS)
    paths = [f"/v1/recommendations/{told.recommendation['id']}", f"/v1/cases/{told.case['id']}"]
    paths += [f"/v1/decisions/{decision['id']}"]
    stranger = make.asn("DISDIK", "Ani")
    sees = [api.as_(Role.INSPECTOR), api.as_(Role.BUPATI), api.as_(Role.OPD_HEAD, "DISDIK")]
    sees += [as_person(api, people[name]) for name in ("budi", "section", "bureau")]
    blind = [api.as_(Role.OPD_HEAD, "DINKES"), as_person(api, stranger)]
    never = [api.as_(role) for role in (Role.READER, Role.KOMINFO, Role.SCREEN, Role.ADAPTER)]
    never += [api.as_(Role.OPD_OPERATOR, "DISDIK")]
    for path in paths:
        assert [caller.at(NOW).get(path).status_code for caller in sees] == [200] * 6, path
        assert [caller.at(NOW).get(path).status_code for caller in blind] == [404] * 2, path
        assert [caller.at(NOW).get(path).status_code for caller in never] == [403] * 5, path
    for path in ("/v1/recommendations", "/v1/cases", "/v1/decisions"):
        assert [len(caller.at(NOW).get(path).json()["items"]) for caller in sees] == [1] * 6, path
        assert [caller.at(NOW).get(path).json()["items"] for caller in blind] == [[], []], path
        assert told.person.nip not in sees[0].get(path).text


def test_a_superior_who_lets_the_days_pass_is_told_of(told: Told, session: AsyncSession, run: Run) -> None:
    made = told.recommended()
    assert made["alerts"] == []
    last, after = datetime(2026, 12, 1, 2, tzinfo=UTC), datetime(2026, 12, 2, 2, tzinfo=UTC)
    path = "/v1/recommendations?overdue=true"
    assert told.admin.at(last).get(path).json()["items"] == []
    [item] = told.admin.at(after).get(path).json()["items"]
    assert [(one["code"], one["since"]) for one in item["alerts"]] == [("superior-overdue", "2026-12-01")]
    told.opens("2026-11-20")
    assert told.admin.at(after).get(f"/v1/cases/{told.case['id']}").json()["alerts"][0]["code"] == "superior-overdue"
    assert told.admin.get("/v1/cases").json()["items"][0]["overdue"] is True


@pytest.mark.parametrize("employment", ["PPPK", "PPPK_PW", "CPNS"])
def test_nobody_is_judged_by_the_table_of_others(
    api: Api, make: Make, session: AsyncSession, run: Run, employment: str
) -> None:
    make.opd("DISDIK")
    person = make.asn("DISDIK", "Dewi", employment_type=employment)
    run(keep_ledger(session, person, SEVERE))
    run(recommend_everybody(session, at=NOW))
    admin = api.as_(Role.ADMIN).at(NOW)
    assert admin.get("/v1/recommendations").json()["items"] == []
    answer = admin.post("/v1/recommendations", {"from": {"kind": "workdays", "id": str(person.id)}})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-recommend")


def test_everybody_is_recommended_for_in_a_number_of_statements_that_does_not_grow(
    make: Make, session: AsyncSession, run: Run
) -> None:
    make.opd("DISDIK")
    run(recommend_everybody(session, at=NOW))
    counts = []
    for size in (1, 12):
        for _ in range(size):
            run(keep_ledger(session, make.asn("DISDIK"), SOME_DAYS))
        said: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *_: Any, said: list[str] = said) -> None:
            said.append(statement)

        connection = run(session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", note)
        run(recommend_everybody(session, at=NOW))
        event.remove(connection, "before_cursor_execute", note)
        counts.append(len(said))
        run(session.commit())
    assert counts[0] == counts[1]


def test_who_acted_and_who_read_is_recorded(told: Told) -> None:
    told.opens()
    told.tells(**SUMMONS)
    seen = told.admin.get("/v1/audit").json()["items"]
    actions = {item["action"] for item in seen}
    assert {"decisions.open_case", "decisions.summons_1", "decisions.case", "decisions.recommend"} <= actions
    assert UUID(told.case["id"])
