"""Sheets that name people: for those who may see them, each within their reach, and on the record."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Grant, Principal, Role
from app.sheets.as_pdf import write_pdf
from app.sheets.as_xlsx import write_xlsx
from app.sheets.document import Cell, Column, Document, Look, Table
from app.sheets.rules import Paper, Seal
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import Make
from tests.monday import DUE, NUMBER, claim, naming
from tests.sheets.conftest import Monday, cells, lines, text_of

BUDI, CITRA = "198501012010011002", "199001012022012003"


def listed(content: bytes) -> list[list[str]]:
    rows = lines(content)
    return rows[1 : rows.index([])]


def test_the_absent_are_listed_with_code_letter_and_date(monday: Monday) -> None:
    told, content = monday.sheet(kind="absent", format="csv")
    budi, citra, hostile = listed(content)
    assert budi[:6] == ["1", BUDI, "Budi Alpa", "PNS", "Pelaksana", "Bkpp"]
    assert budi[6:] == ["TK", "tanpa keterangan", "", "23-11-2026", "laporan OPD"]
    assert citra[:6] == ["2", CITRA, "Citra Sakit", "PPPK", "Pelaksana", "Bkpp"]
    assert citra[6:] == ["CS", "cuti sakit", "SC 12/2026", "23-11-2026", "laporan OPD"]
    assert hostile[3:9] == ["PPPK PW", "Pelaksana", "Bkpp", "DL", "dinas luar", "'=HYPERLINK(1)"]
    assert ["Catatan", "Melaporkan jumlah tanpa nama: Setda."] in lines(content)
    assert "Dina Sunyi" not in content.decode()
    assert told["title"] == "DAFTAR ASN YANG TIDAK HADIR APEL"


def test_who_is_disputed_is_not_printed_as_absent(api: Api, make: Make) -> None:
    """Reported without explanation, and seen in Zoom: a person decides, not a sheet."""
    make.opd("BKPP")
    budi = make.asn("BKPP", "Budi Alpa", nip=BUDI)
    story = Monday(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.joins("[BKPP] 1002 Budi Alpa")
    story.ends()
    story.reports("BKPP", naming(claim(1, 0, unexplained=1), (budi, "TK", None)))
    assert story.marks()["Budi Alpa"]["status"] is None
    _, absent = story.sheet(kind="absent", format="csv")
    assert "Budi" not in absent.decode()
    assert "Sedang diperiksa, dan karena itu tidak ada dalam daftar ini: 1 orang." in absent.decode()
    _, own = story.sheet(kind="opd", opd_code="BKPP", format="csv")
    [row] = [row for row in lines(own) if "Budi Alpa" in row]
    assert row[5:8] == ["diperiksa", "", "sedang diperiksa"]


def test_a_letter_stands_beside_what_it_was_written_for(api: Api, make: Make) -> None:
    make.opd("BKPP")
    citra = make.asn("BKPP", "Citra Sakit", nip=CITRA)
    make.absence(citra, "CT", letter_no="CUTI/9")
    story = Monday(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.ends()
    story.reports("BKPP", naming(claim(1, 0, S=1), (citra, "S", None)))
    _, content = story.sheet(kind="absent", format="csv")
    [row] = listed(content)
    assert (row[6], "CUTI/9" in row) == ("S", False)


def test_who_reaches_one_opd_by_now_reads_no_list_of_the_regency(monday: Monday) -> None:
    def of(role: Role, opd_code: str | None = None) -> Principal:
        reach = frozenset({opd_code}) if opd_code else None
        return Principal(somebody, "uji", (Grant(role, opd_code, reach),))

    somebody = uuid4()
    inspector, operator = (monday.api.by(one).at(DUE) for one in (of(Role.INSPECTOR), of(Role.OPD_OPERATOR, "DISDIK")))
    told = inspector.post(monday.path("sheets"), {"kind": "absent", "format": "csv"}).json()
    assert inspector.get(told["file"]).status_code == 200
    assert operator.get(told["file"]).status_code == 404


def test_a_nip_is_text_in_a_workbook(monday: Monday) -> None:
    _, content = monday.sheet(kind="absent", format="xlsx")
    numbers = [row[1] for row in cells(content)["Tidak hadir"] if row[2] in ("Budi Alpa", "Citra Sakit")]
    assert sorted(numbers) == [BUDI, CITRA]


def test_an_inspector_sees_reasons_and_no_whole_nip(monday: Monday) -> None:
    _, content = monday.sheet(Role.INSPECTOR, kind="absent", format="csv")
    assert [row[1] for row in listed(content) if row[2] == "Citra Sakit"] == ["*" * 14 + CITRA[-4:]]
    assert "cuti sakit" in content.decode()
    assert BUDI not in content.decode()


def test_an_opd_prints_its_own_people_and_nobody_elses(monday: Monday) -> None:
    told, content = monday.sheet(Role.OPD_OPERATOR, "BKPP", kind="opd")
    text = text_of(content)
    assert told["opd_code"] == "BKPP"
    assert "DAFTAR HADIR APEL – BADAN KEPEGAWAIAN" in text
    assert all(name in text for name in ("Ani Hadir", "Budi Alpa", BUDI, "cuti sakit", "25,00"))
    assert "Eko Hadir" not in text
    other = monday.issue(Role.OPD_OPERATOR, "DISDIK", kind="opd", opd_code="BKPP")
    assert (other.status_code, other.json()["code"]) == (404, "sheet-unit-unknown")
    _, absent = monday.sheet(Role.OPD_HEAD, "DISDIK", kind="absent", format="csv")
    assert "Budi" not in absent.decode()


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.BUPATI, {"recap"}),
        (Role.KOMINFO, {"recap"}),
        (Role.OPD_HEAD, {"absent", "opd"}),
        (Role.OPD_OPERATOR, {"absent", "opd"}),
        (Role.INSPECTOR, {"recap", "absent", "opd"}),
        (Role.READER, set()),
        (Role.SCREEN, set()),
        (Role.ASN, set()),
    ],
)
def test_each_role_issues_its_own_kinds(monday: Monday, role: Role, kinds: set[str]) -> None:
    granted = set()
    for kind in ("recap", "absent", "opd"):
        answer = monday.issue(role, "BKPP", kind=kind, format="csv", opd_code=None if kind == "recap" else "BKPP")
        if answer.status_code == 201:
            granted.add(kind)
        else:
            assert answer.status_code == 403, answer.text
    assert granted == kinds


def test_a_sheet_of_people_is_there_for_its_issuer_and_the_personnel_office(monday: Monday) -> None:
    told, _ = monday.sheet(Role.OPD_HEAD, "BKPP", kind="absent", format="csv")
    recap, _ = monday.sheet(kind="recap", format="csv")

    def sees(role: Role, opd_code: str | None = None) -> set[str]:
        caller = monday.api.as_(role, opd_code).at(DUE)
        return {one["id"] for one in caller.get("/v1/sheets").json()["items"]}

    assert sees(Role.ADMIN) == {told["id"], recap["id"]}
    assert sees(Role.BUPATI) == sees(Role.KOMINFO) == sees(Role.INSPECTOR) == {recap["id"]}
    assert sees(Role.OPD_HEAD, "BKPP") == sees(Role.OPD_OPERATOR, "DISDIK") == set()
    for role in (Role.BUPATI, Role.KOMINFO, Role.INSPECTOR):
        for path in (f"/v1/sheets/{told['id']}", told["file"]):
            assert monday.api.as_(role).at(DUE).get(path).status_code == 404


def test_nothing_that_a_bupati_may_print_holds_a_nip(monday: Monday) -> None:
    for form in ("xlsx", "csv", "pdf"):
        _, content = monday.sheet(Role.BUPATI, kind="recap", format=form)
        text = text_of(content) if form == "pdf" else content.decode() if form == "csv" else str(cells(content))
        assert "Alpa" not in text
        assert BUDI not in text


def test_everybody_on_a_sheet_is_on_the_record_when_it_is_issued_and_when_it_is_read(monday: Monday, run: Any) -> None:
    told, _ = monday.sheet(kind="absent", format="csv")
    session = monday.api._app.state.sessions()

    async def read() -> dict[str, list[str]]:
        async with session:
            rows = await session.scalars(select(AuditEntry).where(AuditEntry.target == told["id"]))
            return {row.action: row.subjects for row in rows}

    found = run(read())
    key = SURROUNDINGS.audit_key
    assert set(found) == {"sheets.issue", "sheets.read"}
    assert {subject_of(key, BUDI), subject_of(key, CITRA)} < set(found["sheets.issue"])
    assert found["sheets.issue"] == found["sheets.read"]


FIRST_DAY = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)
"""Wednesday 25 March 2026, 07.30 WITA: the first working day after the Idul Fitri leave."""


def test_the_return_after_idul_fitri_counts_each_category_and_lists_who_stayed_away(api: Api, make: Make) -> None:
    make.opd("BKPP", name="Badan Kepegawaian")
    budi = make.asn("BKPP", "Budi Alpa", nip=BUDI)
    make.asn("BKPP", "Ani Hadir")
    story = Monday(api, make.apel(FIRST_DAY, kind="apel_gabungan"))
    due = FIRST_DAY + timedelta(hours=3)
    story.reports("BKPP", naming(claim(2, 1, unexplained=1), (budi, "TK", None)), at=FIRST_DAY)
    told, content = story.sheet(kind="idulfitri-return", format="csv", at=due)
    rows = lines(content)
    assert rows[0][2:10] == [
        *("JUMLAH ASN", "HADIR", "DINAS", "DIKLAT/ TUGAS BELAJAR", "SAKIT", "CUTI", "IZIN", "TANPA KETERANGAN")
    ]
    assert rows[1] == ["1", "Badan Kepegawaian", "2", "1", *"00000", "1", "0", "0", "1", "50.00", "lapor"]
    assert [row[1:3] for row in rows if BUDI in row] == [[BUDI, "Budi Alpa"]]
    assert ["Catatan", "Untuk disalin ke SiDina pada hari yang sama, sebelum pukul 15.00."] in rows
    assert told["number"] == "0001/APEL-IDULFITRI/76.02/III/2026"
    refused = story.issue(Role.KOMINFO, kind="idulfitri-return", at=due)
    assert refused.json()["code"] == "sheet-kind-not-allowed"


def test_the_return_is_made_for_that_day_alone(monday: Monday) -> None:
    answer = monday.issue(kind="idulfitri-return")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-after-idul-fitri")
    assert "23 November 2026" in answer.json()["detail"]


def test_two_thousand_absent_people_are_printed_beside_the_loop_within_seconds(run: Any) -> None:
    """The loop goes on meanwhile: it is never held for longer than a moment."""
    columns = [Column("no", "NO", 9, Look.PLACE), *(Column(f"c{n}", f"K{n}", 30, Look.TEXT) for n in range(10))]
    rows: list[list[Cell]] = [[n, *["Analis Sumber Daya Manusia Aparatur"] * 10] for n in range(2000)]
    document = Document("DAFTAR", ("Senin",), "FINAL", [Table("Daftar", columns, rows)])
    seal = Seal(
        "Instansi",
        "0001",
        "K7QMABCDEFGH2345",
        "http://apel.test/v1/verify/K7QMABCDEFGH2345",
        "1 Desember 2026",
        "hari ini",
        False,
    )

    async def watched() -> tuple[float, float, bytes, bytes]:
        longest, begun, last = 0.0, monotonic(), monotonic()
        work = asyncio.gather(
            asyncio.to_thread(write_pdf, document, seal, Paper.F4),
            asyncio.to_thread(write_xlsx, document, seal, Paper.A4),
        )
        while not work.done():
            await asyncio.sleep(0.01)
            longest, last = max(longest, monotonic() - last), monotonic()
        pdf, book = await work
        return longest, monotonic() - begun, pdf, book

    longest, whole, pdf, book = run(watched())
    assert whole < 60
    assert longest < 2
    assert len(pdf) < 2_000_000
    assert len(book) < 1_000_000
