"""Broadcasts in working hours as they were reported, what was done about them, what permits them; and our own.

A report is a claim about a person: whether it holds is computed from the hours, absences, permits and rules of its day
whenever it is read, and never stored. Nothing here was fetched from anybody's account.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class LivestreamIncident(Base):
    """A broadcast that somebody reported; its id follows from person, address and beginning, so it is kept once."""

    __tablename__ = "livestream_incident"
    __table_args__ = (
        CheckConstraint("started_at < ended_at", name="span"),
        Index(None, "asn_id"),
        Index(None, "opd_code"),
        Index(None, "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str]
    """Where the person served on that day."""
    platform: Mapped[str]
    url: Mapped[str]
    """As text; nothing ever fetches it."""
    account: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    live: Mapped[bool]
    """False: posted after the event."""
    reported_at: Mapped[datetime]
    phase: Mapped[str]
    """Where its steps have brought it."""


class LivestreamStep(Base):
    """Something that was done about a report, as somebody told it; added, never changed."""

    __tablename__ = "livestream_step"
    __table_args__ = (UniqueConstraint("incident_id", "number"), Index(None, "by_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("livestream_incident.id"))
    number: Mapped[int]
    """1, 2, … within the incident: the order in which they count."""
    kind: Mapped[str]
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]


class LivestreamPermit(Base):
    """A broadcast that is allowed beforehand; what it does not name it does not bound."""

    __tablename__ = "livestream_permit"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(None, "starts_at"),
        Index(
            "uq_livestream_permit_content",
            "content",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    content: Mapped[UUID]
    """Follows from all that it says: the same is registered once, and anew after it was withdrawn."""
    kind: Mapped[str]
    letter_no: Mapped[str]
    letter_date: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opd_code: Mapped[str | None] = mapped_column(ForeignKey("opd.code"))
    asn_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    platform: Mapped[str | None]
    account: Mapped[str | None]
    proposed_at: Mapped[datetime]
    proposed_by_name: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_name: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_name: Mapped[str | None]
    withdrawn_reason: Mapped[str | None]


class StreamSighting(Base):
    """That the provider said of a run of a meeting that it began or ceased to be broadcast; its key is never kept."""

    __tablename__ = "stream_sighting"

    run_uuid: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """started | stopped"""
    at: Mapped[datetime] = mapped_column(primary_key=True)
    service: Mapped[str]
    page_url: Mapped[str | None]


class StreamSettlement(Base):
    """A person's word on a broadcast of an apel; the latest counts."""

    __tablename__ = "stream_settlement"
    __table_args__ = (Index(None, "note_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    note_id: Mapped[UUID]
    outcome: Mapped[str]
    """official | unauthorised"""
    note: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
