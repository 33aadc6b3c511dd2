"""Zoom's API: what this service asks of it.

Every method raises ZoomUnavailable, ZoomBusy, ZoomNotFound, ZoomNotPermitted or ZoomRefused (see `app.zoom.line`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from app.core.settings import Settings
from app.zoom.answers import (
    Instance,
    Meeting,
    NewRegistrant,
    PastMeeting,
    Registrant,
    read_instance,
    read_meeting,
    read_past_meeting,
    read_registrant,
    read_registration,
)
from app.zoom.errors import ZoomRefused, ZoomUnavailable
from app.zoom.line import Line, encoded, in_time
from app.zoom.payloads import Unreadable, read_event
from app.zoom.quota import Tier
from app.zoom.report_rows import ReportPage, read_page, token_of, whole
from app.zoom.tokens import Credentials

PAGE = 300
BATCH = 30
"""Registrants in one call, the most that Zoom takes."""
Item = TypeVar("Item")
Json = Mapping[str, Any]


class Zoom:
    """One account's API. Enter it to use it: `async with open_zoom(settings) as zoom`."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._line.close()

    async def check(self) -> None:
        """Whether Zoom lets our app in."""
        await self._line.check()

    async def list_instances(self, meeting_id: str) -> list[Instance]:
        """The runs of a meeting number that ended, as far as Zoom remembers them."""
        answer = await self._line.ask("GET", f"/past_meetings/{encoded(meeting_id)}/instances", Tier.MEDIUM)
        with _understood():
            return _read_items(read_event(answer), "meetings", read_instance)

    async def get_past_meeting(self, uuid: str) -> PastMeeting:
        answer = await self._line.ask("GET", f"/past_meetings/{encoded(uuid)}", Tier.LIGHT)
        with _understood():
            return read_past_meeting(read_event(answer))

    async def read_report_page(self, uuid: str, page_token: str = "") -> ReportPage:
        """A page of the participants report of one run; raises PageTokenExpired too.

        It is asked for by uuid: a number would give the latest run, which need not be this one.
        """
        params = {"page_size": PAGE, "include_fields": "registrant_id"}
        if page_token:
            params["next_page_token"] = page_token
        path = f"/report/meetings/{encoded(uuid)}/participants"
        answer = await self._line.ask("GET", path, Tier.HEAVY, params=params)
        with _understood():
            return read_page(answer)

    async def create_meeting(
        self, host: str, topic: str, starts_at: datetime, minutes: int, *, registration: bool, agenda: str = ""
    ) -> Meeting:
        """A scheduled meeting (type 2, the only one that takes registrants in batches). Zoom writes to nobody."""
        asked = _schedule(topic, starts_at, minutes) | {
            "type": 2,
            "agenda": agenda,
            "default_password": True,
            "settings": _settings(registration=registration),
        }
        path = f"{_user(host)}/meetings"
        answer = await self._line.ask("POST", path, Tier.LIGHT, json=asked, repeatable=False)
        with _understood():
            return read_meeting(read_event(answer))

    async def list_meetings(self, host: str) -> list[Meeting]:
        """The scheduled meetings of a host that have not expired; a list tells neither passcode nor registration."""
        return await self._list(f"{_user(host)}/meetings", "meetings", read_meeting, type="scheduled")

    async def get_meeting(self, meeting_id: str) -> Meeting:
        answer = await self._line.ask("GET", f"/meetings/{encoded(meeting_id)}", Tier.LIGHT)
        with _understood():
            return read_meeting(read_event(answer))

    async def update_meeting(self, meeting_id: str, topic: str, starts_at: datetime, minutes: int) -> None:
        """Move a meeting; Zoom allows a hundred creations and changes per host and day."""
        asked = _schedule(topic, starts_at, minutes)
        await self._line.ask("PATCH", f"/meetings/{encoded(meeting_id)}", Tier.LIGHT, json=asked)

    async def list_registrants(self, meeting_id: str) -> list[Registrant]:
        """All approved registrants of a meeting."""
        path = f"/meetings/{encoded(meeting_id)}/registrants"
        return await self._list(path, "registrants", read_registrant, status="approved")

    async def add_registrant(self, meeting_id: str, new: NewRegistrant) -> Registrant:
        path = f"/meetings/{encoded(meeting_id)}/registrants"
        answer = await self._line.ask("POST", path, Tier.LIGHT, json=_person(new), repeatable=False)
        with _understood():
            return read_registration(read_event(answer), new.email)

    async def add_registrants(self, meeting_id: str, new: Sequence[NewRegistrant]) -> list[Registrant]:
        """Register up to thirty at once; who is missing in the answer was not registered."""
        if not 0 < len(new) <= BATCH:
            raise ValueError(f"between 1 and {BATCH} registrants")
        asked = {
            "auto_approve": True,
            "registrants_confirmation_email": False,
            "registrants": [_person(one) for one in new],
        }
        path = f"/meetings/{encoded(meeting_id)}/batch_registrants"
        answer = await self._line.ask("POST", path, Tier.HEAVY, json=asked, repeatable=False)
        with _understood():
            return _read_items(read_event(answer), "registrants", read_registration)

    async def get_seats(self, host: str) -> int | None:
        """How many the host's licence admits to a meeting; None when Zoom does not let our app know."""
        try:
            answer = await self._line.ask("GET", f"{_user(host)}/settings", Tier.MEDIUM)
        except ZoomRefused:
            return None
        with _understood():
            feature = read_event(answer).get("feature")
        return whole(feature.get("meeting_capacity")) if isinstance(feature, dict) else None

    async def _list(self, path: str, key: str, read: Callable[[Json], Item], **asked: str) -> list[Item]:
        """All items of a paged list: a page may have fewer than asked for, and even none; an empty token ends it."""
        found: list[Item] = []
        params: dict[str, Any] = {"page_size": PAGE, **asked}
        async with in_time():
            while True:
                answer = await self._line.ask("GET", path, Tier.MEDIUM, params=params)
                with _understood():
                    page = read_event(answer)
                    found += _read_items(page, key, read)
                params["next_page_token"] = token_of(page)
                if not params["next_page_token"]:
                    return found


def open_zoom(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Zoom | None:
    """The client of the configured account; None when none is configured."""
    account, client, secret = settings.zoom_account_id, settings.zoom_client_id, settings.zoom_client_secret
    if account is None or client is None or secret is None:
        return None
    credentials = Credentials(account, client, secret)
    line = Line(credentials, api_url=settings.zoom_api_url, token_url=settings.zoom_token_url, transport=transport)
    return Zoom(line)


def _user(host: str) -> str:
    return "/users/" + quote(host, safe="@")


@contextmanager
def _understood() -> Iterator[None]:
    """What is no answer of Zoom's comes from something in between, or from a Zoom in trouble."""
    try:
        yield
    except Unreadable as error:
        raise ZoomUnavailable from error


def _read_items(page: Json, key: str, read: Callable[[Json], Item]) -> list[Item]:
    items = page.get(key)
    if not isinstance(items, list):
        raise Unreadable(f"no-{key}")
    return [read(item) for item in items if isinstance(item, dict)]


def _schedule(topic: str, starts_at: datetime, minutes: int) -> dict[str, Any]:
    start = starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"topic": topic, "start_time": start, "duration": minutes, "timezone": "UTC"}


def _settings(*, registration: bool) -> dict[str, Any]:
    return {
        "approval_type": 0 if registration else 2,
        "registrants_email_notification": False,
        "registrants_confirmation_email": False,
        "allow_multiple_devices": True,
        "mute_upon_entry": True,
        "waiting_room": False,
    }


def _person(new: NewRegistrant) -> dict[str, str]:
    told = {"email": new.email, "first_name": new.first_name[:64]}
    return told | ({"last_name": new.last_name[:64]} if new.last_name else {})
