"""Months of scores over HTTP: ranks within size, an OPD against itself, a person's year."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.attendance.models import Mark
from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from tests.audit.test_service import keyed
from tests.make import MONDAY
from tests.monday import claim, naming
from tests.scoring.conftest import FIRST, WEEK, Season


def mondays(season: Season, *results: dict[str, int], **fields: Any) -> list[Any]:
    """Apels on the month's Mondays, reported and scored: how many of ten were there, by OPD."""
    apels = []
    for week, present in enumerate(results):
        apel = season.apel(FIRST + week * WEEK, **fields)
        for code, number in present.items():
            season.present(apel, code, number)
        season.scores(apel)
        apels.append(apel)
    return apels


def test_ranks_come_with_the_second_monday_and_ties_share_one(season: Season) -> None:
    for code in ("DINKES", "DISDIK", "PUPR"):
        season.opd(code)
    first, second = mondays(
        season,
        {"DINKES": 9, "DISDIK": 10, "PUPR": 5},
        {"DINKES": 10, "DISDIK": 9, "PUPR": 9},
    )
    assert season.ranks(first) == {"DINKES": None, "DISDIK": None, "PUPR": None}
    assert season.ranks(second) == {"DINKES": 1, "DISDIK": 1, "PUPR": 3}
    rows = {row["opd_code"]: row for row in season.scores(second)["opd"]}
    assert {code: (row["tier"], row["band_size"]) for code, row in rows.items()} == {
        "DINKES": ("utama", 3),
        "DISDIK": ("utama", 3),
        "PUPR": ("baik", 3),
    }


def test_a_month_begins_anew(season: Season) -> None:
    season.opd("DISDIK")
    mondays(season, {"DISDIK": 10}, {"DISDIK": 10}, {"DISDIK": 10}, {"DISDIK": 10}, {"DISDIK": 10})
    december = season.apel(FIRST + 5 * WEEK)
    season.present(december, "DISDIK", 10)
    assert season.ranks(december) == {"DISDIK": None}


@pytest.mark.parametrize("kept_apart", ["rehearsal", "cancelled", "of another kind"])
def test_what_never_counts_ranks_nobody(season: Season, kept_apart: str) -> None:
    season.opd("DISDIK")
    kinds: dict[str, dict[str, Any]] = {"rehearsal": {"rehearsal": True}, "of another kind": {"kind": "rakor"}}
    other = season.apel(FIRST, **kinds.get(kept_apart, {}))
    season.present(other, "DISDIK", 10)
    assert season.points(other) == {"DISDIK": 100.0}
    if kept_apart == "cancelled":
        season.api.as_(Role.KOMINFO).post(f"/v1/apel/{other.id}/cancel", {"reason": "Hujan"})
    counting = season.apel(FIRST + WEEK)
    season.present(counting, "DISDIK", 8)
    season.scores(counting)
    [standing] = season.api.as_(Role.BUPATI).get("/v1/scores/opd").json()["items"]
    assert (standing["apels"], standing["points"], standing["rank"]) == (1, 88.0, None)
    assert season.ranks(counting) == {"DISDIK": None}


def test_a_rehearsal_is_scored_for_itself_and_ranks_nobody(season: Season) -> None:
    season.opd("DISDIK")
    mondays(season, {"DISDIK": 10}, {"DISDIK": 10})
    rehearsal = season.apel(FIRST + 2 * WEEK, rehearsal=True)
    season.present(rehearsal, "DISDIK", 10)
    assert season.ranks(rehearsal) == {"DISDIK": None}
    assert season.points(rehearsal) == {"DISDIK": 100.0}


def standing_line(code: str) -> dict[str, Any]:
    return {
        "rule": "opd.standing",
        "policy": "apel-dasar@1",
        "text": "Rata-rata 2 apel 94 poin: peringkat 1 di kelompok kecil, predikat utama.",
        "facts": {
            "apels": 2,
            "points": 94,
            "band": "kecil",
            "rank": 1,
            "tier": "utama",
            "minimum_apels": 2,
            "minimum_strength": 5,
            "source": "Kebijakan instansi: kelompok, predikat dan sampel minimum",
            "verified": False,
        },
        "evidence": [
            {
                "kind": "history",
                "id": code,
                "href": f"/v1/scores/opd/{code}?from=2026-11-01&to=2026-11-09&kind=apel_gabungan",
            }
        ],
    }


def test_standings_of_the_month_are_whole(season: Season) -> None:
    season.opd("DISDIK")
    season.opd("DINKES")
    mondays(season, {"DISDIK": 9, "DINKES": 8}, {"DISDIK": 9, "DINKES": 10})
    answer = season.api.as_(Role.READER).get("/v1/scores/opd")
    assert answer.json() == {
        "items": [
            {
                "opd_code": "DINKES",
                "apels": 2,
                "points": 94.0,
                "band": "kecil",
                "band_size": 2,
                "rank": 1,
                "tier": "utama",
                "rate": {"numerator": 18, "denominator": 20, "excluded": {}, "percent": 90.0},
                "duty_rate": {"numerator": 18, "denominator": 20, "excluded": {}, "percent": 90.0},
                "lines": [standing_line("DINKES")],
            },
            {
                "opd_code": "DISDIK",
                "apels": 2,
                "points": 94.0,
                "band": "kecil",
                "band_size": 2,
                "rank": 1,
                "tier": "utama",
                "rate": {"numerator": 18, "denominator": 20, "excluded": {}, "percent": 90.0},
                "duty_rate": {"numerator": 18, "denominator": 20, "excluded": {}, "percent": 90.0},
                "lines": [standing_line("DISDIK")],
            },
        ],
        "next_cursor": None,
    }


def test_standings_are_read_page_by_page_over_any_span(season: Season) -> None:
    for code in ("DINKES", "DISDIK", "PUPR"):
        season.opd(code)
    mondays(season, *({"DINKES": 9, "DISDIK": 10, "PUPR": 5} for _ in range(2)))
    bupati = season.api.as_(Role.BUPATI)
    first = bupati.get("/v1/scores/opd?limit=2").json()
    second = bupati.get(f"/v1/scores/opd?limit=2&cursor={first['next_cursor']}").json()
    assert [row["opd_code"] for row in first["items"] + second["items"]] == ["DINKES", "DISDIK", "PUPR"]
    assert second["next_cursor"] is None
    day = "from=2026-11-02&to=2026-11-02"
    assert {row["apels"] for row in bupati.get(f"/v1/scores/opd?{day}").json()["items"]} == {1}
    assert bupati.get("/v1/scores/opd?from=2026-12-01").json()["items"] == []
    assert bupati.get("/v1/scores/opd?kind=upacara").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-03&to=2026-11-02", "score-span-invalid"),
        ("from=2025-01-01&to=2026-11-02", "score-span-invalid"),
        ("from=2026-11-32", "input-invalid"),
        ("since=2026-11-02", "input-invalid"),
        ("kind=pesta", "input-invalid"),
        ("cursor=xx", "bad-cursor"),
    ],
)
def test_a_span_that_does_not_fit_is_refused(season: Season, query: str, code: str) -> None:
    answer = season.api.as_(Role.BUPATI).get(f"/v1/scores/opd?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_opd_stands_beside_others_and_sees_itself_alone(season: Season) -> None:
    season.opd("DISDIK")
    season.opd("DINKES")
    mondays(season, {"DISDIK": 9, "DINKES": 10}, {"DISDIK": 9, "DINKES": 10})
    head = season.api.as_(Role.OPD_HEAD, "DISDIK")
    [own] = head.get("/v1/scores/opd").json()["items"]
    assert (own["opd_code"], own["rank"], own["band_size"]) == ("DISDIK", 2, 2)
    history = head.get("/v1/scores/opd/DISDIK").json()
    shown = history["standing"] | {"lines": own["lines"]}
    assert shown == own
    assert [link["id"] for link in history["standing"]["lines"][0]["evidence"]] == [
        week["apel_id"] for week in reversed(history["items"])
    ]
    for code in ("DINKES", "NIRWANA"):
        assert head.get(f"/v1/scores/opd/{code}").json()["code"] == "opd-not-found"
    assert season.api.as_(Role.ADMIN).get("/v1/scores/opd/NIRWANA").status_code == 404


def test_each_week_is_shown_against_the_opd_s_own_average(season: Season) -> None:
    season.opd("DISDIK")
    apels = mondays(season, *({"DISDIK": number} for number in (2, 10, 9, 8, 9, 10)))
    history = season.api.as_(Role.BUPATI).get("/v1/scores/opd/DISDIK?from=2026-11-16&to=2026-12-07").json()
    assert [(week["date"], week["rate"]["percent"]) for week in history["items"]] == [
        ("2026-12-07", 100.0),
        ("2026-11-30", 90.0),
        ("2026-11-23", 80.0),
        ("2026-11-16", 90.0),
    ]
    averages = [(week["own_average"]["apels"], week["own_average"]["rate"]["percent"]) for week in history["items"]]
    # The latest week against four before it, of which 2 November is none; the earliest against all that there were.
    assert averages == [(4, 90.0), (4, 72.5), (3, 70.0), (2, 60.0)]
    assert [week["delta"] for week in history["items"]] == [
        {"rate": 10.0, "duty_rate": 10.0},
        {"rate": 17.5, "duty_rate": 17.5},
        {"rate": 10.0, "duty_rate": 10.0},
        {"rate": 30.0, "duty_rate": 30.0},
    ]
    assert (history["policy"], history["standing"]["apels"]) == ("apel-dasar@1", 4)
    newest = history["items"][0]
    assert newest == {
        "apel_id": str(apels[-1].id),
        "href": f"/v1/apel/{apels[-1].id}/scores",
        "date": "2026-12-07",
        "title": "Apel Gabungan",
        "points": 100.0,
        "pending": False,
        "provisional": True,
        "rate": {"numerator": 10, "denominator": 10, "excluded": {}, "percent": 100.0},
        "duty_rate": {"numerator": 10, "denominator": 10, "excluded": {}, "percent": 100.0},
        "own_average": {
            "apels": 4,
            "rate": {"numerator": 36, "denominator": 40, "excluded": {}, "percent": 90.0},
            "duty_rate": {"numerator": 36, "denominator": 40, "excluded": {}, "percent": 90.0},
        },
        "delta": {"rate": 10.0, "duty_rate": 10.0},
    }


def test_the_first_week_and_a_final_one_say_so(season: Season) -> None:
    season.opd("DISDIK")
    [apel] = mondays(season, {"DISDIK": 9})
    season.finalize(apel)
    season.scores(apel)
    [week] = season.api.as_(Role.BUPATI).get("/v1/scores/opd/DISDIK").json()["items"]
    assert (week["own_average"], week["delta"], week["provisional"]) == (None, None, False)


def _year(season: Season) -> tuple[Any, Any]:
    """A person with a year at the apel: there, away, ill, missing twice, unreported, and apels that do not count."""
    siti, *_ = season.opd("DISDIK", people=2)
    stories: list[tuple[str | None, dict[str, Any]]] = [
        ("H", {}),
        ("DL", {}),
        ("S", {}),
        ("TK", {}),
        ("TK", {}),
        (None, {}),
        ("TK", {"rehearsal": True}),
        ("TK", {}),
    ]
    for week, (status, fields) in enumerate(stories):
        apel = season.apel(FIRST - (8 - week) * WEEK, **fields)
        if status is not None:
            counted = {"unexplained": 1} if status == "TK" else {} if status == "H" else {status: 1}
            body = claim(2, 2 if status == "H" else 1, **counted)
            season.report(apel, "DISDIK", naming(body, (siti, status, None)))
        season.scores(apel)
    season.api.as_(Role.KOMINFO).post(f"/v1/apel/{apel.id}/cancel", {"reason": "Hujan"})
    season.scores(apel)
    running = season.apel(MONDAY)
    season.api.at(MONDAY + timedelta(minutes=10)).as_(Role.ADMIN).get(f"/v1/apel/{running.id}/attendance")
    return siti, season.api


def test_a_person_s_year_counts_marks_and_names_the_days_without_explanation(season: Season) -> None:
    siti, api = _year(season)
    body = api.as_(Role.ADMIN).get(f"/v1/scores/asn/{siti.id}").json()
    assert {name: body[name] for name in ("marks", "unexplained_on", "pending", "disputed", "rate", "duty_rate")} == {
        "marks": {"BL": 1, "DL": 1, "H": 1, "S": 1, "TK": 2},
        "unexplained_on": ["2026-10-05", "2026-09-28"],
        "pending": 1,
        "disputed": 0,
        "rate": {"numerator": 1, "denominator": 5, "excluded": {"BL": 1}, "percent": 20.0},
        "duty_rate": {"numerator": 1, "denominator": 3, "excluded": {"BL": 1, "DL": 1, "S": 1}, "percent": 33.33},
    }
    # The rehearsal and the cancelled apel were missed as well, and are no misses.
    assert (body["points"], body["apels"], body["ledger"]["misses"]) == (33.33, 3, 2)
    assert api.as_(Role.ADMIN).get(f"/v1/scores/asn/{siti.id}?year=2025").json()["marks"] == {}


def test_a_person_s_year_is_seen_by_the_own_unit_and_those_above_it(season: Season) -> None:
    siti, api = _year(season)
    path = f"/v1/scores/asn/{siti.id}"

    def ill(caller: Any) -> dict[str, int]:
        marks: dict[str, int] = caller.get(path).json()["marks"]
        return {code: number for code, number in marks.items() if code in ("S", "excused")}

    himself = Principal(uuid4(), "siti", (Grant(Role.ASN, None, frozenset()),), asn_id=siti.id)
    for caller in (api.as_(Role.INSPECTOR), api.as_(Role.OPD_HEAD, "DISDIK"), api.by(himself)):
        assert ill(caller) == {"S": 1}
    assert ill(api.as_(Role.BUPATI)) == {"excused": 1}
    season.opd("DINKES", people=1)
    for stranger in (api.as_(Role.OPD_OPERATOR, "DINKES"), api.as_(Role.ASN)):
        assert stranger.get(path).json()["code"] == "person-not-found"
    for role in (Role.KOMINFO, Role.READER, Role.ADAPTER, Role.SCREEN):
        assert api.as_(role).get(path).status_code == 403


def test_a_person_who_moved_is_known_by_the_old_unit_from_its_own_apels_only(season: Season, run: Any) -> None:
    siti, api = _year(season)
    season.opd("DINKES", people=0)
    session = season.make.session
    run(session.execute(update(Mark).where(Mark.status == "H").values(unit_code="DINKES")))
    run(session.commit())
    assert api.as_(Role.OPD_HEAD, "DINKES").get(f"/v1/scores/asn/{siti.id}").json()["marks"] == {"H": 1}


def test_reading_a_person_s_year_is_recorded_and_an_unknown_person_is_not_found(
    season: Season, run: Any, session: Any
) -> None:
    [siti] = season.opd("DISDIK", people=1)
    season.api.as_(Role.INSPECTOR).get(f"/v1/scores/asn/{siti.id}")
    entries = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "scoring.read-person"))).all()
    assert [(entry.target, entry.subjects) for entry in entries] == [(str(siti.id), [keyed(siti.nip)])]
    assert season.api.as_(Role.INSPECTOR).get(f"/v1/scores/asn/{uuid4()}").status_code == 404
    assert season.api.as_(Role.INSPECTOR).get(f"/v1/scores/asn/{siti.id}?year=1999").status_code == 422
