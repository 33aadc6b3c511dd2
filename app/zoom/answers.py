"""What Zoom's API answers, read tolerantly: unknown keys are normal, empty and missing mean the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from app.zoom.payloads import Unreadable, clean, read_instant
from app.zoom.report_rows import instant_or_none, whole

UNTOLD = timedelta(seconds=2)
"""How long to wait when Zoom does not say: its usual limit is one per second."""
UNTOLD_DAILY = timedelta(hours=1)
LONGEST = timedelta(hours=24)
"""No limit of Zoom's lasts longer than a day."""
LONGEST_LINK = 2048


@dataclass(frozen=True, slots=True)
class Instance:
    """A run of a meeting that ended."""

    uuid: str
    start_time: datetime | None


@dataclass(frozen=True, slots=True)
class PastMeeting:
    """What Zoom tells of a run that ended."""

    uuid: str
    meeting_id: str
    start_time: datetime | None
    end_time: datetime | None
    participants_count: int | None
    host_id: str | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as scheduled."""

    meeting_id: str
    topic: str
    agenda: str
    starts_at: datetime | None
    minutes: int | None
    passcode: str
    join_url: str
    registration: bool
    """Whoever joins must have registered."""


@dataclass(frozen=True, slots=True)
class NewRegistrant:
    email: str
    """What Zoom tells registrants of one meeting apart by."""
    first_name: str
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class Registrant:
    registrant_id: str
    email: str
    """Folded to small letters."""
    join_url: str
    """Personal: whoever holds it joins as this registrant."""


def read_instance(told: Mapping[str, Any]) -> Instance:
    return Instance(_needed(told, "uuid"), instant_or_none(told.get("start_time")))


def read_past_meeting(told: Mapping[str, Any]) -> PastMeeting:
    return PastMeeting(
        uuid=_needed(told, "uuid"),
        meeting_id=_needed(told, "id"),
        start_time=instant_or_none(told.get("start_time")),
        end_time=instant_or_none(told.get("end_time")),
        participants_count=whole(told.get("participants_count")),
        host_id=clean(told.get("host_id")) or None,
    )


def read_meeting(told: Mapping[str, Any]) -> Meeting:
    settings = told.get("settings")
    approval = settings.get("approval_type") if isinstance(settings, dict) else None
    return Meeting(
        meeting_id=_needed(told, "id"),
        topic=clean(told.get("topic")),
        agenda=clean(told.get("agenda"), longest=2000),
        starts_at=instant_or_none(told.get("start_time")),
        minutes=whole(told.get("duration")),
        passcode=clean(told.get("password")),
        join_url=clean(told.get("join_url"), longest=LONGEST_LINK),
        registration=approval in (0, 1),
    )


def read_registrant(told: Mapping[str, Any]) -> Registrant:
    """One of a list."""
    return _registrant(told, "id", clean(told.get("email")))


def read_registration(told: Mapping[str, Any], email: str = "") -> Registrant:
    """One that was just added; the answer to a single one names no e-mail, and its `id` is the meeting's."""
    return _registrant(told, "registrant_id", clean(told.get("email")) or email)


def _registrant(told: Mapping[str, Any], key: str, email: str) -> Registrant:
    return Registrant(_needed(told, key), email.casefold(), clean(told.get("join_url"), longest=LONGEST_LINK))


def _needed(told: Mapping[str, Any], key: str) -> str:
    found = clean(told.get(key))
    if not found:
        raise Unreadable(f"no-{key}")
    return found


def read_pause(headers: Mapping[str, str], at: datetime) -> timedelta:
    """How long a 429 wants us to wait: `Retry-After` in seconds, as an ISO or HTTP date, or missing."""
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return min(timedelta(seconds=int(written[:9])), LONGEST)
    until = _date(written)
    if until is not None:
        return min(max(until - at, timedelta(seconds=1)), LONGEST)
    return UNTOLD_DAILY if "daily" in headers.get("x-ratelimit-type", "").casefold() else UNTOLD


def _date(written: str) -> datetime | None:
    try:
        return read_instant(written)
    except Unreadable:
        pass
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
