"""Achievements (realisasi): reported version by version, the latest counts once a superior accepted it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import as_table, upsert_rows
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import Principal
from app.performance.achievement_queries import list_read
from app.performance.errors import AchievementsRefused
from app.performance.models import PerformanceAchievement, PerformanceIndicator, PerformanceTarget
from app.performance.outcomes import judge
from app.performance.people import WRITERS, lock_people, serves_or_is_own
from app.performance.periods import target_period
from app.performance.planning import Target
from app.performance.plans import MAX_ERRORS, refuse_presence
from app.performance.rules import State
from app.performance.schemas import AchievementsRead, AchievementsWrite, AchievementWrite
from app.registry.models import Asn


@dataclass(frozen=True)
class Claim:
    """What somebody says was reached; two that say the same are one."""

    actual: Decimal
    evidence: str
    note: str | None = None


class Known(NamedTuple):
    """The latest version of an achievement."""

    id: UUID
    version: int
    claim: Claim
    state: State


class Owner(NamedTuple):
    asn_id: UUID
    nip: str


async def report_achievements(
    session: AsyncSession, caller: Principal, body: AchievementsWrite, *, at: datetime
) -> AchievementsRead:
    """Keep what was reached for some indicators and periods, all of it or none; what is kept already stays as it is.

    A new version awaits verification anew. Raises AttendanceIsNoOutput, AchievementsRefused.
    """
    today = civil_date(at, zone_of(session))
    refuse_presence(
        {
            f"/items/{number}/{name}": getattr(one, name)
            for number, one in enumerate(body.items)
            for name in ("evidence", "note")
        }
    )
    owners = await _find_owners(session, caller, {one.indicator_id for one in body.items}, today)
    await lock_people(session, {owner.asn_id for owner in owners.values()})
    agreed = await _list_agreed(session, owners)
    _refuse(error for number, one in enumerate(body.items) for error in _wrong(number, one, owners, agreed, today))
    _refuse(_twice(body.items))
    claims = {(one.indicator_id, one.period): Claim(one.actual, one.evidence, one.note) for one in body.items}
    known = await load_latest(session, claims)
    fresh = {key: claim for key, claim in claims.items() if key not in known or known[key].claim != claim}
    made = await keep_achievements(session, caller, fresh, known, owners, at=at)
    await judge(session, fresh.keys())
    nips = {owners[indicator_id].nip for indicator_id, _ in claims}
    await record(session, caller, "performance.report", at=at, nips=nips, created=len(fresh))
    ids = [made[key] if key in made else known[key].id for key in claims]
    return AchievementsRead(created=len(fresh), unchanged=len(claims) - len(fresh), items=await list_read(session, ids))


async def keep_achievements(
    session: AsyncSession,
    caller: Principal,
    fresh: dict[Target, Claim],
    known: dict[Target, Known],
    owners: dict[UUID, Owner],
    *,
    at: datetime,
) -> dict[Target, UUID]:
    """Add a version to each of these achievements, in one statement; `judge` says afterwards what they come to."""
    rows = [
        {
            "id": new_id(),
            "indicator_id": indicator_id,
            "asn_id": owners[indicator_id].asn_id,
            "period": period,
            "version": known[indicator_id, period].version + 1 if (indicator_id, period) in known else 1,
            **vars(claim),
            "by": caller.id,
            "by_name": caller.name,
            "at": at,
        }
        for (indicator_id, period), claim in fresh.items()
    ]
    await upsert_rows(session, PerformanceAchievement, rows)
    return {(row["indicator_id"], row["period"]): row["id"] for row in rows}


async def load_latest(session: AsyncSession, targets: Collection[Target]) -> dict[Target, Known]:
    """The latest version of each of these achievements, as far as there is one."""
    if not targets:
        return {}
    asked = as_table(PerformanceTarget, [{"indicator_id": one, "period": period} for one, period in targets])
    kept, fact = PerformanceTarget, PerformanceAchievement
    named = and_(kept.indicator_id == asked.c.indicator_id, kept.period == asked.c.period)
    rows = await session.execute(
        select(kept.indicator_id, kept.period, kept.state, fact.id, fact.version, fact.actual, fact.evidence, fact.note)
        .select_from(asked)
        .join(kept, named)
        .join(fact, fact.id == kept.achievement_id)
    )
    return {
        (row.indicator_id, row.period): Known(
            row.id, row.version, Claim(row.actual, row.evidence, row.note), State(row.state)
        )
        for row in rows
    }


async def _find_owners(
    session: AsyncSession, caller: Principal, indicator_ids: Collection[UUID], today: date
) -> dict[UUID, Owner]:
    """Whose each indicator is, as far as the caller may write of them."""
    named = PerformanceIndicator.id == func.any(literal(sorted(indicator_ids), ARRAY(Uuid)))
    asked = select(PerformanceIndicator.id, Asn.id, Asn.nip).join(Asn, Asn.id == PerformanceIndicator.asn_id)
    may = serves_or_is_own(caller, Asn.id, today, *WRITERS)
    return {row[0]: Owner(row[1], row[2]) for row in await session.execute(asked.where(named, may))}


async def _list_agreed(session: AsyncSession, indicator_ids: Collection[UUID]) -> set[Target]:
    """For which periods something is agreed."""
    named = PerformanceTarget.indicator_id == func.any(literal(sorted(indicator_ids), ARRAY(Uuid)))
    asked = select(PerformanceTarget.indicator_id, PerformanceTarget.period).where(named)
    return {(row.indicator_id, row.period) for row in await session.execute(asked)}


def _wrong(
    number: int, one: AchievementWrite, owners: Collection[UUID], agreed: Collection[Target], today: date
) -> Iterable[FieldError]:
    if one.indicator_id not in owners:
        yield FieldError(f"/items/{number}/indicator_id", "indicator_unknown")
    elif (one.indicator_id, one.period) not in agreed:
        yield FieldError(f"/items/{number}/period", "period_without_target")
    elif target_period(one.period).from_date > today:
        yield FieldError(f"/items/{number}/period", "period_not_begun")


def _twice(items: Sequence[AchievementWrite]) -> Iterable[FieldError]:
    seen: set[Target] = set()
    for number, one in enumerate(items):
        if (one.indicator_id, one.period) in seen:
            yield FieldError(f"/items/{number}", "listed_twice")
        seen.add((one.indicator_id, one.period))


def _refuse(wrong: Iterable[FieldError]) -> None:
    found = list(wrong)
    if found:
        raise AchievementsRefused(errors=found[:MAX_ERRORS], count=len(found))
