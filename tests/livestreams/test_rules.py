"""What a broadcast comes to, and what may follow a report."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar.spans import Part, Span, Stretch
from app.livestreams.errors import IncidentStepNotPossible
from app.livestreams.rules import Assessment, Broadcast, Forbidding, Permit, PermitKind, Platform, Verdict, assess
from app.livestreams.steps import MAY, STAYS, Acting, Course, Phase, Step, fold, follow, possible_steps

SITI, BUDI, LETTER = UUID(int=1), UUID(int=2), UUID(int=3)
MIDNIGHT = datetime(2026, 11, 22, 16, tzinfo=UTC)
"""Of Monday 23 November 2026 in Makassar."""
MONDAY = date(2026, 11, 23)


def span(begins: float, ends: float) -> Span:
    """Hours of that Monday."""
    return Span(MIDNIGHT + timedelta(hours=begins), MIDNIGHT + timedelta(hours=ends))


OFFICE = [
    Stretch(span(7.5, 12), Part.WITHIN),
    Stretch(span(12, 13), Part.IN_BREAK),
    Stretch(span(13, 16), Part.WITHIN),
]
NOBODY_KNOWS = [Stretch(span(0, 24), Part.UNKNOWN)]
CIRCULAR = Forbidding("100.3.4/215/432.403/2026", "/v1/circulars/x", verified=False)
URL = "https://tiktok.com/@siti/live"
LIVE = Broadcast(SITI, frozenset({"DISDIK", "SETDA"}), span(9, 10), MONDAY, Platform.TIKTOK, URL, None, live=True)
PERMIT = Permit(LETTER, PermitKind.STATE_CEREMONY, "005/1", MONDAY, span(0, 24))


def verdict(broadcast: Broadcast = LIVE, *permits: Permit, hours: Any = OFFICE, by: Any = CIRCULAR) -> Assessment:
    return assess(broadcast, hours, permits, by)


def minutes(found: Assessment) -> tuple[Verdict, int]:
    return found.verdict, found.minutes


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(verdict(), (Verdict.IN_HOURS, 60), id="live in working hours, forbidden and without permit"),
        pytest.param(
            verdict(replace(LIVE, live=False)),
            (Verdict.POSTED_AFTERWARDS, 0),
            id="posted after the event is no broadcast, whenever that was",
        ),
        pytest.param(
            verdict(replace(LIVE, span=span(17, 18))), (Verdict.OUTSIDE_HOURS, 0), id="after work everybody may"
        ),
        pytest.param(verdict(replace(LIVE, span=span(12, 13))), (Verdict.OUTSIDE_HOURS, 0), id="in the break too"),
        pytest.param(
            verdict(replace(LIVE, span=span(11.5, 13.5))),
            (Verdict.IN_HOURS, 60),
            id="around the break only what lies beside it counts",
        ),
        pytest.param(
            verdict(hours=NOBODY_KNOWS), (Verdict.UNKNOWN_HOURS, 0), id="hours that nobody knows accuse nobody"
        ),
        pytest.param(
            verdict(hours=[Stretch(span(0, 24), Part.ON_LEAVE)]), (Verdict.OUTSIDE_HOURS, 0), id="on leave nobody works"
        ),
        pytest.param(
            verdict(by=None), (Verdict.NO_CIRCULAR, 60), id="what nothing forbade is told with its minutes and is none"
        ),
        pytest.param(
            verdict(replace(LIVE, span=span(17, 18)), by=None),
            (Verdict.OUTSIDE_HOURS, 0),
            id="outside hours no circular is needed",
        ),
        pytest.param(
            verdict(by=replace(CIRCULAR, platforms=frozenset({Platform.YOUTUBE}))),
            (Verdict.NO_CIRCULAR, 60),
            id="a circular about other platforms does not forbid this one",
        ),
        pytest.param(
            verdict(by=replace(CIRCULAR, platforms=frozenset({Platform.TIKTOK}))),
            (Verdict.IN_HOURS, 60),
            id="one that names the platform does",
        ),
        pytest.param(verdict(LIVE, PERMIT), (Verdict.PERMITTED, 0), id="a permit for all of that day"),
        pytest.param(
            verdict(LIVE, replace(PERMIT, span=span(9, 9.5))),
            (Verdict.IN_HOURS, 30),
            id="a permit for half of it leaves the other half",
        ),
        pytest.param(
            verdict(LIVE, replace(PERMIT, span=span(8, 9.5)), replace(PERMIT, span=span(9.5, 11))),
            (Verdict.PERMITTED, 0),
            id="two permits may cover it together",
        ),
        pytest.param(
            verdict(LIVE, PERMIT, hours=NOBODY_KNOWS), (Verdict.PERMITTED, 0), id="a permit settles unknown hours too"
        ),
        pytest.param(
            verdict(replace(LIVE, span=span(17, 18)), PERMIT),
            (Verdict.OUTSIDE_HOURS, 0),
            id="outside hours no permit is needed",
        ),
    ],
)
def test_a_broadcast_comes_to(found: Assessment, said: tuple[Verdict, int]) -> None:
    assert minutes(found) == said


@pytest.mark.parametrize(
    ("broadcast", "permit", "is_covered"),
    [
        pytest.param({}, {"opd_code": "DISDIK"}, True, id="of the person's unit"),
        pytest.param({}, {"opd_code": "SETDA"}, True, id="of what stands above the unit"),
        pytest.param({}, {"opd_code": "DINKES"}, False, id="of another unit"),
        pytest.param({}, {"asn_ids": frozenset({BUDI, SITI})}, True, id="naming the person"),
        pytest.param({}, {"asn_ids": frozenset({BUDI})}, False, id="naming others alone"),
        pytest.param({}, {"opd_code": "DISDIK", "asn_ids": frozenset({BUDI})}, False, id="of the unit, for another"),
        pytest.param({}, {"platform": Platform.TIKTOK}, True, id="on this platform"),
        pytest.param({}, {"platform": Platform.YOUTUBE}, False, id="on another platform"),
        pytest.param({}, {"letter_date": MONDAY + timedelta(days=1)}, False, id="whose letter was written afterwards"),
        pytest.param({}, {"letter_date": MONDAY}, True, id="whose letter is of the same day"),
        pytest.param({"account": "@Pemkab.Mamuju"}, {"account": "pemkab.mamuju"}, True, id="of this account"),
        pytest.param({"account": "siti"}, {"account": "pemkab.mamuju"}, False, id="of another account"),
        pytest.param(
            {"url": "https://www.tiktok.com/@Pemkab.Mamuju/live"},
            {"account": "pemkab.mamuju"},
            True,
            id="of the account that stands in the address",
        ),
        pytest.param(
            {"url": "https://www.tiktok.com/@pemkab.mamuju.palsu/live"},
            {"account": "pemkab.mamuju"},
            False,
            id="of an account whose name begins alike",
        ),
        pytest.param(
            {"account": "siti", "url": "https://x.id/?dari=pemkab.mamuju"},
            {"account": "pemkab.mamuju"},
            False,
            id="where the account was told, the address says nothing",
        ),
        pytest.param({}, {"span": span(10, 12)}, False, id="that begins when the broadcast ends"),
    ],
)
def test_a_permit_covers(broadcast: dict[str, Any], permit: dict[str, Any], is_covered: bool) -> None:
    found = verdict(replace(LIVE, **broadcast), replace(PERMIT, **permit))
    assert found.verdict is (Verdict.PERMITTED if is_covered else Verdict.IN_HOURS)
    assert [one.id for one in found.permits] == ([LETTER] if is_covered else [])


hours_of_monday = st.floats(0, 24, allow_nan=False).map(lambda hour: round(hour, 2))
spans = st.tuples(hours_of_monday, hours_of_monday).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: span(*pair))


@given(spans, st.lists(spans, max_size=4), spans)
def test_one_more_permit_never_makes_it_worse(live: Span, permits: list[Span], more: Span) -> None:
    covering = [replace(PERMIT, span=one) for one in permits]
    before = verdict(replace(LIVE, span=live), *covering)
    after = verdict(replace(LIVE, span=live), *covering, replace(PERMIT, span=more))
    assert after.counted <= before.counted
    assert before.verdict is Verdict.IN_HOURS or after.verdict is not Verdict.IN_HOURS


@given(spans)
def test_only_time_within_the_hours_ever_counts(live: Span) -> None:
    found = verdict(replace(LIVE, span=live))
    assert (found.verdict is Verdict.IN_HOURS) == (found.overlap.within > timedelta(0))
    assert found.counted == found.overlap.within


# Steps


def reached(*steps: Step) -> Course:
    return fold(enumerate((Step.REPORTED, *steps), 1))


ASKED, TOLD, COACHED, REFERRED, CLOSED, BACK = (
    *(Step.CLARIFICATION_ASKED, Step.CLARIFIED, Step.COACHED),
    *(Step.REFERRED, Step.CLOSED, Step.TAKEN_BACK),
)


@pytest.mark.parametrize(
    ("steps", "phase"),
    [
        pytest.param([], Phase.REPORTED, id="a report alone is a report"),
        pytest.param([ASKED, TOLD, COACHED, REFERRED], Phase.REFERRED, id="asked, heard, coached, referred"),
        pytest.param([TOLD], Phase.CLARIFIED, id="the person may answer unasked"),
        pytest.param([TOLD, TOLD], Phase.CLARIFIED, id="and again"),
        pytest.param([TOLD, ASKED, TOLD], Phase.CLARIFIED, id="and be asked again"),
        pytest.param([ASKED, COACHED], Phase.COACHED, id="whoever is asked and does not answer may be coached"),
        pytest.param([ASKED, COACHED, TOLD], Phase.COACHED, id="words that come later are kept and change no phase"),
        pytest.param([ASKED, COACHED, REFERRED, TOLD, CLOSED], Phase.CLOSED, id="what is referred may still be closed"),
        pytest.param([CLOSED], Phase.CLOSED, id="a report may be closed at once"),
        pytest.param([CLOSED, BACK], Phase.REPORTED, id="closed by mistake is open again"),
        pytest.param([CLOSED, BACK, ASKED], Phase.CLARIFICATION_ASKED, id="and goes on"),
        pytest.param([ASKED, COACHED, TOLD, BACK], Phase.CLARIFIED, id="nobody takes the person's words back"),
        pytest.param([ASKED, COACHED, BACK, BACK], Phase.REPORTED, id="step by step to the report"),
        pytest.param([ASKED, Step.REPORTED, BACK], Phase.REPORTED, id="another report is not what is taken back"),
    ],
)
def test_an_incident_has_come_to(steps: list[Step], phase: Phase) -> None:
    assert reached(*steps).phase is phase


@pytest.mark.parametrize(
    ("steps", "step"),
    [
        pytest.param([], COACHED, id="nobody is coached before being asked"),
        pytest.param([ASKED, TOLD], REFERRED, id="nobody is referred before being coached"),
        pytest.param([], BACK, id="a report is closed, not taken back"),
        pytest.param([TOLD], BACK, id="the person's words are not taken back"),
        pytest.param([CLOSED], CLOSED, id="what is closed is not closed again"),
        pytest.param([CLOSED], TOLD, id="what is closed needs no answer"),
        pytest.param([ASKED, COACHED], ASKED, id="what was coached is not asked again"),
        pytest.param([ASKED, COACHED, REFERRED], COACHED, id="what was referred is not coached again"),
    ],
)
def test_what_may_not_follow(steps: list[Step], step: Step) -> None:
    with pytest.raises(IncidentStepNotPossible):
        reached(*steps, step)


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_every_way_ends_where_its_counting_steps_lead(wanted: list[Step]) -> None:
    course = Course()
    for number, step in enumerate((Step.REPORTED, *wanted), 1):
        if step in possible_steps(course):
            before, course = course, follow(course, number, step)
            if step is Step.TAKEN_BACK:
                assert set(before.counting) - set(course.counting) == {
                    one for one in before.counting if one[0] == before.to_take_back
                }
    assert fold(course.counting).phase is course.phase
    assert all(one[0] < other[0] for one, other in pairwise(course.counting))
    assert course.phase not in (Phase.COACHED, Phase.REFERRED) or Step.COACHED in {step for _, step in course.counting}


def test_the_person_alone_answers_and_takes_no_other_step() -> None:
    assert {step for step, acting in MAY.items() if Acting.PERSON in acting} == {Step.CLARIFIED}
    assert MAY[Step.CLARIFIED] == {Acting.PERSON}
    assert MAY.keys() == set(Step)
    assert not any(MAY[step] & {Acting.RECORDER} for step in STAYS)
