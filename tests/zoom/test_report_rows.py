"""What a row of Zoom's participants report says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.zoom.payloads import Unreadable
from app.zoom.report_rows import ReportRow, read_page
from tests.zoom.stand_in import rows, stays


def page(**changes: Any) -> bytes:
    row = {key: value for key, value in {**stays(1)[0], **changes}.items() if value is not ...}
    return json.dumps(rows(row)).encode()


def test_a_guest_row_is_read_whole() -> None:
    assert list(read_page(page()).rows) == [
        ReportRow(
            name="[DISDIK] Ruang 0",
            email=None,
            registrant_id=None,
            account_id=None,
            user_id="16778240",
            joined_at=datetime(2026, 11, 22, 23, 25, 12, tzinfo=UTC),
            left_at=datetime(2026, 11, 23, 0, 5, 12, tzinfo=UTC),
            duration=2400,
            status="in_meeting",
        )
    ]


@pytest.mark.parametrize("absent", ["", None, ...], ids=["empty", "null", "missing"])
def test_what_is_empty_null_or_missing_is_absent(absent: Any) -> None:
    fields = ("id", "participant_user_id", "user_email", "registrant_id", "user_id", "leave_time", "duration", "status")
    [row] = read_page(page(**dict.fromkeys(fields, absent))).rows
    assert (row.account_id, row.email, row.registrant_id, row.user_id, row.left_at) == (None,) * 5
    assert (row.duration, row.status) == (0, "in_meeting")


def test_a_member_is_known_by_the_account_that_zoom_will_keep() -> None:
    [row] = read_page(page(id="old", participant_user_id="new", user_email="Siti@Example.go.id")).rows
    assert (row.account_id, row.email) == ("new", "siti@example.go.id")


def test_a_waiting_room_row_says_so() -> None:
    assert read_page(page(status="in_waiting_room")).rows[0].status == "in_waiting_room"


@pytest.mark.parametrize("total", [None, -1, True, "2", 1.0])
def test_a_total_that_is_no_count_is_unknown(total: Any) -> None:
    assert read_page(json.dumps(rows(*stays(1)) | {"total_records": total}).encode()).total_records is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"participants": {}}', b'{"participants": [1]}', page(join_time="yesterday")]
)
def test_what_is_no_report_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_page(body)


def test_an_empty_report_is_one() -> None:
    page = read_page(json.dumps(rows()).encode())
    assert (list(page.rows), page.total_records, page.next_page_token) == ([], 0, "")
