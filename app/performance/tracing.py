"""A person's targets of a span, one by one, and how the capaian follows from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.periods import Period
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.performance.answers import IndicatorOutcome, TargetOutcome, share_of_capaian
from app.performance.models import PerformanceAchievement, PerformanceIndicator, PerformanceTarget
from app.performance.planning import plain
from app.performance.queries import Span, excused, lies_in
from app.performance.rules import COUNTED, WHOLE, Capaian, Outcome, Standing, State, capaian, percent_of
from app.policies.rules import Rules
from app.policies.service import rules_on


@dataclass(frozen=True)
class Line:
    """A target with its indicator and the achievement that counts."""

    kept: PerformanceTarget
    indicator: PerformanceIndicator
    achievement: PerformanceAchievement | None
    outcome: Outcome


async def load_lines(session: AsyncSession, asn_id: UUID, span: Span) -> list[Line]:
    """The targets whose period lies in the span, in the order of the plan and of the days."""
    kept, fact = PerformanceTarget, PerformanceAchievement
    asked = (
        select(kept, PerformanceIndicator, fact, excused().label("excused"))
        .join(PerformanceIndicator, PerformanceIndicator.id == kept.indicator_id)
        .outerjoin(fact, fact.id == kept.achievement_id)
        .where(kept.asn_id == asn_id, lies_in(span))
        .order_by(PerformanceIndicator.year, PerformanceIndicator.place, kept.from_date, kept.to_date)
    )
    rows = await session.execute(asked, execution_options={"populate_existing": True})
    return [Line(row[0], row[1], row[2], _outcome(row[0], row.excused)) for row in rows]


def _outcome(kept: PerformanceTarget, is_excused: bool) -> Outcome:
    return Outcome(kept.indicator_id, kept.weight, kept.to_date, State(kept.state), kept.share, is_excused)


async def rules_of(session: AsyncSession, period: Period, today: date) -> Rules:
    """The rules by which a period is read: those of its last day, of a running one those of today."""
    return await rules_on(session, min(max(today, period.from_date), period.to_date))


class Tracing:
    """Lines as they stand on a day, told in a language."""

    def __init__(self, lines: Sequence[Line], today: date, language: Language) -> None:
        self._lines, self._today, self._language = lines, today, language

    @property
    def capaian(self) -> Capaian:
        return capaian((line.outcome for line in self._lines), self._today)

    def indicators(self) -> list[IndicatorOutcome]:
        return [self._indicator(list(group)) for group in self._by_indicator()]

    def _by_indicator(self) -> Iterable[Iterable[Line]]:
        return (group for _, group in groupby(self._lines, lambda line: line.indicator.id))

    def _indicator(self, lines: Sequence[Line]) -> IndicatorOutcome:
        one, found = lines[0].indicator, self._of(lines)
        named = {name: getattr(one, name) for name in IndicatorOutcome.model_fields if hasattr(one, name)}
        return IndicatorOutcome(**named, percent=_number(found.percent), targets=[self.target(line) for line in lines])

    def _of(self, lines: Iterable[Line]) -> Capaian:
        return capaian((line.outcome for line in lines), self._today)

    def target(self, line: Line) -> TargetOutcome:
        kept, fact = line.kept, line.achievement
        standing = line.outcome.standing(self._today)
        share = kept.share if standing is Standing.ACCEPTED else 0 if standing in COUNTED else None
        said = {
            "target": _spoken(kept.target, self._language),
            "unit": line.indicator.unit,
            "actual": _spoken(fact.actual, self._language) if fact else None,
        }
        return TargetOutcome(
            period=kept.period,
            target=kept.target,
            standing=standing,
            actual=fact.actual if fact else None,
            percent=None if share is None else _number(percent_of(Decimal(share), WHOLE)),
            evidence=fact.evidence if fact else None,
            achievement_id=fact.id if fact else None,
            href=href_of(fact) if fact else None,
            text=text(self._language, "output.standing", standing, **said),
        )

    def rule_lines(self, rules: Rules) -> list[RuleLine]:
        """First what all of it comes to, then each indicator with its evidence."""
        found = self.capaian
        lines = [self._line("capaian", found, rules, self._lines)]
        for group in self._by_indicator():
            of = list(group)
            lines.append(self._line("indicator", self._of(of), rules, of, indicator=of[0].indicator.indicator))
        return lines

    def _line(self, rule: str, found: Capaian, rules: Rules, of: Sequence[Line], **more: Any) -> RuleLine:
        facts: dict[str, Any] = share_of_capaian(found).model_dump() | more
        said = found.missing or rule
        achieved = [line.achievement for line in of if line.achievement is not None]
        return RuleLine(
            rule=f"output.{rule}",
            policy=rules.label,
            text=text(self._language, "output.line", said, **self._spoken(facts)),
            facts=facts | basis_of(rules),
            evidence=[EvidenceLink(kind="achievement", id=str(one.id), href=href_of(one)) for one in achieved],
        )

    def _spoken(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        said = {name: Decimal(str(fact)) for name, fact in facts.items() if isinstance(fact, float)}
        return {**facts, **{name: _spoken(number, self._language) for name, number in said.items()}}


def basis_of(rules: Rules) -> dict[str, Any]:
    """Where the rule comes from; nothing where the policy says nothing about output."""
    if rules.output is None:
        return {}
    source = rules.output.source
    return {"base": source.base, "source": source.source, "verified": source.verified}


def href_of(fact: PerformanceAchievement) -> str:
    return f"/v1/performance/achievements/{fact.id}"


def _spoken(number: Decimal, language: Language) -> str:
    return plain(number).replace(".", ",") if language == "id" else plain(number)


def _number(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent)
