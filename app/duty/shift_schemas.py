"""What the register of shifts takes and gives."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Day, Instant, Line, Nip, Read
from app.core.paging import MAX_LIMIT
from app.duty.shifts import LONGEST

MAX_SHIFTS = 500
"""Of one request: a ward's month."""


class ShiftWrite(Body):
    """One person, by `asn_id` or `nip`, from an instant to another, at most 24 hours later; it may cross midnight."""

    asn_id: UUID | None = None
    nip: Nip | None = None
    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def _can_be(self) -> "ShiftWrite":
        if (self.asn_id is None) == (self.nip is None):
            raise PydanticCustomError("entry_person", "name one person by asn_id or nip")
        if self.ends_at <= self.starts_at:
            raise PydanticCustomError("ends_before_begin", "it ends before it begins")
        if self.ends_at - self.starts_at > LONGEST:
            raise PydanticCustomError("span_too_long", "longer than 24 hours", {"hours": LONGEST // timedelta(hours=1)})
        return self


class ShiftsWrite(Body):
    items: Annotated[list[ShiftWrite], Field(min_length=1, max_length=MAX_SHIFTS)]


class ShiftsMade(Read):
    created: int
    unchanged: int
    """Registered already, so the same list may be sent twice."""


class ShiftFilter(Body):
    asn_id: UUID | None = None
    from_date: Day | None = Field(default=None, alias="from")
    """Only shifts that end on this civil day or later."""
    to_date: Day | None = Field(default=None, alias="to")
    """Only shifts that begin on this civil day or earlier."""
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class ShiftWithdraw(Body):
    reason: Line


class ShiftRead(Read):
    id: UUID
    asn_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    registered_at: datetime
    registered_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
