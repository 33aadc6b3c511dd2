"""Reads of sightings and participants."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import not_cancelled
from app.apel.models import Apel, Occurrence
from app.apel.runs import AFTER, BEFORE, OccurrenceSpan
from app.core.db import within
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import Scope
from app.evidence.identity import Key, KeyKind, MatchedBy
from app.evidence.linking import ListSeen, StayRow, choose_lists
from app.evidence.models import ListedStay, Participant, ParticipantList, Sighting
from app.evidence.rules import Compared, Presence, Span, SubjectKind
from app.evidence.schemas import (
    IntervalRead,
    ParticipantFilter,
    ParticipantRead,
    SubjectRead,
)
from app.evidence.settling import SightingRow
from app.registry.models import Asn


def _texts(values: Collection[str]) -> object:
    return any_(literal(list(values), ARRAY(Text)))


async def list_apels_of_occurrences(session: AsyncSession, uuids: Collection[str]) -> list[UUID]:
    """The apels whose presence may rest on what was seen in these runs."""
    query = (
        select(Apel.id)
        .distinct()
        .join(Occurrence, Occurrence.meeting_id == any_(Apel.zoom_meeting_ids))
        .where(
            Occurrence.uuid == _texts(uuids),
            Apel.starts_at <= Occurrence.seen_to + BEFORE,
            Apel.ends_at >= Occurrence.seen_from - AFTER,
            not_cancelled(),
        )
        .order_by(Apel.id)
    )
    return list(await session.scalars(query))


async def list_sightings(session: AsyncSession, uuids: Collection[str]) -> list[SightingRow]:
    """All sightings of these runs, in the columns of SightingRow."""
    columns = (Sighting.registrant_id, Sighting.account_id, Sighting.email, Sighting.leave_kind)
    found = await session.execute(
        select(
            Sighting.occurrence_uuid, Sighting.device, Sighting.kind, Sighting.at, Sighting.display_name, *columns
        ).where(Sighting.occurrence_uuid == _texts(uuids))
    )
    return found.all()  # type: ignore[return-value]


async def load_lists(session: AsyncSession, runs: Sequence[OccurrenceSpan]) -> dict[str, UUID | None]:
    """Run → the list that counts for it, for those of an apel's own runs that have one; see `choose_lists`."""
    if not runs:
        return {}
    table = ParticipantList
    found = await session.execute(
        select(table.id, table.occurrence_uuid, table.source, table.accepted_at).where(
            table.occurrence_uuid == _texts([run.uuid for run in runs])
        )
    )
    return choose_lists(runs, [ListSeen(*row) for row in found])


async def list_stays(session: AsyncSession, lists: Mapping[str, UUID | None]) -> list[StayRow]:
    """The stays of these lists, each under the run for which it counts, in an order that never changes."""
    run_of = {list_id: uuid for uuid, list_id in lists.items() if list_id is not None}
    if not run_of:
        return []
    table = ListedStay
    found = await session.execute(
        select(
            table.list_id, table.display_name, table.second_name, table.registrant_id, table.account_id, table.email,
            table.joined_at, table.left_at,
        ).where(table.list_id == any_(literal(sorted(run_of), ARRAY(Uuid)))).order_by(table.list_id, table.number)
    )  # fmt: skip
    return [StayRow(run_of[row[0]], *row[1:]) for row in found]


async def load_presences(
    session: AsyncSession, apel_id: UUID, unit_codes: Collection[str] | None = None
) -> list[Presence]:
    """The presences of an apel as settled last; of the rooms and people of these units, where some are named."""
    table = Participant.__table__.c
    of_units = true() if unit_codes is None else table.opd_code == _texts(unit_codes)
    rows = await session.execute(
        select(
            table.id, table.kind, table.opd_code, table.asn_id, table.matched_by, table.seconds, table.intervals,
            table.connected, table.network_gap, table.compared,
        ).where(table.apel_id == apel_id, of_units).order_by(table.id)
    )  # fmt: skip
    return [
        Presence(
            id=row.id,
            kind=SubjectKind(row.kind),
            opd_code=row.opd_code,
            asn_id=row.asn_id,
            matched_by=row.matched_by,
            seconds=row.seconds,
            intervals=tuple(Span(_instant(span["from"]), _instant(span["to"])) for span in row.intervals),  # type: ignore[arg-type]
            connected=row.connected,
            network_gap=row.network_gap,
            compared=Compared(**row.compared) if row.compared else None,
        )
        for row in rows
    ]


async def list_connected(session: AsyncSession, apel_id: UUID) -> set[UUID | str]:
    """The people and the rooms (by OPD code) who were recognised at an apel."""
    recognised = select(Participant.asn_id, Participant.opd_code).where(
        Participant.apel_id == apel_id, Participant.kind.in_((SubjectKind.PERSON, SubjectKind.ROOM))
    )
    return {asn_id or str(opd_code) for asn_id, opd_code in await session.execute(recognised)}


async def count_subjects(session: AsyncSession, apel_id: UUID) -> dict[SubjectKind, int]:
    """How many rooms, people, recorders and strangers were at an apel."""
    there = (Participant.apel_id == apel_id) & (func.jsonb_array_length(Participant.intervals) > 0)
    counted = select(Participant.kind, func.count()).where(there).group_by(Participant.kind)
    return {SubjectKind(kind): number for kind, number in await session.execute(counted)}


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


SORTED = 60
"""Signs of a name that the order looks at: anybody types a name, and a cursor must stay a cursor."""
_BY_NAME = func.left(Participant.display_name, SORTED)


async def list_participants(
    session: AsyncSession, apel_id: UUID, wanted: ParticipantFilter, scope: Scope
) -> Page[ParticipantRead]:
    """By display name; a caller of an OPD sees those of the own reporting unit."""
    query = (
        select(Participant)
        .where(Participant.apel_id == apel_id, within(func.coalesce(Participant.opd_code, ""), scope))
        .order_by(_BY_NAME, Participant.id)
        .limit(wanted.limit + 1)
    )
    if wanted.matched is not None:
        query = query.where((Participant.kind != SubjectKind.UNKNOWN) == wanted.matched)
    if wanted.kind is not None:
        query = query.where(Participant.kind == wanted.kind)
    if wanted.opd_code is not None:
        query = query.where(Participant.opd_code == wanted.opd_code)
    if (after := decode_cursor(wanted.cursor, str, UUID)) is not None:
        query = query.where(tuple_(_BY_NAME, Participant.id) > after)
    page = cut_page(list(await session.scalars(query)), wanted.limit, lambda row: (row.display_name[:SORTED], row.id))
    return Page(items=[read_participant(row) for row in page.items], next_cursor=page.next_cursor)


async def find_participant(session: AsyncSession, apel_id: UUID, participant_id: UUID) -> Participant | None:
    query = select(Participant).where(Participant.apel_id == apel_id, Participant.id == participant_id)
    return await session.scalar(query, execution_options={"populate_existing": True})


async def list_shown_keys(session: AsyncSession, apel_id: UUID, *, but: UUID) -> list[Key]:
    """The keys that all other participants of an apel showed."""
    rows = await session.scalars(select(Participant.keys).where(Participant.apel_id == apel_id, Participant.id != but))
    return [key for keys in rows for key in read_keys(keys)]


def read_keys(written: Iterable[dict[str, str]]) -> list[Key]:
    return [Key(KeyKind(key["kind"]), key["value"]) for key in written]


async def read_participants(session: AsyncSession, ids: Collection[UUID]) -> list[ParticipantRead]:
    query = (
        select(Participant).where(Participant.id.in_(sorted(ids))).order_by(Participant.display_name, Participant.id)
    )
    found = await session.scalars(query, execution_options={"populate_existing": True})
    return [read_participant(row) for row in found]


def read_participant(row: Participant) -> ParticipantRead:
    return ParticipantRead(
        id=row.id,
        display_name=row.display_name,
        subject=SubjectRead(kind=SubjectKind(row.kind), opd_code=row.opd_code, asn_id=row.asn_id),
        matched_by=MatchedBy(row.matched_by) if row.matched_by else None,
        seconds=row.seconds,
        intervals=[IntervalRead.model_validate(interval) for interval in row.intervals],
        connected=row.connected,
        network_gap=row.network_gap,
    )


async def list_nips(session: AsyncSession, asn_ids: Collection[UUID]) -> list[str]:
    """For the record of who was read about."""
    return list(await session.scalars(select(Asn.nip).where(Asn.id.in_(sorted(asn_ids)))))
