"""People of an order from a file of the office: all of its rows, or none."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.errors import FieldError
from app.core.principal import Principal
from app.core.texts import Language
from app.flexwork import people, reading, service
from app.flexwork.people import Misfit
from app.flexwork.rules import Named
from app.flexwork.schemas import PeopleImportRead
from app.registry import columns
from app.registry.columns import Column
from app.registry.importing import Record, read_table
from app.registry.mappings import columns_for
from app.registry.sheets import read_sheet

KIND = "flexwork"
COLUMNS = (
    Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), columns.nip),
    Column("from", ("from date", "dari", "mulai", "tanggal mulai", "tgl mulai"), columns.day, required=False),
    Column(
        "to", ("to date", "sampai", "hingga", "selesai", "tanggal selesai", "tgl selesai"), columns.day, required=False
    ),
    Column("place", ("tempat", "lokasi", "pos", "balai rw", "nama tempat"), columns.line, required=False),
)


async def import_people(
    session: AsyncSession,
    caller: Principal,
    order_id: UUID,
    data: bytes,
    language: Language,
    *,
    preview: bool,
    at: datetime,
) -> PeopleImportRead:
    """Write the people of a CSV or XLSX file on an order; a preview answers the same and keeps nothing.

    Raises what `people.add_people` raises, and the refusals of `sheets.read_sheet` and `importing.read_table`. The
    number of statements does not depend on the number of rows.
    """
    known = await columns_for(session, KIND, COLUMNS)
    records = await asyncio.to_thread(lambda: read_table(read_sheet(data), known, KIND)[0])
    people.refuse(
        FieldError(f"/{one.line}/{fault.column}", fault.code, fault.facts) for one in records for fault in one.faults
    )
    async with session.begin_nested() as trial:
        done = await _write(session, caller, order_id, records, language, at=at)
        if preview:
            await trial.rollback()
    nips = [one.values["nip"] for one in records]
    counts = {"rows": done.rows, "created": done.created, "preview": preview}
    await record(session, caller, "flexwork.import", at=at, target=str(order_id), nips=nips, **counts)
    return done


async def _write(
    session: AsyncSession,
    caller: Principal,
    order_id: UUID,
    records: list[Record],
    language: Language,
    *,
    at: datetime,
) -> PeopleImportRead:
    row = await service.hold_order(session, caller, order_id)
    service.require_not_revoked(row)
    named = [_named(one) for one in records]
    plan, misfits = await people.plan_named(session, caller, row.order, named)
    people.refuse(_error(records[one.number], one) for one in misfits)
    await people.write_people(session, caller, row.order, plan, at=at)
    if plan.create:
        await people.take_effect(session, caller, row.order, at=at)
    kept, doubts = await reading.weigh(session, caller, order_id, language)
    fresh = {one.asn_id for one in plan.create}
    return PeopleImportRead(
        rows=len(records),
        created=len(plan.create),
        unchanged=plan.unchanged,
        kept=[one for one in kept if one.asn_id in fresh],
        doubts=[one for one in doubts if one.asn_id in fresh],
    )


def _named(one: Record) -> Named:
    said = one.values
    return Named(None, said["nip"], said.get("from"), said.get("to"), said.get("place"))


def _error(one: Record, misfit: Misfit) -> FieldError:
    column = "nip" if misfit.code == "person_unknown" else "from"
    return FieldError(f"/{one.line}/{column}", misfit.code, misfit.facts)
