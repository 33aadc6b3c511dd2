"""Absences over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Query, UploadFile, status

from app.core.paging import Page
from app.core.principal import Principal
from app.duty import importing, service
from app.duty.queries import READERS
from app.duty.rules import AbsenceState
from app.duty.schemas import (
    AbsenceChange,
    AbsenceCreate,
    AbsenceFilter,
    AbsenceImportRead,
    AbsenceRead,
    NewState,
)
from app.duty.service import WRITERS
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/absences", "Ketidakhadiran")
Reader = Annotated[Principal, Depends(Requires(*READERS))]
Writer = Annotated[Principal, Depends(Requires(*WRITERS))]


@router.get("")
async def list_absences(
    wanted: Annotated[AbsenceFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[AbsenceRead]:
    """Absences in the caller's reach, the newest proposals first; health codes of others' units read `excused`."""
    return await service.read_absences(session, caller, wanted, at=now)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_absence(
    body: AbsenceCreate, caller: Writer, session: Transaction, now: Now, once: Once, etag: ETag
) -> AbsenceRead:
    """Propose an absence; a head or the personnel office may confirm it at once."""

    async def create() -> AbsenceRead:
        made = await service.create_absence(session, caller, body, at=now)
        etag.set(made.version)
        return made

    return await once.run(create)


@router.post("/imports", status_code=status.HTTP_201_CREATED, max_body_size=MAX_BYTES + MIB)
async def import_absences(
    file: Annotated[UploadFile, File()],
    caller: Writer,
    session: Transaction,
    now: Now,
    once: Once,
    state: Annotated[NewState, Form()] = AbsenceState.PROPOSED,
) -> AbsenceImportRead:
    """Propose or confirm all rows of a CSV or XLSX file, or none; sent again, it changes nothing.

    Columns: nip, code, from, to, and optional letter_no, letter_date. Errors point at `/line/column`.
    """
    data = await file.read(MAX_BYTES + 1)
    return await once.run(lambda: importing.import_absences(session, caller, data, state, at=now))


@router.get("/{absence_id}")
async def read_absence(absence_id: UUID, caller: Reader, session: Transaction, now: Now, etag: ETag) -> AbsenceRead:
    """One absence."""
    found = await service.read_absence(session, caller, absence_id, at=now)
    etag.set(found.version)
    return found


@router.patch("/{absence_id}")
async def change_absence(
    absence_id: UUID,
    body: AbsenceChange,
    caller: Writer,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> AbsenceRead:
    """Confirm or reject an absence, or correct its days and letter."""
    changed = await service.change_absence(session, caller, absence_id, body, expected=expected, at=now)
    etag.set(changed.version)
    return changed
