"""People's points and ledgers over HTTP: what they say, what they rest on, who may see them."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.attendance.models import Mark
from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.audit.test_service import keyed
from tests.monday import NUMBER, Story, claim, naming
from tests.policies.documents import changed
from tests.scoring.conftest import FIRST, WEEK, Season


def weeks(season: Season, person: Asn, story: str, opd_code: str = "DISDIK") -> list[Any]:
    """The month's apels as they went for one of ten: H present, T unexplained, D on duty elsewhere, - not reported."""
    apels = []
    for week, sign in enumerate(story):
        apel = season.apel(FIRST + week * WEEK)
        status = {"H": "H", "T": "TK", "D": "DL"}.get(sign)
        if status is not None:
            counted: dict[str, int] = {"T": {"unexplained": 1}, "D": {"DL": 1}}.get(sign, {})
            body = claim(10, 9 if counted else 10, **counted)
            season.report(apel, opd_code, naming(body, (person, status, None)))
        season.scores(apel)
        apels.append(apel)
    return apels


def read(caller: Any, person: Asn, query: str = "") -> dict[str, Any]:
    answer = caller.get(f"/v1/scores/asn/{person.id}{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def points_of(body: dict[str, Any]) -> tuple[Any, ...]:
    ledger = body["ledger"]
    return body["points"], body["no_points"], body["apels"], ledger and ledger["misses"]


def test_a_person_s_points_streak_and_ledger_are_whole(season: Season) -> None:
    siti, *_ = season.opd("DISDIK")
    weeks(season, siti, "HTDTH")
    body = read(season.api.as_(Role.ADMIN), siti)
    lines = {line["rule"]: line for line in body.pop("lines")}
    assert body == {
        "asn_id": str(siti.id),
        "period": "2026",
        "year": 2026,
        "marks": {"DL": 1, "H": 2, "TK": 2},
        "unexplained_on": ["2026-11-23", "2026-11-09"],
        "pending": 0,
        "disputed": 0,
        "rate": {"numerator": 2, "denominator": 5, "excluded": {}, "percent": 40.0},
        "duty_rate": {"numerator": 2, "denominator": 4, "excluded": {"DL": 1}, "percent": 50.0},
        "policy": "apel-dasar@1",
        "points": 50.0,
        "no_points": None,
        "apels": 4,
        "streak": {"now": 1, "best": 1, "bonus": 0},
        "ledger": {
            "from_date": "2026-01-01",
            "to_date": "2026-12-31",
            "misses": 2,
            "missed_on": ["2026-11-23", "2026-11-09"],
            "step": {
                "code": "pengingat",
                "at_least": 1,
                "advice": "Atasan langsung mengingatkan dan menanyakan sebabnya.",
            },
            "next_step": {
                "code": "pembinaan-lisan",
                "at_least": 3,
                "advice": "Atasan langsung melakukan pembinaan lisan.",
            },
        },
        "href": f"/v1/asn/{siti.id}/attendance?from=2026-01-01&to=2026-12-31",
    }
    assert {rule.removeprefix("person."): len(line["evidence"]) for rule, line in lines.items()} == {
        "present": 2, "unexplained": 2, "at_rest": 1, "streak": 1, "average": 4, "apel_ledger": 2
    }  # fmt: skip
    ledger = lines["person.apel_ledger"]
    first = ledger.pop("evidence")[0]
    assert ledger == {
        "rule": "person.apel_ledger",
        "policy": "apel-dasar@1",
        "text": "Tercatat 2 kali tidak mengikuti apel sejak 2026-01-01. Atasan langsung mengingatkan dan menanyakan "
        "sebabnya. Ini bukan hitungan hari tidak masuk kerja.",
        "facts": {
            "misses": 2,
            "from": "2026-01-01",
            "step": "pengingat",
            "advice": "Atasan langsung mengingatkan dan menanyakan sebabnya.",
            "next_at": 3,
            "base": None,
            "source": "Kebijakan instansi: pembinaan kehadiran apel; bukan penghitungan hari PP 94/2021",
            "verified": False,
        },
    }
    mark = season.api.as_(Role.ADMIN).get(first["href"]).json()
    assert (mark["mark_id"], mark["status"]) == (first["id"], "TK")


def test_a_period_begins_anew_while_the_ledger_runs_on(season: Season) -> None:
    siti, *_ = season.opd("DISDIK")
    weeks(season, siti, "TTTTTHHHHH")
    admin = season.api.as_(Role.ADMIN)
    assert points_of(read(admin, siti, "?period=2026-11")) == (0.0, None, 5, 5)
    assert points_of(read(admin, siti, "?period=2026-12")) == (101.0, None, 4, 5)
    assert points_of(read(admin, siti, "?period=2026-Q4")) == (45.44, None, 9, 5)
    assert points_of(read(admin, siti, "?period=2027-01")) == (None, "too-few-apels", 1, 0)
    assert read(admin, siti, "?year=2026")["points"] == read(admin, siti, "?period=2026")["points"] == 45.44
    for query in ("?period=2026&year=2026", "?period=2026-13", "?year=99999"):
        assert admin.get(f"/v1/scores/asn/{siti.id}{query}").status_code == 422
    both = admin.get("/v1/scores/opd?period=2026-11&from=2026-11-01")
    assert (both.status_code, both.json()["code"]) == (422, "score-period-ambiguous")
    days = admin.get("/v1/scores/opd?from=2026-11-01&to=2026-11-30").json()
    assert days["items"]
    assert admin.get("/v1/scores/opd?period=2026-11").json() == days


def test_an_apel_keeps_the_policy_it_was_scored_with(season: Season) -> None:
    siti, *_ = season.opd("DISDIK")
    softer = changed(version=2, effective_from="2026-11-09", **{"person.unexplained": 60})
    silent = changed(version=3, effective_from="2026-11-30") | {"person": None, "apel_ledger": None}
    for document in (softer, silent):
        policy = season.api.as_(Role.ADMIN).post("/v1/policies", document).json()
        season.api.as_(Role.ADMIN).post(f"/v1/policies/{policy['id']}/activate")
    weeks(season, siti, "TTT")
    body = read(season.api.as_(Role.ADMIN), siti)
    assert body["points"] == 40.0
    assert [
        (line["policy"], line["facts"]["apels"]) for line in body["lines"] if line["rule"] == "person.unexplained"
    ] == [
        ("apel-dasar@1", 1),
        ("apel-dasar@2", 2),
    ]
    later = read(season.api.at(season.api.now + 2 * WEEK).as_(Role.ADMIN), siti)
    assert (*points_of(later), later["policy"], later["lines"]) == (None, "no-rule-set", 0, None, "apel-dasar@3", [])


def test_part_of_a_record_makes_no_sum(season: Season, run: Any, session: Any) -> None:
    siti, *_ = season.opd("DISDIK")
    season.opd("DINKES", people=1)
    weeks(season, siti, "HT")
    run(session.execute(update(Mark).where(Mark.status == "H", Mark.asn_id == siti.id).values(unit_code="DINKES")))
    run(session.commit())
    himself = Principal(uuid4(), "siti", (Grant(Role.ASN, None, frozenset()),), asn_id=siti.id)
    for caller in (season.api.as_(Role.ADMIN), season.api.by(himself)):
        assert points_of(read(caller, siti)) == (50.0, None, 2, 1)
    for code in ("DISDIK", "DINKES"):
        body = read(season.api.as_(Role.OPD_HEAD, code), siti)
        assert (*points_of(body), body["lines"], body["streak"]) == (None, "not-all-seen", 0, None, [], None)


def test_people_are_listed_page_by_page_within_reach_and_on_the_record(season: Season, run: Any, session: Any) -> None:
    siti, budi, *_ = season.opd("DISDIK")
    season.opd("DINKES", people=2)
    weeks(season, siti, "HT")
    admin = season.api.as_(Role.ADMIN)
    first = admin.get("/v1/scores/asn?limit=1&period=2026-11").json()
    assert first["items"] == [
        {
            "asn_id": str(siti.id),
            "name": siti.name,
            "nip_masked": "*" * 14 + siti.nip[-4:],
            "opd_code": "DISDIK",
            "period": "2026-11",
            "policy": "apel-dasar@1",
            "points": 50.0,
            "no_points": None,
            "apels": 2,
            "streak": {"now": 0, "best": 1, "bonus": 0},
            "misses": 1,
            "step": "pengingat",
            "href": f"/v1/scores/asn/{siti.id}?period=2026-11",
        }
    ]
    [entry] = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "scoring.list-people"))).all()
    assert entry.subjects == [keyed(siti.nip)]
    assert admin.get(first["items"][0]["href"]).json()["points"] == 50.0
    rest = admin.get(f"/v1/scores/asn?period=2026-11&cursor={first['next_cursor']}").json()
    assert (rest["items"][0]["asn_id"], len(rest["items"]), rest["next_cursor"]) == (str(budi.id), 11, None)
    assert len(admin.get("/v1/scores/asn?opd_code=DINKES").json()["items"]) == 2
    assert admin.get("/v1/scores/asn?period=2025").json()["items"] == []
    own = season.api.as_(Role.OPD_HEAD, "DINKES").get("/v1/scores/asn").json()["items"]
    assert {row["opd_code"] for row in own} == {"DINKES"}
    for role in (Role.KOMINFO, Role.READER, Role.ADAPTER, Role.SCREEN, Role.ASN):
        assert season.api.as_(role).get("/v1/scores/asn").status_code == 403


@pytest.mark.parametrize("outcome", [None, "confirmed", "explained"])
def test_leaving_early_costs_until_somebody_explains_it(season: Season, outcome: str | None) -> None:
    siti, *_ = season.opd("DISDIK")
    weeks(season, siti, "H")
    apel = season.apel(zoom_meeting_ids=[NUMBER])
    story = Story(season.api, apel)
    story.starts()
    device = story.joins(f"[DISDIK] {siti.nip[-4:]} {siti.name}")
    story.leaves(device, apel.starts_at + WEEK / 7 / 24 / 12)
    story.ends()
    season.report(apel, "DISDIK", naming(claim(10, 9, wfa=1), (siti, "H", "wfa")))
    season.scores(apel)
    if outcome is not None:
        found = season.api.as_(Role.ADMIN).get(f"/v1/apel/{apel.id}/findings").json()["items"]
        [early] = [finding["id"] for finding in found if finding["code"] == "left-early"]
        body = {"outcome": outcome, "note": "Sinyal hilang"}
        assert season.api.as_(Role.ADMIN).post(f"/v1/findings/{early}/resolve", body).status_code in (200, 201)
    expected = 100.0 if outcome == "explained" else 90.0
    assert read(season.api.as_(Role.ADMIN), siti)["points"] == expected
