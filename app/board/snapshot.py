"""Everything a board is composed from, in a fixed number of statements whatever the number of OPDs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import FormerPlan
from app.apel.queries import find_former_plan, list_unit_heads, list_units
from app.apel.roster import Head, Unit
from app.apel.timeline import ApelNow
from app.apel.turn_queries import fold_turns_of
from app.apel.turns import Turns
from app.attendance import queries
from app.attendance.models import Conclusion, Mark, Tally
from app.attendance.queries import FoundFinding, PastTally
from app.attendance.watching import Watch, read_watch
from app.core.texts import Language
from app.evidence.queries import count_subjects
from app.evidence.rules import SubjectKind
from app.zoom.reading import report_state
from app.zoom.reconciling import PullState

TREND = 8
"""Earlier apels in an OPD's trend: two months of Mondays."""


@dataclass(frozen=True)
class Labels:
    """How this place and this reader are spoken to."""

    instansi: str
    sample: bool
    language: Language
    zone: ZoneInfo


@dataclass(frozen=True)
class Snapshot:
    """Everything a board is composed from."""

    apel: ApelNow
    former: FormerPlan | None
    """The times with which the day began, if they were changed since."""
    conclusion: Conclusion | None
    units: Mapping[str, Unit]
    heads: Mapping[str, Head]
    turns: Turns
    tallies: Mapping[str, Tally]
    findings: Sequence[FoundFinding]
    head_marks: Mapping[UUID, Mark]
    trend: Sequence[PastTally]
    """Newest first."""
    seen: Mapping[SubjectKind, int]
    """How many rooms, people and strangers were seen."""
    watch: Watch
    report: PullState
    """How far Zoom's own report is."""
    moves: int
    """Marks that moved since the apel became final."""


async def take_snapshot(session: AsyncSession, apel: ApelNow) -> Snapshot:
    units = await list_units(session, apel)
    heads = await list_unit_heads(session, apel, units)
    people = [head.asn_id for head in heads.values()]
    marks = await session.scalars(select(Mark).where(Mark.apel_id == apel.id, Mark.asn_id.in_(people)))
    return Snapshot(
        apel=apel,
        former=await find_former_plan(session, apel),
        conclusion=await session.get(Conclusion, apel.id, populate_existing=True),
        units=units,
        heads=heads,
        turns=await fold_turns_of(session, apel, units),
        tallies={tally.opd_code: tally for tally in await queries.list_tallies(session, apel.id)},
        findings=await queries.list_findings(session, apel.id, scope=None),
        head_marks={mark.asn_id: mark for mark in marks},
        trend=await queries.list_trend(session, apel, most=TREND),
        seen=await count_subjects(session, apel.id),
        watch=await read_watch(session, apel),
        report=(await report_state(session, apel.id)).state,
        moves=await queries.count_moves(session, apel.id, since=apel.state_since) if apel.state == "final" else 0,
    )
