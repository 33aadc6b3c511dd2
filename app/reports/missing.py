"""Who has not reported yet, and the words that go to the messenger group."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster, list_units
from app.apel.roster import Unit
from app.apel.timeline import ApelNow
from app.core.db import zone_of
from app.core.principal import Principal
from app.core.texts.dates import clock_time, long_day
from app.reports import rules
from app.reports.queries import list_current
from app.reports.reading import READERS
from app.reports.rules import ReportState
from app.reports.schemas import MissingList, MissingPartRead, MissingRead


async def list_missing(session: AsyncSession, caller: Principal, apel_id: UUID, *, at: datetime) -> MissingList:
    """The units within reach whose report is not complete, in protocol order."""
    apel = await get_apel(session, apel_id, at=at)
    units = await _units_with_strength(session, apel)
    reported = {row.version.opd_code for row in await list_current(session, apel.id)}
    scope = caller.reach(*READERS)
    rows = sorted(units.values(), key=lambda unit: (unit.protocol_order, unit.opd_code))
    called = [unit for unit in rows if unit.opd_code == unit.unit_code and (scope is None or unit.opd_code in scope)]
    items = [item for unit in called if (item := _missing_of(unit, rows, reported))]
    return MissingList(items=items, text=_words(apel, items, len(called), at, zone_of(session)))


async def _units_with_strength(session: AsyncSession, apel: ApelNow) -> Mapping[str, Unit]:
    if apel.roster_frozen_at is not None:
        return await list_units(session, apel)
    return (await get_roster(session, apel)).units


def _missing_of(unit: Unit, units: Sequence[Unit], reported: Collection[str]) -> MissingRead | None:
    members = {member.opd_code: member for member in units if member.unit_code == unit.opd_code}
    needed = rules.needed_reporters(unit.opd_code, {code: member.strength for code, member in members.items()})
    missing = [code for code in members if code in needed and code not in reported]
    if not missing:
        return None
    return MissingRead(
        opd_code=unit.opd_code,
        short_name=unit.short_name,
        contact=unit.contact,
        state=ReportState.MISSING if len(missing) == len(needed) else ReportState.PARTIAL,
        self_missing=unit.opd_code in missing,
        parts=[MissingPartRead.model_validate(members[code]) for code in missing if code != unit.opd_code],
    )


def _words(apel: ApelNow, items: Sequence[MissingRead], called: int, at: datetime, zone: ZoneInfo) -> str:
    occasion = f"{apel.title}, {long_day(apel.on_date)}"
    if not items:
        return f"{occasion}: semua {called} OPD sudah melapor. Terima kasih."
    lines = [f"{number}. {_line(item)}" for number, item in enumerate(items, 1)]
    return "\n".join(
        [
            occasion,
            f"Belum lapor sampai pukul {clock_time(at, zone)}: {len(items)} dari {called} OPD",
            *lines,
            f"Batas laporan pukul {clock_time(apel.report_deadline, zone)}. Mohon segera dikirim, terima kasih.",
        ]
    )


def _line(item: MissingRead) -> str:
    if not item.parts:
        return item.short_name
    parts = ", ".join(part.short_name for part in item.parts)
    return f"{item.short_name} (beserta {parts})" if item.self_missing else f"{item.short_name} (tinggal {parts})"
