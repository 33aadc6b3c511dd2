"""Our own broadcasts: kept as the provider tells them, read by apel, and settled by a person."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import ARRAY, Text, Uuid, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.audit.service import record
from app.core.paging import Page
from app.core.principal import Principal
from app.livestreams.errors import StreamNoteNotFound
from app.livestreams.models import StreamSettlement, StreamSighting
from app.livestreams.stream_schemas import SettlementRead, StreamNoteRead, StreamSettle
from app.livestreams.streams import StreamKind, StreamNote, StreamSeen, notes_of

_RECORD = text(
    """
    INSERT INTO stream_sighting AS old (run_uuid, kind, at, service, page_url)
    SELECT run_uuid, kind, at, max(service), max(page_url)
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS seen(run_uuid text, kind text, at timestamptz, service text, page_url text)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (run_uuid, kind, at) DO UPDATE
       SET (service, page_url) = (greatest(old.service, excluded.service), greatest(old.page_url, excluded.page_url))
     WHERE (old.service, old.page_url) IS DISTINCT FROM
           (greatest(old.service, excluded.service), greatest(old.page_url, excluded.page_url))
    """
)
"""The same told twice in different words is one, and which telling came first makes no difference."""


async def record_streams(session: AsyncSession, seen: Sequence[StreamSeen]) -> None:
    """Keep what was said of broadcasts of our meetings; what is known already changes nothing."""
    if seen:
        await session.execute(_RECORD, {"rows": to_json(list(seen)).decode()})


async def read_notes(session: AsyncSession, apel_id: UUID, *, at: datetime) -> Page[StreamNoteRead]:
    """The broadcasts of the runs that belong to an apel, the earliest first. Raises ApelNotFound."""
    notes = await _list_notes(session, apel_id, at=at)
    settled = await _list_settlements(session, [one for note in notes for one in note.ids])
    return Page(items=[_read(note, _settlement_of(note, settled)) for note in notes])


async def settle_note(
    session: AsyncSession, caller: Principal, apel_id: UUID, note_id: UUID, body: StreamSettle, *, at: datetime
) -> StreamNoteRead:
    """Say whether a broadcast was wanted; the same again changes nothing, another word is added and counts.

    Raises ApelNotFound, StreamNoteNotFound.
    """
    note = next((one for one in await _list_notes(session, apel_id, at=at) if note_id in one.ids), None)
    if note is None:
        raise StreamNoteNotFound
    latest = _settlement_of(note, await _list_settlements(session, note.ids))
    if latest is None or (latest.outcome, latest.note) != (body.outcome, body.note):
        latest = StreamSettlement(note_id=note.ids[0], **body.model_dump(), at=at, by_id=caller.id, by_name=caller.name)
        session.add(latest)
        await session.flush()
        target, run = str(note.ids[0]), note.run_uuid
        await record(session, caller, "livestreams.settle", at=at, target=target, run=run, outcome=body.outcome)
    return _read(note, latest)


async def _list_notes(session: AsyncSession, apel_id: UUID, *, at: datetime) -> list[StreamNote]:
    apel = await get_apel(session, apel_id, at=at)
    runs = [span.uuid for span in apel.occurrences]
    asked = select(StreamSighting).where(StreamSighting.run_uuid == func.any(literal(runs, ARRAY(Text))))
    return notes_of(
        StreamSeen(row.run_uuid, StreamKind(row.kind), row.at, row.service, row.page_url)
        for row in await session.scalars(asked, execution_options={"populate_existing": True})
    )


async def _list_settlements(session: AsyncSession, note_ids: Collection[UUID]) -> list[StreamSettlement]:
    """The latest last."""
    asked = select(StreamSettlement).where(StreamSettlement.note_id == func.any(literal(list(note_ids), ARRAY(Uuid))))
    return list(await session.scalars(asked.order_by(StreamSettlement.id)))


def _settlement_of(note: StreamNote, settled: Sequence[StreamSettlement]) -> StreamSettlement | None:
    return next((one for one in reversed(settled) if one.note_id in note.ids), None)


def _read(note: StreamNote, settlement: StreamSettlement | None) -> StreamNoteRead:
    names = ("run_uuid", "started_at", "stopped_at", "service", "page_url")
    return StreamNoteRead(
        id=note.ids[0],
        **{name: getattr(note, name) for name in names},
        settlement=None if settlement is None else SettlementRead.model_validate(settlement),
    )
