"""`/v1/apel`: the schedule, what moves an apel along, and the turns."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.apel import calling, queries, scheduling, service, turn_queries
from app.apel.schemas import (
    ApelCreate,
    ApelFilter,
    ApelRead,
    ApelUpdate,
    AsWritten,
    ClosingWrite,
    MaybeReasonWrite,
    NextTurnWrite,
    PlanCreate,
    PlanRead,
    TurnAnswer,
    TurnsRead,
)
from app.apel.timeline import ApelNow
from app.apel.turns import TurnAction
from app.core.fields import OpdCode
from app.core.paging import Page
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/apel", "Apel")
NO_REASON, JUST_NOW = MaybeReasonWrite(), ClosingWrite()

Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN))]
Reader = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.ADAPTER, Role.READER))]
Person = Annotated[Principal, Depends(Requires(*HUMAN_ROLES))]


def _tag(response: Response, apel: ApelNow) -> ApelNow:
    """Name the version for If-Match. A state changes with time alone, so no read is ever answered with 304."""
    response.headers["etag"] = f'"{apel.version}"'
    return apel


@router.post("", response_model=ApelRead, status_code=201)
async def create_apel(
    body: ApelCreate, caller: Operator, session: Transaction, now: Now, once: Once, response: Response
) -> ApelNow:
    """Schedule an apel; one that was held already may be recorded after the fact."""

    async def create() -> ApelNow:
        return _tag(response, await scheduling.create_apel(session, caller, body, at=now))

    return await once.run(create)


@router.post("/plan", responses={201: {"model": PlanRead}})
async def plan_apels(
    body: PlanCreate, caller: Operator, session: Transaction, now: Now, once: Once, response: Response
) -> PlanRead:
    """Make the Mondays of a span, without days off and days that have one, and the session after Idul Fitri.

    201 when apels were made; run again it makes nothing new and answers 200.
    """

    async def plan() -> PlanRead:
        made = await scheduling.plan_apels(session, caller, body, at=now)
        response.status_code = 201 if made.made else 200
        return made

    return await once.run(plan)


@router.get("", response_model=Page[ApelRead])
async def list_apels(
    wanted: Annotated[ApelFilter, Query()], caller: Reader, session: Transaction, now: Now, etag: ETag
) -> Page[ApelNow]:
    """Apels, newest first; adapters look one up by meeting number and day."""
    found = await queries.list_apels(session, wanted, at=now)
    etag.set_digest(found)
    return found


@router.get("/{apel_id}", response_model=ApelRead)
async def get_apel(apel_id: UUID, caller: Reader, session: Transaction, now: Now, response: Response) -> ApelNow:
    """One apel as it stands at this moment."""
    return _tag(response, await queries.get_apel(session, apel_id, at=now))


@router.patch("/{apel_id}", response_model=ApelRead)
async def change_apel(
    apel_id: UUID,
    body: ApelUpdate,
    caller: Operator,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    response: Response,
) -> ApelNow:
    """Change what was planned, a delay for example; needs If-Match, and an apel that is neither final nor cancelled."""
    changed = await scheduling.change_apel(session, caller, apel_id, body, expected=expected, at=now)
    return _tag(response, changed)


@router.post("/{apel_id}/open", response_model=ApelRead)
async def open_apel(
    apel_id: UUID,
    caller: Operator,
    session: Transaction,
    now: Now,
    response: Response,
    body: MaybeReasonWrite = NO_REASON,
) -> ApelNow:
    """Open it by hand, whatever Zoom says; this freezes the roster."""
    return _tag(response, await service.open_apel(session, caller, apel_id, body.reason, at=now))


@router.post("/{apel_id}/close", response_model=ApelRead)
async def close_apel(
    apel_id: UUID,
    caller: Operator,
    session: Transaction,
    now: Now,
    response: Response,
    body: ClosingWrite = JUST_NOW,
) -> ApelNow:
    """Close it for good: no later start of the meeting reopens it. `ended_at` says when the ceremony really ended."""
    return _tag(response, await service.close_apel(session, caller, apel_id, body, at=now))


@router.post("/{apel_id}/finalize", response_model=ApelRead)
async def finalize_apel(
    apel_id: UUID,
    caller: Operator,
    session: Transaction,
    now: Now,
    response: Response,
    body: MaybeReasonWrite = NO_REASON,
) -> ApelNow:
    """Make a closed apel final, after its report deadline; it never becomes final by itself."""
    return _tag(response, await service.finalize_apel(session, caller, apel_id, body.reason, at=now))


@router.post("/{apel_id}/reopen", response_model=ApelRead)
async def reopen_apel(
    apel_id: UUID,
    caller: Operator,
    session: Transaction,
    now: Now,
    response: Response,
    body: MaybeReasonWrite = NO_REASON,
) -> ApelNow:
    """Closed becomes open (kominfo), final becomes closed (admin, with a reason), a cancellation is taken back."""
    return _tag(response, await service.reopen_apel(session, caller, apel_id, body.reason, at=now))


@router.post("/{apel_id}/cancel", response_model=ApelRead)
async def cancel_apel(
    apel_id: UUID,
    caller: Operator,
    session: Transaction,
    now: Now,
    response: Response,
    body: MaybeReasonWrite = NO_REASON,
) -> ApelNow:
    """Cancel it: nobody is expected any more; what was reported and seen stays recorded."""
    return _tag(response, await service.cancel_apel(session, caller, apel_id, body.reason, at=now))


@router.get("/{apel_id}/turns")
async def get_turns(apel_id: UUID, caller: Person, session: Transaction, now: Now, etag: ETag) -> TurnsRead:
    """Whose turn it is, who comes next, what was spoken, and who was not called lately."""
    apel = await queries.get_apel(session, apel_id, at=now)
    turns = await turn_queries.read_turns(session, caller, apel)
    etag.set_digest(turns)
    return turns


@router.post("/{apel_id}/turns/next")
async def call_next(apel_id: UUID, body: NextTurnWrite, caller: Operator, session: Transaction, now: Now) -> TurnsRead:
    """Call the OPD that follows `after`; 409 `turn-moved` when somebody else was called meanwhile."""
    return await calling.call_next(session, caller, apel_id, body.after, at=now)


@router.post("/{apel_id}/turns/{opd_code}/call")
async def call_opd(apel_id: UUID, opd_code: OpdCode, caller: Operator, session: Transaction, now: Now) -> TurnsRead:
    """Call an OPD out of order."""
    return await calling.write_down_turn(session, caller, apel_id, opd_code, TurnAction.CALL, at=now)


@router.post("/{apel_id}/turns/{opd_code}/recall")
async def recall_opd(apel_id: UUID, opd_code: OpdCode, caller: Operator, session: Transaction, now: Now) -> TurnsRead:
    """Call an OPD once more that had its turn."""
    return await calling.write_down_turn(session, caller, apel_id, opd_code, TurnAction.RECALL, at=now)


@router.post("/{apel_id}/turns/{opd_code}/no-answer")
async def mark_no_answer(
    apel_id: UUID, opd_code: OpdCode, caller: Operator, session: Transaction, now: Now
) -> TurnsRead:
    """The OPD was called and did not answer."""
    return await calling.write_down_turn(session, caller, apel_id, opd_code, TurnAction.NO_ANSWER, at=now)


@router.post("/{apel_id}/turns/{opd_code}/answer")
async def write_down_answer(
    apel_id: UUID, opd_code: OpdCode, body: TurnAnswer, caller: Operator, session: Transaction, now: Now
) -> TurnsRead:
    """What the OPD said: its figures in the report's shape, or that they are as written. It counts as no report."""
    return await calling.write_down_turn(
        session,
        caller,
        apel_id,
        opd_code,
        TurnAction.ANSWER,
        figures=body.figures(),
        as_written=isinstance(body, AsWritten),
        at=now,
    )
