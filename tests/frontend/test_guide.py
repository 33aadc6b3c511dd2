"""What the guide for frontend developers tells is so."""

import re
from pathlib import Path

from app.web.cross_origin import SENT, SHOWN
from tests.system.test_openapi import OPERATIONS, document

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "panduan-frontend.md").read_text("utf-8")
EXAMPLE = (DOCS / "contoh" / "papan-mini.html").read_text("utf-8")
STREAM = {"/v1/board/tickets", "/v1/board/stream"}
"""Held to by the stream's own tests."""


def test_the_addresses_that_it_names_are_there() -> None:
    named = set(re.findall(r"/v1/[a-z{_}/-]*[a-z}]", GUIDE + EXAMPLE))
    assert len(named) > 8
    assert named - STREAM <= document()["paths"].keys()


def test_the_operations_that_it_names_are_there() -> None:
    named = re.search(r"mengikuti `docs/openapi.json`: (.*?)…", GUIDE, re.DOTALL)
    assert named
    ids = {operation["operationId"] for operation in OPERATIONS.values()}
    assert set(re.findall(r"`(\w+)`", named[1])) <= ids


def test_the_headers_that_it_names_are_those_that_may_be_sent_and_read() -> None:
    sent, read = re.findall(r"Boleh (?:dikirim|dibaca): (.*?)\.", GUIDE, re.DOTALL)
    assert set(re.findall(r"`([\w-]+)`", sent)) == set(SENT)
    assert set(re.findall(r"`([\w-]+)`", read)) == set(SHOWN)


def test_the_example_is_short_and_takes_nothing_from_elsewhere() -> None:
    assert len(EXAMPLE.splitlines()) <= 80
    assert "innerHTML =" not in EXAMPLE
    assert not re.search(r"(src|href)=", EXAMPLE)
