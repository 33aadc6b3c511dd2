"""Orders of flexible work over HTTP, and who is where today."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Query, UploadFile, status

from app.core.fields import Day, OpdCode
from app.core.paging import MAX_LIMIT, Page
from app.core.principal import Principal, Role
from app.duty.service import DECIDERS, WRITERS
from app.flexwork import importing, people, reading, service, whereabouts
from app.flexwork.importing import COLUMNS, KIND
from app.flexwork.queries import COUNT_READERS, NAMERS, ORDER_READERS
from app.flexwork.schemas import (
    EvaluationWrite,
    MemberRead,
    OrderAnswer,
    OrderChange,
    OrderCreate,
    OrderFilter,
    OrderRead,
    PeopleAdd,
    PeopleEnd,
    PeopleImportRead,
    PostsRead,
    Revocation,
    TodayRead,
)
from app.registry import mappings
from app.registry.schemas import HeadersRead, HeadersWrite
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/flexwork", "Kerja fleksibel")
Reader = Annotated[Principal, Depends(Requires(*ORDER_READERS, Role.ASN))]
NameReader = Annotated[Principal, Depends(Requires(*NAMERS, Role.ASN))]
CountReader = Annotated[Principal, Depends(Requires(*COUNT_READERS))]
Writer = Annotated[Principal, Depends(Requires(*WRITERS))]
Decider = Annotated[Principal, Depends(Requires(*DECIDERS))]
Personnel = Annotated[Principal, Depends(Requires(Role.ADMIN))]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/orders")
async def list_orders(
    wanted: Annotated[OrderFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[OrderRead]:
    """Orders that hold somebody in the caller's reach, the newest first; a civil servant reads the own ones."""
    return await reading.read_orders(session, caller, wanted, at=now)


@router.post("/orders", status_code=status.HTTP_201_CREATED)
async def create_order(
    body: OrderCreate, caller: Writer, session: Transaction, now: Now, language: Speech, once: Once, etag: ETag
) -> OrderAnswer:
    """Propose an order of flexible work (PermenPANRB 4/2025); it holds once it is confirmed."""

    async def create() -> OrderAnswer:
        order_id = await people.create_order(session, caller, body, at=now)
        made = await reading.answer(session, caller, order_id, language)
        etag.set(made.version)
        return made

    return await once.run(create)


@router.get("/orders/{order_id}")
async def read_order(order_id: UUID, caller: Reader, session: Transaction, etag: ETag) -> OrderRead:
    """One order, without names."""
    found = await reading.read_order(session, caller, order_id)
    etag.set(found.version)
    return found


@router.patch("/orders/{order_id}")
async def change_order(
    order_id: UUID,
    body: OrderChange,
    caller: Writer,
    session: Transaction,
    now: Now,
    language: Speech,
    expected: IfMatch,
    etag: ETag,
) -> OrderAnswer:
    """Correct an order while it is proposed."""
    await service.change_order(session, caller, order_id, body, expected=expected, at=now)
    changed = await reading.answer(session, caller, order_id, language)
    etag.set(changed.version)
    return changed


@router.post("/orders/{order_id}/confirm")
async def confirm_order(
    order_id: UUID, caller: Writer, session: Transaction, now: Now, language: Speech, etag: ETag
) -> OrderAnswer:
    """Have an order hold: one of place confirms work from anywhere for its people and days.

    Whoever has another confirmed absence on a day keeps it (`kept`); `doubts` stop nothing.
    """
    await service.confirm_order(session, caller, order_id, at=now)
    confirmed = await reading.answer(session, caller, order_id, language)
    etag.set(confirmed.version)
    return confirmed


@router.post("/orders/{order_id}/revoke")
async def revoke_order(
    order_id: UUID, body: Revocation, caller: Writer, session: Transaction, now: Now, language: Speech, etag: ETag
) -> OrderAnswer:
    """Have an order no longer hold from a day on, today at the earliest; a proposed one is withdrawn."""
    await service.revoke_order(session, caller, order_id, body, at=now)
    revoked = await reading.answer(session, caller, order_id, language)
    etag.set(revoked.version)
    return revoked


@router.post("/orders/{order_id}/evaluate")
async def evaluate_order(
    order_id: UUID, body: EvaluationWrite, caller: Decider, session: Transaction, now: Now, etag: ETag
) -> OrderRead:
    """Keep what came of an order; ending or changing it takes a revocation or a new order."""
    await service.evaluate_order(session, caller, order_id, body, at=now)
    evaluated = await reading.read_order(session, caller, order_id)
    etag.set(evaluated.version)
    return evaluated


@router.get("/orders/{order_id}/people")
async def list_flexwork_people(
    order_id: UUID, caller: NameReader, session: Transaction, now: Now, cursor: Cursor = None, limit: Limit = 50
) -> Page[MemberRead]:
    """Who is on an order, as far as the caller reaches."""
    return await reading.read_members(session, caller, order_id, cursor, limit, at=now)


@router.post("/orders/{order_id}/people")
async def add_people(
    order_id: UUID, body: PeopleAdd, caller: Writer, session: Transaction, now: Now, language: Speech, etag: ETag
) -> OrderAnswer:
    """Write people on an order, each with the own days and place where they differ; all of them or none."""
    await people.add_people(session, caller, order_id, body, at=now)
    added = await reading.answer(session, caller, order_id, language)
    etag.set(added.version)
    return added


@router.post("/orders/{order_id}/people/end")
async def end_people(
    order_id: UUID, body: PeopleEnd, caller: Writer, session: Transaction, now: Now, language: Speech, etag: ETag
) -> OrderAnswer:
    """Take people off an order from a day on, today at the earliest once it is confirmed."""
    await people.end_people(session, caller, order_id, body, at=now)
    ended = await reading.answer(session, caller, order_id, language)
    etag.set(ended.version)
    return ended


@router.post("/orders/{order_id}/people/imports", status_code=status.HTTP_201_CREATED, max_body_size=MAX_BYTES + MIB)
async def import_people(
    order_id: UUID,
    file: Annotated[UploadFile, File()],
    caller: Writer,
    session: Transaction,
    now: Now,
    language: Speech,
    once: Once,
    preview: Annotated[bool, Form()] = False,
) -> PeopleImportRead:
    """Write all people of a CSV or XLSX file on an order, or none; sent again, it changes nothing.

    Columns: nip, and optional from, to, place. Errors point at `/line/column`. With `preview` nothing is kept.
    """
    data = await file.read(MAX_BYTES + 1)
    return await once.run(
        lambda: importing.import_people(session, caller, order_id, data, language, preview=preview, at=now)
    )


@router.get("/imports/mapping")
async def read_flexwork_mapping(caller: Writer, session: Transaction) -> HeadersRead:
    """What another system calls the columns of files of people."""
    return HeadersRead(headers=await mappings.read_headers(session, KIND))


@router.put("/imports/mapping")
async def set_flexwork_mapping(body: HeadersWrite, caller: Personnel, session: Transaction, now: Now) -> HeadersRead:
    """Say once what another system calls the columns of files of people."""
    return HeadersRead(headers=await mappings.set_headers(session, caller, KIND, COLUMNS, body.headers, at=now))


@router.get("/today")
async def read_flexwork_today(
    caller: CountReader, session: Transaction, now: Now, opd_code: OpdCode | None = None, on: Day | None = None
) -> TodayRead:
    """Who works where on a day (today), counted by OPD; of one OPD with names, for those who may know them."""
    return await whereabouts.read_today(session, caller, opd_code, on, at=now)


@router.get("/posts")
async def read_posts(caller: CountReader, session: Transaction, now: Now, on: Day | None = None) -> PostsRead:
    """Which service post, such as a balai RW, has which officers on a day (today)."""
    return await whereabouts.read_posts(session, caller, on, at=now)
