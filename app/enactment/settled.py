"""Up to which day numbers are settled: paid by, or decided on, and so no policy may begin before."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel, ApelAct
from app.apel.rules import Act
from app.attendance.models import Settlement
from app.attendance.service import conclude
from app.core.periods import Period
from app.core.stale import mark_stale
from app.decisions.models import Case, Decision
from app.decisions.rules import STANDING
from app.tpp.queries import last_frozen_day


async def find_first_open_day(session: AsyncSession) -> date | None:
    """The day after the last one that a frozen TPP sheet or a standing decision rests on; None where there is none.

    Final apels hinder nothing: each keeps the rules that it was scored with.
    """
    settled = [day for day in (await last_frozen_day(session), await _last_decided_day(session)) if day is not None]
    return max(settled) + timedelta(days=1) if settled else None


async def _last_decided_day(session: AsyncSession) -> date | None:
    """A decision rests on nothing after its period, nor after it was signed; a revoked one on nothing."""
    standing = (
        select(Decision.period, func.max(Decision.signed_on))
        .join(Case, Case.id == Decision.case_id, isouter=True)
        .where(or_(Decision.case_id.is_(None), Case.phase.in_(sorted(STANDING))))
        .group_by(Decision.period)
    )
    days = [min(signed, Period.parse(period).to_date) for period, signed in await session.execute(standing)]
    return max(days, default=None)


async def settle_final_apels(session: AsyncSession, from_date: date, *, at: datetime) -> None:
    """Have every final apel from a day on keep the rules that hold now, also one that nobody looked at since."""
    last = (
        select(ApelAct.apel_id, ApelAct.act, ApelAct.at)
        .ext(distinct_on(ApelAct.apel_id))
        .order_by(ApelAct.apel_id, ApelAct.id.desc())
        .subquery()
    )
    unsettled = (
        select(Apel.id)
        .join(last, last.c.apel_id == Apel.id)
        .join(Settlement, Settlement.apel_id == Apel.id, isouter=True)
        .where(Apel.on_date >= from_date, last.c.act == Act.FINALIZE)
        .where(Settlement.final_at.is_distinct_from(last.c.at))
        .order_by(Apel.on_date, Apel.id)
    )
    for apel_id in (await session.scalars(unsettled)).all():
        await mark_stale(session, apel_id)
        await conclude(session, apel_id, at=at)
