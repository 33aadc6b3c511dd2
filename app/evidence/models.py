"""What was seen, whoever the provider: sightings are facts, participants are read from them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Sighting(Base):
    """A device joined or left one run of a meeting. The same sighting twice is one row."""

    __tablename__ = "sighting"
    __table_args__ = (UniqueConstraint("occurrence_uuid", "device", "kind", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    occurrence_uuid: Mapped[str] = mapped_column(ForeignKey("occurrence.uuid"))
    device: Mapped[str]
    """What pairs a `left` with its `joined` inside one occurrence; never an identity."""
    kind: Mapped[str]
    """`joined` or `left`."""
    at: Mapped[datetime]
    display_name: Mapped[str]
    registrant_id: Mapped[str | None]
    account_id: Mapped[str | None]
    """The provider's account of a signed-in participant."""
    email: Mapped[str | None]
    leave_kind: Mapped[str | None]
    """`left`, `network`, `ended`, `removed`, `limit` or `unknown`."""


class ParticipantList(Base):
    """A complete list of one run's participants, as the provider's own report or a downloaded file gives it.

    The one that counts takes the place of the run's sightings; every list and every sighting stays on record.
    """

    __tablename__ = "participant_list"
    __table_args__ = (Index(None, "occurrence_uuid"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    occurrence_uuid: Mapped[str] = mapped_column(ForeignKey("occurrence.uuid"))
    source: Mapped[str]
    """`report` or `csv`."""
    rows: Mapped[int]
    digest: Mapped[str]
    """The same for the same stays in any order of rows."""
    accepted_at: Mapped[datetime]


class ListedStay(Base):
    """One row of a list: somebody was in the meeting from a moment to a moment; a re-join is a row of its own."""

    __tablename__ = "listed_stay"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("participant_list.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """The place of the row in the list, put in order of time."""
    display_name: Mapped[str]
    second_name: Mapped[str | None]
    """The name before it was changed in the meeting, where the list tells it."""
    registrant_id: Mapped[str | None]
    account_id: Mapped[str | None]
    email: Mapped[str | None]
    user_id: Mapped[str | None]
    """The provider's number of the participant inside this run: no identity."""
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime]


class IdentityKey(Base):
    """A key means a subject: by a person's decision for one apel, or remembered until revoked (an alias)."""

    __tablename__ = "identity_key"
    __table_args__ = (Index(None, "kind", "value"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID | None] = mapped_column(ForeignKey("apel.id"))
    kind: Mapped[str]
    """`registrant`, `account`, `email`, `name` or `device`."""
    value: Mapped[str]
    subject_kind: Mapped[str]
    """`room`, `person` or `operator`."""
    opd_code: Mapped[str | None]
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    origin: Mapped[str] = mapped_column(server_default="decision")
    """`decision` of a person about a participant, or `registration`: Zoom gave this registrant out for the subject."""
    participant_id: Mapped[UUID | None]
    """The participant about whom it was decided, who may have become another by it; null for a registration."""
    display_name: Mapped[str | None]
    """The name that the participant bore then."""
    by_id: Mapped[UUID]
    by_name: Mapped[str | None]
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[UUID | None]
    revoked_by_name: Mapped[str | None]
    revoke_reason: Mapped[str | None]
    taken_back: Mapped[bool] = mapped_column(server_default=false())
    """The assignment that said it was taken back: it counts at no apel. Else it was revoked or replaced, and apels that
    had ended by then keep it."""


class Participant(Base):
    """One subject (or one unidentified device) at one apel, concluded from what was seen; replaced by stable id."""

    __tablename__ = "participant"
    __table_args__ = (Index(None, "apel_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    kind: Mapped[str]
    """`room`, `person`, `operator` or `unknown`."""
    opd_code: Mapped[str | None]
    """The reporting unit of a room, or the OPD that an unknown claims."""
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    matched_by: Mapped[str | None]
    display_name: Mapped[str]
    keys: Mapped[list[dict[str, Any]]]
    """The identity keys of its devices, for an assignment by a person."""
    seconds: Mapped[int]
    """The union of its intervals inside the held window."""
    intervals: Mapped[list[dict[str, Any]]]
    """`{from, to}`, unclipped; `to` is null while connected."""
    connected: Mapped[bool]
    network_gap: Mapped[bool]
    """An interval was ended by a network error: a gap, not leaving early."""
    compared: Mapped[dict[str, Any] | None]
    """`{webhook_seconds, report_seconds, whole}` of the runs for which a list counts; null without one."""


class EvidenceGap(Base):
    """A stretch of time in which not everything that happened could be seen, as the facts show it.

    A gap whose missing evidence came after all is mended and counts no more; the row stays.
    """

    __tablename__ = "evidence_gap"
    __table_args__ = (Index(None, "from_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`silence`, `endpoint`, `clock-skew`, `unread` or `seats`."""
    meeting_id: Mapped[str | None]
    """The number of the meeting that was not seen whole; null: whatever number."""
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    """Null while it lasts."""
    facts: Mapped[dict[str, Any]]
    noticed_at: Mapped[datetime]
    mended_at: Mapped[datetime | None]


class SpotDraw(Base):
    """Rooms were drawn to have their heads counted; anybody can draw them again from seed and pool."""

    __tablename__ = "spot_draw"
    __table_args__ = (
        Index(None, "apel_id"),
        Index("uq_spot_draw_automatic", "apel_id", unique=True, postgresql_where=text("automatic")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    automatic: Mapped[bool]
    seed: Mapped[str]
    pool: Mapped[list[str]]
    """Reporting units that could be drawn, in order."""
    units: Mapped[int]
    """How many were to be drawn."""
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]


class SpotCheck(Base):
    """One drawn room, and whom its OPD claimed to be in it when it was drawn: a later claim erases no difference."""

    __tablename__ = "spot_check"
    __table_args__ = (UniqueConstraint("apel_id", "opd_code"), Index(None, "draw_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("spot_draw.id"))
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    opd_code: Mapped[str]
    wfo: Mapped[int]
    others: Mapped[int]
    version_id: Mapped[UUID]
    """The report's version that claimed it."""
    version: Mapped[int]


class SpotCount(Base):
    """Somebody counted the heads of a drawn room; the latest counts, all stay."""

    __tablename__ = "spot_count"
    __table_args__ = (Index(None, "check_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    check_id: Mapped[UUID] = mapped_column(ForeignKey("spot_check.id"))
    heads: Mapped[int]
    method: Mapped[str]
    """`camera` or `on_site`."""
    note: Mapped[str | None]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
