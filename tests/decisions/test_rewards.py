"""Rewards over HTTP: proposed from final apels, taken back when they no longer hold; no case is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.apel.models import Apel
from app.audit.models import AuditEntry
from app.core.principal import Role
from app.decisions.models import Case, Recommendation
from app.policies.models import Policy
from app.registry.models import Asn
from tests.client import Api
from tests.make import DAY, NOBODY, Make
from tests.monday import claim, naming
from tests.scoring.conftest import FIRST, WEEK, Season, season

__all__ = ["season"]
DECEMBER = datetime(2026, 12, 1, 2, tzinfo=UTC)
MONTH = "2026-11"


@pytest.fixture
def november(season: Season) -> tuple[Season, list[Asn], list[Asn]]:
    """Four final Mondays: DISDIK reports everybody but Disdik 0 on the last, DINKES half of its people by number."""
    disdik, dinkes = season.opd("DISDIK"), season.opd("DINKES")
    for week in range(4):
        hold(season, disdik[0], week)
    return season, disdik, dinkes


def hold(season: Season, missing: Asn, week: int) -> Apel:
    apel = season.apel(FIRST + week * WEEK)
    full = naming(claim(10, 10))
    body = naming(claim(10, 9, unexplained=1), (missing, "TK", None)) if week == 3 else full
    season.report(apel, "DISDIK", body)
    season.present(apel, "DINKES", 5)
    season.finalize(apel)
    season.scores(apel)
    return apel


def propose(api: Api, period: str = MONTH, at: datetime = DECEMBER) -> dict[str, Any]:
    answer = api.as_(Role.ADMIN).at(at).post("/v1/rewards/propose", {"period": period})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def rewards(api: Api, role: Role = Role.ADMIN, opd_code: str | None = None, **asked: Any) -> dict[str, Any]:
    answer = api.as_(role, opd_code).at(DECEMBER).get("/v1/rewards", params={"period": MONTH} | asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def names(body: dict[str, Any]) -> list[str]:
    return [item["name"] or item["opd_code"] for item in body["items"]]


def test_the_best_and_the_perfect_of_a_month_are_proposed_once(november: Any) -> None:
    season, disdik, _ = november
    done = propose(season.api)
    assert done == {
        "period": MONTH,
        "policy": "apel-dasar@1",
        "code": None,
        "proposed": 10,
        "new": 10,
        "withdrawn": 0,
        "excluded": 0,
    }
    assert propose(season.api) == done | {"new": 0}
    body = rewards(season.api)
    assert names(body) == ["DISDIK", *(names(rewards(season.api, award="perfect-attendance")))]
    assert set(names(body)) == {"DISDIK", *(person.name for person in disdik[1:])}
    best = body["items"][0]
    assert best["title"] == "Kehadiran apel terbaik kelompok kecil, November 2026"
    [line] = best["lines"]
    assert line["text"].startswith("Peringkat 1 dari 2 OPD kelompok kecil dengan nilai ")
    assert line["evidence"] == [
        {"kind": "scores", "id": "DISDIK", "href": "/v1/scores/opd/DISDIK?from=2026-11-01&to=2026-11-30"}
    ]
    assert (line["facts"]["verified"], line["facts"]["source"][:17]) == (False, "Kebijakan instans")
    assert best["recommendation"]["state"] == "open"


def test_every_line_leads_to_its_rule_and_to_the_facts_in_one_call_each(november: Any) -> None:
    season, *_ = november
    for item in rewards(season.api)["items"]:
        for line in item["lines"]:
            policies = season.api.as_(Role.ADMIN).get("/v1/policies").json()["items"]
            assert line["policy"] in {policy["label"] for policy in policies}
            for link in line["evidence"]:
                answer = season.api.as_(Role.ADMIN).get(link["href"])
                assert answer.status_code == 200, answer.text
                assert link["id"] in answer.text


def test_nothing_is_proposed_of_a_month_that_runs_or_can_change(november: Any) -> None:
    season, *_ = november
    running = propose(season.api, at=datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    assert (running["proposed"], running["excluded"]) == (0, 10)
    apel = season.apel(FIRST + 4 * WEEK)
    season.report(apel, "DISDIK", naming(claim(10, 10)))
    season.present(apel, "DINKES", 5)
    season.scores(apel)
    waiting = propose(season.api)
    assert (waiting["proposed"], waiting["excluded"]) == (0, 10)
    shown = rewards(season.api)["items"][0]
    assert shown["excluded"] == [{"code": "not-final", "text": "Masih ada apel dalam periode ini yang belum final."}]
    season.finalize(apel)
    season.scores(apel)
    assert propose(season.api)["proposed"] == 10


def test_what_no_longer_holds_is_withdrawn_and_says_why(november: Any, run: Any) -> None:
    season, disdik, _ = november
    propose(season.api)
    open_case(season.make, disdik[5])
    grant = {"outcome": "grant", "letter_no": "800/1", "signed_on": "2026-12-01", "signatory": "Bupati"}
    [hers] = [one for one in rewards(season.api)["items"] if one["asn_id"] == str(disdik[5].id)]
    refused = season.api.as_(Role.ADMIN).post(f"{hers['recommendation']['href']}/decide", grant)
    assert (refused.status_code, refused.json()["code"]) == (409, "reward-no-longer-holds")
    done = propose(season.api)
    assert (done["proposed"], done["withdrawn"], done["excluded"]) == (9, 1, 1)
    row = run(season.make.session.scalar(select(Recommendation).where(Recommendation.state == "withdrawn")))
    assert row.asn_id == disdik[5].id
    assert row.history[-1]["reason"] == "Tidak lagi memenuhi syarat penghargaan menurut fakta terakhir."


def open_case(make: Make, person: Asn) -> None:
    """Somebody has begun to look into days without reason."""

    async def policy_id() -> Any:
        return await make.session.scalar(select(Policy.id))

    policy = make._run(policy_id())
    alleged = Recommendation(
        id=person.id,
        kind="punishment",
        asn_id=person.id,
        period="2026",
        code="R1",
        severity="ringan",
        title="Teguran lisan",
        basis={},
        policy_id=policy,
        policy="apel-dasar@1",
        state="taken",
        made_at=DECEMBER,
        history=[],
    )
    make.add(alleged)
    make.add(
        Case(
            recommendation_id=alleged.id,
            asn_id=person.id,
            opd_code="DISDIK",
            period="2026",
            law="pp94-pns",
            code="R1",
            basis={},
            policy_id=policy,
            policy="apel-dasar@1",
            known_on=DAY,
            opened_on=DAY,
            opened_at=DECEMBER,
            opened_by=NOBODY,
            opened_by_name="uji",
            phase="opened",
        )
    )


SEEN = [
    (Role.ADMIN, None, True, 9, True),
    (Role.BUPATI, None, True, 9, True),
    (Role.INSPECTOR, None, True, 9, True),
    (Role.OPD_HEAD, "DISDIK", True, 8, False),
    (Role.OPD_OPERATOR, "DINKES", False, 0, False),
    (Role.KOMINFO, None, True, 0, False),
    (Role.READER, None, True, 0, False),
]
"""Role, OPD, whether it sees DISDIK's award, how many people, and whether it may know of a case."""


def test_a_case_is_told_to_those_who_may_know_it_alone(november: Any) -> None:
    season, disdik, _ = november
    open_case(season.make, disdik[5])
    told = [{"code": "open-case", "text": "Ada pemeriksaan disiplin yang belum selesai."}]
    for role, opd_code, sees_unit, sees_people, knows in SEEN:
        body = rewards(season.api, role, opd_code)
        people = [item for item in body["items"] if item["asn_id"]]
        found = [item["excluded"] for item in people if item["asn_id"] == str(disdik[5].id)]
        assert ("DISDIK" in names(body), len(people), found) == (sees_unit, sees_people, [told] if knows else []), role


def test_the_list_is_read_page_by_page_and_whose_names_were_read_is_on_record(november: Any, run: Any) -> None:
    season, *_ = november
    found: list[str] = []
    asked: dict[str, Any] = {"limit": 4}
    while asked.get("cursor", "") is not None:
        page = rewards(season.api, **asked)
        found += names(page)
        asked["cursor"] = page["next_cursor"]
    assert len(found) == 10
    read = select(func.cardinality(AuditEntry.subjects)).where(AuditEntry.action == "decisions.read-rewards")
    counted = list(run(season.make.session.scalars(read.order_by(AuditEntry.id))))
    assert counted == [3, 4, 2]
    assert found == names(rewards(season.api))


def test_a_rise_is_measured_against_the_period_before(november: Any) -> None:
    season, *_ = november
    for week in (5, 6):
        apel = season.apel(FIRST + week * WEEK)
        season.report(apel, "DISDIK", naming(claim(10, 10)))
        season.present(apel, "DINKES", 10)
        season.finalize(apel)
        season.scores(apel)
    january = DECEMBER + timedelta(days=31)
    body = season.api.as_(Role.ADMIN).at(january).get("/v1/rewards?period=2026-12&award=most-improved").json()
    assert names(body) == ["DINKES"]
    [item] = body["items"]
    assert [link["href"] for link in item["lines"][0]["evidence"]] == [
        "/v1/scores/opd/DINKES?from=2026-12-01&to=2026-12-31",
        "/v1/scores/opd/DINKES?from=2026-11-01&to=2026-11-30",
    ]


def test_a_period_that_is_none_is_refused(api: Api) -> None:
    answer = api.as_(Role.ADMIN).post("/v1/rewards/propose", {"period": "2026-13"})
    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")
