"""The twin's own truth: deterministic, possible, and mean enough to prove anything."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from app.apel.roster import Entry, Roster, Unit
from app.demo.zoom_twin.cast import Who
from app.demo.zoom_twin.deliveries import ATTEMPTS, TOLD, arrivals, tell
from app.demo.zoom_twin.story import Leaving, covered
from app.evidence.identity import Key, KeyKind, Known, Shown, Subject
from app.evidence.rules import LeaveKind, SubjectKind
from app.zoom.payloads import classify_leaving, clean
from tests.demo.twin import GENTLE, PLAN, WORST, invent_people, story_of
from tests.make import MONDAY

STORIES = range(12)
MINUTE = timedelta(minutes=1)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    told = [tell(story_of(number), WORST, number) for number in (3, 3, 4)]
    assert told[0] == told[1]
    assert told[0] != told[2]


@pytest.mark.parametrize("number", STORIES)
def test_what_happened_is_possible(number: int) -> None:
    story = story_of(number)
    for stay in story.stays:
        assert stay.run.start <= stay.join < stay.leave <= stay.run.end
        assert stay.waited_from is None or stay.run.start <= stay.waited_from <= stay.join
    assert len({run.uuid for run in story.runs}) == len(story.runs)
    assert all(later.start > run.end for run, later in pairwise(story.runs))


def test_seats_that_are_all_taken_keep_people_out() -> None:
    crowded = story_of(0, replace(WORST, line=replace(WORST.line, seats=40)))
    assert crowded.turned_away > 0
    for minute in range(30):
        at = PLAN.starts_at + minute * MINUTE
        assert sum(stay.join <= at < stay.leave for stay in crowded.stays) <= 40


def test_the_worst_has_everything_that_goes_wrong() -> None:
    stories = [story_of(number) for number in range(40)]
    stays = [stay for story in stories for stay in story.stays]
    runs = [run for story in stories for run in story.runs]
    assert {len(story.runs) for story in stories} == {1, 2, 3}
    assert {stay.by for stay in stays} == set(Leaving)
    assert {run.counts for run in runs} == {run.has_report for run in runs} == {True, False}
    assert any(run.uuid.startswith("/") for run in runs)
    assert any("//" in run.uuid for run in runs)
    assert any(stay.guest.first_name for stay in stays)
    assert any(stay.guest.operator and not stay.guest.account for stay in stays)
    assert any(not stay.participant_uuid for stay in stays)
    assert any(stay.guest.sits and stay.guest.means is None for stay in stays)


def test_nobody_is_ever_recognised_as_somebody_else() -> None:
    """But for who names the office alone, which is its room by the convention."""
    for number in STORIES:
        for stay in story_of(number).stays:
            if stay.guest.means not in {None, stay.guest.sits}:
                assert stay.guest.means is not None
                assert stay.guest.means.kind == "room"


def test_the_service_reads_every_name_as_the_twin_does() -> None:
    """Two readings of the convention, written apart from each other."""
    known = Known(_roster(invent_people(12, 10)), decided={}, remembered={})
    read: Counter[bool] = Counter()
    for number in STORIES:
        for guest in {stay.guest for stay in story_of(number).stays if not stay.guest.email}:
            name = clean(guest.name)
            subject, _ = known.identify(Shown(Key(KeyKind.DEVICE, "x"), names={name: MONDAY}))
            assert _who(subject) == guest.means, name
            read[guest.means is None] += 1
    assert min(read[True], read[False]) > 100


def _who(subject: Subject) -> Who | None:
    if subject.kind in {SubjectKind.UNKNOWN, SubjectKind.OPERATOR}:
        return None
    return Who(subject.kind, str(subject.asn_id if subject.kind is SubjectKind.PERSON else subject.opd_code))


def _roster(entries: list[Entry]) -> Roster:
    codes = dict.fromkeys(entry.unit_code for entry in entries)
    units = {code: Unit(code, code, code, code, "dinas", 1, "good", None, None, 10) for code in codes}
    return Roster(units, entries, {})


def test_seconds_are_a_union_inside_the_window() -> None:
    until = MONDAY + 10 * MINUTE
    spans = [
        (MONDAY - MINUTE, MONDAY + MINUTE),
        (MONDAY, MONDAY + 2 * MINUTE),
        (MONDAY + 9 * MINUTE, until + 9 * MINUTE),
    ]
    assert covered(spans, MONDAY, until) == 180
    assert covered(reversed(spans), MONDAY, until) == 180
    assert covered([], MONDAY, until) == 0


def test_every_form_of_a_leaving_is_understood() -> None:
    names = ("[OPD-01] 1001 Siti", "Reason: Network connection error", "x left the meeting", "")
    read: dict[Leaving, set[LeaveKind]] = defaultdict(set)
    for by, forms in TOLD.items():
        read[by] = {classify_leaving(form.format(name=name)) for form in forms for name in names}
    assert read == {
        Leaving.LEFT: {LeaveKind.LEFT, LeaveKind.UNKNOWN},
        Leaving.NETWORK: {LeaveKind.NETWORK},
        Leaving.ENDED: {LeaveKind.ENDED},
    }


def test_an_outage_loses_what_all_four_attempts_fall_into_and_only_that() -> None:
    deliveries = tell(story_of(0, GENTLE), GENTLE)
    down = [(MONDAY - 120 * MINUTE, MONDAY + 10 * MINUTE)]
    came = arrivals(deliveries, down)
    assert all(at >= down[0][1] for at, _ in came)
    lost = [one for one in deliveries if one.arrival(down) is None]
    assert all(down[0][0] <= one.due + pause < down[0][1] for one in lost for pause in ATTEMPTS)
    assert len(came) == len(deliveries) - len(lost)
    assert arrivals(deliveries, [(MONDAY - 120 * MINUTE, MONDAY + 240 * MINUTE)]) == []


def test_failed_attempts_come_again_and_four_of_them_never() -> None:
    delivery = tell(story_of(0), WORST)[0]
    came: Sequence[object] = [replace(delivery, failing=failing).arrival() for failing in range(5)]
    assert came == [*(delivery.due + pause for pause in ATTEMPTS), None]
