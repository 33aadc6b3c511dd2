"""The participants file that Zoom's portal gives, in the layouts that are known; any other is refused, never guessed.

Above the participants may stand the meeting: a row of headings, one row, an empty line. In one layout the meeting
stands in every row, to the left of the participant. Headings are English or Indonesian, in any order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.core.errors import FieldError
from app.core.fields import fold
from app.evidence.rules import StaySeen
from app.registry.errors import ColumnsRepeated
from app.registry.sheets import Row, read_csv
from app.zoom.csv_times import BadTime, Clock, find_order
from app.zoom.errors import CsvEmpty, CsvLayoutUnknown, CsvRowsRefused, CsvSeveralMeetings, CsvWithoutTimes
from app.zoom.payloads import clean

MAX_ERRORS = 100
"""Shown at once; a file with more is best exported anew."""

_MEETING = {
    "meeting id": "id",
    "id": "id",
    "start time": "start",
    "waktu mulai": "start",
    "end time": "end",
    "waktu berakhir": "end",
}
_PARTICIPANT = {
    "name original name": "name",
    "nama nama asli": "name",
    "name": "plain_name",
    "nama": "plain_name",
    "user email": "email",
    "email": "email",
    "join time": "join",
    "waktu bergabung": "join",
    "leave time": "leave",
    "waktu keluar": "leave",
    "total duration minutes": "total",
    "total durasi menit": "total",
    "total durasi menit s": "total",
    "duration minutes": "duration",
    "durasi menit": "duration",
    "in waiting room": "waiting",
    "di ruang tunggu": "waiting",
}
_NAMES = ("name", "plain_name")
_YES, _NO = {"yes", "ya"}, {"no", "tidak", ""}


@dataclass(frozen=True)
class MeetingSeen:
    """The meeting as the file names it."""

    number: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ParticipantsFile:
    meeting: MeetingSeen | None
    stays: Sequence[StaySeen]
    waiting: int
    """Rows of people in the waiting room, who were not present."""


class _Cells(NamedTuple):
    """The named cells of one row."""

    line: int
    values: dict[str, str]


class _Table(NamedTuple):
    meetings: list[_Cells]
    """As often as the file names it."""
    people: list[_Cells]


def read_participants(data: bytes, zone: ZoneInfo, on: date) -> ParticipantsFile:
    """What a file says, its times being of `zone`; where month and day could be either, `on` is the apel's day.

    Raises CsvLayoutUnknown, CsvWithoutTimes, CsvSeveralMeetings, CsvDatesUnclear, CsvRowsRefused, CsvEmpty, and the
    refusals of `sheets.read_csv`.
    """
    table = _split(read_csv(data))
    if not table.people:
        raise CsvEmpty
    clock = Clock(zone, find_order(_times_of(table), on))
    errors: list[FieldError] = []
    meeting = _read_meeting(table.meetings, clock, errors)
    present = [row for row in table.people if not _is_waiting(row, errors)]
    stays = [stay for row in present if (stay := _read_stay(row, clock, errors)) is not None]
    if errors:
        raise CsvRowsRefused(errors=errors[:MAX_ERRORS], count=len(errors))
    if not stays:
        raise CsvEmpty
    return ParticipantsFile(meeting, stays, len(table.people) - len(present))


def _split(rows: list[Row]) -> _Table:
    """The meeting's part and the participants' part of a file."""
    if not rows:
        raise CsvLayoutUnknown
    headings = _folded(rows[0])
    if not _names_people(headings):
        meeting = _columns(headings, _MEETING)
        if len(rows) < 3 or not {"id", "start"} <= meeting.keys():
            raise CsvLayoutUnknown
        return _Table(_cells(rows[1:2], meeting), _cells(rows[3:], _people_columns(_folded(rows[2]))))
    first = next(place for place, heading in enumerate(headings) if _PARTICIPANT.get(heading) in _NAMES)
    meeting = _columns(headings[:first], _MEETING)
    if {"id", "start"} <= meeting.keys():
        people = _people_columns([*("" for _ in range(first)), *headings[first:]])
        return _Table(_cells(rows[1:], meeting), _cells(rows[1:], people))
    return _Table([], _cells(rows[1:], _people_columns(headings)))


def _folded(row: Row) -> list[str]:
    return [fold(str(cell or "")[:100]) for cell in row[1]]


def _names_people(headings: Sequence[str]) -> bool:
    return any(_PARTICIPANT.get(heading) in _NAMES for heading in headings)


def _people_columns(headings: Sequence[str]) -> dict[str, int]:
    """Where the columns of a participant are."""
    found = _columns(headings, _PARTICIPANT)
    if found.keys().isdisjoint(_NAMES) or found.keys().isdisjoint({"join", "leave", "duration", "total"}):
        raise CsvLayoutUnknown
    if not {"join", "leave"} <= found.keys():
        raise CsvWithoutTimes
    return found


def _columns(headings: Sequence[str], known: dict[str, str]) -> dict[str, int]:
    """Column → place; raises ColumnsRepeated."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = known.get(heading)
        if column in found:
            raise ColumnsRepeated(columns=heading)
        if column is not None:
            found[column] = place
    return found


def _cells(rows: Sequence[Row], columns: dict[str, int]) -> list[_Cells]:
    return [
        _Cells(line, {name: str(cells[place] or "") if place < len(cells) else "" for name, place in columns.items()})
        for line, cells in rows
    ]


def _times_of(table: _Table) -> Iterator[tuple[int, str]]:
    for row in (*table.meetings, *table.people):
        yield from ((row.line, row.values[name]) for name in ("start", "end", "join", "leave") if name in row.values)


def _read_meeting(rows: Sequence[_Cells], clock: Clock, errors: list[FieldError]) -> MeetingSeen | None:
    if not rows:
        return None
    first = rows[0]
    for row in rows:
        if row.values != first.values:
            raise CsvSeveralMeetings(line=row.line)
    number = "".join(first.values["id"].replace("-", "").split())
    if not re.fullmatch(r"[0-9]{9,12}", number, re.ASCII):
        errors.append(FieldError(f"/{first.line}/id", "csv_meeting_number"))
    start = _time(first, "start", clock, errors)
    end = _time(first, "end", clock, errors) if first.values.get("end") else None
    if start is not None and end is not None and end < start:
        errors.append(FieldError(f"/{first.line}/end", "csv_left_before"))
    return None if start is None else MeetingSeen(number, start, end)


def _is_waiting(row: _Cells, errors: list[FieldError]) -> bool:
    said = fold(row.values.get("waiting", ""))
    if said not in _YES | _NO:
        errors.append(FieldError(f"/{row.line}/waiting", "csv_yes_or_no"))
    return said in _YES


def _read_stay(row: _Cells, clock: Clock, errors: list[FieldError]) -> StaySeen | None:
    joined, left = _time(row, "join", clock, errors), _time(row, "leave", clock, errors)
    if joined is None or left is None:
        return None
    if left < joined:
        errors.append(FieldError(f"/{row.line}/leave", "csv_left_before"))
        return None
    name, second = split_name(row.values["name"]) if "name" in row.values else (row.values["plain_name"], None)
    email = clean(row.values.get("email")).casefold()
    return StaySeen(clean(name), joined, left, clean(second) or None, email=email or None)


def _time(row: _Cells, column: str, clock: Clock, errors: list[FieldError]) -> datetime | None:
    try:
        return clock.read(row.values[column])
    except BadTime as error:
        errors.append(FieldError(f"/{row.line}/{column}", str(error)))
        return None


def split_name(written: str) -> tuple[str, str | None]:
    """`name (original name)` as both; brackets inside of the original belong to it."""
    text = written.strip()
    if not text.endswith(")"):
        return text, None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            name, original = text[:place].strip(), text[place + 1 : -1].strip()
            return (name, original) if name and original else (text, None)
    return text, None
