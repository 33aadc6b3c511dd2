"""The tickets of counters over HTTP: what a figure rests on, for those who may look at it."""

from datetime import timedelta

import pytest

from app.core.principal import Grant, Principal, Role
from tests.client import Api
from tests.counters.turns import FRIDAY, promised, tell, turn
from tests.make import NOBODY, Make


@pytest.fixture(autouse=True)
def opds(make: Make) -> None:
    make.opd("DUKCAPIL")
    make.opd("DISDIK")


@pytest.fixture
def queue(api: Api) -> list[str]:
    """Five tickets of KTP, each a minute after the other, two of them late, one still waiting; one of AKTA."""
    promised(api)
    told = [(5, 20), (15, 30), (None, None), (10, 20), (11, 12)]
    turns = [
        turn(f"A-{n}", at=FRIDAY + timedelta(minutes=n), wait=wait, total=total) for n, (wait, total) in enumerate(told)
    ]
    tell(api, *turns, turn("B-0", at=FRIDAY + timedelta(minutes=2, seconds=30), service_code="AKTA", total=5))
    return ["A-4", "A-3", "B-0", "A-2", "A-1", "A-0"]


def listed(api: Api, query: str = "", *, of: str = "opd_code=DUKCAPIL") -> list[str]:
    answer = api.as_(Role.ADMIN).get(f"/v1/counters/times?{of}{query}")
    return [one["ticket"] for one in answer.json()["items"]]


def test_tickets_are_listed_the_latest_first_page_by_page(api: Api, queue: list[str]) -> None:
    admin, found, cursor = api.as_(Role.ADMIN), [], ""
    for _ in range(3):
        page = admin.get(f"/v1/counters/times?opd_code=DUKCAPIL&limit=2{cursor}").json()
        found += [one["ticket"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (found, page["next_cursor"]) == (queue, None)


def test_a_ticket_tells_its_times_and_the_promise_of_its_day(api: Api, queue: list[str]) -> None:
    [*_, last] = api.as_(Role.INSPECTOR).get("/v1/counters/times?opd_code=DUKCAPIL&service_code=KTP").json()["items"]
    assert last == {
        "opd_code": "DUKCAPIL",
        "service_code": "KTP",
        "day": "2026-11-20",
        "ticket": "A-0",
        "arrived_at": "2026-11-20T01:00:00Z",
        "called_at": "2026-11-20T01:05:00Z",
        "finished_at": "2026-11-20T01:20:00Z",
        "cancelled": False,
        "wait_seconds": 300,
        "total_seconds": 1200,
        "kept": True,
        "promise": "dipanggil paling lama 10 menit",
    }


def test_tickets_are_found_by_service_lateness_and_days(api: Api, queue: list[str]) -> None:
    assert listed(api, "&service_code=AKTA") == ["B-0"]
    assert listed(api, "&late=true") == ["A-4", "A-1"]
    assert listed(api, "&late=false") == ["A-3", "A-0"]
    assert listed(api, "&from=2026-11-20&to=2026-11-20") == queue
    assert listed(api, "&from=2026-11-21&to=2026-11-23") == []


def test_tickets_are_for_those_who_answer_for_the_opd_and_for_overseers(api: Api, queue: list[str]) -> None:
    path = "/v1/counters/times?opd_code=DUKCAPIL"
    for role in (Role.OPD_HEAD, Role.OPD_OPERATOR):
        assert [api.as_(role, opd).get(path).status_code for opd in ("DUKCAPIL", "DISDIK")] == [200, 404]
    tell(api, turn("D-1", opd_code="DISDIK"))
    own = api.as_(Role.OPD_HEAD, "DISDIK").get("/v1/counters/times").json()["items"]
    assert ([one["ticket"] for one in own], len(listed(api, of=""))) == (["D-1"], 7)
    for role in (Role.READER, Role.SCREEN, Role.ADAPTER, Role.ASN):
        assert api.as_(role).get(path).status_code == 403
    both = (Grant(Role.READER), Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})))
    assert api.by(Principal(NOBODY, "dua peran", both)).get(path).status_code == 404
    assert api.as_(Role.ADMIN).get("/v1/counters/times?opd_code=NIHIL").status_code == 404
