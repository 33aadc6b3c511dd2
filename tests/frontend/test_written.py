"""The committed document can be read line by line, and holds what is served."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.openapi.sharing import share_parameters, share_responses, untitle
from app.openapi.written import WIDTH, lay_out

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
    max_leaves=40,
)


@given(VALUES)
def test_whatever_is_laid_out_is_read_back_as_it_was(value: Any) -> None:
    assert json.loads(lay_out(value)) == value


def test_what_fits_stands_in_a_line_and_what_does_not_is_opened() -> None:
    long = ["x" * 50, "y" * 50, "z" * 50]
    assert lay_out({"b": 1, "a": {"c": []}}) == '{"a": {"c": []}, "b": 1}'
    assert lay_out({"a": long, "b": 1}).splitlines() == ["{", ' "a": [', *_lines(long), " ],", ' "b": 1', "}"]
    assert lay_out({"example": long}).splitlines() == ["{", f' "example": {json.dumps(long)}', "}"]
    assert all(len(line) <= WIDTH for line in lay_out({"a": [long] * 9}).splitlines())


def _lines(texts: list[str]) -> list[str]:
    return [f'  "{text}"{"," if text != texts[-1] else ""}' for text in texts]


def answer(*codes: str) -> dict[str, Any]:
    return {"content": {"application/problem+json": {"examples": {code: {} for code in codes}}}}


def test_refusals_that_several_operations_answer_alike_are_shared_and_others_stay() -> None:
    granted: dict[str, Any] = {"description": "ok"}
    one: dict[str, Any] = {"responses": {"200": granted, "409": answer("a", "b"), "404": answer("c")}}
    other: dict[str, Any] = {"responses": {"200": granted, "409": answer("a", "b"), "404": answer("d")}}
    assert share_responses([one, other]) == {"409.a.b": answer("a", "b")}
    shared = {"$ref": "#/components/responses/409.a.b"}
    assert one["responses"] == {"200": granted, "409": shared, "404": answer("c")}
    assert other["responses"] == {"200": granted, "409": shared, "404": answer("d")}


def test_the_form_that_most_operations_have_is_shared_and_another_stays() -> None:
    usual = {"name": "limit", "in": "query", "schema": {"maximum": 200}}
    own = {"name": "limit", "in": "query", "schema": {"maximum": 9}}
    lists: list[dict[str, Any]] = [{"parameters": [dict(one)]} for one in (own, usual, own, usual, usual)]
    assert share_parameters(lists) == {"query.limit": usual}
    shared = {"$ref": "#/components/parameters/query.limit"}
    assert [said["parameters"][0] for said in lists] == [own, shared, own, shared, shared]


def test_titles_of_schemas_go_and_those_of_fields_and_values_stay() -> None:
    schema: dict[str, Any] = {
        "title": "Apel",
        "properties": {"title": {"title": "Title", "type": "string"}},
        "default": {"title": "Apel"},
        "anyOf": [{"title": "One", "example": {"title": "Apel"}}],
    }
    untitle(schema)
    assert schema == {
        "properties": {"title": {"type": "string"}},
        "default": {"title": "Apel"},
        "anyOf": [{"example": {"title": "Apel"}}],
    }
