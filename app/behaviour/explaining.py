"""How points come about, line by line: each value and kind of rater, each kind as a whole, and all of them together."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.behaviour.berakhlak import NAMES
from app.behaviour.queries import AssessmentRow, Spread
from app.behaviour.rules import Judged, audible, rounded, value_of
from app.behaviour.schemas import RaterPoints, ValuePoints
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.policies.rules import Rules
from app.policies.rules_of_performance import BehaviourRules, Expectation, Rater

Words = Mapping[Rater, AssessmentRow]
"""What counts of the superior and of the person; of peers there is nothing to lead to."""


def tell_raters(spread: Spread, rules: BehaviourRules) -> list[RaterPoints]:
    """What each kind of rater says that may be told."""
    return [
        RaterPoints(
            rater=rater,
            points=float(rounded(tally.worth(rules))),
            weight=rules.weights[rater],
            values=[
                ValuePoints(value=value, points=float(rounded(spread.by_value[rater][value].worth(rules))))
                for value in NAMES
                if value in spread.by_value[rater]
            ],
        )
        for rater, tally in sorted(audible(spread.said, rules).items(), key=lambda said: list(Rater).index(said[0]))
    ]


def explain(spread: Spread, judged: Judged, words: Words, rules: Rules, language: Language) -> list[RuleLine]:
    """The lines of one person and period, under a policy that has rules of behaviour."""
    return list(_Lines(words, rules, language).of(spread, judged))


class _Lines:
    def __init__(self, words: Words, rules: Rules, language: Language) -> None:
        assert rules.behaviour is not None
        self._words, self._policy, self._rules, self._language = words, rules.label, rules.behaviour, language

    def of(self, spread: Spread, judged: Judged) -> Iterator[RuleLine]:
        told = tell_raters(spread, self._rules)
        for one in told:
            for value in one.values:
                yield self._value(one.rater, value)
            yield self._rater(one, sum(other.weight for other in told))
        if judged.points is not None:
            facts = {"points": float(judged.points), "proposal": judged.proposal}
            yield self._line("points", facts, [link for one in told for link in self._links(one.rater)])

    def _value(self, rater: Rater, said: ValuePoints) -> RuleLine:
        facts: dict[str, Any] = {"rater": rater, "value": said.value, "name": NAMES[said.value], "points": said.points}
        if rater in self._words:
            ratings = self._words[rater].assessment.ratings
            given = [word for guide, word in ratings.items() if value_of(guide) == said.value]
            facts |= {"guides": len(given)} | {word.value: given.count(word) for word in Expectation}
        return self._line("value" if rater in self._words else "value_of_peers", facts, self._links(rater))

    def _rater(self, said: RaterPoints, of: int) -> RuleLine:
        facts = {"rater": said.rater, "points": said.points, "values": len(said.values), "weight": said.weight}
        return self._line("rater", facts | {"of": of}, self._links(said.rater))

    def _line(self, rule: str, facts: dict[str, Any], evidence: list[EvidenceLink]) -> RuleLine:
        source = self._rules.source
        said = {"points": f"{facts['points']:g}"}
        said |= {name: text(self._language, f"behaviour.{name}", facts.get(name, "")) for name in ("rater", "proposal")}
        return RuleLine(
            rule=f"behaviour.{'value' if rule == 'value_of_peers' else rule}",
            policy=self._policy,
            text=text(self._language, "behaviour.line", rule, **facts | said),
            facts=facts | {"base": source.base, "source": source.source, "verified": source.verified},
            evidence=evidence,
        )

    def _links(self, rater: Rater) -> list[EvidenceLink]:
        if rater not in self._words:
            return []
        said = str(self._words[rater].assessment.id)
        return [EvidenceLink(kind="assessment", id=said, href=f"/v1/behaviour/assessments/{said}")]
