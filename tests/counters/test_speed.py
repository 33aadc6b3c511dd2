"""How fast counters serve: percentiles of real people, shares with their denominators, promises of their day."""

import random
from collections.abc import Callable, Coroutine
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar.queries import load_days
from app.core.principal import Role
from app.counters.figures import judged
from app.counters.rules import Promise, Times, judge
from tests.client import Api
from tests.counters.conftest import HOUR, ONE_DAY, PATH, Put, Tell, item, promise
from tests.policies.documents import changed

Run = Callable[[Coroutine[Any, Any, Any]], Any]
NOVEMBER = f"{PATH}/speed?period=2026-11"


def waits(tell: Tell, minutes: list[int], day: str = "2026-11-20", **more: Any) -> None:
    """People who came at eight, were called after these minutes, and were served ten minutes later."""
    began = datetime.fromisoformat(f"{day}T08:00")
    told = []
    for number, wait in enumerate(minutes):
        called = began + timedelta(minutes=wait)
        times = [f"{one:%Y-%m-%d %H:%M}" for one in (began, called, called + timedelta(minutes=10))]
        told.append(item(f"{day}-{number}", *times, **more))
    assert tell(*told).status_code == 200


def test_figures_are_those_of_people_who_really_waited(put: Put, tell: Tell, api: Api) -> None:
    put(promise({"wait_minutes": 15, "finish": {"minutes": 60}}))
    waits(tell, [1, 2, 3, 4, 5, 6, 7, 8, 20, 90])
    tell(item("open", "2026-11-20 08:00"), item("gone", "2026-11-20 08:00", cancelled=True))
    tell(item("uncalled", "2026-11-20 08:00", None, "2026-11-20 08:30"))
    waits(tell, [5], service_code="KK")
    answer = api.as_(Role.READER).get(NOVEMBER).json()
    total = answer["total"]
    assert (total["served"], total["waiting"], total["cancelled"], total["enough"]) == (12, 1, 1, True)
    left_out = {"cancelled": 1, "no_promise": 1, "unfinished": 1, "unknown": 1}
    assert total["within"] == {"numerator": 8, "denominator": 10, "excluded": left_out, "percent": 80.0}
    assert (total["wait_p50"], total["wait_p90"]) == (300, 1200)
    [opd] = answer["opd"]
    assert [(one["service_code"], one["served"]) for one in opd["services"]] == [("KK", 1), ("KTP", 11)]
    ktp = opd["services"][1]
    assert ktp["lines"][0]["facts"]["source"] == "Maklumat Pelayanan 2026"
    assert api.as_(Role.ADMIN).get(ktp["lines"][0]["evidence"][0]["href"]).json()["items"]
    assert answer["lines"][0]["facts"]["minimum_served"] == 10


def test_with_fewer_people_than_the_policy_asks_for_the_share_judges_nobody(put: Put, tell: Tell, api: Api) -> None:
    put(promise(HOUR))
    waits(tell, [1] * 9)
    answer = api.as_(Role.BUPATI).get(NOVEMBER).json()
    assert (answer["total"]["enough"], answer["lines"][0]["text"][:6]) == (False, "Baru 9")


def test_without_a_rule_there_are_counts_and_no_judgement(put: Put, tell: Tell, api: Api) -> None:
    put(promise(HOUR))
    waits(tell, [1] * 12)
    made = api.as_(Role.ADMIN).post("/v1/policies", changed(version=9, effective_from="2026-11-01", service=None))
    assert api.as_(Role.ADMIN).post(f"/v1/policies/{made.json()['id']}/activate").status_code == 200
    answer = api.as_(Role.BUPATI).get(NOVEMBER).json()
    assert (answer["total"]["enough"], answer["total"]["served"]) == (False, 12)
    assert "source" not in answer["lines"][0]["facts"]


def test_a_promise_that_changes_leaves_earlier_days_theirs(put: Put, tell: Tell, api: Api) -> None:
    put(promise(HOUR))
    put(promise({"finish": {"minutes": 15}}, "2026-11-24"), version=1)
    waits(tell, [30], "2026-11-20")
    later = api.at(datetime.fromisoformat("2026-11-25T12:00:00+08:00"))
    waits(tell, [30], "2026-11-24")
    rows = later.as_(Role.ADMIN).get(f"{PATH}/times?from=2026-11-01&to=2026-11-30").json()["items"]
    assert {row["day"]: row["kept"] for row in rows} == {"2026-11-20": True, "2026-11-24": False}


def test_a_promise_of_the_future_explains_nothing_yet(put: Put, tell: Tell, api: Api) -> None:
    put(promise(HOUR, "2026-11-24", name="Kelak"))
    waits(tell, [30])
    [opd] = api.as_(Role.BUPATI).get(NOVEMBER).json()["opd"]
    [service] = opd["services"]
    assert (service["name"], service["lines"][0]["text"]) == (None, "Belum ada janji waktu untuk layanan ini.")


def test_a_working_day_that_becomes_a_holiday_is_seen_at_once(put: Put, tell: Tell, api: Api) -> None:
    put(promise(ONE_DAY))
    tell(item("A", "2026-11-17 08:00", None, "2026-11-19 08:00"))
    admin = api.as_(Role.ADMIN)
    assert admin.get(NOVEMBER).json()["total"]["within"]["numerator"] == 0
    assert admin.put("/v1/calendar/2026-11-18", {"kind": "regional", "name": "Hari Jadi"}).status_code == 201
    assert admin.get(NOVEMBER).json()["total"]["within"]["numerator"] == 1


def test_the_trend_and_the_span_before_are_told(put: Put, tell: Tell, api: Api) -> None:
    put(promise({"wait_minutes": 15}))
    waits(tell, [5, 5], "2026-10-20")
    waits(tell, [5, 25], "2026-11-19")
    waits(tell, [5], "2026-11-20")
    answer = api.as_(Role.SCREEN).get(NOVEMBER).json()
    assert (answer["before"]["served"], answer["total"]["served"]) == (2, 3)
    days = [(one["from_date"], one["served"], one["within"]["percent"]) for one in answer["trend"]]
    assert days == [("2026-11-19", 2, 50.0), ("2026-11-20", 1, 100.0)]
    year = api.as_(Role.SCREEN).get(f"{PATH}/speed?period=2026").json()
    assert [(one["from_date"], one["served"]) for one in year["trend"]] == [("2026-10-01", 2), ("2026-11-01", 3)]


def test_one_opd_is_asked_about_alone(tell: Tell, api: Api) -> None:
    waits(tell, [5])
    waits(tell, [5, 5], opd_code="DPMPTSP")
    answer = api.as_(Role.BUPATI).get(f"{NOVEMBER}&opd_code=DPMPTSP").json()
    assert ([one["opd_code"] for one in answer["opd"]], answer["total"]["served"]) == (["DPMPTSP"], 2)


def test_a_span_is_a_period_or_days_in_order_and_no_longer_than_a_year(api: Api) -> None:
    for query in ("period=2026-11&from=2026-11-01", "from=2026-11-30&to=2026-11-01", "from=2024-01-01&to=2026-01-01"):
        assert api.as_(Role.BUPATI).get(f"{PATH}/speed?{query}").json()["code"] == "speed-span-invalid"


def test_the_database_judges_as_the_rule_does(put: Put, tell: Tell, api: Api, session: AsyncSession, run: Run) -> None:
    """Some hundred tickets of random times under random promises, over weekends and a holiday."""
    draw, terms = random.Random(7602), {}
    admin = api.as_(Role.ADMIN)
    admin.put("/v1/calendar/2026-11-11", {"kind": "regional", "name": "Hari Jadi"})
    for number in range(8):
        said: dict[str, Any] = {"wait_minutes": draw.randint(1, 60)} if number % 2 else {}
        unit = {"minutes": draw.randint(10, 3000)} if draw.random() < 0.5 else {"working_days": draw.randint(0, 3)}
        terms[f"L{number}"] = said | {"finish": unit}
        assert put(promise(terms[f"L{number}"]), f"L{number}").status_code == 201
    told = []
    for number in range(300):
        came = datetime.fromisoformat("2026-11-02T08:00") + timedelta(minutes=draw.randint(0, 14 * 1440))
        called = came + timedelta(minutes=draw.randint(0, 90))
        finished = called + timedelta(minutes=draw.choice((5, 30, 600, 1500, 4000)))
        written = [f"{one:%Y-%m-%d %H:%M}" for one in (came, called, finished)]
        times = [written[0], *(None if draw.random() < 0.15 else one for one in written[1:])]
        more: dict[str, Any] = {"service_code": f"L{draw.randint(0, 8)}", "cancelled": draw.random() < 0.1}
        told.append(item(f"T{number}", written[0], *times[1:], **more))
    assert tell(*told).status_code == 200

    async def compare() -> int:
        rows = await judged(session, date(2026, 11, 1), date(2026, 11, 30))
        days = await load_days(session, date(2026, 11, 1), date(2026, 12, 31))
        found = (await session.execute(select(rows))).all()
        for row in found:
            times = Times(row.arrived_at, row.called_at, row.finished_at, row.cancelled)
            verdict = judge(times, _promise(terms.get(row.service_code)), row.day, row.finished_on, days)
            assert row.kept == (verdict if isinstance(verdict, bool) else None), row
        return len(found)

    assert run(compare()) == 300


def _promise(said: dict[str, Any] | None) -> Promise | None:
    if said is None:
        return None
    return Promise(said.get("wait_minutes"), said["finish"].get("minutes"), said["finish"].get("working_days"))
