"""The roll-call: what was planned, what happened, who was expected, who was called."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Apel(Base):
    """One roll-call as planned. Its state is never stored: it follows from occurrences, acts and time."""

    __tablename__ = "apel"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(None, "starts_at"),
        Index("ix_apel_zoom_meeting_ids", "zoom_meeting_ids", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    title: Mapped[str]
    on_date: Mapped[date]
    """The civil day of `starts_at` in the regency's zone."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    report_deadline: Mapped[datetime]
    zoom_meeting_ids: Mapped[list[str]]
    opd_codes: Mapped[list[str] | None]
    """Only these OPDs and those below them are called; null: all."""
    led_by: Mapped[str | None]
    rehearsal: Mapped[bool]
    roster_frozen_at: Mapped[datetime | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class FormerPlan(Base):
    """The times of an apel as they were planned until somebody changed them; those in force are the apel's own."""

    __tablename__ = "former_plan"
    __table_args__ = (Index(None, "apel_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    on_date: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    report_deadline: Mapped[datetime]
    until: Mapped[datetime]
    """When it was changed; who did it is in the audit record."""


class ApelAct(Base):
    """What a person did to an apel's state: open, close, finalize, reopen, cancel."""

    __tablename__ = "apel_act"
    __table_args__ = (Index(None, "apel_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    act: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    reason: Mapped[str | None]


class Occurrence(Base):
    """One run of a Zoom meeting, kept with or without an apel. Times only ever widen, in any order of arrival."""

    __tablename__ = "occurrence"
    __table_args__ = (Index(None, "meeting_id"),)

    uuid: Mapped[str] = mapped_column(primary_key=True)
    meeting_id: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seen_from: Mapped[datetime]
    """Earliest time that any event of this run names: stands in for a lost `meeting.started`."""
    seen_to: Mapped[datetime]
    host_id: Mapped[str | None]
    """The provider's account of the host."""


class RosterEntry(Base):
    """Who was expected, frozen when the apel opened."""

    __tablename__ = "roster_entry"
    __table_args__ = (Index(None, "apel_id", "unit_code"), Index(None, "asn_id"))

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    opd_code: Mapped[str]
    """Where the person serves."""
    reporter_code: Mapped[str]
    """Whose claim covers the person: the reporting unit or one of its parts."""
    unit_code: Mapped[str]
    """The reporting unit: the person's row on the board."""
    nip: Mapped[str]
    name: Mapped[str]
    folded_name: Mapped[str]
    employment_type: Mapped[str]
    position: Mapped[str]
    work_pattern: Mapped[str]
    required: Mapped[bool]
    """Duty-bound at this apel; false: not required (no apel duty in the register)."""
    join_name: Mapped[str]
    email: Mapped[str | None]


class RosterHead(Base):
    """Who headed which reporting unit, frozen with the roster."""

    __tablename__ = "roster_head"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    opd_code: Mapped[str] = mapped_column(primary_key=True)
    asn_id: Mapped[UUID]
    name: Mapped[str]
    title: Mapped[str]


class RosterUnit(Base):
    """The reporting units and parts of an apel, frozen with the roster."""

    __tablename__ = "roster_unit"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    opd_code: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str]
    """The reporting unit that this one's claim sums into; itself for a reporting unit."""
    name: Mapped[str]
    short_name: Mapped[str]
    type: Mapped[str]
    protocol_order: Mapped[int]
    connectivity: Mapped[str]
    contact: Mapped[str | None]
    zoom_email: Mapped[str | None]
    strength: Mapped[int]
    """Required people whose claim this one sends."""


class TurnAct(Base):
    """What happened when an OPD was called: call, answer, no-answer, recall."""

    __tablename__ = "turn_act"
    __table_args__ = (Index(None, "apel_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    opd_code: Mapped[str]
    act: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    figures: Mapped[dict[str, Any] | None]
    """The spoken figures in the report's shape."""
    as_written: Mapped[bool] = mapped_column(server_default=text("false"))


class Reliance(Base):
    """Something final rests on this apel: while it does, the apel is not reopened; single marks can be corrected."""

    __tablename__ = "apel_reliance"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
