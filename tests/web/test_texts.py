"""Every refusal can be said in both languages, and no code changes unnoticed."""

import pkgutil
import string
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core import core_schema

import app
from app.core.errors import Refusal
from app.core.texts import Language, catalogue, has_text, text
from app.web.problems import status_of, words_of

CODES = Path(__file__).parent / "codes.txt"
NOT_FROM_REQUESTS = frozenset(
    {
        "no_such_attribute",
        "needs_python_object",
        "frozen_instance",
        "get_attribute_error",
        "dataclass_exact_type",
        "named_tuple_type",
        "default_factory_not_called",
        "iteration_error",
        "frozen_dict_type",
        "ordered_dict_type",
        "counter_type",
        "deque_type",
        "missing_sentinel_error",
        "ellipsis_error",
        "is_instance_of",
        "is_subclass_of",
        "callable_type",
        "arguments_type",
        "missing_argument",
        "unexpected_keyword_argument",
        "missing_keyword_only_argument",
        "unexpected_positional_argument",
        "missing_positional_only_argument",
        "multiple_argument_values",
        "fraction_type",
        "fraction_parsing",
        "complex_type",
        "complex_str_parsing",
    }
)
"""Pydantic's errors about Python objects; JSON and forms cannot cause them."""


def _refusals(family: type[Refusal] = Refusal) -> set[type[Refusal]]:
    return {family}.union(*(_refusals(inner) for inner in family.__subclasses__()))


def refusals() -> list[type[Refusal]]:
    """All refusals of the application, wherever they are defined."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        import_module(module.name)
    return sorted((one for one in _refusals() if one.__module__.startswith("app.")), key=lambda one: one.code)


def code_lines() -> set[str]:
    """A code and its status per line; `request-refused` passes the framework's own status on."""
    found = {one.code: str(status_of(one(status=400))) for one in refusals()}
    return {f"{code} {status}" for code, status in (found | {"request-refused": "4xx"}).items()}


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_refusal_has_an_indonesian_title_and_detail() -> None:
    missing = [
        f"[refusal.{one.code}] {key} = …   ({one.__module__}.{one.__name__})"
        for one in refusals()
        for key in ("title", "detail")
        if not has_text("id", f"refusal.{one.code}", key)
    ]
    assert not missing, "add to app/core/texts/id.toml:\n" + "\n".join(missing)


def test_the_indonesian_detail_needs_no_fact_that_the_docstring_does_not_name() -> None:
    wrong = []
    for one in refusals():
        for key in ("title", "detail"):
            template = catalogue("id")["refusal"].get(one.code, {}).get(key, "")
            if extra := placeholders(template) - placeholders(one.__doc__ or ""):
                wrong.append(f"[refusal.{one.code}] {key}: {sorted(extra)}")
    assert not wrong, "facts in id.toml that the docstring lacks:\n" + "\n".join(wrong)


def test_every_refusal_has_a_docstring_of_its_own() -> None:
    silent = [f"{one.__module__}.{one.__name__}" for one in refusals() if not one.__doc__]
    assert not silent, "its first line is the English title: " + ", ".join(silent)


def test_no_text_is_left_of_a_refusal_that_is_gone() -> None:
    gone = set(catalogue("id")["refusal"]) - {one.code for one in refusals()}
    assert not gone, f"[refusal.…] in id.toml without a class: {sorted(gone)}"


def test_no_two_refusals_share_a_code() -> None:
    codes = [one.code for one in refusals()]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    assert not twice, f"rename one of the classes of {twice}: the class name is the code"


def test_the_codes_are_those_that_integrators_know() -> None:
    known = {line for line in CODES.read_text("utf-8").splitlines() if line and not line.startswith("#")}
    now = code_lines()
    assert now == known, (
        f"codes changed. New: {sorted(now - known)}; gone: {sorted(known - now)}.\n"
        "Integrators rely on codes: a gone or renamed one breaks them. To accept, write tests/web/codes.txt anew:\n"
        "  python -m tests.web.test_texts"
    )


@pytest.mark.parametrize("language", get_args(Language))
def test_every_error_of_pydantic_that_a_request_can_cause_has_a_text(language: Language) -> None:
    types: set[str] = set(get_args(core_schema.ErrorType)) - NOT_FROM_REQUESTS
    missing = sorted(kind for kind in types if not has_text(language, "validation", kind))
    assert not missing, f"add to [validation] in app/core/texts/{language}.toml: {missing}"


def test_both_languages_say_the_same_about_fields() -> None:
    indonesian, english = catalogue("id")["validation"], catalogue("en")["validation"]
    assert set(indonesian) == set(english)
    assert {k: placeholders(v) for k, v in indonesian.items()} == {k: placeholders(v) for k, v in english.items()}


def test_the_english_of_a_refusal_is_its_docstring_without_line_breaks() -> None:
    class ApelFinished(Refusal):
        """The apel {title} is finished.

        It ended at {at};
        ask the operator."""

    assert words_of(ApelFinished(title="X", at="09.00"), "en") == (
        "The apel X is finished.",
        "It ended at 09.00; ask the operator.",
    )


def test_a_refusal_without_indonesian_speaks_english_rather_than_nothing() -> None:
    class NotYetTranslated(Refusal):
        """Nobody translated this."""

    assert words_of(NotYetTranslated(), "id") == ("Nobody translated this.", "Nobody translated this.")


def test_an_unknown_key_is_its_own_text() -> None:
    assert text("id", "validation", "no-such-key") == "no-such-key"
    assert text("en", "no.such.section", "key", fact=1) == "key"


if __name__ == "__main__":
    written = ["# Every code and its status; integrators rely on them.", *sorted(code_lines())]
    CODES.write_text("\n".join(written) + "\n", "utf-8")
