"""What the service concluded about an apel beside what truly happened."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.attendance.models import Mark
from app.demo.zoom_twin.cast import Who
from app.demo.zoom_twin.story import Stay, Story, covered
from app.evidence.models import Participant
from app.evidence.rules import SubjectKind
from app.zoom.payloads import clean

SECOND = timedelta(seconds=1)
NOBODY_KNOWN = (SubjectKind.UNKNOWN, SubjectKind.OPERATOR)
Spans = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Claims:
    """Who was reported how: `H` with wfa for who takes part alone, `TK`, and the rest of a unit that reported."""

    units: frozenset[str]
    wfa: frozenset[str]
    unexplained: frozenset[str]


def differences(story: Story, participants: Sequence[Participant], marks: Sequence[Mark], claims: Claims) -> list[str]:
    """Every way in which attendance is not the truth, as a line each."""
    return [
        *_of_subjects(story, participants),
        *_of_unmatched(story, participants),
        *_of_marks(story.seconds(), marks, claims),
    ]


def blamed(story: Story, claims: Claims, *, gap: bool) -> set[str]:
    """Who was reported to take part alone and truly was not there; nobody while it cannot be known."""
    seconds = story.seconds()
    return set() if gap else {asn_id for asn_id in claims.wfa if not seconds.get(Who("person", asn_id))}


def _of_subjects(story: Story, participants: Sequence[Participant]) -> Iterator[str]:
    truth = story.seconds()
    found = {who_of(one): one.seconds for one in participants if one.kind not in NOBODY_KNOWN}
    yield from (f"wrong: {who} was not there" for who in found.keys() - truth.keys())
    yield from (f"lost: {who} was there" for who in truth.keys() - found.keys())
    for who in found.keys() & truth.keys():
        if abs(found[who] - truth[who]) > 1:
            yield f"seconds: {who} {found[who]} instead of {truth[who]}"


def who_of(one: Participant) -> Who:
    return Who(one.kind, str(one.asn_id) if one.kind == SubjectKind.PERSON else str(one.opd_code))


def _of_unmatched(story: Story, participants: Sequence[Participant]) -> Iterator[str]:
    """Each stay of somebody unrecognised is listed with its times, and nothing is listed that was not.

    Names alone tell these apart, so they are compared name by name: how many, and when.
    """
    expected: dict[str, list[Stay]] = defaultdict(list)
    for stay in story.unmatched():
        if stay.run.has_report:
            expected[clean(stay.guest.name)].append(stay)
    listed: dict[str, list[Spans]] = defaultdict(list)
    for one in participants:
        if one.kind in NOBODY_KNOWN and (spans := _spans(one, story)):
            listed[one.display_name].append(spans)
    for name in expected.keys() | listed.keys():
        stays, ones = expected[name], listed[name]
        least = len({id(stay.guest) for stay in stays if not stay.guest.account})
        if not least <= len(ones) <= len(stays):
            yield f"unmatched: {name!r} {len(ones)} times instead of {least} to {len(stays)}"
        if not _same([(stay.join, stay.leave) for stay in stays], [span for spans in ones for span in spans]):
            yield f"unmatched: {name!r} at other times"


def _spans(one: Participant, story: Story) -> Spans:
    """When it was connected, without the run that the host alone was in: Zoom makes no report of that."""
    told = [(span["from"], span["to"]) for span in one.intervals if span["to"]]
    spans = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in told]
    alone = [run for run in story.runs if not run.has_report]
    return [(start, end) for start, end in spans if not any(run.start - SECOND <= start <= run.end for run in alone)]


def _same(expected: Spans, found: Spans) -> bool:
    """The same time is covered, to a second at each stay."""
    everything = [*expected, *found]
    if not everything:
        return True
    since, until = min(start for start, _ in everything), max(end for _, end in everything)
    apart = covered(expected, since, until) - covered(found, since, until)
    within = all(any(start - SECOND <= at <= end + SECOND for start, end in found) for at, _ in expected)
    return abs(apart) <= 2 * len(expected) and within


def _of_marks(truth: Mapping[Who, int], marks: Sequence[Mark], claims: Claims) -> Iterator[str]:
    told: Counter[str] = Counter()
    for mark in marks:
        asn_id = str(mark.asn_id)
        seconds = truth.get(Who("person", asn_id), 0)
        expected = _expected(asn_id, mark.unit_code, claims, seen=seconds > 0)
        if (mark.status, mark.mode) != expected:
            yield f"mark: {mark.unit_code} {asn_id} is {(mark.status, mark.mode)} instead of {expected}"
        if abs(mark.seconds - seconds) > 1:
            yield f"mark: {mark.unit_code} {asn_id} has {mark.seconds} s instead of {seconds}"
        told[asn_id] += 1
    yield from (f"mark: {asn_id} has {number}" for asn_id, number in told.items() if number != 1)


def _expected(asn_id: str, unit: str, claims: Claims, *, seen: bool) -> tuple[str | None, str | None]:
    """The contract's table, for the claims that are made here."""
    if unit not in claims.units:
        return ("H", "wfa") if seen else ("BL", None)
    if asn_id in claims.unexplained:
        return (None, None) if seen else ("TK", None)
    return ("H", "wfa" if asn_id in claims.wfa else "wfo")
