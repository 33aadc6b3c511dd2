"""Answers about recommendations, cases and decisions, each with its clocks and with who may act."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.core.texts import Language, text
from app.core.traces import RuleLine
from app.decisions import reads
from app.decisions.basis import names_of
from app.decisions.clocks import Deadline, deadlines, remedy_of, remedy_until
from app.decisions.competence import Official, acting_superior
from app.decisions.loading import CaseNow
from app.decisions.models import Case, Decision, Recommendation
from app.decisions.officials import Authority, Placed
from app.decisions.rules import STANDING, Step, possible_steps
from app.decisions.weighing import find_tier, title_of
from app.policies.rules_of_cases import Clock
from app.registry.nip import masked

People = Mapping[UUID, Placed]


def _subject(asn_id: UUID | None, opd_code: str | None, people: People) -> reads.SubjectRead:
    person = people.get(asn_id) if asn_id else None
    return reads.SubjectRead(
        asn_id=asn_id,
        name=person.name if person else None,
        nip_masked=masked(person.nip) if person else None,
        opd_code=opd_code or (person.opd_code if person else None),
    )


def see_recommendation(
    row: Recommendation, people: People, due_on: date | None, today: date, language: Language
) -> reads.RecommendationItem:
    """`due_on`: the day by which the superior must have acted, where the policy sets it."""
    return reads.RecommendationItem(**_recommendation(row, people, due_on, today, language))


def see_recommendation_whole(
    row: Recommendation,
    people: People,
    due_on: date | None,
    today: date,
    language: Language,
    *,
    outcome: tuple[UUID | None, UUID | None],
) -> reads.RecommendationRead:
    case_id, decision_id = outcome
    return reads.RecommendationRead(
        **_recommendation(row, people, due_on, today, language),
        basis={name: value for name, value in row.basis.items() if name != "lines"},
        lines=_lines(row.basis),
        history=[reads.HistoryRead.model_validate(entry) for entry in row.history],
        case_id=case_id,
        decision_id=decision_id,
    )


def _recommendation(
    row: Recommendation, people: People, due_on: date | None, today: date, language: Language
) -> dict[str, Any]:
    late = row.state == "open" and row.kind == "punishment" and due_on is not None and due_on < today
    names = ("id", "kind", "period", "code", "severity", "title", "state", "policy", "made_at", "version")
    return {name: getattr(row, name) for name in names} | {
        "subject": _subject(row.asn_id, row.opd_code, people),
        "alerts": [_alert("superior-overdue", due_on, language)] if late else [],
    }


def _lines(basis: Mapping[str, Any]) -> list[RuleLine]:
    return [RuleLine.model_validate(line) for line in basis.get("lines", ())]


def _alert(code: str, since: date | None, language: Language) -> reads.AlertRead:
    return reads.AlertRead(code=code, text=text(language, "case", code), since=since)


def see_case(now: CaseNow, people: People, today: date) -> reads.CaseItem:
    return reads.CaseItem(**_case(now, people, today))


def see_case_whole(
    now: CaseNow,
    authority: Authority,
    today: date,
    language: Language,
    *,
    decision_id: UUID | None,
    alerts: Sequence[str] = (),
) -> reads.CaseRead:
    """`alerts`: codes of what else waits for somebody."""
    case, recused = now.case, {UUID(one) for one in now.course.recused}
    alleged = find_tier(now.discipline, case.code)
    return reads.CaseRead(
        **_case(now, {authority.person.asn_id: authority.person}, today),
        recommendation_id=case.recommendation_id,
        decision_id=decision_id,
        policy=case.policy,
        reason=case.reason,
        basis={name: value for name, value in case.basis.items() if name != "lines"},
        lines=_lines(case.basis),
        names=names_of(alleged) if alleged else {},
        events=_events(now),
        deadlines=[_deadline(one, now, today) for one in _deadlines(now)],
        alerts=[*_overdue(now, today, language), *(_alert(code, None, language) for code in alerts)],
        superior=_official(acting_superior(authority.line, recused)),
        line=[reads.OfficialRead.model_validate(one) for one in authority.line],
        competent=see_competent(now, authority),
        next_steps=sorted(possible_steps(now.course)),
        remedy_until=remedy_until(now.course, now.procedure, now.days),
    )


def see_competent(now: CaseNow, authority: Authority) -> reads.CompetentRead:
    return reads.CompetentRead(
        authority=authority.competent.authority,
        official=_official(authority.competent.official),
        article=authority.competent.article,
        notes=list(authority.competent.notes),
        source=now.procedure.source.source,
        verified=now.procedure.source.verified,
    )


def _official(official: Official | None) -> reads.OfficialRead | None:
    return None if official is None else reads.OfficialRead.model_validate(official)


def _case(now: CaseNow, people: People, today: date) -> dict[str, Any]:
    case: Case = now.case
    overdue = any(one.met_on is None and one.is_overdue(today) for one in _deadlines(now))
    names = ("id", "period", "law", "code", "opened_on", "version")
    return {name: getattr(case, name) for name in names} | {
        "subject": _subject(case.asn_id, case.opd_code, people),
        "phase": now.course.phase,
        "sanction": _sanction(now, today),
        "overdue": overdue,
    }


def _sanction(now: CaseNow, today: date) -> reads.SanctionRead | None:
    """What stands today; a revoked one is read in its decision."""
    sanction = now.course.sanction
    tier = find_tier(now.discipline, sanction.code) if sanction else None
    if sanction is None or tier is None or now.course.phase not in STANDING:
        return None
    return reads.SanctionRead(
        code=sanction.code,
        severity=tier.severity,
        variant=sanction.variant,
        months=sanction.months,
        name=title_of(tier, sanction.variant or "tukin"),
        names=names_of(tier),
        effective_on=now.effective_on,
        in_force=now.in_force(today),
    )


def _events(now: CaseNow) -> list[reads.EventRead]:
    counting = {event.number for event in now.course.events}
    return [
        reads.EventRead(
            number=row.number,
            kind=Step(row.kind),
            on=row.on,
            details=row.details,
            counts=row.number in counting,
            at=row.at,
            by_name=row.by_name,
        )
        for row in now.rows
    ]


def _deadlines(now: CaseNow) -> list[Deadline]:
    return deadlines(now.course, now.procedure, now.days, known_on=now.case.known_on)


def _deadline(one: Deadline, now: CaseNow, today: date) -> reads.DeadlineRead:
    source = now.procedure.sources.get(one.clock, now.procedure.source)
    return reads.DeadlineRead(
        clock=one.clock,
        begun_on=one.begun_on,
        working_days=one.working_days,
        due_on=one.due_on,
        met_on=one.met_on,
        overdue=one.is_overdue(today),
        source=source.source,
        verified=source.verified,
    )


def _overdue(now: CaseNow, today: date, language: Language) -> Iterator[reads.AlertRead]:
    for one in _deadlines(now):
        if one.met_on is None and one.is_overdue(today):
            code = "superior-overdue" if one.clock is Clock.SUPERIOR_ACTS else f"{one.clock.replace('_', '-')}-overdue"
            yield _alert(code, one.due_on, language)


def see_decision(decision: Decision, people: People) -> reads.DecisionItem:
    return reads.DecisionItem(**_decision(decision, people))


def see_decision_whole(
    decision: Decision, people: People, now: CaseNow | None, today: date, facts: reads.FactsNow | None
) -> reads.DecisionRead:
    """What was frozen, and beside it what stands today; `now` is its case."""
    contested = now is not None and Step.OBJECTION in possible_steps(now.course)
    return reads.DecisionRead(
        **_decision(decision, people),
        file_ref=decision.file_ref,
        decided_by=decision.decided_by_name,
        frozen=decision.frozen,
        sanction=_sanction(now, today) if now else None,
        phase=now.course.phase if now else None,
        remedy=remedy_of(decision.code, now.procedure) if now and contested else None,
        remedy_until=remedy_until(now.course, now.procedure, now.days) if now else None,
        facts_now=facts,
    )


def _decision(decision: Decision, people: People) -> dict[str, Any]:
    values = {name: getattr(decision, name) for name in reads.DecisionItem.model_fields if name != "subject"}
    return values | {"subject": _subject(decision.asn_id, decision.opd_code, people)}
