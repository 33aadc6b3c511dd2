"""The last roll-calls side by side: counts only, no names."""

from datetime import date
from uuid import UUID

from app.apel.rules import ApelKind
from app.core.fields import Read
from app.core.rates import PercentRead


class HistoryApel(Read):
    """One apel over all reporting units."""

    apel_id: UUID
    date: date
    title: str
    provisional: bool
    """True until the apel is final."""
    rate: PercentRead
    duty_rate: PercentRead


class HistoryCell(Read):
    """One reporting unit at one apel."""

    report: str
    """missing | partial | submitted | late | returned | verified."""
    rate: PercentRead
    duty_rate: PercentRead
    points: float | None
    """Of 100; null where nothing was scored."""


class HistoryRow(Read):
    opd_code: str
    short_name: str
    name: str
    order: int
    band: str | None
    """The size band of its latest score; null without one."""
    cells: list[HistoryCell | None]
    """As `apels`; null where the unit was not called."""


class BoardHistory(Read):
    kind: ApelKind
    instansi: str
    zone: str
    """IANA name of the time zone by which this regency tells days and hours."""
    sample: bool
    apels: list[HistoryApel]
    """The oldest first."""
    opd: list[HistoryRow]
    """In protocol order."""
