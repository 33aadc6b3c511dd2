"""Everything a board is composed from, in a fixed number of statements whatever the number of OPDs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_roster, get_turns
from app.apel.roster import Roster
from app.apel.timeline import ApelNow
from app.apel.turns import Turns
from app.attendance import queries
from app.attendance.models import Conclusion, Finding, FindingResolution, Mark, Tally
from app.core.texts import Language
from app.evidence.queries import load_presences
from app.evidence.rules import Presence

TREND = 8
"""Earlier apels in an OPD's trend: two months of Mondays."""


@dataclass(frozen=True)
class Labels:
    """How this place and this reader are spoken to."""

    instansi: str
    sample: bool
    language: Language


@dataclass(frozen=True)
class Snapshot:
    """Everything a board is composed from."""

    apel: ApelNow
    conclusion: Conclusion | None
    roster: Roster
    turns: Turns
    tallies: Mapping[str, Tally]
    findings: Sequence[tuple[Finding, FindingResolution | None]]
    head_marks: Mapping[UUID, Mark]
    trend: Sequence[tuple[date, UUID, Tally]]
    presences: Sequence[Presence]


async def take_snapshot(session: AsyncSession, apel: ApelNow) -> Snapshot:
    roster = await get_roster(session, apel)
    heads = [head.asn_id for head in roster.heads.values()]
    marks = await session.scalars(select(Mark).where(Mark.apel_id == apel.id, Mark.asn_id.in_(heads)))
    return Snapshot(
        apel=apel,
        conclusion=await session.get(Conclusion, apel.id, populate_existing=True),
        roster=roster,
        turns=await get_turns(session, apel),
        tallies={tally.opd_code: tally for tally in await queries.list_tallies(session, apel.id)},
        findings=await queries.list_findings(session, apel.id, scope=None),
        head_marks={mark.asn_id: mark for mark in marks},
        trend=await queries.list_trend(session, apel, most=TREND),
        presences=await load_presences(session, apel.id),
    )
