"""What Zoom's events say, read tolerantly: unknown keys are normal, empty and missing mean the same, order does not
matter. Times are those inside the event, never those of its arrival."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

from app.core.fields import FIRST_YEAR, LAST_YEAR, fold
from app.evidence.rules import LeaveKind, SightingKind, SightingSeen
from app.livestreams.streams import StreamKind, StreamSeen

VALIDATION = "endpoint.url_validation"
_JOINED, _LEFT, _STARTED, _ENDED = "participant_joined", "participant_left", "started", "ended"
_MEANT = {f"{family}.{what}": what for family in ("meeting", "webinar") for what in (_JOINED, _LEFT, _STARTED, _ENDED)}
"""Waiting rooms, join-before-host and breakout rooms are no presence: those events are kept and ignored."""
_STREAMED = {f"{family}.live_streaming_{kind}": kind for family in ("meeting", "webinar") for kind in StreamKind}
"""Zoom publishes these of meetings; of webinars they would be the same."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_REASON = re.compile(r"\breason\b\s*:?", re.IGNORECASE)
TIMES = 8192
"""Instants that are kept, since many people come and go in the same second; more than the seconds of a meeting."""
_LONGEST = 200
"""Characters of a name or key that are kept; Zoom itself allows 64 in a name."""
_LONGEST_PAGE = 500


class Unreadable(Exception):
    """The event cannot be understood; the text is a short code, and never what was sent."""


@dataclass(frozen=True, slots=True)
class RunSeen:
    """What one event says about one run (occurrence) of a meeting."""

    uuid: str
    meeting_id: str
    seen_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    host_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What one event adds to what is known."""

    run: RunSeen
    sighting: SightingSeen | None = None
    stream: StreamSeen | None = None


def read_event(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body; raises Unreadable. UTF-8 only, no NaN; halves of surrogate pairs are let through."""
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not-json") from error
    if not isinstance(event, dict):
        raise Unreadable("not-an-object")
    return event


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def translate(body: bytes) -> Facts | None:
    """The facts in an event, None when it holds none that we use; raises Unreadable."""
    event = read_event(body)
    name = event.get("event")
    if not isinstance(name, str):
        raise Unreadable("no-event")
    what, streamed = _MEANT.get(name), _STREAMED.get(name)
    if what is None and streamed is None:
        return None
    meeting = _object(_object(event, "payload"), "object")
    if streamed is not None:
        return _stream(event, meeting, streamed)
    if what == _STARTED:
        begun = _time(event, meeting, "start_time")
        return Facts(_run(meeting, begun, started_at=begun))
    if what == _ENDED:
        over = _time(event, meeting, "end_time")
        return Facts(_run(meeting, over, ended_at=over))
    return _sighting(event, meeting, SightingKind.JOINED if what == _JOINED else SightingKind.LEFT)


def _stream(event: Mapping[str, Any], meeting: Mapping[str, Any], kind: StreamKind) -> Facts:
    """Where to and when; the key that lets anybody broadcast as us is not read."""
    live = _object(meeting, "live_streaming")
    at = _time(event, live, "date_time")
    run, settings = _run(meeting, at), live.get("custom_live_streaming_settings")
    page = clean(settings.get("page_url"), longest=_LONGEST_PAGE) if isinstance(settings, dict) else ""
    shown = page if page.startswith(("https://", "http://")) else None
    return Facts(run, stream=StreamSeen(run.uuid, kind, at, clean(live.get("service")), shown))


def _run(meeting: Mapping[str, Any], seen_at: datetime, **times: datetime) -> RunSeen:
    uuid, number = clean(meeting.get("uuid")), "".join(clean(meeting.get("id")).replace("-", "").split())
    if not uuid:
        raise Unreadable("no-meeting-uuid")
    if not number:
        raise Unreadable("no-meeting-id")
    return RunSeen(uuid, number, seen_at, **times, host_id=clean(meeting.get("host_id")) or None)


def _sighting(event: Mapping[str, Any], meeting: Mapping[str, Any], kind: SightingKind) -> Facts:
    person = _object(meeting, "participant")
    joined = kind is SightingKind.JOINED
    # `date_time` stands for the join time in Zoom's printed examples.
    at = _time(event, person, *(("join_time", "date_time") if joined else ("leave_time",)))
    run = _run(meeting, at)
    seen = SightingSeen(
        occurrence_uuid=run.uuid,
        device=_device(person, kind, at),
        kind=kind,
        at=at,
        display_name=clean(person.get("user_name")),
        registrant_id=clean(person.get("registrant_id")) or None,
        account_id=clean(person.get("participant_user_id")) or clean(person.get("id")) or None,
        email=clean(person.get("email")).casefold() or None,
        leave_kind=None if joined else classify_leaving(clean(person.get("leave_reason"), longest=1000)),
    )
    return Facts(run, seen)


def _device(person: Mapping[str, Any], kind: SightingKind, at: datetime) -> str:
    """What pairs a `left` with its `joined` inside one run.

    Without `participant_uuid` the number in the meeting serves together with the name, since that number recurs for
    strangers; without both nothing pairs, so that two strangers never become one.
    """
    if uuid := clean(person.get("participant_uuid")):
        return f"uuid:{uuid}"
    name = fold(clean(person.get("user_name")))
    if number := clean(person.get("user_id")):
        return f"user:{number}:{name}"
    return f"lone:{kind}:{at.isoformat()}:{name}"


def _time(event: Mapping[str, Any], holder: Mapping[str, Any], *keys: str) -> datetime:
    """The first of the times that is there, else when Zoom says that the event occurred."""
    for key in keys:
        if written := clean(holder.get(key)):
            return read_instant(written)
    stamp = event.get("event_ts")
    if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 < stamp < 1 << 45:
        return _within_years(datetime.fromtimestamp(stamp // 1000, UTC))
    raise Unreadable("no-time")


@lru_cache(TIMES)
def read_instant(written: str) -> datetime:
    """Zoom's way of writing a time, as UTC; raises Unreadable."""
    if not _RFC3339.fullmatch(written):
        raise Unreadable("bad-time")
    try:
        return _within_years(datetime.fromisoformat(written.upper()))
    except ValueError as error:
        raise Unreadable("bad-time") from error


def _within_years(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year < LAST_YEAR:
        raise Unreadable("bad-time")
    return instant.astimezone(UTC)


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = holder.get(key)
    if not isinstance(found, dict):
        raise Unreadable(f"no-{key}")
    return found


def clean(value: object, longest: int = _LONGEST) -> str:
    """A text or number as one line of storable text in NFC; anything else, and nothing, is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63:
        return str(value)
    if not isinstance(value, str):
        return ""
    words = " ".join(value[: 4 * longest].split())
    if words.isascii() and words.isprintable():
        return words[:longest].strip()
    # Control, format (zero width, direction) and surrogate characters: unseen by people, refused by databases.
    visible = "".join(sign for sign in words if unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", visible)[:longest].strip()


_LEAVINGS = (
    (LeaveKind.NETWORK, ("network connection error", "got disconnected from the meeting")),
    (LeaveKind.NETWORK, ("network error", "disconnected from the webinar")),
    (LeaveKind.REMOVED, ("removed by host",)),
    (LeaveKind.ENDED, ("host ended the meeting", "host ended the webinar", "host closed the meeting")),
    (LeaveKind.ENDED, ("host started a new meeting", "host did not join")),
    (LeaveKind.LEFT, ("left the meeting", "left the webinar")),
)

_EXCEEDED = re.compile(r"\bexceeded\b.*\b(limit|capacity|participants|seats)$")


def classify_leaving(reason: str) -> LeaveKind:
    """Why somebody left, judged by how the text after the last "Reason" ends: what precedes may be a chosen name."""
    told = _REASON.split(reason.replace("<br>", " "))[-1].casefold().rstrip(" .")
    if _EXCEEDED.search(told):
        return LeaveKind.LIMIT
    return next((kind for kind, ends in _LEAVINGS if told.endswith(ends)), LeaveKind.UNKNOWN)
