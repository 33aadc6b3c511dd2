"""What an OPD claims, when its parts agree with each other, and when two claims are the same."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.apel.rules import Figures
from app.core.errors import FieldError
from app.duty.rules import EXCUSED, NOT_REQUIRED, Code, Mode


class EntriesAre(StrEnum):
    ALL = "all"
    """Every person of the roster is named once."""
    EXCEPTIONS = "exceptions"
    """Who is not named is present in the office (H, wfo)."""


class Channel(StrEnum):
    """How a claim came in; `app`: the OPD sent it itself."""

    APP = "app"
    PHONE = "phone"
    WA = "wa"
    RADIO = "radio"
    PAPER = "paper"


class ReportState(StrEnum):
    MISSING = "missing"
    PARTIAL = "partial"
    """The unit or some of its parts have reported, others have not."""
    SUBMITTED = "submitted"
    LATE = "late"
    RETURNED = "returned"
    VERIFIED = "verified"


class ReviewKind(StrEnum):
    VERIFIED = "verified"
    RETURNED = "returned"


@dataclass(frozen=True)
class EntryClaim:
    """What is claimed about one person."""

    status: str
    mode: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Claim:
    """All that a report says, apart from who sent it, when and why."""

    figures: Figures
    others: int = 0
    entries_are: EntriesAre | None = None
    entries: Mapping[UUID, EntryClaim] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class CurrentClaim(Claim):
    """The claim in force of one reporter, with its history as far as conclusions need it."""

    opd_code: str
    version_id: UUID
    version: int
    channel: str
    at: datetime
    first_at: datetime
    """When version 1 came in; lateness is judged by this alone."""
    review: ReviewKind | None = None
    """The latest review of this very version."""

    def is_late(self, deadline: datetime) -> bool:
        return self.first_at > deadline

    def state(self, deadline: datetime) -> ReportState:
        if self.review is not None:
            return ReportState(self.review)
        return ReportState.LATE if self.is_late(deadline) else ReportState.SUBMITTED


def digest(claim: Claim) -> str:
    """The same for the same claim, however its entries are ordered and whether a zero is written or left out."""
    figures = claim.figures
    canonical = [
        figures.strength,
        figures.wfo,
        figures.wfa,
        without_zeros(figures.excused),
        figures.unexplained,
        without_zeros(figures.not_required),
        claim.others,
        claim.entries_are,
        sorted((str(who), said.status, said.mode or "", said.note or "") for who, said in claim.entries.items()),
        claim.note,
    ]
    return hashlib.sha256(json.dumps(canonical, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(code): number for code, number in sorted(counts.items()) if number}


def find_disagreements(claim: Claim, duty_bound: Collection[UUID]) -> list[FieldError]:
    """Where the named people contradict the counts, or where `all` leaves somebody of the roster out.

    Everybody named counts, also a person of another roster: the OPD counted them too.
    """
    if claim.entries_are is None:
        return []
    named = _count(claim.entries.values())
    wrong = [
        FieldError(pointer, "entries_count", {"claimed": claimed, "named": named.get(key, 0)})
        for pointer, key, claimed in _named_figures(claim)
        if named.get(key, 0) != claimed
    ]
    return [*wrong, *_about_present_in_office(claim, named.get(_WFO, 0)), *_about_left_out(claim, duty_bound)]


_Key = tuple[str, str | None]
_WFO: _Key = (Code.H, Mode.WFO)
_WFA: _Key = (Code.H, Mode.WFA)


def _count(entries: Iterable[EntryClaim]) -> dict[_Key, int]:
    counted: dict[_Key, int] = {}
    for said in entries:
        key = (said.status, said.mode)
        counted[key] = counted.get(key, 0) + 1
    return counted


def _named_figures(claim: Claim) -> list[tuple[str, _Key, int]]:
    """The figures in which everybody is named, with their place in the body."""
    figures, exempt = claim.figures, claim.figures.not_required
    return [
        ("/present/wfa", _WFA, figures.wfa),
        *((f"/excused/{code}", (code, None), figures.excused.get(code, 0)) for code in sorted(EXCUSED)),
        ("/unexplained", (Code.TK, None), figures.unexplained),
        *((f"/not_required/{code}", (code, None), exempt.get(code, 0)) for code in sorted(NOT_REQUIRED)),
    ]


def _about_present_in_office(claim: Claim, named: int) -> list[FieldError]:
    """Exceptions name some of those present at most; `all` names each of them."""
    claimed = claim.figures.wfo
    agrees = named == claimed if claim.entries_are is EntriesAre.ALL else named <= claimed
    return [] if agrees else [FieldError("/present/wfo", "entries_count", {"claimed": claimed, "named": named})]


def _about_left_out(claim: Claim, duty_bound: Collection[UUID]) -> list[FieldError]:
    if claim.entries_are is not EntriesAre.ALL:
        return []
    left_out = sum(1 for who in duty_bound if who not in claim.entries)
    return [FieldError("/entries", "entries_left_out", {"count": left_out})] if left_out else []


def count_figures(entries: Iterable[EntryClaim]) -> Figures:
    """The figures of a list in which everybody is named."""
    counted = _count(entries)
    by_code = {code: number for (code, mode), number in counted.items() if mode is None}
    excused = {code: number for code, number in by_code.items() if code in EXCUSED}
    unexplained = by_code.get(Code.TK, 0)
    wfo, wfa = counted.get(_WFO, 0), counted.get(_WFA, 0)
    return Figures(
        strength=wfo + wfa + sum(excused.values()) + unexplained,
        wfo=wfo,
        wfa=wfa,
        excused=excused,
        unexplained=unexplained,
        not_required={code: number for code, number in by_code.items() if code in NOT_REQUIRED},
    )


def add_figures(figures: Iterable[Figures]) -> Figures:
    """The figures of a unit with its parts."""
    several = list(figures)
    return Figures(
        strength=sum(one.strength for one in several),
        wfo=sum(one.wfo for one in several),
        wfa=sum(one.wfa for one in several),
        excused=_add_counts(one.excused for one in several),
        unexplained=sum(one.unexplained for one in several),
        not_required=_add_counts(one.not_required for one in several),
    )


def _add_counts(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in several:
        for code, number in counts.items():
            total[code] = total.get(code, 0) + number
    return total


def find_duplicates(people: Sequence[UUID | None]) -> list[FieldError]:
    """The places at which a person is named again."""
    seen: set[UUID] = set()
    again = []
    for index, who in enumerate(people):
        if who is None:
            continue
        if who in seen:
            again.append(FieldError(f"/entries/{index}", "person_twice"))
        seen.add(who)
    return again


def fits_roster(figures: Figures, roster_strength: int) -> bool:
    """The claimed strength is the roster's, people who were not required on that day taken out or not.

    A required person on shift is named under `not_required` and leaves the strength; a person without apel duty in
    the register never was in it. Counts alone do not tell them apart.
    """
    return figures.strength <= roster_strength <= figures.strength + sum(figures.not_required.values())


def is_clean(claim: CurrentClaim, roster: Collection[UUID], roster_strength: int) -> bool:
    """Without complaint: strength as on the roster, nobody of another roster, not returned."""
    at_home = all(who in roster for who in claim.entries)
    return claim.review is not ReviewKind.RETURNED and at_home and fits_roster(claim.figures, roster_strength)


def needed_reporters(unit_code: str, strengths: Mapping[str, int]) -> list[str]:
    """Who must report so that a unit is complete: the unit and its parts, without those who have nobody to report.

    `strengths` holds the duty-bound people of the unit and of each of its parts, by code.
    """
    needed = sorted(code for code, strength in strengths.items() if strength > 0)
    return needed or [unit_code]


def unit_state(claims: Sequence[CurrentClaim], missing: Collection[str], deadline: datetime) -> ReportState:
    """The state of a unit with its parts: complete when none is missing, then as its weakest claim."""
    if not claims:
        return ReportState.MISSING
    if missing:
        return ReportState.PARTIAL
    states = {claim.state(deadline) for claim in claims}
    if ReportState.RETURNED in states:
        return ReportState.RETURNED
    if any(claim.is_late(deadline) for claim in claims) and states != {ReportState.VERIFIED}:
        return ReportState.LATE
    return ReportState.VERIFIED if states == {ReportState.VERIFIED} else ReportState.SUBMITTED


def mask_nip(nip: str) -> str:
    """Enough to tell two people apart in a list, too little to be the number."""
    return "*" * 14 + nip[-4:]
