"""From words to points: nothing that is unknown counts, and nothing depends on an order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.behaviour.berakhlak import GUIDES, NAMES, SOURCE, VALUES
from app.behaviour.rules import (
    OF_A_RATER,
    Judged,
    Tally,
    Unsaid,
    audible,
    average,
    day_of,
    hear,
    hear_together,
    judge,
    rounded,
    value_of,
)
from app.core.periods import Period
from app.policies.rules_of_performance import BehaviourRules, Expectation, Rater
from app.policies.sources import Source

BELOW, MEETS, ABOVE = Expectation.BELOW, Expectation.MEETS, Expectation.ABOVE
SUPERIOR, PEER, SELF = Rater.SUPERIOR, Rater.PEER, Rater.SELF
RULES = BehaviourRules(
    points={BELOW: 40, MEETS: 80, ABOVE: 100},
    weights={SUPERIOR: 60, PEER: 30, SELF: 10},
    minimum_peers=3,
    meets_at_least=70,
    above_at_least=95,
    training_hours=20,
    source=Source("uji", verified=False),
)
Ratings = dict[str, Expectation]


def alike(word: Expectation) -> Ratings:
    return dict.fromkeys(GUIDES, word)


def say(superior: Ratings | None = None, *peers: Ratings, own: Ratings | None = None) -> dict[Rater, Tally]:
    each = {SUPERIOR: [superior] if superior else [], PEER: list(peers), SELF: [own] if own else []}
    heard = {rater: hear_together(words) for rater, words in each.items()}
    return {rater: one.whole for rater, one in heard.items() if one is not None}


def points(said: Mapping[Rater, Tally], rules: BehaviourRules = RULES) -> str | None:
    found = judge(said, rules).points
    return None if found is None else str(found)


def test_the_values_and_guides_are_those_of_berakhlak() -> None:
    acronym = ("berorientasi_pelayanan", "akuntabel", "kompeten", "harmonis", "loyal", "adaptif", "kolaboratif")
    assert tuple(NAMES) == acronym
    assert [len(value.guides) for value in VALUES] == [3] * 7
    assert {value_of(code) for code in GUIDES} == set(NAMES)
    assert GUIDES["loyal.c"].words == "Menjaga rahasia jabatan dan negara"
    assert (SOURCE.source, SOURCE.verified) == ("SE MenPANRB 20/2021 (BerAKHLAK)", False)


WORDS: list[tuple[str, Mapping[Rater, Tally], str | None]] = [
    ("a superior who is content gives the points of meeting", say(alike(MEETS)), "80.00"),
    ("a guide that is left out is not a zero", say({"loyal.a": ABOVE}), "100.00"),
    ("two guides of a value weigh alike", say({"loyal.a": ABOVE, "loyal.b": MEETS}), "90.00"),
    (
        "values weigh alike, however many of their guides were rated",
        say({"loyal.a": BELOW, "loyal.b": BELOW, "loyal.c": BELOW, "adaptif.a": ABOVE}),
        "70.00",
    ),
    ("a third is rounded half-up at the end", say({"loyal.a": ABOVE, "loyal.b": ABOVE, "loyal.c": MEETS}), "93.33"),
    ("the silent leave their weight to the others", say(alike(MEETS), own=alike(ABOVE)), "82.86"),
    (
        "three peers count as one average",
        say(alike(MEETS), alike(BELOW), alike(ABOVE), alike(ABOVE)),
        "80.00",
    ),
    ("all three kinds weigh as the policy says", say(alike(MEETS), *[alike(BELOW)] * 3, own=alike(ABOVE)), "70.00"),
    ("two peers are too few to be heard", say(alike(MEETS), alike(BELOW), alike(BELOW)), "80.00"),
    ("peers alone never judge", say(None, *[alike(ABOVE)] * 9), None),
    ("neither does the person alone", say(own=alike(ABOVE)), None),
    ("where nobody spoke there is nothing", say(), None),
]


@pytest.mark.parametrize(("said", "expected"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_points(said: Mapping[Rater, Tally], expected: str | None) -> None:
    assert points(said) == expected


def test_why_there_are_no_points() -> None:
    content = say(alike(MEETS))
    assert judge(content, None) == Judged(None, Unsaid.NO_RULE_SET)
    assert judge(say(None, alike(MEETS)), RULES) == Judged(None, Unsaid.NO_SUPERIOR)
    by_peers = replace(RULES, weights={SUPERIOR: 0, PEER: 100, SELF: 0})
    assert judge(content, by_peers) == Judged(None, Unsaid.NO_WEIGHT)


@pytest.mark.parametrize(
    ("word", "proposal"), [(BELOW, "below"), (MEETS, "meets"), (ABOVE, "above")], ids=["below", "meets", "above"]
)
def test_points_are_proposed_as_an_expectation(word: Expectation, proposal: str) -> None:
    assert judge(say(alike(word)), RULES).proposal == proposal


@pytest.mark.parametrize(("said", "proposal"), [("70.00", "meets"), ("69.99", "below"), ("95.00", "above")])
def test_a_threshold_is_reached_exactly(said: str, proposal: str) -> None:
    rules = replace(RULES, points={BELOW: 0, MEETS: 0, ABOVE: 100})
    exact = Decimal(said)
    judged = judge({SUPERIOR: Tally(1, 10_000 - int(exact * 100), 0, int(exact * 100))}, rules)
    assert (judged.points, judged.proposal) == (exact, proposal)


def test_a_mean_of_nothing_is_unknown() -> None:
    assert average([]) is None
    assert average([Decimal("80.01"), Decimal("80.02")]) == Decimal("80.02")
    assert rounded(Decimal("0.005")) == Decimal("0.01")


@pytest.mark.parametrize(
    ("code", "day"),
    [("2026-10", date(2026, 10, 31)), ("2026-11", date(2026, 11, 23)), ("2026-12", date(2026, 12, 1))],
    ids=["a period that is over is judged by its last day", "a running one by today", "a future one by its first day"],
)
def test_the_day_of_a_period(code: str, day: date) -> None:
    assert day_of(Period.parse(code), date(2026, 11, 23)) == day


ratings = st.dictionaries(st.sampled_from(sorted(GUIDES)), st.sampled_from(Expectation), min_size=1)
whole = st.fixed_dictionaries(dict.fromkeys(sorted(GUIDES), st.sampled_from(Expectation)))


@st.composite
def behaviour_rules(draw: st.DrawFn) -> BehaviourRules:
    worth = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    superior, peer = draw(st.integers(1, 100)), draw(st.integers(0, 100))
    weights = {SUPERIOR: superior, PEER: min(peer, 100 - superior), SELF: 100 - superior - min(peer, 100 - superior)}
    points_of = dict(zip(Expectation, worth, strict=True))
    return replace(RULES, points=points_of, weights=weights, minimum_peers=draw(st.integers(2, 4)))


@given(ratings)
def test_one_rater_is_heard_as_a_whole(words: Ratings) -> None:
    heard = hear(words).whole
    assert heard.raters == 1
    assert heard.below + heard.meets + heard.above == OF_A_RATER


@given(ratings, st.lists(ratings, max_size=5), st.none() | ratings, behaviour_rules())
def test_points_lie_between_the_worst_and_the_best(
    superior: Ratings, peers: list[Ratings], own: Ratings | None, rules: BehaviourRules
) -> None:
    found = judge(say(superior, *peers, own=own), rules).points
    assert found is not None
    assert 0 <= rules.points[BELOW] <= found <= rules.points[ABOVE] <= 100


@given(ratings, st.lists(ratings, max_size=5), st.none() | ratings, behaviour_rules(), st.data())
def test_a_better_word_never_lowers_points(
    superior: Ratings, peers: list[Ratings], own: Ratings | None, rules: BehaviourRules, data: st.DataObject
) -> None:
    who = data.draw(st.integers(0, len(peers)))
    words = [superior, *peers][who]
    guide = data.draw(st.sampled_from(sorted(words)))
    better = dict(pairwise(Expectation)).get(words[guide], ABOVE)
    improved = [*[superior, *peers][:who], words | {guide: better}, *[superior, *peers][who + 1 :]]
    before = judge(say(superior, *peers, own=own), rules).points
    after = judge(say(improved[0], *improved[1:], own=own), rules).points
    assert before is not None
    assert after is not None
    assert after >= before


@given(ratings, st.lists(ratings, max_size=5), behaviour_rules(), st.randoms())
def test_the_order_of_peers_and_of_guides_never_matters(
    superior: Ratings, peers: list[Ratings], rules: BehaviourRules, order: Random
) -> None:
    turned = [dict(order.sample(sorted(words.items()), len(words))) for words in peers]
    order.shuffle(turned)
    assert judge(say(superior, *turned), rules) == judge(say(superior, *peers), rules)


@given(ratings, st.lists(ratings, max_size=4), st.none() | ratings, behaviour_rules())
def test_a_silent_kind_changes_nothing(
    superior: Ratings, peers: list[Ratings], own: Ratings | None, rules: BehaviourRules
) -> None:
    quiet = peers[: rules.minimum_peers - 1]
    said = say(superior, *quiet, own=own)
    assert PEER not in audible(said, rules)
    assert judge(said, rules) == judge(say(superior, own=own), rules)
    if own is None:
        alone = replace(rules, weights={SUPERIOR: 100, PEER: 0, SELF: 0})
        assert judge(said, rules).points == judge(say(superior), alone).points


@given(ratings, whole, behaviour_rules())
def test_peers_who_agree_say_what_each_of_them_says(superior: Ratings, words: Ratings, rules: BehaviourRules) -> None:
    assert judge(say(superior, *[words] * 4), rules) == judge(say(superior, *[words] * 9), rules)
