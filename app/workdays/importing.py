"""Files of the daily attendance system: previewed row by row, applied as a whole, only ever added to."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import lock_key, zone_of
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.stale import mark_workdays_stale
from app.duty.rules import Code
from app.registry.errors import ImportHasErrors
from app.registry.importing import Fault, Grade, Record, fault_to_json, read_table
from app.registry.planning import RowState
from app.registry.queries import find_asn_by_nips
from app.workdays import columns
from app.workdays.judging import DayRecord
from app.workdays.models import WorkdayImport, WorkdayRecord
from app.workdays.queries import get_import
from app.workdays.reading import load_records

PREVIEW, APPLIED = "preview", "applied"
KEPT = ("in", "out", "status", "code", "day_over")
"""What of a row becomes a record, and what a row that says nothing new agrees in."""


async def preview_import(
    session: AsyncSession, caller: Principal, source: str, filename: str, data: bytes, *, at: datetime
) -> WorkdayImport:
    """Read a file and say row by row what it would add; nothing of it counts yet.

    People whom the register does not know are left aside with a warning: such files hold everybody who works there.
    Raises the refusals of `columns.read_rows` and `importing.read_table`.
    """
    today = civil_date(at, zone_of(session))
    rows, ignored = await asyncio.to_thread(_read, data, today)
    await _compare(session, rows)
    states = Counter(row["state"] for row in rows)
    kept = WorkdayImport(
        state=PREVIEW,
        source=source,
        filename=" ".join(filename.replace("\0", "").split())[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        rows=rows,
        summary={"rows": len(rows)}
        | {state.value: states[state] for state in RowState}
        | {"left_aside": sum(row["asn_id"] is None and row["state"] != RowState.ERROR for row in rows)}
        | {"ignored_columns": [header[:100] for header in ignored]},
        created_by=caller.id,
        created_at=at,
    )
    session.add(kept)
    await session.flush()
    await _note(session, caller, "workdays.preview_import", kept, at=at)
    return kept


def _read(data: bytes, today: date) -> tuple[list[dict[str, Any]], list[str]]:
    records, ignored = read_table(columns.read_rows(data), columns.COLUMNS, "workday")
    seen: dict[tuple[str, date], int] = {}
    return [_row(_checked(one, seen, today), today) for one in records], ignored


def _checked(one: Record, seen: dict[tuple[str, date], int], today: date) -> Record:
    """The record with what is wrong or doubtful about it."""
    values = one.values
    if one.broken:
        return one
    first = seen.setdefault((values["nip"], values["date"]), one.line)
    if first != one.line:
        return one.with_faults(Fault("date", "repeated_in_file", facts={"line": first}))
    if values["date"] > today:
        return one.with_faults(Fault("date", "day_in_future"))
    status, code = values.get("status"), columns.code_of(values.get("status"))
    if status and code is None:
        return one.with_faults(Fault("status", "status_unread", Grade.WARNING))
    if code == Code.TK and (values.get("in") or values.get("out")):
        return one.with_faults(Fault("status", "status_contradicts", Grade.WARNING))
    return one


def _row(one: Record, today: date) -> dict[str, Any]:
    """A row as it is kept between preview and application."""
    day: date | None = one.values.get("date")
    return {
        "line": one.line,
        "nip": one.values.get("nip"),
        "day": day.isoformat() if day else None,
        "in": one.values.get("in"),
        "out": one.values.get("out"),
        "status": one.values.get("status"),
        "code": columns.code_of(one.values.get("status")),
        "day_over": day is not None and day < today,
        "faults": [fault_to_json(fault) for fault in one.faults],
        "broken": one.broken,
    }


async def _compare(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Say of each row whose it is, what was known of the day before, and so what it would do."""
    sound = [row for row in rows if not row["broken"]]
    people = await find_asn_by_nips(session, {row["nip"] for row in sound})
    known: dict[UUID, dict[date, DayRecord]] = {}
    if people:
        days = [date.fromisoformat(row["day"]) for row in sound]
        known = await load_records(session, people.values(), min(days), max(days))
    for row in rows:
        asn_id = None if row["broken"] else people.get(row["nip"])
        row["asn_id"] = str(asn_id) if asn_id else None
        if asn_id is None and not row["broken"]:
            row["faults"].append(fault_to_json(Fault("nip", "nip_unknown", Grade.WARNING)))
        before = known.get(asn_id, {}).get(date.fromisoformat(row["day"])) if asn_id else None
        row["old"] = _as_row(before) if before else None
        row["state"] = _state(row)


def _as_row(before: DayRecord) -> dict[str, Any]:
    clocks = [one.isoformat() if one else None for one in (before.clock_in, before.clock_out)]
    return dict(zip(KEPT, (*clocks, before.status, before.code, before.day_over), strict=True))


def _state(row: dict[str, Any]) -> RowState:
    if row["broken"]:
        return RowState.ERROR
    if row["faults"]:
        return RowState.WARNING
    if row["old"] is None:
        return RowState.NEW
    return RowState.UNCHANGED if _says_nothing_new(row) else RowState.CHANGED


def _says_nothing_new(row: dict[str, Any]) -> bool:
    return row["old"] is not None and all(row["old"][name] == row[name] for name in KEPT)


async def apply_import(session: AsyncSession, caller: Principal, import_id: UUID, *, at: datetime) -> WorkdayImport:
    """Have a previewed file count, as the latest word on its days; a file that was applied stays as it is.

    What it says anew is compared again, so that a day is never written twice. Raises WorkdayImportNotFound,
    ImportHasErrors.
    """
    # Whoever applies waits here for the one before, so that the latest applied is the latest written.
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("workdays", "apply"))))
    kept = await get_import(session, import_id)
    if kept.state == APPLIED:
        return kept
    if kept.summary[RowState.ERROR]:
        raise ImportHasErrors(count=kept.summary[RowState.ERROR])
    rows = [dict(row) for row in kept.rows]
    for row in rows:
        row["faults"] = [fault for fault in row["faults"] if fault["code"] != "nip_unknown"]
    await _compare(session, rows)
    fresh = [row for row in rows if row["asn_id"] is not None and not _says_nothing_new(row)]
    await upsert_rows(session, WorkdayRecord, [_record(kept.id, row) for row in fresh])
    if fresh:
        first = min(date.fromisoformat(row["day"]) for row in fresh)
        await mark_workdays_stale(session, {UUID(row["asn_id"]) for row in fresh}, first)
    kept.state, kept.applied_at, kept.applied_by = APPLIED, at, caller.id
    kept.rows, kept.summary = rows, kept.summary | {"applied": len(fresh)}
    await session.flush()
    await _note(session, caller, "workdays.apply_import", kept, at=at, added=len(fresh))
    return kept


def _record(import_id: UUID, row: dict[str, Any]) -> dict[str, Any]:
    named = {"clock_in": row["in"], "clock_out": row["out"], "import_id": import_id, "id": new_id()}
    return named | {name: row[name] for name in ("line", "asn_id", "day", "status", "code", "day_over")}


async def _note(
    session: AsyncSession, caller: Principal, action: str, kept: WorkdayImport, *, at: datetime, **detail: Any
) -> None:
    nips = nips_in(kept.rows)
    await record(session, caller, action, at=at, target=str(kept.id), nips=nips, sha256=kept.sha256, **detail)


def nips_in(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["nip"] for row in rows if row["nip"] is not None}
