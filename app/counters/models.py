"""What counters promise, what queue machines told, and each ticket as far as it is known."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class CounterPromise(Base):
    """A service and what it promises from a civil day on, until the next; a correction of the same day is a version."""

    __tablename__ = "counter_promise"
    __table_args__ = (
        UniqueConstraint("opd_code", "service_code", "version"),
        CheckConstraint("finish_minutes IS NULL OR finish_working_days IS NULL", name="one_finish"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    opd_code: Mapped[str] = mapped_column(ForeignKey("opd.code"))
    service_code: Mapped[str]
    version: Mapped[int]
    """1, 2, … of the service: of two that begin on one day the later one counts."""
    from_date: Mapped[date]
    name: Mapped[str]
    wait_minutes: Mapped[int | None]
    finish_minutes: Mapped[int | None]
    finish_working_days: Mapped[int | None]
    source: Mapped[str]
    by: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class CounterMessage(Base):
    """One message about a ticket that said something new; only ever added to."""

    __tablename__ = "counter_message"
    __table_args__ = (Index(None, "opd_code", "service_code", "day", "ticket"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    opd_code: Mapped[str]
    service_code: Mapped[str]
    day: Mapped[date]
    ticket: Mapped[str]
    arrived_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancelled: Mapped[bool | None]
    sent_by: Mapped[UUID]
    sent_at: Mapped[datetime]


class CounterTicket(Base):
    """What the messages about a ticket come to; derived from them at any time."""

    __tablename__ = "counter_ticket"
    __table_args__ = (Index(None, "day", "opd_code"),)

    opd_code: Mapped[str] = mapped_column(ForeignKey("opd.code"), primary_key=True)
    service_code: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """The civil day of the arrival."""
    ticket: Mapped[str] = mapped_column(primary_key=True)
    arrived_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancelled: Mapped[bool] = mapped_column(server_default=false())
    wait_seconds: Mapped[int | None]
    total_seconds: Mapped[int | None]
    finished_on: Mapped[date | None]
    """The civil day of the finish, which promises in working days are counted to."""
