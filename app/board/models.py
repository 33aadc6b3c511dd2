"""What the board keeps of its own: parts of a period as they were summed last."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class PartsSnapshot(Base):
    """The parts of one period: derived, and summed anew when somebody looks and they are older than a minute."""

    __tablename__ = "parts_snapshot"

    period: Mapped[str] = mapped_column(primary_key=True)
    computed_at: Mapped[datetime]
    parts: Mapped[dict[str, Any]]
