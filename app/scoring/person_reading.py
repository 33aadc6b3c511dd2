"""Answers about persons: points, streaks and the ledger of missed apels, line by line, on the record."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.errors import PersonNotFound
from app.attendance.queries import nips_of
from app.attendance.reading import sees_health
from app.attendance.rules import BL, NR
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.periods import Period
from app.core.principal import OPD_ROLES, Principal, Role, Scope
from app.core.rates import Percent
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.duty.rules import EXCUSED, EXCUSED_MASK, HEALTH, NOT_REQUIRED, Code
from app.policies.rules_of_persons import LedgerStep
from app.policies.sources import Source
from app.registry.queries import opd_of_asn
from app.reports.rules import mask_nip
from app.scoring import queries, schemas
from app.scoring.errors import ScorePeriodAmbiguous
from app.scoring.persons import ApelLedger, MarkFact, PersonLine
from app.scoring.reading import number, percent
from app.scoring.records import PersonRecord, Records, load_records

LEFT_OUT = frozenset({BL, NR}) | NOT_REQUIRED
"""Marks that say nothing about the person: nobody reported, or nobody asked for them."""
PERSON_READERS = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR, *OPD_ROLES)


def _scope_of_person(caller: Principal, asn_id: UUID) -> Scope:
    """A person's own record is whole; others see what their roles for persons let them."""
    return None if caller.asn_id == asn_id and caller.holds(Role.ASN) else caller.reach(*PERSON_READERS)


def _period(code: str | None, today: date) -> Period:
    return Period.parse(code) if code else Period.year(today)


async def read_person(
    session: AsyncSession,
    caller: Principal,
    asn_id: UUID,
    year: int | None = None,
    period_code: str | None = None,
    *,
    language: Language,
    at: datetime,
) -> schemas.PersonScores:
    """A person's period at the apel: this year, unless another one is asked for.

    Raises PersonNotFound where the caller may see none of it, ScorePeriodAmbiguous.
    """
    if year is not None and period_code is not None:
        raise ScorePeriodAmbiguous
    today = civil_date(at, zone_of(session))
    period = _period(period_code, date(year, 1, 1) if year else today)
    scope = _scope_of_person(caller, asn_id)
    nips = await nips_of(session, [asn_id])
    marks = await queries.list_marks_of(session, asn_id, period.from_date, period.to_date, scope)
    if not nips or not (scope is None or marks or await opd_of_asn(session, asn_id, today) in scope):
        raise PersonNotFound
    await record(session, caller, "scoring.read-person", at=at, target=str(asn_id), nips=nips)
    records = await load_records(session, period, [asn_id], today=today)
    return _person(caller, asn_id, marks, records, scope, language)


def _person(
    caller: Principal,
    asn_id: UUID,
    marks: Sequence[queries.PersonMark],
    records: Records,
    scope: Scope,
    language: Language,
) -> schemas.PersonScores:
    own = caller.asn_id == asn_id
    concluded = [mark for mark in marks if mark.status is not None]
    counted = Counter(
        EXCUSED_MASK if mark.status in HEALTH and not (own or sees_health(caller, mark.unit_code)) else str(mark.status)
        for mark in concluded
    )
    left_out = {code: counted[code] for code in sorted(counted) if code in LEFT_OUT}
    excused = {code: counted[code] for code in sorted(counted) if code in EXCUSED or code == EXCUSED_MASK}
    heard = sum(counted.values()) - sum(left_out.values())
    shown = Shown(records, records.of(asn_id), scope)
    return schemas.PersonScores(
        asn_id=asn_id,
        period=records.period.code,
        year=records.period.from_date.year,
        marks=dict(sorted(counted.items())),
        unexplained_on=[mark.on_date for mark in concluded if mark.status == Code.TK],
        pending=sum(mark.pending for mark in marks),
        disputed=sum(mark.status is None and not mark.pending for mark in marks),
        rate=percent(Percent(counted[Code.H], heard, left_out)),
        duty_rate=percent(Percent(counted[Code.H], heard - sum(excused.values()), left_out | excused)),
        ledger=shown.ledger,
        lines=shown.lines(language),
        href=_href_of_marks(asn_id, records.period.from_date, records.period.to_date),
        **shown.sum_up(),
    )


class Shown:
    """What a caller sees of one person's record: all of it or, where part lies out of reach, none of the sums."""

    def __init__(self, records: Records, record: PersonRecord, scope: Scope) -> None:
        self.rules, self._sources = records.rules, records.sources
        self.whole = scope is None or all(mark.unit_code in scope for mark in record.marks)
        self._score = record.score if self.whole else None
        self._ledger = record.ledger if self.whole else None

    def sum_up(self) -> dict[str, Any]:
        score = self._score
        return {
            "policy": self.rules.label,
            "points": None if score is None or score.points is None else float(score.points),
            "no_points": self._unsaid(),
            "apels": score.apels if score else 0,
            "streak": score and schemas.StreakRead(now=score.streak_now, best=score.streak_best, bonus=score.bonus),
        }

    def _unsaid(self) -> schemas.Unsaid | None:
        if not self.whole:
            return schemas.Unsaid.NOT_ALL_SEEN
        if self._score is None:
            return schemas.Unsaid.NO_RULE_SET
        return schemas.Unsaid.TOO_FEW_APELS if self._score.points is None else None

    @property
    def ledger(self) -> schemas.ApelLedgerRead | None:
        ledger = self._ledger
        if ledger is None:
            return None
        return schemas.ApelLedgerRead(
            from_date=ledger.period.from_date,
            to_date=ledger.period.to_date,
            misses=len(ledger.misses),
            missed_on=[mark.on_date for mark in reversed(ledger.misses)],
            step=_step(ledger.step),
            next_step=_step(ledger.next_step),
        )

    def lines(self, language: Language) -> list[RuleLine]:
        lines = []
        if self._score is not None:
            lines += [_line(line, self._sources[line.policy], language) for line in self._score.lines]
        if self._ledger is not None and self.rules.apel_ledger is not None:
            lines.append(_ledger_line(self._ledger, self.rules.label, self.rules.apel_ledger.source, language))
        return lines


def _step(step: LedgerStep | None) -> schemas.StepRead | None:
    return schemas.StepRead(code=step.code, at_least=step.at_least, advice=step.advice) if step else None


def _line(line: PersonLine, source: Source | None, language: Language) -> RuleLine:
    facts = dict(line.facts) | {"points": number(line.points)}
    said = "too_few" if line.rule == "average" and line.points is None else line.rule
    return RuleLine(
        rule=f"person.{line.rule}",
        policy=line.policy,
        text=text(language, "score.person", said, **facts),
        facts=facts | _basis(source),
        evidence=_links(line.marks),
    )


def _ledger_line(ledger: ApelLedger, policy: str, source: Source, language: Language) -> RuleLine:
    facts: dict[str, Any] = {
        "misses": len(ledger.misses),
        "from": ledger.period.from_date.isoformat(),
        "step": ledger.step and ledger.step.code,
        "advice": ledger.step and ledger.step.advice,
        "next_at": ledger.next_step and ledger.next_step.at_least,
    }
    said = "apel_ledger" if ledger.step else "apel_ledger_below"
    return RuleLine(
        rule="person.apel_ledger",
        policy=policy,
        text=text(language, "score.person", said, **facts),
        facts=facts | _basis(source),
        evidence=_links(ledger.misses),
    )


def _basis(source: Source | None) -> dict[str, Any]:
    """Where a rule comes from; nothing where a policy says nothing about persons, and so judges nobody."""
    if source is None:
        return {}
    return {"base": source.base, "source": source.source, "verified": source.verified}


def _links(marks: Iterable[MarkFact]) -> list[EvidenceLink]:
    return [EvidenceLink(kind="mark", id=str(mark.mark_id), href=href_of_mark(mark)) for mark in marks]


def href_of_mark(mark: MarkFact) -> str:
    """Where a mark is read, with what it rests on and what was said against it."""
    return f"/v1/attendance/{mark.mark_id}"


def _href_of_marks(asn_id: UUID, from_date: date, to_date: date) -> str:
    return f"/v1/asn/{asn_id}/attendance?from={from_date}&to={to_date}"


async def list_people(
    session: AsyncSession, caller: Principal, wanted: schemas.PersonFilter, *, at: datetime
) -> Page[schemas.PersonStanding]:
    """People with a mark in a period, each in short."""
    today = civil_date(at, zone_of(session))
    period, scope = _period(wanted.period, today), caller.reach(*PERSON_READERS)
    after = decode_cursor(wanted.cursor, UUID)
    people = await queries.list_people(
        session,
        period.from_date,
        period.to_date,
        scope=scope,
        opd_code=wanted.opd_code,
        after=after[0] if after else None,
        limit=wanted.limit + 1,
    )
    page = cut_page(people, wanted.limit, lambda person: (person.asn_id,))
    await record(session, caller, "scoring.list-people", at=at, nips=[person.nip for person in page.items])
    records = await load_records(session, period, [person.asn_id for person in page.items], today=today)
    items = [_standing(person, records, scope) for person in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


def _standing(person: queries.Person, records: Records, scope: Scope) -> schemas.PersonStanding:
    own = records.of(person.asn_id)
    shown = Shown(records, own, scope)
    ledger = shown.ledger
    served = [mark.opd_code for mark in own.marks if scope is None or mark.unit_code in scope]
    return schemas.PersonStanding(
        asn_id=person.asn_id,
        name=person.name,
        nip_masked=mask_nip(person.nip),
        opd_code=served[-1] if served else None,
        period=records.period.code,
        misses=ledger and ledger.misses,
        step=ledger.step.code if ledger and ledger.step else None,
        href=f"/v1/scores/asn/{person.asn_id}?period={records.period.code}",
        **shown.sum_up(),
    )
