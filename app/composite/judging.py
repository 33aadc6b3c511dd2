"""From what the rooms tell of a unit or a person to the value of each part: pure, but for whom it is asked."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.behaviour.figures import BehaviourFigure, PersonFigure
from app.behaviour.rules import FEWEST_PEOPLE
from app.composite.loading import Figures, Served
from app.composite.rules import Composite, ConductFacts, Missing, PartValue, judge_conduct, weigh
from app.performance.rules import Capaian, OutputFigure
from app.policies.rules import Rules
from app.policies.rules_of_performance import CompositePart, ServiceRules
from app.scoring.persons import PersonScore
from app.scoring.standing import Standing

HUNDRED = Decimal(100)
Values = Mapping[CompositePart, PartValue]


def values_of_unit(figures: Figures, rules: Rules, *, forbidden: bool) -> Values:
    """`forbidden`: a circular forbids live streams in the period."""
    incidents = figures.incidents if forbidden else None
    conduct = ConductFacts(figures.acknowledged, figures.deposited, incidents)
    return {
        CompositePart.ATTENDANCE: _attendance(figures.attendance),
        CompositePart.OUTPUT: _output(figures.output, rules),
        CompositePart.BEHAVIOUR: _behaviour(figures.behaviour, rules),
        CompositePart.SERVICE: _service(figures.service, rules.service),
        CompositePart.CONDUCT: judge_conduct(conduct, rules.conduct),
    }


def _attendance(standing: Standing | None) -> PartValue:
    if standing is None:
        return PartValue.absent(Missing.NOTHING_KNOWN)
    return PartValue.known(standing.points, apels=standing.apels)


def _output(figure: OutputFigure, rules: Rules) -> PartValue:
    facts: dict[str, Any] = {"people": figure.people, "known": figure.known, "provisional": figure.provisional}
    return _value(figure.percent, facts, ruled=rules.output is not None)


def _behaviour(figure: BehaviourFigure, rules: Rules) -> PartValue:
    facts = {"people": figure.people, "known": figure.known}
    if figure.too_few and rules.behaviour is not None:
        return PartValue.absent(Missing.TOO_FEW, **facts, minimum_people=FEWEST_PEOPLE)
    return _value(figure.average, facts, ruled=rules.behaviour is not None)


def _value(points: Decimal | None, facts: Mapping[str, Any], *, ruled: bool) -> PartValue:
    if not ruled:
        return PartValue.absent(Missing.NO_RULE_SET, **facts)
    return PartValue.absent(Missing.NOTHING_KNOWN, **facts) if points is None else PartValue.known(points, **facts)


def _service(served: Served | None, rules: ServiceRules | None) -> PartValue:
    """The share of those with a promise who were served within it."""
    facts = served._asdict() if served else {}
    if rules is None:
        return PartValue.absent(Missing.NO_RULE_SET, **facts)
    if served is None or not served.promised:
        return PartValue.absent(Missing.NOTHING_KNOWN, **facts)
    if served.promised < rules.minimum_served:
        return PartValue.absent(Missing.TOO_FEW, **facts, minimum_served=rules.minimum_served)
    return PartValue.known(HUNDRED * served.within / served.promised, **facts)


def values_of_person(
    score: PersonScore | None,
    capaian: Capaian | None,
    behaviour: PersonFigure,
    conduct: ConductFacts,
    rules: Rules,
) -> Values:
    """A person has no counter of the own, so service is no part of theirs."""
    output = capaian or Capaian()
    points = None if score is None else score.points
    waiting = {"provisional": output.provisional, "earned": float(output.earned), "weight": output.weight}
    return {
        CompositePart.ATTENDANCE: _own_attendance(score, points),
        CompositePart.OUTPUT: _value(output.percent, waiting, ruled=rules.output is not None),
        CompositePart.BEHAVIOUR: _value(
            behaviour.points, {"periods": behaviour.periods}, ruled=rules.behaviour is not None
        ),
        CompositePart.CONDUCT: judge_conduct(conduct, rules.conduct),
    }


def _own_attendance(score: PersonScore | None, points: Decimal | None) -> PartValue:
    if score is None:
        return PartValue.absent(Missing.NO_RULE_SET)
    if points is None:
        return PartValue.absent(Missing.TOO_FEW, apels=score.apels, minimum_apels=score.rules.minimum_apels)
    # Bonuses of streaks lie above the hundred that other parts are measured by.
    return PartValue.known(min(points, HUNDRED), apels=score.apels, bonus=score.bonus)


def compose_unit(values: Values, rules: Rules) -> Composite | None:
    """None where the policy says nothing about it."""
    composite = rules.composite
    return None if composite is None else weigh(values, composite.opd, composite.minimum_parts)


def compose_person(values: Values, rules: Rules) -> Composite | None:
    """As `compose_unit`, by the weights of persons."""
    composite = rules.composite
    return None if composite is None else weigh(values, composite.person, composite.minimum_parts)
