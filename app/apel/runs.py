"""Runs of a meeting number, and to which of the apels that list it each of them belongs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from uuid import UUID

BEFORE = timedelta(minutes=60)
"""An occurrence may belong to an apel that begins at most so much later: a sound check."""
AFTER = timedelta(minutes=120)
"""An occurrence may run on for so long after the planned end; a lost end counts as ended then."""


@dataclass(frozen=True)
class Plan:
    """What the timeline needs to know of an apel as it was planned."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    meeting_ids: frozenset[str]

    @property
    def opens(self) -> datetime:
        return self.starts_at - BEFORE

    @property
    def limit(self) -> datetime:
        return self.ends_at + AFTER


@dataclass(frozen=True)
class OccurrenceSpan:
    """One run of a Zoom meeting; `end` None means that it runs, or that its end was lost."""

    uuid: str
    meeting_id: str
    start: datetime
    end: datetime | None
    last_seen: datetime
    """The latest time that any event of the run names."""
    gap: bool = False
    """Its start or end was lost, so that the evidence has a gap."""
    end_lost: bool = False
    """`end` is only the time by which it must have ended."""
    host_id: str | None = None
    """The account that hosts it."""


def without_overrun(spans: Iterable[OccurrenceSpan]) -> list[OccurrenceSpan]:
    """A number runs one meeting at a time: the next start ends a run whose end was lost."""
    ordered = sorted(spans, key=lambda span: (span.meeting_id, span.start, span.uuid))
    return [_ended_by(span, later) for span, later in zip_longest(ordered, ordered[1:]) if span is not None]


def _ended_by(span: OccurrenceSpan, later: OccurrenceSpan | None) -> OccurrenceSpan:
    if span.end is None and later is not None and later.meeting_id == span.meeting_id:
        return replace(span, end=later.start, gap=True, end_lost=True)
    return span


def overlaps(plan: Plan, span: OccurrenceSpan) -> bool:
    return span.start <= plan.limit and (span.end or span.last_seen) >= plan.opens


def own_occurrences(plan: Plan, rivals: Iterable[Plan], spans: Iterable[OccurrenceSpan]) -> tuple[OccurrenceSpan, ...]:
    """The occurrences that belong to this apel and not to one that lists the number and begins nearer to them.

    Where an end was lost, what was seen last decides: the next start only bounds how long the run may have lasted.
    """
    seen = list(spans)
    plans = [plan, *(rival for rival in rivals if rival.id != plan.id)]

    def owner(span: OccurrenceSpan) -> Plan | None:
        candidates = [other for other in plans if span.meeting_id in other.meeting_ids and overlaps(other, span)]
        return min(candidates, key=lambda other: (abs(span.start - other.starts_at), other.starts_at, other.id),
                   default=None)  # fmt: skip

    own_uuids = {span.uuid for span in seen if owner(span) is plan}
    own = [span for span in without_overrun(seen) if span.uuid in own_uuids]
    return tuple(sorted(own, key=lambda span: (span.start, span.uuid)))
