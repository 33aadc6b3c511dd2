"""Files of the office, from e-Kinerja: all rows or none, the same file twice changes nothing, and a preview of either.

What is the same for both kinds stands here: reading the file, finding its people, refusing what is wrong.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Date, Integer, Text, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import FieldError
from app.core.principal import Principal
from app.duty.queries import serves_within
from app.performance.attendance_words import speaks_of_presence_alone
from app.performance.columns import COLUMNS
from app.performance.errors import AttendanceIsNoOutput, PerformanceFileRefused
from app.performance.people import SUPERIORS, WRITERS, lock_people
from app.performance.periods import target_period
from app.performance.schemas import Kind
from app.registry.importing import Record, read_table
from app.registry.mappings import columns_for
from app.registry.models import Asn
from app.registry.sheets import read_sheet

MAX_ERRORS = 100
"""Shown at once; a file with more is best corrected from its first ones."""


@dataclass(frozen=True)
class Row:
    """A readable row and whose it is."""

    line: int
    asn_id: UUID
    nip: str
    may_decide: bool
    """The sender is a superior of this person."""
    values: Mapping[str, Any]

    @property
    def year(self) -> int:
        return int(self.values["period"][:4])


async def read_file(
    session: AsyncSession, caller: Principal, kind: Kind, data: bytes, texts: Collection[str]
) -> list[Row]:
    """The rows of a file, their people locked until this transaction ends.

    `texts` are the columns that must speak of output. Raises the refusals of `sheets.read_sheet` and
    `importing.read_table`, PerformanceFileRefused and AttendanceIsNoOutput.
    """
    known = await columns_for(session, kind_of_file(kind), COLUMNS[kind])
    records = await asyncio.to_thread(lambda: read_table(read_sheet(data), known, kind)[0])
    refuse(
        FieldError(f"/{one.line}/{fault.column}", fault.code, fault.facts) for one in records for fault in one.faults
    )
    _refuse_presence(records, texts)
    people = await _find_people(session, caller, records)
    refuse(FieldError(f"/{one.line}/nip", "person_unknown") for one in records if one.line not in people)
    await lock_people(session, {asn_id for asn_id, _ in people.values()})
    return [Row(one.line, people[one.line][0], one.values["nip"], people[one.line][1], one.values) for one in records]


def kind_of_file(kind: Kind) -> str:
    """How the register of headers names it."""
    return f"performance-{kind}"


def refuse(wrong: Iterable[FieldError]) -> None:
    """Raises PerformanceFileRefused where there is anything wrong."""
    found = list(wrong)
    if found:
        raise PerformanceFileRefused(errors=found[:MAX_ERRORS], count=len(found))


def _refuse_presence(records: Iterable[Record], texts: Collection[str]) -> None:
    said: dict[str, bool] = {}
    wrong = []
    for one in records:
        for name in texts:
            words = one.values.get(name)
            # Thousands of rows share some texts.
            if words and words not in said:
                said[words] = speaks_of_presence_alone(words)
            if words and said[words]:
                wrong.append(FieldError(f"/{one.line}/{name}", "presence_no_output"))
    if wrong:
        raise AttendanceIsNoOutput(errors=wrong[:MAX_ERRORS], count=len(wrong))


async def _find_people(
    session: AsyncSession, caller: Principal, records: Iterable[Record]
) -> dict[int, tuple[UUID, bool]]:
    """Line → person and whether the caller may decide, for those who serve in reach on a day of the row's period."""
    spans = [_span_of(one) for one in records]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(spans), JSONB))
        .table_valued(column("line", Integer), column("nip", Text), column("from", Date), column("to", Date))
        .render_derived(with_types=True)
    )
    may_write, may_decide = (
        serves_within(caller.reach(*roles), Asn.id, given.c["from"], given.c["to"]) for roles in (WRITERS, SUPERIORS)
    )
    asked = select(given.c.line, Asn.id, may_decide).join(Asn, Asn.nip == given.c.nip).where(may_write)
    return {row[0]: (row[1], row[2]) for row in await session.execute(asked)}


def _span_of(one: Record) -> dict[str, int | str | date]:
    period = target_period(one.values["period"])
    return {"line": one.line, "nip": one.values["nip"], "from": period.from_date, "to": period.to_date}
