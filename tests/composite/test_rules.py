"""Parts weigh as the policy says; what is missing is left out, and never zero."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.composite.rules import (
    ConductFacts,
    Missing,
    PartValue,
    judge_conduct,
    weigh,
)
from app.core.rates import Percent
from app.policies.rules_of_performance import CompositePart, ConductRules
from app.policies.sources import Source

WEIGHTS = {
    CompositePart.ATTENDANCE: 35,
    CompositePart.OUTPUT: 35,
    CompositePart.BEHAVIOUR: 10,
    CompositePart.SERVICE: 10,
    CompositePart.CONDUCT: 10,
}
NOTHING = PartValue.absent(Missing.NOTHING_KNOWN)
CONDUCT = ConductRules(35, 35, 30, 10, Source("uji", verified=False))


def values(**points: str | None) -> dict[CompositePart, PartValue]:
    given_ = {CompositePart(name): value for name, value in points.items()}
    return {part: NOTHING if (v := given_.get(part)) is None else PartValue.known(Decimal(v)) for part in CompositePart}


@pytest.mark.parametrize(
    ("points", "composite"),
    [
        pytest.param(
            {"attendance": "90", "output": "80", "behaviour": "80", "service": "70", "conduct": "100"},
            "84.50",
            id="all five by their weights",
        ),
        pytest.param({"attendance": "90", "output": "80"}, "85.00", id="two of them share the whole"),
        pytest.param({"attendance": "90", "service": "0"}, "70.00", id="a zero that is known counts"),
        pytest.param({"attendance": "100", "conduct": "33.33"}, "85.18", id="rounded once, half up"),
    ],
)
def test_known_parts_are_weighed(points: dict[str, str], composite: str) -> None:
    assert weigh(values(**points), WEIGHTS, 2).points == Decimal(composite)


def test_a_missing_part_changes_nothing_and_says_why() -> None:
    made = weigh(values(attendance="90", output="90"), WEIGHTS, 2)
    assert made.points == Decimal(90)
    assert [(one.part, one.value.missing, one.share) for one in made.parts] == [
        (CompositePart.ATTENDANCE, None, Decimal("50.00")),
        (CompositePart.OUTPUT, None, Decimal("50.00")),
        (CompositePart.BEHAVIOUR, Missing.NOTHING_KNOWN, None),
        (CompositePart.SERVICE, Missing.NOTHING_KNOWN, None),
        (CompositePart.CONDUCT, Missing.NOTHING_KNOWN, None),
    ]


def test_with_fewer_parts_than_the_policy_asks_for_there_is_no_composite() -> None:
    made = weigh(values(attendance="90"), WEIGHTS, 2)
    assert (made.points, made.missing) == (None, Missing.TOO_FEW_PARTS)


def test_a_part_without_weight_is_shown_and_weighs_nothing() -> None:
    made = weigh(values(attendance="90", output="90", service="0"), WEIGHTS | {CompositePart.SERVICE: 0}, 2)
    service = made.part(CompositePart.SERVICE)
    assert made.points == Decimal(90)
    assert (service.value.points, service.value.missing, service.share) == (Decimal(0), Missing.NOT_WEIGHED, None)


POINTS = st.one_of(st.none(), st.integers(0, 100))
ALL = st.fixed_dictionaries({part.value: POINTS for part in CompositePart})


def known(drawn: dict[str, Any]) -> dict[CompositePart, PartValue]:
    return values(**{name: None if points is None else str(points) for name, points in drawn.items()})


@given(ALL)
def test_a_composite_lies_between_its_parts(drawn: dict[str, Any]) -> None:
    made = weigh(known(drawn), WEIGHTS, 1)
    given_: list[int] = [points for points in drawn.values() if points is not None]
    assert (made.points is None) == (not given_)
    if made.points is not None:
        assert min(given_) <= made.points <= max(given_)


@given(ALL, st.sampled_from(list(CompositePart)), st.integers(0, 100))
def test_a_better_part_never_lowers_it(drawn: dict[str, Any], part: CompositePart, more: int) -> None:
    if drawn[part] is not None:
        better = drawn | {part.value: max(more, drawn[part])}
        before, after = (weigh(known(one), WEIGHTS, 1).points or Decimal(0) for one in (drawn, better))
        assert after >= before


@given(ALL)
def test_shares_of_the_counted_parts_add_up(drawn: dict[str, Any]) -> None:
    shares = [one.share for one in weigh(known(drawn), WEIGHTS, 1).parts if one.share is not None]
    assert not shares or abs(sum(shares, Decimal(0)) - 100) <= Decimal("0.03")


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        pytest.param(ConductFacts(Percent(10, 10), Percent(10, 10), 0), "100.00", id="all done"),
        pytest.param(ConductFacts(Percent(5, 10), Percent(10, 10), 0), "82.50", id="half of the circulars"),
        pytest.param(ConductFacts(Percent(10, 10), None, None), "100.00", id="no basket, no ban: one line alone"),
        pytest.param(ConductFacts(Percent(10, 10), Percent(10, 10), 1), "90.00", id="one stream costs a third of its"),
        pytest.param(ConductFacts(Percent(10, 10), Percent(10, 10), 9), "70.00", id="nine cost no more than the line"),
        pytest.param(ConductFacts(None, None, 1), "66.67", id="a confirmed stream counts even alone"),
    ],
)
def test_conduct_is_judged_by_what_is_known(facts: ConductFacts, points: str) -> None:
    assert judge_conduct(facts, CONDUCT).points == Decimal(points)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(ConductFacts(), id="nothing at all"),
        pytest.param(ConductFacts(None, None, 0), id="a ban that nobody broke"),
        pytest.param(ConductFacts(Percent(0, 0), Percent(0, 0, {"exempt": 3}), 0), id="nobody was asked"),
    ],
)
def test_where_nothing_was_asked_conduct_is_missing(facts: ConductFacts) -> None:
    assert judge_conduct(facts, CONDUCT).missing is Missing.NOTHING_KNOWN


def test_without_rules_nobody_is_judged() -> None:
    judged = judge_conduct(ConductFacts(Percent(1, 2)), None)
    assert (judged.points, judged.missing) == (None, Missing.NO_RULE_SET)
    assert judged.facts["acknowledged"] == {"numerator": 1, "denominator": 2}
