"""The days off, seeded from a library and corrected by the regency."""

from datetime import date

from sqlalchemy import false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday, a cuti bersama, a Ramadan day, or a mark taken back (working)."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    estimated: Mapped[bool]
    """The date rests on a forecast of the moon, not on the joint decree (SKB)."""
    source: Mapped[str]
    corrected: Mapped[bool] = mapped_column(server_default=false())
    """Set by the regency: seeding the year again leaves it alone."""
    version: Mapped[int] = mapped_column(server_default="1")


class CalendarYear(Base):
    """A year that was seeded, and with which edition of what is known of it."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    edition: Mapped[str]
