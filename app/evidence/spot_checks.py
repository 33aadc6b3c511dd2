"""Spot checks as facts: what was drawn, and what was counted. A count is the only evidence for the heads in a room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import require_not_over
from app.apel.service import hold_apel
from app.audit.service import record
from app.core.db import lock_key
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.stale import mark_stale
from app.evidence.errors import SpotCheckNotFound
from app.evidence.models import SpotCheck, SpotCount, SpotDraw
from app.evidence.schemas import HeadCountWrite
from app.evidence.spot_rules import CountMethod, HeadCount, RoomClaim, draw_units


async def lock_drawing(session: AsyncSession, apel_id: UUID) -> None:
    """One drawing of an apel at a time."""
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("spot draw", apel_id))))


async def keep_draw(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    pool: Mapping[str, RoomClaim],
    *,
    seed: str,
    units: int,
    automatic: bool,
    at: datetime,
) -> SpotDraw:
    """Draw from the pool and keep what was drawn with what it was claimed to hold; under `lock_drawing`."""
    draw = SpotDraw(
        id=new_id(), apel_id=apel_id, automatic=automatic, seed=seed, pool=sorted(pool), units=units,
        by_id=caller.id, by_name=caller.name, at=at,
    )  # fmt: skip
    session.add(draw)
    await session.flush()
    drawn = draw_units(seed, pool, units)
    rows = [
        {"id": new_id(), "draw_id": draw.id, "apel_id": apel_id, "opd_code": code, "wfo": pool[code].wfo}
        | {"others": pool[code].others, "version_id": pool[code].version_id, "version": pool[code].version}
        for code in drawn
    ]
    if rows:
        await session.execute(insert(SpotCheck), rows)
    await record(
        session, caller, "evidence.draw-spot-checks", at=at, target=str(draw.id), apel_id=str(apel_id),
        automatic=automatic, drawn=drawn,
    )  # fmt: skip
    return draw


async def count_heads(
    session: AsyncSession, caller: Principal, check_id: UUID, body: HeadCountWrite, *, at: datetime
) -> SpotCheck:
    """Keep a count as a new fact; earlier ones stay. Raises SpotCheckNotFound, ApelFinal, ApelCancelled."""
    check = await session.get(SpotCheck, check_id)
    if check is None:
        raise SpotCheckNotFound
    await hold_apel(session, check.apel_id)
    require_not_over((await get_apel(session, check.apel_id, at=at)).state)
    session.add(
        SpotCount(
            check_id=check.id, heads=body.heads, method=body.method, note=body.note, by_id=caller.id,
            by_name=caller.name, at=at,
        )
    )  # fmt: skip
    await session.flush()
    await mark_stale(session, check.apel_id, check.opd_code)
    await record(
        session, caller, "evidence.count-heads", at=at, target=str(check.id), apel_id=str(check.apel_id),
        opd_code=check.opd_code, heads=body.heads, method=body.method,
    )  # fmt: skip
    return check


async def list_draws(session: AsyncSession, apel_id: UUID) -> Sequence[SpotDraw]:
    """In the order in which they were made."""
    made = select(SpotDraw).where(SpotDraw.apel_id == apel_id).order_by(SpotDraw.at, SpotDraw.id)
    return (await session.scalars(made)).all()


async def list_checks(session: AsyncSession, apel_id: UUID) -> Sequence[SpotCheck]:
    drawn = select(SpotCheck).where(SpotCheck.apel_id == apel_id).order_by(SpotCheck.opd_code)
    return (await session.scalars(drawn)).all()


async def list_counts(session: AsyncSession, apel_id: UUID) -> Sequence[SpotCount]:
    """All counts of an apel's rooms, the latest first."""
    counted = select(SpotCount).join(SpotCheck, SpotCheck.id == SpotCount.check_id).where(SpotCheck.apel_id == apel_id)
    return (await session.scalars(counted.order_by(SpotCount.at.desc(), SpotCount.id.desc()))).all()


async def load_head_counts(session: AsyncSession, apel_id: UUID) -> dict[str, HeadCount]:
    """Reporting unit → its latest count; units that nobody counted are left out."""
    latest = (
        select(SpotCheck, SpotCount)
        .join(SpotCount, SpotCount.check_id == SpotCheck.id)
        .where(SpotCheck.apel_id == apel_id)
        .ext(distinct_on(SpotCheck.opd_code))
        .order_by(SpotCheck.opd_code, SpotCount.at.desc(), SpotCount.id.desc())
    )
    return {check.opd_code: head_count(check, count) for check, count in (await session.execute(latest)).all()}


def claim_of(check: SpotCheck) -> RoomClaim:
    return RoomClaim(check.wfo, check.others, check.version_id, check.version)


def head_count(check: SpotCheck, count: SpotCount) -> HeadCount:
    return HeadCount(check.id, count.id, claim_of(check), count.heads, CountMethod(count.method), count.at)


async def list_drawn(session: AsyncSession, apel_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these apels for which the service has drawn by itself."""
    drawn = select(SpotDraw.apel_id).where(SpotDraw.apel_id.in_(apel_ids), SpotDraw.automatic)
    return set(await session.scalars(drawn))
