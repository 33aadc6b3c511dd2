"""Reads of achievements with what was said of them."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, and_, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Principal, Role
from app.performance.models import (
    PerformanceAchievement,
    PerformanceIndicator,
    PerformanceTarget,
    PerformanceVerification,
)
from app.performance.rules import State
from app.performance.schemas import AchievementFilter, AchievementRead, VerificationRead
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on


def _with_word() -> Select[Any]:
    """Achievements, whether a later version took their place, and what was said of them last."""
    fact, said = PerformanceAchievement, PerformanceVerification
    word = select(said).where(said.achievement_id == fact.id).order_by(said.seq.desc()).limit(1).lateral("word")
    other = aliased(fact)
    same = (other.indicator_id == fact.indicator_id, other.period == fact.period)
    newest = select(func.max(other.version)).where(*same).scalar_subquery()
    columns = [word.c[name].label(f"word_{name}") for name in ("outcome", "reason", "examiner", "by_name", "at")]
    return select(fact, newest.label("newest"), *columns).outerjoin(word, true())


async def list_read(session: AsyncSession, ids: Collection[UUID]) -> list[AchievementRead]:
    """These achievements, in the order in which they are named."""
    asked = _with_word().where(PerformanceAchievement.id == func.any(literal(list(ids), ARRAY(Uuid))))
    rows = await session.execute(asked, execution_options={"populate_existing": True})
    found = {row[0].id: _read(row) for row in rows}
    return [found[one] for one in ids]


async def list_versions(session: AsyncSession, indicator_id: UUID, period: str) -> list[AchievementRead]:
    """All that was ever reported for an indicator and a period, the newest first."""
    fact = PerformanceAchievement
    asked = _with_word().where(fact.indicator_id == indicator_id, fact.period == period).order_by(fact.version.desc())
    return [_read(row) for row in await session.execute(asked, execution_options={"populate_existing": True})]


def _read(row: Any) -> AchievementRead:
    kept: PerformanceAchievement = row[0]
    word = {name: getattr(row, f"word_{name}") for name in VerificationRead.model_fields}
    return AchievementRead(
        **{name: getattr(kept, name) for name in AchievementRead.model_fields if hasattr(kept, name)},
        state=State(row.word_outcome) if row.word_outcome else State.WAITING,
        verification=VerificationRead(**word) if row.word_outcome else None,
        latest=kept.version == row.newest,
    )


async def list_queue(
    session: AsyncSession, caller: Principal, wanted: AchievementFilter, today: date, *roles: Role
) -> list[Any]:
    """Latest versions in a state, of people who serve in the reach of these roles today; never the caller's own.

    The oldest first, and one more than the limit where there is one.
    """
    fact, kept = PerformanceAchievement, PerformanceTarget
    asked = (
        select(fact, kept.target, kept.state, PerformanceIndicator.rhk, PerformanceIndicator.indicator)
        .add_columns(PerformanceIndicator.unit, Asn.name, Asn.nip, Assignment.opd_code)
        .join(kept, kept.achievement_id == fact.id)
        .join(PerformanceIndicator, PerformanceIndicator.id == kept.indicator_id)
        .join(Asn, Asn.id == fact.asn_id)
        .join(Assignment, and_(Assignment.asn_id == fact.asn_id, valid_on(Assignment, today)))
        .where(kept.state == wanted.state, within(Assignment.opd_code, caller.reach(*roles)))
        .order_by(fact.id)
        .limit(wanted.limit + 1)
    )
    if caller.asn_id is not None:
        asked = asked.where(fact.asn_id != caller.asn_id)
    if wanted.opd_code is not None:
        asked = asked.where(Assignment.opd_code == wanted.opd_code)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(fact.id > after[0])
    return list(await session.execute(asked))
