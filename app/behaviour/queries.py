"""Reads of words about behaviour and of what they add up to, within the caller's reach."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, and_, column, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour.errors import AssessmentNotFound
from app.behaviour.models import Assessment, PeerRating, Standing
from app.behaviour.rules import Tally
from app.core.principal import Principal, Role
from app.policies.rules_of_performance import Rater
from app.registry.errors import AsnNotFound
from app.registry.models import Asn, Assignment
from app.registry.queries import list_heads, valid_on

READERS = (Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)
"""Who reads of persons in their reach; beside them the person and the direct superior."""
COUNT_READERS = (Role.BUPATI, Role.READER, *READERS)
"""Who reads figures of an OPD that name nobody."""

Key = tuple[UUID, str]
"""Person and code of a period."""


class Served(NamedTuple):
    """A person as the registry has them on one day."""

    asn_id: UUID
    nip: str
    name: str
    opd_code: str | None
    superior_id: UUID | None


def _served_on(on: date) -> Select[UUID, str, str, str | None, UUID | None]:
    serving = and_(Assignment.asn_id == Asn.id, valid_on(Assignment, on))
    return select(Asn.id, Asn.nip, Asn.name, Assignment.opd_code, Assignment.superior_id).outerjoin(Assignment, serving)


async def find_served(session: AsyncSession, asn_id: UUID, on: date, *, lock: bool = False) -> Served:
    """A person on a day; locked, nobody else writes about them until this transaction ends. Raises AsnNotFound."""
    query = _served_on(on).where(Asn.id == asn_id)
    row = (await session.execute(query.with_for_update(key_share=True, of=Asn) if lock else query)).one_or_none()
    if row is None:
        raise AsnNotFound
    return Served._make(row)


async def list_served(session: AsyncSession, opd_code: str, on: date) -> list[Served]:
    """Who serves in exactly this OPD on a day, by id."""
    query = _served_on(on).where(Assignment.opd_code == opd_code).order_by(Asn.id)
    return [Served._make(row) for row in await session.execute(query)]


async def get_readable(session: AsyncSession, caller: Principal, asn_id: UUID, on: date) -> Served:
    """A person of whom the caller may read, by office, as direct superior, or as that person. Raises AsnNotFound."""
    person = await find_served(session, asn_id, on)
    reach = caller.reach(*READERS)
    related = caller.asn_id is not None and caller.asn_id in (person.asn_id, person.superior_id)
    if reach is None or related or person.opd_code in reach:
        return person
    raise AsnNotFound


async def heads_over(session: AsyncSession, caller: Principal, person: Served, on: date) -> bool:
    """The caller heads the person's unit, or one above it; an OPD that the person heads has no say about them."""
    over = {
        grant.opd_code
        for grant in caller.grants
        if grant.role is Role.OPD_HEAD and grant.reach is not None and person.opd_code in grant.reach
    }
    heads = await list_heads(session, on, {code for code in over if code})
    return bool(over - {head.opd_code for head in heads if head.asn_id == person.asn_id})


class AssessmentRow(NamedTuple):
    assessment: Assessment
    by: str
    """The name of the civil servant who spoke, else of the account."""
    latest: bool
    before: UUID | None


def _assessments() -> Select[Assessment, str, bool, UUID | None]:
    about = (Assessment.asn_id, Assessment.period, Assessment.rater)
    following = func.lead(Assessment.version).over(partition_by=about, order_by=Assessment.version)
    before = func.lag(Assessment.id).over(partition_by=about, order_by=Assessment.version)
    speaker = select(Asn.name).where(Asn.id == Assessment.by_asn_id).scalar_subquery()
    return select(Assessment, func.coalesce(speaker, Assessment.by_name), following.is_(None), before)


async def get_assessment(session: AsyncSession, assessment_id: UUID) -> AssessmentRow:
    """Any version of what a superior or the person said. Raises AssessmentNotFound."""
    found = select(Assessment.asn_id, Assessment.period, Assessment.rater).where(Assessment.id == assessment_id)
    same = tuple_(Assessment.asn_id, Assessment.period, Assessment.rater).in_(found)
    rows = [AssessmentRow._make(row) for row in await session.execute(_assessments().where(same))]
    row = next((row for row in rows if row.assessment.id == assessment_id), None)
    if row is None:
        raise AssessmentNotFound
    return row


async def list_latest(
    session: AsyncSession, asn_id: UUID, periods: Collection[str]
) -> dict[tuple[str, Rater], AssessmentRow]:
    """What counts of one person in these periods, by period and rater."""
    query = _assessments().where(
        Assessment.asn_id == asn_id, Assessment.period == func.any(literal(sorted(periods), ARRAY(Text)))
    )
    rows = (AssessmentRow._make(row) for row in await session.execute(query))
    return {(row.assessment.period, Rater(row.assessment.rater)): row for row in rows if row.latest}


async def find_latest(session: AsyncSession, asn_id: UUID, period: str, rater: Rater) -> AssessmentRow | None:
    return (await list_latest(session, asn_id, [period])).get((period, rater))


async def find_latest_of_peer(session: AsyncSession, asn_id: UUID, period: str, peer: str) -> PeerRating | None:
    query = select(PeerRating).filter_by(asn_id=asn_id, period=period, peer=peer)
    return (await session.scalars(query.order_by(PeerRating.version.desc()).limit(1))).first()


def among(model: type[Assessment] | type[PeerRating] | type[Standing], keys: Iterable[Key]) -> ColumnElement[bool]:
    """Rows about these people and periods, however many there are."""
    pairs = sorted(keys)
    people = literal([asn_id for asn_id, _ in pairs], ARRAY(Uuid))
    periods = literal([period for _, period in pairs], ARRAY(Text))
    given = func.unnest(people, periods).table_valued(column("asn_id", Uuid), column("period", Text))
    given = given.render_derived()
    return tuple_(model.asn_id, model.period).in_(select(given.c.asn_id, given.c.period))


@dataclass(frozen=True)
class Spread:
    """A standing as the rules take it."""

    asn_id: UUID
    period: str
    said: dict[Rater, Tally] = field(default_factory=dict)
    by_value: dict[Rater, dict[str, Tally]] = field(default_factory=dict)

    def on(self, value: str) -> dict[Rater, Tally]:
        """What was said on one value."""
        return {rater: values[value] for rater, values in self.by_value.items() if value in values}


def spread_of(row: Standing) -> Spread:
    whole = {Rater.SUPERIOR: row.superior_tally, Rater.PEER: row.peer_tally, Rater.SELF: row.self_tally}
    return Spread(
        row.asn_id,
        row.period,
        {rater: Tally(*tally) for rater, tally in whole.items() if tally is not None},
        {
            Rater(rater): {value: Tally(*tally) for value, tally in values.items()}
            for rater, values in row.by_value.items()
        },
    )


async def list_spreads(session: AsyncSession, asn_ids: Sequence[UUID], period: str) -> dict[UUID, Spread]:
    """What was said of these people in one period."""
    query = select(Standing).where(
        Standing.asn_id == func.any(literal(list(asn_ids), ARRAY(Uuid))), Standing.period == period
    )
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return {row.asn_id: spread_of(row) for row in rows}


async def list_spreads_of(session: AsyncSession, asn_id: UUID, from_date: date, to_date: date) -> list[Spread]:
    """What was said of one person in the periods that end within a span, in order."""
    query = (
        select(Standing)
        .where(Standing.asn_id == asn_id, Standing.to_date >= from_date, Standing.to_date <= to_date)
        .order_by(Standing.from_date, Standing.to_date)
        .execution_options(populate_existing=True)
    )
    return [spread_of(row) for row in await session.scalars(query)]
