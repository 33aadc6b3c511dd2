"""The OPD's claim: every version is kept, reviews are facts of their own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class ReportVersion(Base):
    """One version of one reporter's claim about one apel; the highest number is the current one."""

    __tablename__ = "report_version"
    __table_args__ = (
        UniqueConstraint("apel_id", "opd_code", "version"),
        CheckConstraint("strength = present_wfo + present_wfa + excused_total + unexplained", name="sum"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    opd_code: Mapped[str]
    version: Mapped[int]
    strength: Mapped[int]
    present_wfo: Mapped[int]
    present_wfa: Mapped[int]
    excused: Mapped[dict[str, Any]]
    """Code → number."""
    excused_total: Mapped[int]
    unexplained: Mapped[int]
    not_required: Mapped[dict[str, Any]]
    others: Mapped[int]
    """People in the room who are no ASN of the roster (THL and guests)."""
    entries_are: Mapped[str | None]
    """`all`, `exceptions` (the rest is H, wfo) or null: counts only."""
    claim_sha256: Mapped[str]
    """Digest of the canonical claim: the same claim again is no new version."""
    note: Mapped[str | None]
    reason: Mapped[str | None]
    """Why it was amended; null on version 1."""
    channel: Mapped[str]
    """`app`, or phone | wa | radio | paper when somebody typed it on behalf."""
    caller: Mapped[str | None]
    """Who phoned it in."""
    prepared_at: Mapped[datetime | None]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
    """When the service received it; lateness is judged by this alone."""


class ReportEntry(Base):
    """What a version claims about one person."""

    __tablename__ = "report_entry"
    __table_args__ = (Index(None, "asn_id"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_version.id"), primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    status: Mapped[str]
    mode: Mapped[str | None]
    note: Mapped[str | None]


class ReportReview(Base):
    """A verification or return of one version; an amendment starts without any."""

    __tablename__ = "report_review"
    __table_args__ = (Index(None, "version_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_version.id"))
    kind: Mapped[str]
    """`verified` or `returned`."""
    role: Mapped[str]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str | None]
