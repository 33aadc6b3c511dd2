"""Broadcasts of our own apels over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.livestreams import noting
from app.livestreams.stream_schemas import StreamNoteRead, StreamSettle
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/apel/{apel_id}/livestreams", "Siaran langsung")
Watcher = Annotated[Principal, Depends(Requires(Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR))]
Settler = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN))]


@router.get("")
async def list_streams(apel_id: UUID, caller: Watcher, session: Transaction, now: Now) -> Page[StreamNoteRead]:
    """Broadcasts of the apel's own meeting as Zoom told them, and whether somebody said that they were wanted."""
    return await noting.read_notes(session, apel_id, at=now)


@router.post("/{note_id}/settle")
async def settle_stream(
    apel_id: UUID, note_id: UUID, body: StreamSettle, caller: Settler, session: Transaction, now: Now
) -> StreamNoteRead:
    """Say whether a broadcast was official; the same again changes nothing, another word is added and counts."""
    return await noting.settle_note(session, caller, apel_id, note_id, body, at=now)
