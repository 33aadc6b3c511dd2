"""The recap: the board's figures on paper, computed again by a spreadsheet, with a number that nobody skips."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.core.principal import Role
from app.sheets import issuing
from tests.client import Api
from tests.make import Make
from tests.monday import DUE, NUMBER, claim
from tests.sheets.conftest import HOSTILE, Monday, calculated, cells, lines, row_of, text_of


def test_a_recap_prints_what_the_board_shows(monday: Monday) -> None:
    told, content = monday.sheet(kind="recap", format="xlsx")
    board = monday.board()["totals"]
    page = cells(content)["Rekapitulasi"]
    assert row_of(page, "Sekretariat Daerah") == (
        *(1, "Sekretariat Daerah", 10, 0, 0, 0, 0, 2, 0, 0, 2, 8, 80, 100, "lapor"),
    )
    assert row_of(page, "Badan Kepegawaian") == (
        *(2, "Badan Kepegawaian", 4, 2, 1, 1, 1, 2, 0, 0, 3, 1, 25, 50, "lapor"),
    )
    assert row_of(page, "Dinas Pendidikan")[-1] == "terlambat"
    silent = row_of(page, "Dinas Kesehatan")
    assert silent == (4, "Dinas Kesehatan", 1, 1, 0, 0, None, 0, 1, 0, 1, 0, None, None, "belum lapor")
    totals = row_of(page, "JUMLAH")
    assert totals[2] == board["strength"] == 16
    assert totals[6] == board["unexplained"] == 1
    assert totals[8] == board["people_not_reported"] == 1
    assert totals[11] == board["present"]["wfo"] + board["present"]["wfa"] == 10
    assert totals[12:14] == (board["rate"]["percent"], board["duty_rate"]["percent"]) == (66.67, 90.91)
    kinds = cells(content)["Jenis kepegawaian"]
    assert row_of(kinds, "PNS") == ("PNS", 4, 1, 0, 1, 2, 2)
    assert row_of(kinds, "PPPK paruh waktu") == ("PPPK paruh waktu", 1, 0, 1, 0, 1, 0)
    assert row_of(kinds, "Tidak dirinci per orang") == ("Tidak dirinci per orang", 10, 0, 2, 0, 2, 8)
    assert row_of(kinds, "JUMLAH") == ("JUMLAH", 16, 1, 4, 1, 6, 10)
    assert told["number"] == "0001/APEL-REKAP/76.02/XI/2026"


def test_a_spreadsheet_computes_the_same_totals_from_the_formulas_alone(monday: Monday, tmp_path: Path) -> None:
    _, content = monday.sheet(kind="recap", format="xlsx")
    shown, again = cells(content), calculated(content, tmp_path)
    for title, page in shown.items():
        for row, computed in zip(page, again[title], strict=False):
            assert [value or None for value in computed] == [value or None for value in row]
    formulas = row_of(cells(content, values=False)["Rekapitulasi"], "JUMLAH")
    assert formulas[2] == "=SUM(C$9:C$12)"
    assert str(formulas[12]).startswith("=IF(SUMIF(O$9:O$12")


@pytest.mark.parametrize(
    ("figures", "row"),
    [
        (claim(976, 945, unexplained=25, CT=1, S=5), (976, 25, 6, 31, 945, 96.82)),
        (claim(2372, 2308, unexplained=17, S=15, TB=20, CT=12), (2372, 17, 47, 64, 2308, 97.3)),
    ],
    ids=["Minahasa, January 2024", "Kotamobagu"],
)
def test_published_recaps_come_out_as_they_were_published(
    api: Api, make: Make, figures: dict[str, Any], row: tuple[Any, ...], tmp_path: Path
) -> None:
    make.opd("PEMDA")
    story = Monday(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.ends()
    story.reports("PEMDA", figures)
    told, content = story.sheet(kind="recap", format="xlsx")
    totals = row_of(calculated(content, tmp_path)["Rekapitulasi"], "JUMLAH")
    assert tuple(totals[place] for place in (2, 6, 7, 10, 11, 12)) == row
    verified = api.get(f"/v1/verify/{told['code']}").json()["totals"]
    assert verified["rate"] == {"numerator": row[4], "denominator": row[0], "excluded": {}, "percent": row[5]}


def test_a_workbook_is_ready_to_print(monday: Monday) -> None:
    told, content = monday.sheet(kind="recap", format="xlsx", paper="F4", signatory={"place": "Mamuju"})
    page: Any = load_workbook(BytesIO(content))["Rekapitulasi"]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 14)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$8:$8"
    assert page.oddFooter.right.text == "Halaman &P dari &N"
    assert page.oddFooter.left.text.startswith(told["number"])
    words = [value for row in page.iter_rows(values_only=True) for value in row if isinstance(value, str)]
    assert words[:2] == ["PEMERINTAH KABUPATEN MAMUJU", "REKAPITULASI KEHADIRAN APEL"]
    assert f"Periksa keaslian di {told['verify_url']}" in words
    assert any(word.startswith("Mamuju, 23 November 2026") for word in words)
    _, small = monday.sheet(kind="recap", format="xlsx", paper="A4")
    assert load_workbook(BytesIO(small))["Rekapitulasi"].page_setup.paperSize == 9


def test_pages_say_what_they_are_and_how_many(monday: Monday) -> None:
    told, content = monday.sheet(kind="recap")
    text = text_of(content)
    for said in (
        "PEMERINTAH KABUPATEN MAMUJU",
        "Senin, 23 November 2026, pukul 07.30 WITA",
        f"Nomor: {told['number']}",
        "SEMENTARA · revisi",
        told["verify_url"],
        "Halaman 1 dari 1",
        "10 ÷ 15 = 66,67%",
        "Belum lapor: 1 OPD; 1 ASN tidak dihitung",
    ):
        assert said in text
    assert "CONTOH" not in text
    assert content.count(b"/FontFile2") >= 2


def test_a_final_apel_says_so_with_revision_and_time(monday: Monday) -> None:
    later = DUE + timedelta(hours=1)
    kominfo = monday.api.as_(Role.KOMINFO).at(later)
    assert kominfo.post(monday.path("finalize")).status_code == 200
    told, content = monday.sheet(kind="recap", at=later)
    assert f"FINAL sejak 23 November 2026 pukul 09.31 WITA · revisi {told['revision']}" in text_of(content)


def test_before_the_deadline_nobody_is_without_explanation(monday: Monday) -> None:
    told, content = monday.sheet(kind="recap", format="csv", at=DUE - timedelta(minutes=20))
    totals = next(row for row in lines(content) if row[1:2] == ["JUMLAH"])
    assert totals[6] == ""
    kinds = lines(content)[lines(content).index(["JENIS KEPEGAWAIAN", *lines(content)[_head(content)][1:]]) :]
    assert all(not cell.startswith("-") for row in kinds for cell in row)
    assert next(row for row in kinds if row[0] == "JUMLAH")[2] == ""
    assert all(row[6] == "" for row in lines(content)[1:5])
    assert ["Catatan", "Tenggat laporan belum lewat: tanpa keterangan belum ditetapkan."] in lines(content)
    assert monday.api.get(f"/v1/verify/{told['code']}").json()["totals"]["unexplained"] is None


def _head(content: bytes) -> int:
    return next(place for place, row in enumerate(lines(content)) if row[:1] == ["JENIS KEPEGAWAIAN"])


def test_people_who_were_only_counted_have_no_kind(api: Api, make: Make) -> None:
    """Else they would stand under their kind as silent, and be taken off again below."""
    make.opd("SETDA", name="Sekretariat Daerah")
    for number in range(5):
        make.asn("SETDA", f"Pegawai {number}")
    story = Monday(api, make.apel(zoom_meeting_ids=[NUMBER]))
    story.starts()
    story.ends()
    story.reports("SETDA", claim(5, 3, unexplained=1, DL=1))
    _, content = story.sheet(kind="recap", format="xlsx")
    kinds = cells(content)["Jenis kepegawaian"]
    assert row_of(kinds, "Tidak dirinci per orang") == ("Tidak dirinci per orang", 5, 1, 1, 0, 2, 3)
    assert not any("PNS" in row for row in kinds)
    assert row_of(cells(content)["Rekapitulasi"], "Sekretariat Daerah")[3] == 5


def test_it_is_signed_on_the_day_on_which_it_is_issued(monday: Monday) -> None:
    _, content = monday.sheet(kind="recap", signatory={"place": "Mamuju"}, at=DUE + timedelta(days=20))
    assert "Mamuju, 13 Desember 2026" in text_of(content)


def test_a_csv_has_a_bom_and_commas_in_decimals_only_with_a_semicolon(monday: Monday) -> None:
    _, plain = monday.sheet(kind="recap", format="csv")
    _, local = monday.sheet(kind="recap", format="csv", separator=";")
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert local.startswith(b"\xef\xbb\xbfNO;UNIT KERJA;JUMLAH ASN;")
    assert lines(plain)[5][12] == "66.67"
    assert lines(local, ";")[5][12] == "66,67"


def test_numbers_have_no_gap_though_an_issue_fails(monday: Monday, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = monday.sheet(kind="recap")

    def fail(*_: Any) -> bytes:
        raise ArithmeticError

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "render", fail)
        assert monday.issue(kind="recap").status_code == 500
    assert monday.issue(kind="idulfitri-return").json()["code"] == "not-after-idul-fitri"
    assert monday.issue(kind="opd", opd_code="NIHIL").json()["code"] == "sheet-unit-unknown"
    second, _ = monday.sheet(kind="absent")
    assert [one["number"][:4] for one in (first, second)] == ["0001", "0002"]


@pytest.mark.parametrize("kind", ["recap", "absent"])
@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_a_hostile_name_is_harmless_in_every_format(monday: Monday, kind: str, form: str) -> None:
    _, content = monday.sheet(kind=kind, format=form)
    if form == "pdf":
        text = text_of(content, layout=False)
    elif form == "xlsx":
        text = " ".join(str(value) for page in cells(content).values() for row in page for value in row)
    else:
        text = content.decode()
    assert "\u202e" not in text
    assert "\u0301" * 3 not in text
    assert HOSTILE not in text
    if kind == "absent":
        assert "<img src=x" in text
        # In PDF nothing calculates; elsewhere the note begins with an apostrophe.
        assert ("'=HYPERLINK(1)" in text) is (form != "pdf")


def test_the_same_request_with_a_key_issues_one_sheet(monday: Monday) -> None:
    caller = monday.api.as_(Role.ADMIN).at(DUE)
    sent = [
        caller.post(monday.path("sheets"), {"kind": "recap", "format": "csv"}, headers={"idempotency-key": "satu"})
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    assert sent[1].headers["location"] == f"/v1/sheets/{sent[0].json()['id']}"
    assert len(caller.get("/v1/sheets").json()["items"]) == 1
