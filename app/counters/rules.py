"""How long the public waited at a counter, and whether a promise was kept: pure.

A ticket is one person's turn at one counter on one civil day. Its times become known one after the other, by several
messages in any order; nothing of the person is kept.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.calendar.rules import Days, count_working_days

LONGEST = timedelta(days=60)
"""Between arrival and finish; what takes longer is another business than a counter's."""
EARLY = timedelta(minutes=5)
"""By how much the clock of a queue machine may run ahead of ours."""
_NIK_DIGITS = 16


class Key(NamedTuple):
    """Which ticket; `day` is the civil day of the arrival."""

    opd_code: str
    service_code: str
    day: date
    ticket: str


@dataclass(frozen=True)
class Times:
    """What is known of a ticket."""

    arrived_at: datetime
    called_at: datetime | None = None
    finished_at: datetime | None = None
    cancelled: bool = False

    @property
    def wait_seconds(self) -> int | None:
        return None if self.called_at is None else _seconds(self.called_at - self.arrived_at)

    @property
    def total_seconds(self) -> int | None:
        return None if self.finished_at is None else _seconds(self.finished_at - self.arrived_at)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


@dataclass(frozen=True)
class Told:
    """One message about a ticket; None says nothing."""

    arrived_at: datetime
    called_at: datetime | None = None
    finished_at: datetime | None = None
    cancelled: bool | None = None


class Message(NamedTuple):
    """What somebody says about a ticket of an OPD's service."""

    opd_code: str
    service_code: str
    ticket: str
    told: Told


def add(known: Times | None, told: Told) -> Times:
    """What is known after one more message: what it says stands, what it leaves out stays."""
    before = known or Times(told.arrived_at)
    return replace(
        before,
        arrived_at=told.arrived_at,
        called_at=told.called_at or before.called_at,
        finished_at=told.finished_at or before.finished_at,
        cancelled=before.cancelled if told.cancelled is None else told.cancelled,
    )


def fault_of(times: Times, now: datetime) -> tuple[str, str] | None:
    """The field that is wrong and a text of it; None where the times can be true."""
    ordered = [("arrived_at", times.arrived_at), ("called_at", times.called_at), ("finished_at", times.finished_at)]
    latest = times.arrived_at
    for name, moment in ordered:
        if moment is None:
            continue
        if moment > now + EARLY:
            return name, "time_in_future"
        if moment < latest:
            return name, "times_not_in_order"
        if moment - times.arrived_at > LONGEST:
            return name, "service_too_long"
        latest = moment
    return None


def looks_like_nik(ticket: str) -> bool:
    """A queue number never has the sixteen digits of a citizen's number."""
    return len(re.sub(r"\D", "", ticket)) >= _NIK_DIGITS


class Unjudged(StrEnum):
    """Why a ticket says nothing about a promise."""

    CANCELLED = "cancelled"
    UNFINISHED = "unfinished"
    NO_PROMISE = "no_promise"
    UNKNOWN = "unknown"
    """A wait was promised, and nobody told when the person was called."""


@dataclass(frozen=True)
class Promise:
    """What a service promises (maklumat pelayanan, UU 25/2009); of the two ways to finish, at most one is named."""

    wait_minutes: int | None = None
    finish_minutes: int | None = None
    finish_working_days: int | None = None
    """0: on the day of arrival; 1: on the next working day at the latest."""


def judge(
    times: Times, promise: Promise | None, arrived_on: date, finished_on: date | None, days: Days
) -> bool | Unjudged:
    """Whether a promise was kept; the civil days are those of the arrival and the finish."""
    if times.cancelled:
        return Unjudged.CANCELLED
    if times.total_seconds is None or finished_on is None:
        return Unjudged.UNFINISHED
    if promise is None:
        return Unjudged.NO_PROMISE
    if promise.wait_minutes is not None and times.wait_seconds is None:
        return Unjudged.UNKNOWN
    kept = promise.wait_minutes is None or (times.wait_seconds or 0) <= 60 * promise.wait_minutes
    if promise.finish_minutes is not None:
        kept = kept and times.total_seconds <= 60 * promise.finish_minutes
    if promise.finish_working_days is not None:
        kept = kept and count_working_days(arrived_on, finished_on, days) <= promise.finish_working_days
    return kept
