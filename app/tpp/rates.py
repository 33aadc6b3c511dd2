"""What each person's whole TPP is a month, from a file of the office: all of its rows, or none."""

import asyncio
import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import upsert_rows
from app.core.db import lock_key
from app.core.errors import FieldError
from app.core.fields import FIRST_YEAR, LAST_YEAR
from app.core.ids import new_id
from app.core.principal import Principal
from app.registry import columns
from app.registry.columns import Column, Unreadable
from app.registry.importing import Record, read_table
from app.registry.queries import find_asn_by_nips
from app.registry.sheets import Cell, read_sheet
from app.tpp.errors import RateFileRefused
from app.tpp.members import load_rates_from
from app.tpp.models import TppRate
from app.tpp.schemas import RatesRead

MAX_ERRORS = 100
"""Shown at once; a file with more is best corrected from its first ones."""
MOST = 1_000_000_000
"""Rupiah a month; the highest TPP of a regency is about a tenth of it."""
_RUPIAH = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,0{1,2}|,-)?", re.IGNORECASE | re.ASCII)


def rupiah(cell: Cell) -> int:
    """Whole rupiah: 4500000, 4.500.000 or Rp 4.500.000,00; a fraction of one is paid to nobody."""
    match = _RUPIAH.fullmatch(columns.as_text(cell))
    if match is None:
        raise Unreadable("number_malformed")
    amount = int(match[1].replace(".", ""))
    if amount > MOST:
        raise Unreadable("number_malformed")
    return amount


def _from(cell: Cell) -> date:
    found = columns.day(cell)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unreadable("date_malformed")
    return found


COLUMNS = (
    Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), columns.nip),
    Column("amount", ("tpp", "besaran", "besaran tpp", "jumlah", "jumlah tpp", "nominal"), rupiah),
    Column("from", ("from date", "mulai", "sejak", "tmt", "berlaku mulai", "tanggal mulai"), _from),
)


async def import_rates(session: AsyncSession, caller: Principal, data: bytes, *, at: datetime) -> RatesRead:
    """Load every row of a CSV or XLSX file; what is known already changes nothing, nothing is overwritten.

    Raises the refusals of `sheets.read_sheet` and `importing.read_table`, and RateFileRefused naming each row that is
    wrong. The number of statements does not depend on the number of rows.
    """
    records = await asyncio.to_thread(_read, data)
    _refuse(
        FieldError(f"/{one.line}/{fault.column}", fault.code, fault.facts) for one in records for fault in one.faults
    )
    people = await find_asn_by_nips(session, [one.values["nip"] for one in records])
    _refuse(FieldError(f"/{one.line}/nip", "person_unknown") for one in records if one.values["nip"] not in people)
    said = _said(records, people)
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("tpp", "rates"))))
    known = await load_rates_from(session, people.values())
    fresh = {key: amount for key, amount in said.items() if known.get(key) != amount}
    digest = hashlib.sha256(data).hexdigest()
    about = {"sha256": digest, "loaded_by": caller.id, "loaded_at": at}
    rows = [
        {"id": new_id(), "asn_id": asn_id, "from_date": day, "amount": amount, **about}
        for (asn_id, day), amount in fresh.items()
    ]
    await upsert_rows(session, TppRate, rows)
    done = RatesRead(rows=len(records), loaded=len(rows), unchanged=len(records) - len(rows))
    await record(session, caller, "tpp.rates", at=at, nips=people, sha256=digest, done=done.model_dump())
    return done


def _read(data: bytes) -> list[Record]:
    return read_table(read_sheet(data), COLUMNS, "tpp")[0]


def _said(records: Iterable[Record], people: dict[str, UUID]) -> dict[tuple[UUID, date], Decimal]:
    """(person, day) → amount; two rows that contradict each other are both wrong.

    Raises RateFileRefused.
    """
    said: dict[tuple[UUID, date], tuple[int, Decimal]] = {}
    wrong = []
    for one in records:
        key, amount = (people[one.values["nip"]], one.values["from"]), Decimal(one.values["amount"])
        line, first = said.setdefault(key, (one.line, amount))
        if first != amount:
            wrong.append(FieldError(f"/{one.line}/nip", "repeated_in_file", {"line": line}))
    _refuse(wrong)
    return {key: amount for key, (_, amount) in said.items()}


def _refuse(wrong: Iterable[FieldError]) -> None:
    found = list(wrong)
    if found:
        raise RateFileRefused(errors=found[:MAX_ERRORS], count=len(found))
