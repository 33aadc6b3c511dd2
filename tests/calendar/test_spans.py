"""How much of something that went on lies in somebody's hours, and in what else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar import almanac
from app.calendar.rules import Day, DayKind, Days
from app.calendar.spans import Hold, Overlap, Span, Stretch, WorkDay, overlap, stretches_of, without
from app.registry.rules import WorkPattern

FIVE, SIX, SHIFT = WorkPattern.FIVE_DAYS, WorkPattern.SIX_DAYS, WorkPattern.SHIFT
ZONE = ZoneInfo("Asia/Makassar")
PERPRES = almanac.list_hour_rules()[0]
THURSDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, 19) + timedelta(days=n) for n in range(5))


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00").astimezone(UTC)


def span(day: date, begins: str, ends: str, later: int = 0) -> Span:
    """`later`: how many days after it began it ends."""
    return Span(at(day, begins), at(day + timedelta(days=later), ends))


def hours(*works: WorkDay, days: Days | None = None) -> list[Stretch]:
    return [one for work in works for one in stretches_of(work, days or {}, PERPRES, ZONE)]


def five(*days: date, **more: Any) -> tuple[WorkDay, ...]:
    return tuple(WorkDay(day, FIVE, **more) for day in days)


def minutes(**parts: int) -> Overlap:
    return Overlap(**{name: timedelta(minutes=number) for name, number in parts.items()})


NIGHT = WorkDay(MONDAY, SHIFT, shifts=(span(MONDAY, "21:00", "07:00", later=1),))
MARKED = {kind: {MONDAY: Day(kind, "Hari itu")} for kind in DayKind}
RAMADAN_FRIDAY = {FRIDAY: Day(DayKind.RAMADAN, "Ramadan")}


@pytest.mark.parametrize(
    ("works", "days", "went_on", "found"),
    [
        pytest.param(
            five(MONDAY), {}, span(MONDAY, "09:00", "09:40"), minutes(within=40), id="a Monday morning is working time"
        ),
        pytest.param(
            five(MONDAY),
            {},
            span(MONDAY, "07:00", "07:45"),
            minutes(outside=30, within=15),
            id="before 07.30 nobody works yet",
        ),
        pytest.param(
            five(MONDAY),
            {},
            span(MONDAY, "15:50", "17:00"),
            minutes(within=10, outside=60),
            id="after 16.00 nobody works any more",
        ),
        pytest.param(
            five(MONDAY),
            {},
            span(MONDAY, "11:50", "13:10"),
            minutes(within=20, in_break=60),
            id="the break is nobody's working time",
        ),
        pytest.param(
            five(FRIDAY),
            {},
            span(FRIDAY, "11:20", "13:10"),
            minutes(within=20, in_break=90),
            id="on Friday the break begins earlier and is longer",
        ),
        pytest.param(
            five(FRIDAY),
            {},
            span(FRIDAY, "16:00", "17:00"),
            minutes(within=30, outside=30),
            id="on Friday the day ends half an hour later",
        ),
        pytest.param(
            five(MONDAY),
            MARKED[DayKind.RAMADAN],
            span(MONDAY, "07:30", "16:00"),
            minutes(outside=90, within=390, in_break=30),
            id="in Ramadan the hours are shorter",
        ),
        pytest.param(
            five(FRIDAY),
            RAMADAN_FRIDAY,
            span(FRIDAY, "07:30", "16:00"),
            minutes(outside=60, within=390, in_break=60),
            id="a Friday of Ramadan has its own break",
        ),
        pytest.param(five(SUNDAY), {}, span(SUNDAY, "09:00", "10:00"), minutes(outside=60), id="a Sunday is free"),
        pytest.param(five(SATURDAY), {}, span(SATURDAY, "09:00", "10:00"), minutes(outside=60), id="a Saturday too"),
        pytest.param(
            (WorkDay(SATURDAY, SIX),),
            {},
            span(SATURDAY, "14:00", "15:00"),
            minutes(within=45, outside=15),
            id="a Saturday is worked where the week has six days",
        ),
        *(
            pytest.param(
                five(MONDAY),
                MARKED[kind],
                span(MONDAY, "09:00", "10:00"),
                minutes(outside=60),
                id=f"a {kind.value} is free",
            )
            for kind in (DayKind.HOLIDAY, DayKind.CUTI_BERSAMA, DayKind.REGIONAL)
        ),
        pytest.param(
            five(MONDAY),
            MARKED[DayKind.WORKING],
            span(MONDAY, "09:00", "10:00"),
            minutes(within=60),
            id="a mark that was taken back leaves the weekday",
        ),
        pytest.param(
            five(THURSDAY, FRIDAY),
            {},
            span(THURSDAY, "23:00", "08:00", later=1),
            minutes(outside=510, within=30),
            id="over midnight each day has its own hours",
        ),
        pytest.param(
            five(MONDAY, hold=Hold.LEAVE),
            {},
            span(MONDAY, "09:00", "17:00"),
            minutes(on_leave=480),
            id="a day of leave has no hours",
        ),
        pytest.param(
            five(MONDAY, hold=Hold.HOURS),
            {},
            span(MONDAY, "09:00", "10:00"),
            minutes(within=60),
            id="work from anywhere and dinas luar keep the hours",
        ),
        pytest.param(
            five(MONDAY, hold=Hold.OWN),
            {},
            span(MONDAY, "09:00", "10:00"),
            minutes(unknown=60),
            id="who serves a shift that day is not judged by the office's clock",
        ),
        pytest.param(
            (WorkDay(MONDAY, SHIFT),),
            {},
            span(MONDAY, "09:00", "10:00"),
            minutes(unknown=60),
            id="shift people without register: nobody knows",
        ),
        pytest.param(
            (NIGHT, WorkDay(MONDAY + timedelta(days=1), SHIFT)),
            {},
            span(MONDAY, "20:00", "08:00", later=1),
            minutes(outside=60, within=600, unknown=60),
            id="a night shift is worked over midnight; the day after has no register of its own",
        ),
        pytest.param(
            (WorkDay(MONDAY, SHIFT, Hold.LEAVE, NIGHT.shifts),),
            {},
            span(MONDAY, "20:00", "08:00", later=1),
            minutes(on_leave=660, outside=60),
            id="leave takes the whole shift that begins on its day",
        ),
        pytest.param(
            (WorkDay(MONDAY, FIVE, shifts=(span(MONDAY, "16:00", "22:00"),)),),
            {},
            span(MONDAY, "09:00", "17:00"),
            minutes(outside=420, within=60),
            id="a registered shift takes the place of the office's hours",
        ),
    ],
)
def test_a_span_lies_in_hours(works: Sequence[WorkDay], days: Days, went_on: Span, found: Overlap) -> None:
    assert overlap(went_on, hours(*works, days=days)) == found


def test_before_any_rules_of_hours_nobody_knows_them() -> None:
    [work] = five(date(2023, 4, 11))
    assert overlap(span(work.day, "09:00", "10:00"), stretches_of(work, {}, None, ZONE)) == minutes(unknown=60)


def test_seconds_and_minutes_are_full_ones() -> None:
    part = Overlap(within=timedelta(seconds=119, milliseconds=999))
    assert part.minutes == 1
    assert part.seconds() == {"within": 119, "in_break": 0, "on_leave": 0, "unknown": 0, "outside": 0}


# Properties

FIRST = at(THURSDAY, "00:00")
instants = st.integers(0, 5 * 24 * 3600).map(lambda second: FIRST + timedelta(seconds=second))
spans = st.tuples(instants, instants).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Span(*pair))
WEEK = [THURSDAY + timedelta(days=n) for n in range(5)]


@st.composite
def work_days(draw: st.DrawFn) -> list[Stretch]:
    works = []
    for day in WEEK:
        lengths = draw(st.lists(st.integers(1, 12), max_size=1))
        shifts = tuple(Span(at(day, "18:00"), at(day, "18:00") + timedelta(hours=number)) for number in lengths)
        works.append(WorkDay(day, draw(st.sampled_from(WorkPattern)), draw(st.sampled_from(Hold)), shifts))
    marked = draw(st.dictionaries(st.sampled_from(WEEK), st.sampled_from(DayKind)))
    return hours(*works, days={day: Day(kind, "x") for day, kind in marked.items()})


@given(work_days(), spans)
def test_the_parts_add_up_to_the_length(stretches: list[Stretch], went_on: Span) -> None:
    found = overlap(went_on, stretches)
    parts = found.within + found.in_break + found.on_leave + found.unknown + found.outside
    assert parts == went_on.ends_at - went_on.starts_at


@given(work_days(), spans, st.lists(instants, max_size=4))
def test_splitting_a_span_changes_nothing(stretches: list[Stretch], went_on: Span, cuts: list[datetime]) -> None:
    edges = sorted({*went_on, *(cut for cut in cuts if went_on.starts_at < cut < went_on.ends_at)})
    pieces = [overlap(Span(*pair), stretches) for pair in pairwise(edges)]
    assert sum(pieces, Overlap()) == overlap(went_on, stretches)


@given(work_days(), spans, st.integers(0, 7200))
def test_going_on_longer_never_lowers_what_lies_within(stretches: list[Stretch], went_on: Span, more: int) -> None:
    longer = Span(went_on.starts_at, went_on.ends_at + timedelta(seconds=more))
    assert overlap(longer, stretches).within >= overlap(went_on, stretches).within


@given(work_days(), spans, st.randoms())
def test_the_order_of_stretches_never_matters(stretches: list[Stretch], went_on: Span, random: Any) -> None:
    mixed = random.sample(stretches, len(stretches))
    assert overlap(went_on, mixed) == overlap(went_on, stretches)


@given(spans)
def test_outside_hours_nothing_lies_within(went_on: Span) -> None:
    stretches = hours(*five(*WEEK))
    outside = without(went_on, [one.span for one in stretches])
    assert sum((overlap(piece, stretches) for piece in outside), Overlap()).within == timedelta(0)


@given(spans, st.lists(spans, max_size=4))
def test_what_is_cut_out_is_gone_and_the_rest_stays(went_on: Span, taken: list[Span]) -> None:
    left = without(went_on, taken)
    edges = sorted({*went_on, *(edge for one in taken for edge in one if went_on.starts_at < edge < went_on.ends_at)})
    for piece in map(Span._make, pairwise(edges)):
        is_taken = any(one.starts_at <= piece.starts_at and piece.ends_at <= one.ends_at for one in taken)
        is_left = any(one.starts_at <= piece.starts_at and piece.ends_at <= one.ends_at for one in left)
        assert is_left is not is_taken
