"""Gaps in the evidence: noted once as the facts show them, mended when what was missing came after all."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.runs import AFTER, BEFORE
from app.core.bell import ring
from app.core.ids import stable_id
from app.evidence.models import EvidenceGap
from app.evidence.rules import GapKind, GapSeen

NOTE = text(
    """
    INSERT INTO evidence_gap AS old (id, kind, meeting_id, from_at, to_at, facts, noticed_at)
    SELECT id, kind, meeting_id, since, until, facts, :at
      FROM jsonb_to_recordset(CAST(:gaps AS jsonb))
        AS seen(id uuid, kind text, meeting_id text, since timestamptz, until timestamptz, facts jsonb)
     ORDER BY id
    ON CONFLICT (id) DO UPDATE SET to_at = excluded.to_at, facts = excluded.facts, mended_at = NULL
     WHERE (old.to_at, old.mended_at) IS DISTINCT FROM (excluded.to_at, NULL)
    RETURNING id
    """
)
CONCERNED = text(
    """
    INSERT INTO stale (apel_id, evidence)
    SELECT DISTINCT apel.id, false
      FROM evidence_gap AS gap
      JOIN apel ON apel.starts_at <= coalesce(gap.to_at, 'infinity') + CAST(:before AS interval)
               AND apel.ends_at >= gap.from_at - CAST(:after AS interval)
               AND CASE WHEN gap.meeting_id IS NULL THEN cardinality(apel.zoom_meeting_ids) > 0
                        ELSE gap.meeting_id = ANY (apel.zoom_meeting_ids) END
     WHERE gap.id = ANY (:ids)
       AND apel.starts_at - CAST(:before AS interval) <= :at
    """
)
"""Every unit of these apels rests on it: whoever was not seen may have been there."""


def gap_id(gap: GapSeen) -> UUID:
    """The same gap has the same id, whoever notices it and how often."""
    return stable_id("gap", gap.kind, gap.meeting_id or "", gap.since.astimezone(UTC).isoformat())


async def note_gap(session: AsyncSession, *gaps: GapSeen, at: datetime) -> int:
    """Keep gaps as the facts show them now, their end included; known ones change nothing. How many changed.

    Marks the apels concerned stale.
    """
    if not gaps:
        return 0
    rows = [
        {"id": gap_id(gap), "kind": gap.kind, "meeting_id": gap.meeting_id, "since": gap.since, "until": gap.until}
        | {"facts": dict(gap.facts)}
        for gap in {gap_id(gap): gap for gap in gaps}.values()
    ]
    changed = list(await session.scalars(NOTE, {"gaps": to_json(rows).decode(), "at": at}))
    await _mark_stale(session, changed, at=at)
    return len(changed)


async def close_gap(session: AsyncSession, *gap_ids: UUID, at: datetime) -> int:
    """What was missing came after all: these gaps count no more. How many did until now; marks their apels stale."""
    mended = update(EvidenceGap).where(EvidenceGap.id.in_(gap_ids), EvidenceGap.mended_at.is_(None))
    closed = list(await session.scalars(mended.values(mended_at=at).returning(EvidenceGap.id)))
    await _mark_stale(session, closed, at=at)
    return len(closed)


async def _mark_stale(session: AsyncSession, gap_ids: Collection[UUID], *, at: datetime) -> None:
    if gap_ids:
        await session.execute(CONCERNED, {"ids": list(gap_ids), "before": BEFORE, "after": AFTER, "at": at})
        ring(session)


async def list_gaps(session: AsyncSession, since: datetime, until: datetime | None) -> list[tuple[UUID, GapSeen]]:
    """The gaps that count and touch a span of time (None: without end)."""
    lasts = or_(EvidenceGap.to_at.is_(None), EvidenceGap.to_at > since)
    query = select(EvidenceGap).where(EvidenceGap.mended_at.is_(None), lasts)
    if until is not None:
        query = query.where(EvidenceGap.from_at < until)
    rows = await session.scalars(query.order_by(EvidenceGap.from_at, EvidenceGap.id))
    return [(row.id, _seen(row)) for row in rows]


def _seen(row: EvidenceGap) -> GapSeen:
    return GapSeen(GapKind(row.kind), row.from_at, row.to_at, row.meeting_id, row.facts)
