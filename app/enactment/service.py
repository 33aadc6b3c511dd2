"""A policy on its way into force: simulated over the past, tried, put in force by a second person."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.db import lock_key
from app.core.principal import Principal
from app.enactment.comparing import (
    Comparison,
    Differs,
    PersonChange,
    UnitChange,
    compare_units,
    in_order,
    longest_needed,
)
from app.enactment.errors import SimulationSpanInvalid
from app.enactment.facts import list_people, load_ground, load_people_facts, load_units
from app.enactment.ground import Ground, Person, UnitFact, streaks_from
from app.enactment.settled import find_first_open_day, settle_final_apels
from app.enactment.versions import Reign, always
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.service import activate_policy
from app.tpp.periods import last_day
from app.workdays.reading import load_working_days

LONGEST = 366
"""Days of one span: a year."""
CHUNK = 500
"""People at a time: bounds what is held in memory, and lets others have their turn in between."""
ALONE = lock_key("enactment", "simulate")
"""One simulation at a time for the whole service: each reads most of a year."""


@dataclass(frozen=True)
class Simulation:
    rules: Rules
    ground: Ground
    units: Sequence[UnitFact]
    people: Sequence[Person]
    unit_changes: Sequence[UnitChange]
    person_changes: Sequence[PersonChange]
    """What weighs most first."""


async def simulate(
    session: AsyncSession,
    caller: Principal,
    policy_id: UUID,
    from_date: date,
    to_date: date,
    *,
    limit: int,
    at: datetime,
) -> Simulation:
    """Judge the facts of a past span by these rules beside those in force; the people listed go on record.

    Facts are taken as they were concluded last. Raises PolicyNotFound, SimulationSpanInvalid.
    """
    if not 0 <= (to_date - from_date).days < LONGEST:
        raise SimulationSpanInvalid(days=LONGEST)
    policy = await get_policy(session, policy_id)
    rules = read_rules(policy)
    await session.execute(select(func.pg_advisory_xact_lock(ALONE)))
    working = await load_working_days(session, streaks_from(from_date), last_day(to_date.replace(day=1)))
    ground = await load_ground(session, from_date, to_date, working)
    new = always(rules)
    units = await load_units(session, from_date, to_date)
    unit_changes = await asyncio.to_thread(compare_units, units, ground, new)
    people = await list_people(session, from_date, to_date)
    changes = in_order(await _compare_people(session, people, ground, new, rules))
    nips = [change.person.nip for change in changes[:limit]]
    span = {"from": from_date.isoformat(), "to": to_date.isoformat()}
    await record(session, caller, "policies.simulate", at=at, target=policy.label, nips=nips, **span)
    return Simulation(rules, ground, units, people, unit_changes, changes)


async def _compare_people(
    session: AsyncSession, people: Sequence[Person], ground: Ground, new: Reign, rules: Rules
) -> list[PersonChange]:
    differs = Differs.between(ground, rules)
    streaks_of = longest_needed(ground, rules) if differs.discipline else None
    comparison = Comparison(ground, new, differs)
    changes: list[PersonChange] = []
    for some in _chunks(people):
        facts = await load_people_facts(session, some, ground, streaks_of=streaks_of)
        changes += await asyncio.to_thread(comparison.compare, facts)
    return changes


def _chunks(people: Sequence[Person]) -> Iterator[Sequence[Person]]:
    return (people[start : start + CHUNK] for start in range(0, len(people), CHUNK))


async def enact(session: AsyncSession, caller: Principal, policy_id: UUID, *, at: datetime) -> None:
    """Put a draft or a trial in force, from the first day that nothing settled rests on at the earliest.

    What is not final is judged anew. Raises PolicyNotFound, ActivationNeedsAnother, PolicyTouchesFinal.
    """
    await settle_final_apels(session, (await get_policy(session, policy_id)).effective_from, at=at)
    await activate_policy(session, caller, policy_id, earliest=await find_first_open_day(session), at=at)
