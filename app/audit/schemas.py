"""The record as an inspector reads it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.fields import ANY_TEXT, Body, Instant, Read
from app.core.paging import MAX_LIMIT


class AuditFilter(Body):
    """What to look for; all that is named must hold."""

    from_: Instant | None = Field(None, alias="from")
    """At or after this instant."""
    to: Instant | None = None
    """Before this instant."""
    principal_id: UUID | None = None
    action: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}(\.[a-z-]{1,40})?$")] | None = None
    """One action (`reports.submit`) or all of a room (`reports`)."""
    target: Annotated[str, StringConstraints(min_length=1, max_length=100), ANY_TEXT] | None = None
    subject: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """The keyed hash of a person, as entries show it."""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class AuditRead(Read):
    id: int
    at: datetime
    principal_id: UUID
    principal_name: str
    action: str
    target: str | None
    subjects: list[str]
    """Keyed hashes of the NIPs of those whose data was read or changed."""
    detail: dict[str, Any]
