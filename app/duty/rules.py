"""Codes of attendance as the region's forms use them, and what each of them means for the roll-call."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.calendar.spans import Hold


class Code(StrEnum):
    """H hadir; DL dinas luar, DD dinas dalam, DK diklat, TB tugas belajar; CT CB CS CM CP CLTN leave; S sakit, I izin;
    TK tanpa keterangan; SF sif, MPP, DPK, DPB, BS: not required."""

    H = "H"
    DL = "DL"
    DD = "DD"
    DK = "DK"
    TB = "TB"
    CT = "CT"
    CB = "CB"
    CS = "CS"
    CM = "CM"
    CP = "CP"
    CLTN = "CLTN"
    S = "S"
    I = "I"  # noqa: E741 — the form's own letter
    TK = "TK"
    SF = "SF"
    MPP = "MPP"
    DPK = "DPK"
    DPB = "DPB"
    BS = "BS"


EXCUSED = frozenset(
    {Code.DL, Code.DD, Code.DK, Code.TB, Code.CT, Code.CB, Code.CS, Code.CM, Code.CP, Code.CLTN, Code.S, Code.I}
)
NOT_REQUIRED = frozenset({Code.SF, Code.MPP, Code.DPK, Code.DPB, Code.BS})
HEALTH = frozenset({Code.S, Code.CS, Code.CM})
"""Shown to the own unit, the personnel office and inspectors only; others read `excused`."""
WFA = "WFA"
"""An order to work elsewhere: the person is duty-bound and expected on Zoom."""
_AT_WORK = frozenset({Code.DL, Code.DD, Code.DK, WFA})
"""Elsewhere, and at work: PP 94/2021 art. 1 (5) counts duty outside the office as coming to work."""
_OWN_HOURS = frozenset({Code.SF, Code.DPK, Code.DPB})
"""A shift that day, or the hours of the institution that somebody was lent to."""
ABSENCE_CODES = frozenset(code.value for code in EXCUSED | NOT_REQUIRED) | {WFA}
EXCUSED_MASK = "excused"
_ONE_DAY = timedelta(days=1)


class Mode(StrEnum):
    WFO = "wfo"
    WFA = "wfa"


class AbsenceState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Duty:
    """The confirmed reason why a person is elsewhere on a day; `code` is one of ABSENCE_CODES."""

    code: str
    letter_no: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """What a report is prefilled with for one person; the OPD says what really was."""

    status: Code
    mode: Mode | None = None
    note: str | None = None


def suggest(duty: Duty | None) -> Suggestion:
    """Present at the office unless a confirmed duty says otherwise; whoever works from anywhere is expected on Zoom."""
    if duty is None:
        return Suggestion(Code.H, Mode.WFO)
    if duty.code == WFA:
        return Suggestion(Code.H, Mode.WFA, duty.letter_no)
    return Suggestion(Code(duty.code), note=duty.letter_no)


def hold_of(code: str) -> Hold:
    """What a confirmed absence makes of the working hours of its days."""
    if code in _AT_WORK:
        return Hold.HOURS
    return Hold.OWN if code in _OWN_HOURS else Hold.LEAVE


def is_hidden(code: str, *, knows_health: bool) -> bool:
    """Whether a code must be shown as EXCUSED_MASK."""
    return code in HEALTH and not knows_health


def mask_health(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts for outsiders: health codes merged, so that a masked person is not told by the count beside it."""
    masked: dict[str, int] = {}
    for code, number in counts.items():
        shown = EXCUSED_MASK if code in HEALTH else str(code)
        masked[shown] = masked.get(shown, 0) + number
    return masked


def mask_health_in(facts: Any) -> Any:
    """Facts for outsiders: health codes hidden wherever they stand, as values or as names of counts."""
    if isinstance(facts, dict):
        inner = {name: mask_health_in(value) for name, value in facts.items()}
        return inner if HEALTH.isdisjoint(inner) else mask_health(inner)
    return EXCUSED_MASK if isinstance(facts, str) and facts in HEALTH else facts


@dataclass(frozen=True)
class Claim:
    """What one row of a file says: two that say the same are one."""

    asn_id: UUID
    code: str
    from_date: date
    to_date: date
    letter_no: str | None = None
    letter_date: date | None = None


@dataclass(frozen=True)
class Known:
    """An absence that is kept already."""

    id: UUID
    state: AbsenceState
    claim: Claim


Span = tuple[date, date]


@dataclass
class ImportPlan:
    """What a file does: nothing of it while any row clashes."""

    create: list[Claim] = field(default_factory=list)
    confirm: list[Known] = field(default_factory=list)
    unchanged: int = 0
    clashes: dict[int, Span] = field(default_factory=dict)
    """Line → days of the confirmed absence, kept or earlier in the file, that it would overlap."""


def plan_import(rows: Mapping[int, Claim], known: Iterable[Known], state: AbsenceState) -> ImportPlan:
    """What becomes of a file's rows by line; sending the same file again changes nothing.

    A proposal that was rejected is not proposed again by repeating it; confirming it is a decision anew.
    """
    kept = _by_claim(known)
    taken: dict[UUID, list[Span]] = defaultdict(list)
    for one in kept.values():
        if one.state is AbsenceState.CONFIRMED:
            insort(taken[one.claim.asn_id], (one.claim.from_date, one.claim.to_date))
    plan, seen = ImportPlan(), set[Claim]()
    for line, claim in rows.items():
        same = kept.get(claim)
        if claim in seen or (same is not None and state in (same.state, AbsenceState.PROPOSED)):
            plan.unchanged += 1
            continue
        seen.add(claim)
        if state is AbsenceState.CONFIRMED:
            span = (claim.from_date, claim.to_date)
            clash = _overlapping(taken[claim.asn_id], span)
            if clash is not None:
                plan.clashes[line] = clash
                continue
            insort(taken[claim.asn_id], span)
        if same is None:
            plan.create.append(claim)
        else:
            plan.confirm.append(same)
    return plan


def _by_claim(known: Iterable[Known]) -> dict[Claim, Known]:
    """One of those that say the same: a confirmed one if there is one, else one still open, else a rejected one."""
    order = [AbsenceState.REJECTED, AbsenceState.PROPOSED, AbsenceState.CONFIRMED]
    return {one.claim: one for one in sorted(known, key=lambda one: order.index(one.state))}


def _overlapping(taken: list[Span], span: Span) -> Span | None:
    """The first of some spans, sorted and apart from each other, that shares a day with this one."""
    after = bisect_right(taken, span)
    near = taken[max(after - 1, 0) : after + 1]
    return next((other for other in near if other[0] <= span[1] and other[1] >= span[0]), None)


@dataclass(frozen=True)
class Taken:
    """Days of a person for which a reason to be elsewhere is confirmed already."""

    code: str
    from_date: date
    to_date: date
    order_id: UUID | None = None
    """The order that made the absence."""


def fit_between(span: Span, taken: Iterable[Taken]) -> tuple[list[Span], list[Taken]]:
    """The days of a span that nothing takes, as spans, and what takes the others, clipped to the span.

    What is taken comes in order and apart from each other, as the confirmed absences of one person are.
    """
    first, last = span
    free: list[Span] = []
    met: list[Taken] = []
    for one in taken:
        if one.to_date < first or one.from_date > last:
            continue
        if first < one.from_date:
            free.append((first, one.from_date - _ONE_DAY))
        met.append(replace(one, from_date=max(first, one.from_date), to_date=min(last, one.to_date)))
        first = one.to_date + _ONE_DAY
    return (free if first > last else [*free, (first, last)]), met
