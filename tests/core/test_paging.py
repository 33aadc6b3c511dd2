import base64
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.core.paging import BadCursor, decode_cursor, encode_cursor


def test_a_cursor_gives_back_its_key() -> None:
    assert decode_cursor(encode_cursor("rina", 7), str, int) == ("rina", 7)
    assert decode_cursor(None, str) is None


@pytest.mark.parametrize("part", [UUID(int=7), date(2026, 11, 23), datetime(2026, 11, 22, 23, 30, 1, 5, tzinfo=UTC)])
def test_a_cursor_keeps_ids_days_and_instants(part: UUID | date) -> None:
    assert decode_cursor(encode_cursor(part), type(part)) == (part,)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        pytest.param(UUID, "x", id="no id"),
        pytest.param(UUID, 7, id="a number for an id"),
        pytest.param(date, "2026-02-30", id="a day that does not exist"),
        pytest.param(date, "1999-12-31", id="a day before all time"),
        pytest.param(datetime, "2026-11-23T07:30:00", id="an instant without offset"),
        pytest.param(datetime, "0001-01-01T00:00:00+14:00", id="an instant that UTC has not"),
        pytest.param(datetime, "infinity", id="no instant"),
    ],
)
def test_what_the_database_cannot_compare_is_refused(kind: type[UUID | date], part: str | int) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor(part), kind)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[99999999999999999999]", id="an integer beyond 64 bits"),
        pytest.param("[-9223372036854775808]", id="the least of 64 bits"),
        pytest.param("[" + "9" * 5000 + "]", id="an integer of 5,000 digits"),
        pytest.param("[true]", id="a boolean"),
        pytest.param("[1.0]", id="a number with a point"),
        pytest.param("[1, 2]", id="a key too long"),
        pytest.param("[]", id="a key too short"),
        pytest.param("{}", id="an object"),
        pytest.param("[" * 5000, id="opened and never closed"),
    ],
)
def test_what_is_no_cursor_of_a_list_by_number_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(base64.urlsafe_b64encode(text.encode()).decode(), int)


@pytest.mark.parametrize("text", ['["\\u0000"]', '["\\ud800"]', '["\\udc00x"]', "[1]", '["a"'])
def test_what_is_no_cursor_of_a_list_by_text_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(base64.urlsafe_b64encode(text.encode()).decode(), str)


@pytest.mark.parametrize("cursor", ["é", "x", "====", "%%%", "\0"])
def test_what_is_no_base64_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, str)
