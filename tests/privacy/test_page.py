"""The page that a one-time link opens: what it is served with, and that it has a word for every code."""

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import chain

import pytest

from app.attendance.contest_rules import CorrectionState, ObjectionState
from app.attendance.rules import BL, NR
from app.behaviour.rules import Unsaid
from app.circulars.rules import Channel, CircularState
from app.composite.rules import Missing as NoComposite
from app.decisions.rules import Kind, Phase, RecommendationState, Step
from app.deposits.rules import Outcome as LossOutcome
from app.deposits.rules import Reason
from app.duty.rules import AbsenceState, Code, Mode
from app.flexwork.rules import OrderMode, OrderState
from app.livestreams import steps as livestream_steps
from app.livestreams.rules import Platform, Verdict
from app.performance.rules import Missing as NoOutput
from app.policies.rules_of_performance import CompositePart, Expectation, Rater
from app.tpp.states import SheetState
from tests.client import Api

MODULES = ("saya", "parts", "words", "presence", "work", "conduct", "decisions")
SCRIPTS = tuple(f"/saya/{name}.js" for name in MODULES)
PARTS = ("/saya/saya.css", *SCRIPTS)


def scripts(api: Api) -> str:
    return "".join(api.get(part).text for part in SCRIPTS)


def test_the_page_loads_nothing_but_its_own_parts(api: Api) -> None:
    page = api.get("/saya")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    imported = re.findall(r'from "(/[^"]+)"', scripts(api))
    named = set(re.findall(r'(?:href|src)="(/[^"]+)"', page.text)) | set(imported)
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
    asked = set(re.findall(r'["`](/v1/[a-z/]+)', scripts(api)))
    assert asked == {"/v1/auth/link", "/v1/me/record"}
    assert asked <= set(api.get("/openapi.json").json()["paths"])


def test_every_name_that_a_module_imports_is_exported_there(api: Api) -> None:
    for script in SCRIPTS:
        for names, module in re.findall(r'^import \{ (.+) \} from "(.+)";', api.get(script).text, re.MULTILINE):
            exported = re.findall(r"^export (?:async )?(?:function|const) (\w+)", api.get(module).text, re.MULTILINE)
            assert set(names.split(", ")) <= set(exported), (script, module)


ROOMS: dict[str, Iterable[type[StrEnum]]] = {
    "": (Code, Mode, Kind, RecommendationState, ObjectionState, CorrectionState, Phase, Step, SheetState),
    "absence": (AbsenceState,),
    "behaviour": (Unsaid, Rater, Expectation),
    "circular": (CircularState, Channel),
    "composite": (CompositePart, NoComposite),
    "deposit": (Reason, LossOutcome),
    "flexwork": (OrderMode, OrderState),
    "livestream": (livestream_steps.Phase, livestream_steps.Step, livestream_steps.Outcome, Verdict, Platform),
    "output": (NoOutput,),
}
"""The enums that the page says, by the room in whose sense it says them."""


def words_of(api: Api) -> set[str]:
    return set(re.findall(r'(?:^|[\s{,])"?([A-Za-z0-9_.-]+)"?: "', api.get("/saya/words.js").text, re.MULTILINE))


def test_there_is_a_word_for_every_code(api: Api) -> None:
    words = words_of(api)
    unsaid = {
        f"{room}.{code}"
        for room, enums in ROOMS.items()
        for code in chain.from_iterable(enums)
        if not {f"{room}.{code}", str(code)} & words
    }
    assert unsaid == set()
    assert {BL, NR, "WFA", "deposit.open"} <= words


def test_a_code_that_two_rooms_know_is_said_in_the_sense_of_each(api: Api) -> None:
    """`reported` of a case is not `reported` of a broadcast: the page asks for the word with its room."""
    words, first = words_of(api), set(map(str, chain.from_iterable(ROOMS[""])))
    alike = {"absence.rejected", "behaviour.no-rule-set", "composite.no-rule-set", "circular.withdrawn"}
    clashing = {
        f"{room}.{code}"
        for room, enums in ROOMS.items()
        if room
        for code in map(str, chain.from_iterable(enums))
        if code in first
    }
    assert clashing - alike <= words
