"""Lights: calm before the deadline, red only from what was concluded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.board.rules import Light, Standing, judge, merge_singles

TABLE = [
    ("nothing yet", Standing(False, "missing", False, "good", {}), "grey", []),
    ("room connected, nothing due", Standing(False, "missing", True, "good", {}), "blue", []),
    ("reported before the deadline", Standing(False, "submitted", True, "good", {}), "green", []),
    ("part missing before the deadline is no problem yet", Standing(False, "partial", True, "good", {}), "blue", []),
    ("silent after the deadline", Standing(True, "missing", True, "good", {}), "red", ["not-reported"]),
    (
        "silent from a blank spot is looked at, not blamed",
        Standing(True, "missing", False, "none", {}),
        "yellow",
        ["not-reported-blank-spot"],
    ),
    (
        "a blank spot that was connected could have reported",
        Standing(True, "missing", True, "weak", {}),
        "red",
        ["not-reported"],
    ),
    ("late is told by the report, not by the light", Standing(True, "late", True, "good", {}), "green", []),
    ("returned", Standing(True, "returned", True, "good", {}), "yellow", ["returned"]),
    (
        "what cannot be true",
        Standing(True, "submitted", True, "good", {"impossible": 1, "suspicious": 2}),
        "red",
        ["finding-impossible", "finding-suspicious"],
    ),
    (
        "what cannot be true is not concluded before the deadline",
        Standing(False, "submitted", True, "good", {"impossible": 1}),
        "green",
        [],
    ),
    (
        "something to explain",
        Standing(True, "verified", True, "good", {"explainable": 1}),
        "yellow",
        ["finding-explainable"],
    ),
]


@pytest.mark.parametrize(("standing", "light", "reasons"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_light(standing: Standing, light: str, reasons: list[str]) -> None:
    assert judge(standing) == (light, reasons)


standings = st.builds(
    Standing,
    due=st.booleans(),
    report_state=st.sampled_from(["missing", "partial", "submitted", "late", "returned", "verified"]),
    connected=st.booleans(),
    connectivity=st.sampled_from(["good", "weak", "none"]),
    open_findings=st.dictionaries(st.sampled_from(["explainable", "suspicious", "impossible"]), st.integers(0, 3)),
)


@given(standings)
def test_red_is_concluded_and_yellow_and_red_say_why(standing: Standing) -> None:
    light, reasons = judge(standing)
    assert (light in (Light.YELLOW, Light.RED)) == bool(reasons)
    if light is Light.RED:
        assert standing.due


def test_a_single_person_is_never_told_by_the_code() -> None:
    assert merge_singles({"DL": 4, "S": 1, "CM": 1, "CT": 2}) == {"CT": 2, "DL": 4, "other": 2}
