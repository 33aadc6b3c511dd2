"""Reads of ledgers as they were last computed, and of the records that they rest on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Uuid, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Scope
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on
from app.workdays.errors import WorkdayImportNotFound
from app.workdays.models import WorkdayImport, WorkdayLedger, WorkdayRecord
from app.workdays.rules import Ledger
from app.workdays.schemas import LedgersFilter


@dataclass(frozen=True)
class LedgerFact:
    """A person's year as it was last computed; `service.refresh` makes what is stale anew."""

    asn_id: UUID
    year: int
    ledger: Ledger
    policy: str
    """The label of the policy version that was applied."""
    policy_id: UUID
    computed_at: datetime


async def get_import(session: AsyncSession, import_id: UUID) -> WorkdayImport:
    """Raises WorkdayImportNotFound."""
    found = await session.get(WorkdayImport, import_id, populate_existing=True)
    if found is None:
        raise WorkdayImportNotFound
    return found


@cache
def _ledgers() -> TypeAdapter[Ledger]:
    return TypeAdapter(Ledger)


def ledger_to_json(ledger: Ledger) -> dict[str, Any]:
    kept: dict[str, Any] = _ledgers().dump_python(ledger, mode="json")
    return kept


def ledger_from_json(kept: dict[str, Any]) -> Ledger:
    return _ledgers().validate_python(kept)


async def list_ledgers(session: AsyncSession, year: int, asn_ids: Collection[UUID] | None = None) -> list[LedgerFact]:
    """The ledgers of a year, of these people only where some are named; people without any record have none."""
    asked = select(WorkdayLedger).where(WorkdayLedger.year == year).order_by(WorkdayLedger.asn_id)
    if asn_ids is not None:
        asked = asked.where(WorkdayLedger.asn_id == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid))))
    rows = await session.scalars(asked, execution_options={"populate_existing": True})
    return [
        LedgerFact(row.asn_id, row.year, ledger_from_json(row.facts), row.policy, row.policy_id, row.computed_at)
        for row in rows
    ]


async def list_records(
    session: AsyncSession, asn_id: UUID, from_date: date, to_date: date
) -> dict[date, list[tuple[WorkdayRecord, WorkdayImport]]]:
    """Day → all that was ever delivered about it, the latest first, which is the one that counts."""
    asked = (
        select(WorkdayRecord, WorkdayImport)
        .options(defer(WorkdayImport.rows))
        .join(WorkdayImport, WorkdayImport.id == WorkdayRecord.import_id)
        .where(WorkdayRecord.asn_id == asn_id, WorkdayRecord.day.between(from_date, to_date))
        .order_by(WorkdayRecord.day, WorkdayRecord.seq.desc())
    )
    found: dict[date, list[tuple[WorkdayRecord, WorkdayImport]]] = {}
    for kept, file in await session.execute(asked):
        found.setdefault(kept.day, []).append((kept, file))
    return found


class ListedLedger(NamedTuple):
    """A ledger and whose it is."""

    ledger: WorkdayLedger
    name: str
    nip: str
    employment_type: str
    opd_code: str


async def list_items(
    session: AsyncSession, scope: Scope, wanted: LedgersFilter, year: int, today: date
) -> list[ListedLedger]:
    """The ledgers of a year of people who serve in the scope today; one more than the limit if there is one."""
    asked = (
        select(WorkdayLedger, Asn.name, Asn.nip, Asn.employment_type, Assignment.opd_code)
        .join(Asn, Asn.id == WorkdayLedger.asn_id)
        .join(Assignment, Assignment.asn_id == Asn.id)
        .where(WorkdayLedger.year == year, valid_on(Assignment, today), within(Assignment.opd_code, scope))
        .order_by(WorkdayLedger.asn_id)
        .limit(wanted.limit + 1)
    )
    if wanted.tier is not None:
        asked = asked.where(or_(WorkdayLedger.tier_code == wanted.tier, WorkdayLedger.streak_tier_code == wanted.tier))
    if wanted.alert is not None:
        asked = asked.where(WorkdayLedger.alert == wanted.alert)
    if wanted.opd_code is not None:
        asked = asked.where(Assignment.opd_code == wanted.opd_code)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(WorkdayLedger.asn_id > after[0])
    rows = await session.execute(asked, execution_options={"populate_existing": True})
    return [ListedLedger._make(row) for row in rows]
