"""Policies as YAML: a safe part of the language, each value with its place, and nothing lost on the way and back."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.policies.checking import check_policy
from app.policies.examples import list_examples
from app.policies.reading import write_document
from app.policies.schemas import PolicyDocument
from app.policies.yaml_text import MAX_CHARACTERS, Place, YamlWrong, read_yaml, write_yaml

ODD = ("yes", "NO", "07:30", "2020-01-01", "null", "~", "1.5", "0x1F", "0o17", "012", "1e5", ".inf", "- a", "a: b")
ODD_MORE = ("# c", "&a", "*a", "!b", "%c", "@d", "`e", "{", "[", "'", '"', "|", ">", "<<", "a\nb", "a\n\n b", "\ufffe")
TEXTS = st.sampled_from(ODD + ODD_MORE) | st.text(max_size=40)
PERCENTS = st.integers(0, 10_000).map(lambda cents: Decimal(cents) / 100)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS | PERCENTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    return read_yaml(text).value


@settings(max_examples=60)
@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read(write_yaml(value)) == value


LEFT_OUT = ("spot_check", "person", "apel_ledger", "rewards", "workdays", "discipline", "procedure")
SOME = {name: part for name, part in read(list_examples()["bulukumba"]).items() if name not in LEFT_OUT}


@settings(max_examples=25)
@given(st.data())
def test_a_document_written_and_read_is_the_same_document(data: Any) -> None:
    raw = deepcopy(SOME)
    raw |= {"title": data.draw(TEXTS), "legal_basis": data.draw(TEXTS)}
    raw["effective_from"] = data.draw(st.dates(date(2000, 1, 1), date(2100, 12, 31))).isoformat()
    raw["exemptions"]["no_apel"] = [{"from_date": "2026-02-18", "to_date": "2026-03-19", "reason": data.draw(TEXTS)}]
    for table in raw["tpp"]:
        table |= {"absent_day": data.draw(PERCENTS), "cap_percent": data.draw(PERCENTS)}
    try:
        document = PolicyDocument.model_validate(raw)
    except ValidationError:
        assume(False)
        raise
    once = write_document(document)
    again = check_policy(once.encode()).document
    assert again == document
    assert write_document(again) == once
    assert PolicyDocument.model_validate(document.model_dump(mode="json")) == document


@pytest.mark.parametrize("name", list_examples())
def test_an_example_written_and_read_is_the_same_document(name: str) -> None:
    document = check_policy(list_examples()[name].encode()).document
    assert document is not None
    assert check_policy(write_document(document).encode()).document == document


PLAIN = [
    ("a word that YAML 1.1 takes for yes is text", "a: yes", {"a": "yes"}),
    ("a time is text, not minutes in base sixty", "a: 07:30", {"a": "07:30"}),
    ("a day is text, checked as every day is", "a: 2026-11-23", {"a": "2026-11-23"}),
    ("a NIP of digits keeps them all as text", "a: 198501012010011001x", {"a": "198501012010011001x"}),
    ("a number with a leading nought is text", "a: 012", {"a": "012"}),
    ("a decimal is exact", "a: 1.25", {"a": Decimal("1.25")}),
    ("nothing is null", "a:", {"a": None}),
    ("a quoted number is text", 'a: "5"', {"a": "5"}),
    ("folded lines are one text", "a: >-\n  b\n  c", {"a": "b c"}),
    ("flow lists are lists", "a: [TK, 3, true]", {"a": ["TK", 3, True]}),
]


@pytest.mark.parametrize(("text", "value"), [row[1:] for row in PLAIN], ids=[row[0] for row in PLAIN])
def test_reading(text: str, value: Any) -> None:
    assert read(text) == value


REFUSED = [
    ("an anchor", "a: &x 1", "yaml_anchor", Place(1, 4)),
    ("an alias", "a: 1\nb: *x", "yaml_anchor", Place(2, 4)),
    ("a tag that would run something", "!!python/object/apply:os.system [x]", "yaml_tag", Place(1, 1)),
    ("two documents", "a: 1\n---\nb: 1", "yaml_syntax", Place(2, 1)),
    ("a bracket that stays open", "a: [1", "yaml_syntax", Place(1, 6)),
    ("a tab as indentation", "a:\n\t- b", "yaml_syntax", Place(2, 1)),
    ("a list as a name", "? [a]\n: b", "yaml_key", Place(1, 3)),
    ("depth", "[" * 500, "yaml_depth", Place(1, 13)),
    ("a control character", "a: \x01", "yaml_characters", Place(1, 1)),
    ("too much", "#" * (MAX_CHARACTERS + 1), "yaml_too_long", Place(1, 1)),
]


@pytest.mark.parametrize(("text", "code", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(text: str, code: str, place: Place) -> None:
    with pytest.raises(YamlWrong) as refused:
        read_yaml(text)
    assert (refused.value.code, refused.value.place) == (code, place)


@settings(max_examples=60)
@given(st.text(alphabet="ab:-[]{},&*!|>'\"#%@ \n\t?0.~", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    checked = check_policy(text.encode())
    assert checked.document is None
    assert checked.problems
