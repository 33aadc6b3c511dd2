"""How far an apel was watched, and what was seen of a unit's rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.rules import past_window
from app.apel.runs import OccurrenceSpan
from app.apel.timeline import ApelNow
from app.evidence.gaps import list_gaps
from app.evidence.queries import load_lists
from app.evidence.rules import GapKind, GapSeen, Presence


@dataclass(frozen=True)
class Watch:
    """What is known about how well an apel's meeting was watched."""

    gaps: tuple[GapSeen, ...] = ()
    """Those that touch the time in which it was, or was to be, held."""
    listed: frozenset[str] = frozenset()
    """The runs of which a complete list of participants stands."""


async def read_watch(session: AsyncSession, apel: ApelNow) -> Watch:
    return (await read_watches(session, [apel]))[apel.id]


async def read_watches(session: AsyncSession, apels: Sequence[ApelNow]) -> dict[UUID, Watch]:
    """The watch over each of these apels, in two statements."""
    watched = [apel for apel in apels if apel.zoom_meeting_ids]
    if not watched:
        return {apel.id: Watch() for apel in apels}
    gaps = [gap for _, gap in await list_gaps(session, min(_held(apel)[0] for apel in watched), None)]
    runs = {run.uuid: run for apel in watched for run in apel.occurrences}
    listed = frozenset(await load_lists(session, list(runs.values())))
    return {apel.id: Watch(tuple(gap for gap in gaps if _touches(gap, apel)), listed) for apel in apels}


def _held(apel: ApelNow) -> tuple[datetime, datetime | None]:
    """The time in which people were to be seen; open while it is not over."""
    if apel.held_from is not None:
        return apel.held_from, apel.held_to
    return apel.starts_at, apel.ends_at if past_window(apel.state) else None


def _touches(gap: GapSeen, apel: ApelNow) -> bool:
    since, until = _held(apel)
    ours = bool(apel.zoom_meeting_ids) if gap.meeting_id is None else gap.meeting_id in apel.zoom_meeting_ids
    return ours and (gap.until is None or gap.until > since) and (until is None or gap.since < until)


def has_gap(apel: ApelNow, watch: Watch) -> bool:
    """The meeting was to be watched, and not all of it was.

    No run of it reaches into the held window, the start or end of one was lost, or a gap was noticed. Complete lists
    of all runs that reach in make up for what was lost; whom the licence did not let in is on no list.
    """
    if not apel.zoom_meeting_ids:
        return False
    runs = runs_within(apel)
    if past_window(apel.state) and not runs:
        return True
    if any(gap.kind is GapKind.SEATS for gap in watch.gaps):
        return True
    lost = bool(watch.gaps) or any(span.gap for span in apel.occurrences)
    return lost and not is_listed(apel, watch)


def is_listed(apel: ApelNow, watch: Watch) -> bool:
    """A complete list stands for every run that reaches into the held window, and there is such a run."""
    runs = runs_within(apel)
    return bool(runs) and all(span.uuid in watch.listed for span in runs)


def runs_within(apel: ApelNow) -> list[OccurrenceSpan]:
    """The own runs that count: those that reach into the held window once it is over, all of them before."""
    return [span for span in apel.occurrences if not past_window(apel.state) or _reaches_in(span, apel)]


def _reaches_in(span: OccurrenceSpan, apel: ApelNow) -> bool:
    if apel.held_from is None or apel.held_to is None:
        return False
    return span.start < apel.held_to and (span.end is None or span.end > apel.held_from)


@dataclass(frozen=True)
class Rooms:
    """What was seen of one unit's rooms."""

    seconds: int
    seen: bool
    state: dict[str, Any]


def seen_in(rooms: Sequence[Presence]) -> Rooms:
    spans: list[tuple[datetime, datetime | None]] = sorted(
        ((span.start, span.end) for room in rooms for span in room.intervals), key=lambda span: span[0]
    )
    connected = any(room.connected for room in rooms)
    state = {
        "state": "connected" if connected else "left" if spans else "never",
        "since": spans[-1][0] if spans else None,
        "gaps": max(0, len(spans) - len(rooms)),
    }
    return Rooms(max((room.seconds for room in rooms), default=0), bool(spans), state)
