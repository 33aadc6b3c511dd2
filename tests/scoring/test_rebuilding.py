"""Whatever is derived of an apel can be thrown away: the recorded facts lead to the same scores, byte for byte."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.apel.models import Apel
from app.attendance.models import Conclusion, Finding, Mark, Tally
from app.audit.models import AuditEntry
from app.core.principal import SYSTEM, Role
from app.evidence.gaps import note_gap
from app.evidence.rules import GapKind, GapSeen
from app.policies.models import Policy
from app.scoring.models import Score, ScoreRun
from app.scoring.rebuilding import rebuild
from tests.make import DAY, MONDAY
from tests.monday import DUE, NUMBER, Story, claim, naming
from tests.policies.documents import changed
from tests.scoring.conftest import Season


def eventful(season: Season) -> tuple[Story, Apel]:
    """A Monday with everything: a part that is missing, a late report, a silent OPD, a dispute that was decided."""
    siti, budi, rahma, *_ = season.opd("DISDIK")
    season.opd("SMP1", people=3, parent_code="DISDIK", reports="part")
    season.opd("DINKES", people=5, connectivity="weak")
    season.opd("PUPR", people=2)
    apel = season.apel(zoom_meeting_ids=[NUMBER])
    story = Story(season.api, apel)
    story.starts()
    story.joins("[DISDIK] Ruang")
    story.joins(f"[DISDIK] {siti.nip[-4:]} {siti.name}")
    early = story.joins(f"[DISDIK] {budi.nip[-4:]} {budi.name}")
    story.leaves(early, MONDAY + timedelta(minutes=5))
    story.ends()
    body = naming(claim(10, 7, wfa=1, unexplained=1, S=1), (siti, "TK", None), (budi, "H", "wfa"), (rahma, "S", None))
    season.report(apel, "DISDIK", body)
    season.report(apel, "DINKES", claim(5, 4, unexplained=1), late=7)
    season.make.absence(rahma, "S", from_date=DAY, to_date=DAY)
    admin = season.api.as_(Role.ADMIN).at(DUE)
    found = admin.get(story.path("findings")).json()["items"]
    [dispute] = [one["id"] for one in found if one["code"] == "unexplained-but-connected"]
    decided = {"outcome": "explained", "status": "H", "note": "Ada di rapat"}
    assert admin.post(f"/v1/findings/{dispute}/resolve", decided).status_code == 200
    return story, apel


def written(season: Season, apel: Apel) -> str:
    """The scores as they are answered, without how often and when they were computed."""
    body = season.scores(apel)
    del body["revision"], body["computed_at"]
    return json.dumps(body)


def forget(run: Any, session: Any, apel: Apel) -> None:
    for model in (Score, ScoreRun, Mark, Finding, Tally, Conclusion):
        run(session.execute(delete(model).where(model.apel_id == apel.id)))
    run(session.commit())


@pytest.mark.parametrize("final", [False, True])
def test_deleted_results_are_made_again_byte_for_byte(season: Season, run: Any, session: Any, final: bool) -> None:
    _, apel = eventful(season)
    if final:
        season.finalize(apel)
    before = written(season, apel)
    assert len(json.loads(before)["opd"]) == 3
    assert {one["points"] for one in json.loads(before)["opd"]} != {None}
    forget(run, session, apel)
    assert written(season, apel) == before


def test_a_final_apel_is_made_again_by_its_own_terms(season: Season, run: Any, session: Any) -> None:
    """Later rules, a gap that is noticed afterwards and a message that came late change nothing of it."""
    story, apel = eventful(season)
    season.finalize(apel)
    before = written(season, apel)
    put_in_force(season, run, session, apel)
    run(
        note_gap(session, GapSeen(GapKind.SILENCE, MONDAY, MONDAY + timedelta(minutes=20), None, {}), at=season.api.now)
    )
    run(session.commit())
    story.joins("[PUPR] Ruang", MONDAY + timedelta(minutes=1))
    assert written(season, apel) == before
    forget(run, session, apel)
    assert written(season, apel) == before
    rebuilt = run(rebuild(session, SYSTEM, apel.id, keep=True, at=season.api.now))
    assert (rebuilt.differences, rebuilt.rows > 20) == ((), True)


def put_in_force(season: Season, run: Any, session: Any, apel: Apel) -> None:
    """Rules of another weight, from before the apel on."""
    shares = {"points.duty_rate.points": 50, "points.timeliness.points": 30}
    document = changed(version=2, effective_from="2026-11-01", **shares)
    assert season.after(apel).as_(Role.ADMIN).post("/v1/policies", document).status_code == 201
    at = season.api.now + timedelta(seconds=1)
    run(session.execute(update(Policy).where(Policy.version == 2).values(activated_at=at)))
    run(session.commit())


def test_rules_put_in_force_after_the_last_act_come_too_late(season: Season, run: Any, session: Any) -> None:
    """Nobody looked at the apel between the act and the new rules."""
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 5)
    season.finalize(apel)
    put_in_force(season, run, session, apel)
    assert (season.scores(apel)["policy"], season.points(apel)) == ("apel-dasar@1", {"DISDIK": 70.0})


def test_a_correction_scores_a_final_apel_again_by_the_policy_that_it_keeps(
    season: Season, run: Any, session: Any
) -> None:
    _, apel = eventful(season)
    season.finalize(apel)
    before = season.scores(apel)
    put_in_force(season, run, session, apel)
    budi, asn_id = run(
        session.execute(select(Mark.id, Mark.asn_id).where(Mark.status == "H", Mark.mode == "wfa").limit(1))
    ).one()
    first, second = season.api.as_(Role.ADMIN), season.api.as_(Role.ADMIN)
    own = f"/v1/scores/asn/{asn_id}?period=2026-11"
    assert first.get(own).json()["apels"] == 1
    body = {"status": "DL", "reason": "Surat tugas menyusul", "document": {"number": "090/12", "date": "2026-11-23"}}
    proposed = first.post(f"/v1/attendance/{budi}/correct", body)
    assert proposed.status_code == 201, proposed.text
    assert season.scores(apel) == before
    confirmed = second.post(f"/v1/attendance/corrections/{proposed.json()['id']}/confirm")
    assert confirmed.status_code == 200, confirmed.text
    after = season.scores(apel)
    assert (after["policy"], after["provisional"], after["revision"]) == ("apel-dasar@1", False, before["revision"] + 1)
    old, new = ({row["opd_code"]: row["duty_rate"] for row in one["opd"]} for one in (before, after))
    assert new["DISDIK"]["excluded"] == old["DISDIK"]["excluded"] | {"DL": 1}
    assert {code: new[code] for code in ("DINKES", "PUPR")} == {code: old[code] for code in ("DINKES", "PUPR")}
    assert first.get(own).json()["apels"] == 0
    assert run(rebuild(session, SYSTEM, apel.id, keep=True, at=season.api.now)).differences == ()


def test_rebuilding_finds_what_no_fact_explains_and_mends_it_when_asked(season: Season, run: Any, session: Any) -> None:
    _, apel = eventful(season)
    before = season.scores(apel)
    tampered = select(Mark.id).where(Mark.apel_id == apel.id, Mark.status == "H").limit(1).scalar_subquery()
    run(session.execute(update(Mark).where(Mark.id == tampered).values(status="TK")))
    run(session.execute(delete(Tally).where(Tally.apel_id == apel.id, Tally.opd_code == "PUPR")))
    run(session.commit())
    for keep in (False, False, True):
        rebuilt = run(rebuild(session, SYSTEM, apel.id, keep=keep, at=season.api.now))
        run(session.commit())
        assert sorted((one.table, one.kind) for one in rebuilt.differences) == [("mark", "changed"), ("tally", "new")]
    [entry] = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "scoring.rebuild"))).all()
    assert (entry.target, entry.detail) == (str(apel.id), {"differences": 2})
    assert run(rebuild(session, SYSTEM, apel.id, keep=True, at=season.api.now)).differences == ()
    run(session.commit())
    after = season.scores(apel)
    assert (after["opd"], after["revision"]) == (before["opd"], before["revision"] + 1)
