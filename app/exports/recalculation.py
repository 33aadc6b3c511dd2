"""The TPP calculated once more by a spreadsheet: the table's percentages, every deduction, every person's total.

Nothing of what the service calculated goes into these formulas; it stands beside them, with the difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from app.exports.sheets import Formula, Sheet, Value
from app.policies.rules_of_tpp import Rounding, RoundWhat, TppBase, TppRules
from app.tpp.months import WHOLE_DAY, Rule

TABLE, CUTS, TOTALS = "Kebijakan", "Potongan", "Perhitungan"
OF_DAYS = frozenset(
    {Rule.ABSENT, Rule.NOT_EXEMPT, Rule.LATE, Rule.EARLY, Rule.NO_CLOCK_IN, Rule.NO_CLOCK_OUT, Rule.APEL}
)


@dataclass(frozen=True)
class Calculated:
    """One person's month as the service has it."""

    nip: str
    name: str
    opd_code: str
    employment_type: str
    policy: str
    rules: TppRules | None
    rate: Decimal | None
    percent: Decimal | None
    amount: Decimal | None
    calculation: Mapping[str, Any]
    origin: str
    """Which sheet keeps it, or that it was calculated now."""


class _Table:
    """The sheet of the table's numbers, and where each of them stands."""

    HEADER = ("Kebijakan", "Jenis pegawai", "Aturan", "Kode", "Dari", "Sampai", "Nilai", "Sumber", "Terverifikasi")

    def __init__(self) -> None:
        self.sheet = Sheet(TABLE, self.HEADER)
        self._known: dict[tuple[str, frozenset[str]], dict[tuple[Any, ...], str]] = {}

    def cells_of(self, policy: str, rules: TppRules) -> dict[tuple[Any, ...], str]:
        """Name of a number → address of its cell."""
        key = (policy, rules.employment)
        if key not in self._known:
            self._known[key] = self._write(policy, rules)
        return self._known[key]

    def _write(self, policy: str, rules: TppRules) -> dict[tuple[Any, ...], str]:
        places: dict[tuple[Any, ...], str] = {}
        for name, code, first, last, value in _numbers(rules):
            about = (policy, ", ".join(sorted(rules.employment)))
            self.sheet.rows.append(
                (*about, name[0], code, first, last, value, rules.source.source, rules.source.verified)
            )
            places[name] = f"{TABLE}!$G${len(self.sheet.rows) + 1}"
        return places


def _numbers(rules: TppRules) -> Iterable[tuple[tuple[Any, ...], str | None, Value, Value, Value]]:
    yield ("dasar",), rules.base.value, None, None, None
    yield ("bagian disiplin",), None, None, None, rules.discipline_percent
    yield ("batas",), None, None, None, rules.cap_percent
    yield ("seluruhnya mulai hari",), None, None, None, rules.full_cut_days
    yield ("hari tidak masuk",), None, None, None, rules.absent_day
    for side, table in (("terlambat", rules.late), ("pulang cepat", rules.early)):
        for cut in table:
            yield (side, cut.code), cut.code, cut.from_minutes, cut.to_minutes, cut.percent
    for number, apel in enumerate(rules.apel):
        days = ", ".join(str(day) for day in sorted(apel.weekdays))
        yield ("apel", number), apel.kind, days, None, apel.percent


def recalculate(people: Sequence[Calculated]) -> tuple[Sheet, Sheet, Sheet]:
    """The table, the deductions and the totals of these people, as formulas that rest on each other."""
    table, cuts, totals = _Table(), Sheet(CUTS, CUT_HEADER), Sheet(TOTALS, TOTAL_HEADER)
    for row, person in enumerate(people, start=2):
        if person.rules is None:
            totals.rows.append(_without_rules(person))
            continue
        places = table.cells_of(person.policy, person.rules)
        first = len(cuts.rows) + 2
        cuts.rows.extend(_cuts(person, person.rules, places, first, row))
        totals.rows.append(_total(person, person.rules, places, (first, len(cuts.rows) + 1), row))
    return table.sheet, cuts, totals


CUT_HEADER = (
    *("NIP", "Nama", "Tanggal", "Aturan", "Kode", "Menit", "% tabel", "% dihitung", "% setelah batas harian"),
    *("Rp tabel", "Rp dihitung", "Rp setelah batas harian", "Bukti", "% menurut aplikasi"),
)


def _cuts(
    person: Calculated, rules: TppRules, places: Mapping[tuple[Any, ...], str], first: int, total_row: int
) -> Iterable[Sequence[Value]]:
    """The deductions of days, in the order in which a whole day absorbs what else the day costs."""
    lines = [line for line in person.calculation["lines"] if line["rule"] in OF_DAYS]
    row = first
    for _, group in groupby(lines, key=lambda line: line["day"]):
        day = list(group)
        whole = sum(line["rule"] in WHOLE_DAY for line in day)
        span = _DaySpan(row, whole if rules.absence_absorbs_apel else 0)
        for number, line in enumerate(day):
            yield _cut(person, rules, places, line, span, number, total_row)
        row += len(day)


@dataclass(frozen=True)
class _DaySpan:
    """The rows of one day: from `first` on, of which so many cut the whole day and absorb the others."""

    first: int
    whole: int

    def counted(self, source: str, number: int) -> str:
        """What counts of the n-th row, given the column of what the table says."""
        here = self.first + number
        if number < self.whole or not self.whole:
            return f"{source}{here}"
        taken = f"SUM({source}{self.first}:{source}{self.first + self.whole - 1})"
        begin = self.first + self.whole
        beyond = f"MAX(0,SUM({source}{begin}:{source}{here})-{taken})"
        if number == self.whole:
            return beyond
        return f"{beyond}-MAX(0,SUM({source}{begin}:{source}{here - 1})-{taken})"

    def capped(self, source: str, number: int, cap: str) -> str:
        """What counts of the n-th row where a day's sum ends at a cap."""
        upto = f"MIN({cap},SUM({source}{self.first}:{source}{self.first + number}))"
        if number == 0:
            return upto
        return f"{upto}-MIN({cap},SUM({source}{self.first}:{source}{self.first + number - 1}))"


def _cut(
    person: Calculated,
    rules: TppRules,
    places: Mapping[tuple[Any, ...], str],
    line: Mapping[str, Any],
    span: _DaySpan,
    number: int,
    total_row: int,
) -> Sequence[Value]:
    here, of_day = span.first + number, rules.base is TppBase.DAY
    rate, factor = f"{TOTALS}!$E${total_row}", f"{TOTALS}!$K${total_row}"
    by_line = rules.round_what is RoundWhat.LINE and person.rate is not None
    cap = places["batas",]
    cap_money = _rounded(f"{rate}*{cap}*{factor}/100", rules)
    amounts: tuple[Value, Value, Value] = (None, None, None)
    if by_line:
        amounts = (
            Formula("=" + _rounded(f"{rate}*G{here}*{factor}/100", rules)),
            Formula("=" + span.counted("J", number)),
            Formula("=" + (span.capped("K", number, cap_money) if of_day else f"K{here}")),
        )
    return (
        person.nip,
        person.name,
        line["day"],
        line["rule"],
        line["code"],
        line["minutes"],
        _table_value(rules, places, line),
        Formula("=" + span.counted("G", number)),
        Formula("=" + (span.capped("H", number, cap) if of_day else f"H{here}")),
        *amounts,
        line["fact_id"],
        Decimal(line["percent"]),
    )


def _table_value(rules: TppRules, places: Mapping[tuple[Any, ...], str], line: Mapping[str, Any]) -> Value:
    """The table's own cell for a deduction; the number itself where the table does not name it."""
    place = places.get(_name_of(rules, line))
    return Formula(f"={place}") if place else Decimal(line["table"])


def _name_of(rules: TppRules, line: Mapping[str, Any]) -> tuple[Any, ...]:
    match Rule(line["rule"]):
        case Rule.ABSENT | Rule.NOT_EXEMPT:
            return ("hari tidak masuk",)
        case Rule.LATE | Rule.NO_CLOCK_IN:
            return ("terlambat", line["code"])
        case Rule.EARLY | Rule.NO_CLOCK_OUT:
            return ("pulang cepat", line["code"])
        case _:
            weekday, percent = date.fromisoformat(line["day"]).isoweekday(), Decimal(line["table"])
            fitting = (n for n, cut in enumerate(rules.apel) if weekday in cut.weekdays and cut.percent == percent)
            return ("apel", next(fitting, None))


def _rounded(amount: str, rules: TppRules) -> str:
    """Rounded as the policy says; the inner rounding takes off what binary fractions leave behind."""
    function = "ROUND" if rules.rounding is Rounding.HALF_UP else "ROUNDDOWN"
    return f"{function}(ROUND({amount}/{rules.round_to},6),0)*{rules.round_to}"


TOTAL_HEADER = (
    *("NIP", "Nama", "OPD", "Jenis pegawai", "TPP sebulan", "Hari kerja", "Hari tidak masuk", "Jumlah %", "Batas %"),
    *("% dari dasar", "Faktor dasar", "% hukuman", "% dari TPP", "Potongan Rp", "% di aplikasi", "Rp di aplikasi"),
    *("Selisih %", "Selisih Rp", "Kebijakan", "Asal"),
)


def _total(
    person: Calculated, rules: TppRules, places: Mapping[tuple[Any, ...], str], rows: tuple[int, int], row: int
) -> Sequence[Value]:
    of_day = rules.base is TppBase.DAY
    sanctions = [line for line in person.calculation["lines"] if line["rule"] == Rule.SANCTION]
    full = f"AND({places['seluruhnya mulai hari',]}<>0,G{row}>={places['seluruhnya mulai hari',]})"
    factor = {TppBase.WHOLE: "1", TppBase.DISCIPLINE: f"{places['bagian disiplin',]}/100", TppBase.DAY: f"1/F{row}"}
    share = f"MIN(100,J{row}*K{row}+L{row})"
    return (
        person.nip,
        person.name,
        person.opd_code,
        person.employment_type,
        person.rate,
        max(1, person.calculation["working_days"]),
        Formula(f'=COUNTIF({_span("D", rows)},"{Rule.ABSENT.value}")') if _any(rows) else 0,
        Formula(f"=SUM({_span('I', rows)})") if _any(rows) else 0,
        Formula(f"={places['batas',]}*{f'F{row}' if of_day else '1'}"),
        Formula(f"=IF({full},I{row},MIN(I{row},H{row}))"),
        Formula(f"={factor[rules.base]}"),
        Decimal(sanctions[0]["percent"]) if sanctions else 0,
        Formula(f"=ROUND(ROUND({share},9),4)"),
        Formula("=" + _amount(rules, rows, row, full, share)) if person.rate is not None else None,
        person.percent,
        person.amount,
        Formula(f"=M{row}-O{row}"),
        Formula(f"=N{row}-P{row}") if person.rate is not None else None,
        person.policy,
        person.origin,
    )


def _amount(rules: TppRules, rows: tuple[int, int], row: int, full: str, share: str) -> str:
    if rules.round_what is RoundWhat.TOTAL:
        return f"MIN(E{row},{_rounded(f'E{row}*{share}/100', rules)})"
    limit = _rounded(f"E{row}*I{row}*K{row}/100", rules)
    cut = f"SUM({_span('L', rows)})" if _any(rows) else "0"
    sanction = _rounded(f"E{row}*L{row}/100", rules)
    return f"MIN(E{row},IF({full},{limit},MIN({limit},{cut}))+{sanction})"


def _any(rows: tuple[int, int]) -> bool:
    return rows[0] <= rows[1]


def _span(column: str, rows: tuple[int, int]) -> str:
    return f"{CUTS}!${column}${rows[0]}:${column}${rows[1]}"


def _without_rules(person: Calculated) -> Sequence[Value]:
    known = (person.nip, person.name, person.opd_code, person.employment_type, person.rate)
    note = "tidak ada tabel untuk jenis pegawai ini"
    return (*known, *[None] * 13, person.policy, f"{person.origin}; {note}")
