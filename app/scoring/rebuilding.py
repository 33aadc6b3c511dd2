"""Everything about an apel that is derived, made once more from what was recorded, and compared with what stood."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.models import Finding, Mark, Tally
from app.audit.service import record
from app.core.db import Base, lock_key
from app.core.principal import Principal
from app.core.stale import mark_stale
from app.scoring.models import Score, ScoreRun
from app.scoring.service import score_apel

DERIVED: tuple[type[Base], ...] = (Mark, Finding, Tally, Score)
"""What a conclusion and its scores leave; with the run, which says when they were made and by which policy."""


@dataclass(frozen=True, order=True)
class Difference:
    """A row that is not what it was: `was` or `now` None where there is none."""

    table: str
    key: str
    was: str | None
    now: str | None

    @property
    def kind(self) -> str:
        if self.was is None:
            return "new"
        return "gone" if self.now is None else "changed"


@dataclass(frozen=True)
class Rebuilt:
    rows: int
    """How many were made anew."""
    differences: tuple[Difference, ...]


async def rebuild(session: AsyncSession, caller: Principal, apel_id: UUID, *, keep: bool, at: datetime) -> Rebuilt:
    """Delete what is derived of an apel, make it anew and say what differs.

    The recorded facts lead to the same rows, so nothing should; where something does, `keep` has the new rows stay
    and puts that on the record, else what stood stays untouched. What waited to be concluded is taken in first.
    Raises ApelNotFound.
    """
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("conclude", apel_id))))
    await score_apel(session, apel_id, at=at)
    before = await _take(session, apel_id)
    attempt = await session.begin_nested()
    await _forget(session, apel_id)
    await mark_stale(session, apel_id)
    await score_apel(session, apel_id, at=at)
    after = await _take(session, apel_id)
    differences = tuple(
        Difference(*key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )
    if differences and keep:
        await attempt.commit()
        await record(session, caller, "scoring.rebuild", at=at, target=str(apel_id), differences=len(differences))
    else:
        await attempt.rollback()
    return Rebuilt(len(after), differences)


async def _forget(session: AsyncSession, apel_id: UUID) -> None:
    for model in DERIVED:
        await session.execute(delete(model).where(cast(Table, model.__table__).c.apel_id == apel_id))
    await session.execute(delete(ScoreRun).where(ScoreRun.apel_id == apel_id))


async def _take(session: AsyncSession, apel_id: UUID) -> dict[tuple[str, str], str]:
    """Table and key → the row as text; the revision in which a row changed last is no part of what it says."""
    found: dict[tuple[str, str], str] = {}
    for model in DERIVED:
        table = cast(Table, model.__table__)
        key = "id" if "id" in table.c else "opd_code"
        rows = await session.execute(
            text(
                f"SELECT t.{key}::text, (to_jsonb(t) - 'revision')::text "  # noqa: S608 — names of our own tables
                f"FROM {table.name} AS t WHERE t.apel_id = :apel_id"
            ),
            {"apel_id": apel_id},
        )
        found |= {(table.name, row[0]): row[1] for row in rows}
    return found
