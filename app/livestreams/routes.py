"""Reported broadcasts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response, status

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.livestreams import reading, schemas, service
from app.livestreams.queries import READERS, REPORTERS
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/livestreams", "Siaran langsung")
Reporter = Annotated[Principal, Depends(Requires(*REPORTERS))]
Reader = Annotated[Principal, Depends(Requires(*READERS))]
Actor = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.OPD_HEAD, Role.ASN))]
Counter = Annotated[Principal, Depends(Requires(Role.BUPATI, Role.ADMIN, Role.INSPECTOR))]


@router.get("/incidents")
async def list_incidents(
    wanted: Annotated[schemas.IncidentFilter, Query()], caller: Reader, session: Transaction, now: Now
) -> Page[schemas.IncidentItem]:
    """Reported broadcasts that concern the caller, the latest first, each with what it comes to today."""
    return await reading.read_incidents(session, caller, wanted, at=now)


@router.post("/incidents", status_code=status.HTTP_201_CREATED)
async def report_incident(
    body: schemas.IncidentReport,
    caller: Reporter,
    session: Transaction,
    now: Now,
    language: Speech,
    once: Once,
    response: Response,
) -> schemas.IncidentRead:
    """Report a broadcast that was seen; the same reported again answers 200 and changes nothing.

    Nothing is fetched from the address, and nobody's account is watched.
    """

    async def report() -> schemas.IncidentRead:
        incident_id, fresh = await service.report_incident(session, caller, body, at=now)
        response.status_code = status.HTTP_201_CREATED if fresh else status.HTTP_200_OK
        return await reading.read_incident(session, caller, incident_id, language, at=now)

    return await once.run(report)


@router.get("/incidents/{incident_id}")
async def read_incident(
    incident_id: UUID, caller: Reader, session: Transaction, now: Now, language: Speech
) -> schemas.IncidentRead:
    """One report with its verdict, the rules and facts that lead to it, what was done, and what the caller may do."""
    return await reading.read_incident(session, caller, incident_id, language, at=now)


@router.post("/incidents/{incident_id}/events")
async def add_incident_step(
    incident_id: UUID, body: schemas.StepWrite, caller: Actor, session: Transaction, now: Now, language: Speech
) -> schemas.IncidentRead:
    """Record the next step; the same told again changes nothing. Only the person answers a report."""
    await service.add_step(session, caller, incident_id, body, at=now)
    return await reading.read_incident(session, caller, incident_id, language, at=now)


@router.get("/counts")
async def read_incident_counts(
    wanted: Annotated[schemas.CountFilter, Query()], caller: Counter, session: Transaction, now: Now
) -> schemas.CountsRead:
    """Numbers of a span, this year if none is named; by unit only what a superior or the office found true."""
    return await reading.read_counts(session, caller, wanted, at=now)
