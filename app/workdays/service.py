"""Ledgers are remade when a fact below them or the policy is newer than they are, and only then."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, delete, extract, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import Row, upsert_rows
from app.core.clock import Clock, civil_date
from app.core.db import OpenSession, act_as, lock_key, zone_of
from app.core.stale import StaleWorkdays
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.queries import employment_of
from app.workdays.models import WorkdayLedger, WorkdayRecord
from app.workdays.queries import ledger_to_json
from app.workdays.reading import load_verdicts
from app.workdays.rules import DayFact, Ledger, make_ledger

ROUND = 50
"""People per round: a calendar corrected for everybody is worked off in a few transactions."""
ALONE = lock_key("workdays", "refresh")


def span_of(year: int, today: date) -> tuple[date, date]:
    """The civil days that a year's ledger looks at: its own, and those around it that a streak may run through."""
    return date(year - 1, 10, 1), min(date(year + 1, 1, 31), max(today, date(year, 1, 1)))


async def rules_of_year(session: AsyncSession, year: int, today: date) -> Rules:
    """The rules by which a year is read: those of its last day, of a running year those of today."""
    return await rules_on(session, min(max(today, date(year, 1, 1)), date(year, 12, 31)))


async def refresh(session: AsyncSession, *, at: datetime) -> bool:
    """Remake some ledgers that are stale; whether more wait. Whoever is at it already is not waited for."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(ALONE))):
        return False
    today = civil_date(at, zone_of(session))
    await _spread(session)
    await _mark_outdated(session, today)
    stale = await _take(session)
    years = await _list_years(session, stale)
    for year, people in years.items():
        await _remake(session, year, people, today, at=at)
    return len(stale) == ROUND


async def refresh_of(session: AsyncSession, people: Collection[UUID], *, at: datetime) -> None:
    """Remake the ledgers of these people, of this year and the last, before somebody relies on them."""
    today = civil_date(at, zone_of(session))
    years = await _list_years(session, dict.fromkeys(people, today.year - 1))
    for year, concerned in years.items():
        await _remake(session, year, concerned, today, at=at)


async def refresh_due(open_session: OpenSession, clock: Clock) -> bool:
    """One round in a transaction of its own."""
    async with open_session.begin() as session:
        await act_as(session)
        return await refresh(session, at=clock())


async def _spread(session: AsyncSession) -> None:
    """What concerns everybody becomes a row for each person who has a record."""
    gone = delete(StaleWorkdays).where(StaleWorkdays.asn_id.is_(None)).returning(StaleWorkdays.from_year)
    from_year = min((await session.scalars(gone)).all(), default=None)
    if from_year is None:
        return
    people = select(WorkdayRecord.asn_id, literal(from_year, Integer)).where(WorkdayRecord.day >= date(from_year, 1, 1))
    await session.execute(insert(StaleWorkdays).from_select(["asn_id", "from_year"], people.distinct()))


async def _mark_outdated(session: AsyncSession, today: date) -> None:
    """Ledgers that were made by other rules than those that hold for their year now."""
    years = (await session.scalars(select(WorkdayLedger.year).distinct())).all()
    rules = {year: (await rules_of_year(session, year, today)).id for year in years}
    other = [(WorkdayLedger.year == year) & (WorkdayLedger.policy_id != policy) for year, policy in rules.items()]
    if other:
        outdated = select(WorkdayLedger.asn_id, WorkdayLedger.year).where(or_(*other)).limit(ROUND)
        await session.execute(insert(StaleWorkdays).from_select(["asn_id", "from_year"], outdated))


async def _take(session: AsyncSession) -> dict[UUID, int]:
    """Some people whose ledgers are stale, each with the first year; their marks are gone."""
    waiting = (
        select(StaleWorkdays.asn_id)
        .where(StaleWorkdays.asn_id.is_not(None))
        .group_by(StaleWorkdays.asn_id)
        .order_by(func.min(StaleWorkdays.id))
    )
    people = (await session.scalars(waiting.limit(ROUND))).all()
    if not people:
        return {}
    gone = delete(StaleWorkdays).where(StaleWorkdays.asn_id == func.any(literal(list(people), ARRAY(Uuid))))
    found: dict[UUID, int] = {}
    for asn_id, year in await session.execute(gone.returning(StaleWorkdays.asn_id, StaleWorkdays.from_year)):
        if asn_id is not None:
            found[asn_id] = min(year, found.get(asn_id, year))
    return found


async def _list_years(session: AsyncSession, stale: Mapping[UUID, int]) -> dict[int, list[UUID]]:
    """Year → the people who have records in it, among those whose ledgers are stale from then on."""
    if not stale:
        return {}
    year = extract("year", WorkdayRecord.day).cast(Integer)
    asked = (
        select(WorkdayRecord.asn_id, year)
        .where(WorkdayRecord.asn_id == func.any(literal(list(stale), ARRAY(Uuid))))
        .where(WorkdayRecord.day >= date(min(stale.values()), 1, 1))
        .distinct()
    )
    found: dict[int, list[UUID]] = {}
    for asn_id, which in await session.execute(asked):
        if which >= stale[asn_id]:
            found.setdefault(which, []).append(asn_id)
    return found


async def _remake(session: AsyncSession, year: int, people: Collection[UUID], today: date, *, at: datetime) -> None:
    rules = await rules_of_year(session, year, today)
    types = await employment_of(session, people)
    facts = await load_verdicts(session, people, *span_of(year, today))
    rows = [_row(asn_id, year, ledger_by(rules, facts.get(asn_id, []), year, types[asn_id])) for asn_id in people]
    made = {"policy": rules.label, "policy_id": rules.id, "computed_at": at}
    await upsert_rows(session, WorkdayLedger, [row | made for row in rows], ignoring=("computed_at",))


def ledger_by(rules: Rules, facts: list[DayFact], year: int, employment_type: str) -> Ledger:
    """A person's year by one version of the rules."""
    discipline = rules.discipline_for(employment_type)
    return make_ledger(facts, rules.workdays, discipline, year, employment_type=employment_type)


def _row(asn_id: UUID, year: int, ledger: Ledger) -> Row:
    return {
        "asn_id": asn_id,
        "year": year,
        "total_days": ledger.total_days,
        "tier_code": ledger.tier.code if ledger.tier else None,
        "streak_tier_code": ledger.streak_tier.code if ledger.streak_tier else None,
        "streak_length": max((streak.length for streak in ledger.streaks if streak.running), default=0),
        "alert": ledger.alerts[-1] if ledger.alerts else None,
        "facts": ledger_to_json(ledger),
    }
