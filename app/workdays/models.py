"""The daily attendance system's word, kept as delivered, and the ledgers that are derived from it."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class WorkdayImport(Base):
    """A file as it was read: a preview first, applied once, kept for the trail."""

    __tablename__ = "workday_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str]
    source: Mapped[str]
    """The system it comes from."""
    filename: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[list[dict[str, Any]]]
    summary: Mapped[dict[str, Any]]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    applied_by: Mapped[UUID | None]
    applied_at: Mapped[datetime | None]


class WorkdayRecord(Base):
    """What one file said of one person's day; only ever added to, the latest counts."""

    __tablename__ = "workday_record"
    __table_args__ = (Index(None, "asn_id", "day", "seq"), Index(None, "day"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """The order in which files were applied."""
    import_id: Mapped[UUID] = mapped_column(ForeignKey("workday_import.id"))
    line: Mapped[int]
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    day: Mapped[date]
    clock_in: Mapped[time | None]
    clock_out: Mapped[time | None]
    status: Mapped[str | None]
    """As delivered."""
    code: Mapped[str | None]
    """What we take it for; null where nothing was said or nothing clear."""
    day_over: Mapped[bool]


class WorkdayLedger(Base):
    """A person's year as it was last computed, for lists; the facts below decide."""

    __tablename__ = "workday_ledger"
    __table_args__ = (Index(None, "year", "tier_code"), Index(None, "year", "alert"))

    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    total_days: Mapped[int]
    tier_code: Mapped[str | None]
    streak_tier_code: Mapped[str | None]
    streak_length: Mapped[int]
    """Of the streak that runs; 0: none does."""
    alert: Mapped[int | None]
    """The highest length of the policy that it has reached."""
    facts: Mapped[dict[str, Any]]
    policy: Mapped[str]
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    computed_at: Mapped[datetime]
