"""Recommendations are made and withdrawn here; people decide on them in `app.decisions.deciding`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import ARRAY, Uuid, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import Row, upsert_rows
from app.core.db import lock_key
from app.core.ids import stable_id
from app.core.principal import SYSTEM, Principal
from app.decisions.errors import RecommendationSettled
from app.decisions.models import Recommendation
from app.decisions.rules import Kind, RecommendationState

_MAKING = lock_key("recommend", "rows")


@dataclass(frozen=True)
class RecommendationDraft:
    """What facts call for; of `asn_id` and `opd_code` one is named."""

    kind: Kind
    asn_id: UUID | None
    opd_code: str | None
    period: str
    """`2026`, `2026-Q4` or `2026-11`."""
    code: str
    """The tier, the ledger step, the reward, or what the conduct was: with kind, subject, period and `about` it is the
    recommendation's identity."""
    title: str
    """For people."""
    policy_id: UUID
    policy: str
    """The label, `code@version`."""
    basis: dict[str, Any]
    """Plain JSON: the figures, `lines` (each a RuleLine), and for what rests on apels `apel_ids`."""
    severity: str | None = None
    about: UUID | None = None
    """The one thing that it is about, where a period may hold several that each call for one."""

    @property
    def id(self) -> UUID:
        about = () if self.about is None else (self.about,)
        return stable_id("recommendation", self.kind, self.asn_id or self.opd_code, self.period, self.code, *about)


async def recommend(session: AsyncSession, draft: RecommendationDraft, *, at: datetime) -> UUID:
    """Have one recommendation; making it again changes nothing. Returns its id."""
    await recommend_all(session, [draft], at=at)
    return draft.id


async def recommend_all(session: AsyncSession, drafts: Sequence[RecommendationDraft], *, at: datetime) -> None:
    """Have these recommendations, each once, in a fixed number of statements.

    One that was withdrawn is open again. What a person took or declined stays, unless it was declined and now rests
    on a day that it did not rest on then.
    """
    if not drafts:
        return
    # Two who make the same one for the first time come one after the other: the second finds what became of it.
    await session.execute(select(func.pg_advisory_xact_lock(_MAKING)))
    ids = [draft.id for draft in drafts]
    asked = select(Recommendation).where(Recommendation.id == func.any(literal(ids, ARRAY(Uuid))))
    known = {row.id: row for row in await session.scalars(asked.with_for_update())}
    rows = [row for draft in drafts if (row := _row_of(draft, known.get(draft.id), at)) is not None]
    await upsert_rows(session, Recommendation, rows, ignoring=("made_at",))
    if rows:
        await session.flush()
        await record(session, SYSTEM, "decisions.recommend", at=at, recommendations=[str(row["id"]) for row in rows])


def _row_of(draft: RecommendationDraft, known: Recommendation | None, at: datetime) -> Row | None:
    """The row as it shall be; None where it stays as it is."""
    basis = to_jsonable_python(draft.basis)
    content = {"basis": basis, "policy_id": draft.policy_id, "policy": draft.policy, "title": draft.title}
    fresh = {
        "id": draft.id,
        "kind": draft.kind,
        "asn_id": draft.asn_id,
        "opd_code": draft.opd_code,
        "period": draft.period,
        "code": draft.code,
        "severity": draft.severity,
        "state": RecommendationState.OPEN,
        "made_at": at,
        "history": [],
        "version": 1,
    } | content
    if known is None:
        return fresh
    if known.state == RecommendationState.OPEN:
        if known.basis == basis and known.policy_id == draft.policy_id:
            return None
        return fresh | {"made_at": known.made_at, "history": known.history, "version": known.version + 1}
    if known.state == RecommendationState.WITHDRAWN or _rests_on_more(known, basis):
        return fresh | {"history": [*known.history, _entry("open", at)], "version": known.version + 1}
    return None


def _rests_on_more(known: Recommendation, basis: dict[str, Any]) -> bool:
    """A person declined it, and there are days now that the person could not know."""
    if known.state != RecommendationState.DECLINED or known.kind != Kind.PUNISHMENT:
        return False
    return not set(basis.get("days", ())) <= set(known.basis.get("days", ()))


def _entry(state: str, at: datetime, reason: str | None = None, by: str | None = None) -> dict[str, Any]:
    return {"at": at.isoformat(), "state": state, "reason": reason, "by": by}


async def settle(
    session: AsyncSession,
    caller: Principal,
    row: Recommendation,
    state: RecommendationState,
    reason: str | None,
    *,
    at: datetime,
) -> None:
    """Have a person's word on a recommendation: taken from open, declined from open or when its case came to nothing.

    Raises RecommendationSettled.
    """
    before = {RecommendationState.OPEN} | ({RecommendationState.TAKEN} if state == "declined" else set())
    if row.state not in before:
        raise RecommendationSettled(state=row.state)
    row.state, row.version = state, row.version + 1
    row.history = [*row.history, _entry(state, at, reason, caller.name)]
    await session.flush()


async def withdraw(session: AsyncSession, ids: Collection[UUID], reason: str, *, at: datetime) -> None:
    """Take open recommendations back because the facts call for them no longer; whatever else became of them stays."""
    if not ids:
        return
    entry = literal([_entry(RecommendationState.WITHDRAWN, at, reason)], JSONB)
    gone = await session.scalars(
        update(Recommendation)
        .where(Recommendation.id == func.any(literal(list(ids), ARRAY(Uuid))), Recommendation.state == "open")
        .values(
            state=RecommendationState.WITHDRAWN,
            history=Recommendation.history.op("||")(entry),
            version=Recommendation.version + 1,
        )
        .returning(Recommendation.id)
        .execution_options(synchronize_session=False)
    )
    withdrawn = sorted(str(one) for one in gone)
    if withdrawn:
        await record(session, SYSTEM, "decisions.withdraw", at=at, recommendations=withdrawn, reason=reason)


async def withdraw_others(
    session: AsyncSession, kind: Kind, period: str, keep: Collection[UUID], reason: str, *, at: datetime
) -> None:
    """Take back the open recommendations of a kind and period that are not among those to keep."""
    asked = select(Recommendation.id).where(
        Recommendation.kind == kind, Recommendation.period == period, Recommendation.state == "open"
    )
    await withdraw(session, set(await session.scalars(asked)) - set(keep), reason, at=at)
