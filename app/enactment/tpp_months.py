"""A person's months of TPP under one version of the rules: pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.attendance.rules import BL
from app.decisions.weighing import RunningSanction
from app.duty.rules import Code
from app.enactment.ground import Ground, Person
from app.enactment.versions import Reign
from app.policies.rules import Rules
from app.policies.rules_of_tpp import Cut as TableCut
from app.policies.rules_of_tpp import RoundWhat, TppBase, TppRules
from app.registry.rules import WorkPattern
from app.scoring.persons import MarkFact
from app.tpp.months import ZERO, DaySum, PersonMonth
from app.tpp.periods import Period, last_day, period_of
from app.tpp.rules import class_of, close_month, sum_days
from app.workdays.deviations import deviates
from app.workdays.rules import DayFact

_NO_CUT = frozenset({Code.H.value, BL, None})
"""Marks that no table ever cuts: most of a year's."""


class Cut(NamedTuple):
    """What one month takes."""

    month: date
    percent: Decimal
    """Of the whole TPP."""
    amount: Decimal | None


class CivilDay(NamedTuple):
    """What of one day may be cut."""

    days: list[DayFact]
    apels: list[MarkFact]


def what_may_be_cut(marks: Iterable[MarkFact], days: Iterable[DayFact]) -> dict[date, CivilDay]:
    """Of one person; the same under any rules."""
    found: dict[date, CivilDay] = {}
    for day in days:
        if deviates(day):
            found.setdefault(day.day, CivilDay([], [])).days.append(day)
    for mark in marks:
        if mark.status not in _NO_CUT:
            found.setdefault(mark.on_date, CivilDay([], [])).apels.append(mark)
    return found


class _Month(NamedTuple):
    first: date
    table: "_Table"
    period: Period


class Months:
    """The months of a span, each by the rules of its first day."""

    def __init__(self, reign: Reign, ground: Ground) -> None:
        self._reign, self._ground = reign, ground
        self._firsts = _months(ground.from_date, ground.to_date)
        self._known: dict[str, list[_Month]] = {}
        self._months_of: dict[str, dict[date, date]] = {}
        self._tables: dict[Any, _Table] = {}
        self._working: dict[tuple[WorkPattern, date], int] = {}

    def cuts(
        self,
        person: Person,
        facts: Mapping[date, CivilDay],
        *,
        sanctions: Sequence[RunningSanction],
        rates: Sequence[tuple[date, Decimal]],
    ) -> tuple[Cut, ...]:
        """The months in which something is cut."""
        found = []
        groups = self._group(person.employment_type, facts)
        for month in self._of(person.employment_type):
            running = tuple(one for one in sanctions if one.runs_on(month.first)) if sanctions else ()
            days = groups.get(month.first, ())
            if not (days or running):
                continue
            known = bisect_right(rates, month.first, key=lambda rate: rate[0])
            rate = rates[known - 1][1] if known else None
            own = PersonMonth((), (), running, self._working_days(person.pattern, month.first), rate)
            percent, amount = month.table.cut(days, own)
            if percent:
                found.append(Cut(month.first, percent, amount))
        return tuple(found)

    def _group(self, employment_type: str, facts: Mapping[date, CivilDay]) -> dict[date, list[CivilDay]]:
        """Month → its days."""
        month_of = self._month_of(employment_type)
        groups: dict[date, list[CivilDay]] = {}
        for day, of_day in facts.items():
            if (first := month_of.get(day)) is not None:
                groups.setdefault(first, []).append(of_day)
        return groups

    def _month_of(self, employment_type: str) -> dict[date, date]:
        """Civil day → the month that takes it."""
        if employment_type not in self._months_of:
            self._months_of[employment_type] = {
                date.fromordinal(day): month.first
                for month in self._of(employment_type)
                for day in range(month.period.from_date.toordinal(), month.period.to_date.toordinal() + 1)
            }
        return self._months_of[employment_type]

    def _of(self, employment_type: str) -> list[_Month]:
        if employment_type not in self._known:
            self._known[employment_type] = [
                month for first in self._firsts if (month := self._make(first, employment_type)) is not None
            ]
        return self._known[employment_type]

    def _make(self, first: date, employment_type: str) -> _Month | None:
        """None: no table is loaded, so nothing is cut."""
        policy = self._reign.on(first)
        rules = policy.tpp_for(employment_type)
        if rules is None:
            return None
        before = self._rules_of(date(first.year - 1, 12, 1)).tpp_for(employment_type)
        whole = period_of(first, rules.december_closes_on, before.december_closes_on if before else None)
        ground = self._ground
        period = Period(max(whole.from_date, ground.from_date), min(whole.to_date, ground.to_date))
        return _Month(first, self._table(rules, policy.exemptions.codes if policy.exemptions else frozenset()), period)

    def _table(self, rules: TppRules, exempt: frozenset[str]) -> "_Table":
        key = id(rules), exempt
        if key not in self._tables:
            self._tables[key] = _Table(rules, exempt)
        return self._tables[key]

    def _rules_of(self, december: date) -> Rules:
        """A December before the span was closed by the rules of its time, whatever is asked about."""
        return (self._ground.reign if december < self._ground.from_date else self._reign).on(december)

    def _working_days(self, pattern: WorkPattern, first: date) -> int:
        """Of the calendar month; people on shifts are counted as those who work five days a week."""
        counted = WorkPattern.FIVE_DAYS if pattern is WorkPattern.SHIFT else pattern
        if (counted, first) not in self._working:
            days = self._ground.working.between(counted, first, last_day(first))
            self._working[counted, first] = sum(1 for _ in days)
        return self._working[counted, first]


def _months(from_date: date, to_date: date) -> list[date]:
    """The first days of the months of a span; what follows an early December is January's."""
    first, found = from_date.replace(day=1), []
    while first <= to_date:
        found.append(first)
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return found


class _Table:
    """A table at work: each kind of day is cut once, and each sum of days closed once, since most are alike."""

    def __init__(self, rules: TppRules, exempt: frozenset[str]) -> None:
        self._rules, self._exempt = rules, exempt
        self._by_day, self._by_line = rules.base is TppBase.DAY, rules.round_what is RoundWhat.LINE
        self._late = _Classes(rules.late)
        self._early = _Classes(rules.early)
        self._sums: dict[Any, dict[Any, DaySum]] = {}
        self._closed: dict[Any, tuple[Decimal, Decimal | None]] = {}

    def cut(self, days: Iterable[CivilDay], own: PersonMonth) -> tuple[Decimal, Decimal | None]:
        """Percent and amount of a month with these days."""
        working_days = own.working_days if self._by_day else None
        known = self._sums.setdefault((working_days, own.rate if self._by_line else None), {})
        percent, amount, absent_days = ZERO, ZERO, 0
        for day in days:
            kind = self._kind(day)
            made = known.get(kind)
            if made is None:
                alone = replace(own, days=day.days, apels=day.apels)
                made = known[kind] = sum_days(alone, self._rules, exempt=self._exempt)
            percent += made.percent
            amount += made.amount
            absent_days += made.absent_days
        key = (working_days, own.rate, own.sanctions, percent, amount, absent_days)
        closed = self._closed.get(key)
        if closed is None:
            closed = self._closed[key] = close_month(DaySum(percent, amount, absent_days), own, self._rules)
        return closed

    def _kind(self, day: CivilDay) -> object:
        """All that the table looks at: what fell on one day together, minutes by their class."""
        if not day.apels and len(day.days) == 1:
            return self._worked(day.days[0])
        apels = [(mark.kind, mark.on_date.isoweekday(), mark.status or "") for mark in day.apels]
        return tuple(sorted(map(self._worked, day.days))), tuple(sorted(apels))

    def _worked(self, day: DayFact) -> tuple[str, str, bool, bool, str, str]:
        late, early = self._late[day.late_minutes], self._early[day.early_minutes]
        return day.kind, day.code or "", day.no_clock_in, day.no_clock_out, late, early


class _Classes(dict[int, str]):
    """Minutes → the code of their class, looked up once."""

    def __init__(self, table: Sequence[TableCut]) -> None:
        self._table = table

    def __missing__(self, minutes: int) -> str:
        found = class_of(minutes, self._table)
        self[minutes] = found.code if found else ""
        return self[minutes]
