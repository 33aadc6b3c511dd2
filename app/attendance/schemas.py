"""Attendance as it is read, and the resolution of a finding."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.attendance.rules import FindingCode, Grade
from app.core.fields import Body, Prose, Read
from app.core.paging import Page
from app.duty.rules import EXCUSED, Code
from app.evidence.schemas import DecisionRead, ParticipantRead


class Outcome(StrEnum):
    EXPLAINED = "explained"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class FindingState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class DecidedStatus(StrEnum):
    """What a disputed absence may turn out to be."""

    H = Code.H.value
    TK = Code.TK.value
    DL = Code.DL.value
    DD = Code.DD.value
    DK = Code.DK.value
    TB = Code.TB.value
    CT = Code.CT.value
    CB = Code.CB.value
    CS = Code.CS.value
    CM = Code.CM.value
    CP = Code.CP.value
    CLTN = Code.CLTN.value
    S = Code.S.value
    I = Code.I.value  # noqa: E741 — the form's own letter


assert {status.value for status in DecidedStatus} == {code.value for code in EXCUSED} | {"H", "TK"}


class ResolutionWrite(Body):
    outcome: Outcome
    status: DecidedStatus | None = None
    """For a disputed absence: the mark that counts."""
    note: Prose


class ResolutionRead(Read):
    outcome: Outcome
    status: str | None
    note: str | None
    """Null for those who may not know why somebody is on sick leave: a note about a person says as much as a code."""
    by: str
    at: datetime


class FindingRead(Read):
    id: UUID
    code: FindingCode
    grade: Grade
    opd_code: str
    asn_id: UUID | None
    facts: dict[str, Any]
    state: FindingState
    resolution: ResolutionRead | None
    """The latest; earlier ones stay on record. Null as well for machines and other OPDs."""
    version: int
    """How many decisions are on record, 0 while it is open; for `If-Match` when another one shall count."""
    text: str
    """One kind sentence for people, in the caller's language."""


class Uncorrected(Read):
    """A mark by what it says and which row of the conclusion table gave it."""

    status: str | None
    mode: str | None
    reason: str


class Basis(Read):
    """What a mark rests on."""

    claim: dict[str, Any] | None
    """`{version_id, version, opd_code, status?, mode?, named?}` of the report that covers the person; null: none."""
    evidence: dict[str, Any] | None
    """`{participant_id, seconds, network_gap, matched_by}` of the person's own device; null: not seen."""


class YearSoFar(Read):
    apel_tk: int
    """Apels of this year without explanation, this one included."""
    last: list[date]
    """The latest of these, at most three."""


class CountsRead(Read):
    strength: int
    present: dict[str, int]
    excused: dict[str, int]
    unexplained: int


class AttendanceItem(Read):
    """One person, or one OPD that gave counts only (`asn_id` null, `counts` set)."""

    mark_id: UUID | None
    opd_code: str
    asn_id: UUID | None
    name: str | None
    nip_masked: str | None
    status: str | None
    mode: str | None
    pending: bool
    minutes: Annotated[int, Field(ge=0)]
    """Full minutes connected inside the held window."""
    basis: Basis
    reason: str
    uncorrected: Uncorrected | None = None
    """Where a correction counts: what the facts alone say; `/v1/attendance/{mark_id}` tells all of it."""
    year: YearSoFar | None
    counts: CountsRead | None


class AssignedRead(Read):
    """What an assignment changed: the marks, and the participants that they rest on."""

    items: list[AttendanceItem]
    participants: list[ParticipantRead]


class UnassignedRead(AssignedRead):
    """What taking an assignment back changed, and whom it had named."""

    taken_back: list[DecisionRead]
    """What counts no longer; with `everywhere` it had been remembered, and is not any more."""


class PersonDay(Read):
    """One apel in a person's record."""

    mark_id: UUID
    apel_id: UUID
    date: date
    title: str
    status: str | None
    mode: str | None
    pending: bool
    minutes: int
    reason: str
    uncorrected: Uncorrected | None = None
    """Where a correction counts: what the facts alone say."""


class PersonAttendance(Page[PersonDay]):
    """A span's days at once: `next_cursor` is null."""

    asn_id: UUID
