"""Which gaps the facts show, whenever and in whatever order they are looked at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.rules import ApelKind, ApelState
from app.apel.runs import OccurrenceSpan
from app.apel.timeline import ApelNow
from app.evidence.rules import GapKind, GapSeen
from app.zoom.watch_rules import Fullness, Heap, Known, find_gaps, find_outage
from tests.make import DAY, MONDAY, NOBODY

NUMBER, OTHER = "86084701483", "81111111111"
PLANNED_END = MONDAY + timedelta(minutes=30)


def minute(number: float) -> datetime:
    return MONDAY + timedelta(minutes=number)


def run(start: float, end: float | None = None, *, uuid: str = "run", number: str = NUMBER) -> OccurrenceSpan:
    return OccurrenceSpan(uuid, number, minute(start), None if end is None else minute(end), minute(start))


def apel(*runs: OccurrenceSpan, held_to: float | None = None, numbers: tuple[str, ...] = (NUMBER,)) -> ApelNow:
    over = held_to is not None
    state = ApelState.CLOSED if over else ApelState.OPEN if runs else ApelState.SCHEDULED
    return ApelNow(
        id=NOBODY, kind=ApelKind.APEL_GABUNGAN, title="Apel", on_date=DAY, starts_at=MONDAY, ends_at=PLANNED_END,
        report_deadline=PLANNED_END, zoom_meeting_ids=numbers, opd_codes=None, led_by=None, rehearsal=False,
        roster_frozen_at=None, created_by=NOBODY, created_at=MONDAY, version=1, state=state, state_since=MONDAY,
        closed_by_person=False, held_from=MONDAY if runs else None, held_to=minute(held_to or 0) if over else None,
        held_seconds=0, occurrences=runs, due=over,
    )  # fmt: skip


def gaps(
    seen: ApelNow, now: float, known: Known = Known(), *, listening: bool = True
) -> list[tuple[float, float | None]]:
    """Minutes after the planned start, from and to."""
    found = find_gaps(seen, known, minute(now), listening=listening)
    return [(_minutes(gap.since), None if gap.until is None else _minutes(gap.until)) for gap in found]


def _minutes(instant: datetime) -> float:
    return (instant - MONDAY).total_seconds() / 60


def told(*minutes: float) -> Known:
    return Known(told=[minute(number) for number in minutes])


SILENCES = [
    pytest.param(apel(), -10, (), [], id="before its time nothing is missing"),
    pytest.param(apel(), 10, (), [], id="a leader may be ten minutes late"),
    pytest.param(apel(), 11, (), [(0, None)], id="no meeting eleven minutes after the planned start"),
    pytest.param(apel(), 200, (), [(0, 150)], id="a meeting that never came"),
    pytest.param(apel(run(12)), 20, (13,), [(0, 12)], id="a leader who came after all ends it"),
    pytest.param(apel(run(9)), 20, (13,), [], id="a meeting that began within ten minutes"),
    pytest.param(apel(run(-50, -40)), 11, (-45,), [(0, None)], id="a sound check is no beginning"),
    pytest.param(apel(run(-5)), 15, (), [], id="a quarter of an hour of standing still"),
    pytest.param(apel(run(-5)), 16, (), [(0, None)], id="nothing since the beginning"),
    pytest.param(apel(run(-5)), 27, (3, 11), [(11, None)], id="silence since minute 11"),
    pytest.param(apel(run(-5)), 40, (3, 11, 31), [(11, 31)], id="it ends when something is told again"),
    pytest.param(apel(run(-5)), 40, (3, 11, 20, 31), [], id="what came late fills the silence that it fell into"),
    pytest.param(apel(run(-5, 30), held_to=30), 90, (3,), [(3, 30)], id="the meeting's end is told as well"),
    pytest.param(apel(run(-5, 12), held_to=12), 90, (3,), [], id="after the end nothing is expected"),
    pytest.param(apel(run(-5), held_to=14), 90, (3,), [], id="nor after a person closed the apel"),
    pytest.param(apel(run(-5), held_to=30), 90, (3,), [(3, 30)], id="what a person closed was watched until then"),
    pytest.param(apel(run(-5)), 200, (3, 11), [(11, 150)], id="a lost end is silence until the run must have ended"),
    pytest.param(apel(run(-5, 5), run(25, uuid="again")), 30, (1,), [], id="between two runs nothing is expected"),
    pytest.param(apel(numbers=()), 60, (), [], id="an apel without a meeting is not listened to"),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "now", "at", "expected"), SILENCES)
def test_silence_is(seen: ApelNow, now: float, at: Sequence[float], expected: list[tuple[float, float | None]]) -> None:
    assert gaps(seen, now, told(*at)) == expected


def test_where_no_delivery_can_be_checked_a_meeting_that_nobody_told_of_is_no_silence() -> None:
    assert gaps(apel(), 60, listening=False) == []


def test_each_number_of_an_apel_is_missed_for_itself() -> None:
    found = find_gaps(apel(numbers=(NUMBER, OTHER)), Known(), minute(20), listening=True)
    assert [(gap.kind, gap.meeting_id) for gap in found] == [(GapKind.SILENCE, NUMBER), (GapKind.SILENCE, OTHER)]


def heap(first: float, last: float, number: int = 1) -> Heap:
    return Heap(minute(first), minute(last), number)


@pytest.mark.parametrize(
    ("now", "expected"), [(20, (2, None)), (150, (2, 14))], ids=["while more may come", "when nothing comes any more"]
)
@pytest.mark.parametrize("kind", [GapKind.CLOCK_SKEW, GapKind.UNREAD])
def test_what_came_and_does_not_count_is_a_gap_from_the_first_on(
    kind: GapKind, now: float, expected: tuple[float, float | None]
) -> None:
    heaps = [heap(12, 14, 3), heap(2, 3, 2), heap(-90, -80), heap(151, 152)]
    known = Known(aside=heaps) if kind is GapKind.CLOCK_SKEW else Known(failed=heaps)
    [gap] = find_gaps(apel(run(-5, 10), held_to=10), known, minute(now), listening=True)
    assert (gap.kind, gap.meeting_id, gap.facts) == (kind, None, {"deliveries": 5})
    assert (_minutes(gap.since), None if gap.until is None else _minutes(gap.until)) == expected


FULL = Fullness("run", 100, 100, minute(4))


@pytest.mark.parametrize(
    ("fullness", "seen", "expected"),
    [
        pytest.param(replace(FULL, since=None, most=99), apel(run(-5)), [], id="a seat was free all along"),
        pytest.param(FULL, apel(run(-5)), [(4, None)], id="the last seat was taken and none became free"),
        pytest.param(replace(FULL, until=minute(9)), apel(run(-5)), [(4, 9)], id="one became free"),
        pytest.param(FULL, apel(run(-5, 10)), [(4, 10)], id="full until the run ended"),
        pytest.param(replace(FULL, uuid="other"), apel(run(-5)), [], id="a run of somebody else"),
        pytest.param(Fullness("run", 3, cut_at=minute(9)), apel(run(-5, 9)), [(9, None)], id="cut off by the licence"),
    ],
)
def test_seats_run_out(fullness: Fullness, seen: ApelNow, expected: list[tuple[float, float | None]]) -> None:
    assert gaps(seen, 10, Known(fullness=[fullness])) == expected


@pytest.mark.parametrize(
    ("beat", "expected"),
    [(None, None), (15, None), (14.9, (14.9, 20))],
    ids=["the first sign of life", "Zoom tries again after five minutes", "longer than that"],
)
def test_nobody_took_deliveries(beat: float | None, expected: tuple[float, float] | None) -> None:
    found = find_outage(None if beat is None else minute(beat), minute(20))
    assert found == (GapSeen(GapKind.ENDPOINT, minute(expected[0]), minute(expected[1])) if expected else None)


minutes = st.lists(st.integers(-60, 150), max_size=12)


@given(minutes, minutes)
def test_hearing_more_never_makes_a_silence_longer(some: list[int], more: list[int]) -> None:
    def silent(at: list[int]) -> set[int]:
        found = gaps(apel(run(-5, 120)), 200, told(*sorted(at)))
        return {second for start, end in found for second in range(int(start), int(end or 200))}

    assert silent(some + more) <= silent(some)
