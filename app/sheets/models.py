"""Sheets that were issued: each is a fact with a number, a code and the very bytes that were handed out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Sheet(Base):
    """One sheet. What it was asked for never changes; number, time and digest come with its file."""

    __tablename__ = "sheet"
    __table_args__ = (
        CheckConstraint("(state = 'issued') = (number IS NOT NULL AND sha256 IS NOT NULL)", name="issued"),
        Index(None, "apel_id"),
        Index(None, "asked_by"),
        Index("uq_sheet_year_sequence", "year", "sequence", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    format: Mapped[str]
    state: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    """What the QR leads to; random, so that nobody finds sheets by counting."""
    apel_id: Mapped[UUID | None] = mapped_column(ForeignKey("apel.id"))
    opd_code: Mapped[str | None]
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"))
    from_date: Mapped[date | None]
    to_date: Mapped[date | None]
    asked: Mapped[dict[str, Any]]
    """Paper, separator and signatory, as they were asked for."""
    asked_by: Mapped[UUID]
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime]
    year: Mapped[int | None]
    sequence: Mapped[int | None]
    number: Mapped[str | None]
    revision: Mapped[int | None]
    """The apel's, of a sheet about one apel."""
    facts: Mapped[dict[str, Any]]
    """What its verification tells: `{title, day, standing, totals}`; no names."""
    subjects: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The people whom it names, for the record of who read it."""
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    issued_at: Mapped[datetime | None]


class SheetFile(Base):
    """The bytes; the application may add and read them, and never change or remove them."""

    __tablename__ = "sheet_file"

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("sheet.id"), primary_key=True)
    content: Mapped[bytes]


class SheetSeries(Base):
    """The last number of a year. Its row is locked until the sheet is kept, so that no number is ever missing."""

    __tablename__ = "sheet_series"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
