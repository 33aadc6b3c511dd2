"""Who attended a training, from a file of the office: all of its rows, or none."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour import training_queries as queries
from app.behaviour.models import Training
from app.behaviour.training import fresh_sayings, keep_sayings, require_sayings
from app.behaviour.training_schemas import AttendanceKept
from app.core.errors import FieldError
from app.core.principal import Principal
from app.registry import columns
from app.registry.columns import Column
from app.registry.importing import Record, read_table
from app.registry.mappings import columns_for, read_headers, set_headers
from app.registry.queries import find_asn_by_nips
from app.registry.sheets import read_sheet

KIND = "training_attendance"
COLUMNS = (
    Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), columns.nip),
    Column("attended", ("hadir", "kehadiran", "mengikuti"), columns.yes_no, required=False),
    Column("hours", ("jp", "jam", "jam pelajaran"), columns.whole, required=False),
)


async def read_mapping(session: AsyncSession) -> dict[str, str]:
    return await read_headers(session, KIND)


async def set_mapping(
    session: AsyncSession, caller: Principal, headers: Mapping[str, str], *, at: datetime
) -> dict[str, str]:
    """Raises ColumnMappingWrong."""
    return await set_headers(session, caller, KIND, COLUMNS, headers, at=at)


async def import_attendances(
    session: AsyncSession, caller: Principal, training_id: UUID, data: bytes, *, preview: bool, at: datetime
) -> AttendanceKept:
    """Keep whom a file names, who attended unless it says no; a preview counts and keeps nothing.

    Raises TrainingNotFound, the refusals of `sheets.read_sheet` and `importing.read_table`, and
    TrainingAttendanceRefused naming each row that is wrong. The number of statements does not depend on the rows.
    """
    training = await queries.lock_training(session, training_id)
    known_columns = await columns_for(session, KIND, COLUMNS)
    records = await asyncio.to_thread(lambda: read_table(read_sheet(data), known_columns, KIND)[0])
    people = await find_asn_by_nips(session, [one.values["nip"] for one in records if "nip" in one.values])
    require_sayings(_faults(records, people, training))
    said = {people[one.values["nip"]]: (_attended(one), one.values.get("hours")) for one in records}
    fresh = await fresh_sayings(session, training, said)
    if fresh and not preview:
        await keep_sayings(session, caller, training, fresh, at=at)
    counts = {"rows": len(said), "changed": len(fresh), "unchanged": len(said) - len(fresh)}
    return AttendanceKept(**counts, version=training.version, preview=preview)


def _attended(one: Record) -> bool:
    return bool(one.values.get("attended", True))


def _faults(records: Sequence[Record], people: Mapping[str, UUID], training: Training) -> Iterator[FieldError]:
    lines: dict[str, int] = {}
    for one in records:
        for fault in one.faults:
            yield FieldError(f"/{one.line}/{fault.column}", fault.code, fault.facts)
        nip, hours = one.values.get("nip"), one.values.get("hours")
        if nip is not None and lines.setdefault(nip, one.line) != one.line:
            yield FieldError(f"/{one.line}/nip", "repeated_in_file", {"line": lines[nip]})
        elif nip is not None and nip not in people:
            yield FieldError(f"/{one.line}/nip", "person_unknown")
        if hours is not None and not (_attended(one) and 0 < hours <= training.hours):
            yield FieldError(f"/{one.line}/hours", "hours_not_possible", {"hours": training.hours})
