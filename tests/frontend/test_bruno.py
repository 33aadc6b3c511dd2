"""Each request of the Bruno collection is one that the document describes, in an order that can be run."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.system.test_openapi import document, resolved

COLLECTION = Path(__file__).parents[2] / "docs" / "bruno"
REQUESTS = sorted(COLLECTION.glob("*[0-9] *.bru"))
BLOCK = re.compile(r"^([a-z:-]+) ([{[])\n(.*?)^[}\]]", re.MULTILINE | re.DOTALL)
METHODS = ("get", "post", "put", "patch", "delete")
NAMED = {"apel_id": "{apel_id}", "opd": "{opd_code}"}
GIVEN = {"alamat", "opd", "sandi_kominfo", "rahasia_frontend"}
"""Variables of the environment; the others are set by a request before."""


def blocks(file: Path) -> dict[str, str]:
    return {name: content for name, _, content in BLOCK.findall(file.read_text("utf-8"))}


def fields(block: str) -> dict[str, str]:
    pairs = (line.strip().partition(": ") for line in block.splitlines() if line.strip())
    return {name: value for name, _, value in pairs}


def operation_of(file: Path) -> dict[str, Any]:
    said = blocks(file)
    method = next(name for name in said if name in METHODS)
    url = fields(said[method])["url"].removeprefix("{{alamat}}").partition("?")[0]
    path = re.sub(r"\{\{(\w+)\}\}", lambda found: NAMED[found[1]], url)
    path = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{apel_id}", path)
    found: dict[str, Any] = document()["paths"][path][method]
    return found


@pytest.mark.parametrize("file", REQUESTS, ids=lambda file: file.stem)
def test_a_request_is_one_that_is_described(file: Path) -> None:
    said, operation = blocks(file), operation_of(file)
    known = {one["name"].lower() for one in map(resolved, operation["parameters"])}
    sent = {name.lower() for name in fields(said.get("headers", "")) | fields(said.get("params:query", ""))}
    assert sent <= known
    status = re.search(r"res\.status: eq (\d+)", said["assert"])
    assert status
    assert status[1] in operation["responses"]
    assert ("auth:bearer" in said) == bool(operation["security"])


def test_a_value_is_given_before_it_is_used() -> None:
    known = set(GIVEN)
    for file in REQUESTS:
        text = file.read_text("utf-8")
        known |= set(re.findall(r'setVar\("(\w+)"', blocks(file).get("script:pre-request", "")))
        assert set(re.findall(r"\{\{(\w+)\}\}", text)) <= known, file.name
        known |= set(re.findall(r'setVar\("(\w+)"', text))


def test_requests_run_one_after_the_other() -> None:
    turns = [int(fields(blocks(file)["meta"])["seq"]) for file in REQUESTS]
    assert len(turns) > 15
    assert all(later == earlier + 1 for earlier, later in pairwise(turns))


def test_no_secret_is_kept() -> None:
    environment = blocks(COLLECTION / "environments" / "contoh.bru")
    assert fields(environment["vars"]).keys() == {"alamat", "opd"}
    assert set(environment["vars:secret"].replace(",", " ").split()) == GIVEN - {"alamat", "opd"}
