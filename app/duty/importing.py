"""Absences from a file of the office: all of its rows, or none."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import ARRAY, Date, Integer, Text, Uuid, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import upsert_rows
from app.core.errors import FieldError
from app.core.fields import fold
from app.core.ids import new_id
from app.core.principal import Principal, Role
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.duty import queries
from app.duty.errors import AbsenceFileRefused, OnlyHeadConfirms
from app.duty.models import Absence
from app.duty.rules import ABSENCE_CODES, WFA, AbsenceState, Claim, Code, ImportPlan, Known, plan_import
from app.duty.schemas import AbsenceImportRead
from app.duty.service import DECIDERS, WRITERS
from app.registry import columns
from app.registry.columns import Column, Unreadable
from app.registry.importing import Record, read_table
from app.registry.models import Asn
from app.registry.sheets import Cell, read_sheet

MAX_ERRORS = 100
"""Shown at once; a file with more is best corrected from its first ones."""

ABSENCE_WORDS = {code.lower(): code for code in ABSENCE_CODES} | {
    "wfh": WFA,
    "dinas luar": Code.DL,
    "dinas dalam": Code.DD,
    "diklat": Code.DK,
    "tugas belajar": Code.TB,
    "cuti tahunan": Code.CT,
    "cuti besar": Code.CB,
    "cuti sakit": Code.CS,
    "cuti melahirkan": Code.CM,
    "cuti alasan penting": Code.CP,
    "cuti di luar tanggungan negara": Code.CLTN,
    "sakit": Code.S,
    "izin": Code.I,
    "sif": Code.SF,
    "shift": Code.SF,
    "masa persiapan pensiun": Code.MPP,
    "dipekerjakan": Code.DPK,
    "diperbantukan": Code.DPB,
    "bebas sementara": Code.BS,
}
"""What offices write for the reasons of absence, folded."""


def _code(cell: Cell) -> str:
    found = ABSENCE_WORDS.get(fold(columns.as_text(cell)))
    if found is None:
        raise Unreadable("not_one_of", expected=", ".join(sorted(ABSENCE_CODES)))
    return str(found)


COLUMNS = (
    Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), columns.nip),
    Column("code", ("kode", "jenis", "keterangan"), _code),
    Column("from", ("from date", "dari", "mulai", "tanggal mulai", "tgl mulai"), columns.day),
    Column("to", ("to date", "sampai", "hingga", "selesai", "tanggal selesai", "tgl selesai"), columns.day),
    Column("letter_no", ("nomor surat", "no surat", "nomor"), columns.line, required=False),
    Column("letter_date", ("tanggal surat", "tgl surat"), columns.day, required=False),
)


async def import_absences(
    session: AsyncSession, caller: Principal, data: bytes, state: AbsenceState, *, at: datetime
) -> AbsenceImportRead:
    """Propose or confirm every row of a CSV or XLSX file; the same file again changes nothing.

    Raises OnlyHeadConfirms, the refusals of `sheets.read_sheet` and `importing.read_table`, and AbsenceFileRefused
    naming each row that is wrong. The number of statements does not depend on the number of rows.
    """
    roles = DECIDERS if state is AbsenceState.CONFIRMED else WRITERS
    if not caller.holds(*roles):
        raise OnlyHeadConfirms
    records = await asyncio.to_thread(_read, data)
    _refuse(fault for one in records for fault in _faults(one))
    claims = await _find_people(session, caller, roles, records)
    _refuse(FieldError(f"/{one.line}/nip", "person_unknown") for one in records if one.line not in claims)
    plan = plan_import(claims, await _load_known(session, claims.values()), state)
    _refuse(
        FieldError(f"/{line}/from", "absence_overlaps", {"from_date": str(first), "to_date": str(last)})
        for line, (first, last) in plan.clashes.items()
    )
    await _write(session, caller, plan, state, at=at)
    done = AbsenceImportRead(
        rows=len(claims), created=len(plan.create), confirmed=len(plan.confirm), unchanged=plan.unchanged
    )
    nips = [one.values["nip"] for one in records]
    await record(session, caller, "duty.import", at=at, nips=nips, state=state, done=done.model_dump())
    return done


def _read(data: bytes) -> list[Record]:
    return read_table(read_sheet(data), COLUMNS, "absence")[0]


def _faults(one: Record) -> list[FieldError]:
    found = [FieldError(f"/{one.line}/{fault.column}", fault.code, fault.facts) for fault in one.faults]
    if not found and one.values["to"] < one.values["from"]:
        found.append(FieldError(f"/{one.line}/to", "ends_before_begin"))
    return found


def _refuse(wrong: Iterable[FieldError]) -> None:
    found = list(wrong)
    if found:
        raise AbsenceFileRefused(errors=found[:MAX_ERRORS], count=len(found))


async def _find_people(
    session: AsyncSession, caller: Principal, roles: tuple[Role, ...], records: list[Record]
) -> dict[int, Claim]:
    """What each row says, by line, for people in the caller's reach on its days; they stay locked."""
    nips = literal(sorted({one.values["nip"] for one in records}), ARRAY(Text))
    lock = select(Asn.id).where(Asn.nip == func.any(nips)).order_by(Asn.id)
    await session.execute(lock.with_for_update(key_share=True))
    spans = [{"line": one.line} | {name: one.values[name] for name in ("nip", "from", "to")} for one in records]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(spans), JSONB))
        .table_valued(column("line", Integer), column("nip", Text), column("from", Date), column("to", Date))
        .render_derived(with_types=True)
    )
    serves = queries.serves_within(caller.reach(*roles), Asn.id, given.c["from"], given.c["to"])
    rows = await session.execute(select(given.c.line, Asn.id).join(Asn, Asn.nip == given.c.nip).where(serves))
    people = {row.line: row.id for row in rows}
    return {one.line: _claim(people[one.line], one.values) for one in records if one.line in people}


def _claim(asn_id: UUID, values: Mapping[str, Any]) -> Claim:
    return Claim(
        asn_id, values["code"], values["from"], values["to"], values.get("letter_no"), values.get("letter_date")
    )


async def _load_known(session: AsyncSession, claims: Iterable[Claim]) -> list[Known]:
    people = literal(sorted({claim.asn_id for claim in claims}), ARRAY(Uuid))
    query = select(
        Absence.id,
        Absence.state,
        Absence.asn_id,
        Absence.code,
        Absence.from_date,
        Absence.to_date,
        Absence.letter_no,
        Absence.letter_date,
    ).where(Absence.asn_id == func.any(people))
    return [Known(row[0], AbsenceState(row[1]), Claim(*row[2:])) for row in await session.execute(query)]


async def _write(
    session: AsyncSession, caller: Principal, plan: ImportPlan, state: AbsenceState, *, at: datetime
) -> None:
    decision = {"decided_by": caller.id, "decided_at": at} if state is AbsenceState.CONFIRMED else {}
    common = {"state": state, "proposed_by": caller.id, "proposed_at": at, "version": 1} | decision
    await upsert_rows(session, Absence, [{"id": new_id(), **vars(claim), **common} for claim in plan.create])
    if plan.confirm:
        ids = literal([one.id for one in plan.confirm], ARRAY(Uuid))
        changed = {"state": state, "version": Absence.version + 1} | decision
        await session.execute(update(Absence).where(Absence.id == func.any(ids)).values(changed))
    settled = plan.create + [one.claim for one in plan.confirm]
    if settled and state is AbsenceState.CONFIRMED:
        first, last = min(claim.from_date for claim in settled), max(claim.to_date for claim in settled)
        await mark_days_stale(session, first, last)
        await mark_workdays_stale(session, {claim.asn_id for claim in settled}, first)
