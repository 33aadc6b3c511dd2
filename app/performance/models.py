"""Plans, achievements, verifications and evaluations, each only ever added to; and the plan in force, derived."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id
from app.performance.rules import State

Amount = Numeric(16, 4)


class PerformancePlan(Base):
    """One version of what a person agreed to reach in a year; the latest is in force."""

    __tablename__ = "performance_plan"
    __table_args__ = (UniqueConstraint("asn_id", "year", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    year: Mapped[int]
    version: Mapped[int]
    indicators: Mapped[list[dict[str, Any]]]
    reason: Mapped[str | None]
    by: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class PerformanceIndicator(Base):
    """An indicator of a plan in force; derived from the plan's latest version."""

    __tablename__ = "performance_indicator"
    __table_args__ = (Index(None, "asn_id", "year"), Index(None, "theme"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    year: Mapped[int]
    place: Mapped[int]
    rhk: Mapped[str]
    supports: Mapped[str | None]
    theme: Mapped[str | None]
    indicator: Mapped[str]
    aspect: Mapped[str]
    unit: Mapped[str]
    better: Mapped[str]
    weight: Mapped[int]


class PerformanceTarget(Base):
    """A target of a plan in force and what came of it so far: derived, made anew with whatever it rests on.

    It says nothing that depends on the day of reading: whether a target without achievement is due is asked of its
    last day.
    """

    __tablename__ = "performance_target"
    __table_args__ = (
        Index(None, "asn_id", "from_date"),
        Index(None, "from_date", "to_date"),
        CheckConstraint("(share IS NOT NULL) = (state = 'accepted')", name="share"),
    )

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("performance_indicator.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    from_date: Mapped[date]
    to_date: Mapped[date]
    target: Mapped[Decimal] = mapped_column(Amount)
    weight: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=State.OPEN)
    share: Mapped[int | None]
    """Millionths of what was agreed."""
    achievement_id: Mapped[UUID | None]
    """The latest version, which counts."""


class PerformanceAchievement(Base):
    """What somebody says was reached for an indicator in a period (realisasi); the latest version counts."""

    __tablename__ = "performance_achievement"
    __table_args__ = (UniqueConstraint("indicator_id", "period", "version"), Index(None, "asn_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    indicator_id: Mapped[UUID]
    """Named in a version of the person's plan."""
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    period: Mapped[str]
    version: Mapped[int]
    actual: Mapped[Decimal] = mapped_column(Amount)
    evidence: Mapped[str]
    """A link or reference (bukti dukung)."""
    note: Mapped[str | None]
    by: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class PerformanceVerification(Base):
    """A superior's word on one version of an achievement; the latest counts."""

    __tablename__ = "performance_verification"
    __table_args__ = (Index(None, "achievement_id", "seq"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    achievement_id: Mapped[UUID] = mapped_column(ForeignKey("performance_achievement.id"))
    outcome: Mapped[str]
    reason: Mapped[str | None]
    examiner: Mapped[str | None]
    """Who verified it in the system that a file comes from (pemeriksa)."""
    by: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class PerformanceEvaluation(Base):
    """A superior's evaluation of a month, quarter or year; the latest version counts."""

    __tablename__ = "performance_evaluation"
    __table_args__ = (UniqueConstraint("asn_id", "period", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    period: Mapped[str]
    version: Mapped[int]
    results: Mapped[str]
    behaviour: Mapped[str]
    note: Mapped[str | None]
    basis: Mapped[dict[str, Any]]
    """What the facts proposed at that moment, and by which policy: it stays though they change."""
    reason: Mapped[str | None]
    by: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
