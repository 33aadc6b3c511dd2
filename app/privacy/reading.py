"""What is kept and derived about the caller, asked of each room as that room tells it to the person itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.contest_reading import read_marks_of
from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.clock import civil_date, civil_instant
from app.core.db import surroundings_of, zone_of
from app.core.principal import Grant, Principal, Role
from app.core.texts import Language
from app.decisions import reading as decisions
from app.decisions import schemas as asked
from app.decisions.reads import CaseRead
from app.privacy import schemas
from app.privacy.errors import NoOwnRecord
from app.registry.queries import get_asn
from app.scoring.person_reading import read_person
from app.tpp.reading import list_own_months
from app.workdays.answers import read_ledger

MOST, MOST_CASES, MOST_LOOKS = 50, 20, 500


async def read_own_record(
    session: AsyncSession, caller: Principal, year: int | None, language: Language, *, at: datetime
) -> schemas.OwnRecord:
    """The caller's year. Raises NoOwnRecord for an account that belongs to no civil servant."""
    if caller.asn_id is None:
        raise NoOwnRecord
    # Whatever else the account may do, here it asks for itself alone.
    own = replace(caller, grants=(Grant(Role.ASN, None, frozenset()),))
    today = civil_date(at, zone_of(session))
    year = year or today.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    person = await get_asn(session, caller.asn_id, None, today)
    return schemas.OwnRecord(
        asn_id=person.id,
        name=person.name,
        nip=person.nip,
        year=year,
        marks=await read_marks_of(session, own, person.id, first, last, at=at),
        scores=await read_person(session, own, person.id, year, language=language, at=at),
        workdays=await read_ledger(session, own, person.id, year, language, at=at),
        tpp=await list_own_months(session, person.id, year, language, at=at),
        recommendations=(
            await decisions.read_recommendations(
                session, own, asked.RecommendationFilter(asn_id=person.id, limit=MOST), language, at=at
            )
        ).items,
        cases=await _read_cases(session, own, language, at=at),
        decisions=(
            await decisions.read_decisions(session, own, asked.DecisionFilter(asn_id=person.id, limit=MOST), at=at)
        ).items,
        looks=await _list_looks(session, person.nip, [caller.id, person.id], first, last),
    )


async def _read_cases(session: AsyncSession, own: Principal, language: Language, *, at: datetime) -> list[CaseRead]:
    """Each with its course: a person has one or none, hardly ever three."""
    page = await decisions.read_cases(session, own, asked.CaseFilter(asn_id=own.asn_id, limit=MOST_CASES), at=at)
    return [await decisions.read_case(session, own, case.id, language, at=at) for case in page.items]


async def _list_looks(
    session: AsyncSession, nip: str, own_ids: Sequence[UUID], first: date, last: date
) -> Sequence[schemas.LookRead]:
    """From the record of who read or changed what, by civil day."""
    zone = zone_of(session)
    begin = civil_instant(first, time.min, zone)
    end = civil_instant(last + timedelta(days=1), time.min, zone)
    day = func.date(func.timezone(zone.key, AuditEntry.at)).label("day")
    wanted = (
        select(day, AuditEntry.principal_name, AuditEntry.action, func.count())
        .where(AuditEntry.subjects.contains([subject_of(surroundings_of(session).audit_key, nip)]))
        .where(AuditEntry.at >= begin, AuditEntry.at < end, AuditEntry.principal_id.not_in(own_ids))
        .group_by(day, AuditEntry.principal_name, AuditEntry.action)
        .order_by(day.desc(), AuditEntry.principal_name, AuditEntry.action)
        .limit(MOST_LOOKS)
    )
    return [
        schemas.LookRead(date=on, by=by, action=action, times=times)
        for on, by, action, times in await session.execute(wanted)
    ]
