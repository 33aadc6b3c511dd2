"""State and held window from facts: told as Mondays, and as properties over every order of arrival."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from random import Random
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.apel.rules import Act, ApelState
from app.apel.runs import OccurrenceSpan, Plan, own_occurrences
from app.apel.timeline import PersonAct, Timeline, fold_state, next_instant, own_as_known, runs_with_time, union_seconds

MONDAY = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
"""Monday 00.00 WITA."""
NUMBER = "87012345678"


def clock(written: str) -> datetime:
    """A wall-clock time of that Monday; hours beyond 24 are Tuesday."""
    hours, minutes = written.split(":")
    return MONDAY + timedelta(hours=int(hours), minutes=int(minutes))


def plan(starts: str, ends: str, *numbers: str, key: int = 1) -> Plan:
    return Plan(UUID(int=key), clock(starts), clock(ends), frozenset(numbers))


def run(written: str, number: str = NUMBER) -> OccurrenceSpan:
    """`07:25-08:05`; `~07:25-…` lost its start, `07:25-?08:07` its end after a last sighting at 08:07."""
    start, _, end = written.lstrip("~").partition("-")
    last = clock(end.lstrip("?") or start)
    return OccurrenceSpan(written, number, clock(start), None if "?" in end else last, last, written.startswith("~"))


def runs_of(written: str) -> list[OccurrenceSpan]:
    return [run(one) for one in written.split()]


def acts_of(written: str) -> list[PersonAct]:
    """`close@08:02 reopen@08:10`, in the order in which they were done."""
    pairs = [one.split("@") for one in written.split()]
    return [PersonAct(seq, Act(act), clock(at)) for seq, (act, at) in enumerate(pairs)]


def line_of(written: str) -> tuple[ApelState, datetime | None, datetime | None, int]:
    """`closed 07:30-08:05 35`: state, held window, minutes held; `open 07:30- 10` is being held."""
    state, window, minutes = (*written.split(), "-", "0")[:3]
    begin, _, end = window.partition("-")
    return ApelState(state), clock(begin) if begin else None, clock(end) if end else None, int(minutes) * 60


ZOOM = plan("07:30", "08:00", NUMBER)
NO_ZOOM = plan("07:30", "08:00")
MIDNIGHT = plan("23:30", "24:30", NUMBER)

STORIES = {
    "a sound check at 06:30 opens it": (ZOOM, "06:30-06:45", "", "06:35", "open"),
    "the end of a sound check does not close it": (ZOOM, "06:30-06:45", "", "07:20", "open"),
    "after a sound check the real meeting is what was held": (
        ZOOM, "06:30-06:45 07:25-08:05", "", "08:10", "closed 07:30-08:05 35"),
    "a sound check alone says nothing about the apel: it closes as without Zoom": (
        ZOOM, "06:30-06:45", "", "09:00", "closed 07:30-09:00 90"),
    "a sound check that runs on into the apel is held from the planned start": (
        ZOOM, "06:30-08:05", "", "08:10", "closed 07:30-08:05 35"),
    "what ended an hour before is none of it": (ZOOM, "06:20-06:29", "", "06:40", "scheduled"),
    "a leader who is late has not opened it": (ZOOM, "", "", "07:45", "scheduled"),
    "a leader who is late is held from the real start": (ZOOM, "07:50-08:20", "", "08:30", "closed 07:50-08:20 30"),
    "the ceremony ends but Zoom runs on: a person closes": (
        ZOOM, "07:25-?08:15", "close@08:02", "08:20", "closed 07:30-08:02 32"),
    "the meeting that ran on changes nothing when it ends": (
        ZOOM, "07:25-11:00", "close@08:02", "12:00", "closed 07:30-08:02 32"),
    "an afternoon meeting on the same number is another meeting": (
        ZOOM, "07:25-08:05 13:00-15:00", "", "14:00", "closed 07:30-08:05 35"),
    "a restarted meeting is one apel, held with a hole": (
        ZOOM, "07:25-07:40 07:45-08:10", "", "08:30", "closed 07:30-08:10 35"),
    "between the two runs it is closed": (ZOOM, "07:25-07:40 07:45-08:10", "", "07:42", "closed 07:30-07:40 10"),
    "a late start never reopens what a person closed": (
        ZOOM, "07:25-07:40 07:45-08:10", "close@07:41", "08:30", "closed 07:30-07:40 10"),
    "a lost started: the first sighting stands in": (ZOOM, "~07:33-08:05", "", "08:10", "closed 07:33-08:05 32"),
    "a lost ended keeps it open for now": (ZOOM, "07:25-?08:07", "", "09:59", "open 07:30- 149"),
    "a lost ended counts as ended two hours after the plan, held until the last sighting": (
        ZOOM, "07:25-?08:07", "", "10:00", "closed 07:30-08:07 37"),
    "a lost ended with early sightings is held until the planned end": (
        ZOOM, "07:25-?07:40", "", "10:00", "closed 07:30-08:00 30"),
    "the next run of the number ends a run whose end was lost": (
        ZOOM, "07:25-?07:40 07:44-08:05", "", "08:10", "closed 07:30-08:05 35"),
    "nothing is held later than two hours after the planned end": (
        ZOOM, "07:25-10:30", "", "10:31", "closed 07:30-10:00 150"),
    "without Zoom it waits for its time": (NO_ZOOM, "", "", "07:29", "scheduled"),
    "without Zoom it opens at its time": (NO_ZOOM, "", "", "07:40", "open 07:30- 10"),
    "without Zoom it closes an hour after its end": (NO_ZOOM, "", "", "09:00", "closed 07:30-09:00 90"),
    "without Zoom a person closes earlier": (NO_ZOOM, "", "close@08:04", "09:30", "closed 07:30-08:04 34"),
    "what a person reopened is not closed by the clock": (
        NO_ZOOM, "", "close@08:04 reopen@08:30", "09:30", "open 07:30- 120"),
    "a number on which nothing ran is as without Zoom from the planned end on": (
        ZOOM, "", "", "08:00", "open 07:30- 30"),
    "a silent number closes an hour after the planned end": (ZOOM, "", "", "09:00", "closed 07:30-09:00 90"),
    "a person opens while Zoom is silent, and is believed about when": (
        ZOOM, "", "open@07:40", "07:50", "open 07:40- 10"),
    "Zoom begins after the planned end": (ZOOM, "08:20-08:50", "", "08:30", "open 08:20- 10"),
    "Zoom that began after the planned end closes with its own end": (
        ZOOM, "08:20-08:50", "", "09:30", "closed 08:20-08:50 30"),
    "a late start reopens what closed by itself": (ZOOM, "07:25-08:00 08:30-08:40", "", "08:35", "open 07:30- 35"),
    "a person who confirms a close keeps it closed": (
        ZOOM, "07:25-08:00 08:30-08:40", "close@08:01", "08:35", "closed 07:30-08:00 30"),
    "a person reopens a closed apel": (ZOOM, "07:25-08:00", "close@08:01 reopen@08:10", "12:00", "open 07:30- 30"),
    "a closing time told later wins over the end of Zoom": (
        ZOOM, "07:25-09:30", "close@08:02", "09:40", "closed 07:30-08:02 32"),
    "after final nothing but a person moves it": (
        ZOOM, "07:25-08:00 08:40-08:50", "finalize@08:35", "09:00", "final 07:30-08:00 30"),
    "a final apel goes back to closed, and no meeting reopens it": (
        ZOOM, "07:25-08:00 08:40-08:50", "finalize@08:35 reopen@08:39", "09:00", "closed 07:30-08:00 30"),
    "going back from final leaves a guessed end as it was": (
        ZOOM, "07:25-?08:07", "finalize@10:10 reopen@10:20", "10:30", "closed 07:30-08:07 37"),
    "a cancelled apel is not opened by Zoom": (ZOOM, "07:25-08:00", "cancel@07:00", "07:40", "cancelled"),
    "a cancellation that was taken back never was": (
        ZOOM, "07:25-08:00", "cancel@07:00 reopen@07:05", "07:40", "open 07:30- 10"),
    "a cancellation taken back before the time leaves it scheduled": (
        ZOOM, "", "cancel@07:00 reopen@07:05", "07:10", "scheduled"),
    "an apel from 23:30 to 00:30 is one apel": (MIDNIGHT, "23:25-24:35", "", "24:40", "closed 23:30-24:35 65"),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_state_and_held_window(story: tuple[Plan, str, str, str, str]) -> None:
    planned, runs, acts, now, expected = story
    line = fold_state(planned, own_occurrences(planned, [], runs_of(runs)), acts_of(acts), clock(now))
    assert (line.state, line.held_from, line.held_to, line.held_seconds) == line_of(expected)


def test_since_names_the_moment_of_the_last_change() -> None:
    line = fold_state(ZOOM, runs_of("07:25-08:05"), acts_of("close@08:01"), clock("09:00"))
    assert (line.since, line.closed_by_person) == (clock("08:01"), True)


def test_an_act_at_the_moment_of_a_meetings_end_wins() -> None:
    line = fold_state(ZOOM, runs_of("07:25-08:05 08:10-08:20"), acts_of("close@08:05"), clock("08:15"))
    assert (line.state, line.closed_by_person) == (ApelState.CLOSED, True)


@pytest.mark.parametrize(
    ("start", "owner"),
    [
        pytest.param("07:25", 1, id="the morning run belongs to the apel of the morning"),
        pytest.param("09:20", 2, id="a run before the second belongs to the nearer second"),
        pytest.param("08:30", 1, id="at equal distance the earlier apel has it"),
        pytest.param("12:30", None, id="a run that overlaps neither belongs to none"),
    ],
)
def test_an_occurrence_belongs_to_the_nearest_apel(start: str, owner: int | None) -> None:
    first, second = plan("07:30", "08:00", NUMBER, key=1), plan("09:30", "10:00", NUMBER, key=2)
    runs = [run(f"{start}-?{start}")]
    owners = [apel.id.int for apel in (first, second) if own_occurrences(apel, [first, second], runs)]
    assert owners == ([owner] if owner else [])


def test_another_number_is_another_meeting() -> None:
    assert own_occurrences(ZOOM, [], [run("07:25-08:00", "999")]) == ()


def test_a_run_with_a_lost_end_days_before_does_not_open_the_next_monday() -> None:
    stray = run("07:00-?07:00")
    later = replace(ZOOM, starts_at=clock("07:30") + timedelta(days=3), ends_at=clock("08:00") + timedelta(days=3))
    assert own_occurrences(later, [], [stray]) == ()


def test_the_next_run_ends_a_lost_one_without_drawing_it_into_its_own_apel() -> None:
    """What was last seen the day before says nothing about this morning."""
    lost = replace(run("07:00-?07:10"), uuid="lost")
    today = timedelta(days=1)
    morning = run("07:25-08:05")
    morning = replace(
        morning,
        start=morning.start + today,
        end=morning.start + today + timedelta(minutes=40),
        last_seen=morning.last_seen + today,
    )
    later = replace(ZOOM, starts_at=ZOOM.starts_at + today, ends_at=ZOOM.ends_at + today)
    assert own_occurrences(later, [], [lost, morning]) == (morning,)


minutes_of_day = st.integers(min_value=5 * 60, max_value=14 * 60)


@st.composite
def runs(draw: st.DrawFn) -> OccurrenceSpan:
    start = draw(minutes_of_day)
    length = draw(st.one_of(st.none(), st.integers(min_value=0, max_value=300)))
    begin = MONDAY + timedelta(minutes=start)
    seen = begin + timedelta(minutes=length if length is not None else draw(st.integers(0, 60)))
    end = None if length is None else seen
    return OccurrenceSpan(f"run-{draw(st.uuids())}", NUMBER, begin, end, seen)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime]:
    planned = draw(st.sampled_from([ZOOM, NO_ZOOM]))
    found = draw(st.lists(runs(), max_size=4)) if planned is ZOOM else []
    times = sorted(draw(st.lists(minutes_of_day, max_size=4)))
    acts = [PersonAct(n, draw(st.sampled_from(Act)), MONDAY + timedelta(minutes=at)) for n, at in enumerate(times)]
    return planned, found, acts, MONDAY + timedelta(minutes=draw(minutes_of_day))


def told(planned: Plan, found: list[OccurrenceSpan], acts: list[PersonAct], now: datetime) -> Timeline:
    return fold_state(planned, own_occurrences(planned, [], found), acts, now)


@given(stories(), st.randoms())
def test_the_order_of_arrival_never_matters(
    story: tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime], random: Random
) -> None:
    planned, found, acts, now = story
    expected = told(planned, found, acts, now)
    random.shuffle(found)
    random.shuffle(acts)
    assert told(planned, found, acts, now) == expected


@pytest.mark.parametrize("now", ["07:00", "07:42", "08:03", "10:30"])
def test_every_permutation_of_a_monday_ends_the_same(now: str) -> None:
    found = runs_of("06:30-06:40 07:25-07:40 07:45-?08:10")
    acts = acts_of("close@08:02 reopen@08:04 close@08:06")
    orders = product(permutations(found), permutations(acts))
    ends = {told(ZOOM, list(some), list(others), clock(now)) for some, others in orders}
    assert len(ends) == 1


Story = tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime]


@given(stories())
def test_what_happens_later_says_nothing_about_now(
    story: tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime],
) -> None:
    planned, found, acts, now = story
    known = [span for span in found if span.start <= now]
    until_now = [act for act in acts if act.at <= now]
    assert fold_state(planned, known, until_now, now).state is fold_state(planned, found, acts, now).state


@given(stories(), st.integers(min_value=1, max_value=99))
def test_splitting_a_run_changes_neither_state_nor_window(
    story: tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime], percent: int
) -> None:
    planned, found, acts, now = story
    found = [span for span in found if span.end is not None and span.end <= planned.limit]
    halves = []
    for span in found:
        assert span.end is not None
        middle = span.start + (span.end - span.start) * percent / 100
        halves += [replace(span, end=middle), replace(span, uuid=span.uuid + "b", start=middle)]
    whole, split = fold_state(planned, found, acts, now), fold_state(planned, halves, acts, now)
    assert (split.state, split.held_from, split.held_to) == (whole.state, whole.held_from, whole.held_to)
    assert abs(split.held_seconds - whole.held_seconds) <= 1


@given(stories())
def test_the_held_window_lies_after_the_planned_start_and_before_now(
    story: tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime],
) -> None:
    planned, _, _, now = story
    line = told(*story)
    end = line.held_to or now
    if line.held_from is None:
        assert (line.held_to, line.held_seconds) == (None, 0)
    else:
        assert planned.starts_at <= line.held_from < end <= now
        assert 0 <= line.held_seconds <= (end - line.held_from).total_seconds()


@given(stories(), st.integers(0, 100))
def test_until_the_next_instant_time_alone_changes_nothing(
    story: tuple[Plan, list[OccurrenceSpan], list[PersonAct], datetime], percent: int
) -> None:
    planned, found, acts, now = story
    acts = [act for act in acts if act.at <= now]
    deadline = planned.starts_at + timedelta(minutes=60)
    own = own_occurrences(planned, [planned], found)

    def known(at: datetime) -> tuple[object, ...]:
        line = fold_state(planned, own, acts, at)
        window = line.held_from, line.held_to, line.held_seconds if line.held_to else None
        over = at >= deadline
        return line.state, line.since, line.closed_by_person, window, own_as_known(planned, own, line, at), over

    line = fold_state(planned, own, acts, now)
    assume(not runs_with_time(line.state, line.held_from, line.held_to, now))
    following = next_instant(planned, own, deadline, now)
    last = (following or now + timedelta(days=30)) - timedelta(microseconds=1)
    assert known(now + (last - now) * percent / 100) == known(now)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=8))
def test_the_union_counts_every_second_once(pairs: list[tuple[int, int]]) -> None:
    intervals = [(MONDAY + timedelta(seconds=a), MONDAY + timedelta(seconds=b)) for a, b in pairs]
    assert union_seconds(intervals) == len({second for a, b in pairs for second in range(a, b)})
