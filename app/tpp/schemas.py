"""What the TPP room takes and gives. Amounts are whole rupiah."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.fields import Body, Bool, Line, OpdCode, Prose, Read
from app.core.paging import MAX_LIMIT
from app.core.traces import RuleLine
from app.tpp.states import SheetState

MonthText = Annotated[
    str, StringConstraints(pattern=r"^20(0[1-9]|[1-9][0-9])-(0[1-9]|1[0-2])$"), Field(examples=["2026-11"])
]
"""A calendar month, from 2001 on."""


SheetKind = Literal["regular", "correction"]


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def month_text(first: date) -> str:
    return f"{first:%Y-%m}"


class SheetCreate(Body):
    opd_code: OpdCode
    """A reporting unit; the people of the OPDs that it answers for are on its sheet."""
    month: MonthText
    trial: Bool = False
    """Calculate under the policy on trial: to look at, never to cut."""


class CorrectionCreate(Body):
    month: MonthText
    """With whose pay the differences are settled; later than the corrected one."""


class ObjectionCreate(Body):
    reason: Prose


class AnswerWrite(Body):
    outcome: Literal["accepted", "rejected"]
    """Accepting changes no number by itself: the fact is corrected where it was recorded, and the sheet published
    anew."""
    note: Line


class _Paged(Body):
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class SheetFilter(_Paged):
    month: MonthText | None = None
    opd_code: OpdCode | None = None
    state: SheetState | None = None
    trial: bool | None = None


class CorrectionFilter(_Paged):
    month: MonthText | None = None
    """With whose pay they are settled."""
    opd_code: OpdCode | None = None


class PageFilter(_Paged):
    """A page of one list."""


class TotalsRead(Read):
    people: int
    cut: int
    """People of whose TPP something is cut."""
    without_rules: int
    """People for whose employment type no table is loaded: nothing is cut, and nothing is said."""
    without_rate: int
    """People whose TPP nobody loaded: percentages only."""
    amount: int
    """Rupiah cut in all, of those whose TPP is loaded."""


class SheetRead(Read):
    """One unit's month, or a correction of one."""

    id: UUID
    opd_code: str
    month: str
    kind: SheetKind
    corrects: UUID | None
    """The frozen sheet that this one corrects."""
    trial: bool
    policy: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    """The days whose facts are in it; December may close early, and January takes the rest."""
    state: SheetState
    made_at: datetime
    published_at: datetime | None
    objections_until: date | None
    """Last day on which its people may object."""
    open_objections: int
    signed_by: str | None
    signed_at: datetime | None
    frozen_by: str | None
    frozen_at: datetime | None
    version: int
    totals: TotalsRead
    lines_href: str


class CutRead(RuleLine):
    """One deduction, or what a cap gives back (negative)."""

    percent: float
    """Of the base that `facts` names."""
    amount: int | None
    """Where each line is rounded by itself; else only the total is in rupiah."""


class TallyRead(Read):
    absent_days: int
    late_minutes: int
    early_minutes: int
    apel_misses: int
    unknown_days: int
    """Days without a record: never cut, but somebody should look."""
    undecided: int
    """Apels on which a person has yet to decide: never cut."""


class CalculationRead(Read):
    """One person's month under the table, with everything that it rests on."""

    policy: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    rule_set: bool
    """False: no table is loaded for this employment type; nobody is judged by another's."""
    note: str | None
    percent: float | None
    """Cut of the whole TPP, half-up to four decimals."""
    rate: int | None
    """The whole TPP of the month."""
    amount: int | None
    """Cut, in rupiah; null where no TPP is loaded."""
    tally: TallyRead | None
    lines: list[CutRead]


class SettledRead(Read):
    percent: float | None
    amount: int | None


class LineRead(Read):
    """One person on a sheet."""

    asn_id: UUID
    name: str
    nip_masked: str
    nip: str | None
    """Null unless you answer for the person or for all."""
    opd_code: str
    employment_type: str
    calculation: CalculationRead
    before: SettledRead | None
    """On a correction: what was settled before; null there: the person was on no sheet."""
    repayment: int | None
    """On a correction: rupiah owed to the person; negative: owed by the person."""


class CorrectedRead(Read):
    """One person's difference on a correction."""

    sheet_id: UUID
    opd_code: str
    month: str
    """With whose pay it is settled."""
    corrected_month: str
    state: SheetState
    asn_id: UUID
    name: str
    nip_masked: str
    before: SettledRead | None
    after: SettledRead
    repayment: int | None
    """Rupiah owed to the person; negative: owed by the person; null where no TPP is loaded."""
    href: str


class PersonMonthRead(Read):
    """One month of one person."""

    sheet_id: UUID
    opd_code: str
    month: str
    kind: SheetKind
    state: SheetState
    trial: bool
    objections_until: date | None
    objections_href: str | None
    """Where the person objects as long as that is possible."""
    calculation: CalculationRead
    before: SettledRead | None
    repayment: int | None


class PersonYearRead(Read):
    asn_id: UUID
    year: int
    items: list[PersonMonthRead]
    """The latest month first; corrections stand beside what they correct."""


class ObjectionRead(Read):
    id: UUID
    sheet_id: UUID
    asn_id: UUID
    name: str
    reason: str
    made_at: datetime
    outcome: Literal["accepted", "rejected"] | None
    note: str | None
    answered_by: str | None
    answered_at: datetime | None


class RatesRead(Read):
    """What a file did."""

    rows: int
    loaded: int
    unchanged: int
