"""The list of rewards, for each caller without what only a case tells."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import cut_page, decode_cursor
from app.core.periods import Period
from app.core.principal import OPD_ROLES, Principal, Role
from app.core.texts import Language, text
from app.decisions.reward_facts import Gathered, gather
from app.decisions.reward_schemas import (
    ExclusionRead,
    ProposalRead,
    RewardFilter,
    RewardRead,
    RewardsRead,
)
from app.decisions.rewarding import Proposed, line_of, list_proposed, title_of
from app.decisions.rewards import Award, Candidate, shown_to
from app.decisions.rules import RecommendationState
from app.registry.models import Asn

KNOW_CASES = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR)
"""Others learn from the list of rewards of nobody's case, not even of those of their own OPD."""
SEE_PEOPLE = (*KNOW_CASES, *OPD_ROLES)

_ORDER = list(Award)
Key = tuple[int, str, str]


async def read_rewards(
    session: AsyncSession, caller: Principal, wanted: RewardFilter, language: Language, *, at: datetime
) -> RewardsRead:
    """The candidates of a period that the caller may see, OPDs first."""
    period = _period(wanted, session, at)
    of_people = wanted.award in (None, Award.PERFECT_ATTENDANCE) and caller.holds(*SEE_PEOPLE)
    found = await gather(session, period, at=at, people=of_people)
    visible = [one for one in _visible(caller, found) if _is_wanted(one, wanted)]
    rows = sorted(visible, key=_key)
    if (after := decode_cursor(wanted.cursor, int, str, str)) is not None:
        rows = [one for one in rows if _key(one) > after]
    page = cut_page(rows[: wanted.limit + 1], wanted.limit, _key)
    people = await _load_people(session, page.items)
    if people:
        nips = [nip for _, nip in people.values()]
        await record(session, caller, "decisions.read-rewards", at=at, target=period.code, nips=nips)
    proposed = await list_proposed(session, period)
    return RewardsRead(
        items=[_reward(one, found, people, proposed.get((one.subject, one.award)), language) for one in page.items],
        next_cursor=page.next_cursor,
        period=period.code,
        from_date=period.from_date,
        to_date=period.to_date,
        policy=found.policy.label,
        code=None if found.policy.rewards else "no-rule-set",
    )


def _period(wanted: RewardFilter, session: AsyncSession, at: datetime) -> Period:
    if wanted.period is not None:
        return Period.parse(wanted.period)
    return Period.month(civil_date(at, zone_of(session))).before


def _visible(caller: Principal, found: Gathered) -> list[Candidate]:
    """OPDs as far as the caller's reach goes; people only for who may read their marks."""
    reach, of_people = caller.reach(), caller.reach(*SEE_PEOPLE)
    candidates = shown_to(found.candidates, knows_cases=caller.holds(*KNOW_CASES))
    return [
        one
        for one in candidates
        if (scope := reach if isinstance(one.subject, str) else of_people) is None or one.opd_code in scope
    ]


def _is_wanted(candidate: Candidate, wanted: RewardFilter) -> bool:
    if wanted.award not in (None, candidate.award):
        return False
    return wanted.opd_code in (None, candidate.opd_code)


def _key(candidate: Candidate) -> Key:
    return (_ORDER.index(candidate.award), candidate.opd_code, str(candidate.subject))


async def _load_people(session: AsyncSession, candidates: Sequence[Candidate]) -> dict[UUID, tuple[str, str]]:
    """Person → name and NIP."""
    ids = [one.subject for one in candidates if isinstance(one.subject, UUID)]
    if not ids:
        return {}
    asked = select(Asn.id, Asn.name, Asn.nip).where(Asn.id == func.any(literal(ids, ARRAY(Uuid))))
    return {asn_id: (name, nip) for asn_id, name, nip in await session.execute(asked)}


def _reward(
    candidate: Candidate,
    found: Gathered,
    people: dict[UUID, tuple[str, str]],
    proposed: Proposed | None,
    language: Language,
) -> RewardRead:
    asn_id = candidate.subject if isinstance(candidate.subject, UUID) else None
    return RewardRead(
        award=candidate.award,
        title=title_of(candidate, found.period, language),
        opd_code=candidate.opd_code,
        asn_id=asn_id,
        name=None if asn_id is None else people[asn_id][0],
        lines=[line_of(candidate, found, language)],
        excluded=[
            ExclusionRead(code=reason, text=text(language, "reward.excluded", reason)) for reason in candidate.excluded
        ],
        recommendation=None
        if proposed is None
        else ProposalRead(
            id=proposed.id,
            state=RecommendationState(proposed.state),
            href=f"/v1/recommendations/{proposed.id}",
        ),
    )
