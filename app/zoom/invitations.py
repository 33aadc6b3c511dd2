"""What an apel was prepared with, and what each room and person needs to join: read within the caller's reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import Text, and_, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.db import zone_of
from app.core.jobs import Job, JobState
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import OPD_ROLES, Principal, Role
from app.core.texts import Language, text
from app.core.texts.dates import clock_time, long_day
from app.registry.errors import OpdNotFound
from app.zoom.apel_schemas import (
    ApelZoomRead,
    ExpectedOnZoom,
    InvitationFilter,
    InvitationRead,
    RegistrationProgress,
)
from app.zoom.expecting import Invitee, load_expected, load_invitees_of
from app.zoom.models import ZoomMeeting, ZoomRegistrant
from app.zoom.preparing import JOB, Mode, find_meeting

JOIN_LINK = "https://zoom.us/j/"
Caution = Literal["seats-short", "seats-unknown"]


async def read_apel_zoom(
    session: AsyncSession, apel_id: UUID, *, own_seats: int | None, language: Language, at: datetime
) -> ApelZoomRead:
    """The meeting, the seats beside those who are expected, and the words for the messenger group."""
    apel = await get_apel(session, apel_id, at=at)
    prepared, job = await _find_prepared(session, apel_id)
    expected = await load_expected(session, apel)
    rooms = sum(one.subject.asn_id is None for one in expected)
    seats = prepared.seats if prepared and prepared.seats else own_seats
    door, state = _door(apel, prepared), _state(prepared, job)
    return ApelZoomRead(
        apel_id=apel_id,
        mode=prepared.mode if prepared else None,
        state=state,
        error=job.last_error if job and state != "ready" else None,
        meeting_id=door.number,
        passcode=door.passcode,
        join_url=door.link,
        seats=seats,
        seats_from=None if seats is None else "zoom" if prepared and prepared.seats else "setting",
        expected=ExpectedOnZoom(rooms=rooms, persons=len(expected) - rooms),
        registered=await _count_registered(session, prepared),
        warnings=_warnings(seats, len(expected)),
        text=_words(session, apel, door, "group" if not door.closed else "group_personal", language),
    )


async def _find_prepared(session: AsyncSession, apel_id: UUID) -> tuple[ZoomMeeting | None, Job | None]:
    """The meeting and its job, of one moment: a job that ends between two reads would leave it ready without number."""
    of_this = and_(Job.kind == JOB, Job.key == cast(ZoomMeeting.apel_id, Text))
    wanted = select(ZoomMeeting, Job).outerjoin(Job, of_this).where(ZoomMeeting.apel_id == apel_id)
    row = (await session.execute(wanted, execution_options={"populate_existing": True})).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _state(prepared: ZoomMeeting | None, job: Job | None) -> Literal["unprepared", "preparing", "ready", "failed"]:
    if prepared is None:
        return "unprepared"
    settled = prepared.checked_at is not None and prepared.mode == Mode.SHARED
    if job is None or job.state == JobState.DONE or settled:
        return "ready"
    return "failed" if job.state == JobState.FAILED else "preparing"


def _warnings(seats: int | None, expected: int) -> list[Caution]:
    if seats is None:
        return ["seats-unknown"]
    return ["seats-short"] if expected > seats else []


async def _count_registered(session: AsyncSession, prepared: ZoomMeeting | None) -> RegistrationProgress | None:
    if prepared is None or prepared.mode != Mode.REGISTRATION:
        return None
    rows = await _list_registrants(session, prepared.apel_id)
    return RegistrationProgress(done=sum(row.registrant_id is not None for row in rows), total=len(rows))


async def _list_registrants(session: AsyncSession, apel_id: UUID) -> Sequence[ZoomRegistrant]:
    wanted = select(ZoomRegistrant).where(ZoomRegistrant.apel_id == apel_id, ZoomRegistrant.wanted)
    return (await session.scalars(wanted, execution_options={"populate_existing": True})).all()


@dataclass(frozen=True)
class _Door:
    """Where everybody enters."""

    number: str | None
    passcode: str | None
    link: str | None
    closed: bool
    """Only registrants enter, each by a link of their own."""


def _door(apel: ApelNow, prepared: ZoomMeeting | None) -> _Door:
    number = prepared.meeting_id if prepared else next(iter(apel.zoom_meeting_ids), None)
    link = (prepared.join_url if prepared else None) or (JOIN_LINK + number if number else None)
    closed = prepared is not None and prepared.mode == Mode.REGISTRATION
    return _Door(number, prepared.passcode if prepared else None, link, closed)


async def read_invitations(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    wanted: InvitationFilter,
    *,
    language: Language,
    at: datetime,
) -> Page[InvitationRead]:
    """Of one unit, its room and people; for the operator who names none, all who are expected. Raises OpdNotFound."""
    opd_code = wanted.opd_code
    if opd_code is None and not caller.holds(Role.KOMINFO):
        opd_code = next((grant.opd_code for grant in caller.grants if grant.role in OPD_ROLES), None)
    if not caller.holds(Role.KOMINFO) and not caller.reaches(opd_code or "", *OPD_ROLES):
        raise OpdNotFound
    apel = await get_apel(session, apel_id, at=at)
    prepared = await find_meeting(session, apel_id)
    door = _door(apel, prepared)
    invitees = await (load_expected(session, apel) if opd_code is None else load_invitees_of(session, apel, opd_code))
    if opd_code is not None and not invitees:
        raise OpdNotFound
    after = decode_cursor(wanted.cursor, str, int, str, str)
    rest = [one for one in invitees if (one.expected or not door.closed) and (after is None or one.sort_key > after)]
    page = cut_page(rest[: wanted.limit + 1], wanted.limit, lambda one: one.sort_key)
    links = await _personal_links(session, apel_id) if door.closed else {}
    nips = [one.nip for one in page.items if one.nip is not None]
    await record(session, caller, "zoom.read_invitations", at=at, target=str(apel_id), nips=nips)
    items = [_invitation(session, apel, door, links, one, language) for one in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


Who = tuple[str | None, UUID | None]
"""OPD code of a room, or a person."""


def _who(opd_code: str | None, asn_id: UUID | None) -> Who:
    return (None, asn_id) if asn_id is not None else (opd_code, None)


async def _personal_links(session: AsyncSession, apel_id: UUID) -> Mapping[Who, str]:
    rows = await _list_registrants(session, apel_id)
    return {_who(row.opd_code, row.asn_id): row.join_url for row in rows if row.join_url}


def _invitation(
    session: AsyncSession, apel: ApelNow, door: _Door, links: Mapping[Who, str], one: Invitee, language: Language
) -> InvitationRead:
    subject = one.subject
    if door.closed:
        own = links.get(_who(subject.opd_code, subject.asn_id))
    else:
        own = None if door.link is None else named_link(door.link, one.display_name)
    entry = _Door(door.number, door.passcode, own, door.closed)
    key = "personal" if door.closed else "shared"
    return InvitationRead(
        kind="room" if subject.asn_id is None else "person",
        opd_code=subject.opd_code or "",
        asn_id=subject.asn_id,
        name=one.name,
        display_name=one.display_name,
        expected=one.expected,
        personal=door.closed,
        join_url=own,
        text=_words(session, apel, entry, key, language, display_name=one.display_name) if own else None,
    )


def named_link(link: str, display_name: str) -> str:
    """A link that fills a name in; whoever joins may still change it, so that it proves nothing."""
    return f"{link}{'&' if '?' in link else '?'}uname={quote(display_name, safe='')}"


def _words(session: AsyncSession, apel: ApelNow, door: _Door, key: str, language: Language, **facts: str) -> str | None:
    """What is sent to people; nothing before there is a number."""
    if door.number is None or door.link is None:
        return None
    told = {"title": apel.title, "day": _day(apel.on_date, language), "number": spaced(door.number)}
    told |= {"starts": clock_time(apel.starts_at, zone_of(session)), "link": door.link, **facts}
    return text(language, "zoom", key, **told | ({"passcode": door.passcode} if door.passcode else {}))


def _day(day: date, language: Language) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}" if language == "en" else long_day(day)


def spaced(number: str) -> str:
    """A meeting number in the groups in which Zoom writes it: `860 8470 1483`."""
    return f"{number[:3]} {number[3:-4]} {number[-4:]}"
