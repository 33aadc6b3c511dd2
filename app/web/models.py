"""Which creating writes were already done, for callers whose answer was lost on the way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class IdempotencyKey(Base):
    """One creating write and its answer, kept for a day.

    The key is kept as a hash and seals the answer, so that a one-time password in it is readable only to who sends
    the key again.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (Index(None, "created_at"),)

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    body_sha256: Mapped[bytes]
    """Of path, query and content, not of their spelling."""
    answer: Mapped[bytes | None]
    """Status, headers and body, sealed; null only inside the transaction that creates."""
    created_at: Mapped[datetime]
