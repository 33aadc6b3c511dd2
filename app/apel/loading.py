"""From stored facts to apels as they stand at a moment: three statements, however many apels are asked for."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    DateTime,
    Row,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel, ApelAct, Occurrence
from app.apel.rules import Act, ApelKind, ApelState, past_window
from app.apel.runs import AFTER, BEFORE, OccurrenceSpan, Plan, own_occurrences
from app.apel.timeline import ApelNow, PersonAct, fold_state, own_as_known

Found = Row[*tuple[Any, ...]]

NEAR = timedelta(hours=48)
"""Apels further apart than this never compete for an occurrence: Zoom ends every run after 30 hours."""


def not_cancelled() -> ColumnElement[bool]:
    """The last word about cancelling was not to cancel."""
    last = (
        select(ApelAct.act)
        .where(ApelAct.apel_id == Apel.id, ApelAct.act.in_([Act.CANCEL, Act.REOPEN]))
        .order_by(ApelAct.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, "") != Act.CANCEL


def lists_any(meeting_ids: Collection[str]) -> ColumnElement[bool]:
    return Apel.zoom_meeting_ids.op("&&")(literal(sorted(meeting_ids), ARRAY(Text)))


def near_meeting(meeting_ids: Collection[str], since: datetime, until: datetime) -> ColumnElement[bool]:
    """Apels that may own what ran under these numbers between two instants."""
    return and_(lists_any(meeting_ids), Apel.starts_at <= until + BEFORE, Apel.ends_at >= since - AFTER)


def near_runs(runs: CTE) -> ColumnElement[bool]:
    """Apels that may own one of these rows of `meeting_id`, `seen_from`, `seen_to`."""
    return and_(
        runs.c.meeting_id == func.any(Apel.zoom_meeting_ids),
        Apel.starts_at <= runs.c.seen_to + BEFORE,
        Apel.ends_at >= runs.c.seen_from - AFTER,
    )


def select_apels() -> Select[Any]:
    acts = (
        select(
            func.jsonb_agg(aggregate_order_by(func.jsonb_build_array(ApelAct.id, ApelAct.act, ApelAct.at), ApelAct.id))
        )
        .where(ApelAct.apel_id == Apel.id)
        .scalar_subquery()
    )
    return select(*Apel.__table__.c, acts.label("acts"))


async def load_apels(session: AsyncSession, query: Select[Any], *, at: datetime, **asked: object) -> list[ApelNow]:
    """`asked` are the parameters of a statement that was built beforehand."""
    rows = (await session.execute(query, asked)).all()
    rivals, spans = await _load_meetings(session, [_plan(row) for row in rows])
    return [_as_of(row, rivals, spans, at=at) for row in rows]


def _plan(row: Found) -> Plan:
    return Plan(row.id, row.starts_at, row.ends_at, frozenset(row.zoom_meeting_ids))


async def _load_meetings(session: AsyncSession, plans: Sequence[Plan]) -> tuple[list[Plan], list[OccurrenceSpan]]:
    """What ran under the numbers of these apels around their days, and the apels that might claim it."""
    numbers = {number for plan in plans for number in plan.meeting_ids}
    if not numbers:
        return [], []
    since = min(plan.starts_at for plan in plans) - NEAR
    until = max(plan.ends_at for plan in plans) + NEAR
    asked = {"numbers": sorted(numbers), "since": since, "until": until}
    rivals = [_plan(row) for row in await session.execute(_RIVALS, asked)]
    return rivals, await _list_spans(session, asked)


_NUMBERS = bindparam("numbers", type_=ARRAY(Text))
_SINCE, _UNTIL = (bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until"))
_RIVALS = select(Apel.id, Apel.starts_at, Apel.ends_at, Apel.zoom_meeting_ids).where(
    Apel.zoom_meeting_ids.op("&&")(_NUMBERS), Apel.starts_at.between(_SINCE, _UNTIL), not_cancelled()
)
_RUNS = select(*Occurrence.__table__.c).where(
    Occurrence.meeting_id == any_(_NUMBERS), Occurrence.seen_to >= _SINCE, Occurrence.seen_from <= _UNTIL
)
"""With almost every request an apel is loaded, so these are built once: building them anew takes as long as asking."""


async def _list_spans(session: AsyncSession, asked: dict[str, object]) -> list[OccurrenceSpan]:
    return [
        OccurrenceSpan(
            uuid=row.uuid,
            meeting_id=row.meeting_id,
            start=row.started_at or row.seen_from,
            end=row.ended_at,
            last_seen=row.seen_to,
            gap=row.started_at is None,
            host_id=row.host_id,
        )
        for row in await session.execute(_RUNS, asked)
    ]


def _as_of(row: Found, rivals: Sequence[Plan], spans: Sequence[OccurrenceSpan], *, at: datetime) -> ApelNow:
    plan = _plan(row)
    own = own_occurrences(plan, rivals, spans) if plan.meeting_ids else ()
    acts = [PersonAct(seq, Act(act), datetime.fromisoformat(when)) for seq, act, when in row.acts or ()]
    at = max(at, *(act.at for act in acts)) if acts else at  # what is on record was done, though the asker waited
    line = fold_state(plan, own, acts, at)
    planned = {column.name: row._mapping[column.name] for column in Apel.__table__.c}
    planned |= {
        "kind": ApelKind(row.kind),
        "zoom_meeting_ids": tuple(row.zoom_meeting_ids),
        "opd_codes": None if row.opd_codes is None else tuple(row.opd_codes),
    }
    return ApelNow(
        **planned,
        state=line.state,
        state_since=line.since or row.created_at,
        closed_by_person=line.closed_by_person,
        held_from=line.held_from,
        held_to=line.held_to,
        held_seconds=line.held_seconds,
        occurrences=() if line.state is ApelState.CANCELLED else own_as_known(plan, own, line, at),
        due=past_window(line.state) and at >= row.report_deadline,
    )
