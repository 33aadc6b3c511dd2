"""The twin speaks as Zoom's published specification says, and where real traffic differs, in those ways alone."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from app.demo.zoom_twin.deliveries import tell
from app.demo.zoom_twin.faults import Faults
from tests.demo.twin import GENTLE, WORST, story_of

SPEC = Path(__file__).parent / "spec"
EVENTS: dict[str, Any] = json.loads((SPEC / "webhook-events.json").read_text("utf-8"))["events"]
ANSWERS: dict[str, Any] = json.loads((SPEC / "rest-answers.json").read_text("utf-8"))["answers"]

# E-mail addresses are left unchecked: a guest's is empty, which the specification's own format forbids.
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")  # type: ignore[untyped-decorator]
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value))


CHECKS = {name: Draft202012Validator(schema, format_checker=FORMATS) for name, schema in EVENTS.items()}


def _events(faults: Faults) -> Iterator[dict[str, Any]]:
    for number in range(6):
        for delivery in tell(story_of(number, faults), faults, number):
            yield json.loads(delivery.body)


def test_gentle_deliveries_are_valid_without_exception() -> None:
    checked: Counter[str] = Counter()
    for event in _events(GENTLE):
        CHECKS[event["event"]].validate(event)
        checked[event["event"]] += 1
    assert set(checked) == set(EVENTS)


SEEN_OTHERWISE = (
    ("id as a number", r"\d+ is not of type 'string'"),
    ("a guest's field is null", r"None is not of type 'string'"),
    ("a guest's address is missing", r"'email' is a required property"),
    ("keys of no specification", r".*\('(private_ip|public_ip)', '(private_ip|public_ip)' were unexpected\)"),
)


def test_the_worst_deliveries_differ_only_as_real_ones_were_seen_to() -> None:
    found: Counter[str] = Counter()
    for event in _events(WORST):
        for error in CHECKS[event["event"]].iter_errors(event):
            found[_named(error)] += 1
    assert set(found) == {name for name, _ in SEEN_OTHERWISE}


def _named(error: ValidationError) -> str:
    for name, pattern in SEEN_OTHERWISE:
        if re.fullmatch(pattern, error.message, re.DOTALL):
            return name
    pytest.fail(f"{list(error.path)}: {error.message[:200]}")


def check_answer(endpoint: str, answer: dict[str, Any]) -> None:
    """Valid, and every key of it is in the specification."""
    schema = ANSWERS[endpoint]
    Draft202012Validator(schema, format_checker=FORMATS).validate(answer)
    assert list(_unknown(schema, answer)) == []


def _unknown(schema: Any, value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _unknown(schema.get("items", {}), item, path)
    elif isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            if key not in schema["properties"]:
                yield f"{path}/{key}"
            else:
                yield from _unknown(schema["properties"][key], inner, f"{path}/{key}")
