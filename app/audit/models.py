"""The append-only record: the application's role may insert and select here, nothing else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class AuditEntry(Base):
    """Who read or changed whose data; subjects are keyed hashes of their NIP."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at"), Index("ix_audit_entry_subjects", "subjects", postgresql_using="gin"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    principal_id: Mapped[UUID]
    principal_name: Mapped[str]
    action: Mapped[str]
    """What was done, as `room.verb` (`reports.submit`, `attendance.read`)."""
    target: Mapped[str | None]
    """What it was done to: an id or OPD code, never a NIP."""
    subjects: Mapped[list[str]]
    detail: Mapped[dict[str, Any]]
