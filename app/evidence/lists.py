"""Complete lists of who was in a run: kept whole, each once, beside what was seen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from pydantic_core import to_json
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import Row, as_table
from app.core.db import lock_key
from app.core.ids import new_id
from app.core.stale import mark_stale
from app.evidence.models import ListedStay, ParticipantList
from app.evidence.queries import list_apels_of_occurrences
from app.evidence.rules import ListSource, StaySeen


async def accept_list(
    session: AsyncSession, occurrence_uuid: str, source: ListSource, stays: Sequence[StaySeen], *, at: datetime
) -> bool:
    """Keep a complete list of a run that is on record; False when it is the last one of this source once more.

    An empty list tells nothing and is not kept. Marks the apels concerned.
    """
    if not stays:
        return False
    rows = in_order(stays)
    digest = digest_of(rows)
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("list", occurrence_uuid))))
    last = select(ParticipantList.digest).where(
        ParticipantList.occurrence_uuid == occurrence_uuid, ParticipantList.source == source
    )
    newest = last.order_by(ParticipantList.accepted_at.desc(), ParticipantList.id.desc()).limit(1)
    if await session.scalar(newest) == digest:
        return False
    await _keep(session, occurrence_uuid, source, rows, digest, at=at)
    for apel_id in await list_apels_of_occurrences(session, [occurrence_uuid]):
        await mark_stale(session, apel_id, evidence=True)
    return True


def digest_of(rows: Sequence[Row]) -> str:
    """Of rows in order: the same for the same stays, whatever the order in which they came."""
    return sha256(to_json(rows)).hexdigest()


def in_order(stays: Sequence[StaySeen]) -> list[Row]:
    """Rows in one order and one spelling."""
    rows = [
        {
            "joined_at": stay.joined_at.astimezone(UTC),
            "left_at": stay.left_at.astimezone(UTC),
            "display_name": stay.display_name,
            "second_name": stay.second_name or None,
            "registrant_id": stay.registrant_id or None,
            "account_id": stay.account_id or None,
            "email": (stay.email or "").strip().casefold() or None,
            "user_id": stay.user_id or None,
        }
        for stay in stays
    ]
    return sorted(rows, key=lambda row: [str(value or "") for value in row.values()])


async def _keep(
    session: AsyncSession, occurrence_uuid: str, source: ListSource, rows: Sequence[Row], digest: str, *, at: datetime
) -> None:
    list_id = new_id()
    kept = ParticipantList(
        id=list_id, occurrence_uuid=occurrence_uuid, source=source, rows=len(rows), digest=digest, accepted_at=at
    )
    session.add(kept)
    await session.flush()
    given = as_table(ListedStay, [{"list_id": list_id, "number": number} | row for number, row in enumerate(rows)])
    await session.execute(insert(ListedStay).from_select(list(given.c.keys()), select(given)))
