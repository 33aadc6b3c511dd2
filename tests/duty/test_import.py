"""Absences from a file: all rows or none, and the same file twice."""

import io
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.core.stale import Stale
from app.duty.models import Absence
from app.registry.models import Asn
from tests.client import Api
from tests.make import DAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
HEADER = "nip,code,from,to,letter_no,letter_date"


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd("DISDIK")
    make.opd("PUPR")
    return make.asn("DISDIK")


@pytest.fixture
def budi(make: Make, siti: Asn) -> Asn:
    return make.asn("DISDIK", "Budi")


def send(api: Api, content: str | bytes, state: str | None = None, **headers: str) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    form = {} if state is None else {"state": state}
    return api.post("/v1/absences/imports", files={"file": ("cuti.csv", data)}, data=form, headers=headers)


def rows(session: AsyncSession, run: Run) -> list[tuple[Any, ...]]:
    query = select(Absence.asn_id, Absence.code, Absence.from_date, Absence.to_date, Absence.state, Absence.letter_no)
    return [tuple(row) for row in run(session.execute(query.order_by(Absence.from_date, Absence.id)))]


def test_an_operator_proposes_a_file_twice_and_it_is_there_once(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK")
    file = (
        f"{HEADER}\n{siti.nip},DL,2026-11-23,2026-11-24,ST 090/12,2026-11-20\n{budi.nip},CT,2026-11-25,2026-11-27,,\n"
    )
    first = send(operator, file)
    assert first.status_code == 201, first.text
    assert first.json() == {"rows": 2, "created": 2, "confirmed": 0, "unchanged": 0}
    assert rows(session, run) == [
        (siti.id, "DL", DAY, date(2026, 11, 24), "proposed", "ST 090/12"),
        (budi.id, "CT", date(2026, 11, 25), date(2026, 11, 27), "proposed", None),
    ]
    assert send(operator, file).json() == {"rows": 2, "created": 0, "confirmed": 0, "unchanged": 2}
    assert len(rows(session, run)) == 2
    assert list(run(session.scalars(select(Stale)))) == []
    entry = run(session.scalar(select(AuditEntry).order_by(AuditEntry.id)))
    assert (entry.action, len(entry.subjects), entry.detail["done"]) == ("duty.import", 2, first.json())


def test_a_head_confirms_the_file_that_was_proposed(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    file = f"{HEADER}\n{siti.nip},DL,2026-11-23,2026-11-24,,\n"
    send(api.as_(Role.OPD_OPERATOR, "DISDIK"), file)
    more = file + f"{budi.nip},WFA,2026-12-01,2026-12-02,,\n"
    done = send(api.as_(Role.OPD_HEAD, "DISDIK"), more, "confirmed")
    assert done.json() == {"rows": 2, "created": 1, "confirmed": 1, "unchanged": 0}
    confirmed = list(run(session.scalars(select(Absence).order_by(Absence.from_date))))
    assert [(one.state, one.version, one.decided_at is None) for one in confirmed] == [
        ("confirmed", 2, False),
        ("confirmed", 1, False),
    ]
    stale = run(session.execute(select(Stale.from_date, Stale.to_date))).all()
    assert [tuple(span) for span in stale] == [(DAY, date(2026, 12, 2))]


def test_offices_write_their_files_in_their_own_way(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    file = (
        "\ufeffDaftar cuti November;;;\r\n"
        "No;NIP;Jenis;Tanggal Mulai;Tanggal Selesai;Nomor Surat\r\n"
        f"1;'{siti.nip};cuti tahunan;23/11/2026;24-11-2026;SI 1\r\n"
    )
    assert send(api.as_(Role.ADMIN), file).json()["created"] == 1
    assert rows(session, run) == [(siti.id, "CT", DAY, date(2026, 11, 24), "proposed", "SI 1")]


def test_a_spreadsheet_is_read_too(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["nip", "code", "from", "to"])
    book.active.append([siti.nip, "SF", DAY, DAY + timedelta(days=1)])
    kept = io.BytesIO()
    book.save(kept)
    assert send(api.as_(Role.ADMIN), kept.getvalue()).json()["created"] == 1
    assert rows(session, run) == [(siti.id, "SF", DAY, DAY + timedelta(days=1), "proposed", None)]


@pytest.mark.parametrize(
    ("line", "place", "reason"),
    [
        pytest.param("1.98501E+17,DL,2026-11-23,2026-11-23", "nip", "as a number", id="a NIP that a sheet destroyed"),
        pytest.param("1985,DL,2026-11-23,2026-11-23", "nip", "18 digits", id="a short NIP"),
        pytest.param("{nip},H,2026-11-23,2026-11-23", "code", "one of", id="presence is no absence"),
        pytest.param("{nip},DL,besok,2026-11-23", "from", "2026-11-23", id="a day in words"),
        pytest.param("{nip},DL,2026-11-23,", "to", "filled", id="no end"),
        pytest.param("{nip},DL,2026-11-24,2026-11-23", "to", "before", id="an end before the beginning"),
        pytest.param("199912312020012001,DL,2026-11-23,2026-11-23", "nip", "no person", id="an unknown NIP"),
        pytest.param("{other},DL,2026-11-23,2026-11-23", "nip", "no person", id="somebody of another OPD"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run, line: str, place: str, reason: str
) -> None:
    other = make.asn("PUPR", "Citra").nip
    file = f"nip,code,from,to\n{siti.nip},S,2026-12-01,2026-12-01\n{line.format(nip=siti.nip, other=other)}\n"
    refused = send(api.as_(Role.OPD_HEAD, "DISDIK"), file, **{"accept-language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (422, "absence-file-refused")
    (wrong,) = refused.json()["errors"]
    assert wrong["pointer"] == f"/3/{place}"
    assert reason in wrong["detail"]
    assert siti.nip not in refused.text
    assert rows(session, run) == []


def test_a_confirmed_file_never_puts_a_person_in_two_places(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    make.absence(siti, "WFA")
    said = (f"DL,{DAY},{DAY}", "S,2026-12-01,2026-12-03", "I,2026-12-03,2026-12-04")
    file = "nip,code,from,to\n" + "".join(f"{siti.nip},{one}\n" for one in said)
    refused = send(api.as_(Role.ADMIN), file, "confirmed", **{"accept-language": "en"})
    assert [(wrong["pointer"], wrong["detail"]) for wrong in refused.json()["errors"]] == [
        ("/2/from", "Another absence is confirmed from 2026-11-23 to 2026-11-23."),
        ("/4/from", "Another absence is confirmed from 2026-12-01 to 2026-12-03."),
    ]
    assert len(rows(session, run)) == 1
    assert send(api.as_(Role.ADMIN), file).json()["created"] == 3, "proposals may overlap until one is confirmed"


def test_only_a_head_or_the_personnel_office_confirms_a_file(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    file = f"nip,code,from,to\n{siti.nip},DL,{DAY},{DAY}\n"
    refused = send(api.as_(Role.OPD_OPERATOR, "DISDIK"), file, "confirmed")
    assert (refused.status_code, refused.json()["code"]) == (403, "only-head-confirms")
    assert send(api.as_(Role.ADMIN), file, "rejected").json()["code"] == "input-invalid"
    assert send(api.as_(Role.KOMINFO), file).json()["code"] == "role-not-allowed"
    assert rows(session, run) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("nip,code,from\n1,DL,2026-11-23\n", "columns-missing", id="no column of ends"),
        pytest.param("", "columns-missing", id="an empty file"),
        pytest.param("nip,nip,code,from,to\n", "columns-repeated", id="a column twice"),
        pytest.param(b"\xd0\xcf\x11\xe0 an old xls", "file-not-readable", id="an old spreadsheet"),
        pytest.param(b"nip,code\x00,from,to\n", "file-not-text", id="no text"),
    ],
)
def test_what_is_no_such_file_is_refused(api: Api, content: str | bytes, code: str) -> None:
    refused = send(api.as_(Role.ADMIN), content)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_a_file_of_many_faults_shows_the_first_hundred_and_counts_all(api: Api) -> None:
    refused = send(api.as_(Role.ADMIN), HEADER + "\n" + "1,DL,2026-11-23,2026-11-23,,\n" * 150)
    assert len(refused.json()["errors"]) == 100
    assert "150" in refused.json()["detail"]


def test_statements_do_not_depend_on_the_number_of_rows(api: Api, siti: Asn, make: Make, engine: AsyncEngine) -> None:
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements(first: int, number: int) -> int:
        days = (date(2027, 1, 1) + timedelta(days=first + n) for n in range(number))
        file = "nip,code,from,to\n" + "".join(f"{siti.nip},DL,{day},{day}\n" for day in days)
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        try:
            assert send(api.as_(Role.ADMIN), file, "confirmed").json()["created"] == number
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", count)
        return len(counted)

    assert statements(0, 2) == statements(10, 500)


def test_a_repeated_key_answers_as_before(api: Api, siti: Asn) -> None:
    admin, file = api.as_(Role.ADMIN), f"nip,code,from,to\n{siti.nip},DL,{DAY},{DAY}\n"
    first = send(admin, file, **{"idempotency-key": "berkas-1"})
    again = send(admin, file, **{"idempotency-key": "berkas-1"})
    assert first.json()["created"] == 1
    assert again.json() == first.json()
