"""Orders of flexible work (PermenPANRB 4/2025), who is under them, and what ended them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class FlexOrder(Base):
    """A letter or decision of the PPK; its text may change until it is confirmed, facts are added to it for ever."""

    __tablename__ = "flex_order"
    __table_args__ = (CheckConstraint("from_date <= to_date", name="span"), Index(None, "from_date", "to_date"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]
    on_date: Mapped[date]
    signatory: Mapped[str]
    from_date: Mapped[date]
    to_date: Mapped[date]
    mode: Mapped[str]
    place_kind: Mapped[str]
    place_name: Mapped[str]
    place_note: Mapped[str | None]
    weekdays: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    """ISO numbers of the days of the week that it holds; null: every day."""
    target: Mapped[str]
    legal_basis: Mapped[str]
    evaluation_on: Mapped[date | None]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class FlexMember(Base):
    """A person written on an order; insert-only."""

    __tablename__ = "flex_member"
    __table_args__ = (Index(None, "order_id"), Index(None, "asn_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("flex_order.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    from_date: Mapped[date | None]
    """Null: from the order's first day."""
    to_date: Mapped[date | None]
    """Null: to the order's last day."""
    place_name: Mapped[str | None]
    """Where this person is sent; null: to the order's place."""
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]


class FlexEnd(Base):
    """From this day on the order no longer holds, for one member or for everybody; insert-only, the earliest counts."""

    __tablename__ = "flex_end"
    __table_args__ = (Index(None, "order_id", "member_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("flex_order.id"))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("flex_member.id"))
    """Null: the whole order is revoked."""
    from_date: Mapped[date]
    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class FlexEvaluation(Base):
    """What came of an order, as a person found it; insert-only, the last word counts and changes nothing by itself."""

    __tablename__ = "flex_evaluation"
    __table_args__ = (Index(None, "order_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("flex_order.id"))
    outcome: Mapped[str]
    note: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]
