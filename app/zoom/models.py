"""What Zoom delivered and what its reports say, byte for byte, before anybody understood it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class ZoomInbox(Base):
    """An acknowledged event: the same bytes once, kept until understood and after.

    The body is evidence and stays byte for byte, with the network addresses that Zoom puts in; nothing takes them
    out of it into another table. It ends with the retention of raw evidence.
    """

    __tablename__ = "zoom_inbox"
    __table_args__ = (
        Index("ix_zoom_inbox_new", "received_at", postgresql_where=text("state = 'new'")),
        Index(None, "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str]
    """`webhook`, `adapter` or `replay`."""
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="new")
    """`new`, `done`, `ignored` (not ours to use) or `failed` (not understood; see `error`, replay by command)."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    processed_at: Mapped[datetime | None]


class ZoomQuarantine(Base):
    """Correctly signed, but too old or from the future: shown as clock skew, never counted by itself."""

    __tablename__ = "zoom_quarantine"

    body_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    skew_seconds: Mapped[int]


class ZoomMeeting(Base):
    """The meeting that an apel was prepared with: one number for all, or one that only registrants may enter."""

    __tablename__ = "zoom_meeting"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    mode: Mapped[str]
    """`shared` or `registration`."""
    host: Mapped[str]
    """Whose meeting it is at Zoom: an e-mail or user id; `me` is the owner of our app."""
    meeting_id: Mapped[str | None]
    """Null until it was made."""
    passcode: Mapped[str | None]
    join_url: Mapped[str | None]
    """Zoom's own link, with the passcode in it."""
    made_here: Mapped[bool]
    """This service made it at Zoom, and keeps it as the apel is planned."""
    seats: Mapped[int | None]
    """How many the host's licence admits, as Zoom told."""
    checked_at: Mapped[datetime | None]
    """When Zoom was asked about it; null since it was prepared anew."""
    prepared_by: Mapped[UUID]
    prepared_by_name: Mapped[str]
    prepared_at: Mapped[datetime]


class ZoomRegistrant(Base):
    """Somebody with a link of their own to one apel's meeting."""

    __tablename__ = "zoom_registrant"
    __table_args__ = (UniqueConstraint("apel_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"))
    email: Mapped[str]
    """Made up, since Zoom tells registrants apart by it; nobody's mailbox."""
    subject_kind: Mapped[str]
    """`room` or `person`."""
    opd_code: Mapped[str]
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    display_name: Mapped[str]
    wanted: Mapped[bool]
    """False: not expected any more; the link stays good at Zoom, but is not handed out."""
    registrant_id: Mapped[str | None]
    """Null until Zoom took the registration."""
    join_url: Mapped[str | None]
    """A secret of its bearer: whoever holds it joins as this one."""
    adds: Mapped[int] = mapped_column(server_default="0")
    adds_on: Mapped[date | None]
    """The UTC day on which `adds` were tried; Zoom takes three of the same registrant a day."""


class ZoomReportRead(Base):
    """One reading of the participants report of one run, from its first page on; none is overwritten by the next."""

    __tablename__ = "zoom_report_read"
    __table_args__ = (UniqueConstraint("occurrence_uuid", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    occurrence_uuid: Mapped[str] = mapped_column(ForeignKey("occurrence.uuid"))
    number: Mapped[int]
    """From 1 on."""
    state: Mapped[str]
    """`reading`, `complete`, `short` (asked too early) or `expired` (read too slowly)."""
    started_at: Mapped[datetime]
    turned_at: Mapped[datetime]
    """When the last page came in."""
    page_token: Mapped[str]
    """Of the page that is to be read next; empty before the first and after the last."""
    pages: Mapped[int]
    rows: Mapped[int]
    """Read so far."""
    total_records: Mapped[int | None]
    """How many there are, as the last page says."""
    sound: Mapped[bool]
    """So far no row is unfinished, and all pages claim the same number."""
    digest: Mapped[str]
    """Of all rows so far, whatever their order."""


class ZoomReportPage(Base):
    """A page of a report, byte for byte."""

    __tablename__ = "zoom_report_page"

    read_id: Mapped[UUID] = mapped_column(ForeignKey("zoom_report_read.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ZoomWatch(Base):
    """One row: how Zoom's deliveries and our access to its API fared last, whichever process saw it."""

    __tablename__ = "zoom_watch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    beat_at: Mapped[datetime | None]
    """When a process that takes deliveries said so last."""
    validated_at: Mapped[datetime | None]
    """When Zoom last got the answer to a URL validation."""
    refused_at: Mapped[datetime | None]
    """When a delivery was last refused for its signature."""
    asked_at: Mapped[datetime | None]
    """When Zoom's API was last asked for access, with what came of it in `access`."""
    access: Mapped[str | None]
    """`granted`, or the code of the refusal."""


class ZoomShown(Base):
    """Which lights an apel's board showed last, so that a change of them moves its revision."""

    __tablename__ = "zoom_shown"

    apel_id: Mapped[UUID] = mapped_column(ForeignKey("apel.id"), primary_key=True)
    lights: Mapped[list[str]]
    """`code case`, in order."""
