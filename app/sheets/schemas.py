"""What sheets are asked for, and what is told of them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.apel.rules import ApelKind
from app.core.fields import Body, Day, Line, OpdCode, Read
from app.core.paging import MAX_LIMIT
from app.core.rates import PercentRead
from app.sheets.rules import Format, Kind, Paper, State

CODE = r"^[0-9A-Za-z]{4}(-?[0-9A-Za-z]{4}){3}$"
SHA256 = r"^[0-9a-fA-F]{64}$"


class SignatoryWrite(Body):
    """Who signs; what is not said is left as a dotted line."""

    place: Annotated[Line | None, Field(examples=["Mamuju"])] = None
    title: Annotated[Line | None, Field(examples=["Kepala BKPP"])] = None
    name: Annotated[Line | None, Field(examples=["Dra. Ratna, M.Si."])] = None


class _Asked(Body):
    format: Format
    paper: Paper = Paper.F4
    signatory: SignatoryWrite = SignatoryWrite()


class ApelSheetCreate(_Asked):
    """A sheet of one apel."""

    kind: Literal[Kind.RECAP, Kind.ABSENT, Kind.IDULFITRI_RETURN, Kind.OPD]
    opd_code: OpdCode | None = None
    """The reporting unit that `opd` and `absent` are about; those who serve one OPD need not name it."""


class SheetCreate(_Asked):
    """A sheet that is not about one apel."""

    kind: Literal[Kind.PERIOD_RECAP, Kind.CERTIFICATE]
    from_date: Day | None = Field(default=None, alias="from")
    """First and last day that a `period-recap` sums."""
    to_date: Day | None = Field(default=None, alias="to")
    apel_kind: ApelKind = ApelKind.APEL_GABUNGAN
    decision_id: UUID | None = None
    """The granted reward whose `certificate` is made."""


class SheetFilter(Body):
    apel_id: UUID | None = None
    kind: Kind | None = None
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class ProgressRead(Read):
    done: int
    total: int
    """Apels that are summed."""


class SheetRead(Read):
    id: UUID
    kind: Kind
    format: Format
    state: State
    progress: ProgressRead | None
    """Of one that is being made."""
    number: str | None
    """Null until it is issued."""
    code: str
    verify_url: str
    """Where the QR leads."""
    title: str | None
    apel_id: UUID | None
    opd_code: str | None
    decision_id: UUID | None
    from_date: date | None = Field(serialization_alias="from")
    to_date: date | None = Field(serialization_alias="to")
    revision: int | None
    """The apel's, that its figures are of."""
    sha256: str | None
    size: int | None
    filename: str
    file: str
    """Where the bytes are."""
    asked_at: datetime
    issued_at: datetime | None


class VerifiedTotals(Read):
    strength: int
    present: int
    excused: int
    unexplained: int | None
    not_reported: int
    disputed: int
    rate: PercentRead
    duty_rate: PercentRead


class SupersededRead(Read):
    number: str
    issued_at: datetime


class VerifiedRead(Read):
    """What was issued under a code; nobody's name is in it."""

    kind: Kind
    format: Format
    number: str
    instansi: str
    title: str
    apel: str | None
    day: date | None
    """The apel's, or the last of the span."""
    from_date: date | None = Field(serialization_alias="from")
    to_date: date | None = Field(serialization_alias="to")
    opd_code: str | None
    final: bool | None
    """Whether the apel was final when it was printed; null where it is about none."""
    revision: int | None
    newer_revision: bool
    """The figures were concluded anew since: this sheet shows an earlier state."""
    superseded_by: SupersededRead | None
    """The latest sheet of the same thing that shows a newer state."""
    issued_at: datetime
    sha256: str
    size: int
    totals: VerifiedTotals | None
    sample: bool
    """The data are made up: the sheet says CONTOH."""


class HashCheck(Body):
    sha256: Annotated[str, Field(pattern=SHA256, examples=["9f" * 32])]
    """Of the file that somebody holds; the file itself stays where it is."""


class HashChecked(Read):
    matches: bool
    number: str
