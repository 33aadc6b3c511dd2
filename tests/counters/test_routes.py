"""Promises and times of counters over HTTP: what is kept, what is refused, and who may tell and see what."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from app.counters.models import CounterMessage, CounterPromise, CounterTicket
from tests.client import Api
from tests.counters.turns import FRIDAY, faults, promise, promised, tell, turn
from tests.make import DAY, NOBODY, Make

KTP = "/v1/counters/DUKCAPIL/services/KTP"
V1, V2 = {"if-match": '"1"'}, {"if-match": '"2"'}
NIK = "7602012304850001"


@pytest.fixture(autouse=True)
def opds(make: Make) -> None:
    make.opd("DUKCAPIL")
    make.opd("DISDIK")


def rows(session: AsyncSession, run: Any, model: Any, *columns: str) -> list[tuple[Any, ...]]:
    asked = select(*(getattr(model, name) for name in columns)).order_by(*model.__table__.primary_key)
    return [tuple(row) for row in run(session.execute(asked))]


def test_a_service_promises_and_says_the_same_again(api: Api, session: AsyncSession, run: Any) -> None:
    head = api.as_(Role.OPD_HEAD, "DUKCAPIL")
    body = promise(name="Perekaman KTP-el", wait_minutes=10, finish={"minutes": 30})
    made, again = head.put(KTP, body), head.put(KTP, body)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.json() == {
        "opd_code": "DUKCAPIL",
        "service_code": "KTP",
        "name": "Perekaman KTP-el",
        "wait_minutes": 10,
        "finish_minutes": 30,
        "finish_working_days": None,
        "source": "Maklumat Pelayanan 2026",
        "from_date": "2026-01-01",
        "version": 1,
    }
    assert (again.status_code, again.headers["etag"], again.json()) == (200, '"1"', made.json())
    assert rows(session, run, CounterPromise, "version", "by_name") == [(1, "uji-opd_head")]
    audited = select(AuditEntry.action, AuditEntry.target, AuditEntry.detail)
    assert [tuple(row) for row in run(session.execute(audited))] == [
        ("counters.promise", "DUKCAPIL", {"service": "KTP", "version": 1})
    ]


def test_another_promise_names_the_version_that_it_follows(api: Api) -> None:
    promised(api)
    admin, more = api.as_(Role.ADMIN), promise(finish={"working_days": 1}, from_date="2026-12-01")
    assert [admin.put(KTP, more).status_code, admin.put(KTP, more, headers=V2).status_code] == [428, 412]
    done = admin.put(KTP, more, headers=V1)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert (done.json()["from_date"], done.json()["finish_working_days"]) == ("2026-12-01", 1)


def test_a_version_of_a_service_that_has_none_is_no_version(api: Api) -> None:
    assert api.as_(Role.ADMIN).put(KTP, promise(), headers=V1).status_code == 412


def test_days_that_are_over_keep_their_promise(api: Api, session: AsyncSession, run: Any) -> None:
    promised(api)
    admin = api.as_(Role.ADMIN)
    yesterday = promise(wait_minutes=60, from_date=str(DAY - timedelta(days=1)))
    refused = admin.put(KTP, yesterday, headers=V1)
    assert (refused.status_code, refused.json()["code"]) == (409, "promise-in-past")
    assert admin.put(KTP, yesterday | {"from_date": str(DAY)}, headers=V1).status_code == 200
    assert rows(session, run, CounterPromise, "version", "wait_minutes") == [(1, 10), (2, 60)]


def test_of_two_promises_of_one_day_the_correction_counts(api: Api) -> None:
    promised(api, wait_minutes=1)
    admin = api.as_(Role.ADMIN)
    for number, minutes in ((1, 5), (2, 30)):
        body = promise(wait_minutes=minutes, from_date=str(DAY))
        assert admin.put(KTP, body, headers={"if-match": f'"{number}"'}).status_code == 200
    late = api.now + timedelta(hours=2)
    api.at(late)
    tell(api, turn("A-1", at=late - timedelta(minutes=30), wait=20, total=25), turn("A-2", wait=20, total=25))
    items = admin.get("/v1/counters/times?opd_code=DUKCAPIL").json()["items"]
    assert [(one["ticket"], one["kept"], one["promise"]) for one in items] == [
        ("A-1", True, "dipanggil paling lama 30 menit"),
        ("A-2", False, "dipanggil paling lama 1 menit"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({}, id="nothing is promised"),
        pytest.param({"finish": {"minutes": 10, "working_days": 1}}, id="two ways to finish"),
        pytest.param({"wait_minutes": 0}, id="no minutes"),
        pytest.param({"finish": {"working_days": 61}}, id="more days than a ticket may take"),
    ],
)
def test_what_is_no_promise_is_refused(api: Api, said: dict[str, Any]) -> None:
    assert api.as_(Role.ADMIN).put(KTP, promise() | {"promise": said}).status_code == 422


@pytest.mark.parametrize(
    ("role", "opd_code", "status"),
    [
        (Role.OPD_HEAD, "DISDIK", 404),
        (Role.OPD_OPERATOR, "DUKCAPIL", 403),
        (Role.ADAPTER, None, 403),
        (Role.KOMINFO, None, 403),
    ],
)
def test_only_the_head_of_an_opd_or_the_personnel_office_promises(
    api: Api, role: Role, opd_code: str | None, status: int
) -> None:
    assert api.as_(role, opd_code).put(KTP, promise()).status_code == status


def test_services_are_listed_with_what_each_promised_last(api: Api) -> None:
    for opd_code, service_code in (("DUKCAPIL", "KTP"), ("DISDIK", "LEGALISIR"), ("DUKCAPIL", "AKTA")):
        promised(api, opd_code=opd_code, service_code=service_code)
    api.as_(Role.ADMIN).put(KTP, promise(wait_minutes=5, from_date="2026-12-01"), headers=V1)
    reader = api.as_(Role.READER)
    first = reader.get("/v1/counters/services?limit=2").json()
    second = reader.get(f"/v1/counters/services?limit=2&cursor={first['next_cursor']}").json()
    told = [(one["opd_code"], one["service_code"], one["version"]) for one in first["items"] + second["items"]]
    assert told == [("DISDIK", "LEGALISIR", 1), ("DUKCAPIL", "AKTA", 1), ("DUKCAPIL", "KTP", 2)]
    assert second["next_cursor"] is None
    assert len(reader.get("/v1/counters/services?opd_code=DISDIK").json()["items"]) == 1


def test_a_batch_is_kept_once_however_often_it_is_sent(api: Api, session: AsyncSession, run: Any) -> None:
    batch = [turn("A-1", wait=5, total=20), turn("A-2"), turn("A-1", service_code="AKTA", cancelled=True)]
    assert tell(api, *batch) == {"items": 3, "created": 3, "changed": 0, "unchanged": 0}
    before = rows(session, run, CounterTicket, *CounterTicket.__table__.c.keys())
    assert tell(api, *reversed(batch)) == {"items": 3, "created": 0, "changed": 0, "unchanged": 3}
    assert rows(session, run, CounterTicket, *CounterTicket.__table__.c.keys()) == before
    assert len(rows(session, run, CounterMessage, "id")) == 3
    audited = select(AuditEntry.detail).where(AuditEntry.action == "counters.times")
    [detail] = run(session.scalars(audited))
    assert detail == {"opds": ["DUKCAPIL"], "done": {"items": 3, "created": 3, "changed": 0, "unchanged": 0}}


def test_later_messages_complete_a_ticket(api: Api, session: AsyncSession, run: Any) -> None:
    tell(api, turn("A-1", total=20))
    assert tell(api, turn("A-1", wait=5)) == {"items": 1, "created": 0, "changed": 1, "unchanged": 0}
    told = rows(session, run, CounterTicket, "wait_seconds", "total_seconds", "finished_on", "cancelled")
    assert told == [(300, 1200, FRIDAY.date(), False)]


def test_of_two_messages_that_contradict_each_other_the_later_stands_and_both_are_kept(
    api: Api, session: AsyncSession, run: Any
) -> None:
    tell(api, turn("A-1", wait=5))
    tell(api, turn("A-1", wait=7))
    assert rows(session, run, CounterTicket, "wait_seconds") == [(420,)]
    said = [called - FRIDAY for (called,) in rows(session, run, CounterMessage, "called_at")]
    assert said == [timedelta(minutes=5), timedelta(minutes=7)]


def test_a_batch_that_contradicts_itself_may_be_sent_again(api: Api, session: AsyncSession, run: Any) -> None:
    batch = [turn("A-1", wait=5), turn("A-1", wait=7)]
    assert tell(api, *batch) == {"items": 2, "created": 1, "changed": 1, "unchanged": 0}
    assert tell(api, *batch) == {"items": 2, "created": 0, "changed": 0, "unchanged": 2}
    assert rows(session, run, CounterTicket, "wait_seconds") == [(420,)]
    assert len(rows(session, run, CounterMessage, "id")) == 2


def test_a_number_begins_anew_every_day_and_the_day_is_the_regencys(api: Api, session: AsyncSession, run: Any) -> None:
    midnight = FRIDAY.replace(hour=0)
    tell(api, turn("A-1", at=midnight - timedelta(minutes=1)), turn("A-1", at=midnight))
    assert rows(session, run, CounterTicket, "day") == [((FRIDAY - timedelta(days=1)).date(),), (FRIDAY.date(),)]


def test_one_wrong_item_and_nothing_is_kept(api: Api, session: AsyncSession, run: Any) -> None:
    wrong = [
        turn("A-1", wait=5, total=20),
        turn("A-2", wait=-1),
        turn("A-3", wait=20, total=10),
        turn("A-4", at=api.now + timedelta(minutes=6)),
        turn("A-5", at=FRIDAY - timedelta(days=70), total=61 * 24 * 60),
        turn("A-1", wait=30),
    ]
    refused = api.as_(Role.ADAPTER).post("/v1/counters/times", {"items": wrong}, headers={"accept-language": "en"})
    order = "Times come in the order of arrival, call and finish."
    assert faults(refused, "service-times-refused") == [
        ("/items/1/called_at", order),
        ("/items/2/finished_at", order),
        ("/items/3/arrived_at", "This time has not come yet."),
        ("/items/4/finished_at", "A service takes at most 60 days."),
        ("/items/5/finished_at", order),
    ]
    assert rows(session, run, CounterTicket, "ticket") == rows(session, run, CounterMessage, "id") == []


def test_what_is_not_there_and_what_is_out_of_reach_look_alike(api: Api, session: AsyncSession, run: Any) -> None:
    items = [turn("A-1"), turn("A-2", opd_code="NIHIL"), turn("A-3", opd_code="DISDIK")]
    operator = api.as_(Role.OPD_OPERATOR, "DUKCAPIL")
    refused = operator.post("/v1/counters/times", {"items": items})
    assert faults(refused, "service-times-refused") == [
        ("/items/1/opd_code", "Kode OPD ini tidak terdaftar."),
        ("/items/2/opd_code", "Kode OPD ini tidak terdaftar."),
    ]
    assert operator.post("/v1/counters/times", {"items": items[:1]}).status_code == 200
    assert len(rows(session, run, CounterTicket, "ticket")) == 1


def test_who_reads_everything_sends_no_further_than_the_own_opd(api: Api) -> None:
    both = (Grant(Role.READER), Grant(Role.OPD_OPERATOR, "DISDIK", frozenset({"DISDIK"})))
    caller = api.by(Principal(NOBODY, "dua peran", both))
    assert caller.post("/v1/counters/times", {"items": [turn("A-1")]}).status_code == 422
    assert caller.post("/v1/counters/times", {"items": [turn("A-1", opd_code="DISDIK")]}).status_code == 200


@pytest.mark.parametrize("role", [Role.READER, Role.SCREEN, Role.KOMINFO, Role.INSPECTOR, Role.BUPATI])
def test_others_tell_no_times(api: Api, role: Role) -> None:
    assert api.as_(role).post("/v1/counters/times", {"items": [turn("A-1")]}).status_code == 403


@pytest.mark.parametrize("ticket", [NIK, "7602 0123 0485 0001", f"A-{NIK}"])
def test_a_citizens_number_is_refused_and_not_repeated(api: Api, session: AsyncSession, run: Any, ticket: str) -> None:
    refused = api.as_(Role.ADAPTER).post("/v1/counters/times", {"items": [turn(ticket)]})
    assert faults(refused, "input-invalid") == [
        ("/items/0/ticket", "Nomor ini mirip NIK; pakailah nomor antrean saja.")
    ]
    assert ticket not in refused.text
    assert rows(session, run, CounterTicket, "ticket") == []


def test_five_thousand_messages_cost_as_many_statements_as_one(
    api: Api, make: Make, statements: list[str], session: AsyncSession, run: Any
) -> None:
    for number in range(20):
        make.opd(f"KEC{number}")

    def count(turns: list[dict[str, Any]]) -> int:
        statements.clear()
        assert tell(api, *turns)["created"] == len(turns)
        return len(statements)

    many = [turn(f"B-{n}", wait=5, total=20, opd_code=f"KEC{n % 20}") for n in range(5000)]
    assert count([turn("A-1", wait=5, total=20)]) == count(many)
    assert run(session.scalar(select(func.count()).select_from(CounterTicket))) == 5001
    assert api.as_(Role.ADAPTER).post("/v1/counters/times", {"items": [*many, many[0]]}).status_code == 422
