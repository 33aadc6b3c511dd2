"""What goes into a person's month under a table of the TPP, and what comes out of it: plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

ZERO, HUNDRED = Decimal(0), Decimal(100)


class WorkDay(Protocol):
    """One day of the daily attendance, as it was judged."""

    @property
    def day(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def late_minutes(self) -> int: ...
    @property
    def early_minutes(self) -> int: ...
    @property
    def no_clock_in(self) -> bool: ...
    @property
    def no_clock_out(self) -> bool: ...
    @property
    def code(self) -> str | None: ...
    @property
    def record_id(self) -> UUID | None: ...


class ApelMark(Protocol):
    """What counted at one apel."""

    @property
    def on_date(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str | None: ...
    @property
    def mark_id(self) -> UUID: ...


class Sanction(Protocol):
    """An effective decision that cuts the tunjangan."""

    @property
    def case_id(self) -> UUID: ...
    @property
    def code(self) -> str: ...
    @property
    def cut_percent(self) -> int | None: ...


@dataclass(frozen=True)
class PersonMonth:
    """All that a calculation looks at."""

    days: Sequence[WorkDay]
    apels: Sequence[ApelMark]
    sanctions: Sequence[Sanction] = ()
    """Those that run on the month's first day: each of a sanction's months is so counted once."""
    working_days: int = 1
    """Of the calendar month, by the person's pattern: what a day's TPP is the month's by."""
    rate: Decimal | None = None
    """The whole TPP of the month in rupiah; None: nobody loaded it, and percentages are all that can be said."""


class Rule(StrEnum):
    ABSENT = "absent"
    NOT_EXEMPT = "not_exempt"
    """Excused, by a reason that this table does not exempt."""
    LATE = "late"
    EARLY = "early"
    NO_CLOCK_IN = "no_clock_in"
    NO_CLOCK_OUT = "no_clock_out"
    APEL = "apel"
    CAP = "cap"
    FULL_CUT = "full_cut"
    SANCTION = "sanction"
    WHOLE = "whole"
    """Nobody loses more than the whole TPP."""


WHOLE_DAY = frozenset({Rule.ABSENT, Rule.NOT_EXEMPT})
EVIDENCE = {Rule.APEL: "mark", Rule.SANCTION: "case"} | dict.fromkeys(
    (Rule.ABSENT, Rule.NOT_EXEMPT, Rule.LATE, Rule.EARLY, Rule.NO_CLOCK_IN, Rule.NO_CLOCK_OUT), "workday"
)


class CutLine(NamedTuple):
    """One deduction; the lines of a base add up to what is cut of it."""

    rule: Rule
    code: str | None
    """The class, the status, the tier."""
    day: date | None
    table: Decimal
    """What the table says."""
    percent: Decimal
    """What counts of it, of the base: less where the whole day was cut already, negative where a cap gives back."""
    amount: Decimal | None
    """In rupiah where each line is rounded by itself; the sum is what is cut."""
    of_whole: bool = False
    """The percentage is of the whole TPP, whatever the base of the table."""
    fact_id: UUID | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Tally:
    """What was found, before caps and rounding: the tallies of two halves of a period add up to the whole's."""

    absent_days: int = 0
    late_minutes: int = 0
    early_minutes: int = 0
    apel_misses: int = 0
    unknown_days: int = 0
    """Without a record and without an import: never cut, but somebody should look."""
    undecided: int = 0
    """Marks that wait for a decision: never cut."""
    percent: Decimal = ZERO
    """Of the base."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


class DaySum(NamedTuple):
    """What some days of a month take together, before anything of the whole month is looked at."""

    percent: Decimal
    """Of the base."""
    amount: Decimal
    """In rupiah, where each line is rounded by itself."""
    absent_days: int


@dataclass(frozen=True)
class Calculation:
    lines: tuple[CutLine, ...]
    tally: Tally
    percent: Decimal
    """Of the whole TPP, half-up to four decimals."""
    amount: Decimal | None
