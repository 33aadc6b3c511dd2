"""The background that scores what became due or was concluded anew."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.attendance.models import Tally
from app.core.principal import Role
from app.scoring import service
from app.scoring.models import ScoreRun
from app.scoring.service import score_due
from tests.make import MONDAY
from tests.scoring.conftest import WEEK, Season


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
