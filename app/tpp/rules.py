"""One person's month under a table of the TPP: what is cut, line by line, and how much that is. Pure, Decimal only.

Percentages are summed before anything is capped, divided or rounded, and each total is divided once: what is cut does
not depend on the order of facts, and the days of a period that is cut in two add up.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from uuid import UUID

from app.duty.rules import EXCUSED, NOT_REQUIRED, Code
from app.policies.rules_of_tpp import Cut, Rounding, RoundWhat, TppBase, TppRules
from app.tpp.months import (
    HUNDRED,
    WHOLE_DAY,
    ZERO,
    ApelMark,
    Calculation,
    CutLine,
    DaySum,
    PersonMonth,
    Rule,
    Sanction,
    Tally,
    WorkDay,
)

_SHOWN = Decimal("0.0001")
_MISSES = EXCUSED | {Code.TK}
"""Marks that may be cut: not H, nor BL (the OPD was silent, not its people), nor NR, nor what nobody decided yet."""
_NEVER = frozenset(code.value for code in NOT_REQUIRED)


def calculate(person: PersonMonth, rules: TppRules, *, exempt: frozenset[str] = frozenset()) -> Calculation:
    """What a table cuts from a person's month; `exempt` are codes that the policy spares everywhere."""
    money = _Money(rules, person.working_days, person.rate)
    found = _find(person, rules, exempt)
    lines = _settle(found, rules, money)
    tally = _tally(person, found, lines)
    _close(lines, tally.absent_days, person.sanctions, rules, money)
    return Calculation(tuple(lines), tally, *money.total(lines))


def sum_days(person: PersonMonth, rules: TppRules, *, exempt: frozenset[str] = frozenset()) -> DaySum:
    """What some days of a month take by themselves: sums of different days add up to the month's."""
    found = _find(person, rules, exempt)
    lines = _settle(found, rules, _Money(rules, person.working_days, person.rate))
    return DaySum(_percent_of(lines), _money_of(lines), _count_absent(found))


def close_month(days: DaySum, person: PersonMonth, rules: TppRules) -> tuple[Decimal, Decimal | None]:
    """The percent and the amount that `calculate` finds for a month whose days take this; the person's own are not
    looked at."""
    money = _Money(rules, person.working_days, person.rate)
    lines = [CutLine(Rule.ABSENT, None, None, days.percent, days.percent, days.amount)]
    _close(lines, days.absent_days, person.sanctions, rules, money)
    return money.total(lines)


def _find(person: PersonMonth, rules: TppRules, exempt: frozenset[str]) -> list[CutLine]:
    spared = _spared(rules.exempt_codes, exempt)
    return [*_cuts_of_days(person.days, rules, spared), *_cuts_of_apels(person.apels, rules, spared)]


def _settle(found: Sequence[CutLine], rules: TppRules, money: "_Money") -> list[CutLine]:
    lines: list[CutLine] = []
    for day in sorted({line.day for line in found if line.day}):
        lines += _settle_day([line for line in found if line.day == day], rules, money)
    return lines


def _close(
    lines: list[CutLine], absent_days: int, sanctions: Iterable[Sanction], rules: TppRules, money: "_Money"
) -> None:
    """Append what the month as a whole adds or gives back."""
    lines += _limits(lines, absent_days, rules, money)
    lines += _sanction(sanctions, money)
    lines += _whole(lines, money)


@cache
def _spared(of_table: frozenset[str], everywhere: frozenset[str]) -> frozenset[str]:
    return of_table | everywhere | _NEVER


def _cuts_of_days(days: Iterable[WorkDay], rules: TppRules, spared: frozenset[str]) -> Iterable[CutLine]:
    for day in days:
        if day.kind == "present":
            if day.late_minutes or day.early_minutes or day.no_clock_in or day.no_clock_out:
                yield from _cuts_of_hours(day, rules, spared)
        elif day.code in spared:
            continue
        elif day.kind == "absent":
            yield _line(Rule.ABSENT, day.code or Code.TK, day.day, rules.absent_day, day.record_id)
        elif day.kind == "excused" and day.code is not None:
            yield _line(Rule.NOT_EXEMPT, day.code, day.day, rules.absent_day, day.record_id)


def _cuts_of_hours(day: WorkDay, rules: TppRules, spared: frozenset[str]) -> Iterable[CutLine]:
    if day.code in spared:
        return
    sides = (
        (Rule.LATE, Rule.NO_CLOCK_IN, rules.late, day.late_minutes, day.no_clock_in, rules.no_clock_in),
        (Rule.EARLY, Rule.NO_CLOCK_OUT, rules.early, day.early_minutes, day.no_clock_out, rules.no_clock_out),
    )
    for timed, untimed, table, minutes, missing, counts_as in sides:
        found = class_named(counts_as, table) if missing else class_of(minutes, table)
        if found is not None:
            rule, told = (untimed, None) if missing else (timed, minutes)
            yield _line(rule, found.code, day.day, found.percent, day.record_id, told)


def class_named(code: str | None, table: Iterable[Cut]) -> Cut | None:
    return next((cut for cut in table if cut.code == code), None)


def class_of(minutes: int, table: Iterable[Cut]) -> Cut | None:
    """The class of so many whole minutes."""
    return next(
        (cut for cut in table if cut.from_minutes <= minutes and (cut.to_minutes is None or minutes <= cut.to_minutes)),
        None,
    )


def _cuts_of_apels(marks: Iterable[ApelMark], rules: TppRules, spared: frozenset[str]) -> Iterable[CutLine]:
    for mark in marks:
        if mark.status in _MISSES and mark.status not in spared:
            percent = apel_percent(rules, mark.kind, mark.on_date)
            if percent is not None:
                yield _line(Rule.APEL, mark.status, mark.on_date, percent, mark.mark_id)


def apel_percent(rules: TppRules, kind: str, on_date: date) -> Decimal | None:
    """What the table takes for missing an apel of this kind on this weekday; None where it says nothing."""
    weekday = on_date.isoweekday()
    return next((cut.percent for cut in rules.apel if cut.kind == kind and weekday in cut.weekdays), None)


def _line(
    rule: Rule, code: str | None, day: date, percent: Decimal, fact_id: UUID | None, minutes: int | None = None
) -> CutLine:
    return CutLine(rule, code, day, percent, percent, None, fact_id=fact_id, minutes=minutes)


def _settle_day(lines: list[CutLine], rules: TppRules, money: "_Money") -> list[CutLine]:
    """A day's lines with their amounts; what the cut of the whole day absorbs of its apels counts no more.

    An apel that costs more than a day leaves the difference: coming to work is never dearer than staying away.
    """
    if len(lines) > 1:
        lines = sorted(lines, key=lambda line: (line.rule not in WHOLE_DAY, line.rule, str(line.fact_id), line.table))
    absorbing = rules.absence_absorbs_apel and any(line.rule in WHOLE_DAY for line in lines)
    settled: list[CutLine] = []
    room, room_money = ZERO, ZERO
    for line in lines:
        percent, amount = line.table, money.line(line.table)
        if absorbing and line.rule in WHOLE_DAY:
            room, room_money = room + percent, room_money + (amount or ZERO)
        elif absorbing:
            taken, taken_money = min(percent, room), min(amount or ZERO, room_money)
            room, room_money = room - taken, room_money - taken_money
            percent, amount = percent - taken, None if amount is None else amount - taken_money
        settled.append(line._replace(percent=percent, amount=amount))
    if rules.base is TppBase.DAY:
        settled += _capped(settled, rules.cap_percent, money, lines[0].day)
    return settled


def _capped(lines: Sequence[CutLine], cap: Decimal, money: "_Money", day: date | None) -> list[CutLine]:
    """What is given back where lines exceed a cap, in percent and in money each by itself."""
    over = min(ZERO, cap - _percent_of(lines))
    amount = money.line(cap)
    over_money = None if amount is None else min(ZERO, amount - _money_of(lines))
    return [CutLine(Rule.CAP, None, day, cap, over, over_money)] if over or over_money else []


def _limits(lines: Sequence[CutLine], absent_days: int, rules: TppRules, money: "_Money") -> list[CutLine]:
    """The cap of the month, or everything once too many days were missed; a cap holds then as well."""
    limit = rules.cap_percent * money.bases
    if rules.full_cut_days is None or absent_days < rules.full_cut_days:
        return _capped(lines, limit, money, None)
    rest = limit - _percent_of(lines)
    amount = money.line(limit)
    rest_money = None if amount is None else amount - _money_of(lines)
    return [CutLine(Rule.FULL_CUT, None, None, limit, rest, rest_money)] if rest or rest_money else []


def _sanction(sanctions: Iterable[Sanction], money: "_Money") -> list[CutLine]:
    """The heaviest running cut alone: a heavier sanction takes the place of the lighter one (PerBKN 6/2022)."""
    cutting = [(Decimal(one.cut_percent), str(one.case_id), one) for one in sanctions if one.cut_percent]
    if not cutting:
        return []
    percent, _, one = max(cutting, key=lambda found: found[:2])
    amount = money.line_of_whole(percent)
    return [CutLine(Rule.SANCTION, one.code, None, percent, percent, amount, of_whole=True, fact_id=one.case_id)]


def _whole(lines: Sequence[CutLine], money: "_Money") -> list[CutLine]:
    """What is given back beyond the whole TPP; of the day, whose share of the month cannot always be written down."""
    over = min(ZERO, HUNDRED * money.divisor - money.weighted(lines))
    over_money = min(ZERO, money.rate - _money_of(lines)) if money.by_line and money.rate is not None else None
    if not over and not over_money:
        return []
    if money.of_day:
        return [CutLine(Rule.WHOLE, None, None, HUNDRED * money.bases, over, over_money)]
    return [CutLine(Rule.WHOLE, None, None, HUNDRED, over / money.divisor, over_money, of_whole=True)]


def _percent_of(lines: Iterable[CutLine]) -> Decimal:
    return sum((line.percent for line in lines), ZERO)


def _money_of(lines: Iterable[CutLine]) -> Decimal:
    return sum((line.amount for line in lines if line.amount is not None), ZERO)


def _tally(person: PersonMonth, found: Sequence[CutLine], settled: Sequence[CutLine]) -> Tally:
    return Tally(
        absent_days=_count_absent(found),
        late_minutes=sum(line.minutes or 0 for line in found if line.rule is Rule.LATE),
        early_minutes=sum(line.minutes or 0 for line in found if line.rule is Rule.EARLY),
        apel_misses=sum(line.rule is Rule.APEL for line in found),
        unknown_days=sum(day.kind == "unknown" for day in person.days),
        undecided=sum(mark.status is None for mark in person.apels),
        percent=_percent_of(line for line in settled if line.rule is not Rule.CAP),
    )


def _count_absent(found: Iterable[CutLine]) -> int:
    return sum(line.rule is Rule.ABSENT for line in found)


class _Money:
    """From percentages of the base to the whole TPP and to rupiah."""

    def __init__(self, rules: TppRules, working_days: int, rate: Decimal | None) -> None:
        self._rules = rules
        self.rate = rate
        self.by_line = rules.round_what is RoundWhat.LINE
        self.of_day = rules.base is TppBase.DAY
        days = max(1, working_days) if self.of_day else 1
        self.bases = days
        """How often the base goes into the month."""
        self._weight = rules.discipline_percent if rules.base is TppBase.DISCIPLINE else Decimal(1)
        self.divisor = Decimal(100 if rules.base is TppBase.DISCIPLINE else days)

    def weighted(self, lines: Iterable[CutLine]) -> Decimal:
        """Percent of the whole, times the divisor: exact."""
        return sum(
            (line.percent * (self.divisor if line.of_whole else self._weight) for line in lines),
            ZERO,
        )

    def total(self, lines: Sequence[CutLine]) -> tuple[Decimal, Decimal | None]:
        weighted = self.weighted(lines)
        percent = (weighted / self.divisor).quantize(_SHOWN, ROUND_HALF_UP)
        if self.rate is None:
            return percent, None
        if self.by_line:
            return percent, _money_of(lines)
        return percent, min(self.rate, self._rounded(self.rate * weighted / (self.divisor * HUNDRED)))

    def line(self, percent: Decimal) -> Decimal | None:
        """The rounded amount of one line; None where only the total is rounded, or no rate is loaded."""
        if self.rate is None or not self.by_line:
            return None
        return self._rounded(self.rate * percent * self._weight / (self.divisor * HUNDRED))

    def line_of_whole(self, percent: Decimal) -> Decimal | None:
        return self._rounded(self.rate * percent / HUNDRED) if self.rate is not None and self.by_line else None

    def _rounded(self, amount: Decimal) -> Decimal:
        mode = ROUND_HALF_UP if self._rules.rounding is Rounding.HALF_UP else ROUND_DOWN
        return (amount / self._rules.round_to).quantize(Decimal(1), mode) * self._rules.round_to
