"""The audit pack over HTTP: every fact of a month, its formulas, and nobody else's business."""

from io import BytesIO
from typing import Any

import httpx
from openpyxl import load_workbook

from app.core.principal import Role
from tests.exports.formulas import Book
from tests.tpp.conftest import ABSENT_ON, Month, policy, read, refused

Rows = dict[str, list[tuple[Any, ...]]]


def rows_of(answer: httpx.Response) -> Rows:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="paket-audit-2026-11.xlsx"'
    book = load_workbook(BytesIO(answer.content))
    return {page.title: [tuple(row) for row in page.iter_rows(min_row=2, values_only=True)] for page in book}


def test_a_pack_holds_every_fact_of_a_month_and_calculates_it_once_more(november: Month) -> None:
    budi, siti = november.budi, november.siti
    november.make.absence(budi, "DL", from_date=ABSENT_ON, to_date=ABSENT_ON, state="rejected", letter_no="=1+1")
    november.sheet()
    found = rows_of(november.as_(Role.INSPECTOR).get("/v1/exports/audit-pack?month=2026-11&opd_code=DISDIK"))
    assert list(found) == [
        *("Ringkasan", "Kebijakan", "Potongan", "Perhitungan", "Apel", "Versi laporan", "Hari kerja"),
        *("Rekaman harian", "Surat", "Perubahan oleh orang", "Koreksi"),
    ]
    totals = Book(found)
    people = {row[1]: number for number, row in enumerate(found["Perhitungan"], start=2)}
    told = {
        name: (totals.value("Perhitungan", "M", row), totals.value("Perhitungan", "N", row))
        for name, row in people.items()
    }
    assert told == {"Budi Santoso": (1.2, 48_000), "Siti Aminah": (0.4, 20_000), "Rina Wati": (None, None)}
    assert [row[2:5] for row in found["Potongan"] if row[0] == budi.nip] == [
        ("2026-11-23", "absent", "TK"),
        ("2026-11-23", "apel", "TK"),
    ]
    marks = {row[1]: row for row in found["Apel"]}
    assert (marks["Budi Santoso"][4], marks["Budi Santoso"][11:13]) == ("TK", (1, "app"))
    assert {row[0] for row in found["Rekaman harian"]} == {budi.nip, siti.nip}
    assert [(row[2], row[5], row[7]) for row in found["Surat"]] == [("DL", "'=1+1", "rejected")]
    assert {row[3] for row in found["Hari kerja"]} == {"present", "absent", "unknown"}
    assert ("Instansi", "Pemerintah Kabupaten Mamuju") in found["Ringkasan"]


def test_a_pack_of_named_people_holds_them_alone(november: Month) -> None:
    def ask(**body: Any) -> httpx.Response:
        return november.as_(Role.ADMIN).post("/v1/exports/audit-pack", {"month": "2026-11"} | body)

    found = rows_of(ask(nips=[november.budi.nip], asn_ids=[str(november.siti.id)]))
    assert {row[0] for row in found["Perhitungan"]} == {november.budi.nip, november.siti.nip}
    wrong = ask(nips=[november.budi.nip, "198001012005011009"])
    assert refused(wrong) == (422, "pack-people-unknown")
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/nips/1"]


def test_a_pack_keeps_what_was_published_though_the_table_changed(november: Month) -> None:
    sheet = november.sheet()
    read(november.as_(Role.ADMIN).post(f"/v1/tpp/sheets/{sheet['id']}/publish"))
    november.make.add(policy(version=3))
    found = rows_of(november.as_(Role.ADMIN).get("/v1/exports/audit-pack?month=2026-11"))
    [budi] = [row for row in found["Perhitungan"] if row[0] == november.budi.nip]
    assert (float(budi[14]), budi[18], budi[19]) == (1.2, sheet["policy"], "lembar published, versi 2")


def test_only_the_personnel_office_and_inspectors_get_one(november: Month) -> None:
    for role in (Role.OPD_HEAD, Role.BUPATI, Role.KOMINFO, Role.READER):
        assert november.as_(role).get("/v1/exports/audit-pack?month=2026-11").status_code == 403
