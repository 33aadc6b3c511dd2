"""Why somebody is elsewhere: leave, letters of assignment, WFA orders, shifts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Absence(Base):
    """From a day to a day, both inclusive; proposed by the OPD, confirmed by its head or the personnel office.

    On one day a person has one confirmed reason to be elsewhere.
    """

    __tablename__ = "absence"
    __table_args__ = (
        Index(None, "asn_id"),
        Index(None, "from_date", "to_date"),
        Index(None, "order_id", postgresql_where=text("order_id IS NOT NULL")),
        CheckConstraint("from_date <= to_date", name="span"),
        ExcludeConstraint(
            ("asn_id", "="),
            (text("daterange(from_date, to_date, '[]')"), "&&"),
            name="absence_overlap",
            using="gist",
            where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    code: Mapped[str]
    from_date: Mapped[date]
    to_date: Mapped[date]
    letter_no: Mapped[str | None]
    letter_date: Mapped[date | None]
    state: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    order_id: Mapped[UUID | None]
    """The order of flexible work that made it; null where somebody wrote it by hand or sent it in a file."""
    version: Mapped[int] = mapped_column(server_default="1")


class Shift(Base):
    """Hours that somebody serves apart from the office's; a withdrawn one stays on record and counts for nothing."""

    __tablename__ = "shift"
    __table_args__ = (
        Index(None, "asn_id"),
        CheckConstraint("starts_at < ends_at", name="span"),
        ExcludeConstraint(
            ("asn_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="shift_overlap",
            using="gist",
            where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    registered_by: Mapped[UUID]
    registered_by_name: Mapped[str]
    registered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_name: Mapped[str | None]
    withdrawn_reason: Mapped[str | None]
