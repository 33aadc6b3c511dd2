"""What the duty room takes and gives."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Day, Line, OpdCode, Read
from app.duty.rules import ABSENCE_CODES, AbsenceState

_EXPECTED = ", ".join(sorted(ABSENCE_CODES))


def _known(code: str) -> str:
    if code not in ABSENCE_CODES:
        raise PydanticCustomError("literal_error", "not an absence code", {"expected": _EXPECTED})
    return code


AbsenceCode = Annotated[
    str, AfterValidator(_known), Field(examples=["DL"], json_schema_extra={"enum": sorted(ABSENCE_CODES)})
]
NewState = Literal[AbsenceState.PROPOSED, AbsenceState.CONFIRMED]
Decision = Literal[AbsenceState.CONFIRMED, AbsenceState.REJECTED]


class AbsenceCreate(Body):
    asn_id: UUID
    code: AbsenceCode
    from_date: Day = Field(alias="from")
    to_date: Day = Field(alias="to")
    """Last day, inclusive."""
    letter_no: Line | None = Field(default=None, examples=["ST 090/12"])
    letter_date: Day | None = None
    state: NewState = AbsenceState.PROPOSED
    """A head or the personnel office may confirm at once."""


class AbsenceChange(Body):
    """What is left out stays; null takes a letter away."""

    state: Decision | None = None
    from_date: Day | None = Field(default=None, alias="from")
    to_date: Day | None = Field(default=None, alias="to")
    letter_no: Line | None = None
    letter_date: Day | None = None


class AbsenceFilter(Body):
    asn_id: UUID | None = None
    opd_code: OpdCode | None = None
    from_date: Day | None = Field(default=None, alias="from")
    """Only absences that last until this day or longer."""
    to_date: Day | None = Field(default=None, alias="to")
    """Only absences that begin on this day or earlier."""
    state: AbsenceState | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class AbsenceRead(Read):
    id: UUID
    asn_id: UUID
    name: str
    opd_code: str | None
    """Where the person serves when the absence begins."""
    code: str
    """`excused` stands for a health code that the caller may not know."""
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    letter_no: str | None
    letter_date: date | None
    state: AbsenceState
    proposed_at: datetime
    decided_at: datetime | None
    order_id: UUID | None
    """The order that made it: `/v1/flexwork/orders/{order_id}`; null where no order did."""
    version: int


class AbsenceImportRead(Read):
    rows: int
    created: int
    confirmed: int
    """Kept before as proposed or rejected, confirmed by this file."""
    unchanged: int
    """Kept already, so the same file may be sent twice."""
