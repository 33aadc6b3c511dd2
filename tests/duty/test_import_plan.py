"""What becomes of the rows of an absence file."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.duty.rules import AbsenceState, Claim, ImportPlan, Known, plan_import

PROPOSED, CONFIRMED, REJECTED = AbsenceState.PROPOSED, AbsenceState.CONFIRMED, AbsenceState.REJECTED
DAY = date(2026, 11, 23)
SITI, BUDI = UUID(int=1), UUID(int=2)


def claim(first: int, last: int, code: str = "DL", who: UUID = SITI) -> Claim:
    return Claim(who, code, DAY + timedelta(days=first), DAY + timedelta(days=last))


def known(said: Claim, state: AbsenceState, number: int = 7) -> Known:
    return Known(UUID(int=number), state, said)


def test_new_rows_are_created() -> None:
    plan = plan_import({2: claim(0, 1), 3: claim(0, 1, who=BUDI)}, [], PROPOSED)
    assert plan == ImportPlan(create=[claim(0, 1), claim(0, 1, who=BUDI)])


def test_a_row_that_stands_in_the_file_twice_is_one() -> None:
    assert plan_import({2: claim(0, 1), 3: claim(0, 1)}, [], CONFIRMED) == ImportPlan([claim(0, 1)], unchanged=1)


def test_what_was_proposed_is_confirmed_and_not_doubled() -> None:
    proposed = known(claim(0, 1), PROPOSED)
    assert plan_import({2: claim(0, 1)}, [proposed], CONFIRMED) == ImportPlan(confirm=[proposed])


def test_what_was_rejected_is_not_proposed_again_but_can_be_confirmed() -> None:
    rejected = known(claim(0, 1), REJECTED)
    assert plan_import({2: claim(0, 1)}, [rejected], PROPOSED) == ImportPlan(unchanged=1)
    assert plan_import({2: claim(0, 1)}, [rejected], CONFIRMED) == ImportPlan(confirm=[rejected])


def test_a_confirmed_one_stands_for_those_that_say_the_same() -> None:
    same = [known(claim(0, 1), CONFIRMED, 1), known(claim(0, 1), REJECTED, 2)]
    assert plan_import({2: claim(0, 1)}, same, CONFIRMED) == ImportPlan(unchanged=1)


def test_a_row_clashes_with_what_is_confirmed_and_with_rows_before_it() -> None:
    rows = {2: claim(0, 4), 3: claim(4, 4, "S"), 4: claim(8, 9), 5: claim(0, 9, who=BUDI)}
    plan = plan_import(rows, [known(claim(9, 20, "WFA"), CONFIRMED)], CONFIRMED)
    assert plan.clashes == {
        3: (DAY, DAY + timedelta(days=4)),
        4: (DAY + timedelta(days=9), DAY + timedelta(days=20)),
    }


def test_proposals_may_overlap_until_one_is_confirmed() -> None:
    plan = plan_import({2: claim(0, 4), 3: claim(4, 5)}, [known(claim(0, 9, "S"), CONFIRMED)], PROPOSED)
    assert (plan.create, plan.clashes) == ([claim(0, 4), claim(4, 5)], {})


CLAIMS = st.builds(
    lambda who, first, length, code: claim(first, first + length, code, who),
    st.sampled_from([SITI, BUDI]),
    st.integers(0, 30),
    st.integers(0, 5),
    st.sampled_from(["DL", "WFA"]),
)
ROWS = st.lists(CLAIMS, max_size=25).map(lambda claims: dict(enumerate(claims, start=2)))


@given(ROWS, st.sampled_from([PROPOSED, CONFIRMED]))
def test_the_same_file_again_changes_nothing(rows: dict[int, Claim], state: AbsenceState) -> None:
    plan = plan_import(rows, [], state)
    if plan.clashes:
        return
    kept = [known(said, state, number) for number, said in enumerate(plan.create)]
    assert plan_import(rows, kept, state) == ImportPlan(unchanged=len(rows))


@given(ROWS, ROWS)
def test_no_day_of_a_person_is_confirmed_twice(first: dict[int, Claim], then: dict[int, Claim]) -> None:
    kept = [known(said, CONFIRMED) for said in plan_import(first, [], CONFIRMED).create]
    plan = plan_import(then, kept, CONFIRMED)
    days = Counter(
        (said.asn_id, said.from_date + timedelta(days=n))
        for said in [one.claim for one in kept] + plan.create
        for n in range((said.to_date - said.from_date).days + 1)
    )
    assert all(times == 1 for times in days.values())
    assert len(plan.create) + len(plan.confirm) + plan.unchanged + len(plan.clashes) == len(then)


@given(ROWS)
def test_every_clash_is_a_real_one(rows: dict[int, Claim]) -> None:
    plan = plan_import(rows, [], CONFIRMED)
    for line, (first, last) in plan.clashes.items():
        assert first <= rows[line].to_date
        assert last >= rows[line].from_date
        assert any((said.from_date, said.to_date) == (first, last) for said in plan.create)
