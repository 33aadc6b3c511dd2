"""Figures of units: what was claimed, moved to where each person counts, and the findings about a unit as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.apel.rules import Figures
from app.attendance.rules import BL, NR, Claimed, FindingCode, Grade, Ground, Verdict
from app.duty.rules import NOT_REQUIRED, Code, Mode
from app.evidence.rules import Compared, Presence


@dataclass(frozen=True)
class Counts:
    """Figures of a claim or of a unit: `strength = wfo + wfa + excused + unexplained (+ disputed + not_reported)`."""

    strength: int = 0
    wfo: int = 0
    wfa: int = 0
    excused: dict[str, int] = field(default_factory=dict)
    unexplained: int = 0
    not_required: dict[str, int] = field(default_factory=dict)
    not_reported: int = 0
    disputed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.strength + other.strength,
            self.wfo + other.wfo,
            self.wfa + other.wfa,
            add_codes(self.excused, other.excused),
            self.unexplained + other.unexplained,
            add_codes(self.not_required, other.not_required),
            self.not_reported + other.not_reported,
            self.disputed + other.disputed,
        )


def add_codes(*parts: Mapping[str, int]) -> dict[str, int]:
    """Numbers per code, summed; codes without anybody disappear."""
    total: dict[str, int] = {}
    for part in parts:
        for code, number in part.items():
            total[code] = total.get(code, 0) + number
    return {code: total[code] for code in sorted(total) if total[code]}


def one(status: str | None, mode: str | None, *, sign: int = 1) -> Counts:
    """One person of a status as figures, to be added to or taken from a unit's."""
    if status in NOT_REQUIRED or status == NR:
        return Counts(not_required={str(status): sign})
    if status == Code.H:
        return Counts(sign, wfo=0 if mode == Mode.WFA else sign, wfa=sign if mode == Mode.WFA else 0)
    if status == Code.TK:
        return Counts(sign, unexplained=sign)
    if status == BL:
        return Counts(sign, not_reported=sign)
    if status is None:
        return Counts(sign, disputed=sign)
    return Counts(sign, excused={status: sign})


def correct_counts(claimed: Counts, changed: list[tuple[Claimed, Verdict]]) -> Counts:
    """A claim's figures after the people whose mark is not what was claimed have been moved to where they count."""
    total = claimed
    for claim, verdict in changed:
        if (claim.status, claim.mode) != (verdict.status, verdict.mode) and not verdict.pending:
            total = total + one(claim.status, claim.mode, sign=-1) + one(verdict.status, verdict.mode)
    return total


@dataclass(frozen=True)
class Spoken:
    """What an OPD said when it was called, in the report's shape."""

    figures: Figures | None
    as_written: bool


@dataclass(frozen=True)
class Unit:
    """What is known about one reporting unit beyond its people."""

    roster_strength: int
    claims: int
    """How many claims came in, of itself and of its parts."""
    missing: int
    """Needed claims that did not."""
    reporters: int
    """How many claims are needed."""
    claimed: Counts
    late_minutes: int | None
    """Minutes after the deadline of the last first claim; None: in time."""
    room_seconds: int
    room_seen: bool
    spoken: Spoken | None = None
    phoned: bool = False
    """The claim came by phone, WA, radio or paper: the room is not expected on Zoom."""


def find_in_unit(unit: Unit, ground: Ground) -> list[tuple[FindingCode, Grade, dict[str, Any]]]:
    """Findings about a unit as a whole; those about missing things wait for window and deadline."""
    found: list[tuple[FindingCode, Grade, dict[str, Any]]] = []
    complete = not unit.missing
    unseen = Grade.EXPLAINABLE if ground.weak or ground.gap or unit.phoned else Grade.SUSPICIOUS
    if unit.claims and unit.late_minutes is not None:
        found.append((FindingCode.LATE, Grade.EXPLAINABLE, {"late_minutes": unit.late_minutes}))
    if complete and unit.claimed.strength != unit.roster_strength:
        facts = {"reported": unit.claimed.strength, "roster": unit.roster_strength}
        found.append((FindingCode.STRENGTH_DIFFERS, Grade.EXPLAINABLE, facts))
    if complete and unit.spoken is not None and (differing := spoken_difference(unit.spoken, unit.claimed)):
        found.append((FindingCode.SPOKEN_DIFFERS, Grade.SUSPICIOUS, differing))
    if not ground.due:
        return found
    if not complete:
        facts = {"missing": unit.missing, "of": unit.reporters}
        found.append((FindingCode.NOT_REPORTED, Grade.EXPLAINABLE, facts))
    if ground.watched and unit.claims and unit.claimed.wfo and not unit.room_seen:
        found.append((FindingCode.REPORTED_NEVER_CONNECTED, unseen, {"wfo": unit.claimed.wfo}))
    if unit.room_seen and not unit.claims:
        facts = {"room_seconds": unit.room_seconds}
        found.append((FindingCode.CONNECTED_NOT_REPORTED, Grade.EXPLAINABLE, facts))
    return found


def spoken_difference(spoken: Spoken, written: Counts) -> dict[str, Any]:
    """The figures that were said otherwise than written, as `{name: {spoken, written}}`; empty when they agree."""
    said = spoken.figures
    if said is None or spoken.as_written:
        return {}
    pairs = {
        "strength": (said.strength, written.strength),
        "wfo": (said.wfo, written.wfo),
        "wfa": (said.wfa, written.wfa),
        "unexplained": (said.unexplained, written.unexplained),
        "excused": (add_codes(said.excused), add_codes(written.excused)),
    }
    return {name: {"spoken": a, "written": b} for name, (a, b) in pairs.items() if a != b}


@dataclass(frozen=True)
class OffRoster:
    """Somebody whom a report names although another unit answers for them, or nobody does."""

    asn_id: UUID
    status: str
    home_claims_present: bool


def grade_off_roster(person: OffRoster) -> Grade:
    """Nobody stands in two rooms: claimed present twice cannot be true."""
    return Grade.IMPOSSIBLE if person.status == Code.H and person.home_claims_present else Grade.SUSPICIOUS


def find_differences(seen: Iterable[Presence], *, explained: bool) -> list[tuple[UUID | None, Grade, dict[str, Any]]]:
    """The rooms and people of one unit about whom messages and the complete list differ, each by name.

    Where messages were lost in numbers, or a gap in them is known (`explained`), the list has repaired what nobody in
    the unit can answer for: then one finding tells it of all of them, and asks nobody for anything.
    """
    differing = [(one, one.compared) for one in seen if one.compared is not None and one.compared.differs]
    if not differing:
        return []
    if not explained and all(compared.whole for _, compared in differing):
        return [(one.asn_id, Grade.EXPLAINABLE, _seconds(str(one.kind), [compared])) for one, compared in differing]
    return [(None, Grade.OK, _seconds("unit", [compared for _, compared in differing]))]


def _seconds(about: str, compared: Sequence[Compared]) -> dict[str, Any]:
    return {
        "about": about,
        "subjects": len(compared),
        "webhook_seconds": sum(one.webhook_seconds for one in compared),
        "report_seconds": sum(one.report_seconds for one in compared),
    }
