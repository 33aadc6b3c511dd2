"""How each number of a ledger came about: the rule, its source, and the days that it rests on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.duty.rules import mask_health
from app.policies.rules import Rules
from app.policies.rules_of_workdays import DisciplineRules, WorkdayRules
from app.policies.sources import Source
from app.workdays.rules import DayFact, Ledger, Streak, VerdictKind, minutes_of

ABSENT, EXCUSED, MINUTES, TIER, STREAK, NO_RULE_SET = (
    *("workdays.absent", "workdays.excused", "workdays.minutes"),
    *("workdays.tier", "workdays.streak", "workdays.no-rule-set"),
)


class Tracing:
    """The lines of one person's ledger, in one language."""

    def __init__(
        self, facts: Sequence[DayFact], year: int, rules: Rules, employment_type: str, language: Language
    ) -> None:
        self._facts = {fact.day: fact for fact in facts}
        self._own = [fact for fact in facts if fact.day.year == year]
        self._policy = rules.label
        self._workdays: WorkdayRules | None = rules.workdays
        self._discipline: DisciplineRules | None = rules.discipline_for(employment_type)
        self._employment_type = employment_type
        self._language = language

    def lines(self, ledger: Ledger, *, knows_health: bool) -> list[RuleLine]:
        found = [self._absent(ledger), *self._excused(knows_health), *self._minutes(ledger), self._tier(ledger)]
        return found + [self._streak(ledger, streak) for streak in ledger.streaks if self._is_told(ledger, streak)]

    def _line(
        self, rule: str, facts: dict[str, Any], source: Source | None, evidence: Iterable[EvidenceLink], key: str = ""
    ) -> RuleLine:
        facts |= {"source": source.source if source else None, "verified": bool(source and source.verified)}
        if source and source.base:
            facts["base"] = source.base
        said = {name: value for name, value in facts.items() if value is not None}
        words = text(self._language, "workday.line", key or rule.removeprefix("workdays."), **said)
        return RuleLine(rule=rule, policy=self._policy, text=words, facts=facts, evidence=list(evidence))

    def _source(self) -> Source | None:
        part = self._discipline or self._workdays
        return part.source if part else None

    def _days(self, days: Iterable[date]) -> Iterator[EvidenceLink]:
        return (link_of(self._facts[day]) for day in days if day in self._facts)

    def _absent(self, ledger: Ledger) -> RuleLine:
        facts = {"count": len(ledger.days), "left_to_people": len(ledger.left_to_people)}
        return self._line(ABSENT, facts, self._source(), self._days(ledger.days))

    def _excused(self, knows_health: bool) -> Iterator[RuleLine]:
        excused = [fact for fact in self._own if fact.kind is VerdictKind.EXCUSED]
        if not excused:
            return
        codes: dict[str, int] = Counter(str(fact.code) for fact in excused)
        shown = dict(sorted((codes if knows_health else mask_health(codes)).items()))
        first = {fact.absence_id or fact.day: fact for fact in reversed(excused)}
        facts = {"count": len(excused), "codes": shown}
        yield self._line(EXCUSED, facts, self._source(), (link_of(fact) for fact in reversed(first.values())))

    def _minutes(self, ledger: Ledger) -> Iterator[RuleLine]:
        if self._workdays is None:
            return
        counting = [fact for fact in self._own if minutes_of(fact, self._workdays)]
        converts = self._employment_type in self._workdays.convert_employment
        facts = {
            "minutes": ledger.minutes,
            "minutes_per_day": self._workdays.minutes_per_day if converts else None,
            "converted_days": ledger.converted_days,
            "carried_minutes": ledger.carried_minutes,
        }
        key = "minutes" if facts["minutes_per_day"] is None else "minutes-converted"
        yield self._line(MINUTES, facts, self._workdays.source, map(link_of, counting), key)

    def _tier(self, ledger: Ledger) -> RuleLine:
        days = self._days(ledger.days)
        if self._discipline is None:
            return self._line(NO_RULE_SET, {"employment_type": self._employment_type}, None, days)
        facts: dict[str, Any] = {"rule_set": ledger.rule_set, "total_days": ledger.total_days, "tier": None}
        facts["variant"] = ledger.variant
        if ledger.tier is None:
            return self._line(TIER, facts, self._discipline.source, days, "below-tiers")
        named = ("at_least", "at_most", "severity", "article", "sanction", "transitional", "months", "cut_percent")
        facts |= {"tier": ledger.tier.code} | {name: getattr(ledger.tier, name) for name in named}
        both = ledger.tier.transitional is not None
        return self._line(TIER, facts, self._discipline.source, days, "tier-two-names" if both else "tier")

    def _is_told(self, ledger: Ledger, streak: Streak) -> bool:
        least = min(self._workdays.alerts if self._workdays else (), default=None)
        return (least is not None and streak.length >= least) or streak.days[-1] in ledger.streak_days

    def _streak(self, ledger: Ledger, streak: Streak) -> RuleLine:
        span = {"from": str(streak.from_date), "to": str(streak.to_date)}
        facts: dict[str, Any] = span | {"length": streak.length, "running": streak.running}
        facts |= {"crosses_year": streak.crosses_year, "alerts": list(ledger.alerts) if streak.running else []}
        tier = ledger.streak_tier if streak.days[-1] in ledger.streak_days else None
        if tier:
            facts |= {"tier": tier.code, "severity": tier.severity, "article": tier.article, "sanction": tier.sanction}
            facts |= {"pay_note": tier.pay_note, "pay_article": tier.pay_article}
        source = self._workdays.source if self._workdays and not tier else self._source()
        return self._line(STREAK, facts, source, self._days(streak.days), "streak-tier" if tier else "streak")


def link_of(fact: DayFact) -> EvidenceLink:
    """A working day with its record, or the absence that covers it; both are read with the day."""
    if fact.kind is VerdictKind.EXCUSED and fact.absence_id:
        return EvidenceLink(kind="absence", id=str(fact.absence_id), href=href_of(fact.asn_id, fact.day))
    return EvidenceLink(kind="workday", id=str(fact.record_id or fact.day), href=href_of(fact.asn_id, fact.day))


def href_of(asn_id: UUID, day: date) -> str:
    return f"/v1/workdays/asn/{asn_id}/days?from={day}&to={day}"
