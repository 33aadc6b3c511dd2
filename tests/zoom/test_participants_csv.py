"""Files of Zoom's portal: every known layout says the same, everything else is refused with a reason."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.evidence.rules import StaySeen
from app.zoom.csv_times import Clock, Order
from app.zoom.participants_csv import MeetingSeen, ParticipantsFile, read_participants, split_name
from tests.make import DAY, ZONE
from tests.zoom import participants_files as files


def at(hour: int, minute: int, second: int) -> datetime:
    return datetime(2026, 11, 23, hour, minute, second, tzinfo=ZONE).astimezone(UTC)


MEETING = MeetingSeen("86084701483", at(7, 25, 11), at(8, 1, 40))
STAYS = [
    StaySeen("[DISDIK] Ruang 1", at(7, 25, 12), at(8, 1, 39), email="disdik@contoh.go.id"),
    StaySeen("[DISDIK] 1001 Siti", at(7, 28, 5), at(7, 45, 5), "iPhone"),
    StaySeen("[DISDIK] 1001 Siti", at(7, 46, 0), at(8, 1, 40)),
]
KNOWN = {
    "as from 2020 on": (files.PARTICIPANTS_FILE, MEETING, STAYS, 0),
    "the newer portal": (files.NEWER, MEETING, STAYS, 1),
    "the portal in Indonesian": (files.INDONESIAN, MEETING, STAYS, 0),
    "the meeting in every row": (files.IN_EVERY_ROW, MEETING, STAYS, 0),
    "without the meeting": (files.WITHOUT_MEETING, None, STAYS, 0),
    "name and times alone": (files.NAMED_MONTH, None, [StaySeen("[DISDIK] Ruang 1", at(7, 25, 12), at(8, 1, 39))], 0),
}


def read(text: str, *, on: date = DAY, zone: ZoneInfo = ZONE) -> ParticipantsFile:
    return read_participants(text.encode(), zone, on)


@pytest.mark.parametrize("case", KNOWN.values(), ids=KNOWN.keys())
def test_a_known_layout_is_read(case: tuple[str, MeetingSeen | None, list[StaySeen], int]) -> None:
    text, meeting, stays, waiting = case
    assert read(text) == ParticipantsFile(meeting, stays, waiting)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_of_windows_is_read(encoding: str) -> None:
    text = files.PARTICIPANTS_FILE.replace("Ruang 1", "Ruang Café")
    found = read_participants(text.encode(encoding), ZONE, DAY)
    assert found.stays[0].display_name == "[DISDIK] Ruang Café"


ROW = "Name,Join Time,Leave Time,In Waiting Room\nSiti,{join},{leave},{waiting}\n"


def row(join: str = "11/23/2026 07:30:00 AM", leave: str = "11/23/2026 08:00:00 AM", waiting: str = "No") -> str:
    return ROW.format(join=join, leave=leave, waiting=waiting)


REFUSED = {
    "a summary of each person": (files.SUMMED_UP, "csv-without-times"),
    "a summary in Indonesian": (files.SUMMED_UP_INDONESIAN, "csv-without-times"),
    "a report of a webinar": (files.WEBINAR, "csv-layout-unknown"),
    "something else": ("a,b\n1,2\n", "csv-layout-unknown"),
    "nothing": ("\n\n", "csv-layout-unknown"),
    "a meeting and nobody's columns": (files.PARTICIPANTS_FILE.split("\n\n")[0] + "\na,b\n", "csv-layout-unknown"),
    "columns and nobody": (ROW.split("\n", maxsplit=1)[0], "csv-empty"),
    "all in the waiting room": (row(waiting="Yes"), "csv-empty"),
    "a column twice": ("Name,Join Time,Leave Time,Join Time\nSiti,1,2,3\n", "columns-repeated"),
    "two meetings": (files.IN_EVERY_ROW.replace("860 8470 1483", "87012345678", 1), "csv-several-meetings"),
    "a quote that never ends": ('Name,Join Time,Leave Time\n"Siti,', "file-not-text"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_known_is_refused(case: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        read(case[0])
    assert refused.value.code == case[1]


BAD = {
    "no time of leaving": (row(leave=""), [("/2/leave", "csv_time")]),
    "a word for a time": (row(join="pagi"), [("/2/join", "csv_time")]),
    "a date without a time": (row(join="11/23/2026"), [("/2/join", "csv_time")]),
    "thirteen in the afternoon": (row(leave="11/23/2026 13:00:00 PM"), [("/2/leave", "csv_time")]),
    "hour zero in the morning": (row(join="11/23/2026 00:30:00 AM"), [("/2/join", "csv_time")]),
    "a year of two digits": (row(join="11/23/26 07:30:00 AM"), [("/2/join", "csv_time")]),
    "left before they came": (row(leave="11/23/2026 07:29:59 AM"), [("/2/leave", "csv_left_before")]),
    "a waiting room of its own kind": (row(waiting="Maybe"), [("/2/waiting", "csv_yes_or_no")]),
    "a number that a spreadsheet rounded": (
        files.PARTICIPANTS_FILE.replace("860 8470 1483", "8.60847E+10"), [("/2/id", "csv_meeting_number")],
    ),
    "several rows": (row(join="x") + "Budi,y,z,No\n", [("/2/join", "csv_time"), ("/3/join", "csv_time"),
                                                       ("/3/leave", "csv_time")]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_bad_row_is_named_by_its_line(case: tuple[str, list[tuple[str, str]]]) -> None:
    with pytest.raises(Refusal) as refused:
        read(case[0])
    assert refused.value.code == "csv-rows-refused"
    assert [(error.pointer, error.code) for error in refused.value.errors] == case[1]


EARLY = date(2026, 12, 7)
ORDERS: dict[str, tuple[tuple[str, str], date, datetime | None]] = {
    "month first, proven": (("11/23/2026 07:30", "11/23/2026 08:00"), date(2026, 1, 1), at(7, 30, 0)),
    "day first, proven": (("23/11/2026 07:30", "23/11/2026 08:00"), date(2026, 1, 1), at(7, 30, 0)),
    "without leading zeros": (("11/23/2026 7:30 am", "11/23/2026 8:00 am"), DAY, at(7, 30, 0)),
    "either, and the apel's day tells: month first": (
        ("12/07/2026 07:30:00 AM", "12/07/2026 08:00:00 AM"), EARLY, datetime(2026, 12, 6, 23, 30, tzinfo=UTC),
    ),
    "either, and the apel's day tells: day first": (
        ("07/12/2026 07:30:00 AM", "07/12/2026 08:00:00 AM"), EARLY, datetime(2026, 12, 6, 23, 30, tzinfo=UTC),
    ),
    "either, around midnight": (
        ("12/06/2026 23:50:00", "12/07/2026 00:20:00"), EARLY, datetime(2026, 12, 6, 15, 50, tzinfo=UTC),
    ),
    "either, and neither is the apel's day": (("12/07/2026 07:30", "12/07/2026 08:00"), DAY, None),
    "both orders in one file": (("11/23/2026 07:30", "24/11/2026 08:00"), DAY, None),
    "day and month of one number": (
        ("12/12/2026 07:30", "12/12/2026 08:00"), DAY, datetime(2026, 12, 11, 23, 30, tzinfo=UTC),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ORDERS.values(), ids=ORDERS.keys())
def test_month_and_day_are_told_apart_or_refused(case: tuple[tuple[str, str], date, datetime | None]) -> None:
    (join, leave), on, expected = case
    if expected is not None:
        assert read(row(join, leave), on=on).stays[0].joined_at == expected
        return
    with pytest.raises(Refusal) as refused:
        read(row(join, leave), on=on)
    assert (refused.value.code, refused.value.facts) == ("csv-dates-unclear", {"line": 2})


def test_a_time_that_came_twice_or_never_is_refused() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for night, clock in ((date(2026, 10, 25), "10/25/2026 02:30:00"), (date(2026, 3, 29), "03/29/2026 02:30:00")):
        with pytest.raises(Refusal) as refused:
            read(row(clock, clock), on=night, zone=berlin)
        assert [error.code for error in refused.value.errors] == ["csv_clock_change"] * 2


NAMES = {
    "Siti": ("Siti", None),
    "Siti (iPhone)": ("Siti", "iPhone"),
    "24JR1A(Siti Aminah)": ("24JR1A", "Siti Aminah"),
    "Siti (WFA) (iPhone)": ("Siti (WFA)", "iPhone"),
    "Siti (HP (lama))": ("Siti", "HP (lama)"),
    "(iPhone)": ("(iPhone)", None),
    "Siti ()": ("Siti ()", None),
    "Siti )": ("Siti )", None),
    "Siti :(": ("Siti :(", None),
    "": ("", None),
}


@pytest.mark.parametrize("written", NAMES)
def test_the_original_name_stands_in_the_last_brackets(written: str) -> None:
    assert split_name(written) == NAMES[written]


@given(st.integers(978_307_200, 4_070_908_800))
def test_every_way_of_writing_an_instant_says_the_same(seconds: int) -> None:
    clock = Clock(ZONE, Order.MONTH)
    expected = datetime.fromtimestamp(seconds, UTC)
    local = expected.astimezone(ZONE)
    hour = local.hour % 12 or 12
    ways = [
        local.strftime("%m/%d/%Y %I:%M:%S %p"),
        local.strftime("%m/%d/%Y %H:%M:%S"),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        local.strftime("%b %d, %Y %I:%M:%S %p"),
        f"{local.month}/{local.day}/{local.year} {hour}:{local:%M:%S} {'am' if local.hour < 12 else 'pm'}",
    ]
    assert {clock.read(way) for way in ways} == {expected}
    assert Clock(ZONE, Order.DAY).read(local.strftime("%d/%m/%Y %H:%M:%S")) == expected


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for file in (data, b"Name,Join Time,Leave Time\n" + data):
        try:
            found = read_participants(file, ZONE, DAY)
        except Refusal:
            continue
        assert found.stays
