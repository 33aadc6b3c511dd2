"""Rewards are proposed and proposals taken back here; a person grants them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.periods import Period
from app.core.principal import Principal
from app.core.texts import Language, text
from app.core.texts.dates import month_name
from app.core.traces import EvidenceLink, RuleLine
from app.decisions.errors import RewardNoLongerHolds
from app.decisions.models import Recommendation
from app.decisions.reward_facts import Gathered, gather
from app.decisions.reward_people import list_apels_of
from app.decisions.reward_schemas import RewardsProposed
from app.decisions.rewards import Award, Candidate, eligible
from app.decisions.rules import Kind, RecommendationState
from app.decisions.service import RecommendationDraft, recommend_all, withdraw_others
from app.registry.models import Asn, Opd

BATCH = 250
"""Recommendations written at once: most of five thousand people may have attended all, and everybody else waits."""
NO_LONGER = "Tidak lagi memenuhi syarat penghargaan menurut fakta terakhir."


async def propose_rewards(session: AsyncSession, caller: Principal, period: Period, *, at: datetime) -> RewardsProposed:
    """Recommend whoever reached an award and is not excluded, and take back what no longer holds.

    Asking twice changes nothing; what a person granted or declined stays.
    """
    found = await gather(session, period, at=at)
    chosen = eligible(found.candidates)
    people, units = await _load_names(session, chosen)
    apels = await list_apels_of(session, found.roll_calls, people)
    known = {one.id: one.state for one in (await list_proposed(session, period)).values()}
    keep: set[UUID] = set()
    for first in range(0, len(chosen), BATCH):
        drafts = [_draft(candidate, found, people, units, apels) for candidate in chosen[first : first + BATCH]]
        await recommend_all(session, drafts, at=at)
        keep |= {draft.id for draft in drafts}
    await withdraw_others(session, Kind.REWARD, period.code, keep, NO_LONGER, at=at)
    withdrawn = [one for one, state in known.items() if state == RecommendationState.OPEN and one not in keep]
    done = RewardsProposed(
        period=period.code,
        policy=found.policy.label,
        code=None if found.policy.rewards else "no-rule-set",
        proposed=len(keep),
        new=sum(known.get(one) in (None, RecommendationState.WITHDRAWN) for one in keep),
        withdrawn=len(withdrawn),
        excluded=len(found.candidates) - len(chosen),
    )
    nips = [nip for _, nip in people.values()]
    await record(session, caller, "decisions.propose-rewards", at=at, target=period.code, nips=nips)
    return done


async def require_eligible(session: AsyncSession, row: Recommendation, *, at: datetime) -> None:
    """A reward is granted on the facts of now: a case may have been opened since it was proposed.

    Raises RewardNoLongerHolds.
    """
    found = await gather(session, Period.parse(row.period), at=at, people=row.asn_id is not None)
    if (row.asn_id or row.opd_code, row.code) not in {(one.subject, one.award) for one in eligible(found.candidates)}:
        raise RewardNoLongerHolds


@dataclass(frozen=True)
class Proposed:
    """A reward that was recommended, and what became of it."""

    id: UUID
    state: str


async def list_proposed(session: AsyncSession, period: Period) -> dict[tuple[str | UUID, str], Proposed]:
    """Subject and award → the recommendation of a period."""
    row = Recommendation
    asked = select(row.id, row.state, row.asn_id, row.opd_code, row.code)
    rows = await session.execute(asked.where(row.kind == Kind.REWARD, row.period == period.code))
    return {(asn_id or opd_code or "", code): Proposed(one, state) for one, state, asn_id, opd_code, code in rows}


async def _load_names(
    session: AsyncSession, candidates: list[Candidate]
) -> tuple[dict[UUID, tuple[str, str]], dict[str, str]]:
    """Person → name and NIP, OPD code → name."""
    ids = [one.subject for one in candidates if isinstance(one.subject, UUID)]
    people = select(Asn.id, Asn.name, Asn.nip).where(Asn.id == func.any(literal(ids, ARRAY(Uuid))))
    units = await session.execute(select(Opd.code, Opd.name))
    return (
        {asn_id: (name, nip) for asn_id, name, nip in await session.execute(people)},
        {row.code: row.name for row in units},
    )


def _draft(
    candidate: Candidate,
    found: Gathered,
    people: Mapping[UUID, tuple[str, str]],
    units: Mapping[str, str],
    apels: Mapping[UUID, Sequence[UUID]],
) -> RecommendationDraft:
    asn_id = candidate.subject if isinstance(candidate.subject, UUID) else None
    opd_code = candidate.opd_code
    basis: dict[str, Any] = {
        "award": candidate.award,
        "name": units.get(opd_code, opd_code) if asn_id is None else people[asn_id][0],
        "opd_code": opd_code,
        "opd_name": units.get(opd_code, opd_code),
        "from": found.period.from_date,
        "to": found.period.to_date,
        "figures": candidate.facts,
        "lines": [line_of(candidate, found, "id").model_dump(mode="json")],
        "apel_ids": found.apel_ids if asn_id is None else apels[asn_id],
    }
    return RecommendationDraft(
        kind=Kind.REWARD,
        asn_id=asn_id,
        opd_code=None if asn_id else opd_code,
        period=found.period.code,
        code=candidate.award,
        title=title_of(candidate, found.period),
        policy_id=found.policy.id,
        policy=found.policy.label,
        basis=basis,
    )


def title_of(candidate: Candidate, period: Period, language: Language = "id") -> str:
    facts = candidate.facts | {"period": name_of(period)}
    return text(language, "reward.title", candidate.award, **facts)


def name_of(period: Period) -> str:
    """`November 2026`, `triwulan IV 2026`, `tahun 2026`."""
    year = period.from_date.year
    match period.code.partition("-")[2]:
        case "":
            return f"tahun {year}"
        case quarter if quarter.startswith("Q"):
            return f"triwulan {('I', 'II', 'III', 'IV')[int(quarter[1:]) - 1]} {year}"
        case _:
            return f"{month_name(period.from_date)} {year}"


def line_of(candidate: Candidate, found: Gathered, language: Language) -> RuleLine:
    """The one rule that was applied, with its source and the way to the facts."""
    rules = found.policy.rewards
    assert rules is not None
    return RuleLine(
        rule=f"rewards.{candidate.award}",
        policy=found.policy.label,
        text=text(language, "reward.line", candidate.award, **candidate.facts),
        facts=candidate.facts | {"source": rules.source.source, "verified": rules.source.verified},
        evidence=_evidence(candidate, found.period),
    )


def _evidence(candidate: Candidate, period: Period) -> list[EvidenceLink]:
    subject = str(candidate.subject)
    periods = [period, period.before] if candidate.award is Award.MOST_IMPROVED else [period]
    if candidate.award is Award.PERFECT_ATTENDANCE:
        kind, address = "attendance", f"/v1/asn/{subject}/attendance"
    else:
        kind, address = "scores", f"/v1/scores/opd/{subject}"
    return [
        EvidenceLink(kind=kind, id=subject, href=f"{address}?from={one.from_date}&to={one.to_date}") for one in periods
    ]
