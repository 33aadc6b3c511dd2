"""The conclusion: replaced by stable keys whenever a fact changes; resolutions are facts and stay."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Conclusion(Base):
    """How far an apel has been concluded; `revision` rises with every change and is the board's ETag."""

    __tablename__ = "conclusion"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    revision: Mapped[int]
    phase: Mapped[str]
    """What the timeline alone decided when this was concluded: the state, a fingerprint of the held window and of the
    meeting's runs, and ` due` once marks are given. With another phase every unit is stale."""
    gap: Mapped[bool] = mapped_column(server_default=false())
    """The evidence had a gap when this was concluded; when that changes, every unit is stale."""
    no_apel: Mapped[str | None]
    """Why the policy asked nobody to come: all marks are NR, and nothing is scored."""
    changed_at: Mapped[datetime]

    @property
    def base(self) -> dict[str, Any]:
        """What held for all units alike; with another base every one is concluded anew."""
        return {"phase": self.phase, "gap": self.gap, "no_apel": self.no_apel}


class Settlement(Base):
    """The terms under which an apel became final: a fact, since what is learned later changes none of them."""

    __tablename__ = "settlement"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    final_at: Mapped[datetime]
    """Which time it became final; after a reopening it is settled anew."""
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    held_seconds: Mapped[int]
    gap: Mapped[bool]
    gap_known: Mapped[bool]
    no_apel: Mapped[str | None]


class Tally(Base):
    """The concluded figures of one reporting unit, its parts summed in."""

    __tablename__ = "tally"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    opd_code: Mapped[str] = mapped_column(primary_key=True)
    strength: Mapped[int]
    """Duty-bound people: as reported, else by the roster."""
    present_wfo: Mapped[int]
    present_wfa: Mapped[int]
    excused: Mapped[dict[str, Any]]
    unexplained: Mapped[int]
    not_required: Mapped[dict[str, Any]]
    not_reported: Mapped[int]
    """Duty-bound people about whom nothing was reported and nothing seen (BL, belum lapor)."""
    disputed: Mapped[int]
    pending: Mapped[bool]
    """Window or deadline has not passed: nobody is marked yet."""
    report_state: Mapped[str]
    """missing | partial (a part is missing) | submitted | late | returned | verified."""
    reported_at: Mapped[datetime | None]
    """When the first version of the last needed claim came in."""
    late_minutes: Mapped[int | None]
    """Full minutes between the deadline and the first version of the last claim; null: in time or missing."""
    versions: Mapped[list[dict[str, Any]]]
    """The claims that it rests on: `{id, opd_code, version, channel}`."""
    counts_only: Mapped[bool]
    room_seconds: Mapped[int]
    connection: Mapped[dict[str, Any]]
    """`{state: never | connected | left, since, gaps}` of the unit's rooms."""
    revision: Mapped[int]


class Mark(Base):
    """What counted for one person at one apel, and why."""

    __tablename__ = "mark"
    __table_args__ = (Index(None, "apel_id", "unit_code"), Index(None, "asn_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str]
    unit_code: Mapped[str]
    status: Mapped[str | None]
    """A code of duty.rules, BL, NR, or null while pending or disputed."""
    mode: Mapped[str | None]
    pending: Mapped[bool]
    seconds: Mapped[int]
    claim: Mapped[dict[str, Any] | None]
    """`{version_id, status, mode, named}`; `named` false: one of the rest."""
    evidence: Mapped[dict[str, Any] | None]
    """`{participant_id, seconds, network_gap}` of the person's own device."""
    reason: Mapped[str]
    """Machine code of the row of the conclusion table that applied."""
    correction_id: Mapped[UUID | None]
    """The confirmed correction that counts."""
    uncorrected: Mapped[dict[str, Any] | None]
    """`{status, mode, reason}` that the facts alone say where a correction counts instead; null: nothing."""
    revision: Mapped[int]


class MarkMove(Base):
    """A mark of a final apel that became another, by a correction or an absence decided late; kept for good."""

    __tablename__ = "mark_move"
    __table_args__ = (Index(None, "mark_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    mark_id: Mapped[UUID]
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    was: Mapped[dict[str, Any]]
    """`{status, mode, reason}`."""
    became: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Finding(Base):
    """Something that a person should look at; never a sanction by itself."""

    __tablename__ = "finding"
    __table_args__ = (Index(None, "apel_id", "opd_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    code: Mapped[str]
    grade: Mapped[str]
    opd_code: Mapped[str]
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    facts: Mapped[dict[str, Any]]
    revision: Mapped[int]


class FindingResolution(Base):
    """What a person decided about a finding; the latest counts, all stay."""

    __tablename__ = "finding_resolution"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    finding_id: Mapped[UUID]
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    asn_id: Mapped[UUID | None]
    outcome: Mapped[str]
    """explained | confirmed | dismissed."""
    status: Mapped[str | None]
    """For a disputed person: the mark that was decided."""
    note: Mapped[str]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class MarkObjection(Base):
    """What a person says against the own mark."""

    __tablename__ = "mark_objection"
    __table_args__ = (Index(None, "mark_id"), Index(None, "asn_id"), Index(None, "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mark_id: Mapped[UUID]
    """A mark keeps its id however often it is concluded; its row comes and goes."""
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    unit_code: Mapped[str]
    against: Mapped[dict[str, Any]]
    """`{status, mode, reason}` of the mark as it stood."""
    reason: Mapped[str]
    wanted: Mapped[str | None]
    """The status that the person says is right."""
    document_no: Mapped[str | None]
    document_date: Mapped[date | None]
    answer_by: Mapped[date | None]
    """The last day for an answer, as the rules of that day had it; null: they set none."""
    by_id: Mapped[UUID]
    at: Mapped[datetime]


class ObjectionAnswer(Base):
    """What the personnel office answered; the latest counts, all stay."""

    __tablename__ = "objection_answer"
    __table_args__ = (Index(None, "objection_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    objection_id: Mapped[UUID] = mapped_column(ForeignKey("mark_objection.id"))
    outcome: Mapped[str]
    """accepted | rejected."""
    note: Mapped[str]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class MarkCorrection(Base):
    """A mark that the personnel office proposes in place of the concluded one; it counts once another confirmed it."""

    __tablename__ = "mark_correction"
    __table_args__ = (Index(None, "mark_id"), Index(None, "apel_id"), Index(None, "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mark_id: Mapped[UUID]
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    unit_code: Mapped[str]
    objection_id: Mapped[UUID | None] = mapped_column(ForeignKey("mark_objection.id"))
    """The accepted objection that it follows from."""
    was: Mapped[dict[str, Any]]
    """`{status, mode, reason}` of the mark that it was proposed against; no other one is corrected by it."""
    status: Mapped[str]
    mode: Mapped[str | None]
    reason: Mapped[str]
    document_no: Mapped[str]
    document_date: Mapped[date]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    by_asn_id: Mapped[UUID | None]
    """Whose account it was: the same person with another account is no second one."""
    at: Mapped[datetime]


class CorrectionClosing(Base):
    """How a correction ended: another person confirmed it, or it was withdrawn. There is one, and it stays."""

    __tablename__ = "correction_closing"

    correction_id: Mapped[UUID] = mapped_column(ForeignKey("mark_correction.id"), primary_key=True)
    outcome: Mapped[str]
    """confirmed | withdrawn."""
    note: Mapped[str | None]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
