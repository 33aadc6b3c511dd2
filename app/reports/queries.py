"""Reads of claims. What is in force is always the highest version; a review belongs to one version."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, Uuid, and_, func, literal, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.apel.rules import Figures
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on
from app.reports.models import ReportEntry, ReportReview, ReportVersion
from app.reports.rules import CurrentClaim, EntriesAre, EntryClaim, ReviewKind


class VersionRow(NamedTuple):
    """One version with what is known about it beside its own row."""

    version: ReportVersion
    first_at: datetime
    """When version 1 came in."""
    review: ReportReview | None
    """The latest review of this version."""


class EntryRow(NamedTuple):
    version_id: UUID
    asn_id: UUID
    status: str
    mode: str | None
    note: str | None
    nip: str
    name: str
    serves_in: str | None
    """The OPD where the person serves on the day of the apel."""


class Person(NamedTuple):
    asn_id: UUID
    nip: str


@dataclass(frozen=True)
class People:
    """The people that a report names, as far as the registry knows them."""

    by_id: Mapping[UUID, Person]
    by_nip: Mapping[str, Person]


def _with_review(apel_id: UUID, where: ColumnElement[bool]) -> Select[ReportVersion, datetime, ReportReview]:
    latest = (
        select(ReportReview)
        .where(ReportReview.version_id == ReportVersion.id)
        .order_by(ReportReview.at.desc(), ReportReview.id.desc())
        .limit(1)
        .lateral()
    )
    review = aliased(ReportReview, latest)
    first_at = func.min(ReportVersion.at).over(partition_by=ReportVersion.opd_code)
    return (
        select(ReportVersion, first_at, review)
        .outerjoin(latest, true())
        .where(ReportVersion.apel_id == apel_id, where)
        .order_by(ReportVersion.opd_code, ReportVersion.version.desc())
    )


def _one_of(codes: Collection[str]) -> ColumnElement[bool]:
    return ReportVersion.opd_code == func.any(literal(sorted(codes), ARRAY(Text)))


async def list_current(
    session: AsyncSession,
    apel_id: UUID,
    opd_codes: Collection[str] | None = None,
    *,
    after: str = "",
    limit: int | None = None,
) -> list[VersionRow]:
    """The version in force of every reporter (of these, when codes are given), by OPD code."""
    where = and_(ReportVersion.opd_code > after, true() if opd_codes is None else _one_of(opd_codes))
    query = _with_review(apel_id, where).ext(distinct_on(ReportVersion.opd_code)).limit(limit)
    return [VersionRow._make(row) for row in await session.execute(query)]


async def find_current(session: AsyncSession, apel_id: UUID, opd_code: str) -> VersionRow | None:
    return next(iter(await list_current(session, apel_id, [opd_code])), None)


async def list_versions(session: AsyncSession, apel_id: UUID, opd_code: str) -> list[VersionRow]:
    """All versions of one reporter, newest first."""
    query = _with_review(apel_id, ReportVersion.opd_code == opd_code)
    return [VersionRow._make(row) for row in await session.execute(query)]


async def list_entries(session: AsyncSession, version_ids: Collection[UUID], on: date) -> dict[UUID, list[EntryRow]]:
    """The named people of some versions, by name; `on` is the day of the apel."""
    query = (
        select(
            ReportEntry.version_id,
            ReportEntry.asn_id,
            ReportEntry.status,
            ReportEntry.mode,
            ReportEntry.note,
            Asn.nip,
            Asn.name,
            Assignment.opd_code,
        )
        .join(Asn, Asn.id == ReportEntry.asn_id)
        .outerjoin(Assignment, and_(Assignment.asn_id == Asn.id, valid_on(Assignment, on)))
        .where(ReportEntry.version_id == func.any(literal(list(version_ids), ARRAY(Uuid))))
        .order_by(Asn.folded_name, Asn.nip)
    )
    named: defaultdict[UUID, list[EntryRow]] = defaultdict(list)
    for row in await session.execute(query):
        named[row.version_id].append(EntryRow._make(row))
    return named


async def load_claims(
    session: AsyncSession, apel_id: UUID, reporter_codes: Collection[str] | None = None
) -> dict[str, CurrentClaim]:
    """The claims in force by reporter, two statements whatever their number."""
    rows = await list_current(session, apel_id, reporter_codes)
    named = await _load_entry_claims(session, [row.version.id for row in rows])
    return {row.version.opd_code: claim_of(row, named.get(row.version.id, {})) for row in rows}


async def _load_entry_claims(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, EntryClaim]]:
    query = select(
        ReportEntry.version_id, ReportEntry.asn_id, ReportEntry.status, ReportEntry.mode, ReportEntry.note
    ).where(ReportEntry.version_id == func.any(literal(list(version_ids), ARRAY(Uuid))))
    named: defaultdict[UUID, dict[UUID, EntryClaim]] = defaultdict(dict)
    for version_id, asn_id, status, mode, note in await session.execute(query):
        named[version_id][asn_id] = EntryClaim(status, mode, note)
    return named


def claim_of(row: VersionRow, entries: Mapping[UUID, EntryClaim]) -> CurrentClaim:
    version = row.version
    return CurrentClaim(
        figures=figures_of(version),
        others=version.others,
        entries_are=EntriesAre(version.entries_are) if version.entries_are else None,
        entries=entries,
        note=version.note,
        opd_code=version.opd_code,
        version_id=version.id,
        version=version.version,
        channel=version.channel,
        at=version.at,
        first_at=row.first_at,
        review=ReviewKind(row.review.kind) if row.review else None,
    )


def figures_of(version: ReportVersion) -> Figures:
    return Figures(
        strength=version.strength,
        wfo=version.present_wfo,
        wfa=version.present_wfa,
        excused=version.excused,
        unexplained=version.unexplained,
        not_required=version.not_required,
    )


async def find_people(session: AsyncSession, asn_ids: Collection[UUID], nips: Collection[str]) -> People:
    """Those of these people whom the registry knows, in one statement."""
    columns = select(Asn.id, Asn.nip)
    query = columns.where(Asn.id == func.any(literal(list(asn_ids), ARRAY(Uuid)))).union(
        columns.where(Asn.nip == func.any(literal(list(nips), ARRAY(Text))))
    )
    found = [Person._make(row) for row in await session.execute(query)]
    return People({person.asn_id: person for person in found}, {person.nip: person for person in found})
