"""Files of the daily attendance system: a preview row by row, then the latest word on each day."""

import json
from collections.abc import Callable, Coroutine
from datetime import date, time
from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Role
from app.core.stale import StaleWorkdays
from app.registry.models import Asn
from app.registry.sheets import read_sheet
from app.workdays.columns import clock, code_of, read_rows
from app.workdays.models import WorkdayRecord
from tests.client import Api
from tests.make import Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
HEADER = "nip,tanggal,masuk,pulang,keterangan"
STRANGER = "197001012000011009"


@pytest.fixture
def siti(make: Make) -> Asn:
    make.opd()
    return make.asn()


def send(api: Api, content: str | bytes, **form: str) -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    return api.post("/v1/workdays/imports", files={"file": ("absen.csv", data)}, data=form)


def deliver(api: Api, content: str) -> dict[str, Any]:
    sent = send(api, content)
    assert sent.status_code == 201, sent.text
    applied = api.post(f"/v1/workdays/imports/{sent.json()['id']}/apply")
    assert applied.status_code == 200, applied.text
    answer: dict[str, Any] = applied.json()
    return answer


def kept(session: AsyncSession, run: Run) -> list[tuple[Any, ...]]:
    names = ("asn_id", "day", "clock_in", "clock_out", "status", "code", "day_over")
    asked = select(*(getattr(WorkdayRecord, name) for name in names)).order_by(WorkdayRecord.seq)
    return [tuple(row) for row in run(session.execute(asked))]


def test_a_file_is_previewed_then_applied_once_and_sent_again_says_nothing_new(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    admin = api.as_(Role.ADMIN)
    file = (
        f"\ufeffRekap absensi;;;;;\r\nNIP;Tanggal;Jam Masuk;Jam Pulang;Ket;mock_location\r\n"
        f"{siti.nip};20/11/2026;07:31;16.02.59;Hadir;true\r\n{siti.nip};2026-11-19;-;-;;false\r\n"
        f"{STRANGER};2026-11-19;;;Alpa;\r\n{siti.nip};2026-11-18;;;Izin kawan;\r\n"
    )
    sent = send(admin, file, source="SIKEREN").json()
    summary = {"rows": 4, "new": 2, "changed": 0, "unchanged": 0, "warning": 2, "error": 0, "left_aside": 1}
    assert sent["summary"] == summary | {"ignored_columns": ["mock_location"], "applied": None}
    assert (sent["state"], sent["source"], kept(session, run)) == ("preview", "SIKEREN", [])
    assert sent["rows"][0] == {
        "line": 3,
        "nip": siti.nip,
        "date": "2026-11-20",
        "state": "new",
        "in": "07:31:00",
        "out": "16:02:59",
        "status": "Hadir",
        "code": "H",
        "old": None,
        "text": None,
    }
    assert [row["text"] for row in sent["rows"][2:]] == [
        "NIP ini tidak ada di register; barisnya disisihkan.",
        "Keterangan ini belum dikenal; harinya tidak disimpulkan.",
    ]
    path = f"/v1/workdays/imports/{sent['id']}"
    applied = admin.post(f"{path}/apply").json()
    assert (applied["state"], applied["summary"]["applied"]) == ("applied", 3)
    rows = [
        (siti.id, date(2026, 11, 20), time(7, 31), time(16, 2, 59), "Hadir", "H", True),
        (siti.id, date(2026, 11, 19), None, None, None, None, True),
        (siti.id, date(2026, 11, 18), None, None, "Izin kawan", None, True),
    ]
    assert kept(session, run) == rows
    assert admin.post(f"{path}/apply").json() == applied == admin.get(path).json()
    again = deliver(admin, file)
    assert (again["summary"]["unchanged"], again["summary"]["applied"], kept(session, run)) == (2, 0, rows)
    entries = run(session.execute(select(AuditEntry.action, func.cardinality(AuditEntry.subjects)))).all()
    assert ("workdays.apply_import", 2) in [tuple(entry) for entry in entries]
    assert run(session.scalar(select(StaleWorkdays.from_year))) == 2026


def test_a_later_file_is_the_latest_word_and_the_earlier_one_stays(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    office = api.as_(Role.ADMIN)
    deliver(office, f"{HEADER}\n{siti.nip},2026-11-20,,,Alpa\n")
    sent = send(office, f"{HEADER}\n{siti.nip},2026-11-20,07:20,16:00,\n").json()
    old = {"in": None, "out": None, "status": "Alpa", "code": "TK", "day_over": True}
    assert (sent["rows"][0]["state"], sent["rows"][0]["old"]) == ("changed", old)
    office.post(f"/v1/workdays/imports/{sent['id']}/apply")
    assert [row[4] for row in kept(session, run)] == ["Alpa", None]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("{nip},2026-11-20,25:00,,", "Jam ditulis 07:30 atau 07:30:15."),
        ("{nip},2026-11-31,,,", "Tanggal ditulis 2026-11-23 atau 23/11/2026."),
        ("{nip},2026-11-24,,,", "Tanggal ini belum tiba."),
        ("1.98501E+17,2026-11-20,,,", "NIP dibaca sebagai angka; format kolom sebagai teks."),
        ("{nip},2026-11-19,07:30,,", "Sudah ada di baris 2 berkas ini."),
    ],
)
def test_a_row_that_is_wrong_keeps_the_whole_file_out(
    api: Api, siti: Asn, session: AsyncSession, run: Run, row: str, text: str
) -> None:
    admin = api.as_(Role.ADMIN)
    sent = send(admin, f"{HEADER}\n{siti.nip},2026-11-19,,,\n{row.format(nip=siti.nip)}\n").json()
    assert (sent["rows"][1]["state"], sent["rows"][1]["text"]) == ("error", text)
    refused = admin.post(f"/v1/workdays/imports/{sent['id']}/apply")
    assert (refused.status_code, refused.json()["code"]) == (409, "import-has-errors")
    assert kept(session, run) == []


def test_json_is_read_like_a_sheet_and_a_nip_as_number_is_an_error(api: Api, siti: Asn) -> None:
    admin = api.as_(Role.ADMIN)
    told = [
        {"nip": siti.nip, "tanggal": "2026-11-20", "masuk": "07:30", "pulang": None, "versi": {"a": 1}},
        {"nip": int(siti.nip), "tanggal": "2026-11-20"},
    ]
    answer = send(admin, json.dumps({"data": told})).json()
    assert [(row["line"], row["state"]) for row in answer["rows"]] == [(1, "new"), (2, "error")]
    assert answer["summary"]["ignored_columns"] == ["versi"]


@pytest.mark.parametrize("content", ["[1]", '{"items": {}}', '[{"nip": }]', '[{"nip": "1", "nip": "2"}]', "[" * 999])
def test_what_is_no_list_of_records_is_refused(api: Api, siti: Asn, content: str) -> None:
    refused = send(api.as_(Role.ADMIN), content)
    assert (refused.status_code, refused.json()["code"]) == (422, "workday-file-unreadable")


def test_today_is_not_over_so_nobody_is_absent_yet(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    deliver(api.as_(Role.ADMIN), f"{HEADER}\n{siti.nip},2026-11-23,,,\n")
    assert [row[-1] for row in kept(session, run)] == [False]


def test_clocks_of_a_workbook_and_words_of_offices_are_understood() -> None:
    book = Workbook()
    assert isinstance(book.active, Worksheet)
    for row in (["nip", "tanggal", "masuk"], ["198501012010012001", date(2026, 11, 20), time(7, 31)]):
        book.active.append(row)
    data = BytesIO()
    book.save(data)
    cell = read_sheet(data.getvalue())[1][1][2]
    assert [clock(one) for one in (cell, 0.3125, "7.05", "2026-11-20 16:00:01", "00:00:00", "--:--")] == [
        "07:31:00",
        "07:30:00",
        "07:05:00",
        "16:00:01",
        None,
        None,
    ]
    words = ("Alpa", "TANPA KETERANGAN", "Cuti Tahunan", "Dinas Luar", "WFH", "Libur", "tidak hadir", None)
    assert [code_of(word) for word in words] == ["TK", "TK", "CT", "DL", "WFA", "NR", None, None]


def test_signs_that_cannot_be_kept_are_taken_off_a_json_name() -> None:
    assert read_rows(b'[{"ni\\u0000p": "1"}]')[0] == (0, ["nip"])


def test_only_the_personnel_office_and_machines_deliver(api: Api, siti: Asn) -> None:
    for role in (Role.KOMINFO, Role.OPD_HEAD, Role.INSPECTOR, Role.READER):
        assert send(api.as_(role, "DISDIK"), f"{HEADER}\n").status_code == 403


def test_a_machine_that_delivers_is_not_told_what_was_known_before(api: Api, siti: Asn) -> None:
    deliver(api.as_(Role.ADMIN), f"{HEADER}\n{siti.nip},2026-11-17,,,Sakit\n")
    asked = f"{HEADER}\n{siti.nip},2026-11-17,07:30,16:00,Hadir\n"
    [row] = send(api.as_(Role.ADMIN), asked).json()["rows"]
    assert (row["state"], row["old"]["status"]) == ("changed", "Sakit")
    machine = api.as_(Role.ADAPTER)
    preview = send(machine, asked).json()
    applied = machine.post(f"/v1/workdays/imports/{preview['id']}/apply").json()
    assert [[row["old"] for row in body["rows"]] for body in (preview, applied)] == [[None], [None]]
