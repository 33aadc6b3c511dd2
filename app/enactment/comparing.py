"""What would be different under other rules: the same facts judged twice, by the rules in force and by these. Pure.

Marks stand as they were concluded, so what only the conclusion asks a policy (the share of presence of those who
work elsewhere, where missing evidence is explained by the place) is the same on both sides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from app.decisions.weighing import RunningSanction
from app.enactment.ground import Ground, PeopleFacts, Person, UnitFact
from app.enactment.tpp_months import CivilDay, Cut, Months, what_may_be_cut
from app.enactment.versions import Reign
from app.policies.rules import Rules
from app.scoring.persons import Judged, MarkFact, apel_ledger, by_day, judge_mark, points_of
from app.scoring.rules import score_unit
from app.scoring.standing import Sample, Standing, stand
from app.workdays.rules import DayFact, make_ledger

ZERO = Decimal(0)


class UnitChange(NamedTuple):
    """A unit's standing over the span among the apels of one kind; None: it has none."""

    opd_code: str
    kind: str
    old: Standing | None
    new: Standing | None


def compare_units(units: Sequence[UnitFact], ground: Ground, new: Reign) -> list[UnitChange]:
    """Units whose points, band, rank or tier would differ."""
    changes = []
    for kind in sorted({fact.kind for fact in units}):
        of_kind = [fact for fact in units if fact.kind == kind]
        before, after = (_standings(of_kind, reign, ground) for reign in (ground.reign, new))
        for code in sorted({*before, *after}):
            change = UnitChange(code, kind, before.get(code), after.get(code))
            if _seen_of(change.old) != _seen_of(change.new):
                changes.append(change)
    return changes


def _seen_of(standing: Standing | None) -> object:
    return standing and (standing.points, standing.band, standing.rank, standing.tier, standing.apels)


def _standings(units: Iterable[UnitFact], reign: Reign, ground: Ground) -> dict[str, Standing]:
    samples: dict[str, list[Sample]] = {}
    for fact in units:
        rules = reign.of_apel(fact.apel_id, fact.on_date)
        exempt = rules.exemptions
        if exempt is not None and exempt.no_apel_on(fact.on_date, ramadan=fact.on_date in ground.ramadan) is not None:
            continue
        score = score_unit(fact.unit, rules, due=fact.due, gap=fact.gap)
        if score.points is not None:
            samples.setdefault(score.opd_code, []).append(Sample(score.points, fact.unit.figures))
    return stand(samples, reign.on(ground.to_date))


class Step(NamedTuple):
    """A person's discipline in one year: the code of the tier and the days that lead to it."""

    tier: str | None
    days: int


class Seen(NamedTuple):
    """All that a version of the rules says about one person over the span."""

    points: Decimal | None
    apel_step: str | None
    discipline: tuple[tuple[int, Step], ...]
    tpp: tuple[Cut, ...]

    @property
    def tpp_amount(self) -> Decimal:
        return sum((cut.amount for cut in self.tpp if cut.amount is not None), ZERO)


class PersonChange(NamedTuple):
    person: Person
    old: Seen
    new: Seen

    @property
    def money(self) -> Decimal:
        """Rupiah by which more is cut."""
        return self.new.tpp_amount - self.old.tpp_amount


@dataclass(frozen=True)
class Differs:
    """Which parts of the rules differ from any that were in force: the others cannot change anything."""

    points: bool
    apel_ledger: bool
    discipline: bool
    tpp: bool

    @classmethod
    def between(cls, ground: Ground, new: Rules) -> "Differs":
        versions = ground.reign.between(date(ground.from_date.year, 1, 1), ground.to_date)
        exempt = any(old.exemptions != new.exemptions for old in versions)
        workdays = any(old.workdays != new.workdays or old.discipline != new.discipline for old in versions)
        return cls(
            points=exempt or any(old.person != new.person for old in versions),
            apel_ledger=exempt or any(old.apel_ledger != new.apel_ledger for old in versions),
            discipline=workdays,
            tpp=exempt or any(old.tpp != new.tpp for old in versions),
        )


def longest_needed(ground: Ground, new: Rules) -> int | None:
    """From how many absent days on a streak could matter; None where no table asks for one."""
    versions = (*ground.reign.between(date(ground.from_date.year, 1, 1), ground.to_date), new)
    asked = [table.streak.days for rules in versions for table in rules.discipline if table.streak is not None]
    return min(asked, default=None)


class Comparison:
    """Two versions of the rules at work; what one of them said of one person serves the next."""

    def __init__(self, ground: Ground, new: Reign, differs: Differs) -> None:
        self._ground, self._differs = ground, differs
        self._sides = [_Side(reign, ground, differs) for reign in (ground.reign, new)]
        self._alike: dict[str, bool] = {}

    def compare(self, facts: PeopleFacts) -> list[PersonChange]:
        """People for whom points, the step of the apel ledger, the discipline tier or the TPP would differ."""
        changes = []
        for person in facts.people:
            known = self._look_at(person, facts)
            old, new = (side.see(person, known) for side in self._sides)
            if old != new:
                changes.append(PersonChange(person, old, new))
        return changes

    def _look_at(self, person: Person, facts: PeopleFacts) -> "_Known":
        marks = sorted(facts.marks.get(person.asn_id, ()), key=by_day)
        days = facts.days.get(person.asn_id, ())
        of_span = [mark for mark in marks if mark.on_date >= self._ground.from_date]
        return _Known(
            marks,
            of_span,
            days if self._differs.discipline and not self._disciplines_alike(person.employment_type) else None,
            what_may_be_cut(of_span, days) if self._differs.tpp else {},
            facts.sanctions.get(person.asn_id, ()),
            facts.rates.get(person.asn_id, ()),
        )

    def _disciplines_alike(self, employment_type: str) -> bool:
        """Whether both sides ask the same of the working days of an employment type."""
        if employment_type not in self._alike:
            old, new = (side.asked_of_days(employment_type) for side in self._sides)
            self._alike[employment_type] = old == new
        return self._alike[employment_type]


class _Known(NamedTuple):
    """What both sides look at of one person."""

    marks: Sequence[MarkFact]
    of_span: Sequence[MarkFact]
    days: Sequence[DayFact] | None
    """None: they make no difference to the discipline."""
    cuttable: Mapping[date, CivilDay]
    sanctions: Sequence[RunningSanction]
    rates: Sequence[tuple[date, Decimal]]


class _Side:
    """One version of the rules at work, with what it asks once for everybody."""

    def __init__(self, reign: Reign, ground: Ground, differs: Differs) -> None:
        self._reign, self._ground, self._differs = reign, ground, differs
        self._last = reign.on(ground.to_date)
        self._months = Months(reign, ground)
        self._judged: dict[tuple[UUID, str | None, bool], Judged] = {}

    def see(self, person: Person, known: _Known) -> Seen:
        differs = self._differs
        return Seen(
            self._points(known.of_span) if differs.points else None,
            self._apel_step(known.marks) if differs.apel_ledger else None,
            self._discipline(person, known.days) if known.days is not None else (),
            self._months.cuts(person, known.cuttable, sanctions=known.sanctions, rates=known.rates)
            if differs.tpp
            else (),
        )

    def asked_of_days(self, employment_type: str) -> list[object]:
        """All that the tier and the days of each year depend on; which class minutes are of does not count for it."""
        return [
            (rules.discipline_for(employment_type), rules.workdays and rules.workdays.conversion_for(employment_type))
            for rules in self._years().values()
        ]

    def _points(self, marks: Iterable[MarkFact]) -> Decimal | None:
        if self._last.person is None:
            return None
        return points_of(map(self._judge, marks), self._last.person)

    def _judge(self, mark: MarkFact) -> Judged:
        """At one apel the same status gives everybody the same, so that few of a year's marks are judged."""
        key = (mark.apel_id, mark.status, mark.left_early)
        known = self._judged.get(key)
        if known is None:
            rules = self._reign.of_apel(mark.apel_id, mark.on_date)
            known = judge_mark(mark, rules.person, rules.exemptions, ramadan=self._ground.ramadan)
            self._judged[key] = known
        return known

    def _apel_step(self, marks: Iterable[MarkFact]) -> str | None:
        rules = self._last
        if rules.apel_ledger is None:
            return None
        ramadan, on = self._ground.ramadan, self._ground.to_date
        ledger = apel_ledger(marks, rules.apel_ledger, rules.exemptions, on=on, ramadan=ramadan)
        return ledger.step.code if ledger.step else None

    def _discipline(self, person: Person, days: Sequence[DayFact]) -> tuple[tuple[int, Step], ...]:
        """Each year by the rules that hold on its last day in the span."""
        found = []
        for year, rules in self._years().items():
            table = rules.discipline_for(person.employment_type)
            ledger = make_ledger(days, rules.workdays, table, year, employment_type=person.employment_type)
            tier = ledger.streak_tier or ledger.tier
            found.append((year, Step(tier.code if tier else None, ledger.total_days)))
        return tuple(found)

    def _years(self) -> dict[int, Rules]:
        from_date, to_date = self._ground.from_date, self._ground.to_date
        years = range(from_date.year, to_date.year + 1)
        return {year: self._reign.on(min(to_date, date(year, 12, 31))) for year in years}


class Move(NamedTuple):
    """So many people would move from one step to another; None: none."""

    old: str | None
    new: str | None
    people: int


def count_moves(pairs: Iterable[tuple[str | None, str | None]]) -> list[Move]:
    """By size, the largest first."""
    counted: dict[tuple[str | None, str | None], int] = {}
    for pair in pairs:
        if pair[0] != pair[1]:
            counted[pair] = counted.get(pair, 0) + 1
    moves = [Move(old, new, people) for (old, new), people in counted.items()]
    return sorted(moves, key=lambda move: (-move.people, move.old or "", move.new or ""))


def in_order(changes: Iterable[PersonChange]) -> list[PersonChange]:
    """What weighs most comes first: money, then tiers of discipline, then points."""
    return sorted(changes, key=_weight)


def _weight(change: PersonChange) -> tuple[Decimal, bool, Decimal, str]:
    old, new = change.old, change.new
    points = abs((new.points or ZERO) - (old.points or ZERO))
    return (-abs(change.money), _tiers(old) == _tiers(new), -points, str(change.person.asn_id))


def _tiers(seen: Seen) -> Mapping[int, str | None]:
    return {year: step.tier for year, step in seen.discipline}
