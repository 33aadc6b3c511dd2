"""The days off, seeded from a library and corrected by the regency."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday, a cuti bersama, a Ramadan day, or a day declared working."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    estimated: Mapped[bool]
    """The date rests on a forecast of the moon, not on the joint decree (SKB)."""
    source: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
