"""An apel's scores over HTTP: what they say, what they rest on, when they are remade."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from app.attendance.models import Mark
from app.core.principal import Role
from app.reports.models import ReportVersion
from tests.make import MONDAY, Make
from tests.monday import DUE, NUMBER, Story, claim, naming
from tests.scoring.conftest import Season, lines_of

BASIS = {"verified": False}


def test_a_score_explains_itself_line_by_line(season: Season, run: Any, session: Any) -> None:
    people = season.opd("DISDIK")
    apel = season.apel()
    body = naming(
        claim(10, 7, unexplained=1, DL=1, S=1), (people[0], "TK", None), (people[1], "DL", None), (people[2], "S", None)
    )
    season.report(apel, "DISDIK", body, late=7)
    answer = season.after(apel).as_(Role.ADAPTER).post(f"/v1/apel/{apel.id}/scores")
    assert answer.status_code == 200
    version = run(session.scalar(select(ReportVersion.id)))
    mark = run(session.scalar(select(Mark.id).where(Mark.asn_id == people[0].id)))
    findings = season.api.as_(Role.ADMIN).get(f"/v1/apel/{apel.id}/findings").json()["items"]
    [late] = [finding["id"] for finding in findings if finding["code"] == "late"]
    reported = {
        "kind": "report_version",
        "id": str(version),
        "href": f"/v1/apel/{apel.id}/reports/DISDIK/versions",
    }
    assert answer.json() == {
        "apel_id": str(apel.id),
        "revision": answer.json()["revision"],
        "policy": "apel-dasar@1",
        "provisional": True,
        "computed_at": "2026-11-23T01:01:00Z",
        "opd": [
            {
                "opd_code": "DISDIK",
                "points": 90.5,
                "band": "kecil",
                "band_size": 1,
                "rank": None,
                "tier": None,
                "rate": {"numerator": 7, "denominator": 10, "excluded": {}, "percent": 70.0},
                "duty_rate": {"numerator": 7, "denominator": 8, "excluded": {"DL": 1, "excused": 1}, "percent": 87.5},
                "pending": False,
                "lines": [
                    {
                        "rule": "duty_rate",
                        "policy": "apel-dasar@1",
                        "points": 52.5,
                        "facts": {
                            "reason": "counted",
                            "text": "Hadir 7 dari 8 orang yang wajib hadir; 2 berketerangan sah tidak dihitung.",
                            "present": 7,
                            "expected": 8,
                            "strength": 10,
                            "excused": 2,
                            "unexplained": 1,
                            "not_reported": 0,
                            "disputed": 0,
                            "most": 60,
                            "base": "Hadir dibagi (jumlah - berketerangan sah)",
                            "source": "Kebijakan instansi: tingkat kehadiran (Bupati Mamuju, 9 Oktober 2023)",
                            "verified": False,
                        },
                        "evidence": [
                            {
                                "kind": "mark",
                                "id": str(mark),
                                "href": f"/v1/attendance/{mark}",
                            },
                            reported,
                        ],
                    },
                    {
                        "rule": "timeliness",
                        "policy": "apel-dasar@1",
                        "points": 18.0,
                        "facts": {
                            "reason": "late",
                            "text": "Laporan masuk 7 menit setelah tenggat; berkurang satu poin setiap 3 menit.",
                            "late_minutes": 7,
                            "minutes_per_point": 3,
                            "claims_needed": 1,
                            "claims_missing": 0,
                            "most": 20,
                            "base": "Nilai penuh baris ini dikurangi menit terlambat",
                            "source": "Kebijakan instansi: laporan sebelum tenggat",
                            "verified": False,
                        },
                        "evidence": [
                            {
                                "kind": "finding",
                                "id": late,
                                "href": f"/v1/findings/{late}",
                            },
                            reported,
                        ],
                    },
                    {
                        "rule": "accuracy",
                        "policy": "apel-dasar@1",
                        "points": 20.0,
                        "facts": {
                            "reason": "clean",
                            "text": "Laporan sesuai dengan ucapan, daftar pegawai, dan yang terlihat.",
                            "costs": {},
                            "open": 0,
                            "settled": 0,
                            "most": 20,
                            "base": "Nilai penuh baris ini dikurangi temuan yang masih terbuka",
                            "source": "Kebijakan instansi: laporan sesuai bukti dan ucapan",
                            "verified": False,
                        },
                        "evidence": [reported],
                    },
                ],
                "standing": {
                    "rule": "opd.standing",
                    "policy": "apel-dasar@1",
                    "text": "Rata-rata 1 apel 90.5 poin; belum berperingkat, karena perlu sedikitnya 2 apel dan "
                    "5 pegawai wajib apel.",
                    "facts": {
                        "apels": 1,
                        "points": 90.5,
                        "band": "kecil",
                        "rank": None,
                        "tier": None,
                        "minimum_apels": 2,
                        "minimum_strength": 5,
                        "source": "Kebijakan instansi: kelompok, predikat dan sampel minimum",
                        "verified": False,
                    },
                    "evidence": [
                        {
                            "kind": "history",
                            "id": "DISDIK",
                            "href": "/v1/scores/opd/DISDIK?from=2026-11-01&to=2026-11-23&kind=apel_gabungan",
                        }
                    ],
                },
            }
        ],
    }


def test_nothing_is_judged_before_the_apel_is_due(season: Season) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 9)
    early = season.api.at(MONDAY + timedelta(minutes=59)).as_(Role.KOMINFO).post(f"/v1/apel/{apel.id}/scores")
    [row] = early.json()["opd"]
    assert (early.status_code, row["points"], row["pending"], row["lines"], row["rank"]) == (200, None, True, [], None)
    assert season.points(apel) == {"DISDIK": 94.0}


def test_who_never_reported_loses_every_line_and_its_people_nothing(season: Season) -> None:
    season.opd("DISDIK", people=2)
    apel = season.apel()
    scores = season.scores(apel)
    assert {rule: (line["points"], line["facts"]["reason"]) for rule, line in lines_of(scores, "DISDIK").items()} == {
        "duty_rate": (0.0, "not-reported"),
        "timeliness": (0.0, "not-reported"),
        "accuracy": (0.0, "not-reported"),
    }
    assert (scores["opd"][0]["points"], scores["opd"][0]["rate"]["percent"]) == (0.0, 0.0)
    marks = season.api.as_(Role.ADMIN).get(f"/v1/apel/{apel.id}/attendance").json()["items"]
    assert [mark["status"] for mark in marks] == ["BL", "BL"]


def test_a_missing_part_costs_its_share_of_the_timeliness(season: Season) -> None:
    season.opd("DISDIK", people=5)
    season.opd("SMP1", people=5, parent_code="DISDIK", reports="part")
    apel = season.apel()
    season.report(apel, "DISDIK", claim(5, 5))
    lines = lines_of(season.scores(apel), "DISDIK")
    assert {rule: line["points"] for rule, line in lines.items()} == {
        "duty_rate": 30.0,
        "timeliness": 10.0,
        "accuracy": 20.0,
    }
    assert lines["timeliness"]["facts"]["text"] == "Belum masuk 1 dari 2 bagian laporan."
    season.report(apel, "SMP1", claim(5, 5), late=6)
    assert season.points(apel) == {"DISDIK": 98.0}


def test_computing_twice_changes_nothing_however_late(season: Season, run: Any, session: Any) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 9)
    rows = text("SELECT xmin, ctid, points FROM score UNION ALL SELECT xmin, ctid, revision FROM score_run")
    first, before = season.scores(apel), run(session.execute(rows)).all()
    api = season.api.at(MONDAY + timedelta(days=3))
    assert api.as_(Role.ADAPTER).post(f"/v1/apel/{apel.id}/scores").json() == first
    assert run(session.execute(rows)).all() == before


def test_a_score_is_remade_when_a_fact_changed(season: Season) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 5)
    first = season.scores(apel)
    season.report(apel, "DISDIK", claim(10, 8, unexplained=2) | {"reason": "Salah hitung"}, if_match='"1"')
    season.after(apel)
    second = season.scores(apel)
    assert [scores["opd"][0]["points"] for scores in (first, second)] == [70.0, 88.0]
    assert second["revision"] > first["revision"]
    assert [one["kind"] for one in second["opd"][0]["lines"][1]["evidence"]] == ["report_version"]


def test_scores_are_provisional_until_the_apel_is_final(season: Season) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 9)
    assert season.scores(apel)["provisional"] is True
    season.finalize(apel)
    assert season.scores(apel)["provisional"] is False


def test_a_cancelled_apel_has_no_scores(season: Season) -> None:
    season.opd("DISDIK")
    apel = season.apel()
    season.present(apel, "DISDIK", 9)
    assert season.points(apel) == {"DISDIK": 94.0}
    answer = season.api.as_(Role.KOMINFO).post(f"/v1/apel/{apel.id}/cancel", {"reason": "Hujan"})
    assert answer.status_code == 200, answer.text
    assert season.points(apel) == {}


@pytest.fixture
def story(season: Season, make: Make) -> Story:
    season.opd("DISDIK", people=4)
    return Story(season.api, make.apel(zoom_meeting_ids=[NUMBER]))


def _score(story: Story) -> dict[str, Any]:
    answer = story.api.as_(Role.ADMIN).at(DUE + timedelta(hours=3)).get(story.path("scores"))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_accuracy_rests_while_evidence_has_a_gap(story: Story) -> None:
    """Not one event of the meeting arrived: what nobody saw says nothing against the report."""
    story.reports("DISDIK", claim(4, 3, unexplained=1))
    scores = _score(story)
    accuracy = lines_of(scores, "DISDIK")["accuracy"]
    assert (accuracy["points"], accuracy["facts"]["reason"]) == (None, "evidence-gap")
    assert accuracy["facts"]["text"] == "Sebagian rapat tidak terekam; baris ini menunggu dan tidak dinilai."
    # 45 + 20 of the 80 points that can be judged.
    assert scores["opd"][0]["points"] == 81.25


def test_a_room_that_never_connected_costs_accuracy_until_somebody_explains(story: Story) -> None:
    story.starts()
    story.ends()
    story.reports("DISDIK", claim(4, 4))
    accuracy = lines_of(_score(story), "DISDIK")["accuracy"]
    assert (accuracy["points"], accuracy["facts"]["costs"]) == (15.0, {"reported-never-connected": 5})
    [finding] = [one for one in accuracy["evidence"] if one["kind"] == "finding"]
    admin = story.api.as_(Role.ADMIN)
    resolve = f"/v1/findings/{finding['id']}/resolve"
    decided = admin.post(resolve, {"outcome": "confirmed", "note": "Memang tidak ada"})
    assert decided.status_code == 200
    assert lines_of(_score(story), "DISDIK")["accuracy"]["points"] == 15.0
    later = admin.at(DUE + timedelta(hours=4))
    seen = {"if-match": decided.headers["etag"]}
    assert later.post(resolve, {"outcome": "explained", "note": "Listrik padam"}, headers=seen).status_code == 200
    accuracy = lines_of(_score(story), "DISDIK")["accuracy"]
    assert (accuracy["points"], accuracy["facts"]["settled"]) == (20.0, 1)


def test_every_address_in_a_score_answers(story: Story, make: Make) -> None:
    absent = make.asn("DISDIK", "Tuti Alpa")
    accused = make.asn("DISDIK", "Wati Ada", nip="198501012010012006")
    story.starts()
    story.joins("[DISDIK] Ruang Apel")
    story.joins("[DISDIK] 2006 Wati")
    story.ends()
    body = naming(claim(7, 5, unexplained=2), (absent, "TK", None), (accused, "TK", None))
    story.reports("DISDIK", body, at=MONDAY + timedelta(minutes=75))
    evidence = [one for line in _score(story)["opd"][0]["lines"] for one in line["evidence"]]
    assert {one["kind"] for one in evidence} == {"report_version", "presence", "mark", "finding"}
    admin = story.api.as_(Role.ADMIN)
    for one in evidence:
        answer = admin.get(one["href"])
        assert answer.status_code == 200, one
        assert one["id"] in answer.text, one


def test_ranks_of_the_month_change_the_tag_and_nothing_new_is_304(season: Season) -> None:
    season.opd("DISDIK")
    first, second = season.apel(MONDAY - timedelta(days=7)), season.apel()
    season.present(first, "DISDIK", 9)
    season.present(second, "DISDIK", 9)
    season.scores(first)
    reader = season.after(second).as_(Role.READER)
    path = f"/v1/apel/{second.id}/scores"
    answer = reader.get(path)
    tag = answer.headers["etag"]
    assert tag.startswith(f'"{answer.json()["revision"]}-')
    assert reader.get(path, headers={"if-none-match": tag}).status_code == 304
    english = reader.get(path, headers={"if-none-match": tag, "accept-language": "en"})
    assert english.json()["opd"][0]["lines"][1]["facts"]["text"] == "The report came in before the deadline."
    season.report(first, "DISDIK", claim(10, 1, unexplained=9) | {"reason": "Salah hitung"}, if_match='"1"')
    season.scores(first)
    season.after(second)
    assert reader.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("role", [Role.BUPATI, Role.KOMINFO, Role.INSPECTOR, Role.READER, Role.ADAPTER])
def test_all_units_are_seen_by(season: Season, role: Role) -> None:
    season.opd("DISDIK", people=1)
    season.opd("DINKES", people=1)
    assert [row["opd_code"] for row in season.scores(season.apel(), role)["opd"]] == ["DINKES", "DISDIK"]


def test_an_opd_sees_itself_alone_and_its_own_sick_leave(season: Season) -> None:
    season.opd("DISDIK", people=2)
    season.opd("DINKES", people=2)
    apel = season.apel()
    for code in ("DISDIK", "DINKES"):
        season.report(apel, code, claim(2, 1, S=1))
    [row] = season.scores(apel, Role.OPD_OPERATOR, "DISDIK")["opd"]
    assert (row["opd_code"], row["band_size"], row["duty_rate"]["excluded"]) == ("DISDIK", 2, {"S": 1})
    seen = {role: season.scores(apel, role)["opd"][0]["duty_rate"]["excluded"] for role in (Role.ADMIN, Role.READER)}
    assert seen == {Role.ADMIN: {"S": 1}, Role.READER: {"excused": 1}}


@pytest.mark.parametrize(
    ("method", "allowed"),
    [
        ("POST", {Role.ADAPTER, Role.KOMINFO, Role.ADMIN}),
        ("GET", set(Role) - {Role.ASN, Role.SCREEN}),
    ],
)
def test_who_may_ask_for_scores(season: Season, method: str, allowed: set[Role]) -> None:
    path = f"/v1/apel/{season.apel().id}/scores"
    answers = {role: season.api.as_(role, "DISDIK").request(method, path).status_code for role in Role}
    assert answers == {role: 200 if role in allowed else 403 for role in Role}


def test_an_apel_that_does_not_exist_has_no_scores(season: Season) -> None:
    answer = season.api.as_(Role.ADMIN).get("/v1/apel/00000000-0000-7000-8000-000000000000/scores")
    assert (answer.status_code, answer.json()["code"]) == (404, "apel-not-found")


def _statements(season: Season, engine: Any, opds: int, start: int) -> int:
    for number in range(start, start + opds):
        season.opd(f"OPD{number}", people=3)
    apel = season.apel(MONDAY + timedelta(days=7 * (start + 1)))
    for number in range(start, start + opds):
        season.present(apel, f"OPD{number}", 2, of=3)
    api = season.after(apel).as_(Role.ADMIN)
    api.get(f"/v1/apel/{apel.id}/attendance")
    seen: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", count)
    try:
        assert len(api.post(f"/v1/apel/{apel.id}/scores").json()["opd"]) == start + opds
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", count)
    return len(seen)


def test_the_number_of_statements_does_not_depend_on_the_number_of_units(season: Season, engine: Any) -> None:
    assert _statements(season, engine, 1, 0) == _statements(season, engine, 12, 1)
