"""Files of e-Kinerja over HTTP."""

from typing import Annotated

from fastapi import Depends, File, Form, UploadFile, status

from app.core.fields import Line
from app.core.principal import Principal, Role
from app.performance.achievement_import import import_achievements
from app.performance.columns import COLUMNS
from app.performance.importing import kind_of_file
from app.performance.people import WRITERS
from app.performance.plan_import import import_plans
from app.performance.schemas import ImportResult, Kind
from app.registry.mappings import read_headers, set_headers
from app.registry.schemas import HeadersRead, HeadersWrite
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/performance/imports", "Kinerja")
Importer = Annotated[Principal, Depends(Requires(*WRITERS))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]


@router.post("", status_code=status.HTTP_201_CREATED, max_body_size=MAX_BYTES + MIB)
async def import_performance(
    kind: Annotated[Kind, Form()],
    file: Annotated[UploadFile, File()],
    caller: Importer,
    session: Transaction,
    now: Now,
    once: Once,
    preview: Annotated[bool, Form()] = False,
    reason: Annotated[Line | None, Form()] = None,
) -> ImportResult:
    """Take over all rows of a CSV or XLSX file from e-Kinerja, or none; sent again, it changes nothing.

    `plans`: nip, rhk, indicator, aspect, unit, target, period, and optional supports, weight, theme, better; what the
    file does not name stays. `achievements`: nip, rhk, indicator, period, actual, evidence, and optional aspect, note,
    status, examiner; verified is what the file says so of, where an admin or head sends it. Indonesian headers are
    known too. `preview` counts and keeps nothing. Errors point at `/line/column`.
    """
    data = await file.read(MAX_BYTES + 1)

    async def take_over() -> ImportResult:
        if kind is Kind.PLANS:
            why = reason or file.filename
            return await import_plans(session, caller, data, why, preview=preview, at=now)
        return await import_achievements(session, caller, data, preview=preview, at=now)

    return await once.run(take_over)


@router.get("/{kind}/mapping")
async def read_performance_mapping(kind: Kind, caller: Importer, session: Transaction) -> HeadersRead:
    """How the headers of a kind of file are read, beyond those that are known anyway."""
    return HeadersRead(headers=await read_headers(session, kind_of_file(kind)))


@router.put("/{kind}/mapping")
async def set_performance_mapping(
    kind: Kind, body: HeadersWrite, caller: Admin, session: Transaction, now: Now
) -> HeadersRead:
    """Tell once what your system calls its columns: header → name of the column here."""
    name = kind_of_file(kind)
    told = await set_headers(session, caller, name, COLUMNS[kind], body.headers, at=now)
    return HeadersRead(headers=told)
