"""What a superior says of an achievement: accepted, or returned with a reason; and what waits for that word."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Principal, Role
from app.performance import achievement_queries
from app.performance.errors import AchievementNotFound, AchievementReplaced
from app.performance.models import PerformanceAchievement, PerformanceVerification
from app.performance.outcomes import judge
from app.performance.people import READERS, SUPERIORS, is_own, lock_person, require_another
from app.performance.rules import State
from app.performance.schemas import AchievementFilter, AchievementItem, AchievementRead
from app.registry import nip as nips
from app.registry.errors import AsnNotFound
from app.registry.models import Asn
from app.registry.queries import get_asn


async def read_achievement(
    session: AsyncSession, caller: Principal, achievement_id: UUID, *, at: datetime
) -> AchievementRead:
    """One version of an achievement and what was said of it; raises AchievementNotFound."""
    person = await _find_owner(session, caller, achievement_id, at, *READERS)
    await record(session, caller, "performance.read-achievement", at=at, target=str(achievement_id), nips=[person.nip])
    return (await achievement_queries.list_read(session, [achievement_id]))[0]


async def _find_owner(
    session: AsyncSession, caller: Principal, achievement_id: UUID, at: datetime, *roles: Role
) -> Asn:
    """Whose it is, where the caller may see it; raises AchievementNotFound."""
    fact = await session.get(PerformanceAchievement, achievement_id)
    if fact is None:
        raise AchievementNotFound
    scope = None if is_own(caller, fact.asn_id) else caller.reach(*roles)
    try:
        return await get_asn(session, fact.asn_id, scope, civil_date(at, zone_of(session)))
    except AsnNotFound:
        raise AchievementNotFound from None


async def verify_achievement(
    session: AsyncSession,
    caller: Principal,
    achievement_id: UUID,
    outcome: State,
    reason: str | None = None,
    *,
    at: datetime,
) -> AchievementRead:
    """Accept or return the latest version of an achievement; the same word again changes nothing.

    Raises AchievementNotFound, OwnPerformance, AchievementReplaced.
    """
    person = await _find_owner(session, caller, achievement_id, at, *SUPERIORS)
    require_another(caller, person.id)
    await lock_person(session, caller, person.id, civil_date(at, zone_of(session)), *SUPERIORS)
    [read] = await achievement_queries.list_read(session, [achievement_id])
    if not read.latest:
        raise AchievementReplaced(current=await _latest_version(session, read))
    before = read.verification
    if before is not None and (before.outcome, before.reason) == (outcome, reason):
        return read
    word = {"outcome": outcome, "reason": reason, "by": caller.id, "by_name": caller.name, "at": at}
    session.add(PerformanceVerification(achievement_id=achievement_id, **word))
    await session.flush()
    await judge(session, [(read.indicator_id, read.period)])
    about = {"nips": [person.nip], "outcome": outcome}
    await record(session, caller, "performance.verify", at=at, target=str(achievement_id), **about)
    return (await achievement_queries.list_read(session, [achievement_id]))[0]


async def _latest_version(session: AsyncSession, read: AchievementRead) -> int:
    kept = await achievement_queries.list_versions(session, read.indicator_id, read.period)
    return kept[0].version


async def list_queue(
    session: AsyncSession, caller: Principal, wanted: AchievementFilter, *, at: datetime
) -> Page[AchievementItem]:
    """What waits for the caller's word, the oldest first."""
    today = civil_date(at, zone_of(session))
    rows = await achievement_queries.list_queue(session, caller, wanted, today, *SUPERIORS)
    page = cut_page(rows, wanted.limit, lambda row: (row[0].id,))
    await record(session, caller, "performance.list-achievements", at=at, nips=[row.nip for row in page.items])
    return Page(items=[_item(row) for row in page.items], next_cursor=page.next_cursor)


def _item(row: Any) -> AchievementItem:
    fact: PerformanceAchievement = row[0]
    own = ("id", "asn_id", "period", "actual", "evidence", "version", "at")
    joined = ("name", "opd_code", "rhk", "indicator", "unit", "target", "state")
    return AchievementItem(
        **{name: getattr(fact, name) for name in own},
        **{name: getattr(row, name) for name in joined},
        nip_masked=nips.masked(row.nip),
        href=f"/v1/performance/achievements/{fact.id}",
    )
