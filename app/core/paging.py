"""Lists: `{"items": […], "next_cursor": …}`, read page by page along a sort key that never repeats."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from app.core.errors import Invalid
from app.core.fields import FIRST_YEAR, LAST_YEAR

Item = TypeVar("Item")
Day = TypeVar("Day", bound=date)
Part = str | int | UUID | datetime | date
"""What a sort key is made of."""

MAX_LIMIT = 200


class BadCursor(Invalid):
    """The cursor is not one that this list gave out."""


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*key: Part) -> str:
    written = json.dumps([part if isinstance(part, (str, int)) else str(part) for part in key], ensure_ascii=False)
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type[Part]) -> tuple[Any, ...] | None:
    """The sort key behind a cursor, or None at the beginning; raises BadCursor for anything not ours.

    A forged cursor must not bring the database what it cannot compare.
    """
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(key, list) or len(key) != len(kinds):
            raise BadCursor
        return tuple(_read(part, kind) for part, kind in zip(key, kinds, strict=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor from error


def _read(part: object, kind: type[Part]) -> Part:
    """Raises ValueError."""
    if kind is int:
        return _small(part)
    text = _storable(part)
    if kind is UUID:
        return UUID(text)
    if kind is datetime:
        return _within_years(_aware(datetime.fromisoformat(text)))
    return _within_years(date.fromisoformat(text)) if kind is date else text


def _small(part: object) -> int:
    if type(part) is not int or abs(part) >= 1 << 31:
        raise ValueError
    return part


def _storable(part: object) -> str:
    if not isinstance(part, str) or "\0" in part or any("\ud800" <= sign <= "\udfff" for sign in part):
        raise ValueError
    return part


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError
    return instant


def _within_years(day: Day) -> Day:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def cut_page(rows: Sequence[Item], limit: int, key: Callable[[Item], tuple[Part, ...]]) -> Page[Item]:
    """A page from `limit + 1` rows: the row too many proves that there is a next page."""
    more = len(rows) > limit
    items = list(rows[:limit])
    return Page(items=items, next_cursor=encode_cursor(*key(items[-1])) if more else None)
