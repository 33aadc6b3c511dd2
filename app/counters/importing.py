"""Service times from a file of the queue machine: all of its rows, or none."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import civil_instant
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.fields import FIRST_YEAR
from app.core.principal import Principal
from app.counters.errors import ServiceTimeFileRefused
from app.counters.rules import Message, Told, looks_like_nik
from app.counters.schemas import ServiceCode, TimesRead
from app.counters.service import MAX_ERRORS, keep_times
from app.registry import columns
from app.registry.columns import Column, Unreadable
from app.registry.importing import Fault, Record, read_table
from app.registry.mappings import columns_for
from app.registry.sheets import Cell, read_sheet
from app.workdays.columns import clock

KIND = "service_time"
CLOCKS = {"arrived_at": "arrived", "called_at": "called", "finished_at": "finished"}
"""Field of a message → column of the file."""
SERVICE_CODE: TypeAdapter[str] = TypeAdapter(ServiceCode)


def _service(cell: Cell) -> str:
    """As the times sent as messages have it."""
    try:
        return SERVICE_CODE.validate_python(columns.as_text(cell).upper())
    except ValidationError:
        raise Unreadable("service_code_malformed") from None


def _day(cell: Cell) -> date:
    """A day on which a person can have come; the times sent as messages know no other."""
    found = columns.day(cell)
    if found.year < FIRST_YEAR:
        raise Unreadable("date_malformed")
    return found


def _ticket(cell: Cell) -> str:
    text = columns.as_text(cell)
    if looks_like_nik(text):
        raise Unreadable("ticket_names_person")
    if not text.isascii() or not 0 < len(text) <= 40:
        raise Unreadable("ticket_malformed")
    return text


COLUMNS = (
    Column("opd_code", ("kode opd", "opd", "unit kerja"), columns.opd_code),
    Column("service_code", ("kode layanan", "layanan", "jenis layanan"), _service),
    Column("ticket", ("nomor antrean", "no antrean", "antrean", "nomor antrian", "no antrian"), _ticket),
    Column("date", ("tanggal", "tgl"), _day),
    Column("arrived", ("jam datang", "datang", "jam ambil", "ambil nomor"), clock),
    Column("called", ("jam dipanggil", "dipanggil", "jam panggil"), clock, required=False),
    Column("finished", ("jam selesai", "selesai"), clock, required=False),
    Column("finished_date", ("tanggal selesai", "tgl selesai"), _day, required=False),
    Column("cancelled", ("batal", "dibatalkan"), columns.yes_no, required=False),
)


async def import_times(
    session: AsyncSession, caller: Principal, data: bytes, *, preview: bool, at: datetime
) -> TimesRead:
    """Keep every row of a CSV or XLSX file as a message; with `preview` say what it would do and keep nothing.

    Times are local to the regency. Raises the refusals of `sheets.read_sheet` and `importing.read_table`, and
    ServiceTimeFileRefused naming each row that is wrong.
    """
    known = await columns_for(session, KIND, COLUMNS)
    records = await asyncio.to_thread(lambda: read_table(read_sheet(data), known, KIND)[0])
    records = [_checked(one) for one in records]
    faults = [FieldError(f"/{one.line}/{f.column}", f.code, f.facts) for one in records for f in one.faults]
    _refuse(faults)
    messages = [_message(one, zone_of(session)) for one in records]
    attempt = await session.begin_nested()
    done, wrong = await keep_times(session, caller, messages, at=at)
    _refuse([FieldError(f"/{records[number].line}/{CLOCKS.get(name, name)}", code) for number, name, code in wrong])
    await (attempt.rollback() if preview else attempt.commit())
    return done


def _checked(one: Record) -> Record:
    """A clock without digits is no arrival, however well it reads."""
    if one.values.get("arrived") is None and all(fault.column != "arrived" for fault in one.faults):
        return one.with_faults(Fault("arrived", "cell_empty"))
    return one


def _refuse(wrong: Sequence[FieldError]) -> None:
    if wrong:
        raise ServiceTimeFileRefused(errors=list(wrong[:MAX_ERRORS]), count=len(wrong))


def _message(one: Record, zone: ZoneInfo) -> Message:
    values = one.values
    told = Told(
        arrived_at=_instant(values["date"], values["arrived"], zone),
        called_at=_maybe(values["date"], values.get("called"), zone),
        finished_at=_maybe(values.get("finished_date") or values["date"], values.get("finished"), zone),
        cancelled=values.get("cancelled"),
    )
    return Message(values["opd_code"], values["service_code"], values["ticket"], told)


def _instant(day: date, clock_time: str, zone: ZoneInfo) -> datetime:
    return civil_instant(day, time.fromisoformat(clock_time), zone)


def _maybe(day: date, clock_time: str | None, zone: ZoneInfo) -> datetime | None:
    return None if clock_time is None else _instant(day, clock_time, zone)
