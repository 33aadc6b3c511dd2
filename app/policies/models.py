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
    state: Mapped[str]
    """`draft` or `active`."""
    title: Mapped[str]
    legal_basis: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
