"""Reads of ledgers as they were last computed, and of the records that they rest on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.workdays.models import WorkdayLedger
from app.workdays.rules import Ledger


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
