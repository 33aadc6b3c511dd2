"""A policy on its way into force: tried, then put in force by somebody else, over the past where nothing is settled."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.core.stale import StaleWorkdays
from app.decisions.models import Decision, Recommendation
from app.policies.models import Policy
from app.tpp.models import TppSheet
from tests.make import MONDAY, NOBODY, Make
from tests.policies.documents import changed
from tests.scoring.conftest import WEEK, Season

NEXT = changed(
    version=2,
    effective_from="2026-11-23",
    **{"points.duty_rate.points": 40, "points.timeliness.points": 40, "points.accuracy.points": 20},
)


def draft(season: Season, document: dict[str, Any] = NEXT) -> str:
    answer = season.api.as_(Role.ADMIN).post("/v1/policies", document)
    assert answer.status_code == 201, answer.text
    return f"/v1/policies/{answer.json()['id']}"


def activate(season: Season, document: dict[str, Any] = NEXT) -> Any:
    return season.api.as_(Role.ADMIN).post(f"{draft(season, document)}/activate")


def test_another_admin_puts_a_draft_in_force_and_what_is_not_final_is_scored_anew(season: Season) -> None:
    season.opd("DISDIK")
    before, apel = season.apel(MONDAY - WEEK), season.apel()
    for each in (before, apel):
        season.present(each, "DISDIK", 5)
    assert season.points(before) == season.points(apel) == {"DISDIK": 70.0}
    path = draft(season)
    assert season.scores(apel)["policy"] == "apel-dasar@1"
    answer = season.api.as_(Role.ADMIN).post(f"{path}/activate")
    assert (answer.status_code, answer.json()["state"], answer.json()["activated_by"]) == (200, "active", "uji-admin")
    assert (season.scores(apel)["policy"], season.points(apel)) == ("apel-dasar@2", {"DISDIK": 80.0})
    assert (season.scores(before)["policy"], season.points(before)) == ("apel-dasar@1", {"DISDIK": 70.0})
    again = season.api.as_(Role.ADMIN).post(f"{path}/activate")
    assert (again.status_code, again.json()) == (200, answer.json())


def test_a_policy_that_came_into_force_unannounced_scores_anew_as_well(season: Season, run: Any, session: Any) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 5)
    before = season.scores(apel)
    draft(season)
    run(session.execute(update(Policy).where(Policy.version == 2).values(activated_at=MONDAY)))
    run(session.commit())
    after = season.scores(apel)
    assert (after["policy"], after["revision"], season.points(apel)) == (
        "apel-dasar@2",
        before["revision"],
        {"DISDIK": 80.0},
    )


def test_a_policy_signed_later_begins_on_new_year_s_day_and_final_apels_keep_their_rules(season: Season) -> None:
    season.opd("DISDIK")
    final, other = season.apel(MONDAY - WEEK), season.apel()
    for each in (final, other):
        season.present(each, "DISDIK", 5)
    season.finalize(final)
    answer = activate(season, NEXT | {"effective_from": "2026-01-01"})
    assert (answer.status_code, answer.json()["effective_from"]) == (200, "2026-01-01")
    assert (season.scores(final)["policy"], season.points(final)) == ("apel-dasar@1", {"DISDIK": 70.0})
    assert (season.scores(other)["policy"], season.points(other)) == ("apel-dasar@2", {"DISDIK": 80.0})


def test_putting_it_in_force_has_the_ledgers_of_working_days_made_anew_once(
    season: Season, run: Any, session: Any
) -> None:
    path = draft(season, NEXT | {"effective_from": "2026-01-01"})
    for _ in range(2):
        assert season.api.as_(Role.ADMIN).post(f"{path}/activate").status_code == 200
        season.api.at(MONDAY + WEEK)
    [row] = run(session.scalars(select(StaleWorkdays))).all()
    assert (row.asn_id, row.from_year) == (None, 2025), "a day of January may end a streak of December"


def frozen(make: Make, **fields: Any) -> TppSheet:
    row = TppSheet(
        **{
            "opd_code": "DISDIK",
            "month": date(2026, 11, 1),
            "trial": False,
            "policy_id": uuid4(),
            "policy": "apel-dasar@1",
            "from_date": date(2026, 11, 1),
            "to_date": date(2026, 11, 30),
            "state": "frozen",
            "made_at": MONDAY,
        }
        | fields
    )
    make.add(row)
    return row


@pytest.mark.parametrize(
    ("fields", "begins", "status"),
    [
        pytest.param({}, "2026-11-23", 409, id="inside a frozen month"),
        pytest.param({}, "2026-12-01", 200, id="on the day after a frozen month"),
        pytest.param({"state": "signed"}, "2026-11-23", 200, id="inside a month that is not frozen"),
        pytest.param({"to_date": date(2026, 11, 20)}, "2026-11-23", 200, id="after a month that closed early"),
    ],
)
def test_no_policy_begins_on_a_day_that_a_frozen_sheet_rests_on(
    season: Season, fields: dict[str, Any], begins: str, status: int
) -> None:
    season.opd("DISDIK", 0)
    season.api.get("/v1/policies")
    season.api.as_(Role.ADMIN).get("/v1/policies")
    shipped = season.api.as_(Role.ADMIN).get("/v1/policies").json()["items"][0]["id"]
    frozen(season.make, policy_id=shipped, **fields)
    answer = activate(season, NEXT | {"effective_from": begins})
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["code"] == "policy-touches-final"
        assert answer.json()["detail"].endswith("paling cepat berlaku 2026-12-01.")


def test_no_policy_begins_on_a_day_that_a_decision_rests_on(season: Season) -> None:
    [siti] = season.opd("DISDIK", 1)
    shipped = season.api.as_(Role.ADMIN).get("/v1/policies").json()["items"][0]["id"]
    named = {"asn_id": siti.id, "code": "sempurna", "title": "Kehadiran sempurna", "policy": "apel-dasar@1"}
    named |= {"kind": "reward", "period": "2026-Q3", "policy_id": shipped}
    made = Recommendation(
        id=uuid4(), severity=None, basis={}, state="taken", made_at=MONDAY, history=[], version=1, **named
    )
    season.make.add(made)
    letter = {"letter_no": "SK 1", "signed_on": date(2026, 11, 2), "signatory": "Bupati", "recorded": True}
    told = {"decided_at": datetime(2026, 11, 2, tzinfo=UTC), "decided_by": NOBODY, "decided_by_name": "uji"}
    season.make.add(Decision(recommendation_id=made.id, frozen={}, **named, **letter, **told))
    answer = activate(season, NEXT | {"effective_from": "2026-09-01"})
    assert (answer.status_code, answer.json()["code"]) == (409, "policy-touches-final")
    assert answer.json()["detail"].endswith("paling cepat berlaku 2026-10-01.")
    assert activate(season, NEXT | {"version": 3, "effective_from": "2026-10-01"}).status_code == 200


def test_the_author_does_not(season: Season) -> None:
    admin = season.api.as_(Role.ADMIN)
    policy = admin.post("/v1/policies", NEXT).json()
    answer = admin.post(f"/v1/policies/{policy['id']}/activate")
    assert (answer.status_code, answer.json()["code"]) == (403, "activation-needs-another")


def test_a_trial_is_on_record_and_judges_nobody(season: Season, run: Any, session: Any) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 5)
    path = draft(season)
    answers = [season.api.as_(Role.ADMIN).post(f"{path}/trial") for _ in range(2)]
    assert [answer.json()["state"] for answer in answers] == ["trial", "trial"]
    assert season.scores(apel)["policy"] == "apel-dasar@1"
    tried = select(AuditEntry.target).where(AuditEntry.action == "policies.trial")
    assert run(session.scalars(tried)).all() == ["apel-dasar@2"]
    assert season.api.as_(Role.ADMIN).post(f"{path}/activate").json()["state"] == "active"
    assert season.api.as_(Role.ADMIN).post(f"{path}/trial").json()["code"] == "policy-in-force"


@pytest.mark.parametrize("step", ["trial", "activate", "simulate"])
def test_only_the_personnel_office_moves_a_policy_and_the_inspector_may_ask(season: Season, step: str) -> None:
    path = f"{draft(season)}/{step}"
    body = {"from": "2026-11-01", "to": "2026-11-30"} if step == "simulate" else None
    allowed = {Role.ADMIN} | ({Role.INSPECTOR} if step == "simulate" else set())
    for role in Role:
        assert (season.api.as_(role).post(path, body).status_code == 200) is (role in allowed), role
