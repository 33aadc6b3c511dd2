"""Which rule forbade broadcasts in working hours to whom: asked of the circulars of the day."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from app.livestreams.rules import Bound, Forbidding


async def forbidding_on(session: AsyncSession, bound: Collection[Bound]) -> dict[Bound, Forbidding]:
    """Person and day → the rule in force; whoever is left out is known to be bound by none, and nothing counts."""
    return {}
