"""The next policy: who puts it in force, from when, and what it scores anew; and the background that does so."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.attendance.models import Tally
from app.core.principal import Role
from app.policies.models import Policy
from app.scoring import service
from app.scoring.models import ScoreRun
from app.scoring.service import score_due
from tests.make import MONDAY
from tests.policies.documents import changed
from tests.scoring.conftest import WEEK, Season

NEXT = changed(
    version=2,
    effective_from="2026-11-23",
    **{"points.duty_rate.points": 40, "points.timeliness.points": 40, "points.accuracy.points": 20},
)


def _draft(season: Season, document: dict[str, Any] = NEXT) -> str:
    answer = season.api.as_(Role.ADMIN).post("/v1/policies", document)
    assert answer.status_code == 201, answer.text
    return f"/v1/policies/{answer.json()['id']}/activate"


def test_another_admin_puts_a_draft_in_force_and_what_is_not_final_is_scored_anew(season: Season) -> None:
    season.opd("DISDIK")
    before, apel = season.apel(MONDAY - WEEK), season.apel()
    for each in (before, apel):
        season.present(each, "DISDIK", 5)
    assert season.points(before) == season.points(apel) == {"DISDIK": 70.0}
    activate = _draft(season)
    assert season.scores(apel)["policy"] == "apel-dasar@1"
    answer = season.api.as_(Role.ADMIN).post(activate)
    assert (answer.status_code, answer.json()["state"], answer.json()["activated_by"]) == (200, "active", "uji-admin")
    assert (season.scores(apel)["policy"], season.points(apel)) == ("apel-dasar@2", {"DISDIK": 80.0})
    assert (season.scores(before)["policy"], season.points(before)) == ("apel-dasar@1", {"DISDIK": 70.0})
    again = season.api.as_(Role.ADMIN).post(activate)
    assert (again.status_code, again.json()) == (200, answer.json())


def test_a_policy_that_came_into_force_unannounced_scores_anew_as_well(season: Season, run: Any, session: Any) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 5)
    before = season.scores(apel)
    _draft(season)
    run(session.execute(update(Policy).where(Policy.version == 2).values(activated_at=MONDAY)))
    run(session.commit())
    after = season.scores(apel)
    assert (after["policy"], after["revision"], season.points(apel)) == (
        "apel-dasar@2",
        before["revision"],
        {"DISDIK": 80.0},
    )


def test_the_author_does_not(season: Season) -> None:
    admin = season.api.as_(Role.ADMIN)
    policy = admin.post("/v1/policies", NEXT).json()
    answer = admin.post(f"/v1/policies/{policy['id']}/activate")
    assert (answer.status_code, answer.json()["code"]) == (403, "activation-needs-another")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_a_policy_is_not_put_in_force_by(season: Season, role: Role) -> None:
    assert season.api.as_(role).post(_draft(season)).status_code == 403


def test_a_final_apel_keeps_its_rules(season: Season) -> None:
    season.opd("DISDIK")
    apel, rehearsal = season.apel(), season.apel(MONDAY + WEEK, rehearsal=True)
    season.present(apel, "DISDIK", 5)
    for each in (apel, rehearsal):
        season.finalize(each)
    answer = season.api.as_(Role.ADMIN).post(_draft(season))
    assert (answer.status_code, answer.json()["code"]) == (409, "policy-touches-final")
    assert answer.json()["detail"].endswith("kebijakan ini dapat berlaku paling cepat 2026-11-24.")
    later = _draft(season, changed(version=3, effective_from="2026-11-24"))
    assert season.api.as_(Role.ADMIN).post(later).status_code == 200
    assert (season.scores(apel)["policy"], season.points(apel)) == ("apel-dasar@1", {"DISDIK": 70.0})


def test_a_reopened_apel_is_not_settled(season: Season) -> None:
    apel = season.apel()
    season.finalize(apel)
    reopened = season.api.as_(Role.ADMIN).post(f"/v1/apel/{apel.id}/reopen", {"reason": "Salah orang"})
    assert reopened.status_code == 200
    assert season.api.as_(Role.ADMIN).post(_draft(season)).status_code == 200


def _runs(run: Any, sessions: Any) -> dict[Any, int]:
    async def look() -> dict[Any, int]:
        async with sessions() as session:
            return {row.apel_id: row.revision for row in await session.scalars(select(ScoreRun))}

    found: dict[Any, int] = run(look())
    return found


def _conclude(season: Season, apel: Any) -> None:
    assert season.after(apel).as_(Role.ADMIN).get(f"/v1/apel/{apel.id}/attendance").status_code == 200


def test_the_background_scores_what_became_due_and_what_was_concluded_anew(
    season: Season, run: Any, sessions: Any
) -> None:
    season.opd("DISDIK")
    due, running = season.apel(), season.apel(MONDAY + timedelta(minutes=90))
    season.present(due, "DISDIK", 5)
    _conclude(season, due)
    season.api.as_(Role.ADMIN).get(f"/v1/apel/{running.id}/attendance")
    now = season.api.now

    def clock() -> Any:
        return now

    assert run(score_due(sessions, clock)) is False
    first = _runs(run, sessions)
    assert set(first) == {due.id}
    assert run(score_due(sessions, clock)) is False
    assert _runs(run, sessions) == first
    season.api.as_(Role.ADMIN).post(f"/v1/apel/{due.id}/reports/DISDIK/verify", headers={"if-match": '"1"'})
    _conclude(season, due)
    run(score_due(sessions, clock))
    assert _runs(run, sessions)[due.id] > first[due.id]


def test_the_background_works_off_many_apels_in_rounds(
    season: Season, run: Any, sessions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ROUND", 2)
    apels = [season.apel(MONDAY - week * WEEK) for week in range(3)]
    for apel in apels:
        _conclude(season, apel)
    season.after(apels[0])
    assert run(score_due(sessions, lambda: season.api.now)) is True
    assert run(score_due(sessions, lambda: season.api.now)) is False
    assert set(_runs(run, sessions)) == {apel.id for apel in apels}


def test_one_apel_that_cannot_be_scored_stops_no_other(season: Season, run: Any, session: Any, sessions: Any) -> None:
    season.opd("DISDIK")
    bad, good = season.apel(MONDAY - WEEK), season.apel()
    for apel in (bad, good):
        _conclude(season, apel)
    run(session.execute(update(Tally).where(Tally.apel_id == bad.id).values(versions=[{"broken": True}])))
    run(session.commit())
    with pytest.raises(KeyError):
        run(score_due(sessions, lambda: season.api.now))
    assert set(_runs(run, sessions)) == {good.id}
