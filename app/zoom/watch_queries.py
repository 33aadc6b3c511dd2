"""What the watch over Zoom looks at: a fixed number of statements, however many events and apels there are."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, Integer, Text, Uuid, any_, bindparam, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import load_apels, not_cancelled, select_apels
from app.apel.models import Apel
from app.apel.runs import AFTER, BEFORE
from app.apel.timeline import ApelNow
from app.evidence.queries import load_lists
from app.zoom.models import ZoomMeeting, ZoomWatch
from app.zoom.watch_rules import RECENT, Fullness, Heap, Known

WATCH_ID = 1

_TOLD = text(
    """
    SELECT min(at) AS first, max(at) AS last
      FROM (SELECT unnest(ARRAY[started_at, ended_at]) AS at FROM occurrence
             WHERE seen_to >= :since AND seen_from <= :until
            UNION ALL
            SELECT sighting.at FROM sighting JOIN occurrence ON occurrence.uuid = sighting.occurrence_uuid
             WHERE occurrence.seen_to >= :since AND occurrence.seen_from <= :until
            UNION ALL
            SELECT received_at FROM zoom_inbox WHERE received_at BETWEEN :since AND :until) AS told
     WHERE at BETWEEN :since AND :until
     GROUP BY date_trunc('minute', at) ORDER BY 1
    """
)
_ASIDE = text(
    """
    SELECT min(sent_at) AS first, max(sent_at) AS last, count(*) AS number
      FROM zoom_quarantine AS aside
     WHERE sent_at BETWEEN :since AND :until
       AND NOT EXISTS (SELECT FROM zoom_inbox AS kept WHERE kept.body_sha256 = aside.body_sha256)
     GROUP BY date_trunc('minute', sent_at)
    """
)
_FAILED = text(
    """
    SELECT min(received_at) AS first, max(received_at) AS last, count(*) AS number
      FROM zoom_inbox
     WHERE received_at BETWEEN :since AND :until AND state = 'failed'
     GROUP BY date_trunc('minute', received_at)
    """
)
_FULLNESS = text(
    """
    WITH run AS (SELECT * FROM unnest(:uuids, :seats, :lists) AS run(uuid, seats, list_id)),
    seen AS (
      SELECT uuid, seats, at AS joined_at, kind,
             lead(at) OVER (PARTITION BY uuid, device ORDER BY at, kind) AS left_at
        FROM run JOIN sighting ON sighting.occurrence_uuid = run.uuid AND run.list_id IS NULL),
    step AS (
      SELECT uuid, seats, joined_at AS at, 1 AS step FROM seen WHERE kind = 'joined'
      UNION ALL
      SELECT uuid, seats, left_at, -1 FROM seen WHERE kind = 'joined' AND left_at IS NOT NULL
      UNION ALL
      SELECT uuid, seats, unnest(ARRAY[joined_at, left_at]), unnest(ARRAY[1, -1])
        FROM run JOIN listed_stay USING (list_id)),
    level AS (
      SELECT uuid, seats, at, lead(at) OVER later AS until,
             sum(step) OVER (later ROWS UNBOUNDED PRECEDING) AS connected
        FROM step WINDOW later AS (PARTITION BY uuid ORDER BY at, step))
    SELECT uuid, max(connected) AS most, max(seats) AS seats,
           min(at) FILTER (WHERE connected >= seats) AS since,
           CASE WHEN NOT bool_or(connected >= seats AND until IS NULL)
                THEN max(until) FILTER (WHERE connected >= seats) END AS until,
           (SELECT min(cut.at) FROM sighting AS cut
             WHERE cut.occurrence_uuid = level.uuid AND cut.leave_kind = 'limit') AS cut_at
      FROM level GROUP BY uuid
    """
).bindparams(
    bindparam("uuids", type_=ARRAY(Text)),
    bindparam("seats", type_=ARRAY(Integer)),
    bindparam("lists", type_=ARRAY(Uuid)),
)
"""A complete list tells exactly when the last seat was taken; lost messages do not. Without one, a device that joined
again without having left counts as connected all along, as in its presence."""


async def list_watched(session: AsyncSession, *, at: datetime) -> list[ApelNow]:
    """The apels with a meeting that began lately or are about to."""
    lately = Apel.starts_at.between(at - RECENT, at + BEFORE) & (func.cardinality(Apel.zoom_meeting_ids) > 0)
    return await load_apels(session, select_apels().where(lately, not_cancelled()).order_by(Apel.starts_at), at=at)


async def find_seats(session: AsyncSession, meeting_ids: Collection[str], *, own: int | None) -> dict[str, int]:
    """Number of a meeting → how many the licence admits: as Zoom told when it was prepared, else as we were told."""
    seats = {} if own is None else dict.fromkeys(meeting_ids, own)
    table = ZoomMeeting
    told = select(table.meeting_id, table.seats).where(
        table.meeting_id == any_(literal(sorted(meeting_ids), ARRAY(Text)))
    )
    for number, admitted in await session.execute(told.order_by(table.checked_at.nulls_first())):
        if number is not None and admitted is not None:
            seats[number] = admitted
    return seats


async def load_known(
    session: AsyncSession, apels: Collection[ApelNow], seats: Mapping[str, int], *, at: datetime
) -> Known:
    """`seats`: number of a meeting → how many the licence admits."""
    since = min(apel.starts_at for apel in apels) - BEFORE
    around = {"since": since, "until": at}
    told = [instant for row in await session.execute(_TOLD, around) for instant in (row.first, row.last)]
    # By Zoom's clock, which may be ahead of ours.
    ahead = {"since": since, "until": max(at, *(apel.ends_at + AFTER for apel in apels)) + timedelta(days=1)}
    return Known(
        told=sorted(set(told)),
        aside=[Heap(*row) for row in await session.execute(_ASIDE, ahead)],
        failed=[Heap(*row) for row in await session.execute(_FAILED, around)],
        fullness=await _load_fullness(session, apels, seats),
    )


async def _load_fullness(session: AsyncSession, apels: Collection[ApelNow], seats: Mapping[str, int]) -> list[Fullness]:
    spans = {run.uuid: run for apel in apels for run in apel.occurrences}
    if not spans:
        return []
    lists = await load_lists(session, list(spans.values()))
    told = {
        "uuids": list(spans),
        "seats": [seats.get(run.meeting_id) for run in spans.values()],
        "lists": [lists.get(uuid) for uuid in spans],
    }
    found = await session.execute(_FULLNESS, told)
    return [Fullness(row.uuid, row.most, row.seats, row.since, row.until, row.cut_at) for row in found]


async def find_watch(session: AsyncSession) -> ZoomWatch | None:
    return await session.scalar(select(ZoomWatch), execution_options={"populate_existing": True})
