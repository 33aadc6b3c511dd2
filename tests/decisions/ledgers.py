"""Ledgers of working days as the rules make them, kept without the records below them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import upsert_rows
from app.policies.service import rules_on
from app.registry.models import Asn
from app.workdays.models import WorkdayLedger
from app.workdays.queries import ledger_to_json
from app.workdays.rules import DayFact, Ledger, VerdictKind, make_ledger

SOME_DAYS = (date(2026, 10, 5), date(2026, 10, 7), date(2026, 10, 9), date(2026, 10, 13), date(2026, 10, 15))


def facts_of(asn_id: UUID, absent: Sequence[date], until: date = date(2026, 11, 20)) -> list[DayFact]:
    """Every weekday of a year until a day: absent on these, else present."""
    first = date(until.year, 1, 1)
    span = (first + timedelta(days=n) for n in range((until - first).days + 1))
    kinds = {True: VerdictKind.ABSENT, False: VerdictKind.PRESENT}
    return [DayFact(asn_id, day, kinds[day in set(absent)]) for day in span if day.isoweekday() <= 5]


async def keep_ledger(session: AsyncSession, person: Asn, absent: Sequence[date], year: int = 2026) -> Ledger:
    """Have a person's ledger say that these days were missed, under the policy that ships."""
    rules = await rules_on(session, date(year, 11, 20))
    discipline = rules.discipline_for(person.employment_type)
    facts = facts_of(person.id, absent, date(year, 11, 20))
    ledger = make_ledger(facts, rules.workdays, discipline, year, employment_type=person.employment_type)
    row = {
        "asn_id": person.id,
        "year": year,
        "total_days": ledger.total_days,
        "tier_code": ledger.tier.code if ledger.tier else None,
        "streak_tier_code": ledger.streak_tier.code if ledger.streak_tier else None,
        "streak_length": max((one.length for one in ledger.streaks if one.running), default=0),
        "alert": max(ledger.alerts, default=None),
        "facts": ledger_to_json(ledger),
        "policy": rules.label,
        "policy_id": rules.id,
        "computed_at": datetime(year, 11, 20, tzinfo=UTC),
    }
    await upsert_rows(session, WorkdayLedger, [row])
    await session.commit()
    return ledger
