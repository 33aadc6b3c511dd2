"""Service times from a queue machine's file: all rows or none, and the same file twice."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.counters.models import CounterMessage, CounterTicket
from tests.client import Api
from tests.counters.turns import faults, tell, turn
from tests.make import Make

HEADER = "opd_code,service_code,ticket,date,arrived,called,finished,finished_date,cancelled\n"
NIK = "7602012304850001"
ENGLISH, ONCE = {"accept-language": "en"}, {"idempotency-key": "antrean-1"}
MAPPING = "/v1/counters/imports/mapping"


@pytest.fixture(autouse=True)
def opds(make: Make) -> None:
    make.opd("DUKCAPIL")
    make.opd("DISDIK")


def send(
    api: Api, content: str | bytes, *, preview: bool = False, headers: dict[str, str] | None = None
) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    form = {"preview": "true"} if preview else {}
    return api.post("/v1/counters/imports", files={"file": ("antrean", data)}, data=form, headers=headers)


def kept(session: AsyncSession, run: Any) -> list[tuple[Any, ...]]:
    """Ticket, day, seconds of wait and in all, day of the finish, cancelled; by OPD and ticket."""
    told = CounterTicket
    asked = select(told.ticket, told.day, told.wait_seconds, told.total_seconds, told.finished_on, told.cancelled)
    return [tuple(row) for row in run(session.execute(asked.order_by(told.opd_code, told.ticket)))]


FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


def test_a_machine_sends_its_file_twice_and_it_is_there_once(api: Api, session: AsyncSession, run: Any) -> None:
    machine = api.as_(Role.ADAPTER)
    file = (
        HEADER
        + "DUKCAPIL,KTP,A-1,2026-11-20,08:00,08:05:30,08:20,,\n"
        + "DUKCAPIL,KTP,A-2,2026-11-20,08:01,,,,ya\n"
        + "DISDIK,LEGALISIR,A-1,2026-11-20,09:00,-,,,tidak\n"
    )
    first = send(machine, file)
    assert (first.status_code, first.json()) == (201, {"items": 3, "created": 3, "changed": 0, "unchanged": 0})
    before = kept(session, run)
    assert before == [
        ("A-1", FRIDAY, None, None, None, False),
        ("A-1", FRIDAY, 330, 1200, FRIDAY, False),
        ("A-2", FRIDAY, None, None, None, True),
    ]
    assert send(machine, file).json() == {"items": 3, "created": 0, "changed": 0, "unchanged": 3}
    assert kept(session, run) == before
    assert len(run(session.scalars(select(CounterMessage.id))).all()) == 3


def test_a_file_says_what_messages_have_said(api: Api, session: AsyncSession, run: Any) -> None:
    at = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
    tell(api, turn("A-1", at=at, wait=5, total=20))
    file = HEADER + "DUKCAPIL,KTP,A-1,2026-11-20,08:00,08:05,08:20,,\n"
    assert send(api.as_(Role.ADAPTER), file).json() == {"items": 1, "created": 0, "changed": 0, "unchanged": 1}


def test_offices_write_their_files_in_their_own_way(api: Api, session: AsyncSession, run: Any) -> None:
    file = (
        "\ufeffLaporan antrean;;;;;;\r\n"
        "No;Kode OPD;Kode Layanan;Nomor Antrean;Tanggal;Jam Datang;Jam Dipanggil;Jam Selesai;Batal\r\n"
        "1;dukcapil;ktp;A-1;20/11/2026;8.00;8.05;8.20;tidak\r\n"
    )
    assert send(api.as_(Role.OPD_OPERATOR, "DUKCAPIL"), file).json()["created"] == 1
    assert kept(session, run) == [("A-1", FRIDAY, 300, 1200, FRIDAY, False)]


def test_headers_that_are_told_once_are_read_ever_after(api: Api, session: AsyncSession, run: Any) -> None:
    file = "opd_code,service_code,date,arrived,Urutan Tiket\nDUKCAPIL,KTP,2026-11-20,08:00,A-1\n"
    admin = api.as_(Role.ADMIN)
    missing = send(admin, file)
    assert (missing.status_code, missing.json()["code"]) == (422, "columns-missing")
    assert admin.put(MAPPING, {"headers": {"Urutan Tiket": "ticket"}}).status_code == 200
    assert admin.get(MAPPING).json() == {"headers": {"Urutan Tiket": "ticket"}}
    assert send(api.as_(Role.ADAPTER), file).json()["created"] == 1
    assert api.as_(Role.OPD_HEAD, "DUKCAPIL").get(MAPPING).status_code == 403


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_is_read_with_its_own_days_clocks_and_numbers(api: Api, session: AsyncSession, run: Any) -> None:
    header = ["opd_code", "service_code", "ticket", "date", "arrived", "called", "finished", "finished_date"]
    file = workbook(
        header,
        ["DUKCAPIL", "KTP", 12, FRIDAY, time(8, 0), time(8, 5, 30), time(8, 20), None],
        ["DUKCAPIL", "KTP", "A-2", datetime.combine(FRIDAY, time.min), "08:00", 0.34375, timedelta(hours=9), None],
        ["DUKCAPIL", "KTP", "A-3", FRIDAY, time(8, 0), None, time(7, 0), SATURDAY],
    )
    assert send(api.as_(Role.ADMIN), file).json() == {"items": 3, "created": 3, "changed": 0, "unchanged": 0}
    assert kept(session, run) == [
        ("12", FRIDAY, 330, 1200, FRIDAY, False),
        ("A-2", FRIDAY, 900, 3600, FRIDAY, False),
        ("A-3", FRIDAY, None, 23 * 3600, SATURDAY, False),
    ]


def test_who_is_done_after_midnight_needs_the_day(api: Api, session: AsyncSession, run: Any) -> None:
    row = "DUKCAPIL,IGD,A-1,2026-11-20,23:50,23:55,00:30,{},\n"
    refused = send(api.as_(Role.ADAPTER), HEADER + row.format(""), headers=ENGLISH)
    order = "Times come in the order of arrival, call and finish."
    assert faults(refused, "service-time-file-refused") == [("/2/finished", order)]
    assert send(api.as_(Role.ADAPTER), HEADER + row.format("2026-11-21")).status_code == 201
    assert kept(session, run) == [("A-1", FRIDAY, 300, 2400, SATURDAY, False)]


def test_a_preview_counts_and_keeps_nothing(api: Api, session: AsyncSession, run: Any) -> None:
    file = HEADER + "DUKCAPIL,KTP,A-1,2026-11-20,08:00,08:05,08:20,,\n"
    machine = api.as_(Role.ADAPTER)
    assert send(machine, file, preview=True).json() == {"items": 1, "created": 1, "changed": 0, "unchanged": 0}
    assert kept(session, run) == []
    for model in (CounterMessage, AuditEntry):
        assert list(run(session.scalars(select(model.id)))) == []
    assert send(machine, file).json()["created"] == 1
    assert send(machine, HEADER + "DUKCAPIL,KTP,A-1,2026-11-20,xx,,,,\n", preview=True).status_code == 422


ORDER = "Times come in the order of arrival, call and finish."
CLOCK = "Times are written 07:30 or 07:30:15."


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("NIHIL,KTP,A-1,2026-11-20,08:00,,,,", [("opd_code", "registered")], id="an OPD that is not there"),
        pytest.param("DISDIK,KTP,A-1,2026-11-20,08:00,,,,", [("opd_code", "registered")], id="another OPD"),
        pytest.param("DUKCAPIL,K T P,A-1,2026-11-20,08:00,,,,", [("service_code", "service code")], id="no code"),
        pytest.param(f"DUKCAPIL,{NIK},A-1,2026-11-20,08:00,,,,", [("service_code", "digits alone")], id="a person"),
        pytest.param("DUKCAPIL,KTP,,2026-11-20,08:00,,,,", [("ticket", "filled")], id="no ticket"),
        pytest.param(f"DUKCAPIL,KTP,{NIK},2026-11-20,08:00,,,,", [("ticket", "citizen")], id="a NIK"),
        pytest.param("DUKCAPIL,KTP,Á-1,2026-11-20,08:00,,,,", [("ticket", "plain signs")], id="signs of no queue"),
        pytest.param("DUKCAPIL,KTP,A-1,1999-11-20,08:00,,,,", [("date", "2026-11-23")], id="a day of another century"),
        pytest.param("DUKCAPIL,KTP,A-1,besok,08:00,,,,", [("date", "2026-11-23")], id="a day in words"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-11-20,,,,,", [("arrived", "filled")], id="no arrival"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-11-20,-,,,,", [("arrived", "filled")], id="a dash for the arrival"),
        pytest.param(
            "DUKCAPIL,KTP,A-1,2026-11-20,pagi,25:00,,,", [("arrived", CLOCK), ("called", CLOCK)], id="no clocks"
        ),
        pytest.param("DUKCAPIL,KTP,A-1,besok,-,,,,", [("date", "2026-11-23"), ("arrived", "filled")], id="two faults"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-11-20,08:00,07:59,,,", [("called", ORDER)], id="called before arrival"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-11-20,08:00,,07:59,,", [("finished", ORDER)], id="done before arrival"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-11-24,08:00,,,,", [("arrived", "not come yet")], id="tomorrow"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-08-20,08:00,,08:00,2026-10-30,", [("finished", "60 days")], id="too long"),
        pytest.param("DUKCAPIL,KTP,A-1,2026-11-20,08:00,,,,entah", [("cancelled", "one of")], id="neither yes nor no"),
    ],
)
def test_one_wrong_row_and_nothing_is_kept(
    api: Api, session: AsyncSession, run: Any, line: str, expected: list[tuple[str, str]]
) -> None:
    file = f"{HEADER}DUKCAPIL,KTP,Z-1,2026-11-20,08:00,,,,\n{line}\n"
    refused = send(api.as_(Role.OPD_OPERATOR, "DUKCAPIL"), file, headers=ENGLISH)
    found = faults(refused, "service-time-file-refused")
    assert [pointer for pointer, _ in found] == [f"/3/{column}" for column, _ in expected]
    assert all(words in said for (_, said), (_, words) in zip(found, expected, strict=True)), found
    assert NIK not in refused.text
    assert kept(session, run) == []


def test_a_file_of_many_faults_shows_the_first_hundred_and_counts_all(api: Api) -> None:
    for row in ("DUKCAPIL,KTP,A-1,besok,08:00,,,,\n", "NIHIL,KTP,A-1,2026-11-20,08:00,,,,\n"):
        refused = send(api.as_(Role.ADAPTER), HEADER + row * 150)
        assert (len(refused.json()["errors"]), "150" in refused.json()["detail"]) == (100, True)


@pytest.mark.parametrize("role", [Role.READER, Role.KOMINFO, Role.BUPATI])
def test_who_tells_no_times_sends_no_file(api: Api, role: Role) -> None:
    assert send(api.as_(role), HEADER).status_code == 403


def test_a_repeated_key_answers_as_before(api: Api) -> None:
    machine, file = api.as_(Role.ADAPTER), HEADER + "DUKCAPIL,KTP,A-1,2026-11-20,08:00,,,,\n"
    answers = [send(machine, file, headers=ONCE).json() for _ in range(2)]
    assert answers[0] == answers[1] == {"items": 1, "created": 1, "changed": 0, "unchanged": 0}


def test_statements_do_not_depend_on_the_number_of_rows(api: Api, statements: list[str]) -> None:
    def count(first: int, number: int) -> int:
        rows = (f"DUKCAPIL,KTP,A-{first + n},2026-11-20,08:00,08:05,08:20,,\n" for n in range(number))
        statements.clear()
        assert send(api.as_(Role.ADAPTER), HEADER + "".join(rows)).json()["created"] == number
        return len(statements)

    assert count(0, 2) == count(10, 500)
