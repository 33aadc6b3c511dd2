"""Scores are derived, and carry the revision and the policy that they rest on."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ScoreRun(Base):
    """That an apel was scored, on which revision and policy."""

    __tablename__ = "score_run"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    revision: Mapped[int]
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    computed_at: Mapped[datetime]


class Score(Base):
    """One reporting unit's points at one apel, line by line."""

    __tablename__ = "score"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    opd_code: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[Decimal | None] = mapped_column(Numeric(7, 2))
    """Null: pending, or nothing to score."""
    pending: Mapped[bool]
    band: Mapped[str]
    present: Mapped[int]
    strength: Mapped[int]
    excused: Mapped[dict[str, Any]]
    lines: Mapped[list[dict[str, Any]]]
