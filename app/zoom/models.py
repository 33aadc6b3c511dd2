"""What Zoom delivered, byte for byte, before anybody understood it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
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
