"""Writes of shifts. Whoever registers some first locks the people, so that two shifts never overlap."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import ARRAY, Date, Integer, Text, Uuid, column, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.calendar.spans import Span
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.duty import shift_queries
from app.duty.errors import ShiftsRefused
from app.duty.models import Shift
from app.duty.queries import serves_within
from app.duty.service import WRITERS
from app.duty.shift_schemas import ShiftFilter, ShiftRead, ShiftsMade, ShiftsWrite, ShiftWrite
from app.duty.shifts import ShiftClaim, plan_shifts
from app.registry.models import Asn

MAX_ERRORS = 100
"""Shown at once; a list with more is best corrected from its first ones."""


async def read_shifts(
    session: AsyncSession, caller: Principal, wanted: ShiftFilter, *, at: datetime
) -> Page[ShiftRead]:
    """A page of shifts in the caller's reach; the record names everybody on it."""
    rows = await shift_queries.list_shifts(session, caller, wanted)
    await record(session, caller, "duty.shifts", at=at, nips=[row.nip for row in rows[: wanted.limit]])
    return cut_page([row.read() for row in rows], wanted.limit, lambda found: (found.id,))


async def register_shifts(session: AsyncSession, caller: Principal, body: ShiftsWrite, *, at: datetime) -> ShiftsMade:
    """Register all of a list of shifts or none; the same again changes nothing.

    Raises ShiftsRefused naming each row whose person is not in reach or that overlaps another shift. The number of
    statements does not depend on the number of rows.
    """
    people = await _find_people(session, caller, body.items)
    unknown = (row for row in range(len(body.items)) if row not in people)
    _refuse(FieldError(f"/items/{row}", "entry_person_unknown") for row in unknown)
    claims = {row: ShiftClaim(people[row][0], Span(one.starts_at, one.ends_at)) for row, one in enumerate(body.items)}
    plan = plan_shifts(claims, await _load_known(session, claims))
    _refuse(FieldError(f"/items/{row}", "shift_overlaps", _clock(session, span)) for row, span in plan.clashes.items())
    who = {"registered_by": caller.id, "registered_by_name": caller.name, "registered_at": at}
    rows = [{"id": new_id(), "asn_id": one.asn_id, **one.span._asdict(), **who} for one in plan.create]
    await upsert_rows(session, Shift, rows)
    made = ShiftsMade(created=len(plan.create), unchanged=plan.unchanged)
    await record(session, caller, "duty.register_shifts", at=at, nips=[nip for _, nip in people.values()],
                 **made.model_dump())  # fmt: skip
    return made


async def withdraw_shift(
    session: AsyncSession, caller: Principal, shift_id: UUID, reason: str, *, at: datetime
) -> ShiftRead:
    """Take a shift back; one that is withdrawn already stays as it is. Raises ShiftNotFound."""
    row = await shift_queries.get_shift(session, caller.reach(*WRITERS), shift_id, lock=True)
    shift = row.shift
    if shift.withdrawn_at is None:
        shift.withdrawn_at, shift.withdrawn_by_name, shift.withdrawn_reason = at, caller.name, reason
        await session.flush()
        await record(session, caller, "duty.withdraw_shift", at=at, target=str(shift_id), nips=[row.nip])
    return row.read()


async def _find_people(
    session: AsyncSession, caller: Principal, items: list[ShiftWrite]
) -> dict[int, tuple[UUID, str]]:
    """Row → id and NIP of its person, who serves in the caller's reach on the day it begins and stays locked."""
    zone = zone_of(session)
    named = [
        {"row": row, "asn_id": one.asn_id, "nip": one.nip, "day": civil_date(one.starts_at, zone)}
        for row, one in enumerate(items)
    ]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(named), JSONB))
        .table_valued(column("row", Integer), column("asn_id", Uuid), column("nip", Text), column("day", Date))
        .render_derived(with_types=True)
    )
    serves = serves_within(caller.reach(*WRITERS), Asn.id, given.c.day, given.c.day)
    who = or_(Asn.id == given.c.asn_id, Asn.nip == given.c.nip)
    rows = await session.execute(select(given.c.row, Asn.id, Asn.nip).join(Asn, who).where(serves))
    people = {row: (asn_id, nip) for row, asn_id, nip in rows}
    ids = literal(sorted({asn_id for asn_id, _ in people.values()}), ARRAY(Uuid))
    lock = select(Asn.id).where(Asn.id == func.any(ids)).order_by(Asn.id)
    await session.execute(lock.with_for_update(key_share=True))
    return people


async def _load_known(session: AsyncSession, claims: Mapping[int, ShiftClaim]) -> list[ShiftClaim]:
    spans = [claim.span for claim in claims.values()]
    people = {claim.asn_id for claim in claims.values()}
    first, last = min(span.starts_at for span in spans), max(span.ends_at for span in spans)
    found = await shift_queries.list_registered(session, people, first, last)
    return [ShiftClaim(asn_id, one.span) for asn_id, registered in found.items() for one in registered]


def _clock(session: AsyncSession, span: Span) -> dict[str, Any]:
    zone = zone_of(session)
    return {name: f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" for name, instant in span._asdict().items()}


def _refuse(wrong: Iterable[FieldError]) -> None:
    found = list(wrong)
    if found:
        raise ShiftsRefused(errors=found[:MAX_ERRORS], count=len(found))
