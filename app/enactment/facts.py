"""What a simulation looks at, read as it was recorded and concluded; nothing is written."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import Conclusion, Finding, FindingResolution, Tally
from app.attendance.rules import FindingCode
from app.calendar.queries import load_days
from app.decisions.queries import scheduled_sanctions
from app.enactment.ground import Ground, PeopleFacts, Person, UnitFact, streaks_from
from app.enactment.versions import Reign
from app.policies.models import Policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.service import ship
from app.registry.models import Asn, Assignment
from app.registry.rules import WorkPattern
from app.scoring.facts import load_shared_marks
from app.scoring.models import ScoreRun
from app.scoring.rules import Found
from app.scoring.service import found_of, unit_of
from app.tpp.models import TppRate
from app.workdays.deviations import load_deviations
from app.workdays.reading import WorkingDays, load_verdicts
from app.workdays.rules import DayFact, VerdictKind


async def load_reign(session: AsyncSession, from_date: date, to_date: date) -> Reign:
    """The rules in force over a span, and those that its apels were scored with."""
    await ship(session)
    active = (
        select(Policy)
        .where(Policy.activated_at.is_not(None), Policy.effective_from <= to_date)
        .order_by(Policy.effective_from, Policy.activated_at)
    )
    versions = [read_rules(policy) for policy in await session.scalars(active)]
    runs = (
        select(ScoreRun.apel_id, ScoreRun.policy_id)
        .join(Apel, Apel.id == ScoreRun.apel_id)
        .where(Apel.on_date.between(from_date, to_date))
    )
    known: dict[UUID, Rules] = {rules.id: rules for rules in versions}
    kept = {apel_id: known[policy_id] for apel_id, policy_id in await session.execute(runs) if policy_id in known}
    return Reign(tuple(versions), kept)


async def load_ground(session: AsyncSession, from_date: date, to_date: date, working: WorkingDays) -> Ground:
    reign = await load_reign(session, from_date, to_date)
    days = await load_days(session, streaks_from(from_date), date(to_date.year, 12, 31))
    return Ground(from_date, to_date, reign, days, working)


async def list_people(session: AsyncSession, from_date: date, to_date: date) -> list[Person]:
    """Whoever served in the span, by id, in the last post held in it."""
    asked = (
        select(Asn.id, Asn.nip, Asn.name, Asn.employment_type, Assignment.opd_code, Assignment.work_pattern)
        .join(Assignment, Assignment.asn_id == Asn.id)
        .where(Assignment.from_date <= to_date, or_(Assignment.to_date.is_(None), Assignment.to_date >= from_date))
        .ext(distinct_on(Asn.id))
        .order_by(Asn.id, Assignment.from_date.desc())
    )
    return [Person(*row[:5], WorkPattern(row.work_pattern)) for row in await session.execute(asked)]


async def load_units(session: AsyncSession, from_date: date, to_date: date) -> list[UnitFact]:
    """Every unit at every apel of a span that counted, in order of time, in three statements."""
    apels = await _list_apels(session, from_date, to_date)
    if not apels:
        return []
    findings, parts = await _load_findings(session, list(apels))
    asked = (
        select(Tally)
        .join(Apel, Apel.id == Tally.apel_id)
        .where(Tally.apel_id == _ids(apels))
        .order_by(Apel.starts_at, Apel.id, Tally.opd_code)
    )
    units = []
    for tally in await session.scalars(asked, execution_options={"populate_existing": True}):
        on_date, kind, gap = apels[tally.apel_id]
        place = (tally.apel_id, tally.opd_code)
        unit = unit_of(tally, parts.get(place, {}), findings=findings.get(place, ()), marks=(), rooms=())
        units.append(UnitFact(tally.apel_id, on_date, kind, unit, not tally.pending, gap))
    return units


def _ids(ids: Collection[UUID]) -> Any:
    return any_(literal(list(ids), ARRAY(Uuid)))


async def _list_apels(session: AsyncSession, from_date: date, to_date: date) -> dict[UUID, tuple[date, str, bool]]:
    """Apel → day, kind and whether its evidence had a gap, of those that counted for somebody."""
    asked = (
        select(Apel.id, Apel.on_date, Apel.kind, Conclusion.gap)
        .join(Conclusion, Conclusion.apel_id == Apel.id)
        .where(Apel.on_date.between(from_date, to_date), Apel.rehearsal.is_(False), not_cancelled())
        .where(Conclusion.no_apel.is_(None))
    )
    return {apel_id: (on_date, kind, gap) for apel_id, on_date, kind, gap in await session.execute(asked)}


Place = tuple[UUID, str]


async def _load_findings(
    session: AsyncSession, apel_ids: Collection[UUID]
) -> tuple[dict[Place, list[Found]], dict[Place, dict[str, Any]]]:
    """Apel and unit → its findings, and what is told of parts that are missing."""
    latest = (
        select(FindingResolution)
        .where(FindingResolution.apel_id == _ids(apel_ids))
        .ext(distinct_on(FindingResolution.finding_id))
        .order_by(FindingResolution.finding_id, FindingResolution.at.desc(), FindingResolution.id.desc())
        .subquery()
    )
    asked = (
        select(Finding, latest.c.outcome)
        .join(latest, latest.c.finding_id == Finding.id, isouter=True)
        .where(Finding.apel_id == _ids(apel_ids))
    )
    findings: dict[Place, list[Found]] = {}
    parts: dict[Place, dict[str, Any]] = {}
    for finding, outcome in await session.execute(asked, execution_options={"populate_existing": True}):
        place = (finding.apel_id, finding.opd_code)
        findings.setdefault(place, []).append(found_of(finding, outcome))
        if finding.code == FindingCode.NOT_REPORTED:
            parts[place] = finding.facts
    return findings, parts


async def load_people_facts(
    session: AsyncSession, people: Sequence[Person], ground: Ground, *, streaks_of: int | None
) -> PeopleFacts:
    """What is known of some people, in a fixed number of statements.

    Whoever was absent at least `streaks_of` days gets all working days, since a streak may hide among them; None:
    nobody does.
    """
    ids = [person.asn_id for person in people]
    # The ledger of a month, a quarter or a year may begin before the span.
    marks = await load_shared_marks(session, date(ground.from_date.year, 1, 1), ground.to_date, ids)
    days: dict[UUID, list[DayFact]] = await load_deviations(
        session, ids, ground.ledgers_from, ground.to_date, ground.working
    )
    if streaks_of is not None:
        long_absent = [asn_id for asn_id, facts in days.items() if _count_absent(facts) >= streaks_of]
        if long_absent:
            days |= await load_verdicts(session, long_absent, ground.ledgers_from, ground.to_date)
    return PeopleFacts(
        people,
        marks,
        days,
        await scheduled_sanctions(session, ids),
        await _load_rates(session, ids, ground.to_date),
    )


def _count_absent(facts: Sequence[DayFact]) -> int:
    return sum(fact.kind is VerdictKind.ABSENT for fact in facts)


async def _load_rates(
    session: AsyncSession, asn_ids: Collection[UUID], to_date: date
) -> dict[UUID, list[tuple[date, Decimal]]]:
    asked = (
        select(TppRate.asn_id, TppRate.from_date, TppRate.amount)
        .where(TppRate.asn_id == _ids(asn_ids), TppRate.from_date <= to_date)
        .order_by(TppRate.asn_id, TppRate.from_date, TppRate.loaded_at, TppRate.id)
    )
    found: dict[UUID, list[tuple[date, Decimal]]] = {}
    for asn_id, begins, amount in await session.execute(asked):
        found.setdefault(asn_id, []).append((begins, amount))
    return found
