"""OPD and ASN, with dates: the roster of any day can be asked."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.fields import OPD_CODE
from app.core.ids import new_id


class Opd(Base):
    """An agency; its code is its name for ever, a new code is a new OPD."""

    __tablename__ = "opd"
    __table_args__ = (CheckConstraint(f"code ~ '{OPD_CODE}'", name="code"), Index(None, "parent_code"))

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str]
    type: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("opd.code", deferrable=True, initially="DEFERRED"))
    protocol_order: Mapped[int]
    reports: Mapped[str]
    zoom_email: Mapped[str | None]
    contact: Mapped[str | None]
    connectivity: Mapped[str] = mapped_column(server_default="good")
    from_date: Mapped[date]
    to_date: Mapped[date | None]
    """Last civil day on which the OPD exists; null: open."""
    version: Mapped[int] = mapped_column(server_default="1")


class Asn(Base):
    """A civil servant; where and as what is dated in `Assignment`."""

    __tablename__ = "asn"
    __table_args__ = (CheckConstraint(r"nip ~ '^\d{18}$'", name="nip"), Index(None, "folded_name"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    nip: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    folded_name: Mapped[str]
    employment_type: Mapped[str]
    email: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")


class Assignment(Base):
    """Where a person served from a day to a day (both inclusive); two never overlap."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(None, "opd_code"),
        ExcludeConstraint(
            ("asn_id", "="),
            (text("daterange(from_date, to_date, '[]')"), "&&"),
            name="assignment_overlap",
            using="gist",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str] = mapped_column(ForeignKey("opd.code"))
    position: Mapped[str]
    level: Mapped[str | None]
    superior_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    work_pattern: Mapped[str] = mapped_column(server_default="5")
    apel_duty: Mapped[bool]
    from_date: Mapped[date]
    to_date: Mapped[date | None]


class Headship(Base):
    """Who heads an OPD, and in which capacity; a Plt or Plh may head two."""

    __tablename__ = "headship"
    __table_args__ = (Index(None, "opd_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    opd_code: Mapped[str] = mapped_column(ForeignKey("opd.code"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    title: Mapped[str]
    from_date: Mapped[date]
    to_date: Mapped[date | None]


class RegistryImport(Base):
    """A file as it was read: a preview first, applied once, kept for the trail."""

    __tablename__ = "registry_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    state: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[list[dict[str, Any]]]
    summary: Mapped[dict[str, Any]]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class ColumnMapping(Base):
    """How the headers of one kind of file are read, as the office told it once."""

    __tablename__ = "column_mapping"

    kind: Mapped[str] = mapped_column(primary_key=True)
    headers: Mapped[dict[str, Any]]
    """Header as the file has it → name of our column."""
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]
