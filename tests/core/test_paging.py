import base64

import pytest

from app.core.paging import BadCursor, decode_cursor, encode_cursor


def test_a_cursor_gives_back_its_key() -> None:
    assert decode_cursor(encode_cursor("rina", 7), str, int) == ("rina", 7)
    assert decode_cursor(None, str) is None


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
