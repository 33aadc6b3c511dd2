"""The runs of an apel's meeting as Zoom remembers them: what no webhook told, start and end included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Occurrence
from app.apel.runs import AFTER
from app.apel.service import Seen, record_occurrences
from app.apel.timeline import ApelNow
from app.zoom.answers import Instance
from app.zoom.client import Zoom
from app.zoom.errors import ZoomNotFound
from app.zoom.line import in_time

LONGEST_RUN = timedelta(hours=30)
"""Zoom ends every meeting then, so that a run in an apel's window began at most so long before it."""
MOST_ASKED = 20
"""Runs that one look asks Zoom about, nearest to the apel first: each takes a request."""


@dataclass(frozen=True)
class Lack:
    """A run about which something is not known yet."""

    uuid: str
    meeting_id: str
    near: datetime
    start_known: bool
    end_known: bool


async def recover_runs(zoom: Zoom, session: AsyncSession, apel: ApelNow) -> None:
    """Record the runs of this apel's numbers that Zoom remembers, and the starts and ends that are not on record.

    A run of which Zoom does not tell the end is left alone: it goes on. Raises as Zoom's client does.
    """
    since, until = apel.starts_at - LONGEST_RUN, apel.ends_at + AFTER
    known = await _list_known(session, apel, since, until)
    async with in_time():
        instances = {number: await _list_instances(zoom, number) for number in apel.zoom_meeting_ids}
        lacks = find_lacks(instances, known, since, until)
        lacks.sort(key=lambda lack: (abs(lack.near - apel.starts_at), lack.uuid))
        seen = [one for lack in lacks[:MOST_ASKED] if (one := await _ask(zoom, lack)) is not None]
    if seen:
        await record_occurrences(session, sorted(seen, key=lambda one: one.uuid))


async def _list_instances(zoom: Zoom, number: str) -> Sequence[Instance]:
    """None of a number that Zoom does not know, or not any more: its runs may still be asked for one by one."""
    try:
        return await zoom.list_instances(number)
    except ZoomNotFound:
        return []


async def _list_known(session: AsyncSession, apel: ApelNow, since: datetime, until: datetime) -> dict[str, Lack]:
    numbers = literal(sorted(apel.zoom_meeting_ids), ARRAY(Text))
    runs = select(Occurrence).where(
        Occurrence.meeting_id == any_(numbers), Occurrence.seen_to >= since, Occurrence.seen_from <= until
    )
    return {
        run.uuid: Lack(run.uuid, run.meeting_id, run.seen_from, run.started_at is not None, run.ended_at is not None)
        for run in await session.scalars(runs, execution_options={"populate_existing": True})
    }


def find_lacks(
    instances: Mapping[str, Sequence[Instance]], known: Mapping[str, Lack], since: datetime, until: datetime
) -> list[Lack]:
    """Runs of which Zoom is to be asked: those on record without a start or end, and those nobody told about."""
    lacks = {uuid: run for uuid, run in known.items() if not (run.start_known and run.end_known)}
    for number, listed in instances.items():
        for one in listed:
            if one.uuid not in known and (one.start_time is None or since <= one.start_time <= until):
                near = one.start_time or since
                lacks[one.uuid] = Lack(one.uuid, number, near, start_known=False, end_known=False)
    return list(lacks.values())


async def _ask(zoom: Zoom, lack: Lack) -> Seen | None:
    """What Zoom adds; what is on record already is not told again, since times on record only widen."""
    try:
        past = await zoom.get_past_meeting(lack.uuid)
    except ZoomNotFound:
        return None
    start, end = past.start_time, past.end_time
    if start is None or end is None or end < start:
        return None
    return Seen(
        lack.uuid,
        lack.meeting_id,
        seen_from=start,
        seen_to=end,
        started_at=None if lack.start_known else start,
        ended_at=None if lack.end_known else end,
        host_id=past.host_id,
    )
