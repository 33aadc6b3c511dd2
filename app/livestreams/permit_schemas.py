"""What permits of broadcasts take and give."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Day, Instant, Line, OpdCode, Read
from app.core.paging import MAX_LIMIT
from app.livestreams.rules import PermitKind, Platform

MAX_PEOPLE = 200


class PermitWrite(Body):
    """A broadcast that a letter allows beforehand; what is left out is not bounded by it."""

    kind: PermitKind
    letter_no: Line = Field(examples=["100.3.4/12/2026"])
    letter_date: Day
    """A letter of a later day than the broadcast permits nothing."""
    starts_at: Instant = Field(alias="from")
    ends_at: Instant = Field(alias="to")
    opd_code: OpdCode | None = None
    """Only people of this unit and those below it."""
    asn_ids: Annotated[list[UUID], Field(max_length=MAX_PEOPLE)] = Field(default_factory=list)
    """Only these people."""
    platform: Platform | None = None
    account: Line | None = Field(default=None, examples=["@pemkab.mamuju"])
    """Only from this account."""

    @model_validator(mode="after")
    def _can_be(self) -> "PermitWrite":
        if self.ends_at <= self.starts_at:
            raise PydanticCustomError("ends_before_begin", "it ends before it begins")
        if self.kind is PermitKind.OFFICIAL_ACCOUNT and self.account is None:
            raise PydanticCustomError("permit_account", "an official account is named")
        if self.kind is PermitKind.ASSIGNMENT and not self.asn_ids:
            raise PydanticCustomError("permit_people", "an assignment names its people")
        return self


class PermitWithdraw(Body):
    reason: Line


class PermitFilter(Body):
    from_date: Day | None = Field(default=None, alias="from")
    """Only permits that last until this civil day or longer."""
    to_date: Day | None = Field(default=None, alias="to")
    """Only permits that begin on this civil day or earlier."""
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class PermitRead(Read):
    id: UUID
    kind: PermitKind
    letter_no: str
    letter_date: Day
    starts_at: datetime = Field(serialization_alias="from")
    ends_at: datetime = Field(serialization_alias="to")
    opd_code: str | None
    asn_ids: list[UUID]
    """Those whom the caller may know of."""
    people: int
    """How many are named; 0: it is bound to nobody."""
    platform: Platform | None
    account: str | None
    proposed_at: datetime
    proposed_by_name: str
    confirmed_at: datetime | None
    """Null: proposed, and permits nothing yet."""
    confirmed_by_name: str | None
    withdrawn_at: datetime | None
    withdrawn_by_name: str | None
    withdrawn_reason: str | None
