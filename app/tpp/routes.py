"""The TPP over HTTP: rates, sheets with their objections, signatures and corrections, and a person's own months."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Query, Response, UploadFile, status

from app.core.fields import FIRST_YEAR, LAST_YEAR
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.registry.sheets import MAX_BYTES
from app.tpp import objecting, rates, reading, service
from app.tpp.schemas import (
    AnswerWrite,
    CorrectedRead,
    CorrectionCreate,
    CorrectionFilter,
    LineRead,
    ObjectionCreate,
    ObjectionRead,
    PageFilter,
    PersonYearRead,
    RatesRead,
    SheetCreate,
    SheetFilter,
    SheetRead,
    first_day,
)
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/tpp", "TPP")
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]
Head = Annotated[Principal, Depends(Requires(Role.OPD_HEAD))]
Maker = Annotated[Principal, Depends(Requires(*service.MAKERS))]
Reader = Annotated[Principal, Depends(Requires(*reading.READERS))]
PersonReader = Annotated[Principal, Depends(Requires(*reading.READERS, Role.ASN))]
Person = Annotated[Principal, Depends(Requires(Role.ASN))]


@router.post("/rates", max_body_size=MAX_BYTES + MIB)
async def import_rates(
    file: Annotated[UploadFile, File()], caller: Admin, session: Transaction, now: Now, once: Once
) -> RatesRead:
    """Load what people's whole TPP is a month: columns nip, amount (whole rupiah) and from; all rows, or none.

    Optional: without it, sheets say percentages only. Sent again, a file changes nothing.
    """
    data = await file.read(MAX_BYTES + 1)
    return await once.run(lambda: rates.import_rates(session, caller, data, at=now))


@router.get("/sheets")
async def list_tpp_sheets(
    wanted: Annotated[SheetFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[SheetRead]:
    """Sheets in your reach, the latest month first; drafts as they were calculated last."""
    return await reading.read_sheets(session, caller, wanted, at=now)


@router.post(
    "/sheets",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": SheetRead, "description": "The sheet that is there already"}},
)
async def make_tpp_sheet(
    body: SheetCreate, caller: Maker, session: Transaction, now: Now, once: Once, etag: ETag, response: Response
) -> SheetRead:
    """Calculate a unit's month; while it is a draft it follows the facts.

    With `trial` it is calculated under the policy on trial, to be looked at only.
    """

    async def make() -> SheetRead:
        sheet, created = await service.make_sheet(session, caller, body, at=now)
        response.status_code = 201 if created else 200
        etag.set(sheet.version)
        return await reading.show_sheet(session, caller, sheet, at=now)

    return await once.run(make)


@router.get("/sheets/{sheet_id}")
async def read_tpp_sheet(sheet_id: UUID, caller: Reader, session: Transaction, now: Now, etag: ETag) -> SheetRead:
    """One sheet with its figures; a draft as the facts say now."""
    sheet = await reading.read_sheet(session, caller, sheet_id, at=now)
    etag.set(sheet.version)
    return sheet


@router.get("/sheets/{sheet_id}/lines")
async def list_lines(
    sheet_id: UUID,
    wanted: Annotated[PageFilter, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
) -> Page[LineRead]:
    """The people on a sheet: what is cut by which rule, of which base, and on which facts it rests."""
    return await reading.read_lines(session, caller, sheet_id, wanted, language, at=now)


@router.post("/sheets/{sheet_id}/publish")
async def publish_sheet(sheet_id: UUID, caller: Maker, session: Transaction, now: Now, etag: ETag) -> SheetRead:
    """Show a sheet to its people once its days are over; their days to object begin.

    Published again it changes nothing, unless the facts moved on: then it says what holds now, with new days.
    """
    sheet = await service.publish_sheet(session, caller, sheet_id, at=now)
    etag.set(sheet.version)
    return await reading.show_sheet(session, caller, sheet, at=now)


@router.post("/sheets/{sheet_id}/sign")
async def sign_sheet(
    sheet_id: UUID, caller: Head, session: Transaction, now: Now, expected: IfMatch, etag: ETag
) -> SheetRead:
    """The head of the unit signs the sheet as it was published, after the days to object and every answer."""
    sheet = await service.sign_sheet(session, caller, sheet_id, expected=expected, at=now)
    etag.set(sheet.version)
    return await reading.show_sheet(session, caller, sheet, at=now)


@router.post("/sheets/{sheet_id}/freeze")
async def freeze_sheet(
    sheet_id: UUID, caller: Admin, session: Transaction, now: Now, expected: IfMatch, etag: ETag
) -> SheetRead:
    """Settle a signed sheet for ever; what turns out later goes to a correction."""
    sheet = await service.freeze_sheet(session, caller, sheet_id, expected=expected, at=now)
    etag.set(sheet.version)
    return await reading.show_sheet(session, caller, sheet, at=now)


@router.post(
    "/sheets/{sheet_id}/correction",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": SheetRead, "description": "The correction that is open already"}},
)
async def make_correction(
    sheet_id: UUID,
    body: CorrectionCreate,
    caller: Admin,
    session: Transaction,
    now: Now,
    once: Once,
    etag: ETag,
    response: Response,
) -> SheetRead:
    """List what later facts change of a frozen sheet, as a sheet of a later month that takes the same steps."""

    async def make() -> SheetRead:
        sheet, created = await service.make_correction(session, caller, sheet_id, first_day(body.month), at=now)
        response.status_code = 201 if created else 200
        etag.set(sheet.version)
        return await reading.show_sheet(session, caller, sheet, at=now)

    return await once.run(make)


@router.get("/corrections")
async def list_sheet_corrections(
    wanted: Annotated[CorrectionFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[CorrectedRead]:
    """Who is owed or owes what by corrections, the latest first."""
    return await reading.read_corrections(session, caller, wanted, at=now)


@router.get("/sheets/{sheet_id}/objections")
async def list_sheet_objections(
    sheet_id: UUID, wanted: Annotated[PageFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[ObjectionRead]:
    """What people say against their lines of a sheet, oldest first."""
    return await objecting.read_objections(session, caller, sheet_id, wanted, at=now)


@router.post("/sheets/{sheet_id}/objections", status_code=status.HTTP_201_CREATED)
async def object_to_sheet(
    sheet_id: UUID, body: ObjectionCreate, caller: Person, session: Transaction, now: Now, once: Once
) -> ObjectionRead:
    """Contest your own line of a published sheet, as long as its days to object run."""
    return await once.run(lambda: objecting.object_to_sheet(session, caller, sheet_id, body, at=now))


@router.post("/objections/{objection_id}/answer")
async def answer_sheet_objection(
    objection_id: UUID, body: AnswerWrite, caller: Maker, session: Transaction, now: Now
) -> ObjectionRead:
    """Answer an objection; where it is right, correct the fact and publish the sheet anew."""
    return await objecting.answer_objection(session, caller, objection_id, body, at=now)


@router.get("/asn/{asn_id}")
async def read_person_tpp(
    asn_id: UUID,
    caller: PersonReader,
    session: Transaction,
    now: Now,
    language: Speech,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> PersonYearRead:
    """One person's months of a year; a civil servant reads the own ones once they are published."""
    return await reading.read_person(session, caller, asn_id, year, language, at=now)
