"""What a period brought people: their points and their ledger of missed apels, each apel by the rules that it keeps."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.periods import Period
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.policies.sources import Source
from app.scoring.facts import load_mark_facts
from app.scoring.persons import ApelLedger, MarkFact, PersonScore, add_up, apel_ledger, by_person, judge_mark
from app.scoring.queries import load_policies_of


@dataclass(frozen=True)
class PersonRecord:
    """One person's period; `score` and `ledger` None: the policy says nothing about them."""

    marks: tuple[MarkFact, ...]
    """Of the period and of the ledger's own one, which may begin earlier."""
    score: PersonScore | None
    ledger: ApelLedger | None


@dataclass(frozen=True)
class Records:
    period: Period
    rules: Rules
    """Those of the period's last day, or of today while it runs: they make the sum, each apel keeps its own."""
    on: date
    """That day."""
    people: Mapping[UUID, PersonRecord]
    """Whoever has a mark."""
    sources: Mapping[str, Source | None]
    """Label of a policy that judged one of their apels → where its rule of persons comes from."""

    def of(self, asn_id: UUID) -> PersonRecord:
        """A person without any mark has an empty record."""
        return self.people.get(asn_id) or make_record((), self.period, self.rules, {}, on=self.on)


async def load_records(session: AsyncSession, period: Period, asn_ids: Collection[UUID], *, today: date) -> Records:
    """The records of these people, in a fixed number of statements."""
    on = min(period.to_date, max(today, period.from_date))
    rules = await rules_on(session, on)
    marks = await load_mark_facts(session, min(period.from_date, date(on.year, 1, 1)), period.to_date, asn_ids)
    kept = await _load_rules(session, {mark.apel_id for mark in marks})
    people = {asn_id: make_record(own, period, rules, kept, on=on) for asn_id, own in sorted(by_person(marks).items())}
    sources = {one.label: one.person.source if one.person else None for one in (*kept.values(), rules)}
    return Records(period, rules, on, people, sources)


def make_record(
    marks: Iterable[MarkFact], period: Period, rules: Rules, kept: Mapping[UUID, Rules], *, on: date
) -> PersonRecord:
    """`kept` are the rules that an apel was scored with; one that was not yet is judged by the period's."""
    marks = tuple(marks)
    score = ledger = None
    if rules.person is not None:
        of_period = [mark for mark in marks if period.from_date <= mark.on_date <= period.to_date]
        by_rules = ((mark, kept.get(mark.apel_id, rules)) for mark in of_period)
        judged = [judge_mark(mark, own.person, own.exemptions, policy=own.label) for mark, own in by_rules]
        score = add_up(judged, rules.person, policy=rules.label)
    if rules.apel_ledger is not None:
        ledger = apel_ledger(marks, rules.apel_ledger, rules.exemptions, on=on)
    return PersonRecord(marks, score, ledger)


async def _load_rules(session: AsyncSession, apel_ids: Collection[UUID]) -> dict[UUID, Rules]:
    """Apel → the rules that it was scored with."""
    policies, apels = await load_policies_of(session, apel_ids)
    read = {policy.id: read_rules(policy) for policy in policies}
    return {apel_id: read[policy_id] for apel_id, policy_id in apels.items()}
