"""What an apel has to tell right now: asked of the rooms below, which conclude and score first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, list_units
from app.apel.timeline import ApelNow
from app.attendance.models import Finding
from app.attendance.queries import list_findings, list_tallies
from app.attendance.rules import Grade
from app.attendance.service import conclude
from app.core.principal import Grant, Principal, Role
from app.notifications.texts import Stand, stand_of
from app.scoring.queries import get_scores
from app.scoring.service import score_apel

WATCHER = Principal(UUID(int=0), "system", (Grant(Role.INSPECTOR),))
"""Reads of every OPD, and only what bears no name."""
TO_REVIEW = (Grade.SUSPICIOUS, Grade.IMPOSSIBLE)
"""What asks for a person; the other grades explain themselves."""


async def read_stand(session: AsyncSession, apel_id: UUID, *, at: datetime) -> Stand:
    await conclude(session, apel_id, at=at)
    return stand_of(await list_tallies(session, apel_id))


async def count_scored(session: AsyncSession, apel_id: UUID, *, at: datetime) -> int:
    """How many OPDs have points of an apel, which is scored for it."""
    await score_apel(session, apel_id, at=at)
    return sum(score.points is not None for score in await get_scores(session, apel_id))


async def list_to_review(session: AsyncSession, apel_id: UUID) -> dict[str, list[Finding]]:
    """OPD → what nobody has resolved yet and somebody should look at."""
    found: dict[str, list[Finding]] = {}
    for finding, resolution, _ in await list_findings(session, apel_id, scope=None):
        if resolution is None and finding.grade in TO_REVIEW:
            found.setdefault(finding.opd_code, []).append(finding)
    return found


async def names_of(session: AsyncSession, apel: ApelNow) -> dict[str, str]:
    """OPD → its short name on that day."""
    return {code: unit.short_name for code, unit in (await list_units(session, apel)).items()}


async def find_apel(session: AsyncSession, data: dict[str, str], *, at: datetime) -> ApelNow:
    """The apel that an announcement is about."""
    return await get_apel(session, UUID(data["apel_id"]), at=at)


def ids_of(findings: Sequence[Finding]) -> list[str]:
    return sorted(str(finding.id) for finding in findings)
