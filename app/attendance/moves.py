"""What became of marks after their apel was final: nothing that people relied on is overwritten without a trace."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, Uuid, any_, func, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import Mark, MarkMove
from app.core.bulk import Row, as_table


async def keep_moves(session: AsyncSession, marks: Sequence[Row], *, at: datetime) -> None:
    """Keep the marks that these rows are about to change, in one statement; rows that say the same leave no trace."""
    if not marks:
        return
    told = ("status", "mode", "reason")
    new = as_table(Mark, [{name: row[name] for name in ("id", *told)} for row in marks])

    def said(columns: object) -> ColumnElement[Any]:
        return func.jsonb_build_object(*(part for name in told for part in (name, getattr(columns, name))))

    moved = (
        select(Mark.id, Mark.apel_id, Mark.asn_id, said(Mark), said(new.c), literal(at, DateTime(timezone=True)))
        .join(new, new.c.id == Mark.id)
        .where(tuple_(Mark.status, Mark.mode).is_distinct_from(tuple_(new.c.status, new.c.mode)))
    )
    names = ["mark_id", "apel_id", "asn_id", "was", "became", "at"]
    await session.execute(insert(MarkMove).from_select(names, moved))


async def load_moves(session: AsyncSession, mark_ids: Collection[UUID]) -> dict[UUID, list[MarkMove]]:
    """Mark → how it moved after its apel was final, the latest first."""
    ids = any_(literal(sorted(mark_ids), ARRAY(Uuid)))
    found: dict[UUID, list[MarkMove]] = {}
    for move in await session.scalars(select(MarkMove).where(MarkMove.mark_id == ids).order_by(MarkMove.id.desc())):
        found.setdefault(move.mark_id, []).append(move)
    return found
