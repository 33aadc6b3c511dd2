"""Zoom's participants report, read tolerantly: one row per stay, and a person who comes back has several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.zoom.payloads import Unreadable, clean, read_event, read_instant

WAITING_ROOM = "in_waiting_room"
"""The status of a row that is no presence."""
LONGEST_TOKEN = 2048


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One stay as the report tells it; what is empty, null or missing is None."""

    name: str
    email: str | None
    registrant_id: str | None
    account_id: str | None
    user_id: str | None
    """Valid inside one run only, never an identity."""
    joined_at: datetime | None
    left_at: datetime | None
    """Like a duration of 0, no time of leaving means that Zoom was asked too early."""
    duration: int
    """Seconds."""
    status: str
    """`in_meeting` or `in_waiting_room`."""


@dataclass(frozen=True, slots=True)
class ReportPage:
    body: bytes
    """As Zoom sent it."""
    rows: Sequence[ReportRow]
    total_records: int | None
    """Of the whole report."""
    next_page_token: str
    """Lives for 15 minutes; empty: this was the last page, however few rows it has."""


def read_page(body: bytes) -> ReportPage:
    """A page of the report; raises Unreadable."""
    page = read_event(body)
    rows = page.get("participants")
    if not isinstance(rows, list):
        raise Unreadable("no-participants")
    return ReportPage(body, [_row(row) for row in rows], whole(page.get("total_records")), token_of(page))


def token_of(page: Mapping[str, Any]) -> str:
    """The token of the next page as it came, empty at the end; raises Unreadable for what cannot be sent back."""
    token = page.get("next_page_token")
    if not isinstance(token, str):
        return ""
    if len(token) > LONGEST_TOKEN or (token and not (token.isascii() and token.isprintable())):
        raise Unreadable("bad-page-token")
    return token


def whole(value: object) -> int | None:
    """A count that is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31 else None


def _row(row: object) -> ReportRow:
    if not isinstance(row, dict):
        raise Unreadable("row-not-an-object")
    return ReportRow(
        name=clean(row.get("name")),
        email=clean(row.get("user_email")).casefold() or None,
        registrant_id=clean(row.get("registrant_id")) or None,
        account_id=clean(row.get("participant_user_id")) or clean(row.get("id")) or None,
        user_id=clean(row.get("user_id")) or None,
        joined_at=instant_or_none(row.get("join_time")),
        left_at=instant_or_none(row.get("leave_time")),
        duration=whole(row.get("duration")) or 0,
        status=clean(row.get("status")) or "in_meeting",
    )


def instant_or_none(written: object) -> datetime | None:
    """A time, None where nothing is written; raises Unreadable for what is written and is none."""
    text = clean(written)
    return read_instant(text) if text else None
