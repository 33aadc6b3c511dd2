"""What a confirmed duty means for the roll-call."""

import pytest

from app.duty.rules import (
    ABSENCE_CODES,
    EXCUSED,
    NOT_REQUIRED,
    Code,
    Duty,
    Mode,
    Suggestion,
    is_hidden,
    mask_health,
    mask_health_in,
    suggest,
)


@pytest.mark.parametrize(
    ("duty", "suggested"),
    [
        pytest.param(None, Suggestion(Code.H, Mode.WFO), id="whoever has no duty is expected at the office"),
        pytest.param(
            Duty("WFA", "SE 2/2026"),
            Suggestion(Code.H, Mode.WFA, "SE 2/2026"),
            id="a WFA order is presence on Zoom, never absence",
        ),
        pytest.param(Duty("DL", "ST 090/12"), Suggestion(Code.DL, None, "ST 090/12"), id="dinas luar with its letter"),
        pytest.param(Duty("SF"), Suggestion(Code.SF), id="a shift is not required"),
        pytest.param(Duty("S"), Suggestion(Code.S), id="sick is excused"),
    ],
)
def test_a_duty_prefills_the_report(duty: Duty | None, suggested: Suggestion) -> None:
    assert suggest(duty) == suggested


@pytest.mark.parametrize("code", sorted(ABSENCE_CODES - {"WFA"}))
def test_no_absence_is_suggested_as_presence_or_as_unexplained(code: str) -> None:
    suggested = suggest(Duty(code))
    assert suggested.status in EXCUSED | NOT_REQUIRED
    assert suggested.mode is None


def test_health_codes_alone_are_hidden_from_those_who_need_not_know() -> None:
    assert {code for code in ABSENCE_CODES if is_hidden(code, knows_health=False)} == {"S", "CS", "CM"}
    assert not any(is_hidden(code, knows_health=True) for code in ABSENCE_CODES)


def test_health_codes_are_merged_for_outsiders() -> None:
    assert mask_health({"DL": 2, "S": 1, "CS": 1, "CM": 3}) == {"DL": 2, "excused": 5}


def test_facts_for_outsiders_hide_health_as_value_and_as_name() -> None:
    facts = {"claim": "CM", "absence": None, "excused": {"spoken": {"S": 1, "CM": 1, "DL": 2}, "written": {}}, "wfo": 3}
    assert mask_health_in(facts) == {
        "claim": "excused",
        "absence": None,
        "excused": {"spoken": {"excused": 2, "DL": 2}, "written": {}},
        "wfo": 3,
    }
