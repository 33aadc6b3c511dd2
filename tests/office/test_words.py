"""The office's page has a word for every code and every figure that the service may show there."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from string import Formatter
from textwrap import dedent
from typing import Any

import pytest

from app.apel.rules import ApelState
from app.apel.turns import TurnState
from app.attendance import concluding, figures, head_counts
from app.attendance.rules import BL, NR, FindingCode, Grade, Reason
from app.attendance.schemas import Outcome
from app.core.principal import MACHINE_ROLES, Role
from app.core.texts import Language, catalogue
from app.duty.rules import Code
from app.evidence.identity import MatchedBy
from app.evidence.rules import SubjectKind
from app.evidence.spot_rules import CountMethod
from app.reports.rules import Channel, ReportState

PAGE = files("app.office") / "page"
OF_EVERY: list[tuple[str, Iterable[str]]] = [
    ("OUTCOMES", Outcome),
    ("MATCHED", MatchedBy),
    ("FINDINGS", FindingCode),
    ("REASONS", Reason),
    ("METHODS", CountMethod),
    ("ABOUT", [SubjectKind.ROOM, SubjectKind.PERSON, "unit"]),
    ("STATUSES", [*Code, BL, NR]),
    ("GRADES", Grade),
    ("REPORTS", ReportState),
    ("CHANNELS", Channel),
    ("TURNS", TurnState),
    ("STATES", ApelState),
    ("ROLES", set(Role) - MACHINE_ROLES),
]


def keys_of(module: str, name: str) -> set[str]:
    """The keys of an object, or the members of a set, that stands in a module of the page."""
    text = (PAGE / module).read_text("utf-8")
    found = re.search(rf"const {name} = (?:new Set\(\[|\{{)(.*?)(?:\]\)|\}});\n", text, re.S)
    assert found, name
    return set(re.findall(r'(?:^|[\s,])"?([\w.-]+)"?(?=:|,\n)', found[1]))


@pytest.mark.parametrize(("name", "values"), OF_EVERY, ids=[name for name, _ in OF_EVERY])
def test_every_code_has_a_word(name: str, values: Iterable[str]) -> None:
    assert {str(value) for value in values} - keys_of("words.js", name) == set()


def dicts_in(source: str, target: str | None = None) -> Iterator[str]:
    """The keys of the dicts that a source writes down, of those only that are named so."""
    tree = ast.parse(dedent(source))
    named = (
        node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == target
    )
    for root in [tree] if target is None else named:
        for node in ast.walk(root):
            if isinstance(node, ast.Dict):
                yield from (
                    key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                )


def fact_keys() -> set[str]:
    """Every name under which a finding keeps a figure."""
    makers: list[Callable[..., Any]] = [figures.find_in_unit, figures.spoken_difference, figures._seconds]
    found = {key for maker in [*makers, head_counts.find_in_count] for key in dicts_in(inspect.getsource(maker))}
    return found | set(dicts_in(inspect.getsource(concluding), "detail"))


def test_every_figure_of_a_finding_has_a_name() -> None:
    known = keys_of("names.js", "NAMES") | keys_of("facts.js", "QUIET")
    keys = fact_keys()
    assert {"late_minutes", "written", "heads", "about", "absence", "home"} < keys, "they are found"
    assert keys - known == set()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_finding_says_its_sentence_with_figures_that_it_keeps(language: Language) -> None:
    sentences = catalogue(language)["finding"]
    assert set(sentences) == set(FindingCode)
    wanted = {name for sentence in sentences.values() for _, name, _, _ in Formatter().parse(sentence) if name}
    assert wanted - fact_keys() == set()
