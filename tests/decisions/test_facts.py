"""Recommendations and decisions beside the facts below them: files, letters, marks, apels."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import SYSTEM, Role
from app.core.stale import mark_workdays_stale
from app.decisions.models import Recommendation
from app.decisions.recommending import recommend_everybody
from app.decisions.rules import Kind
from app.decisions.schemas import Grant
from app.decisions.service import RecommendationDraft, recommend
from app.decisions.signing import keep_grant
from app.policies.service import rules_on
from app.registry.models import Asn
from app.workdays.service import refresh
from tests.client import Api
from tests.decisions.ledgers import SOME_DAYS, keep_ledger
from tests.decisions.story import EXAMINED, SUMMONS, Event, Told
from tests.make import MONDAY, Make
from tests.monday import Story
from tests.workdays.test_import import HEADER, deliver

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
Run = Callable[[Any], Any]


@pytest.fixture
def budi(make: Make) -> Asn:
    make.opd("DISDIK")
    return make.asn("DISDIK", "Budi")


@pytest.fixture
def told(api: Api, budi: Asn) -> Told:
    return Told(api.as_(Role.ADMIN).at(NOW), budi)


def deliver_absent(api: Api, person: Asn, days: tuple[date, ...]) -> None:
    rows = "".join(f"{person.nip},{day},,,Alpa\n" for day in days)
    deliver(api.as_(Role.ADMIN).at(NOW), f"{HEADER}\n{rows}")


def test_every_number_leads_to_its_rule_and_to_its_evidence_in_two_calls(api: Api, told: Told) -> None:
    deliver_absent(api, told.person, SOME_DAYS)
    made = told.recommended()
    assert (made["code"], made["basis"]["total_days"]) == ("R2", 5)
    policies = {one["label"] for one in told.admin.get("/v1/policies").json()["items"]}
    for line in made["lines"]:
        assert line["policy"] in policies
        assert {"source", "verified"} <= line["facts"].keys()
        assert line["evidence"]
        for link in line["evidence"]:
            answer = told.admin.get(link["href"])
            assert answer.status_code == 200
            assert link["id"] in answer.text


def test_a_letter_confirmed_late_withdraws_the_recommendation_and_warns_in_the_running_case(
    api: Api, make: Make, told: Told, session: AsyncSession, run: Run
) -> None:
    deliver_absent(api, told.person, SOME_DAYS)
    told.opens()
    leave = {"asn_id": str(told.person.id), "code": "DL", "from": "2026-10-05", "to": "2026-10-09"}
    assert told.admin.post("/v1/absences", leave | {"state": "confirmed"}).status_code == 201
    run(refresh(session, at=NOW))
    run(session.commit())
    alerts = told.admin.get(f"/v1/cases/{told.case['id']}").json()["alerts"]
    assert "facts-changed" in {one["code"] for one in alerts}
    other = make.asn("DISDIK", "Ani")
    deliver_absent(api, other, SOME_DAYS)
    second = Told(told.admin, other)
    made = second.recommended()
    assert told.admin.post("/v1/absences", leave | {"asn_id": str(other.id), "state": "confirmed"}).status_code == 201
    run(recommend_everybody(session, at=NOW))
    state = told.admin.get(f"/v1/recommendations/{made['id']}").json()["state"]
    assert state == "open", "nothing is concluded from a ledger that is about to be made again"
    run(refresh(session, at=NOW))
    run(recommend_everybody(session, at=NOW))
    run(session.commit())
    gone = told.admin.get(f"/v1/recommendations/{made['id']}").json()
    assert (gone["state"], gone["history"][-1]["reason"]) == ("withdrawn", "facts-changed")


def test_no_case_is_opened_on_days_that_a_letter_has_explained_since(api: Api, told: Told) -> None:
    deliver_absent(api, told.person, SOME_DAYS)
    told.recommended()
    leave = {"asn_id": str(told.person.id), "code": "CT", "from": "2026-10-05", "to": "2026-10-09"}
    assert told.admin.post("/v1/absences", leave | {"state": "confirmed"}).status_code == 201
    refused = told.decide(outcome="open_case")
    assert (refused.status_code, refused.json()["code"]) == (409, "recommendation-not-due")
    assert told.admin.get("/v1/cases").json()["items"] == []


def test_nothing_is_made_of_ledgers_that_are_about_to_be_made_again_for_everybody(
    told: Told, session: AsyncSession, run: Run
) -> None:
    run(keep_ledger(session, told.person, SOME_DAYS))
    run(mark_workdays_stale(session, None, SOME_DAYS[0]))
    run(recommend_everybody(session, at=NOW))
    run(session.commit())
    assert told.admin.get("/v1/recommendations").json()["items"] == []


def test_a_talk_for_misses_of_a_ledger_that_has_ended_is_withdrawn_with_them(
    told: Told, session: AsyncSession, run: Run
) -> None:
    december, january = datetime(2026, 12, 28, 4, tzinfo=UTC), datetime(2027, 1, 5, 4, tzinfo=UTC)
    rules = run(rules_on(session, december.date()))
    draft = RecommendationDraft(
        Kind.GUIDANCE, told.person.id, None, "2026", "pengingat", "Diingatkan", rules.id, rules.label, {"lines": []}
    )
    made = run(recommend(session, draft, at=december))
    run(recommend_everybody(session, at=january))
    run(session.commit())
    gone = told.admin.get(f"/v1/recommendations/{made}").json()
    assert (gone["state"], gone["history"][-1]["reason"]) == ("withdrawn", "facts-changed")


def test_a_decision_stays_as_it_was_signed_and_says_what_the_facts_are_today(
    told: Told, session: AsyncSession, run: Run
) -> None:
    run(keep_ledger(session, told.person, SOME_DAYS))
    decision = told.delivered("R2", SOME_DAYS)
    path = f"/v1/decisions/{decision['id']}"
    assert decision["facts_now"]["days_gone"] == []
    run(keep_ledger(session, told.person, SOME_DAYS[1:]))
    after = told.admin.get(path).json()
    assert after["frozen"] == decision["frozen"]
    assert (after["facts_now"]["days_gone"], after["facts_now"]["total_days"]) == ([str(SOME_DAYS[0])], 4)


MANY = tuple(date(2026, 8, 3) + timedelta(days=n) for n in range(40) if n % 2 == 0 and n % 7 < 5)[:11]


def test_a_medium_sanction_has_the_name_that_was_in_force_and_the_months_of_its_letter(
    told: Told, session: AsyncSession, run: Run
) -> None:
    run(keep_ledger(session, told.person, MANY))
    made = told.recommended()
    assert (made["code"], made["title"]) == ("S1", "Penundaan kenaikan gaji berkala selama 1 tahun")
    assert made["basis"]["names"]["tukin"] == "Pemotongan tunjangan kinerja 25 % selama 6 bulan"
    told.opens()
    told.tells(**SUMMONS)
    told.tells(**EXAMINED)
    body: Event = {"kind": "decided", "on": "2026-10-26", "letter_no": "1", "signatory": "Bupati", "code": "S1"}
    body |= {"days": [str(day) for day in MANY]}
    early = told.send(**body, variant="tukin")
    assert (early.status_code, early.json()["code"]) == (409, "variant-not-in-force")
    assert told.send(**body, variant="transitional").json()["code"] == "sanction-period-missing"
    told.tells(**body, variant="transitional", months=12)
    case = told.tells(kind="delivered", on="2026-10-27")
    assert (case["sanction"]["months"], case["sanction"]["name"]) == (12, made["title"])


def test_missed_apels_call_for_a_talk_and_never_for_a_day_of_absence(
    api: Api, make: Make, told: Told, session: AsyncSession, run: Run
) -> None:
    after = MONDAY + timedelta(hours=3)
    apel = make.apel()
    Story(api.at(MONDAY + timedelta(minutes=20)), apel).starts()
    claim = {"strength": 1, "present": {"wfo": 0, "wfa": 0}, "excused": {}, "unexplained": 1, "not_required": {}}
    claim |= {"others": 0, "entries_are": "all", "entries": [{"asn_id": str(told.person.id), "status": "TK"}]}
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    assert operator.put(f"/v1/apel/{apel.id}/reports/DISDIK", claim).status_code == 201
    admin = api.as_(Role.ADMIN).at(after)
    assert admin.get(f"/v1/apel/{apel.id}/attendance").status_code == 200
    answer = admin.post("/v1/recommendations", {"from": {"kind": "apel", "id": str(told.person.id)}})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["kind"], made["code"], made["severity"]) == ("guidance", "pengingat", None)
    [line] = made["lines"]
    [link] = line["evidence"]
    assert (line["facts"]["misses"], "bukan hari tidak masuk kerja" in line["text"]) == (1, True)
    assert link["id"] in admin.get(link["href"]).text
    workdays = admin.post("/v1/recommendations", {"from": {"kind": "workdays", "id": str(told.person.id)}})
    assert workdays.json()["code"] == "nothing-to-recommend"
    path = f"/v1/recommendations/{made['id']}/decide"
    assert admin.post(path, {"outcome": "open_case"}).json()["code"] == "outcome-not-for-kind"
    talked = admin.post(path, {"outcome": "guide", "reason": "sudah dibicarakan"})
    assert (talked.json()["state"], talked.json()["case_id"]) == ("taken", None)
    run(recommend_everybody(session, at=after))
    run(session.commit())
    assert admin.get(f"/v1/recommendations/{made['id']}").json()["state"] == "taken"


def test_an_apel_on_which_a_signed_decision_rests_is_not_reopened(
    api: Api, make: Make, told: Told, session: AsyncSession, run: Run
) -> None:
    after = MONDAY + timedelta(hours=3)
    apel = make.apel()
    admin = api.as_(Role.ADMIN).at(after)
    Story(api.at(MONDAY), apel).starts()
    admin.at(after)
    assert admin.post(f"/v1/apel/{apel.id}/close").status_code == 200
    assert admin.post(f"/v1/apel/{apel.id}/finalize").status_code == 200
    rules = run(rules_on(session, apel.on_date))
    basis = {"lines": [], "apel_ids": [apel.id]}
    draft = RecommendationDraft(
        Kind.REWARD, told.person.id, None, "2026-11", "perfect", "Kehadiran penuh", rules.id, rules.label, basis
    )
    made = run(recommend(session, draft, at=after))
    run(session.commit())
    letter: Event = {"outcome": "grant", "letter_no": "P/1", "signed_on": "2026-11-23", "signatory": "Bupati Mamuju"}
    path = f"/v1/recommendations/{made}/decide"
    future = admin.post(path, letter | {"signed_on": "2026-11-24"})
    assert (future.status_code, future.json()["code"]) == (422, "step-out-of-order")
    run(keep_grant(session, SYSTEM, run(session.get_one(Recommendation, made)), Grant(**letter), at=after))
    run(session.commit())
    [decision] = admin.get("/v1/decisions?kind=reward").json()["items"]
    assert (decision["title"], decision["signatory"], decision["case_id"]) == ("Kehadiran penuh", "Bupati Mamuju", None)
    reopened = admin.post(f"/v1/apel/{apel.id}/reopen", {"reason": "keliru"})
    assert (reopened.status_code, reopened.json()["code"]) == (409, "apel-relied-upon")
    contested = admin.post(f"/v1/decisions/{decision['id']}/objections", {"grounds": "x"})
    assert (contested.status_code, contested.json()["code"]) == (409, "wrong-remedy")
