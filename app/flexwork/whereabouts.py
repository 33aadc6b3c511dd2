"""Who works where on a day: what orders of flexible work and confirmed absences say together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.fields import fold
from app.core.principal import Principal, Scope
from app.duty.queries import list_confirmed, list_confirmed_spans
from app.duty.rules import Taken
from app.flexwork.member_queries import list_stints
from app.flexwork.queries import COUNT_READERS, NAMERS
from app.flexwork.rules import OrderedDay, OrderMode, PlaceKind, Whereabouts, ordered_days
from app.flexwork.schemas import (
    OfficerRead,
    OpdTodayRead,
    PersonTodayRead,
    PlaceRead,
    PostRead,
    PostsRead,
    TodayRead,
)
from app.registry.queries import get_opd, list_roster_rows
from app.registry.rules import RosterRow


async def orders_of_days(
    session: AsyncSession, asn_ids: Collection[UUID] | None, from_date: date, to_date: date
) -> dict[UUID, list[OrderedDay]]:
    """Person → the days of a span worked under orders, in order; None: everybody. Two statements for any number.

    Another place counts on days whose confirmed absence the order made, other hours on days without an absence from
    work. Days off are among them where an order holds every day: what is a working day the calendar says.
    """
    stints = await list_stints(session, from_date, to_date, asn_ids=asn_ids)
    if not stints:
        return {}
    found = await list_confirmed_spans(session, from_date, to_date, {one.asn_id for one in stints})
    confirmed: Mapping[UUID, Sequence[Taken]] = {
        asn_id: [Taken(one.code, one.from_date, one.to_date, one.order_id) for one in spans]
        for asn_id, spans in found.items()
    }
    return ordered_days(stints, confirmed, from_date, to_date)


async def count_by_opd(session: AsyncSession, on: date, scope: Scope = None) -> dict[str, Whereabouts]:
    """Where the people of each OPD of the scope work on a day."""
    roster = await list_roster_rows(session, on, scope)
    people = {row.asn_id for row in roster}
    return _count(roster, await orders_of_days(session, people, on, on), await _codes_on(session, on, people))


async def _codes_on(session: AsyncSession, on: date, people: Collection[UUID]) -> dict[UUID, str]:
    return {asn_id: duty.code for asn_id, duty in (await list_confirmed(session, on, people)).items()}


def _count(
    roster: Iterable[RosterRow], ordered: Mapping[UUID, Sequence[OrderedDay]], absences: Mapping[UUID, str]
) -> dict[str, Whereabouts]:
    counted: dict[str, Whereabouts] = {}
    for row in roster:
        opd = counted.setdefault(row.opd_code, Whereabouts())
        opd.count(ordered.get(row.asn_id, ()), absences.get(row.asn_id))
    return counted


async def read_today(
    session: AsyncSession, caller: Principal, opd_code: str | None, on: date | None, *, at: datetime
) -> TodayRead:
    """Counts of every OPD in reach; of one, who is under an order as well, for those who may know names.

    Raises OpdNotFound.
    """
    day = on or civil_date(at, zone_of(session))
    scope = caller.reach(*COUNT_READERS)
    if opd_code is not None:
        scope = frozenset({(await get_opd(session, opd_code, scope)).code})
    counted = await count_by_opd(session, day, scope)
    people = None
    if opd_code is not None and caller.reaches(opd_code, *NAMERS):
        people = await _people_of(session, caller, opd_code, day, at=at)
    items = [OpdTodayRead(opd_code=code, **vars(where)) for code, where in sorted(counted.items())]
    return TodayRead(on=day, items=items, people=people)


async def _people_of(
    session: AsyncSession, caller: Principal, opd_code: str, day: date, *, at: datetime
) -> list[PersonTodayRead]:
    roster = await list_roster_rows(session, day, [opd_code])
    ordered = await orders_of_days(session, {row.asn_id for row in roster}, day, day)
    under = [row for row in roster if row.asn_id in ordered]
    await record(session, caller, "flexwork.today", at=at, target=opd_code, nips=[row.nip for row in under])
    return [_person(row, one) for row in under for one in ordered[row.asn_id]]


def _person(row: RosterRow, one: OrderedDay) -> PersonTodayRead:
    return PersonTodayRead(
        asn_id=row.asn_id,
        name=row.name,
        opd_code=row.opd_code,
        order_id=one.order_id,
        number=one.number,
        mode=one.mode,
        place=PlaceRead(kind=one.place.kind, name=one.place.name),
        target=one.target,
    )


async def read_posts(session: AsyncSession, caller: Principal, on: date | None, *, at: datetime) -> PostsRead:
    """Which service post has how many officers, and for those who may know names, who they are."""
    day = on or civil_date(at, zone_of(session))
    roster = await list_roster_rows(session, day, caller.reach(*COUNT_READERS))
    ordered = await orders_of_days(session, {row.asn_id for row in roster}, day, day)
    posted: dict[str, list[tuple[RosterRow, OrderedDay]]] = {}
    for row in roster:
        for one in ordered.get(row.asn_id, ()):
            if one.mode is OrderMode.LOCATION and one.place.kind is PlaceKind.SERVICE_POST:
                posted.setdefault(fold(one.place.name), []).append((row, one))
    named = [row.nip for there in posted.values() for row, _ in there if caller.reaches(row.opd_code, *NAMERS)]
    if named:
        await record(session, caller, "flexwork.posts", at=at, nips=named, on=str(day))
    return PostsRead(on=day, posts=[_post(caller, there) for _, there in sorted(posted.items())])


def _post(caller: Principal, there: Sequence[tuple[RosterRow, OrderedDay]]) -> PostRead:
    """One post, however its name is written; somebody who may know names knows those in the own reach."""
    officers = None
    if caller.holds(*NAMERS):
        officers = [_officer(row, one) for row, one in there if caller.reaches(row.opd_code, *NAMERS)]
    return PostRead(name=there[0][1].place.name, people=len(there), officers=officers)


def _officer(row: RosterRow, one: OrderedDay) -> OfficerRead:
    return OfficerRead(
        asn_id=row.asn_id,
        name=row.name,
        opd_code=row.opd_code,
        order_id=one.order_id,
        number=one.number,
        target=one.target,
    )
