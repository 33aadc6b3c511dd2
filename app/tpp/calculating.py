"""Many people's months from recorded facts: read in a fixed number of statements, calculated by the pure rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.service import conclude
from app.calendar.queries import load_days
from app.calendar.rules import Days, is_working_day
from app.calendar.service import ensure_years
from app.decisions.queries import running_sanctions
from app.policies.rules import Rules
from app.policies.rules_of_tpp import TppRules
from app.policies.service import rules_on
from app.registry.queries import load_tree
from app.registry.rules import Tree, WorkPattern, reporting_unit
from app.scoring.facts import load_mark_facts
from app.tpp import members as register
from app.tpp.members import Member
from app.tpp.months import Calculation, CutLine, PersonMonth
from app.tpp.periods import Period, last_day, period_of
from app.tpp.rules import calculate
from app.workdays.reading import load_verdicts

YEAR_ONE = 2001
"""The first year that is calculated: every month has a December before it for which there are rules."""


class Drawn(NamedTuple):
    """One person's month, with what it was made from; no rules and no calculation where no table is loaded."""

    member: Member
    rules: TppRules | None
    period: Period
    person: PersonMonth
    calculation: Calculation | None


@dataclass(frozen=True)
class Terms:
    """By which rules a month is calculated, and which of its days belong to it, by employment type."""

    month: date
    policy: Rules
    december: Rules
    """In force in the December before: it says from which day on that belongs to this January."""

    def period_for(self, employment_type: str) -> Period:
        here, before = self.policy.tpp_for(employment_type), self.december.tpp_for(employment_type)
        return period_of(
            self.month,
            here.december_closes_on if here else None,
            before.december_closes_on if before else None,
        )

    def whole_period(self) -> Period:
        """From the first to the last day that any employment type needs."""
        types = {kind for rules in (self.policy, self.december) for one in rules.tpp for kind in one.employment}
        spans = [self.period_for(kind) for kind in sorted(types)] or [Period(self.month, last_day(self.month))]
        return Period(min(span.from_date for span in spans), max(span.to_date for span in spans))


async def terms_of(session: AsyncSession, month: date, policy: Rules) -> Terms:
    """The terms of a month under these rules."""
    december = await rules_on(session, date(month.year - 1, 12, 1)) if month.month == 1 else policy
    return Terms(month, policy, december)


async def conclude_days(session: AsyncSession, period: Period, *, at: datetime) -> None:
    """Have the apels of a period concluded from all that is known now."""
    for apel_id in await register.list_begun_apels(session, period, at=at):
        await conclude(session, apel_id, at=at)


def unit_of(tree: Tree, opd_code: str) -> str:
    """On whose sheet the people of an OPD are: their reporting unit's."""
    return reporting_unit(tree, opd_code) or opd_code


async def list_unit_members(session: AsyncSession, unit_code: str, month: date) -> list[Member]:
    """Who is on a unit's sheet: those who served there last in the month."""
    tree = await load_tree(session, last_day(month))
    codes = [code for code in tree if unit_of(tree, code) == unit_code]
    return await register.list_members(session, month, opd_codes=codes)


async def draw(session: AsyncSession, members: Sequence[Member], terms: Terms) -> list[Drawn]:
    """These people's months; the number of statements does not depend on theirs."""
    ids = [member.asn_id for member in members]
    facts = await _load_facts(session, ids, terms)
    return [_draw_one(member, terms, facts) for member in members]


class _Facts(NamedTuple):
    days: Mapping[UUID, Sequence[Any]]
    marks: Mapping[UUID, Sequence[Any]]
    sanctions: Mapping[UUID, Sequence[Any]]
    rates: Mapping[UUID, Decimal]
    working_days: Mapping[str, int]


async def _load_facts(session: AsyncSession, ids: Collection[UUID], terms: Terms) -> _Facts:
    span = terms.whole_period()
    marks: dict[UUID, list[Any]] = {}
    for mark in await load_mark_facts(session, span.from_date, span.to_date, ids):
        marks.setdefault(mark.asn_id, []).append(mark)
    await ensure_years(session, terms.month, terms.month)
    days = await load_days(session, terms.month, last_day(terms.month))
    return _Facts(
        days=await load_verdicts(session, ids, span.from_date, span.to_date),
        marks=marks,
        sanctions=await running_sanctions(session, ids, terms.month),
        rates=await register.load_rates(session, terms.month, ids),
        working_days={str(pattern): count_days(terms.month, days, pattern) for pattern in WorkPattern},
    )


def count_days(month: date, days: Days, pattern: WorkPattern) -> int:
    """Working days of a calendar month; people on shifts are counted as those who work five days a week."""
    counted = WorkPattern.FIVE_DAYS if pattern is WorkPattern.SHIFT else pattern
    span = range(month.toordinal(), last_day(month).toordinal() + 1)
    return sum(is_working_day(date.fromordinal(day), days, counted) for day in span)


def _draw_one(member: Member, terms: Terms, facts: _Facts) -> Drawn:
    rules, period = terms.policy.tpp_for(member.employment_type), terms.period_for(member.employment_type)
    person = PersonMonth(
        days=[day for day in facts.days.get(member.asn_id, ()) if _within(day.day, period)],
        apels=[mark for mark in facts.marks.get(member.asn_id, ()) if _within(mark.on_date, period)],
        sanctions=facts.sanctions.get(member.asn_id, ()),
        working_days=facts.working_days.get(member.work_pattern, 1),
        rate=facts.rates.get(member.asn_id),
    )
    exemptions = terms.policy.exemptions
    spared = exemptions.codes if exemptions else frozenset[str]()
    return Drawn(member, rules, period, person, calculate(person, rules, exempt=spared) if rules else None)


def _within(day: date, period: Period) -> bool:
    return period.from_date <= day <= period.to_date


def to_json(drawn: Drawn) -> dict[str, Any]:
    """A calculation as a sheet keeps it; decimals are text, so that nothing is lost."""
    rules, made = drawn.rules, drawn.calculation
    days = {"from": drawn.period.from_date.isoformat(), "to": drawn.period.to_date.isoformat()}
    if rules is None or made is None:
        return days | {"rule_set": None, "lines": []}
    tally = made.tally
    return days | {
        "rule_set": rules.base.value,
        "discipline_percent": str(rules.discipline_percent),
        "working_days": drawn.person.working_days,
        "source": rules.source.source,
        "verified": rules.source.verified,
        "base": rules.source.base,
        "tally": {
            "absent_days": tally.absent_days,
            "late_minutes": tally.late_minutes,
            "early_minutes": tally.early_minutes,
            "apel_misses": tally.apel_misses,
            "unknown_days": tally.unknown_days,
            "undecided": tally.undecided,
        },
        "lines": [_line_json(line) for line in made.lines],
    }


def _line_json(line: CutLine) -> dict[str, Any]:
    return {
        "rule": line.rule.value,
        "code": line.code,
        "day": line.day.isoformat() if line.day else None,
        "table": plain(line.table),
        "percent": plain(line.percent),
        "amount": None if line.amount is None else int(line.amount),
        "of_whole": line.of_whole,
        "fact_id": str(line.fact_id) if line.fact_id else None,
        "minutes": line.minutes,
    }


def plain(number: Decimal) -> str:
    """A decimal in its shortest plain writing, so that equal ones are written alike."""
    return f"{number.normalize():f}"
