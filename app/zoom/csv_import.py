"""A participants file of Zoom's portal becomes the complete list of its run, where the report cannot be pulled."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster
from app.apel.rules import require_not_over
from app.apel.runs import OccurrenceSpan
from app.apel.service import Seen, hold_apel, record_occurrences
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.db import zone_of
from app.core.principal import Principal
from app.core.stale import mark_stale
from app.evidence.linking import MADE_UP
from app.evidence.lists import accept_list
from app.evidence.queries import count_subjects, list_nips
from app.evidence.rules import ListSource, SubjectKind
from app.evidence.service import settle
from app.zoom.csv_runs import find_run, span_of
from app.zoom.errors import CsvOfOtherMeeting, ZoneUnknown
from app.zoom.participants_csv import MeetingSeen, ParticipantsFile, read_participants
from app.zoom.schemas import ParticipantsCsvRead


async def import_participants(
    session: AsyncSession, caller: Principal, apel_id: UUID, data: bytes, zone: str | None, *, at: datetime
) -> ParticipantsCsvRead:
    """Keep a file as the list of its run and settle the apel anew; the same file again changes nothing.

    Raises ApelNotFound, ApelFinal, ApelCancelled, ZoneUnknown, and the refusals of `read_participants` and `find_run`.
    """
    await hold_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    file = await asyncio.to_thread(read_participants, data, _zone(zone) or zone_of(session), apel.on_date)
    apel, run = await _run_of(session, apel, file, at=at)
    new = await accept_list(session, run.uuid, ListSource.CSV, file.stays, at=at)
    if new:
        await _settle(session, caller, apel, run, at=at)
    found = await count_subjects(session, apel_id)
    return ParticipantsCsvRead(
        occurrence_uuid=run.uuid,
        started_at=run.start,
        ended_at=run.end,
        rows=len(file.stays),
        waiting=file.waiting,
        new=new,
        people=found.get(SubjectKind.PERSON, 0),
        rooms=found.get(SubjectKind.ROOM, 0),
        operators=found.get(SubjectKind.OPERATOR, 0),
        unmatched=found.get(SubjectKind.UNKNOWN, 0),
    )


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown from error


async def _run_of(
    session: AsyncSession, apel: ApelNow, file: ParticipantsFile, *, at: datetime
) -> tuple[ApelNow, OccurrenceSpan]:
    """The apel and its run; one of which only the file tells is put on record, and so are times that were lost."""
    run = find_run(file, apel.zoom_meeting_ids, apel.occurrences)
    if file.meeting is None:
        assert run is not None
        return apel, run
    seen = _seen(file, file.meeting, run)
    if run is not None and seen.started_at is None and seen.ended_at is None:
        return apel, run
    await record_occurrences(session, [seen])
    apel = await get_apel(session, apel.id, at=at)
    own = next((span for span in apel.occurrences if span.uuid == seen.uuid), None)
    if own is None:
        raise CsvOfOtherMeeting
    return apel, own


def _seen(file: ParticipantsFile, meeting: MeetingSeen, run: OccurrenceSpan | None) -> Seen:
    """What the file adds to what is known of the run."""
    start, end = span_of(meeting, file.stays)
    if run is None:
        uuid = f"{MADE_UP}{meeting.number}:{start.astimezone(UTC).isoformat()}"
        return Seen(uuid, meeting.number, start, end, start, end)
    return Seen(
        run.uuid,
        run.meeting_id,
        start,
        end,
        started_at=start if run.gap and not run.end_lost else None,
        ended_at=end if run.end is None or run.end_lost else None,
    )


async def _settle(
    session: AsyncSession, caller: Principal, apel: ApelNow, run: OccurrenceSpan, *, at: datetime
) -> None:
    await mark_stale(session, apel.id)  # settled here already, so that the conclusion would see nobody move
    presences = await settle(session, apel, await get_roster(session, apel), at=at)
    nips = await list_nips(session, {presence.asn_id for presence in presences if presence.asn_id})
    await record(session, caller, "zoom.import-csv", at=at, target=str(apel.id), nips=nips, occurrence=run.uuid)
