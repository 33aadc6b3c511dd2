"""Sheets of counts: the recap of one apel and the return after Idul Fitri; figures are taken, never reckoned anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.apel.roster import Unit
from app.attendance.models import Tally
from app.attendance.rates import duty_rate_of, rate_of
from app.core.rates import Percent
from app.duty.rules import Code
from app.registry.rules import EmploymentType
from app.sheets.document import SUM, Cell, Column, Look, Table
from app.sheets.loading import Ground, Split, split_of

MISSING = "belum lapor"
_STATES = {"missing": MISSING, "partial": "sebagian", "submitted": "lapor"} | {
    "late": "terlambat",
    "returned": "dikembalikan",
    "verified": "terverifikasi",
}
_PNS, _PPPK, _PW = (EmploymentType.PNS, EmploymentType.CPNS), (EmploymentType.PPPK,), (EmploymentType.PPPK_PW,)


KNOWN = 'IF(COUNT({self:all})=0,"",SUM({self:all}))'
"""The sum of what is known; where nothing is, nothing is said: zero would be a finding."""


def _spoken(column: str) -> str:
    """The sum of a column over the OPDs that reported."""
    return f'SUMIF({{state:all}},"<>{MISSING}",{{{column}:all}})'


def _share(part: str, whole: str) -> str:
    return f'IF({whole}<=0,"",ROUND({part}/({whole})*100,2))'


_ROW_WHOLE = f'IF({{state}}="{MISSING}",0,{{strength}}-{{silent}})'
_ALL_WHOLE = f"{_spoken('strength')}-{_spoken('silent')}"
RATE = Column(
    "rate",
    "PERSENTASE",
    19,
    Look.PERCENT,
    formula=_share("{present}", _ROW_WHOLE),
    total=_share(_spoken("present"), _ALL_WHOLE),
)
DUTY_RATE = Column(
    "duty_rate",
    "% DARI WAJIB HADIR",
    16,
    Look.PERCENT,
    formula=_share("{present}", f"{_ROW_WHOLE}-{{excused}}"),
    total=_share(_spoken("present"), f"{_ALL_WHOLE}-{_spoken('excused')}"),
)
_RECAP = (
    Column("no", "NO", 8, Look.PLACE),
    Column("unit", "UNIT KERJA", 62, Look.TEXT),
    Column("strength", "JUMLAH ASN", 15, total=SUM),
    Column("pns", "PNS", 12, total=SUM),
    Column("pppk", "PPPK", 12, total=SUM),
    Column("pw", "PPPK PARUH WAKTU", 14, total=SUM),
    Column("unexplained", "TANPA KETERANGAN", 19, total=KNOWN),
    Column("excused", "TUGAS LUAR/ TUGAS BELAJAR/ CUTI", 18, total=SUM),
    Column("silent", "BELUM LAPOR", 14, total=SUM),
    Column("disputed", "DIPERIKSA", 17, total=SUM),
    Column("away", "TIDAK HADIR", 14, formula="{strength}-{present}", total=SUM),
    Column("present", "HADIR", 13, total=SUM),
    RATE,
    DUTY_RATE,
    Column("state", "LAPORAN", 21, Look.WORD),
)


def present_of(tally: Tally) -> int:
    return tally.present_wfo + tally.present_wfa


def excused_of(tally: Tally, codes: Collection[str] | None = None) -> int:
    return sum(number for code, number in tally.excused.items() if codes is None or code in codes)


def state_of(tally: Tally) -> str:
    return _STATES[tally.report_state]


def unexplained_of(tally: Tally) -> int | None:
    """Null while marks are pending, and of an OPD that is silent: nobody said so of anybody."""
    return None if tally.pending or tally.report_state == "missing" else tally.unexplained


def recap_table(ground: Ground) -> Table:
    splits = split_of(ground)
    rows = [
        _recap_row(place, unit, tally, splits.get(unit.opd_code, {}))
        for place, (unit, tally) in enumerate(ground.rows, 1)
    ]
    tallies = list(ground.tallies.values())
    summed = _sums(rows, range(2, 12))
    totals = (None, "JUMLAH", *summed, rate_of(tallies).percent, duty_rate_of(tallies).percent, None)
    return Table("Rekapitulasi", _RECAP, rows, totals)


def _recap_row(place: int, unit: Unit, tally: Tally, split: Mapping[EmploymentType, Split]) -> tuple[Cell, ...]:
    present = present_of(tally)
    kinds = (sum(split[kind].strength for kind in kinds if kind in split) for kinds in (_PNS, _PPPK, _PW))
    return (
        *(place, unit.name, tally.strength, *kinds, unexplained_of(tally), excused_of(tally)),
        *(tally.not_reported, tally.disputed, tally.strength - present, present),
        *(rate_of([tally]).percent, duty_rate_of([tally]).percent, state_of(tally)),
    )


def _sums(rows: Sequence[tuple[Cell, ...]], places: Iterable[int]) -> list[Cell]:
    """Of each column; None where nothing is known of anybody."""
    columns = [[row[place] for row in rows] for place in places]
    known = [[value for value in column if isinstance(value, int)] for column in columns]
    return [sum(values) if values else None for values in known]


_KINDS = (
    Column("kind", "JENIS KEPEGAWAIAN", 60, Look.TEXT),
    Column("strength", "JUMLAH ASN", 20, total=SUM),
    Column("unexplained", "TANPA KETERANGAN", 24, total=KNOWN),
    Column("excused", "TUGAS LUAR/TUGAS BELAJAR/CUTI", 30, total=SUM),
    Column("open", "BELUM LAPOR/DIPERIKSA", 26, total=SUM),
    Column("away", "TIDAK HADIR", 20, formula="{strength}-{present}", total=SUM),
    Column("present", "HADIR", 20, total=SUM),
)
_KIND_NAMES = {
    EmploymentType.PNS: "PNS",
    EmploymentType.CPNS: "CPNS",
    EmploymentType.PPPK: "PPPK",
    EmploymentType.PPPK_PW: "PPPK paruh waktu",
}
UNNAMED = "Tidak dirinci per orang"


class _KindRow(NamedTuple):
    name: str
    strength: int
    unexplained: int
    excused: int
    open: int
    away: int
    present: int


def kinds_table(ground: Ground) -> Table:
    """The same people by kind of employment; who was only counted, or not concluded yet, stands in a row of its own."""
    splits = split_of(ground, concluded=True).values()
    found = {kind: [split[kind] for split in splits if kind in split] for kind in EmploymentType}
    rows = [_kind_row(_KIND_NAMES[kind], of_kind) for kind, of_kind in found.items() if of_kind]
    totals = _kind_totals(ground)
    rest = [whole - part for whole, part in zip(totals, _plain_sums(rows), strict=True)]
    if any(rest):
        rows.append(_KindRow(UNNAMED, *rest))
    shown: list[tuple[Cell, ...]] = [*rows, _KindRow("JUMLAH", *totals)]
    if ground.pending:
        shown = [(*row[:2], None, *row[3:]) for row in shown]
    return Table("Jenis kepegawaian", _KINDS, shown[:-1], shown[-1])


def _kind_row(name: str, splits: list[Split]) -> _KindRow:
    strength, present = sum(one.strength for one in splits), sum(one.present for one in splits)
    excused, unexplained = sum(one.excused for one in splits), sum(one.unexplained for one in splits)
    rest = strength - present - excused - unexplained
    return _KindRow(name, strength, unexplained, excused, rest, strength - present, present)


def _plain_sums(rows: list[_KindRow]) -> list[int]:
    return [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)] or [0] * 6


def _kind_totals(ground: Ground) -> list[int]:
    rows = list(ground.tallies.values())
    strength, present = sum(row.strength for row in rows), sum(present_of(row) for row in rows)
    excused, unexplained = sum(excused_of(row) for row in rows), sum(unexplained_of(row) or 0 for row in rows)
    rest = strength - present - excused - unexplained
    return [strength, unexplained, excused, rest, strength - present, present]


_RETURNED: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("duty", "DINAS", frozenset({Code.DL, Code.DD})),
    ("study", "DIKLAT/ TUGAS BELAJAR", frozenset({Code.DK, Code.TB})),
    ("ill", "SAKIT", frozenset({Code.S, Code.CS})),
    ("leave", "CUTI", frozenset({Code.CT, Code.CB, Code.CM, Code.CP, Code.CLTN})),
    ("permit", "IZIN", frozenset({Code.I})),
)
"""What SiDina counted apart: duty, study, illness, leave and the rest (letter B/26/M.SM.00.01/2019)."""
_RETURN = (
    Column("no", "NO", 8, Look.PLACE),
    Column("unit", "UNIT KERJA", 64, Look.TEXT),
    Column("strength", "JUMLAH ASN", 16, total=SUM),
    Column("present", "HADIR", 15, total=SUM),
    *(Column(name, title, 17, total=SUM) for name, title, _ in _RETURNED),
    Column("unexplained", "TANPA KETERANGAN", 19, total=KNOWN),
    Column("silent", "BELUM LAPOR", 15, total=SUM),
    Column("disputed", "DIPERIKSA", 17, total=SUM),
    Column("away", "TIDAK HADIR", 15, formula="{strength}-{present}", total=SUM),
    RATE,
    Column("state", "LAPORAN", 22, Look.WORD),
)


def return_table(ground: Ground) -> Table:
    """Per OPD how many in each category of the return."""
    rows: list[tuple[Cell, ...]] = []
    for place, (unit, tally) in enumerate(ground.rows, 1):
        present = present_of(tally)
        kinds = (excused_of(tally, codes) for _, _, codes in _RETURNED)
        rows.append(
            (
                *(place, unit.name, tally.strength, present, *kinds, unexplained_of(tally), tally.not_reported),
                *(tally.disputed, tally.strength - present, rate_of([tally]).percent, state_of(tally)),
            )
        )
    totals = (None, "JUMLAH", *_sums(rows, range(2, 13)), rate_of(ground.tallies.values()).percent, None)
    return Table("Rekapitulasi", _RETURN, rows, totals)


def recap_notes(ground: Ground) -> list[str]:
    """Of what each percentage is, and who is not in it."""
    tallies = list(ground.tallies.values())
    plain, duty = rate_of(tallies), duty_rate_of(tallies)
    silent = [tally for tally in tallies if tally.report_state == "missing"]
    told = (
        f"Persentase = hadir ÷ jumlah ASN yang dilaporkan: {_said(plain)}. "
        f"Dari wajib hadir = hadir ÷ (jumlah − tugas luar/tugas belajar/cuti): {_said(duty)}."
    )
    notes = [told]
    if plain.excluded:
        notes.append(
            f"Belum lapor: {len(silent)} OPD; {plain.excluded['BL']} ASN tidak dihitung dalam persentase, "
            "dan bukan tanpa keterangan."
        )
    if ground.pending:
        notes.append("Tenggat laporan belum lewat: tanpa keterangan belum ditetapkan.")
    notes.append(
        "PNS termasuk CPNS; jenis kepegawaian menurut daftar ASN. Diperiksa: keterangan OPD dan bukti berbeda."
    )
    return notes


def _said(share: Percent) -> str:
    if share.percent is None:
        return "belum ada"
    said = f"{share.numerator:,} ÷ {share.denominator:,}".replace(",", ".")
    return f"{said} = {str(share.percent).replace('.', ',')}%"


def totals_told(ground: Ground) -> dict[str, Any]:
    """What the verification of a sheet tells: sums alone, no code that would tell a single illness."""
    tallies = list(ground.tallies.values())
    return {
        "strength": sum(row.strength for row in tallies),
        "present": sum(present_of(row) for row in tallies),
        "excused": sum(excused_of(row) for row in tallies),
        "unexplained": None if ground.pending else sum(row.unexplained for row in tallies),
        "not_reported": sum(row.not_reported for row in tallies),
        "disputed": sum(row.disputed for row in tallies),
        "rate": _told(rate_of(tallies)),
        "duty_rate": _told(duty_rate_of(tallies)),
    }


def _told(share: Percent) -> dict[str, Any]:
    silent = share.excluded.get("BL", 0)
    excused = sum(share.excluded.values()) - silent
    excluded = {code: number for code, number in (("BL", silent), ("excused", excused)) if number}
    percent = None if share.percent is None else float(share.percent)
    parts = {"numerator": share.numerator, "denominator": share.denominator}
    return parts | {"excluded": excluded, "percent": percent}
