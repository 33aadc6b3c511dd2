"""What a row about a person does to the assignments, as a table and for any story of rows."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registry.asn_plan import AsnRegister, Person, Post, plan_asn, settle
from app.registry.importing import Record
from app.registry.planning import RowState
from tests.registry.files import SITI

TODAY = date(2026, 11, 23)
OCTOBER = date(2026, 10, 6)


def post(opd_code: str = "A", from_date: date = date(2020, 1, 1), to_date: date | None = None, **said: Any) -> Post:
    fields = {"position": "Pelaksana", "level": None, "superior_nip": None, "work_pattern": "5", "apel_duty": True}
    return Post(id=uuid4(), opd_code=opd_code, from_date=from_date, to_date=to_date, **(fields | said))


def row(opd_code: str = "A", from_date: date = date(2020, 1, 1), **said: Any) -> dict[str, Any]:
    person = {"nip": SITI, "name": "Siti", "employment_type": "PNS"}
    return person | {"opd_code": opd_code, "position": "Pelaksana", "apel_duty": True, "from_date": from_date} | said


def spans(posts: list[Post], said: dict[str, Any]) -> list[tuple[str, date, date | None]]:
    """The timeline after a row."""
    settled = settle(posts, said)
    after = {post.id: post for post in [*posts, *filter(None, (settled.ended, settled.result))]}
    return sorted(((p.opd_code, p.from_date, p.to_date) for p in after.values()), key=lambda span: span[1])


@pytest.mark.parametrize(
    ("posts", "said", "after"),
    [
        pytest.param([], row(), [("A", date(2020, 1, 1), None)], id="a first assignment"),
        pytest.param([post()], row(), [("A", date(2020, 1, 1), None)], id="the same again changes nothing"),
        pytest.param(
            [post()],
            row("B", OCTOBER),
            [("A", date(2020, 1, 1), date(2026, 10, 5)), ("B", OCTOBER, None)],
            id="another OPD from a day on ends the old assignment the day before",
        ),
        pytest.param(
            [post(to_date=date(2026, 10, 5)), post("B", OCTOBER)],
            row(),
            [("A", date(2020, 1, 1), date(2026, 10, 5)), ("B", OCTOBER, None)],
            id="an old file sent again does not take the mutation back",
        ),
        pytest.param([post()], row("B"), [("B", date(2020, 1, 1), None)], id="the same first day corrects the OPD"),
        pytest.param([post()], row("A", OCTOBER), [("A", date(2020, 1, 1), None)], id="a later day without news"),
        pytest.param(
            [post()],
            row("A", OCTOBER, position="Kasi"),
            [("A", date(2020, 1, 1), date(2026, 10, 5)), ("A", OCTOBER, None)],
            id="another post in the same OPD is dated as well",
        ),
        pytest.param(
            [post()], row(to_date=OCTOBER), [("A", date(2020, 1, 1), OCTOBER)], id="a last day ends the assignment"
        ),
        pytest.param(
            [post(from_date=OCTOBER)], row(), [("A", date(2020, 1, 1), None)], id="an earlier first day in the same OPD"
        ),
        pytest.param(
            [post(to_date=date(2021, 1, 1))],
            row("A", OCTOBER),
            [("A", date(2020, 1, 1), date(2021, 1, 1)), ("A", OCTOBER, None)],
            id="somebody comes back",
        ),
    ],
)
def test_settle(posts: list[Post], said: dict[str, Any], after: list[tuple[str, date, date | None]]) -> None:
    assert spans(posts, said) == after


def plan_one(posts: list[Post], **said: Any) -> Any:
    people = {SITI: Person(uuid4(), SITI, "Siti", "PNS")} if posts else {}
    register = AsnRegister(people, {SITI: posts}, {"A": None, "B": None, "OLD": OCTOBER})
    return plan_asn([Record(2, row(**said))], register, TODAY)


@pytest.mark.parametrize(
    ("posts", "said", "code"),
    [
        pytest.param([], {"opd_code": "C"}, "opd_unknown", id="an OPD that nobody knows"),
        pytest.param([], {"opd_code": "OLD", "from_date": TODAY}, "opd_closed", id="an OPD that is no more"),
        pytest.param([], {"to_date": date(2019, 12, 31)}, "ends_before_begin", id="an end before the beginning"),
        pytest.param([], {"superior_nip": SITI}, "superior_is_self", id="one's own superior"),
        pytest.param(
            [post("B", OCTOBER)], {"from_date": date(2025, 1, 1)}, "assignment_overlaps", id="two OPDs at once"
        ),
    ],
)
def test_a_row_that_does_not_fit_is_an_error(posts: list[Post], said: dict[str, Any], code: str) -> None:
    plan = plan_one(posts, **said)
    assert plan.rows[0].state is RowState.ERROR
    assert [fault.code for fault in plan.rows[0].record.faults] == [code]
    assert (plan.new_people, plan.new_posts, plan.changed_posts) == ([], [], [])


def test_an_unknown_superior_is_left_out_with_a_warning() -> None:
    plan = plan_one([], superior_nip="198001012005011009")
    assert plan.rows[0].state is RowState.WARNING
    assert [post.superior_nip for _, post in plan.new_posts] == [None]


days = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
rows = st.builds(
    lambda opd, begin, length, position: row(
        opd, begin, position=position, **({} if length is None else {"to_date": begin + timedelta(days=length)})
    ),
    st.sampled_from(["A", "B"]),
    days,
    st.none() | st.integers(0, 20),
    st.sampled_from(["Pelaksana", "Kasi"]),
)


def apply(posts: list[Post], said: dict[str, Any]) -> tuple[list[Post], Any]:
    plan = plan_one(posts, **said)
    written = {post.id: post for _, post in [*plan.changed_posts, *plan.new_posts]}
    after = {post.id: post for post in posts} | written
    return sorted(after.values(), key=lambda post: post.from_date), plan


@given(st.lists(rows, min_size=1, max_size=8))
def test_whatever_is_imported_nobody_serves_twice_on_a_day_and_a_second_import_changes_nothing(
    story: list[dict[str, Any]],
) -> None:
    posts: list[Post] = []
    for said in story:
        posts, plan = apply(posts, said)
        assert all(a.to_date and a.to_date < b.from_date for a, b in pairwise(posts))
        if plan.rows[0].state is not RowState.ERROR:
            again, second = apply(posts, said)
            assert (again, second.rows[0].state) == (posts, RowState.UNCHANGED)
            serving = [post for post in posts if post.holds(said["from_date"])]
            assert [(post.opd_code, post.position) for post in serving] == [(said["opd_code"], said["position"])]
