"""Files in all dialects of offices, and files that must not be read."""

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.registry import sheets
from app.registry.errors import FileNotReadable, FileNotText, FileTooLarge, FileTooSlow, TooManyColumns, TooManyRows
from app.registry.sheets import read_sheet
from tests.registry.files import xlsx

ROWS = [(1, ["kode", "nama"]), (2, ["A", "Dinas É"])]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("kode;nama\nA;Dinas É\n".encode(), id="semicolons"),
        pytest.param('kode,nama\r\nA,"Dinas É"\r\n'.encode(), id="commas, quotes, Windows line ends"),
        pytest.param("kode\tnama\nA\tDinas É".encode(), id="tabs, no last line end"),
        pytest.param("\ufeffkode;nama\nA;Dinas É\n".encode(), id="a byte order mark"),
        pytest.param("kode;nama\nA;Dinas É\n".encode("cp1252"), id="written by an old Excel"),
        pytest.param("kode\tnama\nA\tDinas É\n".encode("utf-16"), id="Unicode text of Excel"),
        pytest.param("kode;nama;;\nA; Dinas É ;;\n;;\n\n".encode(), id="empty cells and rows at the ends"),
        pytest.param(xlsx([["kode", "nama"], ["A", " Dinas É "], [None, None]]), id="a workbook"),
    ],
)
def test_every_dialect_says_the_same(data: bytes) -> None:
    assert read_sheet(data) == ROWS


def test_numbers_and_dates_of_a_workbook_keep_their_kind() -> None:
    stored = datetime(2026, 11, 23)  # noqa: DTZ001 — as a workbook stores a date
    data = xlsx([["nip", "n", "f", "d"], [1.98501e17, 5, 2.5, stored]])
    assert read_sheet(data)[1] == (2, [1.98501e17, 5, 2.5, date(2026, 11, 23)])


def test_lines_are_counted_as_the_spreadsheet_does() -> None:
    assert [line for line, _ in read_sheet(b'a;b\n\n"x\ny";1\nz;2\n')] == [1, 3, 5]


def bomb(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook one part of which is replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([["kode"]]))) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part.filename))
    return file.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
)
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><worksheet>&j;</worksheet>"
)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        pytest.param(b"x" * (sheets.MAX_BYTES + 1), FileTooLarge, id="too many bytes"),
        pytest.param(bomb(b" " * (sheets.MAX_UNFOLDED_BYTES + 1)), FileTooLarge, id="32 KiB that unfold to 32 MiB"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 100, FileNotReadable, id="an old XLS"),
        pytest.param(b"PK\x03\x04 broken", FileNotReadable, id="a broken archive"),
        pytest.param(xlsx([["kode"]])[:-100], FileNotReadable, id="half an archive"),
        pytest.param(bomb(b"<worksheet"), FileNotReadable, id="broken XML"),
        pytest.param(bomb(LAUGHS), FileNotReadable, id="entities that unfold a billion times"),
        pytest.param(b'a;b\n"open;c\n', FileNotText, id="an open quotation mark"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0", FileNotText, id="a picture"),
        pytest.param(b"a\n" * (sheets.MAX_ROWS + 2), TooManyRows, id="too many rows"),
        pytest.param(b"a;" * sheets.MAX_COLUMNS + b"b", TooManyColumns, id="too many columns"),
        pytest.param(
            bomb((SHEET % '<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>').encode()),
            None,
            id="a cell in column 16,384 costs nothing",
        ),
    ],
)
def test_what_must_not_be_read(data: bytes, refusal: type[Refusal] | None) -> None:
    began = time.monotonic()
    if refusal is None:
        assert read_sheet(data) == []
    else:
        with pytest.raises(refusal):
            read_sheet(data)
    assert time.monotonic() - began < 5


def test_a_sheet_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SECONDS", -1.0)
    with pytest.raises(FileTooSlow):
        read_sheet(b"a;b\n")


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        rows: Any = read_sheet(data)
    except Refusal:
        return
    assert all(line >= 1 and cells for line, cells in rows)
