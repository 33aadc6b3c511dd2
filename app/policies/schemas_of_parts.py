"""What the parts of a policy document share: where a rule comes from, codes, percentages, rising tables."""

import re
from collections.abc import Hashable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Line

Days = Annotated[int, Field(strict=True, ge=1, le=366)]
Months = Annotated[int, Field(strict=True, ge=1, le=120)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=1440)]
Apels = Annotated[int, Field(strict=True, ge=1, le=366)]
RuleCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
"""The short name of one row of a table."""
MarkCode = Literal[
    "DL", "DD", "DK", "TB", "CT", "CB", "CS", "CM", "CP", "CLTN", "S", "I", "SF", "MPP", "DPK", "DPB", "BS"
]
"""Codes of attendance that excuse, or that ask nothing of a person."""
_PERCENT = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?$"


def _percent(value: Any) -> Decimal:
    written = value if isinstance(value, str) else str(value) if isinstance(value, (int, float, Decimal)) else ""
    if isinstance(value, bool) or not re.fullmatch(_PERCENT, written):
        raise PydanticCustomError("percent_form", "a percentage from 0 to 100 with at most two decimals")
    number = Decimal(written)
    if number > 100:
        raise PydanticCustomError("percent_form", "a percentage from 0 to 100 with at most two decimals")
    return Decimal(int(number)) if number == int(number) else number.normalize()


Percent = Annotated[
    Decimal,
    BeforeValidator(_percent),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "string", "pattern": _PERCENT}],
            "examples": ["1.25"],
        }
    ),
]
"""A percentage as a number or as text, with at most two decimals."""


Item = TypeVar("Item", bound=Hashable)
Number = TypeVar("Number", int, date)


class Coded(Protocol):
    @property
    def code(self) -> str: ...


class Spanned(Coded, Protocol):
    @property
    def from_minutes(self) -> int: ...

    @property
    def to_minutes(self) -> int | None: ...


Row = TypeVar("Row", bound=Coded)
Class = TypeVar("Class", bound=Spanned)


class SourcedPart(Body):
    source: Line
    """The regulation, decree or circular that the rule comes from."""
    verified: Bool
    """An official confirmed it against the text of the regulation."""


def distinct(values: list[Item]) -> list[Item]:
    if len(set(values)) != len(values):
        raise PydanticCustomError("listed_twice", "something stands in the list twice")
    return values


def distinct_codes(rows: list[Row]) -> list[Row]:
    distinct([row.code for row in rows])
    return rows


def rising(values: list[Number]) -> list[Number]:
    if values != sorted(set(values)):
        raise PydanticCustomError("not_rising", "values do not rise")
    return values


def seamless(spans: Sequence[tuple[int, int | None]]) -> None:
    """Each span begins where the one before ended, and only the last is open."""
    expected: int | None = spans[0][0] if spans else None
    for first, last in spans:
        if first != expected or (last is not None and last < first):
            raise PydanticCustomError("spans_not_seamless", "spans leave a gap or overlap")
        expected = None if last is None else last + 1
    if expected is not None:
        raise PydanticCustomError("spans_not_seamless", "the last span is not open")


def seamless_minutes(classes: list[Class]) -> list[Class]:
    """Classes of whole minutes: each code once, no gap, the last one open."""
    distinct_codes(classes)
    seamless([(one.from_minutes, one.to_minutes) for one in classes])
    return classes


MarkCodes = Annotated[list[MarkCode], Field(max_length=20), AfterValidator(distinct)]
