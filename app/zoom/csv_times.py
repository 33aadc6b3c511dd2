"""Dates and times as Zoom's portal writes them into files: in the account's zone, in the order of its language."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.fields import FIRST_YEAR, LAST_YEAR
from app.zoom.errors import CsvDatesUnclear

_CLOCK = r"[ T,]+(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_SLASHES = re.compile(r"(?P<first>\d{1,2})/(?P<then>\d{1,2})/(?P<year>\d{4})" + _CLOCK)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)" + _CLOCK)
_NAMED = re.compile(r"(?P<month>[A-Za-z]{3}) (?P<day>\d{1,2}),? (?P<year>\d{4})" + _CLOCK)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BESIDE = timedelta(days=1)
"""A meeting around midnight, and a zone on the other side of it, is still the apel's."""


class Order(StrEnum):
    """What stands first in a date with slashes."""

    MONTH = "month"
    DAY = "day"


class BadTime(Exception):
    """No time, or not one; the text is a code of `validation`."""


def find_order(written: Iterable[tuple[int, str]], on: date) -> Order:
    """The one order in which all dates of a file (line, text) make sense; where two do, the one that is around `on`.

    Raises CsvDatesUnclear.
    """
    pairs = [(line, found) for line, text in written if (found := _SLASHES.match(text.strip()))]
    if not pairs:
        return Order.MONTH
    days = {order: [_day(found, order) for _, found in pairs] for order in Order}
    possible = [order for order in Order if None not in days[order]]
    if len(possible) == 2 and days[Order.MONTH] != days[Order.DAY]:
        possible = [order for order in Order if all(day and abs(day - on) <= _BESIDE for day in days[order])]
    if not possible:
        raise CsvDatesUnclear(line=_first_doubtful(pairs))
    return possible[0]


def _first_doubtful(pairs: list[tuple[int, re.Match[str]]]) -> int:
    """The first line whose date alone does not tell the order, else that contradicts the first one."""
    orders = [{order for order in Order if _day(found, order)} for _, found in pairs]
    return next((pairs[n][0] for n, these in enumerate(orders) if len(these) == 2 or these != orders[0]), pairs[0][0])


def _day(found: re.Match[str], order: Order) -> date | None:
    first, then = int(found["first"]), int(found["then"])
    month, day = (first, then) if order is Order.MONTH else (then, first)
    try:
        return date(int(found["year"]), month, day)
    except ValueError:
        return None


@dataclass(frozen=True)
class Clock:
    """Reads the times of one file."""

    zone: ZoneInfo
    order: Order

    def read(self, text: str) -> datetime:
        """The instant in UTC; raises BadTime."""
        written = text.strip()
        for form in (_SLASHES, _ISO, _NAMED):
            if found := form.fullmatch(written):
                return self._instant(self._date(found), found)
        raise BadTime("csv_time")

    def _date(self, found: re.Match[str]) -> date:
        if found.re is _SLASHES:
            day = _day(found, self.order)
        else:
            month = found["month"].lower()
            number = int(month) if month.isdigit() else _MONTHS.index(month) + 1 if month in _MONTHS else 0
            try:
                day = date(int(found["year"]), number, int(found["day"]))
            except ValueError:
                day = None
        if day is None or not FIRST_YEAR <= day.year < LAST_YEAR:
            raise BadTime("csv_time")
        return day

    def _instant(self, day: date, found: re.Match[str]) -> datetime:
        hour, half = int(found["hour"]), (found["half"] or "").lower()
        if half and not 1 <= hour <= 12:
            raise BadTime("csv_time")
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        try:
            clock = time(hour, int(found["minute"]), int(found["second"] or 0), tzinfo=self.zone)
        except ValueError as error:
            raise BadTime("csv_time") from error
        before, after = (datetime.combine(day, clock.replace(fold=fold)).astimezone(UTC) for fold in (0, 1))
        if before != after:
            raise BadTime("csv_clock_change")
        return before
