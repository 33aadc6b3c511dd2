"""Writes of the register: one record from a form, or a file previewed first and applied as a whole.

Both make a plan and carry it out by the same statements, so that a file writes what a form would.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import service as audit
from app.core.clock import civil_date
from app.core.db import lock_key, zone_of
from app.core.errors import FieldError
from app.core.principal import Principal
from app.core.versions import require_version
from app.registry import queries
from app.registry.asn_plan import POST, AsnPlan
from app.registry.columns import Kind
from app.registry.errors import AsnExists, ImportHasErrors, OpdExists, RecordDoubtful, RecordRefused, RegistryMoved
from app.registry.importing import Fault, Grade, Reading, Record, Values, from_json, read_records, to_json
from app.registry.known import load_plan, load_posts
from app.registry.models import Asn, Opd, RegistryImport
from app.registry.opd_plan import OpdPlan
from app.registry.planning import PlannedRow, RowState
from app.registry.schemas import AsnCreate, AsnUpdate, ImportApply, OpdCreate, OpdUpdate, Override
from app.registry.sheets import read_sheet
from app.registry.writing import write_plan

PREVIEW, APPLIED = "preview", "applied"
UNKEEPABLE = frozenset({"head_unknown", "head_nip_missing", "superior_unknown"})
"""In a file these leave the cell aside with a warning; in a form they are what was meant, and refused."""


async def create_opd(session: AsyncSession, caller: Principal, body: OpdCreate, *, at: datetime) -> Opd:
    """Raises OpdExists, RecordRefused, RecordDoubtful."""
    await _take_turns(session)
    if await session.get(Opd, body.code) is not None:
        raise OpdExists(opd_code=body.code)
    values = body.model_dump(exclude_none=True, exclude={"override_reason"}) | {"parent_code": body.parent_code}
    await _write_one(session, caller, Kind.OPD, values, body, at=at)
    return await queries.get_opd(session, body.code)


async def change_opd(
    session: AsyncSession, caller: Principal, code: str, body: OpdUpdate, *, expected: int | None, at: datetime
) -> Opd:
    """Raises OpdNotFound, VersionMismatch, RecordRefused, RecordDoubtful."""
    await _take_turns(session)
    opd = await queries.get_opd(session, code)
    require_version(expected, opd.version)
    values = body.model_dump(exclude_unset=True, exclude={"override_reason"}) | {"code": code}
    await _write_one(session, caller, Kind.OPD, values, body, at=at)
    return await queries.get_opd(session, code)


async def create_asn(session: AsyncSession, caller: Principal, body: AsnCreate, *, at: datetime) -> Asn:
    """Raises AsnExists, RecordRefused, RecordDoubtful."""
    await _take_turns(session)
    if await queries.find_asn_by_nips(session, [body.nip]):
        raise AsnExists
    values = body.model_dump(exclude_none=True, exclude={"override_reason"})
    await _write_one(session, caller, Kind.ASN, values, body, at=at)
    return await queries.get_asn_by_nip(session, body.nip)


async def change_asn(
    session: AsyncSession, caller: Principal, asn_id: UUID, body: AsnUpdate, *, expected: int | None, at: datetime
) -> Asn:
    """Correct the present assignment, or begin another one on `from_date`.

    Raises AsnNotFound, VersionMismatch, RecordRefused, RecordDoubtful.
    """
    await _take_turns(session)
    asn = await queries.get_asn(session, asn_id, None, _today(session, at))
    require_version(expected, asn.version)
    said = body.model_dump(exclude_unset=True, exclude={"override_reason"})
    values = await _present(session, asn, said, at=at) | said
    await _write_one(session, caller, Kind.ASN, values, body, at=at)
    return await queries.get_asn(session, asn_id, None, _today(session, at))


async def _present(session: AsyncSession, asn: Asn, said: Values, *, at: datetime) -> Values:
    """A person as the register has them today, for whatever a change leaves out."""
    today = _today(session, at)
    posts = (await load_posts(session, [asn.id]))[asn.id]
    post = next((post for post in posts if post.holds(today)), posts[-1])
    if "from_date" not in said and said.get("opd_code", post.opd_code) != post.opd_code:
        raise RecordRefused(errors=[FieldError("/from_date", "from_date_needed")], count=1)
    person = {"nip": asn.nip, "name": asn.name, "employment_type": asn.employment_type}
    return person | {name: getattr(post, name) for name in (*POST, "from_date")}


async def _write_one(
    session: AsyncSession, caller: Principal, kind: Kind, values: Values, body: Override, *, at: datetime
) -> None:
    plan = await load_plan(session, kind, [Record(0, values)], _today(session, at))
    row = plan.rows[0]
    _require_sound(row, body.override_reason)
    await write_plan(session, plan)
    await audit.record(
        session,
        caller,
        f"registry.write_{kind}",
        at=at,
        target=values.get("code"),
        nips=_nips([row]),
        columns=[change.column for change in row.changes],
        override_reason=body.override_reason,
    )


def _require_sound(row: PlannedRow, override_reason: str | None) -> None:
    faults = row.record.faults
    wrong = [fault for fault in faults if fault.grade is Grade.ERROR or fault.code in UNKEEPABLE]
    if wrong:
        raise RecordRefused(errors=_field_errors(wrong), count=len(wrong))
    if faults and override_reason is None:
        raise RecordDoubtful(errors=_field_errors(faults), count=len(faults))


def _field_errors(faults: Iterable[Fault]) -> list[FieldError]:
    return [FieldError(f"/{fault.column}", fault.code, fault.facts) for fault in faults]


async def preview_import(
    session: AsyncSession, caller: Principal, kind: Kind | None, filename: str, data: bytes, *, at: datetime
) -> RegistryImport:
    """Read a file and say row by row what it would do; nothing of it is imported yet.

    Raises the refusals of `sheets.read_sheet` and `importing.read_records`.
    """
    reading = await asyncio.to_thread(_read, data, kind)
    plan = await load_plan(session, reading.kind, reading.records, _today(session, at))
    kept = RegistryImport(
        kind=reading.kind,
        state=PREVIEW,
        filename=" ".join(filename.replace("\0", "").split())[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        rows=await asyncio.to_thread(_rows, reading, plan),
        summary=_summary(plan, reading),
        created_by=caller.id,
        created_at=at,
    )
    session.add(kept)
    await session.flush()
    await _record_import(session, caller, "registry.preview_import", kept, plan, at=at)
    return kept


def _read(data: bytes, kind: Kind | None) -> Reading:
    return read_records(read_sheet(data), kind)


def _rows(reading: Reading, plan: AsnPlan | OpdPlan) -> list[dict[str, Any]]:
    return [to_json(read) | {"plan": row.to_json()} for read, row in zip(reading.records, plan.rows, strict=True)]


def _summary(plan: AsnPlan | OpdPlan, reading: Reading) -> dict[str, Any]:
    counts = Counter(row.state for row in plan.rows)
    states = {state.value: counts[state] for state in RowState}
    return {"rows": len(plan.rows), **states, "ignored_columns": [header[:100] for header in reading.ignored]}


async def apply_import(
    session: AsyncSession, caller: Principal, import_id: UUID, body: ImportApply | None = None, *, at: datetime
) -> RegistryImport:
    """Import a previewed file as a whole; a file that was applied stays as it is.

    Raises ImportNotFound, ImportHasErrors, RegistryMoved when the plan is no longer the one that was shown.
    """
    await _take_turns(session)
    kept = await queries.get_import(session, import_id)
    if kept.state == APPLIED:
        return kept
    if kept.summary[RowState.ERROR]:
        raise ImportHasErrors(count=kept.summary[RowState.ERROR])
    records = [from_json(row) for row in kept.rows]
    plan = await load_plan(session, Kind(kept.kind), records, _today(session, at))
    moved = await asyncio.to_thread(_count_moved, kept, plan)
    if moved:
        raise RegistryMoved(count=moved)
    await write_plan(session, plan)
    kept.state, kept.applied_at = APPLIED, at
    await session.flush()
    reason = body.override_reason if body else None
    await _record_import(session, caller, "registry.apply_import", kept, plan, at=at, override_reason=reason)
    return kept


def _count_moved(kept: RegistryImport, plan: AsnPlan | OpdPlan) -> int:
    """Rows that would now do something else than was shown."""
    return sum(old["plan"] != new.to_json() for old, new in zip(kept.rows, plan.rows, strict=True))


async def _record_import(
    session: AsyncSession,
    caller: Principal,
    action: str,
    kept: RegistryImport,
    plan: AsnPlan | OpdPlan,
    *,
    at: datetime,
    **detail: Any,
) -> None:
    await audit.record(
        session, caller, action, at=at, target=str(kept.id), nips=_nips(plan.rows), sha256=kept.sha256, **detail
    )


def _nips(rows: Iterable[PlannedRow]) -> set[str]:
    values = (row.record.values for row in rows)
    return {nip for each in values for name in ("nip", "head_nip") if (nip := each.get(name)) is not None}


def _today(session: AsyncSession, at: datetime) -> date:
    return civil_date(at, zone_of(session))


async def _take_turns(session: AsyncSession) -> None:
    """One writer of the register at a time: a plan holds until it is carried out."""
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("registry", "write"))))
