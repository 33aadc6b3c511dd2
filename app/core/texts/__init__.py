"""Text for people: Indonesian by default, English on request. Machine codes never change with the language.

`id.toml` and `en.toml` hold the same tables: `[validation]` says what is wrong with one place of a request (pydantic's
error types and the codes of `FieldError`), `[import]` what does not fit the register, `[refusal.<code>]` the title and
detail of a refusal. English refusals are the exception beside them: they come from the docstrings, so that code and
text cannot drift apart.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["id", "en"]


class _Facts(dict[str, object]):
    """A fact that nobody gave leaves a dash, so that a missing one never turns a refusal into a crash."""

    def __missing__(self, key: str) -> str:
        return "–"


@cache
def catalogue(language: Language) -> dict[str, Any]:
    """All texts of a language, as nested tables."""
    return tomllib.loads((files(__package__) / f"{language}.toml").read_text("utf-8"))


@cache
def _template(language: Language, section: str, key: str) -> str | None:
    table: Any = catalogue(language)
    for part in section.split("."):
        table = table.get(part, {})
    found = table.get(key)
    return found if isinstance(found, str) else None


def fill(template: str, facts: dict[str, Any]) -> str:
    """A template with its `{facts}` filled in."""
    return template.format_map(_Facts(facts))


def text(language: Language, section: str, key: str, /, **facts: object) -> str:
    """The text of a key with its facts filled in; an unknown key is its own text, so that nothing is hidden.

    A section may be nested: `text("id", "refusal.apel-final", "title")`.
    """
    template = _template(language, section, key)
    return key if template is None else fill(template, facts)


def has_text(language: Language, section: str, key: str) -> bool:
    return _template(language, section, key) is not None
