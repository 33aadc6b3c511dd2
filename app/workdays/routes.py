"""The daily attendance ledger over HTTP; it is not the roll-call's."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Query, UploadFile

from app.core.fields import FIRST_YEAR, LAST_YEAR, Line
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router
from app.workdays import answers, importing
from app.workdays.schemas import DaysFilter, DaysRead, LedgerItem, LedgersFilter, WorkdayImportRead, WorkdayLedgerRead

router = room_router("/v1/workdays", "Hari kerja")
Deliverer = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.ADAPTER))]
Auditor = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.INSPECTOR))]
Reader = Annotated[Principal, Depends(Requires(*answers.READERS))]
PersonReader = Annotated[Principal, Depends(Requires(*answers.READERS, Role.ASN))]


# A multipart frame and its few fields take less than the MiB on top.
@router.post("/imports", status_code=201, max_body_size=MAX_BYTES + MIB)
async def preview_workdays_import(
    file: Annotated[UploadFile, File()],
    caller: Deliverer,
    session: Transaction,
    now: Now,
    language: Speech,
    once: Once,
    source: Annotated[Line, Form()] = "absensi harian",
) -> WorkdayImportRead:
    """Say row by row what a CSV, XLSX or JSON of the daily attendance system would add; nothing of it counts yet.

    Columns: nip, date, and optional in, out, status. A row without clocks and status is an absence; a day without a
    row is not known. Other columns are ignored and listed: what a client says of itself is never trusted.
    """
    data = await file.read(MAX_BYTES + 1)

    async def preview() -> WorkdayImportRead:
        kept = await importing.preview_import(session, caller, source, file.filename or "", data, at=now)
        return await asyncio.to_thread(answers.see_import, kept, caller, language)

    return await once.run(preview)


@router.get("/imports/{import_id}")
async def read_workdays_import(
    import_id: UUID, caller: Auditor, session: Transaction, now: Now, language: Speech
) -> WorkdayImportRead:
    """A preview, or what was applied."""
    return await answers.read_import(session, caller, import_id, language, at=now)


@router.post("/imports/{import_id}/apply")
async def apply_workdays_import(
    import_id: UUID, caller: Deliverer, session: Transaction, now: Now, language: Speech
) -> WorkdayImportRead:
    """Have a previewed file count as the latest word on its days; 409 while a row is an error."""
    kept = await importing.apply_import(session, caller, import_id, at=now)
    return await asyncio.to_thread(answers.see_import, kept, caller, language)


@router.get("/ledgers")
async def list_ledgers(
    wanted: Annotated[LedgersFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[LedgerItem]:
    """Who stands where this year: by tier, or by the length that a running streak of absent days has reached."""
    return await answers.read_ledgers(session, caller, wanted, at=now)


@router.get("/asn/{asn_id}")
async def read_workdays_ledger(
    asn_id: UUID,
    caller: PersonReader,
    session: Transaction,
    now: Now,
    language: Speech,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> WorkdayLedgerRead:
    """One person's year of working days, line by line; missing an apel is not counted here."""
    return await answers.read_ledger(session, caller, asn_id, year, language, at=now)


@router.get("/asn/{asn_id}/days")
async def read_workdays(
    asn_id: UUID,
    wanted: Annotated[DaysFilter, Query()],
    caller: PersonReader,
    session: Transaction,
    now: Now,
    language: Speech,
) -> DaysRead:
    """Each working day of a span: the record and those before it, the confirmed absence, and what follows from them."""
    return await answers.read_days(session, caller, asn_id, wanted, language, at=now)
