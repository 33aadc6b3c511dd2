"""Words about behaviour on the guides of BerAKHLAK, what they add up to, and the development of competence."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Assessment(Base):
    """What the superior, or the person itself, said of a period; a later version outdoes the ones before it."""

    __tablename__ = "behaviour_assessment"
    __table_args__ = (
        UniqueConstraint("asn_id", "period", "rater", "version"),
        CheckConstraint("rater IN ('superior', 'self')", name="named_rater"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    period: Mapped[str]
    rater: Mapped[str]
    version: Mapped[int]
    ratings: Mapped[dict[str, Any]]
    """Code of a guide → below, meets or above."""
    note: Mapped[str | None]
    by_id: Mapped[UUID]
    by_asn_id: Mapped[UUID | None]
    by_name: Mapped[str]
    at: Mapped[datetime]


class PeerRating(Base):
    """What one peer said of a period. Neither an id nor a time is kept: both would lead to the peer."""

    __tablename__ = "behaviour_peer_rating"

    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    peer: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash over subject, period and peer, so that one peer counts once and may correct."""
    version: Mapped[int] = mapped_column(primary_key=True)
    ratings: Mapped[dict[str, Any]]


class Standing(Base):
    """How the latest words about a person and period spread. Derived: it can be made again from them at any time.

    A tally is raters, below, meets, above, as `rules.Tally` has them; null: nobody of this kind spoke.
    """

    __tablename__ = "behaviour_standing"
    __table_args__ = (Index(None, "to_date", "from_date"),)

    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    from_date: Mapped[date]
    to_date: Mapped[date]
    superior_tally: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    self_tally: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    peer_tally: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    by_value: Mapped[dict[str, Any]]
    """Kind of rater → code of a value → tally."""


class Training(Base):
    """Development of competence (pengembangan kompetensi) that was held, in hours of lessons (JP)."""

    __tablename__ = "training"
    __table_args__ = (
        Index(None, "to_date"),
        CheckConstraint("from_date <= to_date", name="span"),
        CheckConstraint("hours BETWEEN 1 AND 1000", name="hours"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    organiser: Mapped[str]
    place: Mapped[str | None]
    from_date: Mapped[date]
    to_date: Mapped[date]
    hours: Mapped[int]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")
    """Of the training and its list of people together."""


class TrainingAttendance(Base):
    """Whether one person attended, as it was said in one version of the training; the latest one counts."""

    __tablename__ = "training_attendance"
    __table_args__ = (Index(None, "asn_id"),)

    training_id: Mapped[UUID] = mapped_column(ForeignKey("training.id"), primary_key=True)
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    attended: Mapped[bool]
    hours: Mapped[int | None]
    """Null: all of the training's."""
    said_by: Mapped[UUID]
    said_at: Mapped[datetime]
