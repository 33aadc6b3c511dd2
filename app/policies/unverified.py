"""Which rules of a document name a source, and which of them nobody has confirmed yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from app.policies.schemas import PolicyDocument


@dataclass(frozen=True)
class SourcedRule:
    source: str
    verified: bool


def list_sourced(document: PolicyDocument) -> list[tuple[str, SourcedRule]]:
    """Every part that names a source, by its place in the document."""
    return list(_walk(document, ""))


def _walk(value: object, path: str) -> Iterator[tuple[str, SourcedRule]]:
    if isinstance(value, BaseModel):
        if "verified" in type(value).model_fields:
            yield path, SourcedRule(value.source, value.verified)  # type: ignore[attr-defined]
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{index}]")
