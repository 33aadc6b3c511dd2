"""Promises and tickets over HTTP: completed, repeated, contradicted, refused."""

import random
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.counters.models import CounterMessage, CounterTicket
from app.counters.service import rebuild_tickets
from tests.client import Api
from tests.counters.conftest import HOUR, ONE_DAY, PATH, Put, Tell, item, promise
from tests.make import MONDAY

Run = Callable[[Coroutine[Any, Any, Any]], Any]
TIMES = f"{PATH}/times"


def kept(session: AsyncSession, run: Run) -> tuple[list[tuple[Any, ...]], int]:
    """The tickets, and how many messages they rest on."""
    rows = run(session.execute(select(*CounterTicket.__table__.columns).order_by(*CounterTicket.__table__.primary_key)))
    return [tuple(row) for row in rows], run(session.scalar(select(func.count()).select_from(CounterMessage)))


def test_a_head_promises_and_the_same_promise_again_changes_nothing(put: Put, api: Api) -> None:
    body = promise({"wait_minutes": 30, "finish": {"working_days": 1}})
    made = put(body, role=Role.OPD_HEAD)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    read = {
        "opd_code": "DUKCAPIL",
        "service_code": "KTP",
        "name": "Perekaman KTP-el",
        "wait_minutes": 30,
        "finish_minutes": None,
        "finish_working_days": 1,
        "source": "Maklumat Pelayanan 2026",
        "from_date": "2026-01-01",
        "version": 1,
    }
    assert made.json() == read
    again = put(body, role=Role.OPD_HEAD, version=7)
    assert (again.status_code, again.json()) == (200, read)
    assert api.as_(Role.READER).get(f"{PATH}/services?opd_code=DUKCAPIL").json()["items"] == [read]


def test_another_promise_names_the_version_that_it_changes_and_begins_today_at_the_earliest(put: Put) -> None:
    put(promise(ONE_DAY))
    assert put(promise(HOUR, "2026-12-01")).json()["code"] == "version-required"
    assert put(promise(HOUR, "2026-12-01"), version=2).json()["code"] == "version-mismatch"
    past = put(promise(HOUR, "2026-11-22"), version=1)
    assert (past.status_code, past.json()["code"]) == (409, "promise-in-past")
    assert put(promise(HOUR, "2026-11-23"), version=1).json()["version"] == 2


def test_a_version_of_what_was_never_promised_is_refused(put: Put) -> None:
    assert put(promise(HOUR), version=1).status_code == 412


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPD_HEAD, Role.ADMIN}))
def test_nobody_else_promises(put: Put, role: Role) -> None:
    assert put(promise(ONE_DAY), role=role).json()["code"] == "role-not-allowed"


def test_another_opds_services_are_not_there_to_be_promised(put: Put) -> None:
    assert put(promise(HOUR), role=Role.OPD_HEAD, of="DPMPTSP").json()["code"] == "opd-not-found"


def test_services_are_listed_page_by_page(put: Put, api: Api) -> None:
    for service, opd_code in (("KTP", "DUKCAPIL"), ("KK", "DUKCAPIL"), ("IZIN", "DPMPTSP")):
        put(promise(ONE_DAY), service, opd_code)
    admin, seen, cursor = api.as_(Role.ADMIN), [], ""
    while cursor is not None:
        page = admin.get(f"{PATH}/services?limit=1" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [(one["opd_code"], one["service_code"]) for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [("DPMPTSP", "IZIN"), ("DUKCAPIL", "KK"), ("DUKCAPIL", "KTP")]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"finish": {}}, id="neither minutes nor working days"),
        pytest.param({"finish": {"minutes": 60, "working_days": 1}}, id="both"),
        pytest.param({"finish": {"minutes": 0}}, id="in no time"),
        pytest.param({"finish": {"working_days": -1}}, id="before it began"),
    ],
)
def test_a_promise_says_until_when(put: Put, terms: dict[str, Any]) -> None:
    assert put(promise(terms)).json()["code"] == "input-invalid"


def test_a_ticket_is_completed_by_what_is_known_later(put: Put, api: Api, tell: Tell) -> None:
    put(promise(ONE_DAY))
    arrived = item("A-1", "2026-11-20 08:00")
    assert tell(arrived).json() == {"items": 1, "created": 1, "changed": 0, "unchanged": 0}
    later = (
        item("A-1", "2026-11-20 08:00", "2026-11-20 08:10"),
        item("A-1", "2026-11-20 08:00", None, "2026-11-23 07:00"),
    )
    assert tell(*later).json() == {"items": 2, "created": 0, "changed": 2, "unchanged": 0}
    assert tell(arrived).json() == {"items": 1, "created": 0, "changed": 0, "unchanged": 1}
    [seen] = api.as_(Role.OPD_HEAD, "DUKCAPIL").get(f"{TIMES}?opd_code=DUKCAPIL").json()["items"]
    assert seen == {
        "opd_code": "DUKCAPIL",
        "service_code": "KTP",
        "day": "2026-11-20",
        "ticket": "A-1",
        "arrived_at": "2026-11-20T00:00:00Z",
        "called_at": "2026-11-20T00:10:00Z",
        "finished_at": "2026-11-22T23:00:00Z",
        "cancelled": False,
        "wait_seconds": 600,
        "total_seconds": 255600,
        "kept": True,
        "promise": "selesai paling lama 1 hari kerja",
    }


def test_of_two_that_contradict_each_other_the_latest_counts_and_both_stay(
    api: Api, tell: Tell, session: AsyncSession, run: Run
) -> None:
    tell(item("A-1", "2026-11-20 08:00", "2026-11-20 08:10"))
    tell(item("A-1", "2026-11-20 08:00", "2026-11-20 08:40"))
    [seen] = api.as_(Role.ADMIN).get(TIMES).json()["items"]
    assert (seen["called_at"], seen["wait_seconds"]) == ("2026-11-20T00:40:00Z", 2400)
    assert kept(session, run)[1] == 2


def test_a_batch_that_contradicts_itself_may_be_sent_again(tell: Tell, session: AsyncSession, run: Run) -> None:
    batch = [item("A-1", "2026-11-20 08:00", f"2026-11-20 08:{minute}") for minute in (10, 40)]
    assert tell(*batch).json() == {"items": 2, "created": 1, "changed": 1, "unchanged": 0}
    assert tell(*batch).json() == {"items": 2, "created": 0, "changed": 0, "unchanged": 2}
    assert kept(session, run)[1] == 2


def test_deliveries_in_any_order_and_any_number_of_times_keep_the_same_and_can_be_made_anew(
    tell: Tell, session: AsyncSession, run: Run
) -> None:
    shuffling, items = random.Random(25), []
    for number in range(12):
        arrived, called, finished = "2026-11-20 08:00", "2026-11-20 08:10", "2026-11-20 09:00"
        items += [item(f"A-{number}", arrived), item(f"A-{number}", arrived, called)]
        items += [item(f"A-{number}", arrived, None, finished), item(f"B-{number}", arrived, cancelled=True)]
    states = []
    for _ in range(3):
        assert tell(*shuffling.sample(items, len(items))).status_code == 200
        tell(*shuffling.choices(items, k=20))
        states.append(kept(session, run)[0])
    assert len(states[0]) == 24
    assert states[0] == states[1] == states[2]
    run(session.execute(delete(CounterTicket)))
    assert run(rebuild_tickets(session, "DUKCAPIL")) == 24
    assert kept(session, run)[0] == states[0]


def test_the_same_number_on_another_day_is_another_ticket_by_the_regencys_clock(api: Api, tell: Tell) -> None:
    tell(item("A-1", "2026-11-19 23:59"), item("A-1", "2026-11-20 00:00"))
    assert [one["day"] for one in api.as_(Role.ADMIN).get(TIMES).json()["items"]] == ["2026-11-20", "2026-11-19"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        pytest.param(item("B", "2026-11-20 08:00", opd_code="BAPPEDA"), "opd_code", id="no such OPD"),
        pytest.param(item("B", "2026-11-20 08:00", "2026-11-20 07:59"), "called_at", id="called before arrived"),
        pytest.param(item("B", "2026-11-23 07:36"), "arrived_at", id="more than five minutes from now"),
        pytest.param(item("B", "2026-09-01 08:00", None, "2026-11-20 08:00"), "finished_at", id="ages between"),
    ],
)
def test_one_wrong_item_and_nothing_is_kept(
    tell: Tell, session: AsyncSession, run: Run, wrong: Any, pointer: str
) -> None:
    refused = tell(item("A", "2026-11-20 08:00"), wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "service-times-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/items/1/{pointer}"]
    assert kept(session, run) == ([], 0)


@pytest.mark.parametrize("ticket", ["7602010101900001", "A-7602 0101 0190 0001", "198501012010011001"])
def test_a_ticket_that_holds_a_citizens_number_is_refused_and_not_repeated(tell: Tell, ticket: str) -> None:
    refused = tell(item(ticket, "2026-11-20 08:00"))
    assert refused.status_code == 422
    assert ticket not in refused.text


@pytest.mark.parametrize(
    ("role", "of", "status"),
    [
        (Role.ADAPTER, "DUKCAPIL", 200),
        (Role.OPD_OPERATOR, "DUKCAPIL", 200),
        (Role.OPD_OPERATOR, "DPMPTSP", 422),
        (Role.READER, "DUKCAPIL", 403),
        (Role.KOMINFO, "DUKCAPIL", 403),
    ],
)
def test_who_may_tell_times(tell: Tell, role: Role, of: str, status: int) -> None:
    assert tell(item("A", "2026-11-20 08:00"), role=role, of=of).status_code == status


def test_tickets_are_read_in_reach_page_by_page_and_by_no_machine(put: Put, api: Api, tell: Tell) -> None:
    put(promise(HOUR))
    for number in range(3):
        tell(item(f"A-{number}", "2026-11-20 08:00", None, f"2026-11-20 {'09:30' if number else '08:30'}"))
    tell(item("Z", "2026-11-20 08:00", opd_code="DPMPTSP"))
    head = api.as_(Role.OPD_HEAD, "DUKCAPIL")
    page = head.get(f"{TIMES}?limit=2").json()
    rest = head.get(f"{TIMES}?limit=2&cursor={page['next_cursor']}").json()
    assert [one["ticket"] for one in (*page["items"], *rest["items"])] == ["A-2", "A-1", "A-0"]
    assert rest["next_cursor"] is None
    assert [one["ticket"] for one in head.get(f"{TIMES}?late=true").json()["items"]] == ["A-2", "A-1"]
    assert [one["ticket"] for one in head.get(f"{TIMES}?late=false").json()["items"]] == ["A-0"]
    assert head.get(f"{TIMES}?opd_code=DPMPTSP").json()["code"] == "opd-not-found"
    assert api.as_(Role.READER).get(TIMES).status_code == 403


def test_what_is_told_is_recorded_without_the_tickets(tell: Tell, session: AsyncSession, run: Run) -> None:
    tell(item("RAHASIA", "2026-11-20 08:00"))
    tell(item("RAHASIA", "2026-11-20 08:00"))
    [entry] = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "counters.times")))
    assert entry.detail == {"opds": ["DUKCAPIL"], "done": {"items": 1, "created": 1, "changed": 0, "unchanged": 0}}


def test_a_clock_that_runs_a_little_ahead_is_believed(tell: Tell, api: Api) -> None:
    assert tell(item("A", "2026-11-23 07:34")).status_code == 200
    assert api.as_(Role.ADMIN).at(MONDAY + timedelta(hours=1)).get(TIMES).json()["items"][0]["ticket"] == "A"
