"""Strict bodies: what JSON parsers let through and databases, screens or event loops choke on is refused here.

NaN, infinities, numbers with more than 18 digits before the point, NUL, lone surrogates, invalid UTF-8, duplicate keys
and nesting beyond 200 levels are 422; nothing of what was sent is repeated in the answer.
"""

import re
from collections.abc import Awaitable
from typing import Any, NoReturn, cast
from urllib.parse import unquote_to_bytes

import jiter
from fastapi import Request
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import Receive, Scope

from app.core.errors import FieldError, TooLarge
from app.web.errors import InputInvalid, JsonRequired

MIB = 1024 * 1024

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE | re.ASCII)
_PLACE = re.compile(r" at line (\d+) column (\d+)$")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_LONG_NUMBER = re.compile(rb"(?<![.\d])\d{19}|[eE]\+?0*[1-9]\d\d")
_BEYOND = 1 << 63
_REASONS = (
    ("Detected duplicate key", "json_duplicate_key"),
    ("recursion limit", "json_depth"),
    ("number out of range", "json_number"),
    ("invalid number", "json_number"),
    ("invalid unicode", "json_unicode"),
    ("lone leading surrogate", "json_unicode"),
    ("unexpected end of hex escape", "json_unicode"),
)


def read_json(body: bytes) -> Any:
    """The value of a JSON text; raises InputInvalid, which names the place but repeats nothing."""
    try:
        value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        _refuse_json(str(error))
    if b"\\u0000" in body and _NUL.search(body):
        refuse_input("", "nul_character")
    if _LONG_NUMBER.search(_outside_texts(body)):
        refuse_input("", "number_too_long")
    return value


def _outside_texts(body: bytes) -> bytes:
    """A JSON text without its strings, whose digits are no numbers; a walk over the values takes six times as long."""
    return _STRING.sub(b"", body) if b"\\" in body else b"".join(body.split(b'"')[::2])


def _refuse_json(message: str) -> NoReturn:
    code = next((code for start, code in _REASONS if message.startswith(start)), "json_invalid")
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    raise InputInvalid(errors=[FieldError("", code, {"line": line, "column": column})], count=1) from None


def refuse_input(pointer: str, code: str) -> NoReturn:
    raise InputInvalid(errors=[FieldError(pointer, code)], count=1)


def require_announced_size(scope: Scope) -> None:
    """Refuse a body that is announced as too large before anything is done.

    The framework's limiter looks when a body is read; where none is read it would let the work be done and committed,
    and then answer 413 in its place.
    """
    announced = Headers(scope=scope).get("content-length", "")
    limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY)
    if limit is not None and announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise TooLarge(limit=limit)


def require_storable_address(scope: Scope) -> None:
    """Refuse NUL and integers beyond 64 bits in the path and the query, whatever a route makes of them."""
    for pointer, value in [*_path_values(scope), *_query_values(scope)]:
        if b"\0" in value:
            refuse_input(pointer, "nul_character")
        digits = value.strip().lstrip(b"+-")
        if digits.isdigit() and (len(digits) > 300 or int(digits) >= _BEYOND):
            refuse_input(pointer, "number_too_long")


def _path_values(scope: Scope) -> list[tuple[str, bytes]]:
    return [("path", part.encode("utf-8", "surrogatepass")) for part in scope["path"].split("/")]


def _query_values(scope: Scope) -> list[tuple[str, bytes]]:
    query: bytes = scope.get("query_string", b"")
    return [("query", unquote_to_bytes(part)) for pair in query.split(b"&") for part in pair.split(b"=", 1)]


class StrictRequest(Request):
    """A request whose JSON body has been read strictly before the framework asks for it."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._content: Any = None

    async def read_content(self) -> None:
        """Read and parse the body; raises InputInvalid or JsonRequired."""
        body = await self.body()
        if not body:
            return
        if not _JSON.match(self.headers.get("content-type", "")):
            raise JsonRequired
        self._content = read_json(body)

    async def json(self) -> Any:
        return self._content


class StrictFormRequest(Request):
    """A request whose form names each field once and holds no NUL outside of files."""

    def form(self, **limits: Any) -> Any:
        return self._checked(cast(Awaitable[FormData], super().form(**limits)))

    async def _checked(self, reading: Awaitable[FormData]) -> FormData:
        form = await reading
        items = form.multi_items()
        texts = [value.filename or "" if isinstance(value, UploadFile) else value for _, value in items]
        if any("\0" in text for text in (*form, *texts)):
            await form.close()
            refuse_input("", "nul_character")
        if len(form) < len(items):
            await form.close()
            refuse_input("", "form_duplicate_field")
        return form
