"""What was loaded, calculated, published, signed and frozen; a frozen row never changes any more."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class TppRate(Base):
    """A person's whole TPP a month from a day on; rows are added, of one day the one loaded last counts."""

    __tablename__ = "tpp_rate"
    __table_args__ = (Index(None, "asn_id", "from_date"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    from_date: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2))
    """Rupiah."""
    sha256: Mapped[str]
    """Of the file that said so."""
    loaded_by: Mapped[UUID]
    loaded_at: Mapped[datetime]


class TppSheet(Base):
    """One unit's month: its own calculation, or what later facts correct of a frozen one."""

    __tablename__ = "tpp_sheet"
    __table_args__ = (
        Index(
            "uq_tpp_sheet_month",
            "opd_code",
            "month",
            "trial",
            unique=True,
            postgresql_where=text("corrects_id IS NULL"),
        ),
        Index(
            "uq_tpp_sheet_open_correction",
            "corrects_id",
            unique=True,
            postgresql_where=text("corrects_id IS NOT NULL AND state <> 'frozen'"),
        ),
        Index(None, "month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    opd_code: Mapped[str] = mapped_column(ForeignKey("opd.code"))
    month: Mapped[date]
    """Its first civil day; a correction's is the month with whose pay it is settled."""
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("tpp_sheet.id"))
    """The frozen sheet whose numbers this one corrects."""
    trial: Mapped[bool]
    """Calculated under a policy on trial: it cuts nothing, and nobody signs it."""
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    policy: Mapped[str]
    from_date: Mapped[date]
    to_date: Mapped[date]
    """The last civil day whose facts are in it."""
    state: Mapped[str]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    objections_until: Mapped[date | None]
    """Last civil day on which its people may object."""
    signed_by: Mapped[UUID | None]
    signed_by_name: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    frozen_by: Mapped[UUID | None]
    frozen_by_name: Mapped[str | None]
    frozen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class TppLine(Base):
    """One person on a sheet: a copy of what was calculated, so that it can be read when the facts have moved on."""

    __tablename__ = "tpp_line"
    __table_args__ = (Index(None, "asn_id"),)

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("tpp_sheet.id"), primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    opd_code: Mapped[str]
    """Where the person serves."""
    employment_type: Mapped[str]
    percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    """Of the whole TPP; null: no table is loaded for this employment type, and nothing is cut."""
    rate: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    """What is cut, in rupiah; null where no rate is loaded."""
    calculation: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any] | None]
    """On a correction: `{percent, amount}` as they were settled before; null there: the person was on no sheet."""


class TppObjection(Base):
    """What a person says against the own line of a published sheet, and the answer."""

    __tablename__ = "tpp_objection"
    __table_args__ = (Index(None, "sheet_id"), Index(None, "asn_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("tpp_sheet.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    reason: Mapped[str]
    made_at: Mapped[datetime]
    outcome: Mapped[str | None]
    """accepted | rejected; null: waits for its answer."""
    note: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_by_name: Mapped[str | None]
    answered_at: Mapped[datetime | None]
