"""What the sheets of one apel are composed from, read once; the figures are those that the board shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_roster
from app.apel.roster import Entry, Unit
from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.apel.turns import order_units
from app.attendance.models import Mark, Tally
from app.attendance.queries import list_tallies
from app.attendance.rules import NR
from app.core.db import zone_of
from app.core.principal import Scope
from app.core.texts.dates import clock_time, long_date, long_day
from app.duty.models import Absence
from app.duty.rules import EXCUSED, NOT_REQUIRED, AbsenceState, Code
from app.registry.rules import EmploymentType
from app.reports.models import ReportEntry


class MarkRow(NamedTuple):
    """A person's mark as a sheet needs it."""

    asn_id: UUID
    unit_code: str
    opd_code: str
    status: str | None
    mode: str | None
    pending: bool
    reason: str
    version_id: str | None


@dataclass(frozen=True)
class Split:
    """The people of one kind of employment: how many, and where they were."""

    strength: int = 0
    present: int = 0
    excused: int = 0
    unexplained: int = 0


@dataclass(frozen=True)
class Ground:
    """One apel as it was concluded, in protocol order."""

    apel: ApelNow
    revision: int
    zone: ZoneInfo
    units: Sequence[Unit]
    tallies: Mapping[str, Tally]
    entries: Mapping[UUID, Entry]
    marks: Sequence[MarkRow]

    @property
    def rows(self) -> list[tuple[Unit, Tally]]:
        return [(unit, self.tallies[unit.opd_code]) for unit in self.units]

    @property
    def pending(self) -> bool:
        return any(tally.pending for tally in self.tallies.values())

    @property
    def final(self) -> bool:
        return self.apel.state is ApelState.FINAL

    @property
    def standing(self) -> str:
        since = self.apel.state_since.astimezone(self.zone)
        moment = f"{long_date(since.date())} pukul {clock_time(since, self.zone)}"
        return f"FINAL sejak {moment} · revisi {self.revision}" if self.final else f"SEMENTARA · revisi {self.revision}"

    @property
    def about(self) -> tuple[str, str]:
        starts = clock_time(self.apel.starts_at, self.zone)
        return self.apel.title, f"{long_day(self.apel.on_date)}, pukul {starts}"


async def load_ground(session: AsyncSession, apel: ApelNow, revision: int, scope: Scope = None) -> Ground:
    """The units in a scope, their people, figures and marks; six statements whatever their number."""
    tallies = {tally.opd_code: tally for tally in await list_tallies(session, apel.id)}
    roster = await get_roster(session, apel)
    codes = [
        code for code in order_units(roster.units.values()) if code in tallies and (scope is None or code in scope)
    ]
    shown = frozenset(codes)
    return Ground(
        apel=apel,
        revision=revision,
        zone=zone_of(session),
        units=[roster.units[code] for code in codes],
        tallies={code: tallies[code] for code in codes},
        entries={entry.asn_id: entry for entry in roster.entries if entry.unit_code in shown},
        marks=[mark for mark in await _list_marks(session, apel.id) if mark.unit_code in shown],
    )


async def _list_marks(session: AsyncSession, apel_id: UUID) -> list[MarkRow]:
    columns = (Mark.asn_id, Mark.unit_code, Mark.opd_code, Mark.status, Mark.mode, Mark.pending, Mark.reason)
    asked = select(*columns, Mark.claim["version_id"].astext).where(Mark.apel_id == apel_id)
    return [MarkRow._make(row) for row in await session.execute(asked)]


_UNASKED = NOT_REQUIRED | {NR}


def split_of(ground: Ground, *, concluded: bool = False) -> dict[str, dict[EmploymentType, Split]]:
    """Unit → kind of employment → its people; without a mark of their own they count as the roster has them.

    `concluded`: only those whose own mark is in the figures; who was counted, is disputed or waits is not.
    """
    marks = {mark.asn_id: mark for mark in ground.marks}
    counts: dict[str, dict[EmploymentType, Counter[str]]] = {}
    for asn_id, entry in ground.entries.items():
        mark = marks.get(asn_id)
        if concluded and not _is_figure(ground, mark):
            continue
        status = mark.status if mark else None
        if status in _UNASKED or (mark is None and not entry.required):
            continue
        of_unit = counts.setdefault(mark.unit_code if mark else entry.unit_code, {})
        of_unit.setdefault(EmploymentType(entry.employment_type), Counter()).update(["strength", _place(status)])
    return {
        unit: {kind: Split(n["strength"], n["present"], n["excused"], n["unexplained"]) for kind, n in kinds.items()}
        for unit, kinds in counts.items()
    }


def _is_figure(ground: Ground, mark: MarkRow | None) -> bool:
    if mark is None or mark.pending or mark.status is None:
        return False
    tally = ground.tallies.get(mark.unit_code)
    return tally is not None and not tally.counts_only


def _place(status: str | None) -> str:
    if status == Code.H:
        return "present"
    if status == Code.TK:
        return "unexplained"
    return "excused" if status in EXCUSED else "open"


Letters = Mapping[tuple[UUID, str], Absence]
"""Person and code → the confirmed absence of that day: a letter explains what it was written for, and nothing else."""


async def load_letters(session: AsyncSession, ground: Ground) -> Letters:
    day = ground.apel.on_date
    asked = select(Absence).where(
        Absence.state == AbsenceState.CONFIRMED, Absence.from_date <= day, Absence.to_date >= day
    )
    # Of two for the same the one that was begun last, whatever order they come in.
    rows = await session.scalars(asked.order_by(Absence.from_date, Absence.id))
    return {(row.asn_id, row.code): row for row in rows}


async def load_notes(session: AsyncSession, ground: Ground) -> dict[UUID, str]:
    """Person → what the OPD wrote beside the name in the report that counts."""
    versions = {UUID(mark.version_id) for mark in ground.marks if mark.version_id}
    if not versions:
        return {}
    asked = select(ReportEntry.asn_id, ReportEntry.note).where(ReportEntry.version_id.in_(versions))
    rows = await session.execute(asked.where(ReportEntry.note.is_not(None)))
    return {asn_id: note for asn_id, note in rows if note}
