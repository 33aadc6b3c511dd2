"""Text for people: Indonesian by default, English on request. Machine codes never change with the language."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["id", "en"]


@cache
def _catalogue(language: Language) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / f"{language}.toml").read_text("utf-8"))


def text(language: Language, section: str, key: str, /, **facts: object) -> str:
    """The text of a key with its facts filled in; an unknown key is its own text, so that nothing is hidden."""
    template: str = _catalogue(language).get(section, {}).get(key, key)
    return template.format_map(facts) if facts else template


def has_text(language: Language, section: str, key: str) -> bool:
    return key in _catalogue(language).get(section, {})
