"""Preparing an apel's meeting: which number it has, and having Zoom asked for what is missing."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import require_not_over
from app.apel.scheduling import change_apel
from app.apel.schemas import ApelUpdate
from app.apel.service import lock_apel
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.jobs import want_job
from app.core.principal import Principal
from app.zoom.apel_schemas import PrepareWrite
from app.zoom.errors import ZoomNotConnected, ZoomNumberMissing
from app.zoom.models import ZoomMeeting, ZoomRegistrant

JOB = "zoom-registration"
OWNER = "me"
"""Zoom's word for whoever owns our app."""
MOST_NUMBERS = 10
NO_LINK = {"registrant_id": None, "join_url": None}


class Mode(StrEnum):
    SHARED = "shared"
    """One number for everybody; names are typed or filled in by the link, and prove nothing."""
    REGISTRATION = "registration"
    """A link of their own for every room and everybody who is ordered elsewhere."""


async def prepare_zoom(
    session: AsyncSession, caller: Principal, apel_id: UUID, body: PrepareWrite, *, connected: bool, at: datetime
) -> None:
    """Settle on a number, and have the rest done by a job; run again, it repairs what is missing.

    Raises ApelNotFound, ApelFinal, ApelCancelled, ZoomNotConnected, ZoomNumberMissing.
    """
    await lock_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    mode = Mode(body.mode)
    if mode is Mode.REGISTRATION and not connected:
        raise ZoomNotConnected
    before = await find_meeting(session, apel_id)
    number = choose_number(mode, body.meeting_id, before, apel.zoom_meeting_ids)
    if number is None and not connected:
        raise ZoomNumberMissing
    same = before is not None and number is not None and before.meeting_id == number
    row = {
        "apel_id": apel_id,
        "mode": mode,
        "host": body.host or (before.host if before else OWNER),
        "meeting_id": number,
        "passcode": body.passcode or (before.passcode if same and before else None),
        "join_url": before.join_url if same and before else None,
        "made_here": bool(same and before and before.made_here),
        "checked_at": None if connected else at,
        "prepared_by": caller.id,
        "prepared_by_name": caller.name,
        "prepared_at": at,
    }
    await attach_number(session, caller, apel, number, at=at)
    await _keep(session, row)
    if not same:
        await session.execute(update(ZoomRegistrant).where(ZoomRegistrant.apel_id == apel_id).values(NO_LINK))
    if connected:
        await want_job(session, JOB, str(apel_id), at=at)
    await record(session, caller, "zoom.prepare", at=at, target=str(apel_id), mode=mode)


async def find_meeting(session: AsyncSession, apel_id: UUID) -> ZoomMeeting | None:
    """What an apel was prepared with."""
    wanted = select(ZoomMeeting).where(ZoomMeeting.apel_id == apel_id)
    return await session.scalar(wanted, execution_options={"populate_existing": True})


def choose_number(mode: Mode, given: str | None, before: ZoomMeeting | None, numbers: Sequence[str]) -> str | None:
    """The number that somebody named, else the one prepared before in this mode; for all, else one that is planned.

    None: a meeting has to be made. A number that only registrants may enter is none for all.
    """
    if given is not None:
        return given
    if before is not None and before.mode == mode and before.meeting_id is not None:
        return before.meeting_id
    if mode is Mode.REGISTRATION:
        return None
    closed = before.meeting_id if before is not None else None
    return next((number for number in numbers if number != closed), None)


async def _keep(session: AsyncSession, row: dict[str, Any]) -> None:
    changes = {name: value for name, value in row.items() if name != "apel_id"}
    await session.execute(
        insert(ZoomMeeting).values(row).on_conflict_do_update(index_elements=["apel_id"], set_=changes)
    )


async def attach_number(
    session: AsyncSession, caller: Principal, apel: ApelNow, number: str | None, *, at: datetime
) -> None:
    """Make a number the first of the apel's, so that its links lead there and its runs count."""
    if number is None or number == next(iter(apel.zoom_meeting_ids), None):
        return
    others = [other for other in apel.zoom_meeting_ids if other != number]
    changes = ApelUpdate(zoom_meeting_ids=[number, *others][:MOST_NUMBERS])
    await change_apel(session, caller, apel.id, changes, expected=apel.version, at=at)
