"""The recap of a span: what each OPD reached at each apel, and on average, saying of what. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from app.apel.rules import ApelKind
from app.core.rates import Percent
from app.core.texts.dates import long_date
from app.sheets.document import SUM, Cell, Column, Document, Look, Signatory, Table

KINDS = {
    ApelKind.APEL_GABUNGAN: "Apel gabungan",
    ApelKind.APEL_OPD: "Apel OPD",
    ApelKind.UPACARA: "Upacara",
    ApelKind.RAKOR: "Rapat koordinasi",
}
DATES_A_TABLE = 12
"""Columns of apels that can be read side by side on a page."""


@dataclass(frozen=True)
class Point:
    """One OPD at one apel."""

    present: int
    counted: int
    strength: int
    silent: bool = False
    """It did not report."""
    excused: int = 0
    """Of those counted."""


@dataclass(frozen=True)
class ApelRead:
    """One apel of the span, as it was concluded when it was read."""

    on_date: date
    revision: int
    final: bool
    points: Mapping[str, Point]
    """OPD code → its figures."""


@dataclass(frozen=True)
class Named:
    code: str
    name: str


def mean_of(points: Sequence[Point]) -> Decimal | None:
    """The average of the apels' own rates: each apel weighs the same, however many people it asked."""
    shares = [Fraction(100 * point.present, point.counted) for point in points if point.counted]
    if not shares:
        return None
    mean = sum(shares, Fraction(0)) / len(shares)
    return (Decimal(mean.numerator) / mean.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


_DUTY = 'IF({counted}-{excused}<=0,"",ROUND({present}/({counted}-{excused})*100,2))'
_SUMMARY = (
    Column("no", "NO", 8, Look.PLACE),
    Column("unit", "UNIT KERJA", 80, Look.TEXT),
    Column("apels", "APEL", 16),
    Column("reported", "DILAPORKAN", 22),
    Column("silent", "BELUM LAPOR", 22, formula="{apels}-{reported}"),
    Column("counted", "JUMLAH ASN, SEMUA APEL", 26, total=SUM),
    Column("excused", "BERKETERANGAN, SEMUA APEL", 30, total=SUM),
    Column("present", "HADIR, SEMUA APEL", 26, total=SUM),
    Column(
        "pooled",
        "HADIR ÷ JUMLAH",
        26,
        Look.PERCENT,
        formula='IF({counted}=0,"",ROUND({present}/{counted}*100,2))',
        total='IF({counted}=0,"",ROUND({present}/{counted}*100,2))',
    ),
    Column("duty", "HADIR ÷ WAJIB HADIR", 26, Look.PERCENT, formula=_DUTY, total=_DUTY),
    Column("mean", "RATA-RATA PER APEL", 28, Look.PERCENT),
)


def matrix_document(
    units: Sequence[Named], apels: Sequence[ApelRead], span: tuple[date, date], kind: ApelKind, signatory: Signatory
) -> Document:
    """First the sums and averages, then the apels, twelve beside each other."""
    final = sum(apel.final for apel in apels)
    standing = "FINAL" if final == len(apels) else "SEMENTARA"
    return Document(
        title="REKAPITULASI KEHADIRAN APEL PER PERIODE",
        about=(f"{KINDS[kind]}, {long_date(span[0])} s.d. {long_date(span[1])}", f"{len(apels)} apel"),
        standing=f"{standing} · {final} dari {len(apels)} apel final",
        tables=[_summary(units, apels), *_tables(units, apels)],
        notes=[
            "Hadir ÷ jumlah: jumlah hadir dari semua apel yang dilaporkan, dibagi jumlah ASN pada apel-apel itu.",
            "Wajib hadir: jumlah ASN itu dikurangi yang berketerangan (tugas luar, tugas belajar, cuti, sakit, izin).",
            "Rata-rata per apel: rata-rata persentase apel yang dilaporkan; setiap apel berbobot sama.",
            "– : belum lapor atau tidak dipanggil pada apel itu; tidak dihitung dalam rata-rata.",
        ],
        signatory=signatory,
    )


def _summary(units: Sequence[Named], apels: Sequence[ApelRead]) -> Table:
    rows = [_summed(place, unit, apels) for place, unit in enumerate(units, 1)]
    counted, excused, present = (sum(int(row[place] or 0) for row in rows) for place in (5, 6, 7))
    mean = mean_of([_whole(apel) for apel in apels])
    totals = (None, "SEMUA OPD", len(apels), None, None, *_rates(counted, excused, present), mean)
    return Table("Jumlah dan rata-rata", _SUMMARY, rows, totals)


def _summed(place: int, unit: Named, apels: Sequence[ApelRead]) -> tuple[Any, ...]:
    points = [apel.points[unit.code] for apel in apels if unit.code in apel.points]
    silent = sum(point.silent for point in points)
    sums = (sum(getattr(point, name) for point in points) for name in ("counted", "excused", "present"))
    return place, unit.name, len(points), len(points) - silent, silent, *_rates(*sums), mean_of(points)


def _rates(counted: int, excused: int, present: int) -> tuple[Cell, ...]:
    """What was counted, and its two rates: of all of them, and of those who had to come."""
    shares = (Percent(present, whole).percent for whole in (counted, max(0, counted - excused)))
    return counted, excused, present, *shares


def _whole(apel: ApelRead) -> Point:
    points = list(apel.points.values())
    return Point(
        sum(point.present for point in points if point.counted),
        sum(point.counted for point in points),
        sum(point.strength for point in points),
        all(point.silent for point in points),
    )


def _tables(units: Sequence[Named], apels: Sequence[ApelRead]) -> Iterator[Table]:
    for begin in range(0, len(apels), DATES_A_TABLE):
        part = apels[begin : begin + DATES_A_TABLE]
        columns = (
            Column("no", "NO", 8, Look.PLACE),
            Column("unit", "UNIT KERJA", 62, Look.TEXT),
            *(Column(f"d{place}", f"{apel.on_date:%d/%m/%y}", 17, Look.PERCENT) for place, apel in enumerate(part)),
        )
        rows: list[tuple[Cell, ...]] = [
            (place, unit.name, *(_share(apel.points.get(unit.code)) for apel in part))
            for place, unit in enumerate(units, 1)
        ]
        totals = (None, "SEMUA OPD", *(_share(_whole(apel)) for apel in part))
        yield Table(f"Persentase {part[0].on_date:%d-%m-%y} sd {part[-1].on_date:%d-%m-%y}", columns, rows, totals)


def _share(point: Point | None) -> Decimal | None:
    return None if point is None else Percent(point.present, point.counted).percent
