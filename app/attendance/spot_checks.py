"""Spot checks: rooms are drawn from what was claimed, and counts are read beside it."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, list_active_apel_ids, list_units
from app.apel.rules import ApelState, require_not_over
from app.apel.service import hold_apel
from app.apel.timeline import ApelNow
from app.attendance.head_counts import judge_count
from app.core.clock import Clock
from app.core.db import OpenSession, act_as, zone_of
from app.core.principal import SYSTEM, Principal
from app.core.ticker import each_apart
from app.evidence import spot_checks as kept
from app.evidence.errors import DrawTooEarly, NothingToDraw
from app.evidence.models import SpotCheck, SpotCount, SpotDraw
from app.evidence.schemas import HeadCountRead, HeadCountWrite, SpotCheckRead, SpotDrawRead, SpotDrawWrite
from app.evidence.spot_rules import CountMethod, RoomClaim
from app.policies.rules import SpotCheckRules
from app.policies.service import rules_on
from app.reports.queries import load_claims


async def draw_rooms(
    session: AsyncSession, caller: Principal, apel_id: UUID, body: SpotDrawWrite, *, at: datetime
) -> SpotDrawRead:
    """Draw rooms that were not drawn yet.

    Raises ApelNotFound, ApelFinal, ApelCancelled, DrawTooEarly, NothingToDraw.
    """
    await hold_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    if at < apel.report_deadline:
        raise DrawTooEarly(deadline=apel.report_deadline.astimezone(zone_of(session)).strftime("%H.%M"))
    await kept.lock_drawing(session, apel_id)
    rules = (await rules_on(session, apel.on_date)).spot_check
    pool = await _list_rooms(session, apel)
    if not pool:
        raise NothingToDraw
    seed, units = body.seed or token_hex(16), body.units or max(1, rules.units)
    draw = await kept.keep_draw(session, caller, apel_id, pool, seed=seed, units=units, automatic=False, at=at)
    return await _read_draw(session, draw, rules)


async def draw_by_itself(session: AsyncSession, apel_id: UUID, *, at: datetime) -> bool:
    """The draw of the service, once for an apel whose deadline has passed and while it is not final; whether it was
    made. Where no report claims anybody in a room yet, another round looks again."""
    await hold_apel(session, apel_id)
    await kept.lock_drawing(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    ripe = apel.state in (ApelState.OPEN, ApelState.CLOSED) and at >= apel.report_deadline and not apel.rehearsal
    if not ripe or await kept.list_drawn(session, [apel_id]):
        return False
    rules = (await rules_on(session, apel.on_date)).spot_check
    pool = await _list_rooms(session, apel) if rules.automatic and rules.units else {}
    if not pool:
        return False
    await kept.keep_draw(session, SYSTEM, apel_id, pool, seed=token_hex(16), units=rules.units, automatic=True, at=at)
    return True


async def draw_due(open_session: OpenSession, clock: Clock) -> bool:
    """One round of the background loop: the apels of these days for which nothing was drawn.

    One that cannot be drawn for stops no other; its error is raised at the end of the round.
    """
    async with open_session.begin() as session:
        await act_as(session)
        around = await list_active_apel_ids(session, at=clock())
        drawn = await kept.list_drawn(session, around)
    waiting = [apel_id for apel_id in around if apel_id not in drawn]
    await each_apart(open_session, waiting, lambda session, apel_id: draw_by_itself(session, apel_id, at=clock()))
    return False


async def _list_rooms(session: AsyncSession, apel: ApelNow) -> dict[str, RoomClaim]:
    """The reporting units whose own report claims people in a room, and whose room was not drawn yet."""
    units = {unit.unit_code for unit in (await list_units(session, apel)).values()}
    drawn = {check.opd_code for check in await kept.list_checks(session, apel.id)}
    claims = await load_claims(session, apel.id, sorted(units - drawn))
    rooms = {
        code: RoomClaim(claim.figures.wfo, claim.others, claim.version_id, claim.version)
        for code, claim in claims.items()
    }
    return {code: room for code, room in rooms.items() if room.heads}


async def count_room(
    session: AsyncSession, caller: Principal, check_id: UUID, body: HeadCountWrite, *, at: datetime
) -> SpotCheckRead:
    """Raises SpotCheckNotFound, ApelFinal, ApelCancelled."""
    check = await kept.count_heads(session, caller, check_id, body, at=at)
    apel = await get_apel(session, check.apel_id, at=at)
    rules = (await rules_on(session, apel.on_date)).spot_check
    return _check_read(check, await kept.list_counts(session, apel.id), rules)


async def read_draws(session: AsyncSession, apel_id: UUID, *, at: datetime) -> list[SpotDrawRead]:
    """Raises ApelNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    rules = (await rules_on(session, apel.on_date)).spot_check
    checks, counts = await kept.list_checks(session, apel_id), await kept.list_counts(session, apel_id)
    return [_draw_read(draw, checks, counts, rules) for draw in await kept.list_draws(session, apel_id)]


async def _read_draw(session: AsyncSession, draw: SpotDraw, rules: SpotCheckRules) -> SpotDrawRead:
    return _draw_read(draw, await kept.list_checks(session, draw.apel_id), [], rules)


def _draw_read(
    draw: SpotDraw, checks: Sequence[SpotCheck], counts: Sequence[SpotCount], rules: SpotCheckRules
) -> SpotDrawRead:
    return SpotDrawRead(
        id=draw.id,
        automatic=draw.automatic,
        seed=draw.seed,
        pool=draw.pool,
        units=draw.units,
        by=draw.by_name,
        at=draw.at,
        checks=[_check_read(check, counts, rules) for check in checks if check.draw_id == draw.id],
    )


def _check_read(check: SpotCheck, counts: Sequence[SpotCount], rules: SpotCheckRules) -> SpotCheckRead:
    own = [count for count in counts if count.check_id == check.id]
    latest = kept.head_count(check, own[0]) if own else None
    claim = kept.claim_of(check)
    return SpotCheckRead(
        id=check.id,
        opd_code=check.opd_code,
        claimed=claim.heads,
        wfo=claim.wfo,
        others=claim.others,
        report_version_id=claim.version_id,
        report_version=claim.version,
        tolerance=rules.tolerance(claim.heads),
        state=judge_count(latest, rules),
        difference=latest.difference if latest else None,
        counts=[_count_read(count) for count in own],
    )


def _count_read(count: SpotCount) -> HeadCountRead:
    return HeadCountRead(
        id=count.id,
        heads=count.heads,
        method=CountMethod(count.method),
        note=count.note,
        by=count.by_name,
        at=count.at,
    )
