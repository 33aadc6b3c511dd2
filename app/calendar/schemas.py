"""What the calendar takes and gives."""

from datetime import date, time

from pydantic import Field

from app.calendar.rules import DayKind
from app.core.fields import Body, Line, Read


class CalendarDayWrite(Body):
    kind: DayKind
    """`working` takes a mark back: the weekday decides again."""
    name: Line = Field(examples=["Cuti Bersama Hari Raya Idul Fitri"])
    source: Line | None = Field(default=None, examples=["SKB 3 Menteri Nomor 1497 Tahun 2025"])
    """The decree or letter that says so."""


class CalendarDayRead(Read):
    day: date = Field(serialization_alias="date")
    kind: DayKind
    name: str
    estimated: bool
    """The date is a forecast; the joint decree (SKB) has not fixed it."""
    source: str
    version: int


class HoursRead(Read):
    """Working hours of government offices, in minutes without breaks."""

    legal_basis: str
    verified: bool
    """False until an official has compared the figures with the regulation's own text."""
    from_date: date
    week_minutes: int
    ramadan_week_minutes: int
    starts: time
    ramadan_starts: time
    break_minutes: int
    friday_break_minutes: int
    ramadan_break_minutes: int
    ramadan_friday_break_minutes: int
    break_source: str
    """Who says where the break lies: the regulation sets its length alone."""
    break_verified: bool
    break_starts: time
    friday_break_starts: time
    ramadan_break_starts: time
    ramadan_friday_break_starts: time
