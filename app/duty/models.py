"""Why somebody is elsewhere: leave, letters of assignment, WFA orders, shifts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Absence(Base):
    """From a day to a day, both inclusive; proposed by the OPD, confirmed by its head or the personnel office."""

    __tablename__ = "absence"
    __table_args__ = (
        Index(None, "asn_id"),
        Index(None, "from_date", "to_date"),
        CheckConstraint("from_date <= to_date", name="span"),
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
    version: Mapped[int] = mapped_column(server_default="1")
