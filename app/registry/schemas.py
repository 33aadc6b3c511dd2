"""What goes in and out over the registry's routes."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.fields import Body, Bool, Count, Day, Line, Nip, OpdCode, Read
from app.registry.columns import Kind
from app.registry.planning import RowState
from app.registry.rules import Connectivity, EmploymentType, HeadTitle, Level, OpdType, Reports, WorkPattern

Email = Annotated[Line, Field(pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}$")]
UNSAID: Any = Field(default_factory=lambda: None)
"""A field that may be left out, then stays as it is; it may not be null."""


class Override(Body):
    override_reason: Line | None = None
    """Why this is right in spite of the warnings (an old NIP with a wrong birth date, for example)."""


class OpdCreate(Override):
    code: OpdCode
    """Its name for ever: a new code is a new OPD."""
    name: Line
    short_name: Line
    type: OpdType
    parent_code: OpdCode | None = None
    protocol_order: Count
    reports: Reports
    zoom_email: Email | None = None
    contact: Line | None = None
    connectivity: Connectivity = Connectivity.GOOD
    head_nip: Nip | None = None
    head_title: HeadTitle | None = None
    from_date: Day | None = None
    """First civil day; left out: it has always been there."""
    to_date: Day | None = None
    """Last civil day."""


class OpdUpdate(Override):
    """What is left out stays; null empties what may be empty."""

    name: Line = UNSAID
    short_name: Line = UNSAID
    type: OpdType = UNSAID
    parent_code: OpdCode | None = None
    protocol_order: Count = UNSAID
    reports: Reports = UNSAID
    zoom_email: Email | None = None
    contact: Line | None = None
    connectivity: Connectivity = UNSAID
    head_nip: Nip = UNSAID
    """Heads the OPD from today on; a definitive head or Plt ends all others, a Plh stands in beside."""
    head_title: HeadTitle = UNSAID
    from_date: Day = UNSAID
    to_date: Day | None = None


class HeadRead(Read):
    asn_id: UUID
    title: HeadTitle


class OpdRead(Read):
    code: str
    name: str
    short_name: str
    type: OpdType
    parent_code: str | None
    protocol_order: int
    reports: Reports
    zoom_email: str | None
    """Null for machines that only read, as is `contact`."""
    contact: str | None
    connectivity: Connectivity
    from_date: date
    to_date: date | None
    heads: list[HeadRead]
    """Of today; the definitive head first."""


class OpdItem(OpdRead):
    unit_code: str | None
    """The reporting unit: the row on the board that its people stand in; null when nobody reports for it."""
    head_name: str | None


class AsnCreate(Override):
    nip: Nip
    name: Line
    employment_type: EmploymentType
    opd_code: OpdCode
    position: Line
    apel_duty: Bool
    from_date: Day
    level: Level | None = None
    superior_nip: Nip | None = None
    work_pattern: WorkPattern = WorkPattern.FIVE_DAYS
    email: Email | None = None
    to_date: Day | None = None


class AsnUpdate(Override):
    """What is left out stays; null empties what may be empty.

    With a new `from_date` the assignment changes from that day on and the old one ends the day before; without, the
    present one is corrected. Another OPD needs the day.
    """

    name: Line = UNSAID
    employment_type: EmploymentType = UNSAID
    opd_code: OpdCode = UNSAID
    position: Line = UNSAID
    apel_duty: Bool = UNSAID
    from_date: Day = UNSAID
    level: Level | None = None
    superior_nip: Nip | None = None
    work_pattern: WorkPattern = UNSAID
    email: Email | None = None
    to_date: Day | None = None


class AssignmentRead(Read):
    opd_code: str
    position: str
    level: Level | None
    superior_id: UUID | None
    work_pattern: WorkPattern
    apel_duty: bool
    from_date: date
    to_date: date | None
    """Last day, inclusive; null: it goes on."""


class AsnIdentity(Read):
    id: UUID
    nip: str | None
    """Only the own unit and the personnel office see it in full, as they do the e-mail."""
    nip_masked: str
    name: str
    employment_type: EmploymentType
    email: str | None


class AsnItem(AsnIdentity):
    assignment: AssignmentRead
    """Of the day that was asked for."""


class AsnRead(AsnIdentity):
    assignments: list[AssignmentRead]
    """All of them, the latest first."""


class CellRead(Read):
    column: str
    state: RowState
    old: str | None = None
    new: str | None = None
    text: str | None = None
    """What is wrong, for people."""


class ImportRowRead(Read):
    line: int
    """As the spreadsheet counts, the header included."""
    key: str | None
    """The OPD's code or the person's NIP."""
    state: RowState
    cells: list[CellRead]
    """Only those that would change or are wrong."""


class ImportSummary(Read):
    rows: int
    new: int
    changed: int
    unchanged: int
    warning: int
    error: int
    ignored_columns: list[str]


class ImportRead(Read):
    """What a file would do (`preview`) or did (`applied`); nothing is imported while any row is an error."""

    id: UUID
    kind: Kind
    state: str
    filename: str
    summary: ImportSummary
    rows: list[ImportRowRead]
    created_at: datetime
    applied_at: datetime | None


class ImportApply(Override):
    pass


class HeadersWrite(Body):
    """How another system's headers are read: header as in its file → name of the column here."""

    headers: Annotated[dict[Line, Line], Field(max_length=60)]


class HeadersRead(Read):
    headers: dict[str, str]
