"""Calling the OPDs: the operator moves the turn on, and writes down what was said."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import TurnAct
from app.apel.queries import get_apel
from app.apel.rules import Figures, require_begun
from app.apel.schemas import TurnsRead
from app.apel.service import lock_apel
from app.apel.timeline import ApelNow
from app.apel.turn_queries import get_turns, read_turns
from app.apel.turns import TurnAction, TurnFact, Turns, changes_turn, next_turn
from app.audit.service import record
from app.core.principal import Principal
from app.core.stale import mark_stale


async def call_next(
    session: AsyncSession, caller: Principal, apel_id: UUID, after: str | None, *, at: datetime
) -> TurnsRead:
    """Call the OPD that follows; of two operators who press at once, one gets TurnMoved. Raises NoTurnLeft."""
    apel, turns = await _lock_turns(session, apel_id, at=at)
    fact = TurnFact(next_turn(turns, after), TurnAction.CALL, at)
    return await _keep(session, caller, apel, fact)


async def write_down_turn(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    opd_code: str,
    action: TurnAction,
    *,
    figures: Figures | None = None,
    as_written: bool = False,
    at: datetime,
) -> TurnsRead:
    """Call, recall, answer or no answer; what is written down already changes nothing.

    Raises NotInTurns, TurnTaken, TurnNotCalled, ApelNotStarted, ApelFinal, ApelCancelled.
    """
    apel, turns = await _lock_turns(session, apel_id, at=at)
    fact = TurnFact(opd_code, action, at, figures, as_written)
    if changes_turn(turns, fact):
        return await _keep(session, caller, apel, fact)
    return await read_turns(session, caller, apel)


async def _lock_turns(session: AsyncSession, apel_id: UUID, *, at: datetime) -> tuple[ApelNow, Turns]:
    await lock_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    require_begun(apel.state)
    return apel, await get_turns(session, apel)


async def _keep(session: AsyncSession, caller: Principal, apel: ApelNow, fact: TurnFact) -> TurnsRead:
    session.add(
        TurnAct(
            apel_id=apel.id,
            opd_code=fact.opd_code,
            act=fact.action,
            at=fact.at,
            by_id=caller.id,
            figures=None if fact.figures is None else fact.figures.as_json(),
            as_written=fact.as_written,
        )
    )
    await session.flush()
    await record(session, caller, f"apel.turn-{fact.action}", at=fact.at, target=str(apel.id), opd_code=fact.opd_code)
    await mark_stale(session, apel.id, fact.opd_code)
    return await read_turns(session, caller, apel)
