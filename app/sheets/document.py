"""A sheet as a description: columns, rows, totals and notes that XLSX, PDF and CSV print alike. Pure.

Every figure stands here once. A formula stands beside its value, so that a workbook computes what paper shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Cell = str | int | Decimal | None
"""None: nothing can be said, shown as a dash where figures stand."""


class Look(StrEnum):
    TEXT = "text"
    WORD = "word"
    """Short text, centred."""
    PLACE = "place"
    """The running number of a row."""
    NUMBER = "number"
    PERCENT = "percent"


@dataclass(frozen=True)
class Column:
    name: str
    """How formulas call it."""
    title: str
    width: float
    """Its share of the width of a page, relative to the others'; also characters in a workbook."""
    look: Look = Look.NUMBER
    formula: str | None = None
    """Of each row, `{name}` standing for the cell of that column in the row."""
    total: str | None = None
    """Of the totals: `{name}` for the cell of the column in that row, `{name:all}` for those of all rows."""


SUM = "SUM({self:all})"


@dataclass(frozen=True)
class Table:
    title: str
    """Also the name of its page in a workbook."""
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    empty: str = "Tidak ada."
    """What stands there when there are no rows."""


@dataclass(frozen=True)
class Signatory:
    """Who signs; what is not known is a dotted line."""

    place: str | None = None
    title: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Document:
    title: str
    about: Sequence[str]
    """Lines below the title: which apel, when."""
    standing: str
    """SEMENTARA, or FINAL with revision and time."""
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    signatory: Signatory = field(default_factory=Signatory)


@dataclass(frozen=True)
class Certificate:
    """A certificate: one page, one name."""

    award: str
    name: str
    unit: str | None
    """The person's OPD; None where an OPD itself is rewarded."""
    lines: Sequence[str]
    letter: str
    signed: str
    signatory: str
