"""Phones laid into the basket at an apel: who, which slot, when; never what is on them or what they are called."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class DepositAct(Base):
    """A phone was laid into a slot, or the slot was emptied; what holds now is folded from these."""

    __tablename__ = "deposit_act"
    __table_args__ = (
        UniqueConstraint("apel_id", "slot", "move", "asn_id", "at", postgresql_nulls_not_distinct=True),
        CheckConstraint("(move = 'in') = (asn_id IS NOT NULL)", name="whose"),
        Index(None, "asn_id", "apel_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    slot: Mapped[str]
    move: Mapped[str]
    """in | out."""
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    noted_at: Mapped[datetime]


class DepositExemption(Base):
    """Why somebody keeps the phone at an apel; the latest counts, all stay."""

    __tablename__ = "deposit_exemption"
    __table_args__ = (Index(None, "asn_id", "apel_id"), Index(None, "apel_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    reason: Mapped[str]
    note: Mapped[str | None]
    by_id: Mapped[UUID]
    at: Mapped[datetime]


class DepositLoss(Base):
    """A phone was not in the slot into which it had been laid."""

    __tablename__ = "deposit_loss"
    __table_args__ = (Index(None, "apel_id"), Index(None, "asn_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    slot: Mapped[str]
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    note: Mapped[str]
    by_id: Mapped[UUID]
    at: Mapped[datetime]


class DepositLossClosing(Base):
    """How a loss ended: found, or settled with its owner. There is one, and it stays."""

    __tablename__ = "deposit_loss_closing"

    loss_id: Mapped[UUID] = mapped_column(ForeignKey("deposit_loss.id"), primary_key=True)
    outcome: Mapped[str]
    """found | settled."""
    note: Mapped[str | None]
    by_id: Mapped[UUID]
    at: Mapped[datetime]
