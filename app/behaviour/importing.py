"""Superiors' words from a file of the office: all of its rows, or none."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import ARRAY, Date, Integer, Text, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour.berakhlak import GUIDES, VALUES
from app.behaviour.errors import BehaviourFileRefused
from app.behaviour.models import Assessment
from app.behaviour.queries import Key, among
from app.behaviour.rules import day_of
from app.behaviour.schemas import AssessmentImportRead
from app.behaviour.standing import rebuild_standings
from app.core.bulk import Row, upsert_rows
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.fields import fold
from app.core.ids import new_id
from app.core.periods import Period
from app.core.principal import Principal
from app.policies.rules_of_performance import Expectation, Rater
from app.registry import columns
from app.registry.columns import Column, Unreadable
from app.registry.importing import Record, read_table
from app.registry.mappings import columns_for, read_headers, set_headers
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on
from app.registry.sheets import Cell, read_sheet

KIND = "behaviour"
MAX_ERRORS = 100
"""Shown at once; a file with more is best corrected from its first ones."""
_WORDS = {
    "di bawah ekspektasi": Expectation.BELOW,
    "dibawah ekspektasi": Expectation.BELOW,
    "sesuai ekspektasi": Expectation.MEETS,
    "di atas ekspektasi": Expectation.ABOVE,
    "diatas ekspektasi": Expectation.ABOVE,
} | {word.value: word for word in Expectation}
_EXPECTED = "di bawah ekspektasi, sesuai ekspektasi, di atas ekspektasi"
_GUIDES_BY_WORD: dict[str, tuple[str, ...]] = {
    fold(word): (guide.code,) for guide in GUIDES.values() for word in (guide.code, guide.words)
} | {fold(word): tuple(guide.code for guide in value.guides) for value in VALUES for word in (value.code, value.name)}
"""Folded code or words of a guide or value → the guides that are meant."""


def _rating(cell: Cell) -> str:
    """Words only: whether a 1 is the best or the worst is nowhere written."""
    found = _WORDS.get(fold(columns.as_text(cell)))
    if found is None:
        raise Unreadable("not_one_of", expected=_EXPECTED)
    return found.value


def _guide(cell: Cell) -> str:
    word = fold(columns.as_text(cell))
    if word not in _GUIDES_BY_WORD:
        raise Unreadable("guide_unknown")
    return word


def _period(cell: Cell) -> str:
    """A code; a spreadsheet makes the first of the month of 2026-11, which means the month."""
    if isinstance(cell, date) and cell.day == 1:
        return Period.month(cell).code
    try:
        return Period.parse(columns.as_text(cell).upper()).code
    except ValueError:
        raise Unreadable("period_malformed") from None


def _rated(code: str, words: str) -> Column:
    return Column(code, (words,), _rating, required=False)


COLUMNS = (
    Column("nip", ("ni pppk", "nip ni pppk", "nomor induk"), columns.nip),
    Column("period", ("periode", "bulan", "triwulan", "tahun"), _period),
    Column("guide", ("panduan", "panduan perilaku", "nilai", "perilaku", "value"), _guide, required=False),
    Column("rating", ("penilaian", "ekspektasi", "hasil"), _rating, required=False),
    Column("note", ("catatan", "umpan balik"), columns.line, required=False),
    *(_rated(value.code, value.name) for value in VALUES),
    *(_rated(guide.code, guide.words[:100]) for guide in GUIDES.values()),
)


@dataclass
class Said:
    """What a file's rows say of one person and period."""

    line: int
    guides: dict[str, str] = field(default_factory=dict)
    by_value: dict[str, str] = field(default_factory=dict)
    """Guides whose value was rated as a whole; a guide's own word outdoes it."""
    note: str | None = None
    """A file without one leaves the note that is kept."""

    @property
    def ratings(self) -> dict[str, str]:
        return self.by_value | self.guides


Told = dict[tuple[str, str], Said]
"""NIP and period → what the file says."""


async def read_mapping(session: AsyncSession) -> dict[str, str]:
    return await read_headers(session, KIND)


async def set_mapping(
    session: AsyncSession, caller: Principal, headers: Mapping[str, str], *, at: datetime
) -> dict[str, str]:
    """Raises ColumnMappingWrong."""
    return await set_headers(session, caller, KIND, COLUMNS, headers, at=at)


async def import_assessments(
    session: AsyncSession, caller: Principal, data: bytes, *, preview: bool, at: datetime
) -> AssessmentImportRead:
    """Keep what every row says as the superior's word; a preview counts and keeps nothing.

    Raises the refusals of `sheets.read_sheet` and `importing.read_table`, and BehaviourFileRefused naming each row that
    is wrong. The number of statements does not depend on the number of rows.
    """
    known_columns = await columns_for(session, KIND, COLUMNS)
    records = await asyncio.to_thread(lambda: read_table(read_sheet(data), known_columns, KIND)[0])
    today = civil_date(at, zone_of(session))
    told, wrong = read_words(records, today)
    _refuse(wrong)
    people = await _find_people(session, told, today)
    _refuse(_strangers(records, people, caller))
    words = {(people[nip, period], period): said for (nip, period), said in told.items()}
    rows, kept = await _plan(session, caller, words, at=at)
    done = AssessmentImportRead(
        rows=len(records),
        created=sum(row["version"] == 1 for row in rows),
        changed=sum(row["version"] > 1 for row in rows),
        unchanged=kept,
        preview=preview,
    )
    if not preview:
        await upsert_rows(session, Assessment, rows)
        await rebuild_standings(session, [(row["asn_id"], row["period"]) for row in rows])
        nips = {nip for nip, _ in told}
        await record(session, caller, "behaviour.import", at=at, nips=nips, done=done.model_dump())
    return done


def read_words(records: Iterable[Record], today: date) -> tuple[Told, list[FieldError]]:
    """What the rows say together, in whatever order they stand, and what is wrong with them."""
    told: Told = {}
    wrong: list[FieldError] = []
    for one in records:
        found = list(_faults(one, today))
        if not found:
            said = told.setdefault((one.values["nip"], one.values["period"]), Said(one.line))
            found = list(_take(one, said))
        wrong += found
    return told, wrong


def _faults(one: Record, today: date) -> Iterator[FieldError]:
    for fault in one.faults:
        yield FieldError(f"/{one.line}/{fault.column}", fault.code, fault.facts)
    if one.faults:
        return
    if Period.parse(one.values["period"]).from_date > today:
        yield FieldError(f"/{one.line}/period", "period_not_begun")
    if ("guide" in one.values) != ("rating" in one.values):
        yield FieldError(f"/{one.line}/{'rating' if 'guide' in one.values else 'guide'}", "cell_empty")
    elif "guide" not in one.values and not _wide(one):
        yield FieldError(f"/{one.line}/rating", "nothing_rated")


def _wide(one: Record) -> dict[str, str]:
    return {name: one.values[name] for name in one.values if fold(name) in _GUIDES_BY_WORD}


def _take(one: Record, said: Said) -> Iterator[FieldError]:
    """Add a row to what is said of its person and period; what was rated already is an error."""
    rated = {fold(name): (name, word) for name, word in _wide(one).items()}
    if "guide" in one.values:
        rated[one.values["guide"]] = ("guide", one.values["rating"])
    for word, (place, rating) in rated.items():
        meant = _GUIDES_BY_WORD[word]
        into = said.guides if len(meant) == 1 else said.by_value
        if not into.keys().isdisjoint(meant):
            yield FieldError(f"/{one.line}/{place}", "repeated_in_file", {"line": said.line})
        into.update(dict.fromkeys(meant, rating))
    said.note = one.values.get("note") or said.note


def _refuse(wrong: Iterable[FieldError]) -> None:
    found = list(wrong)
    if found:
        raise BehaviourFileRefused(errors=found[:MAX_ERRORS], count=len(found))


def _strangers(
    records: Iterable[Record], people: Mapping[tuple[str, str], UUID], caller: Principal
) -> Iterator[FieldError]:
    for one in records:
        asn_id = people.get((one.values["nip"], one.values["period"]))
        if asn_id is None:
            yield FieldError(f"/{one.line}/nip", "person_unknown")
        elif asn_id == caller.asn_id:
            yield FieldError(f"/{one.line}/nip", "person_is_caller")


async def _find_people(session: AsyncSession, told: Told, today: date) -> dict[tuple[str, str], UUID]:
    """Who serves on the day by which each period is judged; they stay locked."""
    nips = literal(sorted({nip for nip, _ in told}), ARRAY(Text))
    lock = select(Asn.id).where(Asn.nip == func.any(nips)).order_by(Asn.id)
    await session.execute(lock.with_for_update(key_share=True))
    asked = list(told)
    days = [{"n": n, "nip": nip, "day": day_of(Period.parse(code), today)} for n, (nip, code) in enumerate(asked)]
    given = (
        func.jsonb_to_recordset(literal(to_jsonable_python(days), JSONB))
        .table_valued(column("n", Integer), column("nip", Text), column("day", Date))
        .render_derived(with_types=True)
    )
    serving = select(given.c.n, Asn.id).join(Asn, Asn.nip == given.c.nip)
    rows = await session.execute(
        serving.join(Assignment, (Assignment.asn_id == Asn.id) & valid_on(Assignment, given.c.day))
    )
    return {asked[row.n]: row.id for row in rows}


async def _plan(
    session: AsyncSession, caller: Principal, words: Mapping[Key, Said], *, at: datetime
) -> tuple[list[Row], int]:
    """New versions where the file says something else, and of how many it says what is kept already."""
    latest = (
        select(Assessment)
        .where(among(Assessment, words), Assessment.rater == Rater.SUPERIOR)
        .ext(distinct_on(Assessment.asn_id, Assessment.period))
        .order_by(Assessment.asn_id, Assessment.period, Assessment.version.desc())
    )
    kept = {(one.asn_id, one.period): one for one in await session.scalars(latest)}
    by = {"by_id": caller.id, "by_asn_id": caller.asn_id, "by_name": caller.name, "at": at}
    rows: list[Row] = []
    for (asn_id, period), said in words.items():
        known = kept.get((asn_id, period))
        note = said.note or (known.note if known else None)
        if known and (known.ratings, known.note) == (said.ratings, note):
            continue
        about = {"id": new_id(), "asn_id": asn_id, "period": period, "rater": Rater.SUPERIOR}
        told = {"version": known.version + 1 if known else 1, "ratings": said.ratings, "note": note}
        rows.append(about | told | by)
    return rows, len(words) - len(rows)
