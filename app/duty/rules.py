"""Codes of attendance as the region's forms use them, and what each of them means for the roll-call."""

from dataclasses import dataclass
from enum import StrEnum


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
ABSENCE_CODES = frozenset(code.value for code in EXCUSED | NOT_REQUIRED) | {WFA}
EXCUSED_MASK = "excused"


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


def is_hidden(code: str, *, knows_health: bool) -> bool:
    """Whether a code must be shown as EXCUSED_MASK."""
    return code in HEALTH and not knows_health
