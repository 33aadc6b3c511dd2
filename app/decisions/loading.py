"""Cases brought together from their rows: events folded, the policy and the calendar that their clocks need."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar.queries import load_days
from app.calendar.rules import Days
from app.calendar.service import ensure_years
from app.decisions.clocks import is_in_force, takes_effect_on
from app.decisions.errors import ProcedureMissing
from app.decisions.models import Case, CaseEvent
from app.decisions.rules import OVER, Course, Event, Step, fold
from app.decisions.weighing import Imposed, find_tier, rank
from app.policies.models import Policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.rules_of_cases import ProcedureRules
from app.policies.rules_of_workdays import DisciplineRules, DisciplineTier


@dataclass(frozen=True)
class CaseNow:
    """A case with what its events come to, under the policy that it was opened under."""

    case: Case
    rows: tuple[CaseEvent, ...]
    course: Course
    policy: Rules
    days: Days

    @property
    def procedure(self) -> ProcedureRules:
        """Raises ProcedureMissing; no case is opened without one."""
        if self.policy.procedure is None:
            raise ProcedureMissing(policy=self.policy.label)
        return self.policy.procedure

    @property
    def discipline(self) -> DisciplineRules:
        """The rule set that judges it."""
        return next(rules for rules in self.policy.discipline if rules.code == self.case.law)

    @property
    def effective_on(self) -> date | None:
        return takes_effect_on(self.course, self.procedure, self.days)

    def in_force(self, today: date) -> bool:
        return is_in_force(self.course, self.procedure, self.days, today)

    def is_running(self, today: date) -> bool:
        """It is not over: neither closed nor revoked nor in force."""
        return self.course.phase not in OVER and not self.in_force(today)

    def imposed(self) -> Imposed | None:
        """The sanction that stands, once it is known when it takes effect."""
        sanction, effective_on = self.course.sanction, self.effective_on
        tier = None if sanction is None else find_tier(self.discipline, sanction.code)
        if sanction is None or tier is None or effective_on is None:
            return None
        cut = tier.cut_percent if isinstance(tier, DisciplineTier) and sanction.variant != "transitional" else None
        weight = rank(self.discipline, sanction.code)
        return Imposed(self.case.id, sanction.code, tier.severity, weight, effective_on, sanction.months, cut)


def event_of(row: CaseEvent) -> Event:
    return Event(row.number, Step(row.kind), row.on, row.details)


async def load_cases(session: AsyncSession, cases: Collection[Case]) -> list[CaseNow]:
    """These cases as they stand, in a number of statements that does not depend on how many there are."""
    if not cases:
        return []
    events = await _events_of(session, [case.id for case in cases])
    policies = await policies_of(session, {case.policy_id for case in cases})
    days = await load_calendar(session, [*(row.on for row in events), *(case.known_on for case in cases)])
    by_case: dict[UUID, list[CaseEvent]] = {}
    for row in events:
        by_case.setdefault(row.case_id, []).append(row)
    return [_now(case, by_case.get(case.id, []), policies[case.policy_id], days) for case in cases]


def _now(case: Case, rows: list[CaseEvent], policy: Rules, days: Days) -> CaseNow:
    return CaseNow(case, tuple(rows), fold(case.opened_on, map(event_of, rows)), policy, days)


async def _events_of(session: AsyncSession, case_ids: list[UUID]) -> list[CaseEvent]:
    wanted = CaseEvent.case_id == func.any(literal(case_ids, ARRAY(Uuid)))
    asked = select(CaseEvent).where(wanted).order_by(CaseEvent.case_id, CaseEvent.number)
    return list(await session.scalars(asked, execution_options={"populate_existing": True}))


async def policies_of(session: AsyncSession, ids: Iterable[UUID]) -> Mapping[UUID, Rules]:
    """Versions as rules, by id."""
    asked = select(Policy).where(Policy.id == func.any(literal(list(ids), ARRAY(Uuid))))
    return {policy.id: read_rules(policy) for policy in await session.scalars(asked)}


async def load_calendar(session: AsyncSession, touched: Collection[date]) -> Days:
    """The marked days from the first of these on until well after the last: no clock is longer than a year."""
    first, last = min(touched), max(touched)
    first, last = date(first.year, 1, 1), date(last.year + 1, 12, 31)
    await ensure_years(session, first, last)
    return await load_days(session, first, last)
