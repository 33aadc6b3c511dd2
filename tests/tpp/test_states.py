"""The life of a sheet, tried for every state, step and hindrance."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from app.core.errors import Refusal
from app.tpp.states import FROM, TO, SheetNow, SheetState, Step, holds, take

TODAY = date(2026, 12, 10)
DAY = timedelta(days=1)
CLEAR = SheetNow(SheetState.DRAFT, False, TODAY, TODAY - DAY, objections_until=TODAY - DAY)
"""Its days are over, nobody may object any more, nothing waits, nothing moved."""


def refusal(step: Step, sheet: SheetNow) -> str | None:
    try:
        take(step, sheet)
    except Refusal as refused:
        return refused.code
    return None


@pytest.mark.parametrize("step", Step)
def test_a_step_is_taken_from_its_states_and_from_no_other(step: Step) -> None:
    until = TODAY if step is Step.OBJECT else TODAY - DAY
    for state in SheetState:
        sheet = replace(CLEAR, state=state, objections_until=until)
        if state in FROM[step]:
            assert take(step, sheet) is TO.get(step, state)
        else:
            assert refusal(step, sheet) == "sheet-not-ready"


def test_a_frozen_sheet_is_left_by_no_step() -> None:
    for step in Step:
        assert refusal(step, replace(CLEAR, state=SheetState.FROZEN)) == "sheet-not-ready"


def test_nothing_of_a_trial_is_ever_published_signed_or_frozen() -> None:
    for step, state in product(Step, SheetState):
        assert refusal(step, replace(CLEAR, state=state, trial=True)) == "trial-cuts-nothing"


HINDRANCES = [
    ("its last day is today", Step.PUBLISH, SheetState.DRAFT, {"to_date": TODAY}, "tpp-month-not-over"),
    ("people may still object", Step.SIGN, SheetState.PUBLISHED, {"objections_until": TODAY}, "objection-window-open"),
    ("an objection waits", Step.SIGN, SheetState.PUBLISHED, {"open_objections": 1}, "objections-open"),
    ("the facts moved", Step.SIGN, SheetState.PUBLISHED, {"moved": True}, "sheet-moved"),
    ("the days to object ended", Step.OBJECT, SheetState.PUBLISHED, {}, "objection-window-closed"),
    ("no days were given", Step.OBJECT, SheetState.PUBLISHED, {"objections_until": None}, "objection-window-closed"),
]


@pytest.mark.parametrize(("step", "state", "facts", "code"), [pytest.param(*one[1:], id=one[0]) for one in HINDRANCES])
def test_a_hindrance(step: Step, state: SheetState, facts: dict[str, object], code: str) -> None:
    assert refusal(step, replace(CLEAR, state=state, **facts)) == code  # type: ignore[arg-type]


def test_what_was_done_holds_and_is_not_done_again_unless_the_facts_moved() -> None:
    for step, state in product(TO, SheetState):
        assert holds(step, replace(CLEAR, state=state)) is (state is TO[step])
    assert not holds(Step.PUBLISH, replace(CLEAR, state=SheetState.PUBLISHED, moved=True))
    assert not holds(Step.OBJECT, replace(CLEAR, state=SheetState.PUBLISHED))
