"""From what was concluded about a unit to its points, line by line: pure.

A policy says how many points each line gives and what takes them away; nothing here knows a number of its own but the
hundred that a score is scaled to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.attendance.rules import FindingCode
from app.core.rates import Percent, duty_rate, rate
from app.policies.rules import Rules, Sourced

HUNDRED = Decimal(100)
_HUNDREDTH = Decimal("0.01")


class Rule(StrEnum):
    """The lines of a score."""

    DUTY_RATE = "duty_rate"
    TIMELINESS = "timeliness"
    ACCURACY = "accuracy"


class Reason(StrEnum):
    """Why a line gave what it gave."""

    COUNTED = "counted"
    NOT_REPORTED = "not-reported"
    NOBODY_EXPECTED = "nobody-expected"
    """At rest: nobody was duty-bound and free to come, so there is nothing to judge."""
    IN_TIME = "in-time"
    LATE = "late"
    LATE_EXPLAINED = "late-explained"
    PART_MISSING = "part-missing"
    CLEAN = "clean"
    FINDINGS = "findings"
    EVIDENCE_GAP = "evidence-gap"
    """At rest: part of the meeting was not watched, so that what was not seen says nothing."""


class EvidenceKind(StrEnum):
    REPORT_VERSION = "report_version"
    PRESENCE = "presence"
    MARK = "mark"
    FINDING = "finding"


@dataclass(frozen=True, order=True)
class Evidence:
    """A fact that a line rests on; `of` is the OPD under which it is found."""

    kind: EvidenceKind
    id: UUID
    of: str


@dataclass(frozen=True)
class Found:
    """A finding about a unit or one of its people; `open` until a person explained or dismissed it."""

    id: UUID
    code: str
    grade: str
    open: bool = True


@dataclass(frozen=True)
class Figures:
    """Who counted as what; `strength` are the duty-bound."""

    present: int
    strength: int
    excused: Mapping[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> Percent:
        return rate(self.present, self.strength)

    @property
    def duty_rate(self) -> Percent:
        return duty_rate(self.present, self.strength, self.excused)

    def __add__(self, other: "Figures") -> "Figures":
        codes = sorted({*self.excused, *other.excused})
        excused = {code: self.excused.get(code, 0) + other.excused.get(code, 0) for code in codes}
        return Figures(self.present + other.present, self.strength + other.strength, excused)


@dataclass(frozen=True)
class Unit:
    """What was concluded about one reporting unit at one apel."""

    opd_code: str
    figures: Figures
    unexplained: int = 0
    not_reported: int = 0
    disputed: int = 0
    reported: bool = True
    """At least one of its claims came in."""
    claims_needed: int = 1
    claims_missing: int = 0
    late_minutes: int | None = None
    findings: tuple[Found, ...] = ()
    versions: tuple[Evidence, ...] = ()
    marks: tuple[Evidence, ...] = ()
    """Of those who count as unexplained."""
    rooms: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Line:
    """One rule applied; `points` None: at rest, the other lines count for the whole."""

    rule: Rule
    most: int
    points: Decimal | None
    reason: Reason
    facts: Mapping[str, Any]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class UnitScore:
    """`points` of 100; None while pending, and where every line is at rest."""

    opd_code: str
    points: Decimal | None
    band: str
    lines: tuple[Line, ...]


def half_up(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)


def score_unit(unit: Unit, policy: Rules, *, due: bool, gap: bool) -> UnitScore:
    """The points of a unit, with the lines that make them; nothing is judged before the apel is due."""
    band = band_of(unit.figures.strength, policy)
    if not due:
        return UnitScore(unit.opd_code, None, band, ())
    lines = (
        _judge_duty_rate(unit, policy),
        _judge_timeliness(unit, policy),
        _judge_accuracy(unit, policy, gap=gap),
    )
    return UnitScore(unit.opd_code, total(lines), band, lines)


def total(lines: Sequence[Line]) -> Decimal | None:
    """The lines that are not at rest, scaled to a hundred."""
    given = [(line.points, line.most) for line in lines if line.points is not None]
    most = sum(most for _, most in given)
    return half_up(sum((points for points, _ in given), Decimal(0)) * HUNDRED / most) if most else None


def _line(
    rule: Rule,
    sourced: Sourced,
    points: Decimal | None,
    reason: Reason,
    evidence: Sequence[Evidence],
    **facts: Any,
) -> Line:
    basis = {"most": sourced.points, "base": sourced.base, "source": sourced.source, "verified": sourced.verified}
    rounded = None if points is None else half_up(points)
    return Line(rule, sourced.points, rounded, reason, facts | basis, tuple(sorted(evidence)))


def _nobody_bound(unit: Unit) -> bool:
    return unit.figures.strength == 0 and not unit.reported


def _judge_duty_rate(unit: Unit, policy: Rules) -> Line:
    """Points in the share of those present among the duty-bound who had no accepted reason to be elsewhere."""
    share = unit.figures.duty_rate
    disputes = [found for found in unit.findings if found.code == FindingCode.UNEXPLAINED_BUT_CONNECTED]
    evidence = [*unit.versions, *unit.marks, *_as_evidence(unit, disputes)]
    facts = {
        "present": share.numerator,
        "expected": share.denominator,
        "strength": unit.figures.strength,
        "excused": sum(unit.figures.excused.values()),
        "unexplained": unit.unexplained,
        "not_reported": unit.not_reported,
        "disputed": unit.disputed,
    }
    most = policy.duty_rate
    if share.denominator <= 0:
        return _line(Rule.DUTY_RATE, most, None, Reason.NOBODY_EXPECTED, evidence, **facts)
    if not unit.reported:
        return _line(Rule.DUTY_RATE, most, Decimal(0), Reason.NOT_REPORTED, evidence, **facts)
    points = Decimal(most.points) * share.numerator / share.denominator
    return _line(Rule.DUTY_RATE, most, points, Reason.COUNTED, evidence, **facts)


def _judge_timeliness(unit: Unit, policy: Rules) -> Line:
    """Full points in time; minutes late take some, and each missing part its share; nothing reported, nothing given."""
    most, late = policy.timeliness, unit.late_minutes
    excused = any(found.code == FindingCode.LATE and not found.open for found in unit.findings)
    facts = {
        "late_minutes": late,
        "minutes_per_point": policy.minutes_per_point,
        "claims_needed": unit.claims_needed,
        "claims_missing": unit.claims_missing,
    }
    evidence = [*unit.versions, *_as_evidence(unit, [f for f in unit.findings if f.code == FindingCode.LATE])]
    if _nobody_bound(unit):
        return _line(Rule.TIMELINESS, most, None, Reason.NOBODY_EXPECTED, evidence, **facts)
    if not unit.reported:
        return _line(Rule.TIMELINESS, most, Decimal(0), Reason.NOT_REPORTED, evidence, **facts)
    lost = 0 if late is None or excused else late // policy.minutes_per_point
    came = Decimal(unit.claims_needed - unit.claims_missing) / unit.claims_needed
    points = Decimal(most.points - min(lost, most.points)) * came
    return _line(Rule.TIMELINESS, most, points, _timing(unit, excused=excused), evidence, **facts)


def _timing(unit: Unit, *, excused: bool) -> Reason:
    if unit.claims_missing:
        return Reason.PART_MISSING
    if unit.late_minutes is None:
        return Reason.IN_TIME
    return Reason.LATE_EXPLAINED if excused else Reason.LATE


def _judge_accuracy(unit: Unit, policy: Rules, *, gap: bool) -> Line:
    """Full points, less what each open finding about the unit's claim takes; at rest while evidence has a gap."""
    most = policy.accuracy
    concerned = [found for found in unit.findings if found.code in policy.accuracy_concerns]
    costs: dict[str, int] = {}
    for found in concerned:
        if found.open:
            costs[found.code] = costs.get(found.code, 0) + policy.accuracy_cost.get(found.grade, 0)
    facts = {
        "costs": {code: costs[code] for code in sorted(costs)},
        "open": sum(found.open for found in concerned),
        "settled": sum(not found.open for found in concerned),
    }
    evidence = [*unit.versions, *unit.rooms, *_as_evidence(unit, concerned)]
    if gap:
        return _line(Rule.ACCURACY, most, None, Reason.EVIDENCE_GAP, evidence, **facts)
    if _nobody_bound(unit):
        return _line(Rule.ACCURACY, most, None, Reason.NOBODY_EXPECTED, evidence, **facts)
    if not unit.reported:
        return _line(Rule.ACCURACY, most, Decimal(0), Reason.NOT_REPORTED, evidence, **facts)
    left = most.points - min(sum(costs.values()), most.points)
    reason = Reason.FINDINGS if facts["open"] else Reason.CLEAN
    return _line(Rule.ACCURACY, most, Decimal(left), reason, evidence, **facts)


def _as_evidence(unit: Unit, findings: Sequence[Found]) -> list[Evidence]:
    return [Evidence(EvidenceKind.FINDING, found.id, unit.opd_code) for found in findings]


def band_of(strength: int, policy: Rules) -> str:
    """The size class of so many duty-bound people."""
    return next(band.code for band in policy.bands if band.at_most is None or strength <= band.at_most)
