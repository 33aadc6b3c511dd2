"""Boards as bytes: rendered once in a process, and again when something that they rest on is another."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.runs import Plan
from app.apel.timeline import ApelNow, next_instant, runs_with_time
from app.attendance.service import conclude
from app.board.reading import compose_board
from app.board.schemas import Board
from app.board.snapshot import Labels, take_snapshot
from app.board.visitors import for_visitors
from app.core.db import act_as
from app.core.measures import BOARD_FRAMES
from app.core.texts import Language
from app.zoom.pulling import KIND

KEPT = 8
"""Apels whose boards are kept rendered: today's, and those that somebody looks back at."""

GROUND = text(
    """
    SELECT coalesce(conclusion.revision, 0) AS revision,
           EXISTS (SELECT FROM stale) AS stale,
           apel.version,
           (SELECT max(id) FROM apel_act WHERE apel_id = apel.id) AS act,
           (SELECT sum(revision) FROM conclusion) AS revisions,
           (SELECT (state, last_error, progress ->> 'step')::text FROM job WHERE kind = :kind AND key = :key) AS report,
           run.*
      FROM apel
      LEFT JOIN conclusion ON conclusion.apel_id = apel.id
      CROSS JOIN LATERAL (
        SELECT count(*) AS runs, max(seen_to) AS seen_to, max(ended_at) AS ended_at, min(started_at) AS started_at,
               count(ended_at) AS ended, (SELECT count(*) FROM participant_list AS list
                                            JOIN occurrence ON occurrence.uuid = list.occurrence_uuid
                                           WHERE occurrence.meeting_id = ANY (apel.zoom_meeting_ids)) AS lists
          FROM occurrence WHERE meeting_id = ANY (apel.zoom_meeting_ids)) AS run
     WHERE apel.id = :apel_id
    """
)
"""Everything but time that a board rests on, in one statement.

What is concluded shows in the revisions (of earlier apels too: the trend), what will be in `stale`; the rest is what
the health of the evidence tells beyond it: Zoom's report, runs and lists that came after an apel was final.
"""
Ground = Row[*tuple[Any, ...]]
View = tuple[Language, bool]
"""The language, and whether it is for visitors."""


@dataclass(frozen=True)
class Frame:
    """One apel's whole board; the id changes whenever anything on it does."""

    id: str
    body: bytes
    """The board as JSON."""
    event: bytes
    """The same as an event of the stream."""


def make_frame(board: Board) -> Frame:
    body = board.__pydantic_serializer__.to_json(board)
    digest = blake2b(body, digest_size=6).hexdigest()
    frame_id = f"{board.apel.id}-{board.revision}-{digest}" if board.apel else f"none-0-{digest}"
    BOARD_FRAMES.inc()
    return Frame(frame_id, body, b"id: %b\nevent: board\ndata: %b\n\n" % (frame_id.encode(), body))


"""The board while there is no apel at all."""


@dataclass(frozen=True)
class Standing:
    """One apel's boards, for as long as nothing that they rest on moves."""

    apel: ApelNow
    revision: int
    ground: Ground | None
    since: datetime
    until: datetime | None
    """Time alone may change them from then on."""
    frames: dict[View, Frame] = field(default_factory=dict)

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class Frames:
    """What is rendered in this process."""

    def __init__(self) -> None:
        self._standings: dict[UUID, Standing] = {}

    async def stand(self, session: AsyncSession, apel_id: UUID, *, at: datetime) -> Standing:
        """How an apel stands, concluded as far as that can be done without waiting; raises ApelNotFound."""
        ground = await _find_ground(session, apel_id)
        known = self._standings.get(apel_id)
        if known is not None and known.ground == ground and known.holds(at):
            return known
        revision = await conclude(session, apel_id, at=at, wait=False)
        apel = await get_apel(session, apel_id, at=at)
        plan = Plan(apel.id, apel.starts_at, apel.ends_at, frozenset(apel.zoom_meeting_ids))
        until = next_instant(plan, apel.occurrences, apel.report_deadline, at)
        standing = Standing(apel, revision, ground, at, until)
        # What this transaction concluded itself may still be rolled back: it is kept by the next that finds it done.
        moving = runs_with_time(apel.state, apel.held_from, apel.held_to, at)
        if ground is not None and not ground.stale and ground.revision == revision and not moving:
            self._keep(standing)
        return standing

    def _keep(self, standing: Standing) -> None:
        self._standings.pop(standing.apel.id, None)
        self._standings[standing.apel.id] = standing
        if len(self._standings) > KEPT:
            del self._standings[next(iter(self._standings))]

    async def render(self, session: AsyncSession, standing: Standing, labels: Labels, *, visitors: bool) -> Frame:
        view: View = (labels.language, visitors)
        if view not in standing.frames:
            # Others are shown it too: no caller's reach may narrow what it is composed from.
            await act_as(session)
            board = compose_board(await take_snapshot(session, standing.apel), labels)
            standing.frames[view] = make_frame(for_visitors(board) if visitors else board)
        return standing.frames[view]


async def _find_ground(session: AsyncSession, apel_id: UUID) -> Ground | None:
    asked = {"apel_id": apel_id, "kind": KIND, "key": str(apel_id)}
    return (await session.execute(GROUND, asked)).one_or_none()
