"""Work that outlives a request and a process: one row a job, one turn a transaction.

A turn does a bounded piece (one page, one batch) and says when the next one is due; its writes and the job's progress
are committed together, so that a process may be killed at any moment and the next one goes on from there. The row is
locked while a turn runs, so that any number of processes may look for work.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import to_json
from sqlalchemy import Index, UniqueConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import Clock
from app.core.db import Base, OpenSession, act_as
from app.core.ids import new_id
from app.core.measures import JOB_FAILURES
from app.core.stacks import readable_stack

_log = structlog.get_logger("apel.jobs")
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=30)
"""Between tries of a job whose turn broke: doubled each time, since what is down stays down for a while."""
MAX_BREAKS = 20
"""Breaks in a row after which a job waits for a person; about a working day of trying."""


class JobState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    """Given up, see `last_error`; wanting it again starts it anew."""


class Job(Base):
    """Something to be done about a thing (`kind`, `key`): one row, armed again when it is wanted again."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_job_due", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    key: Mapped[str]
    state: Mapped[str]
    payload: Mapped[dict[str, Any]]
    """What the next turn needs to know; each turn may replace it."""
    progress: Mapped[dict[str, Any]]
    """`{step, done, total}` for people; all optional."""
    due_at: Mapped[datetime]
    breaks: Mapped[int]
    """Turns in a row that broke."""
    last_error: Mapped[str | None]
    """A code; stays until a turn succeeds."""
    wanted_at: Mapped[datetime]
    turned_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Again:
    """The turn went well and another one is due; `error` tells why it has to wait, if that is so."""

    after: timedelta = timedelta()
    payload: Mapping[str, Any] | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True)
class Done:
    progress: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GivenUp:
    """No further turn can help; a person must change something first."""

    error: str


Turn = Again | Done | GivenUp
Handler = Callable[[AsyncSession, Job, datetime], Awaitable[Turn]]
"""Does one piece within the given transaction, in well under a minute; whatever it raises undoes the piece."""

_WANT = text(
    """
    INSERT INTO job (id, kind, key, state, payload, progress, due_at, breaks, wanted_at)
    VALUES (:id, :kind, :key, 'waiting', CAST(:payload AS jsonb), '{}', :due_at, 0, :at)
    ON CONFLICT (kind, key) DO NOTHING RETURNING id
    """
)
_AGAIN = text(
    """
    UPDATE job
       SET due_at = CASE state WHEN 'waiting' THEN least(due_at, :due_at) ELSE :due_at END,
           payload = CASE state WHEN 'waiting' THEN payload ELSE CAST(:payload AS jsonb) END,
           progress = CASE state WHEN 'waiting' THEN progress ELSE '{}' END,
           breaks = 0, state = 'waiting', wanted_at = :at
     WHERE id = (SELECT id FROM job WHERE kind = :kind AND key = :key FOR UPDATE SKIP LOCKED)
    """
)


async def want_job(
    session: AsyncSession,
    kind: str,
    key: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    """Have something done; a job that waits already is only brought forward, one that runs right now is left alone."""
    told = {"kind": kind, "key": key, "at": at, "due_at": due_at or at, "payload": _json(payload)}
    made = await session.scalar(_WANT, told | {"id": new_id()})
    if made is None:
        await session.execute(_AGAIN, told)


def _json(payload: Mapping[str, Any] | None) -> str:
    return to_json(dict(payload or {})).decode()


async def find_job(session: AsyncSession, kind: str, key: str) -> Job | None:
    wanted = select(Job).where(Job.kind == kind, Job.key == key)
    return await session.scalar(wanted, execution_options={"populate_existing": True})


async def count_jobs(session: AsyncSession) -> dict[str, int]:
    """Jobs that wait for their time or turn, and those that wait for a person."""
    counted = select(Job.state, func.count()).where(Job.state != JobState.DONE).group_by(Job.state)
    found = {row[0]: row[1] for row in await session.execute(counted)}
    return {"jobs_waiting": found.get(JobState.WAITING, 0), "jobs_failed": found.get(JobState.FAILED, 0)}


async def take_turn(open_session: OpenSession, clock: Clock, handlers: Mapping[str, Handler]) -> bool:
    """Give the job that has been due longest one turn; whether there was one."""
    async with open_session.begin() as session:
        await act_as(session)
        due = select(Job).where(Job.state == JobState.WAITING, Job.due_at <= clock(), Job.kind.in_(list(handlers)))
        job = await session.scalar(due.order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True))
        if job is None:
            return False
        try:
            async with session.begin_nested():
                turn = await handlers[job.kind](session, job, clock())
        except Exception as error:  # whatever it is, the job must be tried again and must not stop the others
            _note_break(job, error, clock())
        else:
            _note(job, turn, clock())
        return True


def _note(job: Job, turn: Turn, at: datetime) -> None:
    job.turned_at, job.breaks = at, 0
    if isinstance(turn, GivenUp):
        job.state, job.last_error = JobState.FAILED, turn.error
        return
    job.progress = dict(turn.progress) or job.progress
    if isinstance(turn, Done):
        job.state, job.last_error = JobState.DONE, None
        return
    job.due_at, job.last_error = at + turn.after, turn.error
    if turn.payload is not None:
        job.payload = dict(turn.payload)


def _note_break(job: Job, error: Exception, at: datetime) -> None:
    job.turned_at, job.breaks, job.last_error = at, job.breaks + 1, type(error).__name__
    job.due_at = at + min(FIRST_PAUSE * 2 ** (job.breaks - 1), LONGEST_PAUSE)
    if job.breaks >= MAX_BREAKS:
        job.state = JobState.FAILED
    JOB_FAILURES.labels(job.kind).inc()
    stack = {"stack": readable_stack(error)} if job.breaks == 1 else {}
    _log.warning("job turn broke", kind=job.kind, key=job.key, breaks=job.breaks, error=job.last_error, **stack)
