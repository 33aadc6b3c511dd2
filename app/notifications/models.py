"""Who wants to hear of what, what was sent to whom, and each try."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Webhook(Base):
    """A receiver outside; one that was ended stays for its log, and is listed no more."""

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("minutes_before BETWEEN 1 AND 1440", name="minutes"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str]
    events: Mapped[list[str]]
    description: Mapped[str | None]
    minutes_before: Mapped[int]
    state: Mapped[str]
    state_since: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    """The first try that failed since the last one that did not."""
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed, see signing.Seal."""
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class WebhookDelivery(Base):
    """One message for one receiver, sent until it is taken; whoever sends it leases the row meanwhile."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        Index("ix_webhook_delivery_due", "webhook_id", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id"))
    message_id: Mapped[UUID]
    """The announcement's, the same for every receiver and every try."""
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    useful_until: Mapped[datetime | None]
    tried: Mapped[int] = mapped_column(server_default="0")
    """Tries of this round; a replay begins a new one."""
    leased_until: Mapped[datetime | None]
    """Somebody sends it right now; when this passes without a word, that process is dead."""
    done_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try. Without an end, its process died before it could tell; the receiver may have got it."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index(None, "delivery_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[int | None]
    error: Mapped[str | None]
