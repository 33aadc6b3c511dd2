"""What an order says of days, without a database."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duty.rules import Span, Taken, fit_between
from app.flexwork.rules import (
    Clash,
    OrderMode,
    Place,
    PlaceKind,
    Stint,
    Wanted,
    Whereabouts,
    Written,
    find_clashes,
    ordered_days,
    plan_people,
    spans_of,
)
from tests.make import DAY

SITI, BUDI = UUID(int=1), UUID(int=2)
ORDER, OTHER = UUID(int=10), UUID(int=11)


def day(number: int) -> date:
    return DAY + timedelta(days=number - 1)


def span(first: int, last: int) -> Span:
    return day(first), day(last)


def stint(
    first: int,
    last: int,
    weekdays: set[int] | None = None,
    *,
    order: UUID = ORDER,
    mode: OrderMode = OrderMode.LOCATION,
    person: UUID = SITI,
) -> Stint:
    days = None if weekdays is None else frozenset(weekdays)
    place = Place(PlaceKind.SERVICE_POST, "Balai RW 05")
    return Stint(order, f"800/{order.int}", mode, place, "20 berkas", person, day(first), day(last), days)


def taken(first: int, last: int, code: str = "CT", order: UUID | None = None) -> Taken:
    return Taken(code, day(first), day(last), order)


@pytest.mark.parametrize(
    ("held", "spans"),
    [
        pytest.param(stint(1, 9), [span(1, 9)], id="every day is one span, weekends included"),
        pytest.param(stint(1, 9, {1, 2, 5}), [span(1, 2), span(5, 5), span(8, 9)], id="days of the week split it"),
        pytest.param(
            stint(1, 14, {7, 1}), [span(1, 1), span(7, 8), span(14, 14)], id="Sunday and Monday are neighbours"
        ),
        pytest.param(stint(2, 3, {1}), [], id="a week without that day has none"),
        pytest.param(stint(3, 3), [span(3, 3)], id="one day"),
    ],
)
def test_an_orders_days_are_spans_without_gaps(held: Stint, spans: list[Span]) -> None:
    assert list(held.spans) == spans
    assert spans_of([held]) == ({SITI: spans} if spans else {})


days = st.integers(1, 60)
weeks = st.none() | st.sets(st.integers(1, 7), min_size=1)
stints = st.builds(lambda a, b, week: stint(min(a, b), max(a, b), week), days, days, weeks)


@given(stints)
def test_spans_hold_the_days_of_the_order_and_no_other(held: Stint) -> None:
    within = {day(number) for number in range(1, 61) if held.holds(day(number))}
    spanned = [
        first + timedelta(days=number) for first, last in held.spans for number in range((last - first).days + 1)
    ]
    assert (set(spanned), len(spanned)) == (within, len(within))
    assert all(
        later[0] - earlier[1] > timedelta(days=1) for earlier, later in zip(held.spans, held.spans[1:], strict=False)
    )


@pytest.mark.parametrize(
    ("given_absences", "free", "met"),
    [
        pytest.param([], [span(1, 5)], [], id="nothing taken"),
        pytest.param([taken(2, 3)], [span(1, 1), span(4, 5)], [taken(2, 3)], id="days in the middle are kept"),
        pytest.param(
            [taken(-3, 1), taken(5, 9)], [span(2, 4)], [taken(1, 1), taken(5, 5)], id="what is kept is clipped"
        ),
        pytest.param([taken(-3, 9)], [], [taken(1, 5)], id="all taken"),
        pytest.param([taken(-3, 0), taken(6, 9)], [span(1, 5)], [], id="neighbours take nothing"),
        pytest.param([taken(1, 2), taken(3, 5)], [], [taken(1, 2), taken(3, 5)], id="one after the other"),
    ],
)
def test_an_order_fits_between_what_is_confirmed(
    given_absences: list[Taken], free: list[Span], met: list[Taken]
) -> None:
    assert fit_between(span(1, 5), given_absences) == (free, met)


@given(st.sets(days), stints)
def test_every_day_is_either_free_or_kept(busy: set[int], held: Stint) -> None:
    absences = [taken(number, number) for number in sorted(busy)]
    for first, last in held.spans:
        free, met = fit_between((first, last), absences)
        lengths = [(one[1] - one[0]).days + 1 for one in free] + [(one.to_date - one.from_date).days + 1 for one in met]
        assert sum(lengths) == (last - first).days + 1
        assert all(begin <= end for begin, end in free)


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        pytest.param(stint(3, 9, order=OTHER), (3, 5), id="shared days"),
        pytest.param(stint(6, 9, order=OTHER), None, id="one after the other"),
        pytest.param(stint(1, 9, {2, 4}, order=OTHER), (2, 4), id="shared days of the week, told from first to last"),
        pytest.param(stint(1, 9, {6, 7}, order=OTHER), None, id="other days of the week"),
        pytest.param(stint(1, 9, order=OTHER, person=BUDI), None, id="another person"),
    ],
)
def test_two_orders_clash_on_the_days_that_both_hold(other: Stint, clash: tuple[int, int] | None) -> None:
    told = [Clash(SITI, "800/11", *span(*clash))] if clash else []
    assert find_clashes([stint(1, 5)], [other]) == told


@given(stints, stints)
def test_who_clashes_with_whom_does_not_depend_on_who_comes_first(one: Stint, other: Stint) -> None:
    there, back = find_clashes([one], [other]), find_clashes([other], [one])
    assert [clash[2:] for clash in there] == [clash[2:] for clash in back]


@pytest.mark.parametrize(
    ("held", "absences", "counted"),
    [
        pytest.param(stint(1, 3), [taken(1, 3, "WFA", ORDER)], [1, 2, 3], id="the order's own absence"),
        pytest.param(stint(1, 3), [], [], id="called back: the absence is gone"),
        pytest.param(stint(1, 3), [taken(1, 3, "WFA", OTHER)], [], id="sent elsewhere by another order"),
        pytest.param(stint(1, 3), [taken(1, 1, "WFA", ORDER), taken(2, 3)], [1], id="on leave since"),
        pytest.param(stint(1, 3, mode=OrderMode.SHIFT), [], [1, 2, 3], id="other hours need no absence"),
        pytest.param(stint(1, 3, mode=OrderMode.DYNAMIC), [taken(2, 2)], [1, 3], id="on leave nobody owes hours"),
        pytest.param(
            stint(1, 3, mode=OrderMode.DYNAMIC), [taken(2, 2, "WFA")], [1, 2, 3], id="elsewhere with own hours"
        ),
        pytest.param(stint(1, 3, {1, 3}, mode=OrderMode.SHIFT), [], [1, 3], id="days of the week"),
    ],
)
def test_a_day_counts_where_the_order_was_carried_out(held: Stint, absences: list[Taken], counted: list[int]) -> None:
    found = ordered_days([held], {SITI: absences}, *span(1, 7))
    assert [one.day for one in found.get(SITI, [])] == [day(number) for number in counted]


@pytest.mark.parametrize(
    ("wanted", "create", "unchanged", "outside", "clashes"),
    [
        pytest.param(Wanted(BUDI), 1, 0, [], {}, id="somebody new"),
        pytest.param(Wanted(SITI, day(1), day(3)), 0, 1, [], {}, id="the same again"),
        pytest.param(Wanted(SITI, None, day(3)), 0, 1, [], {}, id="the same, with the order's first day unsaid"),
        pytest.param(Wanted(SITI, day(4)), 1, 0, [], {}, id="the same person later"),
        pytest.param(Wanted(SITI), 0, 0, [], {0: span(1, 3)}, id="otherwise on it already"),
        pytest.param(Wanted(SITI, day(1), day(3), "Pos 2"), 0, 0, [], {0: span(1, 3)}, id="at another place"),
        pytest.param(Wanted(BUDI, day(0)), 0, 0, [0], {}, id="before the order"),
        pytest.param(Wanted(BUDI, None, day(6)), 0, 0, [0], {}, id="after the order"),
        pytest.param(Wanted(BUDI, day(3), day(2)), 0, 0, [0], {}, id="days reversed"),
    ],
)
def test_people_are_written_on_once(
    wanted: Wanted, create: int, unchanged: int, outside: list[int], clashes: dict[int, Span]
) -> None:
    known = [Written(SITI, day(1), day(3), None), Written(BUDI, day(3), day(2), None)]
    plan = plan_people([wanted], span(1, 5), known)
    assert (len(plan.create), plan.unchanged, plan.outside, plan.clashes) == (create, unchanged, outside, clashes)


@given(st.lists(st.tuples(st.sampled_from([SITI, BUDI]), days, days)))
def test_writing_the_same_people_again_changes_nothing(rows: list[tuple[UUID, int, int]]) -> None:
    wanted = [Wanted(person, day(first), day(last)) for person, first, last in rows]
    first = plan_people(wanted, span(1, 60), [])
    known = [Written(*one) for one in first.create if one.from_date and one.to_date]  # type: ignore[arg-type]
    again = plan_people(first.create, span(1, 60), known)
    assert (again.create, again.unchanged, again.clashes) == ([], len(first.create), {})


@given(st.lists(st.sampled_from([None, "WFA", "CT", "S"])))
def test_everybody_is_in_one_place(codes: list[str | None]) -> None:
    where = Whereabouts()
    for code in codes:
        where.count([], code)
    assert where.strength == len(codes) == where.office + sum(where.elsewhere.values()) + where.absent
