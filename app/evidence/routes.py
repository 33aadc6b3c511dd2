"""Who was seen at an apel, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.evidence import reading
from app.evidence.schemas import ParticipantFilter, ParticipantRead, ParticipantTrace
from app.web.conditional import ETag
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.routing import room_router

router = room_router("/v1/apel/{apel_id}/participants", "Kehadiran Zoom")
Reader = Annotated[
    Principal,
    Depends(Requires(Role.BUPATI, Role.KOMINFO, Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD, Role.OPD_OPERATOR)),
]


@router.get("")
async def list_participants(
    apel_id: UUID,
    wanted: Annotated[ParticipantFilter, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
    etag: ETag,
) -> Page[ParticipantRead]:
    """Who was seen: one item per subject, and per device that nobody could be matched to (`matched=false`).

    With `matched=false` each item says whom it may mean and why; a person confirms. A caller of an OPD sees the own
    reporting unit: its room, its people, and who claims to be of it.
    """
    found = await reading.read_participants(session, caller, apel_id, wanted, language=language, at=now)
    etag.set_digest(found)
    return found


@router.get("/{participant_id}")
async def read_participant(
    apel_id: UUID, participant_id: UUID, caller: Reader, session: Transaction, now: Now
) -> ParticipantTrace:
    """One of those who were seen, with every decision about it: whom it was said to be, by whom, when, and whether
    that stands. `basis.evidence.participant_id` of a mark leads here."""
    return await reading.read_participant(session, caller, apel_id, participant_id, at=now)
