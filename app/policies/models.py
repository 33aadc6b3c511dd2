"""Policies are versioned data with a legal basis; a new rule is a new version with a date."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Policy(Base):
    """One version of the rules; its document never changes once it is active."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    legal_basis: Mapped[str]
    effective_from: Mapped[date]
    """In force from this civil day until the next active version begins."""
    document: Mapped[dict[str, Any]]
    created_by: Mapped[UUID]
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]
    trial_by: Mapped[UUID | None]
    trial_by_name: Mapped[str | None]
    trial_at: Mapped[datetime | None]
    """From then on it computes beside the rules in force, and cuts nothing."""
    activated_by: Mapped[UUID | None]
    """Another person than the author; null: a draft or a trial."""
    activated_by_name: Mapped[str | None]
    activated_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        return f"{self.code}@{self.version}"
