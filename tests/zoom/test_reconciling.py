"""When a report can be trusted, and when it is asked for again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial, reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.zoom.reconciling import (
    APART,
    FIRST_TRY,
    LATE,
    PAUSES,
    Read,
    ReadState,
    RunState,
    Tally,
    add_page,
    is_agreed,
    judge,
    last_try,
    list_stays,
    next_read,
    pause_behind,
    run_state,
)
from app.zoom.report_rows import ReportPage, ReportRow
from tests.make import ZONE

ENDED = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
FIRST = ENDED + FIRST_TRY
MINUTE = timedelta(minutes=1)
COMPLETE, SHORT, EXPIRED, READING = ReadState.COMPLETE, ReadState.SHORT, ReadState.EXPIRED, ReadState.READING


def row(number: int = 1, **fields: Any) -> ReportRow:
    told: dict[str, Any] = {
        "name": f"[DISDIK] Ruang {number}",
        "email": None,
        "registrant_id": None,
        "account_id": None,
        "user_id": str(number),
        "joined_at": ENDED - 40 * MINUTE,
        "left_at": ENDED,
        "duration": 2400,
        "status": "in_meeting",
    }
    return ReportRow(**told | fields)


def page(*rows: ReportRow, total: int | None = None) -> ReportPage:
    return ReportPage(b"", rows, total, "")


def tally(*pages: ReportPage, late: bool = False) -> Tally:
    return reduce(partial(add_page, late=late), pages, Tally())


def state_of(*pages: ReportPage, late: bool = False, nobody: bool = False) -> ReadState:
    return judge(tally(*pages, late=late), nobody=nobody)


IN = ENDED - 40 * MINUTE


@pytest.mark.parametrize(
    ("pages", "late", "state"),
    [
        pytest.param([page(row(1), row(2), total=2)], False, COMPLETE, id="as many rows as claimed"),
        pytest.param([page(row(1), total=2), page(row(2), total=2)], False, COMPLETE, id="on two pages"),
        pytest.param([page(row(1), total=1), page(total=1)], False, COMPLETE, id="the last page is empty"),
        pytest.param([page(row(1), total=2)], False, SHORT, id="fewer rows than claimed"),
        pytest.param([page(row(1), row(2), total=1)], False, SHORT, id="more rows than claimed"),
        pytest.param([page(row(1), total=2), page(row(2), total=3)], False, SHORT, id="the claim grew meanwhile"),
        pytest.param([page(row(1))], False, COMPLETE, id="nothing is claimed; two reads must agree all the same"),
        pytest.param([page(row(1), row(2, duration=0), total=2)], False, SHORT, id="a duration of 0: asked too early"),
        pytest.param([page(row(1, left_at=None), total=1)], False, SHORT, id="somebody has not left yet"),
        pytest.param([page(row(1, joined_at=None), total=1)], True, SHORT, id="nobody knows when somebody came"),
        pytest.param([page(row(1, left_at=IN - MINUTE), total=1)], True, SHORT, id="left before joining"),
        pytest.param(
            [page(row(1, left_at=IN, duration=0), total=1)], False, SHORT, id="a visit of no length may be too early"
        ),
        pytest.param(
            [page(row(1, left_at=IN, duration=0), total=1)], True, COMPLETE, id="a visit of no length, long after"
        ),
        pytest.param([page(row(1, duration=0), total=1)], True, SHORT, id="0 against the times, long after"),
        pytest.param([page(row(1, left_at=None), total=1)], True, COMPLETE, id="a duration alone will do, long after"),
        pytest.param(
            [page(row(1), row(2, status="in_waiting_room", duration=0, left_at=None), total=2)],
            False,
            COMPLETE,
            id="who only waited counts among the rows and need not be finished",
        ),
        pytest.param([page(total=0)], True, SHORT, id="an empty report is none"),
        pytest.param([], True, SHORT, id="no report at all"),
    ],
)  # fmt: skip
def test_a_report_is_complete_or_was_asked_for_too_early(
    pages: Sequence[ReportPage], late: bool, state: ReadState
) -> None:
    assert state_of(*pages, late=late) is state


def test_an_empty_report_is_the_truth_where_hardly_anybody_was_there() -> None:
    assert state_of(page(total=0), nobody=True) is COMPLETE
    assert state_of(page(total=1), nobody=True) is SHORT


def test_who_waited_outside_is_in_no_list_and_a_rejoin_is_a_stay_of_its_own() -> None:
    again = row(1, user_id="9", joined_at=ENDED - 5 * MINUTE, duration=300)
    pages = [page(row(1), row(3, status="in_waiting_room")), page(again)]
    assert [(stay.display_name, stay.user_id, stay.joined_at, stay.left_at) for stay in list_stays(pages)] == [
        ("[DISDIK] Ruang 1", "1", IN, ENDED),
        ("[DISDIK] Ruang 1", "9", ENDED - 5 * MINUTE, ENDED),
    ]


def test_a_time_of_leaving_that_is_missing_follows_from_the_duration() -> None:
    [stay] = list_stays([page(row(1, left_at=None, duration=60))])
    assert stay.left_at == IN + MINUTE


@given(st.permutations(range(6)), st.integers(0, 6))
def test_order_and_pages_of_the_rows_make_no_difference(order: list[int], cut: int) -> None:
    rows = [row(number, joined_at=IN + number % 3 * MINUTE) for number in order]
    whole = tally(page(*sorted(rows, key=lambda one: one.name), total=6))
    assert tally(page(*rows[:cut], total=6), page(*rows[cut:], total=6)) == whole


def test_any_difference_between_two_reads_shows() -> None:
    others: list[dict[str, Any]] = [{}, {"name": "iPhone"}, {"left_at": ENDED - MINUTE}, {"duration": 2399}]
    others += [{"status": "in_waiting_room"}, {"user_id": "2"}, {"email": "a@b.id"}, {"registrant_id": "r"}]
    assert tally(page(row())) == tally(page(row()))
    assert len({tally(page(row(**other))).digest for other in [*others, {"account_id": "z"}]}) == 9
    assert tally(page(row(), row())).digest != tally(page(row())).digest


def read(state: ReadState, after: timedelta, digest: str | None = "a", lasted: timedelta = MINUTE) -> Read:
    """`after` the first try."""
    return Read(state, FIRST + after, FIRST + after + lasted, digest if state in (COMPLETE, SHORT) else None)


def due(*reads: Read, wanted_at: datetime = FIRST) -> timedelta | None:
    """After the first try; None: trusted."""
    found = next_read(reads, wanted_at=wanted_at, ended_at=ENDED)
    return None if found is None else found - FIRST


NOW, HOUR = timedelta(), timedelta(hours=1)


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        pytest.param([], NOW, id="nothing was read: when it is wanted"),
        pytest.param([read(READING, NOW)], NOW, id="a reading under way goes on"),
        pytest.param([read(COMPLETE, NOW)], MINUTE + APART, id="read whole once: once more, some minutes later"),
        pytest.param([read(COMPLETE, NOW), read(COMPLETE, 6 * MINUTE)], None, id="two that agree can be trusted"),
        pytest.param(
            [read(COMPLETE, NOW, "a"), read(COMPLETE, 6 * MINUTE, "b")], 7 * MINUTE + PAUSES[0], id="two that differ"
        ),
        pytest.param(
            [read(COMPLETE, NOW, "a"), read(COMPLETE, 6 * MINUTE, "b"), read(COMPLETE, 20 * MINUTE, "b")],
            None,
            id="the last two count",
        ),
        pytest.param([read(SHORT, NOW)], MINUTE + PAUSES[0], id="asked too early: after a pause"),
        pytest.param(
            [read(SHORT, NOW), read(SHORT, 11 * MINUTE)], 12 * MINUTE + PAUSES[1], id="too early twice: a longer pause"
        ),
        pytest.param(
            [read(SHORT, NOW), read(SHORT, 11 * MINUTE)] * 10, 12 * MINUTE + PAUSES[-1], id="the longest pause stays"
        ),
        pytest.param(
            [read(COMPLETE, NOW), read(SHORT, 6 * MINUTE)], 7 * MINUTE + PAUSES[0], id="whole, then short: not yet"
        ),
        pytest.param(
            [read(COMPLETE, NOW), read(SHORT, 6 * MINUTE), read(COMPLETE, 17 * MINUTE)],
            18 * MINUTE + APART,
            id="two that agree with a short one between them do not count",
        ),
        pytest.param([read(EXPIRED, NOW)], NOW, id="an expired page token: anew at once"),
        pytest.param([read(EXPIRED, NOW)] * 4, MINUTE + PAUSES[0], id="expired again and again: after a pause"),
        pytest.param(
            [read(COMPLETE, NOW), read(EXPIRED, 6 * MINUTE), read(COMPLETE, 20 * MINUTE)],
            None,
            id="an expired read says nothing",
        ),
        pytest.param([read(COMPLETE, HOUR)], HOUR + MINUTE, id="an hour after the end the second read follows at once"),
    ],
)
def test_the_next_read_is_due(reads: Sequence[Read], expected: timedelta | None) -> None:
    assert due(*reads) == expected


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        pytest.param([read(SHORT, NOW)], 3 * MINUTE, id="a pause after a short read ends"),
        pytest.param([read(COMPLETE, NOW)], MINUTE + APART, id="two reads that are to agree stay apart"),
        pytest.param([read(COMPLETE, NOW), read(COMPLETE, MINUTE)], 3 * MINUTE, id="the trusted is read once more"),
        pytest.param([read(COMPLETE, NOW), read(COMPLETE, 4 * MINUTE)], None, id="what was read since need not be"),
    ],
)
def test_whoever_wants_it_now_waits_for_no_pause(reads: Sequence[Read], expected: timedelta | None) -> None:
    assert due(*reads, wanted_at=FIRST + 3 * MINUTE) == expected


SOME = st.lists(st.tuples(st.sampled_from(list(ReadState)), st.sampled_from("ab")), max_size=8)


@given(SOME)
def test_only_two_whole_reads_that_agree_are_ever_trusted(drawn: list[tuple[ReadState, str]]) -> None:
    reads = [read(state, number * 7 * MINUTE, digest) for number, (state, digest) in enumerate(drawn)]
    ended = [one for one in reads if one.state in (COMPLETE, SHORT)][-2:]
    agree = len(ended) == 2 and all(one.state is COMPLETE for one in ended) and ended[0].digest == ended[1].digest
    assert is_agreed(reads) is agree
    if due(*reads) is None:
        assert agree


@pytest.mark.parametrize(
    ("reads", "ended", "state"),
    [
        pytest.param([], False, RunState.RUNNING, id="it runs"),
        pytest.param([], True, RunState.UNREAD, id="it ended"),
        pytest.param([read(READING, NOW)], True, RunState.READING, id="it is being read"),
        pytest.param([read(SHORT, NOW)], True, RunState.SHORT, id="asked too early"),
        pytest.param([read(EXPIRED, NOW)], True, RunState.EXPIRED, id="read too slowly"),
        pytest.param([read(COMPLETE, NOW)], True, RunState.WHOLE, id="read whole once"),
        pytest.param([read(COMPLETE, NOW)] * 2, True, RunState.COMPLETE, id="read whole twice"),
    ],
)
def test_a_run_is_so_far(reads: Sequence[Read], ended: bool, state: RunState) -> None:
    assert run_state(reads, ended=ended) is state


def test_it_is_tried_until_the_end_of_the_next_civil_day() -> None:
    monday, midnight = date(2026, 11, 23), datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert last_try(monday, ENDED, ZONE) == midnight
    assert last_try(monday, datetime(2026, 11, 23, 15, 59, tzinfo=UTC), ZONE) == midnight
    assert last_try(monday, datetime(2026, 12, 1, 2, 0, tzinfo=UTC), ZONE) == datetime(2026, 12, 2, 16, 0, tzinfo=UTC)


def test_while_zoom_cannot_be_asked_pauses_grow_to_an_hour() -> None:
    assert [pause_behind(tries) / MINUTE for tries in (1, 2, 3, 7, 50)] == [1, 2, 5, 60, 60]


def test_what_is_short_of_an_hour_after_the_end_is_not_late() -> None:
    one = Read(COMPLETE, ENDED + LATE - MINUTE, ENDED + LATE, "a")
    assert next_read([one], wanted_at=FIRST, ended_at=ENDED) == one.ended_at + APART
    assert next_read([one], wanted_at=FIRST, ended_at=None) == one.ended_at + APART
