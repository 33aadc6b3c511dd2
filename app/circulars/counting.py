"""How many of those addressed have acknowledged: over many circulars and thousands of people in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.circulars import queries, recipients, rules
from app.circulars.queries import Due, Found
from app.circulars.recipients import Asked, DatedOpds, Receipt, load_dated_opds
from app.circulars.rules import Act, Channel, CircularState, Counted
from app.circulars.schemas import OwnCircular
from app.core.rates import Percent


async def count_people(session: AsyncSession, asked: Sequence[Asked]) -> dict[UUID, dict[str, Counted]]:
    """Circular → OPD where people serve → counts; one statement."""
    people = recipients.people_of(asked)
    counted = select(
        people.c.circular_id,
        people.c.opd_code,
        func.count(),
        func.count().filter(people.c.read),
        func.count().filter(people.c.acknowledged),
    ).group_by(people.c.circular_id, people.c.opd_code)
    found: dict[UUID, dict[str, Counted]] = {one.circular_id: {} for one in asked}
    for circular_id, opd_code, *numbers in await session.execute(counted):
        found[circular_id][opd_code] = Counted(*numbers)
    return found


def _asked(due: Sequence[Due], opds: DatedOpds) -> list[Asked]:
    return [Asked(one.id, one.day, rules.opds_in_filter(one.scope, opds.on(one.day))) for one in due]


async def acknowledged_by_opd(session: AsyncSession, from_date: date, to_date: date) -> dict[str, Percent]:
    """Reporting unit → the people and heads' offices addressed by the circulars that were due in a span, and how many
    of them acknowledged; each counts once for each circular.

    A circular is due on its last day to acknowledge, without one on the day of its publication; its recipients are
    those of that day. End the span before today: what may still be acknowledged today is nobody's omission. Without
    recipients a unit is not named. Four statements.
    """
    due = await queries.list_due(session, from_date, to_date)
    if not due:
        return {}
    opds = await load_dated_opds(session)
    people = await count_people(session, _asked(due, opds))
    acts = await recipients.load_acts(session, [one.id for one in due])
    units: dict[str, Counted] = {}
    for one in due:
        tree = opds.on(one.day)
        counted = people[one.id]
        for code in rules.offices_addressed(one.scope, tree):
            counted[code] = counted.get(code, Counted()) + rules.count_those([code], acts[one.id])
        for unit, count in rules.sum_by_row(counted, tree).items():
            units[unit] = units.get(unit, Counted()) + count
    return {unit: count.acknowledged_share for unit, count in sorted(units.items())}


async def acknowledged_of(
    session: AsyncSession, asn_ids: Collection[UUID], from_date: date, to_date: date
) -> dict[UUID, Percent]:
    """Person → the circulars that addressed them and were due in a span, and how many of these they acknowledged.

    As `acknowledged_by_opd`; whom no circular addressed is not named.
    """
    due = await queries.list_due(session, from_date, to_date)
    if not due:
        return {}
    people = recipients.people_of(_asked(due, await load_dated_opds(session)))
    counted = (
        select(people.c.asn_id, func.count().filter(people.c.acknowledged), func.count())
        .where(people.c.asn_id == any_(literal(sorted(asn_ids), ARRAY(Uuid))))
        .group_by(people.c.asn_id)
    )
    return {asn_id: Percent(done, addressed) for asn_id, done, addressed in await session.execute(counted)}


async def read_own_circulars(session: AsyncSession, asn_id: UUID, year: int, *, today: date) -> list[OwnCircular]:
    """The circulars published in a year that addressed a person when they were due, or that the person read, and those
    that ask to be acknowledged today."""
    published = await queries.list_published(session, date(year, 1, 1), date(year, 12, 31))
    opds = await load_dated_opds(session)
    due = [Due(one.circular.id, _due_on(one), one.scope) for one in published]
    addressed = await _addressing(session, asn_id, due, opds)
    in_force = [Due(one.circular.id, today, one.scope) for one in published if one.state is CircularState.PUBLISHED]
    asking = await _addressing(session, asn_id, in_force, opds)
    did: dict[UUID, dict[str, Receipt]] = {}
    for receipt in await recipients.list_receipts_of(session, asn_id, ()):
        did.setdefault(receipt.circular_id, {})[receipt.act] = receipt
    told = addressed | asking | did.keys()
    return [_own(one, addressed, asking, did.get(one.circular.id, {})) for one in published if one.circular.id in told]


def _due_on(found: Found) -> date:
    day = found.circular.acknowledge_by or found.circular.published_on
    assert day is not None, "only published circulars are asked for"
    return day


async def _addressing(session: AsyncSession, asn_id: UUID, due: Sequence[Due], opds: DatedOpds) -> set[UUID]:
    """Those of some circulars that address a person on their days."""
    people = recipients.people_of(_asked(due, opds))
    return set(await session.scalars(select(people.c.circular_id).where(people.c.asn_id == asn_id)))


def _own(
    found: Found, addressed: Collection[UUID], asking: Collection[UUID], did: Mapping[str, Receipt]
) -> OwnCircular:
    circular = found.circular
    href = f"/v1/circulars/{circular.id}"
    asked = circular.id in asking and Act.ACKNOWLEDGED not in did
    names = ("number", "version", "title", "published_on", "acknowledge_by")
    return OwnCircular(
        circular_id=circular.id,
        href=href,
        **{name: getattr(circular, name) for name in names},
        state=found.state,
        addressed=circular.id in addressed,
        acknowledge_href=f"{href}/acknowledge" if asked else None,
        **when(did),
    )


def when(did: Mapping[str, Receipt]) -> dict[str, Any]:
    read, acknowledged = did.get(Act.READ), did.get(Act.ACKNOWLEDGED)
    return {
        "read_at": read and read.at,
        "acknowledged_at": acknowledged and acknowledged.at,
        "channel": Channel(acknowledged.channel) if acknowledged else None,
    }
