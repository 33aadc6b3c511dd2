"""OPD, ASN, and files of them."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Query, UploadFile

from app.core.fields import Day, Line, OpdCode
from app.core.paging import MAX_LIMIT, Page
from app.core.principal import OPD_ROLES, Principal, Role
from app.registry import queries, reading, service, views
from app.registry.columns import Kind
from app.registry.queries import AsnWanted
from app.registry.schemas import (
    AsnCreate,
    AsnItem,
    AsnRead,
    AsnUpdate,
    ImportApply,
    ImportRead,
    OpdCreate,
    OpdItem,
    OpdRead,
    OpdUpdate,
)
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1", "Register")

STAFF = (Role.ADMIN, Role.BUPATI, Role.INSPECTOR, Role.KOMINFO, *sorted(OPD_ROLES))
Personnel = Annotated[Principal, Depends(Requires(Role.ADMIN))]
Auditor = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.INSPECTOR))]
PersonReader = Annotated[Principal, Depends(Requires(*STAFF))]
OpdReader = Annotated[Principal, Depends(Requires(*STAFF, Role.READER))]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/opd")
async def list_opd(
    caller: OpdReader,
    session: Transaction,
    now: Now,
    on: Day | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[OpdItem]:
    """The OPDs of a day (today), in protocol order."""
    return await reading.read_opds(session, caller, on, cursor, limit, at=now)


@router.post("/opd", status_code=201)
async def create_opd(
    body: OpdCreate, caller: Personnel, session: Transaction, now: Now, tag: ETag, once: Once
) -> OpdRead:
    """Add an OPD to the tree."""

    async def create() -> OpdRead:
        opd = await service.create_opd(session, caller, body, at=now)
        tag.set(opd.version)
        return await reading.show_opd(session, caller, opd, at=now)

    return await once.run(create)


@router.get("/opd/{opd_code}")
async def get_opd(opd_code: OpdCode, caller: OpdReader, session: Transaction, now: Now, tag: ETag) -> OpdRead:
    """One OPD."""
    opd = await queries.get_opd(session, opd_code, caller.reach())
    tag.set(opd.version)
    return await reading.show_opd(session, caller, opd, at=now)


@router.patch("/opd/{opd_code}")
async def change_opd(
    opd_code: OpdCode,
    body: OpdUpdate,
    caller: Personnel,
    session: Transaction,
    now: Now,
    tag: ETag,
    if_match: IfMatch,
) -> OpdRead:
    """Change an OPD, its place in the tree, or who heads it from today on."""
    opd = await service.change_opd(session, caller, opd_code, body, expected=if_match, at=now)
    tag.set(opd.version)
    return await reading.show_opd(session, caller, opd, at=now)


@router.get("/asn")
async def list_asn(
    caller: PersonReader,
    session: Transaction,
    now: Now,
    opd_code: OpdCode | None = None,
    q: Line | None = None,
    on: Day | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AsnItem]:
    """Who serves on a day (today), by name; `q` is a part of the name, marks and capitals do not matter."""
    return await reading.read_people(session, caller, on, AsnWanted(opd_code, q, cursor, limit), at=now)


@router.post("/asn", status_code=201)
async def create_asn(
    body: AsnCreate, caller: Personnel, session: Transaction, now: Now, tag: ETag, once: Once
) -> AsnRead:
    """Add a person with the first assignment."""

    async def create() -> AsnRead:
        asn = await service.create_asn(session, caller, body, at=now)
        tag.set(asn.version)
        return await reading.show_asn(session, caller, asn, at=now)

    return await once.run(create)


@router.get("/asn/{asn_id}")
async def get_asn(asn_id: UUID, caller: PersonReader, session: Transaction, now: Now, tag: ETag) -> AsnRead:
    """One person with all assignments."""
    asn = await reading.find_asn(session, caller, asn_id, at=now)
    tag.set(asn.version)
    return await reading.show_asn(session, caller, asn, at=now)


@router.patch("/asn/{asn_id}")
async def change_asn(
    asn_id: UUID,
    body: AsnUpdate,
    caller: Personnel,
    session: Transaction,
    now: Now,
    tag: ETag,
    if_match: IfMatch,
) -> AsnRead:
    """Correct a person's record, or have another assignment begin on `from_date`."""
    asn = await service.change_asn(session, caller, asn_id, body, expected=if_match, at=now)
    tag.set(asn.version)
    return await reading.show_asn(session, caller, asn, at=now)


# A multipart frame and its few fields take less than the MiB on top.
@router.post("/registry/imports", status_code=201, max_body_size=MAX_BYTES + MIB)
async def preview_registry_import(
    file: Annotated[UploadFile, File()],
    caller: Personnel,
    session: Transaction,
    now: Now,
    language: Speech,
    once: Once,
    kind: Annotated[Kind | None, Form()] = None,
) -> ImportRead:
    """Say row by row and cell by cell what a CSV or XLSX would do; nothing is imported yet.

    The kind is read off the header row when it is not given.
    """
    data = await file.read(MAX_BYTES + 1)

    async def preview() -> ImportRead:
        kept = await service.preview_import(session, caller, kind, file.filename or "", data, at=now)
        return await asyncio.to_thread(views.see_import, kept, language)

    return await once.run(preview)


@router.get("/registry/imports/{import_id}")
async def read_registry_import(
    import_id: UUID, caller: Auditor, session: Transaction, now: Now, language: Speech
) -> ImportRead:
    """A preview, or what was applied."""
    kept = await reading.read_import(session, caller, import_id, at=now)
    return await asyncio.to_thread(views.see_import, kept, language)


@router.post("/registry/imports/{import_id}/apply")
async def apply_registry_import(
    import_id: UUID,
    caller: Personnel,
    session: Transaction,
    now: Now,
    language: Speech,
    body: ImportApply | None = None,
) -> ImportRead:
    """Import the whole file, or nothing: 409 when a row is an error or the register moved on since the preview."""
    kept = await service.apply_import(session, caller, import_id, body, at=now)
    return await asyncio.to_thread(views.see_import, kept, language)
