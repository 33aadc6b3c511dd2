"""What the board keeps of its own: parts of a period as they were summed last."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class PartsSnapshot(Base):
    """The parts of one period: derived, and summed anew when somebody looks and they are older than a minute."""

    __tablename__ = "parts_snapshot"

    period: Mapped[str] = mapped_column(primary_key=True)
    computed_at: Mapped[datetime]
    parts: Mapped[dict[str, Any]]


class StreamTicket(Base):
    """Opens the board's stream once; the row goes when it is used."""

    __tablename__ = "stream_ticket"

    secret_sha256: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID]
    session_id: Mapped[UUID | None]
    """The sign-in of the person who asked; machines have none."""
    expires_at: Mapped[datetime]
