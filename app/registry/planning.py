"""What a plan for the register is made of: a state per row and cell, and the writes that would follow."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.registry.importing import Fault, Record, fault_to_json
from app.registry.rules import Reports

Shown = str | None


class RowState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Change:
    """A cell whose value would be written."""

    column: str
    old: Shown
    new: Shown


@dataclass(frozen=True)
class PlannedRow:
    """One row of the file: what is wrong with it, and what it would change."""

    record: Record
    is_new: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def state(self) -> RowState:
        if self.record.broken:
            return RowState.ERROR
        if self.record.faults:
            return RowState.WARNING
        if self.is_new:
            return RowState.NEW
        return RowState.CHANGED if self.changes else RowState.UNCHANGED

    def to_json(self) -> dict[str, Any]:
        """State, changes and faults: equal for two plans that do the same."""
        return {
            "state": self.state.value,
            "changes": [{"column": c.column, "old": c.old, "new": c.new} for c in self.changes],
            "faults": [fault_to_json(fault) for fault in self.record.faults],
        }


@dataclass
class Span:
    """The civil days from which on conclusions change; grows as a plan is made."""

    from_date: date | None = None

    def widen(self, day: date) -> None:
        self.from_date = day if self.from_date is None else min(self.from_date, day)


def shown(value: object) -> Shown:
    """A value as the file would write it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return Reports.YES.value if value else Reports.NO.value
    return value.isoformat() if isinstance(value, date) else str(value)


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    """The cells in which two views of a record differ, in the order of `after`."""
    return tuple(
        Change(column, shown(before.get(column)), shown(value))
        for column, value in after.items()
        if before.get(column) != value
    )


def ends_before_it_begins(from_date: date, to_date: date | None) -> list[Fault]:
    return [Fault("to_date", "ends_before_begin")] if to_date is not None and to_date < from_date else []
