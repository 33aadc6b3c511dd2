"""Exports over HTTP."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.core.principal import Principal, Role
from app.core.settings import Settings
from app.exports.pack import Letterhead, list_people, make_pack, write_pack
from app.exports.schemas import PackFilter, PackWrite
from app.exports.sheets import XLSX
from app.tpp.schemas import first_day
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/exports", "Ekspor")
Auditor = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.INSPECTOR))]


async def read_letterhead(request: Request) -> Letterhead:
    settings: Settings = request.app.state.settings
    return Letterhead(settings.instansi_name, settings.sample)


Head = Annotated[Letterhead, Depends(read_letterhead)]
WORKBOOK: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/audit-pack", response_class=Response, responses=WORKBOOK)
async def read_audit_pack(
    wanted: Annotated[PackFilter, Query()], caller: Auditor, session: Transaction, now: Now, head: Head
) -> Response:
    """A month's pay with everything that it rests on, as XLSX: marks with the versions of reports, working days,
    letters, what people overrode, the table, and the calculation once more as formulas."""
    return await _pack(session, caller, first_day(wanted.month), head, now, opd_code=wanted.opd_code)


@router.post("/audit-pack", response_class=Response, responses=WORKBOOK)
async def make_audit_pack(body: PackWrite, caller: Auditor, session: Transaction, now: Now, head: Head) -> Response:
    """The same for a list of people, named in the body; nothing is changed."""
    month = first_day(body.month)
    return await _pack(session, caller, month, head, now, asn_ids=body.asn_ids, nips=body.nips)


async def _pack(
    session: Transaction,
    caller: Principal,
    month: date,
    head: Letterhead,
    now: Now,
    *,
    opd_code: str | None = None,
    asn_ids: Collection[UUID] = (),
    nips: Collection[str] = (),
) -> Response:
    people = await list_people(session, month, opd_code=opd_code, asn_ids=asn_ids, nips=nips)
    sheets = await make_pack(session, caller, people, month, head, at=now)
    data = await write_pack(session, sheets)
    name = f"paket-audit-{month:%Y-%m}.xlsx"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return Response(data, media_type=XLSX, headers=headers)
