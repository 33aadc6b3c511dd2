"""The page that a one-time link opens: what it is served with, and that it has a word for every code."""

import re
from itertools import chain

import pytest

from app.attendance.contest_rules import CorrectionState, ObjectionState
from app.attendance.rules import BL, NR
from app.decisions.rules import Kind, Phase, RecommendationState, Step
from app.duty.rules import Code, Mode
from app.tpp.states import SheetState
from tests.client import Api

PARTS = ("/saya/saya.css", "/saya/saya.js", "/saya/words.js")


def test_the_page_loads_nothing_but_its_own_parts(api: Api) -> None:
    page = api.get("/saya")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    script = api.get("/saya/saya.js").text
    named = set(re.findall(r'(?:href|src)="(/[^"]+)"', page.text)) | set(re.findall(r'from "(/[^"]+)"', script))
    assert named == set(PARTS)
    assert "CONTOH" not in page.text


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_served_with_its_kind(api: Api, part: str) -> None:
    answer = api.get(part)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css" if part.endswith("css") else "text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_else_is_served_from_there(api: Api) -> None:
    assert api.get("/saya/saya.html").status_code in (404, 422)
    assert api.get("/saya/..%2Frouting.py").status_code in (404, 422)


def test_every_address_that_the_page_asks_is_served(api: Api) -> None:
    script = api.get("/saya/saya.js").text
    asked = set(re.findall(r'["`](/v1/[a-z/]+)', script))
    assert asked == {"/v1/auth/link", "/v1/me/record"}
    assert asked <= set(api.get("/openapi.json").json()["paths"])


def test_there_is_a_word_for_every_code(api: Api) -> None:
    words = set(re.findall(r'(?:^|[\s{,])"?([A-Za-z0-9_-]+)"?: "', api.get("/saya/words.js").text, re.MULTILINE))
    codes = chain(Code, Mode, Kind, RecommendationState, ObjectionState, CorrectionState, Phase, Step, SheetState)
    assert {str(code) for code in codes} | {BL, NR} <= words
