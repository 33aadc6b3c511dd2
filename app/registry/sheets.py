"""A file of the office as rows of cells: CSV in any of its dialects, or the first sheet of an XLSX.

Runs in a worker thread, one file at a time: a small XLSX can unfold to hundreds of megabytes and seconds.
"""

import csv
import io
import itertools
import threading
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from xml.etree.ElementTree import ParseError

from app.registry.errors import FileNotReadable, FileNotText, FileTooLarge, FileTooSlow, TooManyColumns, TooManyRows

Cell = str | int | float | date | None
Row = tuple[int, list[Cell]]
"""Line number as a spreadsheet shows it, and the cells."""

MAX_BYTES = 8 * 1024 * 1024
"""A CSV of twenty thousand people is about 3 MiB."""
MAX_UNFOLDED_BYTES = 32 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELL = 1000
SECONDS = 15.0
TITLE_LINES = 10
"""Offices put a title above the header; both are looked for in this many lines."""

_ONE_AT_A_TIME = threading.Lock()
_DAMAGE = (
    *(ParseError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError),
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, TypeError, ValueError),
)
"""What a damaged workbook makes openpyxl and its readers raise; it has no error of its own for most of it.
Entities that unfold without end are a ValueError of defusedxml, which openpyxl parses with."""
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_sheet(data: bytes) -> list[Row]:
    """The rows that hold anything; raises what `errors` names for files that cannot or must not be read."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit=MAX_BYTES // 1024 // 1024)
    if data.startswith(_OLD_EXCEL):
        raise FileNotReadable
    with _ONE_AT_A_TIME:
        ends = time.monotonic() + SECONDS
        return list(_limited(_xlsx_rows(data) if data.startswith(_ZIP) else _csv_rows(data), ends))


def read_csv(data: bytes) -> list[Row]:
    """The same for a file that can only be CSV; a workbook is no text."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit=MAX_BYTES // 1024 // 1024)
    return list(_limited(_csv_rows(data), time.monotonic() + SECONDS))


def _limited(rows: Iterable[Row], ends: float) -> Iterator[Row]:
    count = 0
    for line, cells in rows:
        if time.monotonic() > ends:
            raise FileTooSlow(seconds=int(SECONDS))
        if all(cell is None or cell == "" for cell in cells):
            continue
        while cells[-1] is None or cells[-1] == "":
            cells.pop()
        count += 1
        if count > MAX_ROWS + 1:
            raise TooManyRows(limit=MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise TooManyColumns(limit=MAX_COLUMNS, line=line)
        yield line, cells


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileNotText(line=line) from error


def _decode(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else what Windows writes in western Europe and Indonesia."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for name in (encoding, "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileNotText(line=1)


def _delimiter(text: str) -> str:
    """The sign that stands most often in one of the first lines: a title above the header may hold none."""
    lines = list(itertools.islice((line for line in io.StringIO(text) if line.strip(" ;,\t\r\n")), TITLE_LINES))
    return max(";,\t", key=lambda sign: max((line.count(sign) for line in lines), default=0))


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    # Imported here: it takes a third of a second, which every start would wait for.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNFOLDED_BYTES:
                raise FileTooLarge(limit=MAX_UNFOLDED_BYTES // 1024 // 1024)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        # One column too many is read, so that a wider sheet is refused and not cut.
        rows = book.worksheets[0].iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
        for line, values in enumerate(rows, start=1):
            yield line, [_cell(value) for value in values]
    except (InvalidFileException, *_DAMAGE) as error:
        raise FileNotReadable from error


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value).strip()
