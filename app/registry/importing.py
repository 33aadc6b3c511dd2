"""From rows of cells to records: which kind of file it is, which column is which, what each cell says."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.fields import fold
from app.registry.columns import COLUMNS, Column, Kind, Unreadable
from app.registry.errors import ColumnsMissing, ColumnsRepeated
from app.registry.sheets import TITLE_LINES, Cell, Row

DATES = frozenset({"from_date", "to_date"})
Values = dict[str, Any]
"""Column name → value as `columns` reads it."""


class Grade(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; `code` is a text of section `import`."""

    column: str
    code: str
    grade: Grade = Grade.ERROR
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A row as it was read; a value that is not there leaves things as they are."""

    line: int
    values: Values
    faults: tuple[Fault, ...] = ()

    def with_faults(self, *faults: Fault) -> "Record":
        return replace(self, faults=self.faults + faults)

    @property
    def broken(self) -> bool:
        return any(fault.grade is Grade.ERROR for fault in self.faults)


@dataclass(frozen=True)
class Reading:
    kind: Kind
    records: list[Record]
    ignored: list[str]
    """Headers that mean nothing here."""


def read_records(rows: list[Row], kind: Kind | None) -> Reading:
    """The records below the header row; the kind is guessed from the header when it is not given.

    Raises ColumnsMissing, ColumnsRepeated.
    """
    kind = kind or max(Kind, key=lambda kind: _find_header(rows, COLUMNS[kind]))
    records, ignored = read_table(rows, COLUMNS[kind], kind)
    return Reading(kind, _without_doubles(kind, records), ignored)


def read_table(rows: list[Row], columns: tuple[Column, ...], kind: str) -> tuple[list[Record], list[str]]:
    """The records of any file below its header row, and the headers that mean nothing in it.

    Raises ColumnsMissing, ColumnsRepeated.
    """
    _, before = _find_header(rows, columns)
    headers = rows[-before][1] if rows else []
    found = _match(columns, headers)
    _require_columns(kind, columns, found)
    ignored = [str(headers[index]) for index in range(len(headers)) if index not in found and headers[index]]
    return [_read_row(line, cells, found) for line, cells in rows[1 - before :]], ignored


def _find_header(rows: list[Row], columns: tuple[Column, ...]) -> tuple[int, int]:
    """How many columns the best row names, and how many rows come before it, as a negative number; first is best."""
    found = [
        (len({column.name for column in _match(columns, cells).values()}), -index)
        for index, (_, cells) in enumerate(rows[:TITLE_LINES])
    ]
    return max(found, default=(0, 0))


def _match(columns: tuple[Column, ...], headers: list[Cell]) -> dict[int, Column]:
    known = {fold(word): column for column in columns for word in (column.name, *column.aliases)}
    return {
        index: known[fold(header)]
        for index, header in enumerate(headers)
        if isinstance(header, str) and fold(header[:100]) in known
    }


def _require_columns(kind: str, columns: tuple[Column, ...], found: dict[int, Column]) -> None:
    names = Counter(column.name for column in found.values())
    missing = [column.name for column in columns if column.required and column.name not in names]
    if missing:
        raise ColumnsMissing(kind=kind, columns=", ".join(missing))
    repeated = [name for name, times in names.items() if times > 1]
    if repeated:
        raise ColumnsRepeated(columns=", ".join(repeated))


def _read_row(line: int, cells: list[Cell], columns: dict[int, Column]) -> Record:
    values: Values = {}
    faults = []
    for index, column in columns.items():
        cell = cells[index] if index < len(cells) else None
        if cell is None or cell == "":
            if column.blank:
                values[column.name] = None
            elif column.required:
                faults.append(Fault(column.name, "cell_empty"))
            continue
        try:
            values[column.name] = column.read(cell)
        except Unreadable as problem:
            faults.append(Fault(column.name, problem.code, facts=problem.facts))
    return Record(line, values, tuple(faults))


def _without_doubles(kind: Kind, records: list[Record]) -> list[Record]:
    """The second row of a code or NIP is an error: which of the two is meant cannot be known."""
    key = "code" if kind is Kind.OPD else "nip"
    first: dict[str, int] = {}
    checked = []
    for record in records:
        value = record.values.get(key)
        if value is not None and first.setdefault(value, record.line) != record.line:
            checked.append(record.with_faults(Fault(key, "repeated_in_file", facts={"line": first[value]})))
        else:
            checked.append(record)
    return checked


def to_json(record: Record) -> dict[str, Any]:
    """A record as it is kept between preview and application."""
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in record.values.items()}
    return {"line": record.line, "values": values, "faults": [fault_to_json(fault) for fault in record.faults]}


def fault_to_json(fault: Fault) -> dict[str, Any]:
    return {"column": fault.column, "code": fault.code, "grade": fault.grade.value, "facts": fault.facts}


def from_json(kept: dict[str, Any]) -> Record:
    values = {
        name: date.fromisoformat(value) if name in DATES and value is not None else value
        for name, value in kept["values"].items()
    }
    faults = (Fault(f["column"], f["code"], Grade(f["grade"]), f["facts"]) for f in kept["faults"])
    return Record(kept["line"], values, tuple(faults))
