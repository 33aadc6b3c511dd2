"""The tree decides who reports for whom; whatever it looks like, every person has at most one reporter."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registry.rules import (
    Node,
    Reports,
    Tree,
    ancestors,
    below,
    covered_by,
    reporter,
    reporting_unit,
)

CODES = [f"O{n}" for n in range(9)]
KEC: Tree = {
    "SETDA": Node("SETDA", None, Reports.YES),
    "KEC": Node("KEC", "SETDA", Reports.YES),
    "KEL": Node("KEL", "KEC", Reports.PART),
    "RW": Node("RW", "KEL", Reports.NO),
    "LONE": Node("LONE", "GONE", Reports.NO),
}


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Any tree, loops and missing parents included."""
    parents = st.none() | st.sampled_from([*CODES, "GONE"])
    return {
        code: Node(code, draw(parents), draw(st.sampled_from(Reports)))
        for code in draw(st.lists(st.sampled_from(CODES), unique=True))
    }


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        pytest.param(
            reporting_unit,
            {"SETDA": "SETDA", "KEC": "KEC", "KEL": "KEC", "RW": "KEC", "LONE": None, "NONE": None},
            id="the row on the board is the nearest that reports itself",
        ),
        pytest.param(
            reporter,
            {"SETDA": "SETDA", "KEC": "KEC", "KEL": "KEL", "RW": "KEL", "LONE": None, "NONE": None},
            id="a part sends its own claim",
        ),
        pytest.param(
            below,
            {"KEC": {"KEC", "KEL", "RW"}, "RW": {"RW"}, "NONE": set()},
            id="below is the OPD and all under it",
        ),
        pytest.param(
            covered_by,
            {"SETDA": {"SETDA"}, "KEC": {"KEC"}, "KEL": {"KEL", "RW"}, "RW": set(), "NONE": set()},
            id="who does not report covers nobody",
        ),
    ],
)
def test_tree(question: Callable[[Tree, str], object], answers: dict[str, object]) -> None:
    assert {code: question(KEC, code) for code in answers} == answers


@given(trees())
def test_each_opd_is_covered_by_its_reporter_alone(tree: Tree) -> None:
    for code in tree:
        covering = [other for other in tree if code in covered_by(tree, other)]
        assert covering == ([] if reporter(tree, code) is None else [reporter(tree, code)])


@given(trees())
def test_below_and_above_are_one_relation(tree: Tree) -> None:
    for code in tree:
        assert below(tree, code) == {o for o in tree if any(node.code == code for node in ancestors(tree, o))}


@given(trees())
def test_what_a_reporter_covers_lies_below_its_reporting_unit(tree: Tree) -> None:
    for code in tree:
        unit = reporting_unit(tree, code)
        assert unit is None or covered_by(tree, code) <= below(tree, unit)
