"""Which circular forbade broadcasts in working hours to whom: asked of the circulars that were in force on the day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.circulars.queries import rules_in_force
from app.circulars.recipients import load_dated_opds
from app.circulars.rules import CircularKind, Opds, RuleInForce, covers, lineage
from app.livestreams.rules import Bound, Forbidding, Platform


async def forbidding_on(session: AsyncSession, bound: Collection[Bound]) -> dict[Bound, Forbidding]:
    """Person and day → the newest rule in force; whoever is left out is bound by none, and nothing counts.

    One statement for each day on which something was broadcast.
    """
    if not bound:
        return {}
    opds = await load_dated_opds(session)
    in_force = await _load_rules(session, {one.day for one in bound})
    found = {one: _forbidding(one, in_force[one.day], opds.on(one.day)) for one in bound}
    return {one: rule for one, rule in found.items() if rule is not None}


async def _load_rules(session: AsyncSession, days: Collection[date]) -> Mapping[date, Sequence[RuleInForce]]:
    return {day: await rules_in_force(session, day, CircularKind.NO_LIVESTREAM) for day in sorted(days)}


def _forbidding(bound: Bound, rules: Sequence[RuleInForce], opds: Opds) -> Forbidding | None:
    """Rules come the newest first. An OPD that no longer exists binds nobody."""
    opd = opds.get(bound.opd_code)
    if opd is None:
        return None
    above = lineage(opds, bound.opd_code)
    rule = next((one for one in rules if covers(one.scope, bound.employment_type, opd.type, above)), None)
    if rule is None:
        return None
    platforms = frozenset(Platform(name) for name in rule.rules.get("platforms", ()))
    # The signed circular is its own text: who published it here confirmed it.
    return Forbidding(rule.number, f"/v1/circulars/{rule.id}", verified=True, platforms=platforms or None)
