"""Presence: pairing, union and clipping, by sentences and by properties."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules import Interval, LeaveKind, Window, has_network_gap, pair, seconds_within, unite
from tests.make import MONDAY

NETWORK, LEFT = LeaveKind.NETWORK, LeaveKind.LEFT


def t(minute: float) -> datetime:
    return MONDAY + timedelta(minutes=minute)


def spans(intervals: list[Interval]) -> list[tuple[float, float | None]]:
    def minutes(instant: datetime) -> float:
        return (instant - MONDAY).total_seconds() / 60

    return [(minutes(i.start), None if i.end is None else minutes(i.end)) for i in intervals]


@pytest.mark.parametrize(
    ("joined", "left", "end", "expected"),
    [
        pytest.param([0], [20], 30, [(0, 20)], id="joined and left is the time between"),
        pytest.param([0], [], 30, [(0, 30)], id="joined alone lasts until the run's end"),
        pytest.param([0], [], None, [(0, None)], id="joined alone lasts on while the run does"),
        pytest.param([], [20], 30, [], id="left alone gives nothing"),
        pytest.param([0], [20], 10, [(0, 20)], id="left after the run's end keeps its own time"),
        pytest.param([40], [], 30, [(40, 40)], id="joined after the run's end lasts no time"),
        pytest.param([0, 10], [10, 20], 30, [(0, 10), (10, 20)], id="re-joined in the same second"),
        pytest.param([5], [5], 30, [(5, 5)], id="a visit of no length"),
        pytest.param([5, 5], [5, 5], 30, [(5, 5)], id="the same visit told twice"),
        pytest.param([0, 0], [20, 20], 30, [(0, 20)], id="the same sightings twice"),
        pytest.param([0, 10], [20], 30, [(0, 20)], id="joined again without a left was connected all along"),
        pytest.param([0], [10, 20], 30, [(0, 10)], id="a second left adds nothing"),
        pytest.param([0, 15], [10, 25], 30, [(0, 10), (15, 25)], id="two visits"),
        pytest.param([0], [0, 20], 30, [(0, 0)], id="a left in the second of joining ends it"),
    ],
)
def test_pairing(
    joined: list[float], left: list[float], end: float | None, expected: list[tuple[float, float]]
) -> None:
    found = pair(map(t, joined), {t(m): LEFT for m in left}, None if end is None else t(end))
    assert spans(found) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([(0, 10), (5, 20)], [(0, 20)], id="overlapping intervals are counted once"),
        pytest.param([(0, 10), (10, 20)], [(0, 20)], id="touching intervals are one"),
        pytest.param([(0, 30), (5, 10), (8, 20)], [(0, 30)], id="three overlapping joins count once"),
        pytest.param([(0, 10), (11, 20)], [(0, 10), (11, 20)], id="apart stays apart"),
        pytest.param([(0, None), (5, 10)], [(0, None)], id="still connected covers the rest"),
        pytest.param([(0, 10), (5, None)], [(0, None)], id="the second device is still connected"),
    ],
)
def test_union(given: list[tuple[float, float | None]], expected: list[tuple[float, float | None]]) -> None:
    for order in (given, given[::-1]):
        assert spans(unite(Interval(t(a), None if b is None else t(b)) for a, b in order)) == expected


WINDOW = Window(t(0), t(30))


@pytest.mark.parametrize(
    ("intervals", "gap"),
    [
        pytest.param([(0, 10, NETWORK)], True, id="dropped and never back"),
        pytest.param([(0, 10, LEFT)], False, id="left and never back"),
        pytest.param([(0, 10, NETWORK), (12, 30, LEFT)], True, id="dropped and back later"),
        pytest.param([(0, 10, NETWORK), (10, 30, LEFT)], False, id="dropped and back in the same second"),
        pytest.param([(0, 10, NETWORK), (0, 30, LEFT)], False, id="dropped while another device stayed"),
        pytest.param([(0, 10, NETWORK), (0, 20, LEFT)], False, id="another device stayed longer and left"),
        pytest.param([(0, 10, NETWORK), (0, 10, LEFT)], True, id="both ended at once, one by the network"),
        pytest.param([(-20, -10, NETWORK), (-5, 30, LEFT)], False, id="dropped before the window and back in time"),
        pytest.param([(-20, -10, NETWORK)], True, id="dropped before the window and never back"),
        pytest.param([(0, 30, NETWORK)], False, id="dropped when the window ended"),
        pytest.param([], False, id="never there"),
    ],
)
def test_network_gap(intervals: list[tuple[float, float, LeaveKind]], gap: bool) -> None:
    united = unite(Interval(t(a), t(b), kind is NETWORK) for a, b, kind in intervals)
    assert has_network_gap(united, WINDOW) is gap
    assert has_network_gap(united, None) is False


MINUTES = st.integers(-20, 60)
INTERVALS = st.lists(st.tuples(MINUTES, st.none() | MINUTES).filter(lambda p: p[1] is None or p[0] <= p[1]), max_size=8)


def made(pairs: list[tuple[int, int | None]]) -> list[Interval]:
    return [Interval(t(a), None if b is None else t(b)) for a, b in pairs]


@given(INTERVALS)
def test_seconds_are_those_of_the_window_in_which_any_interval_covers(pairs: list[tuple[int, int | None]]) -> None:
    covered = sum(any(a <= m and (b is None or m < b) for a, b in pairs) for m in range(30))
    assert seconds_within(unite(made(pairs)), WINDOW) == covered * 60
    assert seconds_within(unite(made(pairs)), None) == 0


@given(INTERVALS, st.integers(-20, 60))
def test_splitting_an_interval_changes_nothing(pairs: list[tuple[int, int | None]], cut: int) -> None:
    split = [
        piece
        for a, b in pairs
        for piece in ([(a, cut), (cut, b)] if a <= cut and (b is None or cut <= b) else [(a, b)])
    ]
    assert unite(made(split)) == unite(made(pairs))


@given(INTERVALS, st.tuples(MINUTES, MINUTES).filter(lambda p: p[0] <= p[1]))
def test_being_seen_more_never_lowers_presence(pairs: list[tuple[int, int | None]], more: tuple[int, int]) -> None:
    before = seconds_within(unite(made(pairs)), WINDOW)
    assert seconds_within(unite(made([*pairs, more])), WINDOW) >= before


@given(INTERVALS, st.randoms())
def test_the_union_does_not_depend_on_order(pairs: list[tuple[int, int | None]], random: object) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert unite(made(shuffled)) == unite(made(pairs))


@given(st.lists(MINUTES), st.dictionaries(MINUTES, st.sampled_from(list(LeaveKind))), st.none() | MINUTES)
def test_pairing_gives_ordered_intervals_that_begin_with_a_joining(
    joined: list[int], left: dict[int, LeaveKind], end: int | None
) -> None:
    found = pair(map(t, joined), {t(m): kind for m, kind in left.items()}, None if end is None else t(end))
    assert {interval.start for interval in found} <= set(map(t, joined))
    for before, after in pairwise(found):
        assert before.end is not None
        assert before.start <= before.end <= after.start
    assert all(i.end is None or i.start <= i.end for i in found)
    assert not found or found[-1].end is not None or end is None
