"""Everything kept about one person's output in a year, for the person's own record."""

from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Base
from app.core.texts import Language
from app.performance.answers import OwnOutputs
from app.performance.evaluations import show_own
from app.performance.models import (
    PerformanceAchievement,
    PerformanceEvaluation,
    PerformancePlan,
    PerformanceVerification,
)


async def read_own_outputs(session: AsyncSession, asn_id: UUID, year: int, language: Language = "id") -> OwnOutputs:
    """Every version of every plan, achievement, verification and evaluation, in the order in which they were made.

    Derived rows are left out: they say nothing that does not follow from these.
    """
    fact, said = PerformanceAchievement, PerformanceVerification
    of_year = fact.period.startswith(f"{year}-")
    plans = select(PerformancePlan).filter_by(asn_id=asn_id, year=year).order_by(PerformancePlan.version)
    facts = select(fact).where(fact.asn_id == asn_id, of_year).order_by(fact.id)
    words = select(said).join(fact, fact.id == said.achievement_id).where(fact.asn_id == asn_id, of_year)
    kept = PerformanceEvaluation
    evaluations = select(kept).where(kept.asn_id == asn_id, kept.period.startswith(str(year))).order_by(kept.id)
    return OwnOutputs(
        plans=await _told(session, plans),
        achievements=await _told(session, facts),
        verifications=await _told(session, words.order_by(said.seq)),
        evaluations=[show_own(one, language) for one in await session.scalars(evaluations)],
    )


async def _told(session: AsyncSession, asked: Select[Any]) -> list[dict[str, Any]]:
    """Whole rows; who acted is told by name, as on paper."""
    rows = await session.scalars(asked, execution_options={"populate_existing": True})
    return [_row(row) for row in rows]


def _row(row: Base) -> dict[str, Any]:
    hidden = {"by", "asn_id", "seq"}
    names = [column.name for column in row.__table__.columns if column.name not in hidden]
    told: dict[str, Any] = to_jsonable_python({name: getattr(row, name) for name in names})
    return told
