"""From ledgers and referrals to recommendations, and back: what the facts no longer call for is withdrawn."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel
from app.attendance.models import Mark
from app.audit.service import record
from app.calendar.rules import DayKind
from app.core.clock import Clock, civil_date
from app.core.db import OpenSession, act_as, lock_key, zone_of
from app.core.principal import Principal
from app.core.stale import StaleWorkdays
from app.decisions.conducting import list_standing_of
from app.decisions.drafting import draft_conduct, draft_guidance, draft_punishment, due_tier
from app.decisions.errors import NothingToRecommend, RecommendationNotDue
from app.decisions.loading import load_calendar, policies_of
from app.decisions.models import Recommendation
from app.decisions.rules import Kind
from app.decisions.schemas import Origin
from app.decisions.service import RecommendationDraft, recommend_all, withdraw
from app.livestreams.reading import Referral, list_referrals
from app.policies.service import rules_on
from app.registry.queries import get_asn
from app.scoring.persons import MarkFact, apel_ledger, by_person
from app.workdays.models import WorkdayLedger
from app.workdays.queries import list_ledgers
from app.workdays.service import refresh_of

People = Collection[UUID] | None


async def recommend_due(open_session: OpenSession, clock: Clock) -> bool:
    """One round of the background loop; of several processes one does it."""
    async with open_session.begin() as session:
        await act_as(session)
        if await session.scalar(select(func.pg_try_advisory_xact_lock(lock_key("recommend", "all")))):
            await recommend_everybody(session, at=clock())
    return False


async def recommend_everybody(session: AsyncSession, people: People = None, *, at: datetime) -> None:
    """Have everything recommended that the facts of this year and the last call for; None: of everybody."""
    today = civil_date(at, zone_of(session))
    for year in (today.year - 1, today.year):
        await recommend_from_workdays(session, year, people, at=at)
        await recommend_from_livestreams(session, year, people, at=at)
    for day in await _days_of_apel_ledgers(session, today):
        await recommend_from_apel(session, people, day, at=at)


async def _days_of_apel_ledgers(session: AsyncSession, today: date) -> list[date]:
    """Today, and the last day of the ledger before: its misses may be corrected after it has ended."""
    rules = (await rules_on(session, today)).apel_ledger
    return [] if rules is None else [apel_ledger([], rules, on=today).period.before.to_date, today]


async def recommend_from(session: AsyncSession, caller: Principal, origin: Origin, *, at: datetime) -> UUID:
    """Have what the facts about one person call for recommended now, and name the latest of it.

    Raises AsnNotFound, NothingToRecommend.
    """
    today = civil_date(at, zone_of(session))
    person = await get_asn(session, origin.id, None, today)
    match origin.kind:
        case "workdays":
            await refresh_of(session, [person.id], at=at)
            made = await _recommend_by_ledgers(session, today.year, [person.id], at=at)
        case "apel":
            made = await recommend_from_apel(session, [person.id], today, at=at)
        case "livestreams":
            made = await recommend_from_livestreams(session, today.year, [person.id], at=at)
    if not made:
        raise NothingToRecommend
    latest = made[-1].id
    await record(session, caller, "decisions.ask", at=at, target=str(latest), nips=[person.nip])
    return latest


async def require_due(session: AsyncSession, row: Recommendation, *, at: datetime) -> None:
    """A case is opened on the facts of now: a letter may have been confirmed since it was recommended.

    Raises RecommendationNotDue.
    """
    assert row.asn_id is not None
    await refresh_of(session, [row.asn_id], at=at)
    if row.id not in {draft.id for draft in await _draft_due(session, int(row.period), [row.asn_id])}:
        raise RecommendationNotDue


async def recommend_from_workdays(session: AsyncSession, year: int, people: People, *, at: datetime) -> None:
    """Recommend by ledgers that are up to date: of one that is about to be made again nothing is made or taken back."""
    stale = set(await session.scalars(select(StaleWorkdays.asn_id)))
    if None not in stale:  # else everybody's are
        await _recommend_by_ledgers(session, year, people, but={one for one in stale if one is not None}, at=at)


async def _recommend_by_ledgers(
    session: AsyncSession, year: int, people: People, *, but: Collection[UUID] = (), at: datetime
) -> list[RecommendationDraft]:
    """The tier of each ledger that is reached and not punished yet; what is not due any more is withdrawn."""
    open_ones = await _open_ones(session, Kind.PUNISHMENT, str(year), people)
    concerned = [asn_id for asn_id in await _with_tiers(session, year, people) if asn_id not in but]
    drafts = await _draft_due(session, year, concerned)
    await _keep(session, drafts, {one: asn_id for one, asn_id in open_ones.items() if asn_id not in but}, at=at)
    return drafts


async def _draft_due(session: AsyncSession, year: int, concerned: Collection[UUID]) -> list[RecommendationDraft]:
    ledgers = await list_ledgers(session, year, concerned)
    policies = await policies_of(session, {fact.policy_id for fact in ledgers})
    standing = await list_standing_of(session, concerned, str(year))
    drafts = []
    for fact in ledgers:
        rules = next((one for one in policies[fact.policy_id].discipline if one.code == fact.ledger.rule_set), None)
        if rules is not None and (tier := due_tier(rules, fact.ledger, standing.get(fact.asn_id, []))) is not None:
            drafts.append(draft_punishment(fact, rules, tier))
    return drafts


async def _with_tiers(session: AsyncSession, year: int, people: People) -> list[UUID]:
    """Whose ledger of a year has reached a tier."""
    reached = or_(WorkdayLedger.tier_code.is_not(None), WorkdayLedger.streak_tier_code.is_not(None))
    asked = select(WorkdayLedger.asn_id).where(WorkdayLedger.year == year, reached)
    if people is not None:
        asked = asked.where(WorkdayLedger.asn_id == func.any(literal(list(people), ARRAY(Uuid))))
    return list(await session.scalars(asked))


async def _open_ones(session: AsyncSession, kind: Kind, period: str, people: People) -> dict[UUID, UUID]:
    """Open recommendations of a kind and period → whose they are."""
    asked = select(Recommendation.id, Recommendation.asn_id).where(
        Recommendation.kind == kind, Recommendation.period == period, Recommendation.state == "open"
    )
    if people is not None:
        asked = asked.where(Recommendation.asn_id == func.any(literal(list(people), ARRAY(Uuid))))
    return {found: asn_id for found, asn_id in await session.execute(asked) if asn_id is not None}


async def _keep(
    session: AsyncSession, drafts: list[RecommendationDraft], open_ones: dict[UUID, UUID], *, at: datetime
) -> None:
    """Have these; of the open ones, those of people who are due for something else are superseded, the rest gone."""
    await recommend_all(session, drafts, at=at)
    due, people = {draft.id for draft in drafts}, {draft.asn_id for draft in drafts}
    over = {one: asn_id for one, asn_id in open_ones.items() if one not in due}
    await withdraw(session, [one for one, asn_id in over.items() if asn_id in people], "superseded", at=at)
    await withdraw(session, [one for one, asn_id in over.items() if asn_id not in people], "facts-changed", at=at)


async def recommend_from_apel(
    session: AsyncSession, people: People, on: date, *, at: datetime
) -> list[RecommendationDraft]:
    """Guidance by the steps of the ledger of missed apels on a day: it is never added to the days of work."""
    rules = await rules_on(session, on)
    if rules.apel_ledger is None or not rules.apel_ledger.steps:
        return []
    period = apel_ledger([], rules.apel_ledger, on=on).period
    misses = await _load_misses(session, period.from_date, on, rules.apel_ledger.counts, people)
    ramadan = await _ramadan(session, period.from_date, on)
    drafts = []
    for asn_id, own in by_person(misses).items():
        ledger = apel_ledger(own, rules.apel_ledger, rules.exemptions, on=on, ramadan=ramadan)
        if ledger.step is not None:
            drafts.append(draft_guidance(asn_id, ledger, ledger.step, rules))
    await _keep(session, drafts, await _open_ones(session, Kind.GUIDANCE, period.code, people), at=at)
    return drafts


async def recommend_from_livestreams(
    session: AsyncSession, year: int, people: People, *, at: datetime
) -> list[RecommendationDraft]:
    """One talk for each broadcast of a year that was referred and lay in working hours, as far as is known now."""
    drafts = [draft_conduct(one) for one in await _list_referrals(session, year, people)]
    await recommend_all(session, drafts, at=at)
    gone = (await _open_ones(session, Kind.CONDUCT, str(year), people)).keys() - {draft.id for draft in drafts}
    await withdraw(session, gone, "facts-changed", at=at)
    return drafts


async def _list_referrals(session: AsyncSession, year: int, people: People) -> list[Referral]:
    return await list_referrals(session, date(year, 1, 1), date(year, 12, 31), people)


async def require_conduct(session: AsyncSession, row: Recommendation) -> None:
    """A talk is held on the facts of now: a permit may have been found since. Raises RecommendationNotDue."""
    assert row.asn_id is not None
    referrals = await _list_referrals(session, int(row.period), [row.asn_id])
    if row.id not in {draft_conduct(one).id for one in referrals}:
        raise RecommendationNotDue


async def _load_misses(
    session: AsyncSession, from_date: date, to_date: date, counts: Iterable[str], people: People
) -> list[MarkFact]:
    """The marks of a span that may count as missed apels; those that were attended are not read."""
    asked = (
        select(Mark, Apel.on_date, Apel.kind)
        .join(Apel, Apel.id == Mark.apel_id)
        .where(Apel.on_date.between(from_date, to_date), Mark.status.in_(sorted(counts)))
        .where(Apel.rehearsal.is_(False), not_cancelled())
        .order_by(Apel.on_date, Apel.id, Mark.asn_id)
    )
    if people is not None:
        asked = asked.where(Mark.asn_id == func.any(literal(list(people), ARRAY(Uuid))))
    return [_miss(mark, on_date, kind) for mark, on_date, kind in await session.execute(asked)]


def _miss(mark: Mark, on_date: date, kind: str) -> MarkFact:
    place = mark.unit_code, mark.opd_code
    return MarkFact(mark.asn_id, mark.apel_id, mark.id, on_date, kind, mark.status, mark.mode, False, *place)


async def _ramadan(session: AsyncSession, from_date: date, to_date: date) -> frozenset[date]:
    days = await load_calendar(session, [from_date, to_date])
    return frozenset(day for day, mark in days.items() if mark.kind is DayKind.RAMADAN)
