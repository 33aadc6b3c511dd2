"""The columns of the two import files: their names, the names that offices give them, and how a cell is read."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.fields import FIRST_YEAR, LAST_YEAR, OPD_CODE, fold
from app.registry import nip as nips
from app.registry.rules import Connectivity, EmploymentType, HeadTitle, Level, OpdType, Reports, WorkPattern
from app.registry.sheets import MAX_CELL, Cell

Value = str | int | bool | date | None


class Kind(StrEnum):
    OPD = "opd"
    ASN = "asn"


class Unreadable(Exception):
    """A cell cannot be read; `code` is a text of section `import`."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Column:
    name: str
    aliases: tuple[str, ...]
    read: Callable[[Cell], Value]
    required: bool = True
    """The column must be there, and each of its cells filled."""
    blank: bool = False
    """An empty cell says something (no parent); elsewhere it leaves things as they are."""


_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]00:00(?::00)?)?", re.ASCII)
_INDONESIAN = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
YES = ("yes", "ya", "y", "true", "1", "wajib")
NO = ("no", "tidak", "n", "t", "false", "0")


def as_text(cell: Cell) -> str:
    """What a person sees in the cell, in NFC, blanks single."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", "" if cell is None else str(cell))
    if len(text) > MAX_CELL:
        raise Unreadable("cell_too_long", limit=MAX_CELL)
    text = " ".join(text.split())
    if _UNSEEN.search(text):
        raise Unreadable("unseen_characters")
    return text


def line(cell: Cell) -> str:
    text = as_text(cell)
    if len(text) > 200:
        raise Unreadable("cell_too_long", limit=200)
    return text


def opd_code(cell: Cell) -> str:
    text = as_text(cell).upper()
    if not re.fullmatch(OPD_CODE, text):
        raise Unreadable("opd_code_malformed")
    return text


def nip(cell: Cell) -> str:
    """Digits as text; the usual grouping (19850101 201001 1 001) and a spreadsheet's apostrophe are taken off."""
    if isinstance(cell, (int, float)) or nips.AS_NUMBER.fullmatch(as_text(cell)):
        raise Unreadable("nip_as_number")
    text = as_text(cell).removeprefix("'").replace(" ", "")
    if not nips.SHAPE.fullmatch(text):
        raise Unreadable("nip_malformed")
    return text


def day(cell: Cell) -> date:
    """A spreadsheet's date, 2026-11-23, or day first as written in Indonesia: 23/11/2026."""
    if isinstance(cell, date):
        found = cell
    else:
        text = as_text(cell)
        if match := _ISO.fullmatch(text):
            year, month, number = match.groups()
        elif match := _INDONESIAN.fullmatch(text):
            number, month, year = match.groups()
        else:
            raise Unreadable("date_malformed")
        try:
            found = date(int(year), int(month), int(number))
        except ValueError:
            raise Unreadable("date_malformed") from None
    if not FIRST_YEAR - 50 <= found.year <= LAST_YEAR:
        raise Unreadable("date_malformed")
    return found


def whole(cell: Cell) -> int:
    text = as_text(cell)
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII):
        raise Unreadable("number_malformed")
    return int(text)


def email(cell: Cell) -> str:
    text = line(cell)
    if not _EMAIL.fullmatch(text):
        raise Unreadable("email_malformed")
    return text


def yes_no(cell: Cell) -> bool:
    word = as_text(cell).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable("not_one_of", expected="yes, no")


def one_of(choices: type[StrEnum], aliases: Mapping[str, StrEnum]) -> Callable[[Cell], str]:
    """A cell that names one of the choices, in the field's own words too; capitals and signs do not matter."""
    words = {fold(choice.value): choice for choice in choices} | {fold(word): to for word, to in aliases.items()}
    expected = ", ".join(choice.value for choice in choices)

    def read(cell: Cell) -> str:
        found = words.get(fold(as_text(cell)))
        if found is None:
            raise Unreadable("not_one_of", expected=expected)
        return found.value

    return read


_TYPE = one_of(
    OpdType,
    {
        "setda": OpdType.SEKRETARIAT_DAERAH,
        "sekwan": OpdType.SEKRETARIAT_DPRD,
        "setwan": OpdType.SEKRETARIAT_DPRD,
        "rumah sakit": OpdType.RSUD,
        "upt": OpdType.UPTD,
        "pkm": OpdType.PUSKESMAS,
        "satuan polisi pamong praja": OpdType.SATPOL_PP,
    },
)
_REPORTS = one_of(
    Reports,
    {"ya": Reports.YES, "tidak": Reports.NO, "bagian": Reports.PART, "sebagian": Reports.PART},
)
_CONNECTIVITY = one_of(
    Connectivity,
    {
        "baik": Connectivity.GOOD,
        "lemah": Connectivity.WEAK,
        "tidak ada": Connectivity.NONE,
        "nihil": Connectivity.NONE,
        "blank spot": Connectivity.NONE,
    },
)
_HEAD_TITLE = one_of(
    HeadTitle,
    {"kepala": HeadTitle.DEFINITIF, "pelaksana tugas": HeadTitle.PLT, "pelaksana harian": HeadTitle.PLH},
)
_EMPLOYMENT = one_of(
    EmploymentType,
    {"pppk paruh waktu": EmploymentType.PPPK_PW, "p3k": EmploymentType.PPPK, "p3k paruh waktu": EmploymentType.PPPK_PW},
)
_LEVEL = one_of(
    Level,
    {
        "eselon ii": Level.JPT_PRATAMA,
        "eselon iii": Level.ADMINISTRATOR,
        "eselon iv": Level.PENGAWAS,
        "ahli utama": Level.JF_AHLI_UTAMA,
        "ahli madya": Level.JF_AHLI_MADYA,
        "ahli muda": Level.JF_AHLI_MUDA,
        "ahli pertama": Level.JF_AHLI_PERTAMA,
        "penyelia": Level.JF_PENYELIA,
        "mahir": Level.JF_MAHIR,
        "terampil": Level.JF_TERAMPIL,
        "pemula": Level.JF_PEMULA,
    },
)
_PATTERN = one_of(
    WorkPattern,
    {"5 hari": WorkPattern.FIVE_DAYS, "6 hari": WorkPattern.SIX_DAYS, "sif": WorkPattern.SHIFT},
)
_FROM = ("mulai", "sejak", "tanggal mulai", "tgl mulai", "tmt", "berlaku mulai")
_TO = ("sampai", "hingga", "tanggal selesai", "tgl selesai", "tanggal akhir", "berlaku sampai")

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.OPD: (
        Column("code", ("kode", "kode opd", "opd code", "kode unit"), opd_code),
        Column("name", ("nama", "nama opd", "nama unit"), line),
        Column("short_name", ("singkatan", "nama singkat", "nama pendek"), line),
        Column("type", ("jenis", "tipe", "jenis opd"), _TYPE),
        Column("parent_code", ("induk", "kode induk", "opd induk"), opd_code, blank=True),
        Column("protocol_order", ("urutan", "urutan protokol", "no urut", "nomor urut"), whole),
        Column("reports", ("melapor", "lapor"), _REPORTS),
        Column("zoom_email", ("email zoom", "akun zoom"), email, required=False),
        Column("contact", ("kontak", "narahubung", "no hp", "telepon"), line, required=False),
        Column("head_nip", ("nip kepala", "nip pimpinan"), nip, required=False),
        Column("head_title", ("status kepala", "status pimpinan", "sebutan kepala"), _HEAD_TITLE, required=False),
        Column("connectivity", ("jaringan", "konektivitas", "sinyal"), _CONNECTIVITY, required=False),
        Column("from_date", _FROM, day, required=False),
        Column("to_date", _TO, day, required=False),
    ),
    Kind.ASN: (
        Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), nip),
        Column("name", ("nama", "nama lengkap", "nama pegawai"), line),
        Column(
            "employment_type",
            ("jenis kepegawaian", "status kepegawaian", "status", "jenis asn", "jenis pegawai"),
            _EMPLOYMENT,
        ),
        Column("opd_code", ("kode opd", "opd", "unit kerja", "kode unit"), opd_code),
        Column("position", ("jabatan", "nama jabatan"), line),
        Column("apel_duty", ("wajib apel", "apel"), yes_no),
        Column("from_date", _FROM, day),
        Column("level", ("jenjang", "jenjang jabatan", "tingkat jabatan"), _LEVEL, required=False),
        Column("superior_nip", ("nip atasan", "atasan"), nip, required=False),
        Column("work_pattern", ("pola kerja", "hari kerja"), _PATTERN, required=False),
        Column("email", ("surel", "e mail", "alamat email"), email, required=False),
        Column("to_date", _TO, day, required=False),
    ),
}
