"""The columns of the daily attendance system's file, the words it uses, and its JSON as rows of cells."""

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import jiter

from app.core.fields import fold
from app.duty.importing import ABSENCE_WORDS
from app.duty.rules import Code
from app.registry import columns
from app.registry.columns import Column, Unreadable
from app.registry.errors import FileTooLarge, TooManyColumns, TooManyRows
from app.registry.sheets import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Cell, Row, read_sheet
from app.workdays.errors import WorkdayFileUnreadable
from app.workdays.judging import NOT_REQUIRED

_TIME = re.compile(r"(?:\d{4}-\d\d-\d\d[T ])?(\d\d?)[:.](\d\d)(?:[:.](\d\d))?(?:\.\d+)?", re.ASCII)
_BLANK = frozenset({"", "-", "--", "--:--", "00:00", "00:00:00", "null", "nihil"})
"""What systems write where no clock was seen; midnight sharp is an empty field more often than a clock."""
_PLACE = re.compile(r" at line (\d+) column \d+$")
_LISTS = ("items", "data")
"""Where the records stand if the file is an object."""

STATUS_WORDS: dict[str, str] = ABSENCE_WORDS | {
    fold(word): code
    for code, words in {
        Code.H: "h,hadir,masuk,hadir tepat waktu,hadir terlambat,tepat waktu,terlambat,telat,tl,psw,pulang cepat,wfo",
        Code.TK: "tk,a,alpa,alpha,ta,tanpa keterangan,tanpa kabar,mangkir",
        Code.DL: "tugas luar,perjalanan dinas",
        NOT_REQUIRED: "nr,l,libur,off,lepas piket,bukan hari kerja,hari libur,cuti bersama",
    }.items()
    for word in words.split(",")
}
"""Only words that can mean nothing else; whatever stands not here is kept and judged by nobody."""


def clock(cell: Cell) -> str | None:
    """A time of day as ISO text, to the second; None where the system saw no clock."""
    if isinstance(cell, date):
        raise Unreadable("time_malformed")
    if isinstance(cell, float) and 0 < cell < 1:
        seconds = round(cell * 86_400) % 86_400
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60).isoformat()
    text = columns.as_text(cell)
    if fold(text) in _BLANK or text in _BLANK:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise Unreadable("time_malformed")
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0)).isoformat()
    except ValueError:
        raise Unreadable("time_malformed") from None


def code_of(status: str | None) -> str | None:
    """What a status as delivered is taken for; None for no status and for words that we do not know."""
    return STATUS_WORDS.get(fold(status)) if status else None


COLUMNS = (
    Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), columns.nip),
    Column("date", ("tanggal", "tgl", "hari tanggal"), columns.day),
    Column("in", ("masuk", "jam masuk", "clock in", "absen masuk", "datang", "jam datang"), clock, required=False),
    Column("out", ("pulang", "jam pulang", "clock out", "absen pulang", "keluar", "jam keluar"), clock, required=False),
    Column("status", ("keterangan", "ket", "status kehadiran", "kehadiran"), columns.line, required=False),
)


def read_rows(data: bytes) -> list[Row]:
    """CSV, XLSX or JSON; raises the refusals of `sheets.read_sheet`, and WorkdayFileUnreadable."""
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return list(_json_rows(data)) if start in (b"[", b"{") else read_sheet(data)


def _json_rows(data: bytes) -> Iterator[Row]:
    """The records as rows below a header of all their names; the n-th record is line n."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(limit=MAX_BYTES // 1024 // 1024)
    records = _json_records(data)
    if len(records) > MAX_ROWS:
        raise TooManyRows(limit=MAX_ROWS)
    names = list(dict.fromkeys(name for record in records for name in record))
    if len(names) > MAX_COLUMNS:
        raise TooManyColumns(limit=MAX_COLUMNS, line=1)
    yield 0, [_plain(name) for name in names]
    for line, record in enumerate(records, start=1):
        yield line, [_cell(record.get(name)) for name in names]


def _json_records(data: bytes) -> list[dict[str, Any]]:
    try:
        found = jiter.from_json(data.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        place = _PLACE.search(str(error))
        raise WorkdayFileUnreadable(line=int(place[1]) if place else 1) from None
    if isinstance(found, dict):
        found = next((found[name] for name in _LISTS if name in found), None)
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise WorkdayFileUnreadable(line=1)
    return found


def _plain(name: str) -> str:
    """A name without signs that cannot be kept."""
    return "".join(sign for sign in name[:100] if sign.isprintable())


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, (str, float)) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return "true" if value is True else "false" if value is False else "{}"
