"""How long the public waited, over HTTP: counted, held against the promise of each day, and led to its evidence."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.principal import Role
from tests.behaviour.words import put_in_force
from tests.client import Api
from tests.counters.turns import FRIDAY, promise, promised, tell, turn
from tests.make import DAY, Make

NONE = {"served": 0, "waiting": 0, "cancelled": 0, "enough": False} | dict.fromkeys(
    ("wait_p50", "wait_p90", "total_p50", "total_p90")
)


@pytest.fixture(autouse=True)
def opds(make: Make) -> None:
    make.opd("DUKCAPIL")
    make.opd("DISDIK")


def speed(api: Api, query: str = "period=2026-11", role: Role = Role.BUPATI) -> dict[str, Any]:
    answer = api.as_(role).get(f"/v1/counters/speed?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def percent(numerator: int, denominator: int, shown: float | None, **excluded: int) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator, "excluded": excluded, "percent": shown}


def queue(waits: list[float], *, at: datetime = FRIDAY, prefix: str = "A", **fields: Any) -> list[dict[str, Any]]:
    """People who were called after so many minutes and done ten minutes later."""
    return [
        turn(f"{prefix}-{n}", at=at + timedelta(minutes=n), wait=wait, total=wait + 10, **fields)
        for n, wait in enumerate(waits)
    ]


def test_everybody_is_counted_and_whoever_cannot_be_judged_is_named(api: Api) -> None:
    promised(api, wait_minutes=10)
    tell(
        api,
        *queue([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 20]),
        turn("W-1", wait=30),
        turn("C-1", wait=99, total=100, cancelled=True),
        turn("U-1", total=30),
        turn("N-1", wait=2, total=40, service_code="AKTA"),
    )
    body = speed(api)
    assert body["total"] == {
        "served": 13,
        "waiting": 1,
        "cancelled": 1,
        "within": percent(9, 11, 81.82, cancelled=1, no_promise=1, unfinished=1, unknown=1),
        "enough": True,
        # Of thirteen who were called, the seventh and the twelfth; of as many served, likewise.
        "wait_p50": 6 * 60,
        "wait_p90": 20 * 60,
        "total_p50": 17 * 60,
        "total_p90": 30 * 60,
    }
    assert (body["from_date"], body["to_date"]) == ("2026-11-01", "2026-11-30")
    assert body["before"] == NONE | {"within": percent(0, 0, None)}
    assert body["lines"][0]["text"] == "9 dari 11 orang dilayani dalam waktu yang dijanjikan."


def test_each_opd_and_service_stands_with_its_promise_and_leads_to_its_tickets(api: Api) -> None:
    promised(api, wait_minutes=10, name="Perekaman KTP-el")
    promised(api, opd_code="DISDIK", service_code="LEGALISIR", finish={"minutes": 12})
    tell(
        api,
        *queue([5, 15]),
        *queue([1], service_code="AKTA"),
        *queue([1, 3], opd_code="DISDIK", service_code="LEGALISIR"),
    )
    disdik, dukcapil = speed(api)["opd"]
    assert (disdik["opd_code"], disdik["served"], disdik["within"]) == ("DISDIK", 2, percent(1, 2, 50.0))
    assert (dukcapil["served"], dukcapil["within"]) == (3, percent(1, 2, 50.0, no_promise=1))
    ktp, akta = dukcapil["services"]
    assert (ktp["service_code"], ktp["name"], ktp["served"]) == ("KTP", "Perekaman KTP-el", 2)
    assert (akta["service_code"], akta["name"], akta["within"]) == ("AKTA", None, percent(0, 0, None, no_promise=1))
    [line] = ktp["lines"]
    assert line["rule"] == "service.promise"
    assert line["facts"] == {
        "within": 1,
        "promised": 2,
        "promise": "dipanggil paling lama 10 menit",
        "source": "Maklumat Pelayanan 2026",
        "version": 1,
        "from": "2026-01-01",
        "day": "2026-11-23",
    }
    tickets = api.as_(Role.BUPATI).get(line["evidence"][0]["href"]).json()["items"]
    assert [(one["ticket"], one["kept"]) for one in tickets] == [("A-1", False), ("A-0", True)]
    assert akta["lines"][0]["text"] == "Belum ada janji waktu untuk layanan ini."


def test_an_opd_is_asked_for_alone(api: Api) -> None:
    tell(api, *queue([5]), *queue([1], opd_code="DISDIK"))
    body = speed(api, "period=2026-11&opd_code=DISDIK")
    assert ([one["opd_code"] for one in body["opd"]], body["total"]["served"]) == (["DISDIK"], 1)
    assert sum(one["served"] for one in body["trend"]) == 1


def test_an_answer_lists_the_busiest_services_and_counts_the_others(api: Api) -> None:
    tell(api, *(one for n in range(30) for one in queue([1] * (1 + n % 3), service_code=f"S{n:02}")))
    [opd] = speed(api)["opd"]
    assert (len(opd["services"]), opd["more"], opd["served"]) == (20, 10, 60)
    assert [one["served"] for one in opd["services"]] == [3] * 10 + [2] * 10
    [opd] = speed(api, "period=2026-11&opd_code=DUKCAPIL&limit=200")["opd"]
    assert (len(opd["services"]), opd["more"]) == (30, 0)


def test_a_share_means_something_from_the_number_on_that_the_policy_names(api: Api) -> None:
    promised(api)
    tell(api, *queue([5] * 9))
    body = speed(api)
    assert (body["total"]["enough"], body["lines"][0]["text"]) == (
        False,
        "Baru 9 orang dilayani dengan janji; persentase berarti mulai 10 orang.",
    )
    tell(api, *queue([5], prefix="B"))
    body = speed(api)
    [line] = body["lines"]
    assert (body["total"]["enough"], body["opd"][0]["services"][0]["enough"]) == (True, True)
    assert line["facts"] | {"source": ..., "base": ...} == {
        "promised": 10,
        "within": 10,
        "minimum_served": 10,
        "source": ...,
        "verified": False,
        "base": ...,
    }
    assert api.as_(Role.BUPATI).get(line["evidence"][0]["href"]).status_code == 200


def test_a_policy_that_asks_nothing_judges_nobody(api: Api) -> None:
    put_in_force(api, service=None)
    promised(api)
    tell(api, *queue([5] * 20))
    body = speed(api)
    assert (body["total"]["enough"], body["total"]["within"]["percent"]) == (False, 100.0)
    assert (body["lines"][0]["evidence"], body["lines"][0]["facts"]) == ([], {"promised": 20, "within": 20})


def test_the_span_before_is_as_long_and_ends_where_this_one_begins(api: Api) -> None:
    for day, number in ((17, 1), (18, 2), (19, 3), (20, 4)):
        tell(api, *queue([day] * number, at=FRIDAY.replace(day=day)))
    body = speed(api, "from=2026-11-19&to=2026-11-20")
    assert (body["total"]["served"], body["before"]["served"]) == (7, 3)
    assert (body["total"]["wait_p50"], body["before"]["wait_p50"]) == (20 * 60, 18 * 60)


def test_the_trend_of_a_month_is_told_by_the_day_and_of_more_by_the_month(api: Api) -> None:
    promised(api)
    tell(
        api,
        *queue([5, 15], at=FRIDAY),
        *queue([7], at=FRIDAY - timedelta(days=1)),
        *queue([9], at=FRIDAY.replace(month=9)),
    )
    friday = {"from_date": "2026-11-20", "served": 2, "within": percent(1, 2, 50.0), "wait_p50": 300, "total_p50": 900}
    assert speed(api)["trend"][1] == friday
    assert [one["from_date"] for one in speed(api)["trend"]] == ["2026-11-19", "2026-11-20"]
    year = speed(api, "period=2026")["trend"]
    assert [(one["from_date"], one["served"]) for one in year] == [("2026-09-01", 1), ("2026-11-01", 3)]
    assert [one["from_date"] for one in speed(api, "from=2026-10-20&to=2026-11-20")["trend"]] == ["2026-11-01"]


def test_a_span_is_this_month_unless_it_is_named(api: Api) -> None:
    spans = {"": ("01", "30"), "from=2026-11-10": ("10", "30"), "to=2026-11-10": ("01", "10")}
    for query, days in spans.items():
        body = speed(api, query)
        assert (body["from_date"], body["to_date"]) == tuple(f"2026-11-{day}" for day in days)


@pytest.mark.parametrize(
    "span", ["from=2026-11-20&to=2026-11-19", "from=2025-01-01&to=2026-01-02", "period=2026-11&from=2026-11-01"]
)
def test_a_span_that_does_not_fit_is_refused(api: Api, span: str) -> None:
    refused = api.as_(Role.ADMIN).get(f"/v1/counters/speed?{span}")
    assert (refused.status_code, refused.json()["code"]) == (422, "speed-span-invalid")


def test_each_ticket_is_held_against_the_promise_of_its_own_day(api: Api) -> None:
    promised(api, wait_minutes=10)
    admin = api.as_(Role.ADMIN)
    for number, (minutes, day) in enumerate(((30, DAY), (5, DAY + timedelta(days=2))), start=1):
        body = promise(wait_minutes=minutes, from_date=str(day))
        path = "/v1/counters/DUKCAPIL/services/KTP"
        assert admin.put(path, body, headers={"if-match": f'"{number}"'}).status_code == 200
    api.at(FRIDAY + timedelta(days=6))
    for days in (0, 3, 4, 5):
        tell(api, *queue([20], at=FRIDAY + timedelta(days=days)))
    by_day = {one["from_date"][-2:]: one["within"]["numerator"] for one in speed(api)["trend"]}
    assert by_day == {"20": 0, "23": 1, "24": 1, "25": 0}
    assert speed(api)["total"]["within"] == percent(2, 4, 50.0)


def test_a_promise_of_the_future_explains_no_figure_of_the_past(api: Api) -> None:
    promised(api, wait_minutes=10)
    later = promise(wait_minutes=1, name="Baru", from_date="2026-12-01")
    api.as_(Role.ADMIN).put("/v1/counters/DUKCAPIL/services/KTP", later, headers={"if-match": '"1"'})
    tell(api, *queue([5]))
    [service] = speed(api)["opd"][0]["services"]
    assert (service["name"], service["lines"][0]["facts"]["version"]) == ("Layanan", 1)
    assert service["lines"][0]["text"].endswith("janji pada 2026-11-23: dipanggil paling lama 10 menit.")


@pytest.mark.parametrize("kind", ["holiday", "cuti_bersama", "regional"])
def test_a_day_off_that_the_regency_names_later_is_no_working_day_at_once(api: Api, kind: str) -> None:
    promised(api, finish={"working_days": 1})
    api.at(FRIDAY + timedelta(days=6))
    tell(api, turn("A-1", total=4 * 24 * 60))  # from Friday to Tuesday: Monday and Tuesday
    assert speed(api)["total"]["within"] == percent(0, 1, 0.0)
    mark = {"kind": kind, "name": "Libur daerah"}
    assert api.as_(Role.ADMIN).put(f"/v1/calendar/{DAY}", mark).status_code == 201
    assert speed(api)["total"]["within"] == percent(1, 1, 100.0)
    taken_back = {"kind": "working", "name": "Hari kerja"}
    again = api.as_(Role.ADMIN).put(f"/v1/calendar/{DAY}", taken_back, headers={"if-match": '"1"'})
    assert again.status_code == 200
    assert speed(api)["total"]["within"] == percent(0, 1, 0.0)


@pytest.mark.parametrize(
    "query", ["period=2000", "period=2099", "from=2100-12-31&to=2100-12-31", "from=2000-01-01&to=2000-01-01"]
)
def test_the_first_and_the_last_years_are_asked_for_too(api: Api, query: str) -> None:
    promised(api, finish={"working_days": 1}, from_date="2000-01-01")
    assert speed(api, query)["total"]["served"] == 0


@pytest.mark.parametrize("role", [Role.READER, Role.SCREEN, Role.OPD_HEAD, Role.KOMINFO])
def test_machines_and_people_see_how_long_the_public_waits(api: Api, role: Role) -> None:
    tell(api, *queue([5]))
    assert speed(api, role=role)["total"]["served"] == 1
    assert api.as_(Role.ADAPTER).get("/v1/counters/speed").status_code == 403
    assert api.as_(Role.ASN).get("/v1/counters/speed").status_code == 403


def test_figures_speak_english_on_request(api: Api) -> None:
    promised(api, wait_minutes=10, finish={"working_days": 2})
    tell(api, *queue([5]))
    body = api.as_(Role.BUPATI).get("/v1/counters/speed", headers={"accept-language": "en"}).json()
    assert body["opd"][0]["services"][0]["lines"][0]["text"] == (
        "1 of 1 people were served within the promised time; "
        "the promise of 2026-11-23: called within 10 minutes, finished within 2 working days."
    )


def test_reading_costs_as_many_statements_for_many_tickets_as_for_one(api: Api, statements: list[str]) -> None:
    tell(api, *queue([5]))
    speed(api)
    statements.clear()
    speed(api)
    one = len(statements)
    tell(api, *(one for n in range(40) for one in queue([5, 6], service_code=f"S{n}", opd_code="DISDIK")))
    statements.clear()
    speed(api)
    assert len(statements) == one
