"""A person's months of TPP under one version of the rules: pure."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.attendance.rules import BL
from app.decisions.weighing import RunningSanction
from app.duty.rules import Code
from app.enactment.ground import Ground, Person
from app.enactment.versions import Reign
from app.policies.rules import Rules
from app.policies.rules_of_tpp import TppBase, TppRules
from app.registry.rules import WorkPattern
from app.scoring.persons import MarkFact
from app.tpp.months import PersonMonth
from app.tpp.periods import Period, last_day, period_of
from app.tpp.rules import calculate, class_of
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


class _Month(NamedTuple):
    first: date
    rules: TppRules
    period: Period
    exempt: frozenset[str]


class _Facts(NamedTuple):
    days: list[DayFact]
    apels: list[MarkFact]


_NOTHING = _Facts([], [])


class Months:
    """The months of a span, each by the rules of its first day."""

    def __init__(self, reign: Reign, ground: Ground) -> None:
        self._reign, self._ground = reign, ground
        self._firsts = _months(ground.from_date, ground.to_date)
        self._known: dict[str, list[_Month]] = {}
        self._months_of: dict[str, dict[date, date]] = {}
        self._made: dict[Any, tuple[Decimal, Decimal | None]] = {}
        self._working: dict[tuple[WorkPattern, date], int] = {}

    def cuts(
        self,
        person: Person,
        marks: Sequence[MarkFact],
        days: Sequence[DayFact],
        *,
        sanctions: Sequence[RunningSanction],
        rates: Sequence[tuple[date, Decimal]],
    ) -> tuple[Cut, ...]:
        """The months in which something is cut."""
        found = []
        groups = self._group(person.employment_type, marks, days)
        for month in self._of(person.employment_type):
            running = tuple(one for one in sanctions if one.runs_on(month.first)) if sanctions else ()
            facts, apels = groups.get(month.first, _NOTHING)
            if not (facts or apels or running):
                continue
            known = bisect_right(rates, month.first, key=lambda rate: rate[0])
            rate = rates[known - 1][1] if known else None
            own = PersonMonth(facts, apels, running, self._working_days(person.pattern, month.first), rate)
            percent, amount = self._calculate(own, month)
            if percent:
                found.append(Cut(month.first, percent, amount))
        return tuple(found)

    def _group(self, employment_type: str, marks: Sequence[MarkFact], days: Sequence[DayFact]) -> dict[date, _Facts]:
        """Month → what may be cut in it."""
        month_of = self._month_of(employment_type)
        groups: dict[date, _Facts] = {}
        for day in days:
            if (first := month_of.get(day.day)) is not None and deviates(day):
                groups.setdefault(first, _Facts([], [])).days.append(day)
        for mark in marks:
            if mark.status not in _NO_CUT and (first := month_of.get(mark.on_date)) is not None:
                groups.setdefault(first, _Facts([], [])).apels.append(mark)
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

    def _calculate(self, own: PersonMonth, month: _Month) -> tuple[Decimal, Decimal | None]:
        """Most months of most people are alike: each kind of month is calculated once."""
        days = own.working_days if month.rules.base is TppBase.DAY else None
        key = (id(month.rules), days, own.rate, own.sanctions, _signature(own, month.rules))
        if key not in self._made:
            made = calculate(own, month.rules, exempt=month.exempt)
            self._made[key] = made.percent, made.amount
        return self._made[key]

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
        return _Month(first, rules, period, policy.exemptions.codes if policy.exemptions else frozenset())

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


def _signature(own: PersonMonth, rules: TppRules) -> tuple[Any, ...]:
    """All that a calculation looks at: what fell on one day together, minutes by their class, the days in any order."""
    found: dict[date, list[Any]] = {}
    for day in own.days:
        late = class_of(day.late_minutes, rules.late) if day.late_minutes else None
        early = class_of(day.early_minutes, rules.early) if day.early_minutes else None
        classes = (late.code if late else "", early.code if early else "")
        found.setdefault(day.day, []).append((day.kind, day.code or "", day.no_clock_in, day.no_clock_out, *classes))
    for mark in own.apels:
        found.setdefault(mark.on_date, []).append(("apel", mark.kind, mark.on_date.isoweekday(), mark.status or ""))
    return tuple(sorted(tuple(sorted(together)) for together in found.values()))
