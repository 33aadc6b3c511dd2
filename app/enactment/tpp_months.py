"""A person's months of TPP under one version of the rules: pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from app.attendance.rules import BL
from app.decisions.weighing import RunningSanction
from app.duty.rules import Code
from app.enactment.ground import Ground, Person
from app.enactment.versions import Reign
from app.policies.rules import Rules
from app.policies.rules_of_tpp import TppRules
from app.registry.rules import WorkPattern
from app.scoring.persons import MarkFact
from app.tpp.months import PersonMonth
from app.tpp.periods import Period, last_day, period_of
from app.tpp.rules import calculate
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


class Months:
    """The months of a span, each by the rules of its first day."""

    def __init__(self, reign: Reign, ground: Ground) -> None:
        self._reign, self._ground = reign, ground
        self._firsts = _months(ground.from_date, ground.to_date)
        self._known: dict[str, list[_Month]] = {}
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
        missed = [mark for mark in marks if mark.status not in _NO_CUT]
        found = []
        for month in self._of(person.employment_type):
            running = [one for one in sanctions if one.runs_on(month.first)]
            facts = _within(days, month.period, "day")
            apels = _within(missed, month.period, "on_date")
            if not (facts or apels or running):
                continue
            known = bisect_right(rates, month.first, key=lambda rate: rate[0])
            rate = rates[known - 1][1] if known else None
            own = PersonMonth(facts, apels, running, self._working_days(person.pattern, month.first), rate)
            made = calculate(own, month.rules, exempt=month.exempt)
            if made.percent:
                found.append(Cut(month.first, made.percent, made.amount))
        return tuple(found)

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


Fact = TypeVar("Fact", DayFact, MarkFact)


def _within(facts: Sequence[Fact], period: Period, day: str) -> Sequence[Fact]:
    """Facts come in order of their days."""
    begin = bisect_left(facts, period.from_date, key=lambda fact: getattr(fact, day))
    return facts[begin : bisect_right(facts, period.to_date, key=lambda fact: getattr(fact, day))]
