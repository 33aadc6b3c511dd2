"""What those learn who keep the service running."""

import asyncio
import re
import time
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.db import Surroundings, make_sessions
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.core.ticker import Loop, Ticker
from tests.client import Api
from tests.make import DAY, ZONE, Make

NOWHERE = "postgresql+asyncpg://apel@127.0.0.1:1/nowhere"


def test_alive_says_so_without_the_database(api: Api) -> None:
    api._app.state.sessions = make_sessions(create_async_engine(NOWHERE), Surroundings(ZONE, b""))
    answer = api.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_ready_when_the_database_answers_and_every_loop_works(api: Api) -> None:
    answer = api.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_not_ready_while_a_loop_fails_and_the_problem_names_it(api: Api) -> None:
    api._app.state.ticker.failures["inbox"] = "ConnectionRefusedError"
    answer = api.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    body = answer.json()
    assert (body["code"], body["detail"]) == ("not-ready", "Yang gagal: inbox (ConnectionRefusedError).")
    api._app.state.ticker.failures.clear()
    assert api.get("/readyz").status_code == 200


def test_not_ready_without_a_database(api: Api) -> None:
    api._app.state.sessions = make_sessions(create_async_engine(NOWHERE), Surroundings(ZONE, b""))
    answer = api.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Yang gagal: database.")
    assert "apel_database_up 0.0" in api.get("/metrics").text


def test_a_database_that_does_not_answer_is_not_waited_for(api: Api, own_url: str) -> None:
    async def sleep(session: AsyncSession) -> Mapping[str, int]:
        await session.execute(text("SELECT pg_sleep(20)"))
        return {}

    api._app.state.sessions = make_sessions(create_async_engine(own_url, poolclass=NullPool), Surroundings(ZONE, b""))
    api._app.state.count_waiting = sleep
    began = time.monotonic()
    assert "apel_database_up 0.0" in api.get("/metrics").text
    assert time.monotonic() - began < 10


def test_requests_are_counted_by_template_and_hold_no_id(api: Api) -> None:
    def count(line: str) -> float:
        found = re.search(rf"^{re.escape(line)} (\S+)$", api.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    secret = "198501012010011001"
    known = 'apel_http_requests_total{method="GET",route="/v1/opd/{opd_code}",status="401"}'
    unknown = 'apel_http_requests_total{method="GET",route="other",status="404"}'
    strange = 'apel_http_requests_total{method="other",route="other",status="404"}'
    before = [count(known), count(unknown), count(strange)]
    api.get("/v1/opd/DISDIK")
    api.get(f"/nowhere/{secret}")
    api.request("BREW", "/nowhere")
    assert [count(known), count(unknown), count(strange)] == [before[0] + 1, before[1] + 1, before[2] + 1]
    shown = api.get("/metrics").text
    assert secret not in shown
    assert "DISDIK" not in shown


def test_queues_are_counted_in_the_database(api: Api, make: Make, session: AsyncSession) -> None:
    assert "apel_waiting{" in api.get("/metrics").text
    before = _waiting(api)
    make._run(mark_days_stale(session, None, None))
    make._run(mark_workdays_stale(session, None, DAY))
    make._run(session.commit())
    after = _waiting(api)
    for stale in ("stale_conclusions", "stale_workdays"):
        assert after.pop(stale) == before.pop(stale) + 1
    queues = ("zoom_inbox_new", "zoom_inbox_failed", "zoom_quarantine", "jobs_waiting", "jobs_failed")
    watched = ("evidence_gaps", "zoom_reports_waiting", "zoom_reports_given_up")
    outside = ("announcements", "webhook_deliveries_waiting", "webhook_deliveries_failed", "webhooks_paused")
    assert after == before == dict.fromkeys((*queues, *watched, *outside), 0)


def _waiting(api: Api) -> dict[str, float]:
    found = re.findall(r'^apel_waiting\{queue="(\w+)"\} (\S+)$', api.get("/metrics").text, re.MULTILINE)
    return {queue: float(rows) for queue, rows in found}


def test_a_failed_turn_of_a_loop_is_counted(api: Api) -> None:
    async def fail() -> bool:
        raise LookupError

    async def play() -> None:
        ticker = Ticker([Loop("always failing", 3600, fail)])
        ticker.start()
        await asyncio.sleep(0.01)
        await ticker.stop()

    asyncio.run(play())
    assert 'apel_loop_failures_total{loop="always failing"} 1.0' in api.get("/metrics").text
