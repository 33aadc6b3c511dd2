"""The job that prepares a meeting at Zoom: makes or checks it, then registers in batches whoever has no link yet.

Each turn first reads what Zoom has, so that a turn that was cut off, or asked for twice, repairs and never doubles.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.core.ids import new_id
from app.core.jobs import Again, Done, GivenUp, Job, Turn
from app.core.principal import Principal
from app.evidence.assignment import remember_registrants
from app.evidence.identity import Subject
from app.evidence.rules import SubjectKind
from app.zoom.answers import Meeting, NewRegistrant, Registrant
from app.zoom.client import BATCH, Zoom
from app.zoom.errors import (
    ZoomBusy,
    ZoomNotConnected,
    ZoomNotFound,
    ZoomNotPermitted,
    ZoomRefused,
    ZoomUnavailable,
)
from app.zoom.expecting import load_expected
from app.zoom.models import ZoomMeeting, ZoomRegistrant
from app.zoom.preparing import Mode, attach_number, find_meeting

PAUSE = timedelta(minutes=1)
"""After Zoom could not be reached."""
SHORTEST = timedelta(seconds=10)
"""After Zoom asked for patience: a limit that says not how long it lasts may last long."""
MOST = 4999
"""Registrants of one meeting."""
ADDS_A_DAY = 3
"""How often Zoom takes the same registrant on one day."""
STAND_IN_DOMAIN = "apel.example.com"
"""For made-up addresses where the service has no name of its own."""

REGISTRATION_OFF = "registration-not-enabled"
TOO_MANY = "too-many-registrants"
NOT_TAKEN = "registrants-not-taken"


async def prepare_at_zoom(session: AsyncSession, zoom: Zoom | None, job: Job, *, public_url: str, at: datetime) -> Turn:
    """One turn: the meeting itself, or one batch of registrants."""
    apel_id = UUID(job.key)
    prepared = await find_meeting(session, apel_id)
    if zoom is None:
        return GivenUp(ZoomNotConnected.code)
    apel = await get_apel(session, apel_id, at=at)
    if prepared is None or apel.state not in {ApelState.SCHEDULED, ApelState.OPEN}:
        return Done()
    try:
        if prepared.checked_at is None:
            return await _settle_meeting(session, zoom, prepared, apel, at=at)
        return await _register(session, zoom, prepared, apel, address_domain(public_url), at=at)
    except ZoomBusy as busy:
        return Again(max(busy.retry_after, SHORTEST), error=busy.code)
    except ZoomUnavailable as away:
        return Again(PAUSE, error=away.code)
    except ZoomRefused as refused:
        return GivenUp(refused.code)


def address_domain(public_url: str) -> str:
    """Where made-up addresses lie: our own name, so that they are nobody else's."""
    host = urlsplit(public_url).hostname or ""
    named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return host if named else STAND_IN_DOMAIN


def _by(prepared: ZoomMeeting) -> Principal:
    """On whose behalf the job acts: whoever had it prepared."""
    return Principal(prepared.prepared_by, prepared.prepared_by_name, ())


async def _settle_meeting(
    session: AsyncSession, zoom: Zoom, prepared: ZoomMeeting, apel: ApelNow, *, at: datetime
) -> Turn:
    registration = prepared.mode == Mode.REGISTRATION
    seats = await zoom.get_seats(prepared.host)
    meeting, made_here = await _find_or_make(zoom, prepared, apel)
    if registration and (meeting is None or not meeting.registration):
        return GivenUp(REGISTRATION_OFF)
    # The apel before its meeting, as whoever prepares it anew locks them.
    await attach_number(session, _by(prepared), apel, meeting.meeting_id if meeting else None, at=at)
    if not await _stands(session, prepared):
        return Again()
    found = {} if meeting is None else _kept(prepared, meeting)
    changes = found | {"made_here": made_here, "seats": seats or prepared.seats, "checked_at": at}
    await session.execute(update(ZoomMeeting).where(ZoomMeeting.apel_id == apel.id).values(changes))
    return Again() if registration else Done()


async def _stands(session: AsyncSession, prepared: ZoomMeeting) -> bool:
    """Whether nobody prepared it anew meanwhile, nor will before this turn is written down."""
    now = select(ZoomMeeting.prepared_at).where(ZoomMeeting.apel_id == prepared.apel_id)
    return await session.scalar(now.with_for_update(read=True)) == prepared.prepared_at


def _kept(prepared: ZoomMeeting, meeting: Meeting) -> dict[str, str | None]:
    return {
        "meeting_id": meeting.meeting_id,
        "passcode": meeting.passcode or prepared.passcode,
        "join_url": meeting.join_url or None,
    }


async def _find_or_make(zoom: Zoom, prepared: ZoomMeeting, apel: ApelNow) -> tuple[Meeting | None, bool]:
    """The meeting and whether it is ours; None for a number that is not of this account, which serves all the same."""
    if prepared.meeting_id is not None:
        try:
            meeting = await zoom.get_meeting(prepared.meeting_id)
        except ZoomRefused as refused:
            if not prepared.made_here and prepared.mode == Mode.SHARED:
                return None, False
            if not (prepared.made_here and isinstance(refused, ZoomNotFound)):
                raise
        else:
            if prepared.made_here:
                await _keep_as_planned(zoom, meeting, apel)
            return meeting, prepared.made_here
    return await _make(zoom, prepared, apel), True


async def _make(zoom: Zoom, prepared: ZoomMeeting, apel: ApelNow) -> Meeting:
    """A meeting of the apel's own; one that was made before, without our hearing of it, is found by its agenda."""
    agenda = f"Apel Virtual {apel.id} ({prepared.mode})"
    made = next((one for one in await zoom.list_meetings(prepared.host) if one.agenda == agenda), None)
    if made is not None:
        meeting = await zoom.get_meeting(made.meeting_id)
        await _keep_as_planned(zoom, meeting, apel)
        return meeting
    return await zoom.create_meeting(
        prepared.host,
        apel.title,
        apel.starts_at,
        _minutes(apel),
        registration=prepared.mode == Mode.REGISTRATION,
        agenda=agenda,
    )


async def _keep_as_planned(zoom: Zoom, meeting: Meeting, apel: ApelNow) -> None:
    """Move the meeting with its apel."""
    minutes = _minutes(apel)
    if (meeting.topic, meeting.starts_at, meeting.minutes) != (apel.title, apel.starts_at, minutes):
        await zoom.update_meeting(meeting.meeting_id, apel.title, apel.starts_at, minutes)


def _minutes(apel: ApelNow) -> int:
    return max(1, round((apel.ends_at - apel.starts_at).total_seconds() / 60))


EXPECT = text(
    """
    WITH said AS (
      SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS said(id uuid, email text, subject_kind text, opd_code text, asn_id uuid, display_name text)
    ), gone AS (
      UPDATE zoom_registrant AS old SET wanted = false
       WHERE old.apel_id = :apel_id AND old.wanted AND NOT EXISTS (SELECT FROM said WHERE said.email = old.email)
    )
    INSERT INTO zoom_registrant AS old (id, apel_id, email, subject_kind, opd_code, asn_id, display_name, wanted)
    SELECT id, :apel_id, email, subject_kind, opd_code, asn_id, display_name, true FROM said
    ON CONFLICT (apel_id, email) DO UPDATE SET opd_code = excluded.opd_code, display_name = excluded.display_name,
                                               wanted = true
    """
)
COUNT_ADDS = text(
    """
    UPDATE zoom_registrant SET adds = CASE WHEN adds_on = :day THEN adds ELSE 0 END + 1, adds_on = :day
     WHERE id = ANY(CAST(:ids AS uuid[]))
    """
)
HAVE = text(
    """
    UPDATE zoom_registrant AS old SET registrant_id = had.registrant_id, join_url = had.join_url
      FROM zoom_registrant AS own
      LEFT JOIN jsonb_to_recordset(CAST(:rows AS jsonb)) AS had(email text, registrant_id text, join_url text)
        ON had.email = own.email
     WHERE own.apel_id = :apel_id AND old.id = own.id
       AND (old.registrant_id, old.join_url) IS DISTINCT FROM (had.registrant_id, had.join_url)
    """
)


async def _register(
    session: AsyncSession, zoom: Zoom, prepared: ZoomMeeting, apel: ApelNow, domain: str, *, at: datetime
) -> Turn:
    """Compare with what Zoom has, and add one batch of those who are missing."""
    assert prepared.meeting_id is not None
    number, today = prepared.meeting_id, at.astimezone(UTC).date()
    rows = await _expect(session, apel, domain)
    if len(rows) > MOST:
        return GivenUp(TOO_MANY)
    have = {one.email: one for one in await zoom.list_registrants(number)}
    missing = [row for row in rows if row.email not in have]
    batch = [row for row in missing if _may_be_added(row, today)][:BATCH]
    if batch:
        have |= {one.email: one for one in await _add_counted(session, zoom, number, batch, today)}
    await _remember(session, prepared, rows, have, at=at)
    left = sum(row.email not in have for row in rows)
    progress = {"done": len(rows) - left, "total": len(rows)}
    if (batch and left) or not await _stands(session, prepared):
        return Again(progress=progress)
    return GivenUp(NOT_TAKEN) if left else Done(progress)


def _may_be_added(row: ZoomRegistrant, today: date) -> bool:
    return row.adds_on != today or row.adds < ADDS_A_DAY


async def _expect(session: AsyncSession, apel: ApelNow, domain: str) -> Sequence[ZoomRegistrant]:
    """A row for everybody who is expected by name."""
    said = [
        {
            "id": new_id(),
            "email": one.email(domain),
            "subject_kind": one.subject.kind,
            "opd_code": one.subject.opd_code,
            "asn_id": one.subject.asn_id,
            "display_name": one.display_name,
        }
        for one in await load_expected(session, apel)
    ]
    await session.execute(EXPECT, {"rows": to_json(said).decode(), "apel_id": apel.id})
    wanted = select(ZoomRegistrant).where(ZoomRegistrant.apel_id == apel.id, ZoomRegistrant.wanted)
    found = await session.scalars(wanted.order_by(ZoomRegistrant.id), execution_options={"populate_existing": True})
    return found.all()


async def _add_counted(
    session: AsyncSession, zoom: Zoom, number: str, batch: Sequence[ZoomRegistrant], today: date
) -> list[Registrant]:
    """Those whom Zoom took. What may have reached Zoom counts as a try, what it had no time for does not."""
    count = {"ids": [row.id for row in batch], "day": today}
    try:
        added = await _add(zoom, number, batch)
    except ZoomUnavailable as away:
        if away.sent:
            await session.execute(COUNT_ADDS, count)
        raise
    await session.execute(COUNT_ADDS, count)
    return added


async def _add(zoom: Zoom, number: str, batch: Sequence[ZoomRegistrant]) -> list[Registrant]:
    """Those whom Zoom took; when it refuses the batch, each is tried alone, so that one fails nobody else."""
    new = [NewRegistrant(row.email, row.display_name) for row in batch]
    try:
        return await zoom.add_registrants(number, new)
    except (ZoomNotFound, ZoomNotPermitted):
        raise
    except ZoomRefused:
        return await _add_each(zoom, number, new)


async def _add_each(zoom: Zoom, number: str, new: Sequence[NewRegistrant]) -> list[Registrant]:
    added = []
    for one in new:
        try:
            added.append(await zoom.add_registrant(number, one))
        except ZoomRefused:
            continue
        except (ZoomBusy, ZoomUnavailable):
            break
    return added


async def _remember(
    session: AsyncSession,
    prepared: ZoomMeeting,
    rows: Sequence[ZoomRegistrant],
    have: Mapping[str, Registrant],
    *,
    at: datetime,
) -> None:
    """Keep the links, and for whom each registrant stands."""
    known = [
        {"email": one.email, "registrant_id": one.registrant_id, "join_url": one.join_url} for one in have.values()
    ]
    await session.execute(HAVE, {"rows": to_json(known).decode(), "apel_id": prepared.apel_id})
    subjects = {
        have[row.email].registrant_id: Subject(SubjectKind(row.subject_kind), row.opd_code, row.asn_id)
        for row in rows
        if row.email in have
    }
    await remember_registrants(session, subjects, _by(prepared), at=at)
