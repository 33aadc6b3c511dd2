"""The participants report: one row a stay, not ready at first, in pages behind tokens that expire."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.demo.zoom_twin.events import write_instant
from app.demo.zoom_twin.faults import Report
from app.demo.zoom_twin.story import Run, Stay, Story

Row = dict[str, Any]


class NotReady(Exception):
    """There is no report yet, or never will be."""


class TokenUnknown(Exception):
    """The page token was never given, or its time is over."""


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    total: int
    next_token: str


def rows_of(story: Story, run: Run, shares: Report) -> Iterator[Row]:
    """In the order of joining; who waited has a row of its own, which is no presence."""
    stays = [stay for stay in story.stays if stay.run is run]
    for stay in sorted(stays, key=lambda stay: (stay.join, stay.user_id)):
        if shares.waiting_rows and stay.waited_from is not None and stay.waited_from < stay.join:
            yield _row(stay, stay.waited_from, stay.join, "in_waiting_room")
        yield _row(stay, stay.join, stay.leave, "in_meeting")


def _row(stay: Stay, join: datetime, leave: datetime, status: str) -> Row:
    return {
        "id": stay.guest.account,
        "user_id": stay.user_id,
        "participant_user_id": stay.guest.account,
        "name": stay.guest.name,
        "user_email": stay.guest.email,
        "join_time": write_instant(join),
        "leave_time": write_instant(leave),
        "duration": int((leave - join).total_seconds()),
        "registrant_id": stay.guest.registrant_id,
        "failover": False,
        "status": status,
    }


@dataclass(frozen=True)
class _Reading:
    """One walk through the pages: rows and total as they stood when it began."""

    rows: Sequence[Row]
    total: int
    offset: int
    until: datetime


class Reports:
    """Reads reports as they stand at a moment."""

    def __init__(self, draw: Random, shares: Report) -> None:
        self._draw = draw
        self._shares = shares
        self._readings: dict[str, _Reading] = {}

    def read(self, run: Run, rows: Sequence[Row], size: int, token: str, now: datetime) -> Page:
        """A page; raises NotReady, TokenUnknown."""
        if token:
            reading = self._readings.get(token)
            if reading is None or reading.until <= now:
                raise TokenUnknown
        else:
            reading = self._begin(run, rows, now)
        if self._shares.short_page > self._draw.random():
            size = max(1, size * 2 // 3)
        given = reading.rows[reading.offset : reading.offset + size]
        after = reading.offset + len(given)
        more = after < len(reading.rows)
        return Page(given, reading.total, self._keep(reading, after, now) if more else "")

    def _begin(self, run: Run, rows: Sequence[Row], now: datetime) -> _Reading:
        age, shares = (now - run.end).total_seconds() / 60, self._shares
        if age < shares.not_found_minutes or not run.has_report:
            raise NotReady
        found, total = list(rows), len(rows)
        if age < shares.zero_minutes:
            found = [row | {"duration": 0} if number % 7 == 0 else row for number, row in enumerate(found)]
        elif age < shares.mismatch_minutes:
            found = found[: total * 9 // 10]
        elif age < shares.growing_minutes:
            found = found[: int(total * (0.4 + 0.5 * int(age) / shares.growing_minutes))]
            total = len(found)
        if self._draw.random() < shares.reordered:
            self._draw.shuffle(found)
        return _Reading(found, total, 0, now)

    def _keep(self, reading: _Reading, offset: int, now: datetime) -> str:
        token = f"{self._draw.getrandbits(128):032x}"
        broken = self._draw.random() < self._shares.token_broken
        until = now if broken else now + timedelta(minutes=self._shares.token_minutes)
        self._readings = {key: one for key, one in self._readings.items() if one.until > now}
        self._readings[token] = _Reading(reading.rows, reading.total, offset, until)
        return token
