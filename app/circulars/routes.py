"""Circulars over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Query, Response, UploadFile, status

from app.circulars import desa, progress, reading, receipts, schemas, service
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/circulars", "Surat Edaran")
Reader = Annotated[Principal, Depends(Requires(*reading.READERS))]
Counter = Annotated[Principal, Depends(Requires(*progress.COUNTERS))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]
Own = Annotated[Principal, Depends(Requires(Role.ASN, Role.OPD_HEAD))]
Collector = Annotated[Principal, Depends(Requires(*receipts.COLLECTORS))]
ForDesa = Annotated[Principal, Depends(Requires(*receipts.ANSWER_FOR_DESA))]


async def _answer(session: Transaction, caller: Principal, circular_id: UUID, etag: ETag) -> schemas.CircularRead:
    answer = await reading.read_circular(session, caller, circular_id)
    etag.set(answer.revision)
    return answer


@router.get("")
async def list_circulars(
    wanted: Annotated[schemas.CircularFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[schemas.CircularItem]:
    """Circulars: those that await you first, unread before unacknowledged, then the newest."""
    return await reading.list_circulars(session, caller, wanted, at=now)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_circular(
    body: schemas.CircularCreate, caller: Admin, session: Transaction, now: Now, once: Once, etag: ETag
) -> schemas.CircularRead:
    """Draft a circular, or the next version of one that is published."""

    async def create() -> schemas.CircularRead:
        made = await service.create_circular(session, caller, body, at=now)
        return await _answer(session, caller, made, etag)

    return await once.run(create)


@router.get("/desa")
async def list_desa(caller: Counter, session: Transaction, etag: ETag) -> schemas.DesaListRead:
    """The villages of each kecamatan, which receive circulars without being an OPD."""
    answer = await desa.read_desa(session)
    etag.set(answer.version)
    return answer


@router.put("/desa")
async def set_desa(
    body: schemas.DesaListWrite, caller: Admin, session: Transaction, now: Now, expected: IfMatch, etag: ETag
) -> schemas.DesaListRead:
    """Replace the list of villages; one that stays keeps what it acknowledged."""
    answer = await desa.set_desa(session, caller, body.items, expected=expected, at=now)
    etag.set(answer.version)
    return answer


@router.get("/{circular_id}")
async def read_circular(
    circular_id: UUID, caller: Reader, session: Transaction, now: Now, etag: ETag
) -> schemas.CircularRead:
    """One circular; that you, or your office, read it is kept the first time."""
    answer = await reading.open_circular(session, caller, circular_id, at=now)
    etag.set(answer.revision)
    return answer


@router.patch("/{circular_id}")
async def change_circular(
    circular_id: UUID,
    body: schemas.CircularChange,
    caller: Admin,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> schemas.CircularRead:
    """Change a draft."""
    await service.change_circular(session, caller, circular_id, body, expected=expected, at=now)
    return await _answer(session, caller, circular_id, etag)


@router.put("/{circular_id}/file", max_body_size=service.MAX_FILE + MIB)
async def keep_circular_file(
    circular_id: UUID,
    file: Annotated[UploadFile, File()],
    caller: Admin,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> schemas.CircularRead:
    """Attach the signed circular to its draft: a PDF of at most 5 MiB."""
    content = await file.read(service.MAX_FILE + 1)
    await service.keep_file(session, caller, circular_id, content, expected=expected, at=now)
    return await _answer(session, caller, circular_id, etag)


@router.get("/{circular_id}/file", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def read_circular_file(circular_id: UUID, caller: Reader, session: Transaction, now: Now) -> Response:
    """The signed circular as PDF."""
    file = await reading.open_file(session, caller, circular_id, at=now)
    return Response(
        file.content,
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="surat-edaran-{circular_id}.pdf"',
            "x-content-type-options": "nosniff",
            "content-security-policy": "sandbox; default-src 'none'",
            "cache-control": "private, no-store",
        },
    )


@router.post("/{circular_id}/publish")
async def publish_circular(
    circular_id: UUID, caller: Admin, session: Transaction, now: Now, expected: IfMatch, etag: ETag
) -> schemas.CircularRead:
    """Freeze a draft and ask those whom it addresses to acknowledge it."""
    await service.publish_circular(session, caller, circular_id, expected=expected, at=now)
    return await _answer(session, caller, circular_id, etag)


@router.post("/{circular_id}/withdraw")
async def withdraw_circular(
    circular_id: UUID,
    body: schemas.Withdrawal,
    caller: Admin,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> schemas.CircularRead:
    """Take a circular back with a reason, or give up a draft; it stays on record and awaits nobody."""
    await service.withdraw_circular(session, caller, circular_id, body.reason, expected=expected, at=now)
    return await _answer(session, caller, circular_id, etag)


@router.post("/{circular_id}/acknowledge")
async def acknowledge_circular(
    circular_id: UUID, caller: Own, session: Transaction, now: Now, body: schemas.Acknowledge | None = None
) -> schemas.AcknowledgedRead:
    """Acknowledge for yourself and for each office that you head; an operator cannot do it for the head."""
    opd_code = body.opd_code if body else None
    return await receipts.acknowledge(session, caller, circular_id, opd_code, at=now)


@router.post("/{circular_id}/acknowledge/paper")
async def acknowledge_on_paper(
    circular_id: UUID, body: schemas.PaperList, caller: Collector, session: Transaction, now: Now
) -> schemas.RecordedRead:
    """Record who signed a paper list: all of them, or none; sent again, it records nothing more."""
    return await receipts.acknowledge_on_paper(session, caller, circular_id, body, at=now)


@router.post("/{circular_id}/acknowledge/desa")
async def acknowledge_for_desa(
    circular_id: UUID, body: schemas.DesaSignedList, caller: ForDesa, session: Transaction, now: Now
) -> schemas.RecordedRead:
    """Record for villages, as their kecamatan, who signed and how it was sent: all of them, or none."""
    return await receipts.acknowledge_for_desa(session, caller, circular_id, body, at=now)


@router.get("/{circular_id}/progress")
async def read_circular_progress(
    circular_id: UUID, caller: Counter, session: Transaction, now: Now, language: Speech
) -> schemas.ProgressRead:
    """How many offices, people and villages have read and acknowledged, per OPD and in total."""
    return await progress.read_progress(session, caller, circular_id, language, at=now)


@router.get("/{circular_id}/pending")
async def read_circular_pending(
    circular_id: UUID,
    wanted: Annotated[schemas.PendingFilter, Query()],
    caller: Counter,
    session: Transaction,
    now: Now,
    language: Speech,
) -> schemas.PendingRead:
    """Who has not acknowledged yet, with one text for the messenger group; names for those who answer for them."""
    return await progress.read_pending(session, caller, circular_id, wanted, language, at=now)
