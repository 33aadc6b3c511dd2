"""What a day of work came to, wherever the person was: output alone decides (Surabaya). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.performance.rules import Capaian, Outcome, capaian

AT_WORK, UNKNOWN = "at-work", "unknown"
"""Where somebody was on a day of no confirmed absence: the attendance system has seen them, or nobody knows."""


class Verdict(StrEnum):
    FULL = "full"
    """All that was due was reached, at the office or anywhere."""
    PARTIAL = "partial"
    NONE = "none"
    """Something was due and nothing came of it: presence without output earns nothing."""
    PENDING = "pending"
    """Something waits: for verification or for the end of the day."""
    EXCUSED = "excused"
    """On leave; nothing was due."""
    NO_TARGET = "no-target"
    """Nothing was agreed for this day, which says nothing."""


@dataclass(frozen=True)
class DayOfWork:
    """A day, where the person was, and what it came to."""

    place: str
    verdict: Verdict
    capaian: Capaian


def judge_day(place: str, outcomes: Collection[Outcome], today: date) -> DayOfWork:
    """The place is told and never counted: working from anywhere with output is full performance."""
    found = capaian(outcomes, today)
    return DayOfWork(place, _verdict(found, bool(outcomes)), found)


def _verdict(found: Capaian, was_due: bool) -> Verdict:
    if not was_due:
        return Verdict.NO_TARGET
    if found.provisional:
        return Verdict.PENDING
    if found.weight == 0:
        return Verdict.EXCUSED
    if found.earned == 0:
        return Verdict.NONE
    return Verdict.FULL if found.earned == Decimal(found.weight) else Verdict.PARTIAL
