"""An official sheet as plain rows, and its XLSX; whatever people wrote is text there and never a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.core.cells import neutral

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Formula(str):
    """A formula of ours, `=…`; every other text is written as text."""

    __slots__ = ()


Value = str | int | bool | Decimal | date | datetime | UUID | Formula | None


@dataclass(frozen=True)
class Sheet:
    title: str
    header: Sequence[str]
    rows: list[Sequence[Value]] = field(default_factory=list)


def write_book(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one XLSX, row by row; blocks for seconds with hundreds of thousands of cells."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page: Any = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for number, name in enumerate(sheet.header, start=1):
            page.column_dimensions[get_column_letter(number)].width = max(12, min(40, len(name) + 4))
        page.append([_bold(page, name) for name in sheet.header])
        for row in sheet.rows:
            page.append([as_cell(value) for value in row])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _bold(page: Any, name: str) -> Any:
    cell = WriteOnlyCell(page, value=name)
    cell.font = Font(bold=True)
    return cell


def as_cell(value: Value) -> Any:
    """What is written: formulas as they are, text that a spreadsheet would take for one with a quotation mark."""
    if isinstance(value, Formula):
        return str(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return neutral(text)
