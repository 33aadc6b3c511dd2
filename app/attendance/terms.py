"""Under which terms an apel is concluded: its policy, how it was watched and held, and whether it counts for anybody.

While an apel can change they follow what is known. When it becomes final they are settled: a gap that is noticed, a
run of the meeting that is told or a policy that is put in force afterwards moves no mark that people rely on.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.attendance.models import Settlement
from app.attendance.watching import has_gap, read_watch
from app.calendar.queries import load_days
from app.calendar.rules import DayKind
from app.calendar.service import ensure_year
from app.core.bulk import upsert_rows
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.rules import Connectivity

WEAK = frozenset({Connectivity.WEAK.value, Connectivity.NONE.value})
"""Where missing evidence is explained by the place, as long as no policy says otherwise."""


@dataclass(frozen=True)
class Terms:
    policy: Rules
    held_seconds: int
    gap: bool
    """The meeting was to be watched, and not all of it was."""
    gap_known: bool
    """A gap in the messages was noticed, also one that a complete list has made up for."""
    no_apel: str | None
    """Why the policy asks nobody to come on this day."""

    @property
    def waived_connectivity(self) -> frozenset[str]:
        exemptions = self.policy.exemptions
        return WEAK if exemptions is None else exemptions.waived_connectivity


async def find_settlement(session: AsyncSession, apel: ApelNow) -> Settlement | None:
    """What was settled when the apel became final this time; None before its first conclusion as a final one."""
    if apel.state is not ApelState.FINAL:
        return None
    kept = await session.get(Settlement, apel.id, populate_existing=True)
    return kept if kept is not None and kept.final_at == apel.state_since else None


async def rules_of(session: AsyncSession, apel: ApelNow) -> Rules:
    """The rules that judge an apel: of a final one those it was settled with, else those in force on its day."""
    settled = await find_settlement(session, apel)
    return await rules_by_id(session, settled.policy_id) if settled else await _rules_in_force(session, apel)


async def _rules_in_force(session: AsyncSession, apel: ApelNow) -> Rules:
    """Of an apel that became final and was not concluded since, those that were in force when it did."""
    final_at = apel.state_since if apel.state is ApelState.FINAL else None
    return await rules_on(session, apel.on_date, known_at=final_at)


async def rules_by_id(session: AsyncSession, policy_id: UUID) -> Rules:
    return read_rules(await get_policy(session, policy_id))


async def read_terms(session: AsyncSession, apel: ApelNow, settled: Settlement | None) -> Terms:
    if settled is not None:
        policy = await rules_by_id(session, settled.policy_id)
        return Terms(policy, settled.held_seconds, settled.gap, settled.gap_known, settled.no_apel)
    policy = await _rules_in_force(session, apel)
    watch = await read_watch(session, apel)
    no_apel = await _find_no_apel(session, apel, policy)
    return Terms(policy, apel.held_seconds, has_gap(apel, watch), bool(watch.gaps), no_apel)


async def _find_no_apel(session: AsyncSession, apel: ApelNow, policy: Rules) -> str | None:
    if policy.exemptions is None:
        return None
    ramadan = False
    if policy.exemptions.ramadan:
        await ensure_year(session, apel.on_date.year)
        mark = (await load_days(session, apel.on_date, apel.on_date)).get(apel.on_date)
        ramadan = mark is not None and mark.kind is DayKind.RAMADAN
    return policy.exemptions.no_apel_on(apel.on_date, ramadan=ramadan)


async def settle_terms(session: AsyncSession, apel: ApelNow, terms: Terms) -> None:
    """Keep the terms of an apel that is final."""
    settled = {
        "apel_id": apel.id,
        "final_at": apel.state_since,
        "policy_id": terms.policy.id,
        "held_seconds": terms.held_seconds,
        "gap": terms.gap,
        "gap_known": terms.gap_known,
        "no_apel": terms.no_apel,
    }
    await upsert_rows(session, Settlement, [settled])
