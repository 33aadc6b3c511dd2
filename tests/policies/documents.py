"""Policy documents for tests: the shipped one with some places changed."""

from typing import Any

from app.policies.reading import shipped_document, write_document
from app.policies.schemas import PolicyDocument


def changed(**places: Any) -> dict[str, Any]:
    """The shipped document as JSON; `{"points.accuracy.points": 21}` changes one place."""
    document = shipped_document().model_dump(mode="json")
    for path, value in places.items():
        *parents, last = path.split(".")
        inner = document
        for parent in parents:
            inner = inner[parent]
        inner[last] = value
    return document


def written(document: dict[str, Any]) -> str:
    """A document as a policy file."""
    return write_document(PolicyDocument.model_validate(document))


def replaced(text: str, old: str, new: str) -> str:
    """A text with the first `old` replaced, which must be there."""
    assert old in text, old
    return text.replace(old, new, 1)
