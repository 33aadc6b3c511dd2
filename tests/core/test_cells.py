"""Text of people in files: nothing that cannot be seen, nothing that climbs, nothing that calculates."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cells import MAX_MARKS, neutral, printable


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("Siti Aminah", "Siti Aminah"),
        ("\u202eSiti\u202c", "Siti"),
        ("a" + "\u0301" * 200 + "b", "\u00e1\u0301\u0301b"),
        ("satu\ndua\ttiga\u2028empat", "satu dua tiga empat"),
        ("nol\u200blebar\x00", "nollebar"),
        ("Ma'mur Nur'aini", "Ma'mur Nur'aini"),
        ("x" * 400, "x" * 299 + "…"),
    ],
    ids=["plain", "direction", "marks", "breaks", "unseen", "apostrophes", "long"],
)
def test_text_is_shown_on_one_quiet_line(given_text: str, shown: str) -> None:
    assert printable(given_text) == shown


@given(st.text())
def test_whatever_comes_nothing_unseen_is_left(text: str) -> None:
    shown = printable(text)
    assert len(shown) <= 300
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
    marks = "".join("m" if unicodedata.category(sign) in ("Mn", "Me") else " " for sign in shown)
    assert "m" * (MAX_MARKS + 1) not in marks


@pytest.mark.parametrize("text", ["=1+1", " @SUM(A1)", "+62", "-5", "\t=1"])
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert neutral(text) == "'" + text
    assert neutral("Siti = Aminah") == "Siti = Aminah"
