"""What is kept and derived about the caller, asked of each room as that room tells it to the person itself."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.contest_reading import read_marks_of
from app.behaviour.training_reading import read_own_behaviour
from app.circulars.counting import read_own_circulars
from app.composite.reading import read_composite_of_person
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Grant, Principal, Role
from app.core.texts import Language
from app.decisions import reading as decisions
from app.decisions import schemas as asked
from app.decisions.reads import CaseRead
from app.deposits.counting import read_own_deposits
from app.duty.queries import list_own_absences
from app.duty.shift_schemas import ShiftFilter
from app.duty.shift_service import read_shifts
from app.flexwork.reading import read_own_orders
from app.livestreams.reading import read_own_incidents
from app.performance.own import read_own_outputs
from app.performance.reading import read_person as read_output
from app.privacy import schemas
from app.privacy.errors import NoOwnRecord
from app.privacy.looks import list_looks
from app.registry.queries import get_asn, list_assignments, list_headships_of
from app.scoring.person_reading import read_person
from app.tpp.reading import list_own_months
from app.workdays.answers import read_ledger

MOST, MOST_CASES, MOST_DUTIES = 50, 20, 200


@dataclass(frozen=True)
class OwnYear:
    """Who asks, for which year."""

    caller: Principal
    """With the role asn alone: whatever else the account may do, here it asks for itself."""
    asn_id: UUID
    year: int
    language: Language
    at: datetime

    @property
    def span(self) -> tuple[date, date]:
        return date(self.year, 1, 1), date(self.year, 12, 31)


async def read_own_record(
    session: AsyncSession, caller: Principal, year: int | None, language: Language, *, at: datetime
) -> schemas.OwnRecord:
    """The caller's year. Raises NoOwnRecord for an account that belongs to no civil servant."""
    if caller.asn_id is None:
        raise NoOwnRecord
    today = civil_date(at, zone_of(session))
    person = await get_asn(session, caller.asn_id, None, today)
    own = replace(caller, grants=(Grant(Role.ASN, None, frozenset()),))
    wanted = OwnYear(own, person.id, year or today.year, language, at)
    return schemas.OwnRecord(
        asn_id=person.id,
        **{name: getattr(person, name) for name in ("name", "nip", "employment_type", "email")},
        year=wanted.year,
        **await _read_service(session, wanted),
        **await _read_presence(session, wanted),
        **await _read_work(session, wanted),
        **await _read_conduct(session, wanted, today),
        **await _read_decisions(session, wanted),
        looks=await list_looks(session, person.nip, [caller.id, person.id], *wanted.span),
    )


async def _read_service(session: AsyncSession, own: OwnYear) -> dict[str, Any]:
    """Posts, and where the person was instead."""
    posts = await list_assignments(session, own.asn_id)
    first, last = own.span
    shifts = ShiftFilter.model_validate({"asn_id": own.asn_id, "from": first, "to": last, "limit": MOST_DUTIES})
    absences = await list_own_absences(session, own.asn_id, first, last, limit=MOST_DUTIES)
    return {
        "assignments": [schemas.OwnAssignment.model_validate(post) for post in posts],
        "headships": [schemas.OwnHeadship.model_validate(one) for one in await list_headships_of(session, own.asn_id)],
        "absences": [row.read() for row in absences],
        "shifts": (await read_shifts(session, own.caller, shifts, at=own.at)).items,
        "flexwork": await read_own_orders(session, own.asn_id, own.year),
    }


async def _read_presence(session: AsyncSession, own: OwnYear) -> dict[str, Any]:
    who, spoken = (session, own.caller, own.asn_id), own.language
    return {
        "marks": await read_marks_of(*who, *own.span, at=own.at),
        "scores": await read_person(*who, own.year, language=spoken, at=own.at),
        "workdays": await read_ledger(*who, own.year, spoken, at=own.at),
        "tpp": await list_own_months(session, own.asn_id, own.year, spoken, at=own.at),
    }


async def _read_work(session: AsyncSession, own: OwnYear) -> dict[str, Any]:
    who, period = (session, own.caller, own.asn_id), str(own.year)
    return {
        "output": await read_output(*who, period, own.language, at=own.at),
        "output_facts": await read_own_outputs(session, own.asn_id, own.year, own.language),
        "behaviour": await read_own_behaviour(*who, own.year, own.language, at=own.at),
        "composite": await read_composite_of_person(*who, period, own.language, at=own.at),
    }


async def _read_conduct(session: AsyncSession, own: OwnYear, today: date) -> dict[str, Any]:
    who = session, own.asn_id, own.year
    return {
        "circulars": await read_own_circulars(*who, today=today),
        "livestreams": await read_own_incidents(*who, own.language),
        "deposits": await read_own_deposits(*who),
    }


async def _read_decisions(session: AsyncSession, own: OwnYear) -> dict[str, Any]:
    of_person: dict[str, Any] = {"asn_id": own.asn_id, "limit": MOST}
    recommended = asked.RecommendationFilter(**of_person)
    recommendations = await decisions.read_recommendations(session, own.caller, recommended, own.language, at=own.at)
    decided = await decisions.read_decisions(session, own.caller, asked.DecisionFilter(**of_person), at=own.at)
    return {
        "recommendations": recommendations.items,
        "cases": await _read_cases(session, own),
        "decisions": decided.items,
    }


async def _read_cases(session: AsyncSession, own: OwnYear) -> list[CaseRead]:
    """Each with its course: a person has one or none, hardly ever three."""
    wanted = asked.CaseFilter(asn_id=own.asn_id, limit=MOST_CASES)
    page = await decisions.read_cases(session, own.caller, wanted, at=own.at)
    return [await decisions.read_case(session, own.caller, case.id, own.language, at=own.at) for case in page.items]
