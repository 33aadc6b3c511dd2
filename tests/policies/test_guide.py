"""The guide for those who write policies: it names every field, and its examples are true."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from app.policies.checking import check_policy
from app.policies.examples import list_examples
from app.policies.schemas import PolicyDocument, PolicyState

GUIDE = (Path(__file__).parents[2] / "docs" / "panduan-kebijakan.md").read_text("utf-8")
FRAGMENTS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
EVERYWHERE = {"source", "verified"}
"""Explained once, for all parts."""


def sections() -> dict[str, str]:
    """The text below each heading that is the name of a part."""
    parts = re.split(r"^#{2,3} (.*)$", GUIDE, flags=re.MULTILINE)
    return {title.strip("`"): text for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def fields(annotation: Any) -> Iterator[str]:
    for model in models(annotation):
        for name, info in model.model_fields.items():
            yield name
            yield from fields(info.annotation)


@pytest.mark.parametrize("part", PolicyDocument.model_fields)
def test_every_field_is_explained_in_the_section_of_its_part(part: str) -> None:
    wanted = set(fields(PolicyDocument.model_fields[part].annotation)) - EVERYWHERE
    text = sections()[part] if wanted else sections()["Kepala berkas"]
    missing = {name for name in wanted or {part} if f"`{name}`" not in _prose(text)}
    assert not missing


def _prose(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def test_what_all_parts_share_is_explained() -> None:
    assert all(f"`{name}`" in sections()["Kepala berkas"] for name in (*EVERYWHERE, "base"))
    assert all(f"*{state}*" in GUIDE for state in PolicyState)
    assert all(f"`{name}`" in GUIDE for name in ("month", "quarter", "year", "whole", "discipline", "day", "half_up"))


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=[text.split(":")[0] for text in FRAGMENTS])
def test_an_example_of_the_guide_passes_the_check(fragment: str) -> None:
    said = {line.split(":")[0] for line in fragment.splitlines() if line[:1].isalpha()}
    kept = [part for part in _parts(list_examples()["default"]) if part.split(":")[0] not in said]
    checked = check_policy("".join([*kept, fragment]).encode())
    assert checked.problems == ()
    assert checked.document is not None


def _parts(text: str) -> list[str]:
    """A policy file cut before each of its top-level names, without its comments."""
    plain = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    return re.split(r"^(?=[a-z_]+:)", plain, flags=re.MULTILINE)[1:]


def test_the_examples_of_the_guide_cover_pay_persons_days_and_cases() -> None:
    heads = {fragment.split(":")[0] for fragment in FRAGMENTS}
    assert heads == {"code", "person", "exemptions", "workdays", "discipline", "procedure", "tpp", "composite"}


@pytest.mark.parametrize("command", re.findall(r"apel policy example (\w+)", GUIDE))
def test_the_examples_that_the_guide_names_exist(command: str) -> None:
    assert command == "list" or command in list_examples()
