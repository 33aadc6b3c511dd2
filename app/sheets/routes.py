"""Sheets over HTTP: asked for, fetched, and confirmed by whoever holds one."""

from importlib.resources import files
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response

from app.core.db import zone_of
from app.core.paging import Page
from app.core.principal import OPD_ROLES, Principal, Role
from app.core.settings import Settings
from app.sheets import queries, reading, service
from app.sheets.errors import SheetCodeUnknown
from app.sheets.models import Sheet
from app.sheets.rules import Format, Office, Separator
from app.sheets.schemas import (
    CODE,
    ApelSheetCreate,
    HashCheck,
    HashChecked,
    SheetCreate,
    SheetFilter,
    SheetRead,
    VerifiedRead,
)
from app.sheets.verify_page import show_unknown, show_verified
from app.web.deps import Now, Requires, Transaction, public
from app.web.idempotency import Once
from app.web.pages import HEADERS, page_router
from app.web.routing import room_router

router = room_router("/v1", "Lembar")
pages = page_router("/verifikasi", "Halaman", files("app.sheets") / "page")
OFFICE = (Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR)
Issuer = Annotated[Principal, Depends(Requires(*OFFICE, *OPD_ROLES))]
Officer = Annotated[Principal, Depends(Requires(*OFFICE))]
KINDS = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
    Format.CSV: "text/csv; charset=utf-8",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: _BINARY for kind in KINDS.values()}, "description": "The file."}
}
PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
SeparatorQuery = Annotated[
    Separator, Query(description="Of a CSV: with a semicolon it has a BOM and decimal commas, as spreadsheets here do.")
]
Code = Annotated[str, Path(pattern=CODE, max_length=19, description="As printed; case and hyphens do not matter.")]


async def read_office(request: Request) -> Office:
    settings: Settings = request.app.state.settings
    return office_of(settings)


def office_of(settings: Settings) -> Office:
    return Office(settings.instansi_name, settings.instansi_code, settings.public_url, settings.sample)


InOffice = Annotated[Office, Depends(read_office)]


@router.post("/apel/{apel_id}/sheets", status_code=201)
async def issue_apel_sheet(
    apel_id: UUID,
    body: ApelSheetCreate,
    caller: Issuer,
    session: Transaction,
    now: Now,
    office: InOffice,
    response: Response,
    once: Once,
    separator: SeparatorQuery = Separator.COMMA,
) -> SheetRead:
    """Issue a sheet of one apel, with a number and a code of its own; what it shows never changes again."""

    async def create() -> SheetRead:
        sheet = await service.issue_of_apel(session, caller, apel_id, body, separator, office, at=now)
        return await _made(session, sheet, office, response)

    return await once.run(create)


@router.post("/sheets", status_code=201)
async def ask_for_sheet(
    body: SheetCreate,
    caller: Officer,
    session: Transaction,
    now: Now,
    office: InOffice,
    response: Response,
    once: Once,
    separator: SeparatorQuery = Separator.COMMA,
) -> SheetRead:
    """The certificate of a granted reward, at once; or every OPD at every apel of a span, which a job makes."""

    async def create() -> SheetRead:
        sheet = await service.ask_for_sheet(session, caller, body, separator, office, at=now)
        return await _made(session, sheet, office, response)

    return await once.run(create)


async def _made(session: Transaction, sheet: Sheet, office: Office, response: Response) -> SheetRead:
    response.headers["location"] = f"/v1/sheets/{sheet.id}"
    return await reading.tell(session, sheet, office)


@router.get("/sheets")
async def list_sheets(
    wanted: Annotated[SheetFilter, Query()], caller: Issuer, session: Transaction, office: InOffice
) -> Page[SheetRead]:
    """Sheets that you asked for and sheets of counts, the newest first; the personnel office sees all."""
    return await reading.read_sheets(session, caller, wanted, office)


@router.get("/sheets/{sheet_id}")
async def read_sheet(sheet_id: UUID, caller: Issuer, session: Transaction, office: InOffice) -> SheetRead:
    """One sheet, with the progress of one that is being made."""
    return await reading.tell(session, await queries.get_sheet(session, caller, sheet_id), office)


@router.get("/sheets/{sheet_id}/file", response_class=Response, responses=FILE)
async def read_sheet_file(sheet_id: UUID, caller: Issuer, session: Transaction, now: Now) -> Response:
    """The very bytes that were issued; 409 while they are being made."""
    sheet, content = await service.read_file(session, caller, sheet_id, at=now)
    headers = {
        "content-disposition": f'attachment; filename="{reading.filename_of(sheet)}"',
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=KINDS[Format(sheet.format)], headers=headers)


@router.get("/verify/{code}", response_model=VerifiedRead, responses=PAGE)
@public
async def verify_sheet(
    code: Code,
    session: Transaction,
    office: InOffice,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response | VerifiedRead:
    """What was issued under the code of a sheet, and whether newer figures exist; a browser gets a page of it."""
    wants_page = "text/html" in accept
    try:
        found = await reading.verify(session, code, office)
    except SheetCodeUnknown:
        if wants_page:
            return _page(show_unknown(), status=404)
        raise
    if wants_page:
        return _page(show_verified(found, zone_of(session)))
    return found


def _page(html: str, *, status: int = 200) -> Response:
    headers = HEADERS | {"vary": "Accept", "cache-control": "no-store"}
    return Response(html, status, headers, media_type="text/html; charset=utf-8")


@router.post("/verify/{code}")
@public
async def check_sheet_hash(code: Code, body: HashCheck, session: Transaction) -> HashChecked:
    """Whether a file is the one that was issued, by its SHA-256; the file itself need not be sent."""
    return await reading.check_hash(session, code, body.sha256)
