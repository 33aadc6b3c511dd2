"""Answers about trainings and the hours that people are due, with the reading of persons on record."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour import queries as people
from app.behaviour import training_queries as queries
from app.behaviour import training_schemas as schemas
from app.behaviour.models import Training
from app.behaviour.reading import list_own_periods
from app.behaviour.training import show_training
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.core.rates import Percent, PercentRead
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.nip import masked
from app.registry.queries import get_opd
from app.registry.rules import EmploymentType


async def read_training(session: AsyncSession, caller: Principal, training_id: UUID) -> schemas.TrainingRead:
    """Raises TrainingNotFound."""
    return show_training(await queries.get_training(session, training_id, caller.reach(*queries.READERS)))


async def read_trainings(
    session: AsyncSession, caller: Principal, wanted: schemas.TrainingFilter
) -> Page[schemas.TrainingRead]:
    rows = await queries.list_trainings(session, caller.reach(*queries.READERS), wanted)
    return cut_page([show_training(row) for row in rows], wanted.limit, lambda read: (read.to_date, read.id))


async def read_attendees(
    session: AsyncSession, caller: Principal, training_id: UUID, wanted: schemas.PeopleFilter, *, at: datetime
) -> Page[schemas.AttendanceRead]:
    """A page of the people of a training in the caller's reach. Raises TrainingNotFound."""
    scope = caller.reach(*people.READERS)
    await queries.get_training(session, training_id, scope)
    rows = await queries.list_attendees(session, training_id, scope, wanted)
    page = cut_page(rows, wanted.limit, lambda row: (row.asn_id,))
    nips = [row.nip for row in page.items]
    await record(session, caller, "behaviour.read_attendees", at=at, target=str(training_id), nips=nips)
    return Page(items=[_attendee(row) for row in page.items], next_cursor=page.next_cursor)


def _attendee(row: queries.Attendee) -> schemas.AttendanceRead:
    return schemas.AttendanceRead(
        asn_id=row.asn_id,
        name=row.name,
        nip_masked=masked(row.nip),
        opd_code=row.opd_code,
        attended=row.attended,
        hours=row.hours if row.attended else 0,
    )


async def read_person_trainings(
    session: AsyncSession, caller: Principal, asn_id: UUID, year: int | None, language: Language, *, at: datetime
) -> schemas.PersonTrainings:
    """A person's year of competence development. Raises AsnNotFound."""
    today = civil_date(at, zone_of(session))
    year = year or today.year
    day = _last_day(year, today)
    person = await people.get_readable(session, caller, asn_id, day)
    rules = await rules_on(session, day)
    attended = await queries.list_trainings_of(session, asn_id, year)
    await record(session, caller, "behaviour.read_trainings", at=at, target=str(asn_id), nips=[person.nip], year=year)
    hours = sum(counted for _, present, counted in attended if present)
    due = rules.behaviour.training_hours if rules.behaviour else None
    return schemas.PersonTrainings(
        asn_id=asn_id,
        year=year,
        policy=rules.label,
        hours=hours,
        due=due,
        reached=None if due is None else hours >= due,
        items=[_of_person(*one) for one in attended],
        lines=_lines(attended, hours, year, rules, language),
    )


def _last_day(year: int, today: date) -> date:
    """The day whose policy and units count for a year: its last, or today while it runs."""
    return min(date(year, 12, 31), max(today, date(year, 1, 1)))


def _of_person(training: Training, attended: bool, hours: int) -> schemas.TrainingOfPerson:
    return schemas.TrainingOfPerson(
        training_id=training.id,
        title=training.title,
        organiser=training.organiser,
        from_date=training.from_date,
        to_date=training.to_date,
        attended=attended,
        hours=hours if attended else 0,
    )


def _lines(
    attended: Sequence[tuple[Training, bool, int]], hours: int, year: int, rules: Rules, language: Language
) -> list[RuleLine]:
    if rules.behaviour is None:
        return []
    source = rules.behaviour.source
    facts: dict[str, Any] = {"hours": hours, "due": rules.behaviour.training_hours, "year": year}
    return [
        RuleLine(
            rule="behaviour.training_hours",
            policy=rules.label,
            text=text(language, "behaviour.line", "training_hours", **facts),
            facts=facts | {"base": None, "source": source.source, "verified": source.verified},
            evidence=[
                EvidenceLink(kind="training", id=str(one.id), href=f"/v1/behaviour/trainings/{one.id}")
                for one, present, _ in attended
                if present
            ],
        )
    ]


async def read_opd_trainings(
    session: AsyncSession, caller: Principal, opd_code: str, year: int | None, *, at: datetime
) -> schemas.OpdTrainings:
    """How many of an OPD's own people have the hours that are due; nobody is named. Raises OpdNotFound."""
    await get_opd(session, opd_code, caller.reach(*people.COUNT_READERS))
    today = civil_date(at, zone_of(session))
    year = year or today.year
    day = _last_day(year, today)
    rules = await rules_on(session, day)
    due = rules.behaviour.training_hours if rules.behaviour else None
    counted = (0, 0) if due is None else await queries.count_reached(session, opd_code, year, due, day)
    return schemas.OpdTrainings(
        opd_code=opd_code,
        year=year,
        policy=rules.label,
        due=due,
        reached=PercentRead.model_validate(Percent(*counted)),
        counted=list(EmploymentType),
    )


async def read_own_behaviour(
    session: AsyncSession, caller: Principal, asn_id: UUID, year: int, language: Language, *, at: datetime
) -> schemas.OwnBehaviour:
    """All that is kept and derived about one person in a year, for the person itself. Raises AsnNotFound.

    What the person said as a peer is not among it: whose word it was is not kept.
    """
    return schemas.OwnBehaviour(
        year=year,
        periods=await list_own_periods(session, caller, asn_id, year, language, at=at),
        trainings=await read_person_trainings(session, caller, asn_id, year, language, at=at),
    )
