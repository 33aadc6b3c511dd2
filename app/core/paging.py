"""Lists: `{"items": […], "next_cursor": …}`, read page by page along a sort key that never repeats."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel

from app.core.errors import Invalid

Item = TypeVar("Item")

MAX_LIMIT = 200


class BadCursor(Invalid):
    """The cursor is not one that this list gave out."""


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*key: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type[str] | type[int]) -> tuple[str | int, ...] | None:
    """The sort key behind a cursor, or None at the beginning; raises BadCursor for anything not ours."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds) or not all(map(_storable, key)):
        raise BadCursor
    return tuple(key)


def _storable(part: str | int) -> bool:
    """A forged cursor must not bring the database what it cannot compare."""
    if isinstance(part, int):
        return abs(part) < 1 << 31
    return "\0" not in part and not any("\ud800" <= sign <= "\udfff" for sign in part)


def cut_page(rows: Sequence[Item], limit: int, key: Callable[[Item], tuple[str | int, ...]]) -> Page[Item]:
    """A page from `limit + 1` rows: the row too many proves that there is a next page."""
    more = len(rows) > limit
    items = list(rows[:limit])
    return Page(items=items, next_cursor=encode_cursor(*key(items[-1])) if more else None)
