"""What the ledger says today of the days that a case rests on: frozen is what was signed, facts move on."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.decisions.basis import alleged_in
from app.decisions.models import Case
from app.decisions.reads import FactsNow
from app.workdays.queries import list_ledgers


async def read_facts_now(session: AsyncSession, case: Case) -> FactsNow | None:
    """The person's ledger as it was last computed, held against the days of a case; None where there is none."""
    alleged, year = alleged_in(case.basis).days, int(case.period)
    years = sorted({day.year for day in alleged} | {year})
    known = {one: await list_ledgers(session, one, [case.asn_id]) for one in years}
    if not known[year]:
        return None
    [of_year] = known[year]
    absent = {day for facts in known.values() for fact in facts for day in fact.ledger.days}
    tier = of_year.ledger.streak_tier or of_year.ledger.tier
    return FactsNow(
        days_gone=sorted(set(alleged) - absent),
        total_days=of_year.ledger.total_days,
        code=tier.code if tier else None,
        computed_at=of_year.computed_at,
    )
