"""Contesting and correcting marks over HTTP: the person objects, the personnel office answers, two of it correct."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.attendance import contest_queries, contest_reading, contesting, correcting, service
from app.attendance.contest_reading import QUEUE_READERS, WantedQueue
from app.attendance.contest_rules import CorrectionState, ObjectionState
from app.attendance.contest_schemas import (
    AnswerWrite,
    CorrectionRead,
    CorrectionWrite,
    MarkRead,
    ObjectionRead,
    ObjectionWrite,
    WithdrawalWrite,
)
from app.attendance.reading import READERS
from app.core.fields import OpdCode
from app.core.paging import MAX_LIMIT, Page
from app.core.principal import Principal, Role
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/attendance", "attendance")

Person = Annotated[Principal, Depends(Requires(Role.ASN))]
Personnel = Annotated[Principal, Depends(Requires(Role.ADMIN))]
QueueReader = Annotated[Principal, Depends(Requires(*QUEUE_READERS))]
MarkReader = Annotated[Principal, Depends(Requires(*READERS, Role.ASN))]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


@router.get("/objections")
async def list_mark_objections(
    caller: QueueReader,
    session: Transaction,
    now: Now,
    state: ObjectionState | None = None,
    opd_code: OpdCode | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ObjectionRead]:
    """What people say against their marks, the latest first; `overdue` where the answer is late."""
    wanted = WantedQueue(opd_code, cursor, limit)
    return await contest_reading.read_objections(session, caller, wanted, state, at=now)


@router.post("/objections/{objection_id}/answer")
async def answer_mark_objection(
    objection_id: UUID, body: AnswerWrite, caller: Personnel, session: Transaction, now: Now
) -> ObjectionRead:
    """Answer an objection; accepted, it proposes a correction that another person of the personnel office confirms."""
    objected = await contest_queries.get_objection(session, objection_id)
    await service.conclude(session, objected.objection.apel_id, at=now)
    await contesting.answer_objection(session, caller, objection_id, body, at=now)
    return await contest_reading.read_objection(session, caller, objection_id, at=now)


@router.get("/corrections")
async def list_mark_corrections(
    caller: QueueReader,
    session: Transaction,
    now: Now,
    state: CorrectionState | None = None,
    opd_code: OpdCode | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CorrectionRead]:
    """Corrections of marks, the latest first; those that wait change nothing."""
    wanted = WantedQueue(opd_code, cursor, limit)
    return await contest_reading.read_corrections(session, caller, wanted, state, at=now)


@router.post("/corrections/{correction_id}/confirm")
async def confirm_correction(correction_id: UUID, caller: Personnel, session: Transaction, now: Now) -> CorrectionRead:
    """Have a correction count, also after final; by another person than who proposed it."""
    proposed = await contest_queries.get_correction(session, correction_id)
    await service.conclude(session, proposed.correction.apel_id, at=now)
    await correcting.confirm_correction(session, caller, correction_id, at=now)
    await service.conclude(session, proposed.correction.apel_id, at=now)
    return await contest_reading.read_correction(session, caller, correction_id)


@router.post("/corrections/{correction_id}/withdraw")
async def withdraw_correction(
    correction_id: UUID, body: WithdrawalWrite, caller: Personnel, session: Transaction, now: Now
) -> CorrectionRead:
    """Take a correction back that waits; an objection that it followed from is open again."""
    await correcting.withdraw_correction(session, caller, correction_id, body.reason, at=now)
    return await contest_reading.read_correction(session, caller, correction_id)


@router.get("/{mark_id}")
async def read_mark(mark_id: UUID, caller: MarkReader, session: Transaction, now: Now) -> MarkRead:
    """One mark with its history: what counts, what the facts alone say, objections and corrections, old marks too."""
    await _conclude(session, caller, mark_id, now)
    return await contest_reading.read_mark(session, caller, mark_id, at=now)


@router.post(
    "/{mark_id}/objections",
    status_code=201,
    responses={200: {"model": ObjectionRead, "description": "The same objection, kept before"}},
)
async def object_to_mark(
    mark_id: UUID,
    body: ObjectionWrite,
    caller: Person,
    session: Transaction,
    now: Now,
    once: Once,
    response: Response,
) -> ObjectionRead:
    """Object to your own mark, until the day that reading it names."""

    async def create() -> ObjectionRead:
        await _conclude(session, caller, mark_id, now)
        objection_id, created = await contesting.object_to_mark(session, caller, mark_id, body, at=now)
        response.status_code = 201 if created else 200
        return await contest_reading.read_objection(session, caller, objection_id, at=now)

    return await once.run(create)


@router.post(
    "/{mark_id}/correct",
    status_code=201,
    responses={200: {"model": CorrectionRead, "description": "The same correction, kept before"}},
)
async def correct_mark(
    mark_id: UUID,
    body: CorrectionWrite,
    caller: Personnel,
    session: Transaction,
    now: Now,
    once: Once,
    response: Response,
) -> CorrectionRead:
    """Propose another mark on the strength of a document, also after final; it waits until another person confirms."""

    async def create() -> CorrectionRead:
        await _conclude(session, caller, mark_id, now)
        correction_id, created = await correcting.propose_correction(session, caller, mark_id, body, at=now)
        response.status_code = 201 if created else 200
        return await contest_reading.read_correction(session, caller, correction_id)

    return await once.run(create)


async def _conclude(session: Transaction, caller: Principal, mark_id: UUID, now: Now) -> None:
    """Have the mark as it stands before anybody reads it or writes about it."""
    mark = await contest_queries.get_mark(session, caller, mark_id)
    await service.conclude(session, mark.apel_id, at=now)
