"""What a list of shifts does to those that are registered: pure, all of it or nothing."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from app.calendar.spans import Span

LONGEST = timedelta(hours=24)


class ShiftClaim(NamedTuple):
    """Two that say the same are one."""

    asn_id: UUID
    span: Span


@dataclass
class ShiftPlan:
    """What a list does: nothing of it while any row clashes."""

    create: list[ShiftClaim] = field(default_factory=list)
    unchanged: int = 0
    clashes: dict[int, Span] = field(default_factory=dict)
    """Row → the shift, registered or earlier in the list, that it would overlap."""


def plan_shifts(rows: Mapping[int, ShiftClaim], known: Iterable[ShiftClaim]) -> ShiftPlan:
    """What becomes of each row; the same list again changes nothing. Shifts that touch do not overlap."""
    taken: dict[UUID, list[Span]] = defaultdict(list)
    for claim in known:
        insort(taken[claim.asn_id], claim.span)
    plan = ShiftPlan()
    for row, claim in rows.items():
        others = taken[claim.asn_id]
        clash = _overlapping(others, claim.span)
        if clash is None:
            plan.create.append(claim)
            insort(others, claim.span)
        elif clash == claim.span:
            plan.unchanged += 1
        else:
            plan.clashes[row] = clash
    return plan


def _overlapping(taken: list[Span], span: Span) -> Span | None:
    """The first of some spans, sorted and apart from each other, that shares time with this one."""
    after = bisect_right(taken, span)
    near = taken[max(after - 1, 0) : after + 1]
    return next((other for other in near if other.starts_at < span.ends_at and other.ends_at > span.starts_at), None)
