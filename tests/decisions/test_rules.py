"""The course of a case: every step in every phase."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.errors import StepNotPossible
from app.decisions.rules import OVER, STANDING, UNDECIDED, Course, Phase, Step, fold, follow, possible_steps
from tests.decisions.make import OPENED, event, play

P, S = Phase, Step
WAYS: dict[Phase, list[Step]] = {
    P.OPENED: [],
    P.SUMMONED: [S.SUMMONS_1],
    P.MISSED: [S.SUMMONS_1, S.ABSENT_1],
    P.SUMMONED_AGAIN: [S.SUMMONS_1, S.ABSENT_1, S.SUMMONS_2],
    P.MISSED_AGAIN: [S.SUMMONS_1, S.ABSENT_1, S.SUMMONS_2, S.ABSENT_2],
    P.EXAMINED: [S.SUMMONS_1, S.EXAMINED],
    P.REPORTED: [S.SUMMONS_1, S.EXAMINED, S.REPORT],
    P.DECIDED: [S.SUMMONS_1, S.EXAMINED, S.DECIDED],
    P.SENT: [S.SUMMONS_1, S.EXAMINED, S.DECIDED, S.SENT],
    P.DELIVERED: [S.SUMMONS_1, S.EXAMINED, S.DECIDED, S.DELIVERED],
    P.OBJECTED: [S.SUMMONS_1, S.EXAMINED, S.DECIDED, S.DELIVERED, S.OBJECTION],
    P.APPEALED: [S.SUMMONS_1, S.EXAMINED, S.DECIDED, S.DELIVERED, S.APPEAL],
    P.REMEDIED: [S.SUMMONS_1, S.EXAMINED, S.DECIDED, S.DELIVERED, S.OBJECTION, S.OBJECTION_ANSWERED],
    P.REVOKED: [S.SUMMONS_1, S.EXAMINED, S.DECIDED, S.REVOKED],
    P.CLOSED: [S.CLOSED_WITHOUT],
}
"""One way into each phase."""

BESIDE = {S.TEAM_FORMED: None, S.SUSPENDED: None, S.RECUSED: None, S.EXTENDED: None}
"""They leave an undecided case where it is."""
LEADS: dict[Phase, dict[Step, Phase | None]] = {
    P.OPENED: {S.SUMMONS_1: P.SUMMONED, S.CLOSED_WITHOUT: P.CLOSED, **BESIDE},
    P.SUMMONED: {S.ABSENT_1: P.MISSED, S.EXAMINED: P.EXAMINED, S.CLOSED_WITHOUT: P.CLOSED, **BESIDE},
    P.MISSED: {S.SUMMONS_2: P.SUMMONED_AGAIN, S.CLOSED_WITHOUT: P.CLOSED, **BESIDE},
    P.SUMMONED_AGAIN: {S.ABSENT_2: P.MISSED_AGAIN, S.EXAMINED: P.EXAMINED, S.CLOSED_WITHOUT: P.CLOSED, **BESIDE},
    P.MISSED_AGAIN: {S.REPORT: P.REPORTED, S.DECIDED: P.DECIDED, S.CLOSED_WITHOUT: P.CLOSED, **BESIDE},
    P.EXAMINED: {
        S.EXAMINED: P.EXAMINED,
        S.REPORT: P.REPORTED,
        S.DECIDED: P.DECIDED,
        S.CLOSED_WITHOUT: P.CLOSED,
        **BESIDE,
    },
    P.REPORTED: {S.DECIDED: P.DECIDED, S.CLOSED_WITHOUT: P.CLOSED, **BESIDE},
    P.DECIDED: {S.SENT: P.SENT, S.DELIVERED: P.DELIVERED, S.REVOKED: P.REVOKED},
    P.SENT: {S.DELIVERED: P.DELIVERED, S.REVOKED: P.REVOKED},
    P.DELIVERED: {S.OBJECTION: P.OBJECTED, S.APPEAL: P.APPEALED, S.REVOKED: P.REVOKED},
    P.OBJECTED: {S.OBJECTION_ANSWERED: P.REMEDIED, S.REVOKED: P.REVOKED},
    P.APPEALED: {S.APPEAL_ANSWERED: P.REMEDIED, S.REVOKED: P.REVOKED},
    P.REMEDIED: {S.REVOKED: P.REVOKED},
    P.REVOKED: {},
    P.CLOSED: {},
}
"""The whole law, written once more: what is not here is illegal."""
UNTAKEABLE = {P.OPENED, P.DECIDED, P.REVOKED, P.CLOSED}
"""Nothing has happened yet, or what happened last is not taken back."""


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("phase", Phase)
def test_every_step_in_every_phase_leads_where_the_law_says_or_is_refused(phase: Phase, step: Step) -> None:
    course = play(WAYS[phase])
    assert course.phase is phase
    if step is S.TAKEN_BACK:
        if phase in UNTAKEABLE:
            with pytest.raises(StepNotPossible):
                follow(course, event(course, step))
        else:
            assert follow(course, event(course, step)) == play(WAYS[phase][:-1])
    elif step in LEADS[phase]:
        after = follow(course, event(course, step))
        assert after.phase is (LEADS[phase][step] or phase)
        assert after.events[-1].step is step
    else:
        assert step not in possible_steps(course)
        with pytest.raises(StepNotPossible) as refused:
            follow(course, event(course, step))
        assert refused.value.facts["step"] == step


def test_every_phase_is_undecided_or_standing_or_over() -> None:
    assert set(Phase) == UNDECIDED | STANDING | OVER
    assert not UNDECIDED & STANDING
    assert not STANDING & OVER
    assert not UNDECIDED & OVER


@given(st.lists(st.sampled_from(list(Step)), max_size=40))
def test_whatever_is_tried_a_case_has_at_most_one_decision_and_every_remedy_follows_delivery(tried: list[Step]) -> None:
    course = Course(OPENED)
    for step in tried:
        if step in possible_steps(course):
            course = follow(course, event(course, step))
    steps = [one.step for one in course.events]
    assert steps.count(S.DECIDED) <= 1
    assert steps.count(S.SUMMONS_1) <= 1
    assert steps.count(S.SUMMONS_2) <= 1
    if course.phase in STANDING:
        assert course.sanction is not None
        assert S.EXAMINED in steps or S.ABSENT_2 in steps
    if course.phase in {P.OBJECTED, P.APPEALED, P.REMEDIED}:
        assert course.delivered_on is not None
    assert fold(OPENED, reversed(course.events)) == course


def test_an_event_taken_back_leaves_no_trace_in_what_counts() -> None:
    course = play([S.SUMMONS_1, S.TEAM_FORMED, S.TAKEN_BACK, S.EXAMINED])
    assert (course.phase, course.team) == (P.EXAMINED, False)


def test_a_changed_sanction_takes_the_place_of_the_first_and_a_revoked_one_ends_it() -> None:
    objected = play(WAYS[P.OBJECTED])
    changed: dict[str, Any] = {"outcome": "changed", "code": "R2", "variant": "tukin", "months": None}
    after = follow(objected, event(objected, S.OBJECTION_ANSWERED, **changed))
    assert after.sanction is not None
    assert (after.phase, after.sanction.code) == (P.REMEDIED, "R2")
    revoked = follow(objected, event(objected, S.OBJECTION_ANSWERED, outcome="revoked"))
    assert revoked.phase is P.REVOKED


def test_the_law_has_a_row_for_every_phase() -> None:
    assert set(LEADS) == set(WAYS) == set(Phase)
    assert replace(play([]), before=None) == Course(OPENED)
