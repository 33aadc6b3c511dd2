"""The columns of e-Kinerja's files, and how their cells are read."""

import re
from decimal import Decimal

from app.core.fields import fold
from app.performance.periods import target_period
from app.performance.rules import Aspect, Better, State, Theme
from app.performance.schemas import Kind
from app.registry import columns
from app.registry.columns import Column, Unreadable
from app.registry.sheets import Cell

_GROUPED = re.compile(r"([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d{1,4}))?", re.ASCII)
_PLAIN = re.compile(r"(\d{1,12})(?:[.,](\d{1,4}))?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_MONTH_OF_YEAR = re.compile(r"([a-z]{3,9}) (20\d\d)", re.ASCII)
_QUARTER_OF_YEAR = re.compile(r"(?:triwulan|tw|kuartal) ?(iv|i{1,3}|[1-4])(?: tahun)? (20\d\d)", re.ASCII)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}

ASPECTS = {"kuantitas": Aspect.QUANTITY, "kualitas": Aspect.QUALITY, "waktu": Aspect.TIME, "biaya": Aspect.COST}
DIRECTIONS = {
    "naik": Better.HIGHER,
    "maksimal": Better.HIGHER,
    "positif": Better.HIGHER,
    "lebih tinggi": Better.HIGHER,
    "turun": Better.LOWER,
    "minimal": Better.LOWER,
    "negatif": Better.LOWER,
    "lebih rendah": Better.LOWER,
}
THEMES = {
    "pengentasan kemiskinan": Theme.POVERTY,
    "kemiskinan": Theme.POVERTY,
    "peningkatan investasi": Theme.INVESTMENT,
    "investasi": Theme.INVESTMENT,
    "digitalisasi": Theme.DIGITALISATION,
    "digitalisasi administrasi pemerintahan": Theme.DIGITALISATION,
    "digitalisasi penyelenggaraan pemerintahan": Theme.DIGITALISATION,
    "prioritas presiden": Theme.PRESIDENTIAL,
    "percepatan prioritas presiden": Theme.PRESIDENTIAL,
}
STATES = {
    "diterima": State.ACCEPTED,
    "disetujui": State.ACCEPTED,
    "setuju": State.ACCEPTED,
    "terverifikasi": State.ACCEPTED,
    "sudah diverifikasi": State.ACCEPTED,
    "valid": State.ACCEPTED,
    "dikembalikan": State.RETURNED,
    "ditolak": State.RETURNED,
    "revisi": State.RETURNED,
    "perbaikan": State.RETURNED,
    "menunggu": State.WAITING,
    "diajukan": State.WAITING,
    "draf": State.WAITING,
    "draft": State.WAITING,
    "belum diverifikasi": State.WAITING,
}


def amount(cell: Cell) -> str:
    """A number as a spreadsheet holds it, or as Indonesia writes it: 1.500,5 and 95%.

    A dot before three digits parts thousands, any other is a decimal point. As text, since values are kept as JSON.
    """
    if isinstance(cell, (int, float)):
        return _bounded(format(Decimal(str(cell)), "f"))
    text = columns.as_text(cell).removesuffix("%").strip()
    if match := _GROUPED.fullmatch(text):
        return _bounded(match[1].replace(".", "") + (f".{match[2]}" if match[2] else ""))
    if match := _PLAIN.fullmatch(text):
        return _bounded(match[1] + (f".{match[2]}" if match[2] else ""))
    raise Unreadable("amount_malformed")


def _bounded(number: str) -> str:
    whole, _, rest = number.partition(".")
    rest = rest.rstrip("0")
    if not whole.isdigit() or len(whole.lstrip("0")) > 12 or len(rest) > 4:
        raise Unreadable("amount_malformed")
    return f"{whole}.{rest}" if rest else whole


def period(cell: Cell) -> str:
    """A day, month or quarter: 2026-11-23, 23/11/2026, 2026-11, November 2026, 2026-Q4, Triwulan IV 2026."""
    written = str(cell).strip() if isinstance(cell, str) else ""
    try:
        return target_period(written.upper()).code
    except ValueError:
        return _spelled(fold(written)) or columns.day(cell).isoformat()


def _spelled(text: str) -> str | None:
    if (match := _MONTH_OF_YEAR.fullmatch(text)) and match[1][:3] in _MONTHS:
        return f"{match[2]}-{_MONTHS.index(match[1][:3]) + 1:02}"
    if match := _QUARTER_OF_YEAR.fullmatch(text):
        return f"{match[2]}-Q{_QUARTERS[match[1]]}"
    return None


def _within_century(cell: Cell) -> str:
    code = period(cell)
    if not code.startswith("20"):
        raise Unreadable("date_malformed")
    return code


def weight(cell: Cell) -> int:
    text = columns.as_text(cell).removesuffix("%").strip()
    if not re.fullmatch(r"0*([1-9]\d?|100)", text, re.ASCII):
        raise Unreadable("weight_malformed")
    return int(text)


_NIP = Column("nip", ("ni pppk", "nip ni pppk", "nip pegawai", "nomor induk"), columns.nip)
_RHK = Column("rhk", ("rencana hasil kerja", "rencana hasil kerja rhk", "hasil kerja"), columns.line)
_INDICATOR = Column("indicator", ("indikator", "indikator kinerja", "indikator kinerja individu", "iki"), columns.line)
_PERIOD = Column("period", ("periode", "bulan", "triwulan", "tanggal", "periode penilaian"), _within_century)
_ASPECT_NAMES = ("aspek", "aspek indikator")
COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.PLANS: (
        _NIP,
        _RHK,
        _INDICATOR,
        Column("aspect", _ASPECT_NAMES, columns.one_of(Aspect, ASPECTS)),
        Column("unit", ("satuan", "satuan target"), columns.line),
        Column("target", ("target kinerja", "nilai target"), amount),
        _PERIOD,
        Column("supports", ("rhk pimpinan yang diintervensi", "rhk pimpinan", "rhk atasan"), columns.line, False),
        Column("weight", ("bobot", "bobot indikator"), weight, False),
        Column("theme", ("tema", "tema rb", "rb tematik", "tematik"), columns.one_of(Theme, THEMES), False),
        Column("better", ("arah", "polarisasi", "polaritas"), columns.one_of(Better, DIRECTIONS), False),
    ),
    Kind.ACHIEVEMENTS: (
        _NIP,
        _RHK,
        _INDICATOR,
        _PERIOD,
        Column("actual", ("realisasi", "capaian realisasi", "nilai realisasi"), amount),
        Column("evidence", ("bukti dukung", "bukti", "tautan bukti", "link bukti dukung"), columns.line),
        Column("aspect", _ASPECT_NAMES, columns.one_of(Aspect, ASPECTS), False),
        Column("note", ("catatan", "uraian", "keterangan"), columns.line, False),
        Column("status", ("verifikasi", "status verifikasi"), columns.one_of(State, STATES), False),
        Column("examiner", ("pemeriksa", "pejabat penilai", "diverifikasi oleh"), columns.line, False),
    ),
}
