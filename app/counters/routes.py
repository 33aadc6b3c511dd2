"""How long the public waits at an OPD's counters, over HTTP."""

from typing import Annotated

from fastapi import Depends, File, Form, Query, Response, UploadFile, status

from app.core.fields import OpdCode
from app.core.paging import Page
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.counters import importing, reading, schemas, service
from app.registry import mappings
from app.registry.schemas import HeadersRead, HeadersWrite
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/counters", "Loket")
Promiser = Annotated[Principal, Depends(Requires(*service.PROMISERS))]
Sender = Annotated[Principal, Depends(Requires(*service.SENDERS))]
Viewer = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.READER, Role.SCREEN))]
Reader = Annotated[Principal, Depends(Requires(*HUMAN_ROLES))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]


@router.put("/{opd_code}/services/{service_code}", responses={201: {"model": schemas.ServiceRead}})
async def promise_service(
    opd_code: OpdCode,
    service_code: schemas.ServiceCode,
    body: schemas.ServiceWrite,
    caller: Promiser,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
    response: Response,
) -> schemas.ServiceRead:
    """Tell what a service promises from a day on; earlier days keep theirs. Another promise needs `If-Match`."""
    made, new = await service.promise_service(session, caller, opd_code, service_code, body, expected=expected, at=now)
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    etag.set(made.version)
    return schemas.ServiceRead.model_validate(made)


@router.get("/services")
async def list_services(
    wanted: Annotated[schemas.ServiceFilter, Query()], _: Viewer, session: Transaction
) -> Page[schemas.ServiceRead]:
    """The services of counters with what each promised last, by OPD and code."""
    return await reading.read_services(session, wanted)


@router.post("/times")
async def record_times(body: schemas.TimesWrite, caller: Sender, session: Transaction, now: Now) -> schemas.TimesRead:
    """Tell up to 5,000 times of tickets, all or none; the same batch sent again changes nothing.

    A ticket is known by OPD, service, civil day of arrival and number: an arrival told anew on the other side of
    midnight is another ticket. What a message leaves out stays as it is known, so that times come in any order;
    of two that contradict each other the later one stands, and both are kept.
    """
    return await service.record_times(session, caller, body.items, at=now)


@router.post("/imports", status_code=status.HTTP_201_CREATED, max_body_size=MAX_BYTES + MIB)
async def import_times(
    file: Annotated[UploadFile, File()],
    caller: Sender,
    session: Transaction,
    now: Now,
    once: Once,
    preview: Annotated[bool, Form()] = False,
) -> schemas.TimesRead:
    """Keep the rows of a queue machine's CSV or XLSX, all or none; sent again, it changes nothing.

    Columns: opd_code, service_code, ticket, date, arrived, and optional called, finished, finished_date, cancelled;
    clock times are local. Errors point at `/line/column`.
    """
    data = await file.read(MAX_BYTES + 1)
    return await once.run(lambda: importing.import_times(session, caller, data, preview=preview, at=now))


@router.get("/imports/mapping")
async def read_counter_mapping(_: Admin, session: Transaction) -> HeadersRead:
    """How the headers of the queue machine's files are read."""
    return HeadersRead(headers=await mappings.read_headers(session, importing.KIND))


@router.put("/imports/mapping")
async def set_counter_mapping(body: HeadersWrite, caller: Admin, session: Transaction, now: Now) -> HeadersRead:
    """Tell once what the queue machine calls the columns of its files."""
    kept = await mappings.set_headers(session, caller, importing.KIND, importing.COLUMNS, body.headers, at=now)
    return HeadersRead(headers=kept)


@router.get("/speed")
async def read_speed(
    wanted: Annotated[schemas.SpeedFilter, Query()], _: Viewer, session: Transaction, now: Now, language: Speech
) -> schemas.SpeedAnswer:
    """How long the public waited: in all, at each OPD and service, held against what was promised, and the trend."""
    return await reading.read_speed(session, wanted, language, at=now)


@router.get("/times")
async def list_times(
    wanted: Annotated[schemas.TicketFilter, Query()], caller: Reader, session: Transaction, now: Now, language: Speech
) -> Page[schemas.TicketRead]:
    """The tickets of counters in reach, the latest first, each with the promise of its day; nobody is named."""
    return await reading.read_tickets(session, caller, wanted, language, at=now)
