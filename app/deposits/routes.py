"""Deposits over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response, status

from app.core.paging import Page
from app.core.principal import Principal
from app.deposits import counting, reading, schemas, service
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/apel/{apel_id}/deposits", "Titipan Gawai")
baskets = room_router("/v1/deposits", "Titipan Gawai")
Writer = Annotated[Principal, Depends(Requires(*service.WRITERS))]
Reader = Annotated[Principal, Depends(Requires(*reading.READERS))]
Counter = Annotated[Principal, Depends(Requires(*reading.COUNTERS))]
Wanted = Annotated[schemas.PageFilter, Query()]


@router.get("")
async def list_deposits(
    apel_id: UUID, wanted: Wanted, caller: Counter, session: Transaction, now: Now
) -> schemas.DepositsRead:
    """The slots of the basket now: in, out or missing; for machines the numbers alone."""
    return await reading.read_deposits(session, caller, apel_id, wanted, at=now)


@router.post("")
async def deposit_phones(
    apel_id: UUID, body: schemas.DepositsWrite, caller: Writer, session: Transaction, now: Now, once: Once
) -> schemas.RecordedRead:
    """Lay phones into the basket: all lines, or none; only of people whose attendance was taken.

    Nothing about a phone is kept but its slot. Sent again, a list records nothing more.
    """
    return await once.run(lambda: service.deposit_phones(session, caller, apel_id, body.items, at=now))


@router.post("/out")
async def take_out_phones(
    apel_id: UUID, body: schemas.TakenOutList, caller: Writer, session: Transaction, now: Now, once: Once
) -> schemas.RecordedRead:
    """Give phones back: all lines, or none; also when the apel is final."""
    return await once.run(lambda: service.take_out(session, caller, apel_id, body.items, at=now))


@router.get("/exemptions")
async def list_exemptions(
    apel_id: UUID, wanted: Wanted, caller: Reader, session: Transaction, now: Now
) -> Page[schemas.ExemptionRead]:
    """Who keeps the phone; why is for the own unit, the personnel office and inspectors, others read `exempt`."""
    return await reading.read_exemptions(session, caller, apel_id, wanted, at=now)


@router.post("/exemptions")
async def exempt_people(
    apel_id: UUID, body: schemas.ExemptionsWrite, caller: Writer, session: Transaction, now: Now, once: Once
) -> schemas.RecordedRead:
    """Say who keeps the phone, and why: all lines, or none; the latest reason counts."""
    return await once.run(lambda: service.exempt_people(session, caller, apel_id, body.items, at=now))


@router.get("/losses")
async def list_losses(
    apel_id: UUID, wanted: Wanted, caller: Reader, session: Transaction, now: Now
) -> Page[schemas.LossRead]:
    """Phones that were not in their slot, and how that ended."""
    return await reading.read_losses(session, caller, apel_id, wanted, at=now)


@router.post(
    "/losses",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": schemas.LossRead, "description": "The loss that was told already"}},
)
async def report_loss(
    apel_id: UUID,
    body: schemas.LossWrite,
    caller: Writer,
    session: Transaction,
    now: Now,
    once: Once,
    response: Response,
) -> schemas.LossRead:
    """Say that a phone is not in its slot; told twice, it is one loss."""

    async def report() -> schemas.LossRead:
        told = await service.report_loss(session, caller, apel_id, body, at=now)
        response.status_code = 201 if told.created else 200
        return await reading.get_loss(session, caller, apel_id, told.loss_id, at=now)

    return await once.run(report)


@router.post("/losses/{loss_id}/settle")
async def settle_loss(
    apel_id: UUID, loss_id: UUID, body: schemas.LossClosing, caller: Writer, session: Transaction, now: Now
) -> schemas.LossRead:
    """End a loss: the phone was found, or its owner was compensated."""
    await service.settle_loss(session, caller, apel_id, loss_id, body, at=now)
    return await reading.get_loss(session, caller, apel_id, loss_id, at=now)


@router.get("/compliance")
async def read_compliance(
    apel_id: UUID, wanted: Wanted, caller: Counter, session: Transaction, now: Now, language: Speech
) -> schemas.ComplianceRead:
    """Who of those in the room laid in a phone, per unit and in total, without the exempt.

    By name, for those who answer for them: who did not. With the phones not fetched after the end, and losses.
    """
    return await reading.read_compliance(session, caller, apel_id, wanted, language, at=now)


@baskets.get("")
async def list_baskets(
    wanted: Annotated[schemas.BasketFilter, Query()], caller: Counter, session: Transaction, now: Now
) -> Page[schemas.BasketRead]:
    """The apels of a period at which a basket was used, the latest first, with the share of those in the room."""
    return await counting.list_baskets(session, caller, wanted, at=now)
