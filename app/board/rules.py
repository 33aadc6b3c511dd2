"""How a unit's standing becomes a light: calm before the deadline, red only from what was concluded."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.attendance.rules import FindingCode, Grade
from app.registry.rules import Connectivity


class Light(StrEnum):
    GREY = "grey"
    """Nothing due."""
    BLUE = "blue"
    """Room connected, report not yet there."""
    GREEN = "green"
    """Reported, and nothing speaks against it."""
    YELLOW = "yellow"
    """Somebody should look."""
    RED = "red"
    """A concluded problem."""


class ReasonCode(StrEnum):
    NOT_REPORTED = "not-reported"
    NOT_REPORTED_BLANK_SPOT = "not-reported-blank-spot"
    PART_MISSING = "part-missing"
    RETURNED = "returned"
    IMPOSSIBLE = "finding-impossible"
    SUSPICIOUS = "finding-suspicious"
    EXPLAINABLE = "finding-explainable"


@dataclass(frozen=True)
class Standing:
    """What a light is decided from."""

    due: bool
    """Marks are given, and the policy asked people to come."""
    report_state: str
    connected: bool
    connectivity: str
    open_findings: Mapping[str, int]
    """Unresolved findings by grade; being late or missing is told by the report itself and not counted here."""


QUIET_FINDINGS = frozenset(
    {FindingCode.LATE, FindingCode.NOT_REPORTED, FindingCode.CONNECTED_NOT_REPORTED, FindingCode.REPORT_DIFFERS}
)
"""Findings that the report state tells already, and what lies between two tellings of Zoom and not with the unit."""


def judge(standing: Standing) -> tuple[Light, list[ReasonCode]]:
    """The light and all reasons for it, gravest first; yellow and red never come without one."""
    reasons = _reasons(standing)
    if any(reason in _RED for reason in reasons):
        return Light.RED, reasons
    if reasons:
        return Light.YELLOW, reasons
    if standing.report_state in _REPORTED:
        return Light.GREEN, []
    return (Light.BLUE if standing.connected else Light.GREY), []


_RED = frozenset({ReasonCode.NOT_REPORTED, ReasonCode.IMPOSSIBLE})
_REPORTED = frozenset({"submitted", "late", "verified"})


def _reasons(standing: Standing) -> list[ReasonCode]:
    found = []
    if standing.due and standing.report_state == "missing":
        blank = standing.connectivity != Connectivity.GOOD and not standing.connected
        found.append(ReasonCode.NOT_REPORTED_BLANK_SPOT if blank else ReasonCode.NOT_REPORTED)
    if standing.due and standing.open_findings.get(Grade.IMPOSSIBLE):
        found.append(ReasonCode.IMPOSSIBLE)
    if standing.report_state == "returned":
        found.append(ReasonCode.RETURNED)
    if standing.due and standing.report_state == "partial":
        found.append(ReasonCode.PART_MISSING)
    if standing.open_findings.get(Grade.SUSPICIOUS):
        found.append(ReasonCode.SUSPICIOUS)
    if standing.open_findings.get(Grade.EXPLAINABLE):
        found.append(ReasonCode.EXPLAINABLE)
    return found


def merge_singles(counts: Mapping[str, int]) -> dict[str, int]:
    """Codes for the wall: one person alone under a code is shown as `other`, so that no single illness is told."""
    shown: dict[str, int] = {}
    for code, number in sorted(counts.items()):
        name = code if number > 1 else "other"
        shown[name] = shown.get(name, 0) + number
    return shown
