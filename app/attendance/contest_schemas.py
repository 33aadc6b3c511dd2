"""Objections to marks and their corrections, as they are written and read."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.attendance.contest_rules import Answer, Bar, CorrectionState, ObjectionState
from app.attendance.rules import NR
from app.attendance.schemas import Basis, Uncorrected
from app.core.fields import Body, Day, Line, Prose, Read
from app.core.traces import EvidenceLink
from app.duty.rules import Code, Mode


class CorrectedStatus(StrEnum):
    """What a mark can be corrected to: every code of the form, and NR for somebody who owed no apel."""

    H = Code.H.value
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
    TK = Code.TK.value
    SF = Code.SF.value
    MPP = Code.MPP.value
    DPK = Code.DPK.value
    DPB = Code.DPB.value
    BS = Code.BS.value
    NR = "NR"


assert {status.value for status in CorrectedStatus} == {code.value for code in Code} | {NR}


class DocumentWrite(Body):
    """The letter, order or list that shows what is right."""

    number: Line
    date: Day


class ObjectionWrite(Body):
    reason: Prose
    status: CorrectedStatus | None = None
    """What you say is right, if you know its code."""
    document: DocumentWrite | None = None


class CorrectionWrite(Body):
    status: CorrectedStatus
    mode: Mode | None = None
    """Of H alone; left out, at the office."""
    reason: Prose
    document: DocumentWrite


class AnswerWrite(Body):
    """Accepted, it proposes a correction: status and document may be left out where the objection names them."""

    outcome: Answer
    note: Prose
    status: CorrectedStatus | None = None
    mode: Mode | None = None
    document: DocumentWrite | None = None


class WithdrawalWrite(Body):
    reason: Prose


class DocumentRead(Read):
    number: str
    date: date


class AnswerRead(Read):
    outcome: Answer
    note: str | None
    by: str
    at: datetime


class ObjectionRead(Read):
    """An objection of a person; what it says is null for those who may not know why somebody is on sick leave."""

    id: UUID
    mark_id: UUID
    apel_id: UUID
    asn_id: UUID
    name: str
    opd_code: str
    """The reporting unit."""
    state: ObjectionState
    against: Uncorrected
    """The mark as it stood."""
    reason: str | None
    status: str | None
    """What the person says is right."""
    document: DocumentRead | None
    at: datetime
    answer_by: date | None
    """The last day for an answer; null: no rule sets one."""
    overdue: bool
    answers: list[AnswerRead]
    """The latest first."""
    href: str
    """The mark with all that was said about it."""


class CorrectionRead(Read):
    """A correction; `state` waiting: it changes nothing until another person confirms it."""

    id: UUID
    mark_id: UUID
    apel_id: UUID
    asn_id: UUID
    name: str
    opd_code: str
    """The reporting unit."""
    state: CorrectionState
    objection_id: UUID | None
    was: Uncorrected
    """The mark that it was proposed against."""
    status: str
    mode: str | None
    reason: str | None
    document: DocumentRead | None
    by: str
    at: datetime
    closed_by: str | None
    closed_at: datetime | None
    closing_note: str | None
    href: str
    """The mark with all that was said about it."""


class ContestRead(Read):
    """Whether the mark can be contested, until when and how."""

    open: bool
    bar: Bar | None
    """Why not."""
    until: date | None
    """The last day; null: no end, since the apel is not final or no rule sets one."""
    days: int | None
    """Working days after the apel became final or the mark was moved."""
    policy: str
    rule: str = "mark_objections"
    source: str | None
    verified: bool | None
    code: str | None
    """`no-rule-set`: the policy sets no term, so that none ends."""
    href: str
    """Where the person sends the objection."""


class AbsenceRead(Read):
    """A confirmed reason to be elsewhere on that day."""

    id: UUID
    code: str
    from_date: date
    to_date: date
    letter_no: str | None


class MoveRead(Read):
    """A mark that became another after the apel was final, by a correction or by an absence decided late."""

    at: datetime
    was: Uncorrected | None
    became: Uncorrected | None


class MarkRead(Read):
    """A mark with its history: what counts, what the facts alone say, what was said against it and corrected."""

    mark_id: UUID
    apel_id: UUID
    date: date
    title: str
    final: bool
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str
    unit_code: str
    status: str | None
    mode: str | None
    pending: bool
    minutes: int
    reason: str
    concluded: Uncorrected | None
    """What the facts alone say, with or without a correction; null: nothing about this person."""
    correction_id: UUID | None
    """The correction that counts."""
    basis: Basis
    absences: list[AbsenceRead]
    findings: list[dict[str, Any]]
    """`{id, code, grade, href}` of what was found about the person; no correction removes any."""
    objections: list[ObjectionRead]
    corrections: list[CorrectionRead]
    moves: list[MoveRead]
    """What the mark was before, after the apel became final; the latest first."""
    contest: ContestRead
    evidence: list[EvidenceLink]
