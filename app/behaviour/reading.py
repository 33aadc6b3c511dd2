"""Answers about behaviour, as this caller may see them, with the reading of persons on record."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour import queries, schemas
from app.behaviour.berakhlak import SOURCE, VALUES
from app.behaviour.errors import AssessmentNotFound
from app.behaviour.explaining import explain, tell_raters
from app.behaviour.queries import AssessmentRow, Served, Spread
from app.behaviour.rules import audible, day_of, judge
from app.behaviour.service import show_assessment
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.periods import Period
from app.core.principal import Principal
from app.core.texts import Language
from app.policies.rules import Rules
from app.policies.rules_of_performance import Rater
from app.policies.service import rules_on
from app.registry.errors import AsnNotFound
from app.registry.nip import masked


def read_values() -> schemas.CoreValuesRead:
    items = [schemas.CoreValueRead.model_validate(value) for value in VALUES]
    return schemas.CoreValuesRead(source=SOURCE.source, verified=SOURCE.verified, items=items)


async def read_assessment(
    session: AsyncSession, caller: Principal, assessment_id: UUID, *, at: datetime
) -> schemas.AssessmentRead:
    """A version of what the superior or the person said. Raises AssessmentNotFound."""
    row = await queries.get_assessment(session, assessment_id)
    period, today = Period.parse(row.assessment.period), civil_date(at, zone_of(session))
    try:
        person = await queries.get_readable(session, caller, row.assessment.asn_id, day_of(period, today))
    except AsnNotFound:
        raise AssessmentNotFound from None
    await record(session, caller, "behaviour.read_assessment", at=at, target=str(assessment_id), nips=[person.nip])
    return show_assessment(row)


async def read_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, code: str | None, language: Language, *, at: datetime
) -> schemas.PersonBehaviour:
    """One person's period: what was said by whom, what it is worth, and why. Raises AsnNotFound."""
    period, day = period_of(session, code, at)
    person = await queries.get_readable(session, caller, asn_id, day)
    rules = await rules_on(session, day)
    spread = (await queries.list_spreads(session, [asn_id], period.code)).get(asn_id)
    said = await queries.list_latest(session, asn_id, [period.code])
    await _record_reading(session, caller, person, period.code, at=at)
    return show_person(person, period, rules, spread or Spread(asn_id, period.code), said, language)


async def _record_reading(
    session: AsyncSession, caller: Principal, person: Served, period: str, *, at: datetime
) -> None:
    told = {"target": str(person.asn_id), "period": period}
    await record(session, caller, "behaviour.read_person", at=at, nips=[person.nip], **told)


def period_of(session: AsyncSession, code: str | None, at: datetime) -> tuple[Period, date]:
    """The period that was asked for, else the running month, and the day by which it is judged."""
    today = civil_date(at, zone_of(session))
    period = Period.parse(code) if code else Period.month(today)
    return period, day_of(period, today)


def show_person(
    person: Served,
    period: Period,
    rules: Rules,
    spread: Spread,
    said: Mapping[tuple[str, Rater], AssessmentRow],
    language: Language,
) -> schemas.PersonBehaviour:
    judged = judge(spread.said, rules.behaviour)
    words = {rater: said[period.code, rater] for rater in Rater if (period.code, rater) in said}
    shown = {rater: show_assessment(row) for rater, row in words.items()}
    return schemas.PersonBehaviour(
        asn_id=person.asn_id,
        name=person.name,
        nip_masked=masked(person.nip),
        opd_code=person.opd_code,
        period=period.code,
        policy=rules.label,
        points=number(judged.points),
        no_points=judged.unsaid,
        proposal=judged.proposal,
        raters=tell_raters(spread, rules.behaviour) if rules.behaviour else [],
        superior=shown.get(Rater.SUPERIOR),
        self_assessment=shown.get(Rater.SELF),
        lines=explain(spread, judged, words, rules, language) if rules.behaviour else [],
    )


def number(points: Decimal | None) -> float | None:
    return None if points is None else float(points)


async def list_own_periods(
    session: AsyncSession, caller: Principal, asn_id: UUID, year: int, language: Language, *, at: datetime
) -> list[schemas.PersonBehaviour]:
    """All periods that end in a year and of which something may be told, in order. Raises AsnNotFound.

    A period in which too few peers spoke, and nobody else, is not there: it would tell that one of them did.
    """
    today = civil_date(at, zone_of(session))
    spreads = {
        Period.parse(spread.period): spread
        for spread in await queries.list_spreads_of(session, asn_id, date(year, 1, 1), date(year, 12, 31))
    }
    said = await queries.list_latest(session, asn_id, [period.code for period in spreads])
    rules = {day: await rules_on(session, day) for day in {day_of(period, today) for period in spreads}}
    person = await queries.get_readable(session, caller, asn_id, min(date(year, 12, 31), today))
    await _record_reading(session, caller, person, str(year), at=at)
    return [
        show_person(person, period, ruled, spread, said, language)
        for period, spread in spreads.items()
        if audible(spread.said, (ruled := rules[day_of(period, today)]).behaviour)
    ]
