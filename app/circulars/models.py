"""Circulars, their files, who read and acknowledged them, and the villages that receive them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Circular(Base):
    """A surat edaran: a draft that changes, then published and frozen; a later version is a row of its own.

    Its state is not stored: it follows from the days on which it was published and withdrawn, and from its successor.
    """

    __tablename__ = "circular"
    __table_args__ = (
        Index(
            "uq_circular_number_version", "number", "version", unique=True, postgresql_where=sql("withdrawn_on IS NULL")
        ),
        Index(None, "supersedes_id"),
        Index(None, "published_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    chain_id: Mapped[UUID]
    """The first circular of the chain of versions that this one belongs to."""
    version: Mapped[int]
    """Its place in the chain, from 1."""
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("circular.id"))
    number: Mapped[str]
    dated_on: Mapped[date]
    title: Mapped[str]
    text: Mapped[str]
    signatory: Mapped[str]
    effective_from: Mapped[date]
    acknowledge_by: Mapped[date | None]
    scope: Mapped[dict[str, Any]]
    """`{offices, employment_types, opd_types, opd_codes}`: see rules.CircularScope."""
    kind: Mapped[str]
    rules: Mapped[dict[str, Any] | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default="1")
    """The ETag: rises with every change of what is answered, also when a later version supersedes it."""


class CircularFile(Base):
    """The signed circular as PDF; replaced while the circular is a draft, frozen with it."""

    __tablename__ = "circular_file"

    circular_id: Mapped[UUID] = mapped_column(ForeignKey("circular.id"), primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    kept_by: Mapped[UUID]
    kept_at: Mapped[datetime]


class Desa(Base):
    """A village of a kecamatan, on the register from one version of the list to another."""

    __tablename__ = "desa"
    __table_args__ = (Index(None, "opd_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    opd_code: Mapped[str] = mapped_column(ForeignKey("opd.code"))
    """Its kecamatan."""
    name: Mapped[str]
    since_version: Mapped[int] = mapped_column(ForeignKey("desa_list.version"))
    gone_version: Mapped[int | None] = mapped_column(ForeignKey("desa_list.version"))
    """The list that named it no more; null: it is on the register."""


class DesaList(Base):
    """One list of villages that was sent; the latest version counts."""

    __tablename__ = "desa_list"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]


class CircularReceipt(Base):
    """That a person, an office or a village read or acknowledged a circular: the first time only, and it stays."""

    __tablename__ = "circular_receipt"
    __table_args__ = (
        UniqueConstraint("circular_id", "act", "asn_id", "opd_code", "desa_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(asn_id, opd_code, desa_id) = 1", name="party"),
        Index(None, "asn_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    circular_id: Mapped[UUID] = mapped_column(ForeignKey("circular.id"))
    act: Mapped[str]
    """read | acknowledged."""
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str | None]
    """The office."""
    desa_id: Mapped[UUID | None] = mapped_column(ForeignKey("desa.id"))
    channel: Mapped[str]
    """app | paper | wa | meeting."""
    signed_by: Mapped[str | None]
    """Who signed for a village."""
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
