"""What is wrong with a policy written in YAML: everything at once, each with its place."""

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from app.core.texts import Language, text
from app.policies.schemas import PolicyDocument
from app.policies.yaml_text import Path, Place, YamlText, YamlWrong, read_yaml

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a key of the texts with its facts, where it stands and in which field."""

    place: Place
    path: Path
    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def field_name(self) -> str:
        """`discipline[0].tiers[2].at_least`, as people write it."""
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return "".join(parts).removeprefix(".")

    @property
    def pointer(self) -> str:
        """As JSON pointer, up to the first name that is no plain word: such a name is input and may be anything."""
        known = takewhile(lambda part: isinstance(part, int) or _NAME.fullmatch(part), self.path)
        return "".join(f"/{part}" for part in known)

    def say(self, language: Language) -> str:
        return text(language, "validation", self.code, **self.facts)


@dataclass(frozen=True)
class Checked:
    """A document that may be kept, or else all that hinders it."""

    document: PolicyDocument | None
    problems: tuple[Problem, ...] = ()


def check_policy(written: bytes) -> Checked:
    """Read and validate a policy file; the problems stand in the order of their places."""
    try:
        read = read_yaml(written.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = written[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        return Checked(None, (Problem(place, (), "yaml_characters"),))
    except YamlWrong as wrong:
        return Checked(None, (_of_yaml(wrong),))
    if not isinstance(read.value, dict):
        return Checked(None, (Problem(Place(1, 1), (), "yaml_not_fields"),))
    try:
        document = PolicyDocument.model_validate(read.value)
    except ValidationError as refused:
        found = [_of_field(wrong, read) for wrong in refused.errors(include_url=False, include_input=False)]
    else:
        if not read.wrong:
            return Checked(document)
        found = []
    return Checked(None, tuple(sorted([*map(_of_yaml, read.wrong), *found], key=_by_place)))


def _by_place(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column


def _of_yaml(wrong: YamlWrong) -> Problem:
    return Problem(wrong.place, wrong.path, wrong.code, {"line": wrong.place.line, "column": wrong.place.column})


def _of_field(wrong: Any, read: YamlText) -> Problem:
    return Problem(read.place_of(wrong["loc"]), wrong["loc"], wrong["type"], wrong.get("ctx", {}))
