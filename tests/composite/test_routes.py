"""Parts of OPDs, persons and the whole regency over HTTP: what is known weighs, what is not is named."""

from datetime import timedelta
from typing import Any

import pytest

from app.board.keeping import JOB, refresh_parts
from app.core.db import OpenSession
from app.core.jobs import take_turn
from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY, NOBODY, Make

MONTH = "2026-11"


@pytest.fixture
def told(api: Api, make: Make) -> dict[str, Any]:
    """DUKCAPIL has a counter, five assessed people, and nothing else; DISDIK has nothing at all."""
    make.opd("DUKCAPIL")
    make.opd("DISDIK")
    siti = make.asn("DUKCAPIL", "Siti Aminah")
    people = [siti, *(make.asn("DUKCAPIL", f"Pegawai {number}") for number in range(4))]
    admin = api.as_(Role.ADMIN)
    promise = {"name": "KTP", "promise": {"wait_minutes": 10}, "source": "Maklumat", "from_date": "2026-01-01"}
    assert admin.put("/v1/counters/DUKCAPIL/services/KTP", promise).status_code == 201
    times = [
        {"opd_code": "DUKCAPIL", "service_code": "KTP", "ticket": f"A{number}"}
        | {"arrived_at": "2026-11-20T09:00:00+08:00", "finished_at": "2026-11-20T10:00:00+08:00"}
        | {"called_at": "2026-11-20T09:05:00+08:00" if number < 9 else "2026-11-20T09:30:00+08:00"}
        for number in range(12)
    ]
    assert admin.post("/v1/counters/times", {"items": times}).status_code == 200
    for person in people:
        assess(api, person)
    return {"siti": siti}


def assess(api: Api, person: Asn, word: str = "meets") -> None:
    admin = api.as_(Role.ADMIN)
    values = admin.get("/v1/behaviour/values").json()["items"]
    ratings = {value["guides"][0]["code"]: word for value in values}
    path = f"/v1/behaviour/asn/{person.id}/assessments/{MONTH}"
    assert admin.put(path, {"ratings": ratings}).status_code == 201


def parts(body: dict[str, Any]) -> dict[str, tuple[float | None, str | None]]:
    return {one["part"]: (one["points"], one["missing"]) for one in body["parts"]}


def test_an_opds_known_parts_are_weighed_and_the_others_named(told: dict[str, Any], api: Api) -> None:
    body = api.as_(Role.BUPATI).get(f"/v1/scores/composite/opd/DUKCAPIL?period={MONTH}").json()
    assert parts(body) == {
        "attendance": (None, "nothing-known"),
        "output": (None, "nothing-known"),
        "behaviour": (80.0, None),
        "service": (75.0, None),
        "conduct": (None, "nothing-known"),
    }
    # The shipped policy gives both the same weight, so that each is half of what is known.
    assert (body["points"], body["missing"], body["provisional"]) == (77.5, None, True)
    assert [one["share"] for one in body["parts"] if one["share"]] == [50.0, 50.0]


def test_an_opd_of_which_nothing_is_known_has_no_composite_and_no_zero(told: dict[str, Any], api: Api) -> None:
    body = api.as_(Role.BUPATI).get(f"/v1/scores/composite/opd/DISDIK?period={MONTH}").json()
    assert (body["points"], body["missing"]) == (None, "too-few-parts")
    assert {points for points, _ in parts(body).values()} == {None}


def test_every_part_leads_to_its_facts_in_one_more_call(told: dict[str, Any], api: Api) -> None:
    admin, bupati = api.as_(Role.ADMIN), api.as_(Role.BUPATI)
    listed = admin.get(f"/v1/scores/composite?period={MONTH}").json()["items"]
    assert [one["opd_code"] for one in listed] == ["DISDIK", "DUKCAPIL"]
    whole = admin.get(listed[1]["href"]).json()
    for part in whole["parts"]:
        assert part["line"]["facts"]["source"]
        for link in part["line"]["evidence"]:
            assert {caller.get(link["href"]).status_code for caller in (admin, bupati)} == {200}, link
    assert admin.get(whole["line"]["evidence"][0]["href"]).status_code == 200


def test_the_board_shows_the_parts_of_the_regency_without_names(told: dict[str, Any], api: Api) -> None:
    reader = api.as_(Role.READER)
    answer = reader.get(f"/v1/board/parts?period={MONTH}")
    body = answer.json()
    now = body["service"]["now"]
    assert (now["served"], now["wait_p50"], now["wait_p90"]) == (12, 300, 1800)
    assert now["within"] == {"numerator": 9, "denominator": 12, "excluded": {}, "percent": 75.0}
    assert (body["behaviour"]["people"], body["behaviour"]["known"], body["behaviour"]["points"]) == (5, 5, 80.0)
    rows = {row["opd_code"]: (row["points"], row["parts"]["output"]) for row in body["opd"]}
    assert rows == {"DUKCAPIL": (77.5, None), "DISDIK": (None, None)}
    assert "Siti" not in answer.text
    again = reader.get(f"/v1/board/parts?period={MONTH}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_an_average_of_too_few_people_is_told_nowhere(told: dict[str, Any], api: Api, make: Make) -> None:
    rahma = make.asn("DISDIK", "Rahma Wati")
    assess(api, rahma, "below")
    bupati = api.as_(Role.BUPATI)
    one = next(
        part
        for part in bupati.get(f"/v1/scores/composite/opd/DISDIK?period={MONTH}").json()["parts"]
        if part["part"] == "behaviour"
    )
    assert (one["points"], one["missing"], one["line"]["facts"]["known"]) == (None, "too-few", 1)
    board = bupati.get(f"/v1/board/parts?period={MONTH}").json()
    assert board["behaviour"] == {"people": 6, "known": 5, "points": 80.0}, "nobody subtracts what was said of one"
    assert {row["opd_code"]: row["parts"]["behaviour"] for row in board["opd"]} == {"DUKCAPIL": 80.0, "DISDIK": None}


def test_a_person_reads_the_own_parts_and_an_operator_reads_nobodys(told: dict[str, Any], api: Api) -> None:
    siti = told["siti"]
    path = f"/v1/scores/composite/asn/{siti.id}?period={MONTH}"
    own = api.by(Principal(NOBODY, "siti", (Grant(Role.ASN, None, frozenset()),), siti.id)).get(path).json()
    assert parts(own) == {
        "attendance": (None, "too-few"),
        "output": (None, "nothing-known"),
        "behaviour": (80.0, None),
        "conduct": (None, "nothing-known"),
    }
    assert api.as_(Role.OPD_HEAD, "DUKCAPIL").get(path).status_code == 200
    assert api.as_(Role.OPD_HEAD, "DISDIK").get(path).status_code == 404
    assert api.as_(Role.OPD_OPERATOR, "DUKCAPIL").get(path).status_code == 403


def test_a_head_reads_no_other_opds_parts(told: dict[str, Any], api: Api) -> None:
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    assert head.get("/v1/scores/composite/opd/DUKCAPIL").status_code == 404
    listed = head.get(f"/v1/scores/composite?period={MONTH}").json()["items"]
    assert [one["opd_code"] for one in listed] == ["DISDIK"]


def test_parts_are_kept_for_a_minute_then_summed_anew_while_nobody_waits(
    told: dict[str, Any], api: Api, run: Any, sessions: OpenSession
) -> None:
    path = f"/v1/board/parts?period={MONTH}"
    first = api.as_(Role.READER).get(path).json()
    values = api.as_(Role.ADMIN).get("/v1/behaviour/values").json()["items"]
    better = {"ratings": {value["guides"][0]["code"]: "above" for value in values}}
    again = api.as_(Role.ADMIN).put(
        f"/v1/behaviour/asn/{told['siti'].id}/assessments/{MONTH}", better, headers={"if-match": '"1"'}
    )
    assert again.status_code == 200
    soon = api.as_(Role.READER).at(MONDAY + timedelta(seconds=59)).get(path).json()
    assert (soon["behaviour"]["points"], soon["as_of"]) == (80.0, first["as_of"])
    later = MONDAY + timedelta(minutes=2)
    assert api.as_(Role.READER).at(later).get(path).json() == soon
    assert run(take_turn(sessions, lambda: later, {JOB: refresh_parts})) is True
    renewed = api.as_(Role.READER).at(later).get(path).json()
    assert renewed["behaviour"]["points"] == 84.0
    assert renewed["as_of"] > soon["as_of"]


def test_parts_of_long_ago_are_shown_to_nobody(told: dict[str, Any], api: Api) -> None:
    path = f"/v1/board/parts?period={MONTH}"
    api.as_(Role.READER).get(path)
    morrow = MONDAY + timedelta(days=1)
    assert api.as_(Role.READER).at(morrow).get(path).json()["as_of"].startswith("2026-11-23T23:30")
