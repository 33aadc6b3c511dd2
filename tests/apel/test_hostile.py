"""Nothing that a broken client sends ends in a 5xx or is taken for an apel."""

from typing import Any

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import MONDAY, Make
from tests.web.hostile import HOSTILE_BODIES, assert_refused, variants

JSON = "application/json"
TIMES = {
    "starts_at": "2026-11-23T07:30:00+08:00",
    "ends_at": "2026-11-23T08:00:00+08:00",
    "report_deadline": "2026-11-23T08:30:00+08:00",
}
PLANNED = {"title": "Apel", "zoom_meeting_ids": ["87012345678"], "opd_codes": ["DISDIK"], "led_by": "Bupati"} | TIMES
SPOKEN = {
    "strength": 4,
    "present": {"wfo": 1, "wfa": 1},
    "excused": {"DL": 1},
    "unexplained": 1,
    "not_required": {"SF": 1},
    "others": 1,
}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "create": ("POST", "", {"kind": "apel_gabungan", "rehearsal": False} | PLANNED),
    "change": ("PATCH", "/{id}", PLANNED),
    "plan": (
        "POST",
        "/plan",
        {"from": "2026-11-23", "to": "2026-11-23", "starts": "07:30", "ends": "08:00", "deadline": "08:30"}
        | {"zoom_meeting_ids": ["87012345678"], "title": "Apel"},
    ),
    "next": ("POST", "/{id}/turns/next", {"after": "DISDIK"}),
    "answer": ("POST", "/{id}/turns/DISDIK/answer", SPOKEN),
}
OPTIONAL = {
    "open": ("POST", "/{id}/open", {"reason": "uji"}),
    "close": ("POST", "/{id}/close", {"reason": "uji", "ended_at": "2026-11-23T07:31:00+08:00"}),
    "finalize": ("POST", "/{id}/finalize", {"reason": "uji"}),
    "reopen": ("POST", "/{id}/reopen", {"reason": "uji"}),
    "cancel": ("POST", "/{id}/cancel", {"reason": "uji"}),
}
MAY_BE_LEFT_OUT = {"nothing", "null"}


@pytest.mark.parametrize("write", [*WRITES, *OPTIONAL])
def test_hostile_bodies_are_refused(api: Api, make: Make, write: str) -> None:
    make.opd("DISDIK")
    apel = make.apel()
    method, path, valid = (WRITES | OPTIONAL)[write]
    caller, path = api.as_(Role.KOMINFO).at(MONDAY), "/v1/apel" + path.format(id=apel.id)
    for hostile in HOSTILE_BODIES:
        kind = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
        must = write in WRITES or hostile.name not in MAY_BE_LEFT_OUT
        headers: dict[str, Any] = {"if-match": '"1"'} | kind
        assert_refused(caller.request(method, path, content=hostile.body, headers=headers), must=must)
    for _, body, must in variants(valid):
        headers = {"if-match": '"1"', "content-type": JSON}
        assert_refused(caller.request(method, path, content=body, headers=headers), must=must)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=99999999999999999999",
        "limit=1e3",
        "cursor=x",
        "cursor=WzEsMl0",
        "cursor=WyIiLCIiXQ",
        "on=0001-01-01",
        "on=2026-02-30",
        "from=2026",
        "state=asleep",
        "zoom_meeting_id=%00",
        "zoom_meeting_id=x",
        "unknown=1",
    ],
)
def test_hostile_queries_are_refused(api: Api, query: str) -> None:
    assert_refused(api.as_(Role.KOMINFO).get(f"/v1/apel?{query}"))


@pytest.mark.parametrize("apel_id", ["x", "0", "%00", "198501012010011001"])
def test_an_id_that_is_none_is_refused(api: Api, apel_id: str) -> None:
    assert_refused(api.as_(Role.KOMINFO).get(f"/v1/apel/{apel_id}"))


@pytest.mark.parametrize(("first", "last"), [("2000-01-01", "2000-12-31"), ("2100-01-01", "2100-12-31")])
def test_the_ends_of_time_are_planned_or_refused(api: Api, first: str, last: str) -> None:
    plan = WRITES["plan"][2] | {"from": first, "to": last}
    assert_refused(api.as_(Role.KOMINFO).post("/v1/apel/plan", plan), must=False)
