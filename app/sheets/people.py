"""Sheets that name people: who was absent, and one OPD's own list; as the reader may see them. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.apel.roster import Entry
from app.attendance.rules import BL, NR, Reason
from app.core.cells import printable
from app.duty.models import Absence
from app.duty.rules import EXCUSED, EXCUSED_MASK, HEALTH, NOT_REQUIRED, Code, Mode
from app.reports.rules import mask_nip
from app.sheets.document import Cell, Column, Look, Table
from app.sheets.loading import Ground, Letters, MarkRow

WORDS: dict[str, str] = {
    Code.H: "hadir",
    Code.DL: "dinas luar",
    Code.DD: "dinas dalam",
    Code.DK: "diklat",
    Code.TB: "tugas belajar",
    Code.CT: "cuti tahunan",
    Code.CB: "cuti besar",
    Code.CS: "cuti sakit",
    Code.CM: "cuti melahirkan",
    Code.CP: "cuti alasan penting",
    Code.CLTN: "cuti di luar tanggungan negara",
    Code.S: "sakit",
    Code.I: "izin",
    Code.TK: "tanpa keterangan",
    Code.SF: "sif/piket",
    Code.MPP: "masa persiapan pensiun",
    Code.DPK: "dipekerjakan",
    Code.DPB: "diperbantukan",
    Code.BS: "bebas sementara",
    NR: "tidak wajib apel",
    BL: "belum dilaporkan",
}
_EXCUSED_WORD = "berketerangan"
_DISPUTED_WORD = "sedang diperiksa"
_BASES: dict[str, str] = {
    Reason.ABSENCE_CONFIRMED: "surat disahkan",
    Reason.DECIDED: "diputuskan",
    Reason.CORRECTED: "dikoreksi",
    Reason.DISPUTED: "diperiksa",
    Reason.NOT_REPORTED: "belum lapor",
    Reason.OWN_EVIDENCE: "terlihat di Zoom",
    Reason.NOT_REQUIRED: "tidak wajib",
    Reason.NO_APEL_PERIOD: "tidak ada apel",
    Reason.PENDING: "menunggu",
}
ABSENT: frozenset[str] = frozenset({*EXCUSED, Code.TK})
"""Not there, as concluded: who is disputed or was not reported about is no absent person."""
Sees = Callable[[str], bool]


@dataclass(frozen=True)
class Person:
    """Somebody with the mark, and what explains it."""

    entry: Entry
    mark: MarkRow
    absence: Absence | None
    note: str | None


@dataclass(frozen=True)
class Eyes:
    """What the reader of a sheet may see of a unit's people."""

    nip: Sees
    health: Sees


def list_people(
    ground: Ground, letters: Letters, notes: Mapping[UUID, str], statuses: Collection[str] | None
) -> list[Person]:
    """In protocol order of the units, then by name; pending marks say nothing and are left out."""
    order = {unit.opd_code: place for place, unit in enumerate(ground.units)}
    people = [
        Person(ground.entries[mark.asn_id], mark, letters.get((mark.asn_id, mark.status or "")), notes.get(mark.asn_id))
        for mark in ground.marks
        if mark.asn_id in ground.entries and (statuses is None or (mark.status in statuses and not mark.pending))
    ]
    return sorted(people, key=lambda one: (order[one.mark.unit_code], one.entry.folded_name, one.entry.nip))


_NAMED = (
    Column("no", "NO", 9, Look.PLACE),
    Column("nip", "NIP", 38, Look.TEXT),
    Column("name", "NAMA", 50, Look.TEXT),
    Column("kind", "JENIS", 17, Look.WORD),
    Column("position", "JABATAN", 44, Look.TEXT),
)
_ABSENT = (
    *_NAMED,
    Column("unit", "UNIT KERJA", 44, Look.TEXT),
    Column("code", "KODE", 14, Look.WORD),
    Column("reason", "KETERANGAN", 36, Look.TEXT),
    Column("letter", "SURAT", 38, Look.TEXT),
    Column("dates", "TANGGAL", 30, Look.WORD),
    Column("basis", "STATUS", 25, Look.WORD),
)


def absent_table(ground: Ground, people: Sequence[Person], eyes: Eyes, title: str) -> Table:
    names = {unit.opd_code: unit.short_name for unit in ground.units}
    rows = [
        (*_named(place, one, eyes), names[one.mark.unit_code], *_why(one, eyes, ground.apel.on_date))
        for place, one in enumerate(people, 1)
    ]
    return Table(title, _ABSENT, rows, empty="Tidak ada yang tidak hadir dengan nama.")


_OWN = (
    *_NAMED,
    Column("mode", "HADIR", 18, Look.WORD),
    Column("code", "KODE", 14, Look.WORD),
    Column("reason", "KETERANGAN", 40, Look.TEXT),
    Column("letter", "SURAT", 42, Look.TEXT),
    Column("dates", "TANGGAL", 32, Look.WORD),
    Column("basis", "STATUS", 27, Look.WORD),
)


def own_table(ground: Ground, people: Sequence[Person], eyes: Eyes) -> Table:
    rows = [
        (*_named(place, one, eyes), _mode(one.mark), *_why(one, eyes, ground.apel.on_date))
        for place, one in enumerate(people, 1)
    ]
    return Table("Daftar pegawai", _OWN, rows, empty="Tidak ada nama: OPD ini melaporkan jumlah saja.")


def _named(place: int, person: Person, eyes: Eyes) -> tuple[Cell, ...]:
    entry = person.entry
    nip = entry.nip if eyes.nip(person.mark.unit_code) else mask_nip(entry.nip)
    kind = entry.employment_type.replace("_", " ")
    return place, nip, printable(entry.name), kind, printable(entry.position)


def _mode(mark: MarkRow) -> str:
    if mark.status is None and not mark.pending:
        return "diperiksa"
    if mark.status != Code.H:
        return "tidak" if mark.status in ABSENT and not mark.pending else "–"
    return "ya, WFA" if mark.mode == Mode.WFA else "ya"


def _why(person: Person, eyes: Eyes, day: date) -> tuple[Cell, ...]:
    """Code, reason, letter, dates and basis; what would tell an illness is one word for whoever may not know it."""
    mark, absence = person.mark, person.absence
    hidden = not eyes.health(mark.unit_code)
    basis = _BASES.get(mark.reason, "laporan OPD")
    if hidden and mark.status in HEALTH:
        return EXCUSED_MASK, _EXCUSED_WORD, None, _short(day, day), basis
    word = _DISPUTED_WORD if mark.status is None else WORDS.get(mark.status, mark.status)
    if mark.pending:
        word = "menunggu tenggat"
    # A letter explains an absence; whoever came in spite of one needs none.
    explains = absence is not None and mark.status in EXCUSED | NOT_REQUIRED
    if absence is None or not explains:
        return mark.status, word, _note(person), _short(day, day), basis
    return mark.status, word, printable(absence.letter_no or "") or _note(person), _span(absence), basis


def _note(person: Person) -> str | None:
    return printable(person.note, longest=80) if person.note else None


def _span(absence: Absence) -> str:
    return _short(absence.from_date, absence.to_date)


def _short(first: date, last: date) -> str:
    return f"{first:%d-%m-%Y}" if first == last else f"{first:%d-%m-%Y} s.d. {last:%d-%m-%Y}"


def counted_only(ground: Ground) -> str | None:
    """The OPDs whose absent people are known by number alone."""
    named = {mark.unit_code for mark in ground.marks}
    found = [
        unit.short_name
        for unit, tally in ground.rows
        if tally.counts_only and (unit.opd_code not in named or sum(tally.excused.values()) + tally.unexplained)
    ]
    return f"Melaporkan jumlah tanpa nama: {', '.join(map(printable, found))}." if found else None
