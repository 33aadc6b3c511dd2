"""What hostile or broken clients send: bodies that no route may accept, and variants of a body that is valid.

A test over every write endpoint sends both and asserts with `assert_refused`: a 4xx problem that repeats nothing.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx

JSON_TYPE = "application/json"
MARK = "198501012010011001"
"""Stands for a NIP in hostile input; no answer may contain it."""


class Hostile(NamedTuple):
    name: str
    body: bytes
    content_type: str | None


def _deep(opening: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + b"1" + closing * depth


HOSTILE_BODIES: list[Hostile] = [
    Hostile("nothing", b"", JSON_TYPE),
    Hostile("blanks only", b"  \n ", JSON_TYPE),
    Hostile("no JSON", b"strength=37&nip=" + MARK.encode(), JSON_TYPE),
    Hostile("half a JSON", b'{"nip": "' + MARK.encode(), JSON_TYPE),
    Hostile("two JSON values", b'{"nip": "' + MARK.encode() + b'"} {}', JSON_TYPE),
    Hostile("NaN", b'{"nip": NaN}', JSON_TYPE),
    Hostile("Infinity", b'{"nip": Infinity}', JSON_TYPE),
    Hostile("minus Infinity", b'{"nip": -Infinity}', JSON_TYPE),
    Hostile("a number beyond double", b'{"nip": 1e400}', JSON_TYPE),
    Hostile("a number with a million digits behind e", b'{"nip": 1e1000000}', JSON_TYPE),
    Hostile("an integer beyond 64 bits", b'{"nip": 99999999999999999999}', JSON_TYPE),
    Hostile("an integer of 5,000 digits", b'{"nip": 1' + b"0" * 5000 + b"}", JSON_TYPE),
    Hostile("an escaped NUL in a value", b'{"nip": "a\\u0000b"}', JSON_TYPE),
    Hostile("an escaped NUL in a key", b'{"a\\u0000b": 1}', JSON_TYPE),
    Hostile("a raw NUL", b'{"nip": "a\x00b"}', JSON_TYPE),
    Hostile("a lone leading surrogate", b'{"nip": "\\ud800"}', JSON_TYPE),
    Hostile("a lone trailing surrogate", b'{"nip": "\\udc00"}', JSON_TYPE),
    Hostile("a lone surrogate as a key", b'{"\\udfff": 1}', JSON_TYPE),
    Hostile("a raw surrogate in UTF-8", b'{"nip": "\xed\xa0\x80"}', JSON_TYPE),
    Hostile("invalid UTF-8", b'{"nip": "\xff\xfe"}', JSON_TYPE),
    Hostile("UTF-16", json.dumps({"nip": MARK}).encode("utf-16"), JSON_TYPE),
    Hostile("a byte order mark", b"\xef\xbb\xbf{}", JSON_TYPE),
    Hostile("lists nested 250 deep", _deep(b"[", b"]", 250), JSON_TYPE),
    Hostile("lists nested 100,000 deep", _deep(b"[", b"]", 100_000), JSON_TYPE),
    Hostile("objects nested 20,000 deep", _deep(b'{"a":', b"}", 20_000), JSON_TYPE),
    Hostile("lists opened and never closed", b"[" * 200_000, JSON_TYPE),
    Hostile("duplicate keys", b'{"nip": "a", "nip": "' + MARK.encode() + b'"}', JSON_TYPE),
    Hostile("duplicate keys, one escaped", b'{"nip": 1, "\\u006eip": 2}', JSON_TYPE),
    Hostile("an unknown key alone", b'{"' + MARK.encode() + b'": 1}', JSON_TYPE),
    Hostile("null", b"null", JSON_TYPE),
    Hostile("true", b"true", JSON_TYPE),
    Hostile("a list", b'[{"nip": "' + MARK.encode() + b'"}]', JSON_TYPE),
    Hostile("a text", b'"' + MARK.encode() + b'"', JSON_TYPE),
    Hostile("a number", b"12", JSON_TYPE),
    Hostile("JSON without a content type", b'{"nip": "' + MARK.encode() + b'"}', None),
    Hostile("JSON as plain text", b'{"nip": "' + MARK.encode() + b'"}', "text/plain"),
    Hostile("JSON as a form", b'{"nip": "' + MARK.encode() + b'"}', "application/x-www-form-urlencoded"),
    Hostile("a content type that is none", b"{}", "\xff/;;="),
    Hostile("a multipart without a boundary", b"--x", "multipart/form-data"),
    Hostile("two mebibytes of blanks", b" " * (2 << 20), JSON_TYPE),
]

RAW_LEAVES: dict[str, bytes] = {
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "1e400": b"1e400",
    "an integer beyond 64 bits": b"99999999999999999999",
    "a text with NUL": b'"a\\u0000b"',
    "a lone surrogate": b'"\\ud800"',
    "nesting": _deep(b"[", b"]", 250),
    "duplicate keys inside": b'{"a": 1, "a": 2}',
}
"""Refused wherever they stand, whatever the field."""

ODD_LEAVES: dict[str, bytes] = {
    "true": b"true",
    "null": b"null",
    "a number as text": b'"12"',
    "a number with a fraction": b"1.0",
    "a negative number": b"-1",
    "zero": b"0",
    "a number beyond 32 bits": b"5000000000",
    "a decimal with a huge exponent": b'"1e1000000"',
    "a naive datetime": b'"2026-11-23T07:30:00"',
    "a year of 1": b'"0001-01-01T00:00:00+08:00"',
    "a year of 9999": b'"9999-12-31T23:59:59-08:00"',
    "a day that does not exist": b'"2026-02-30"',
    "an empty text": b'""',
    "a blank text": b'"  "',
    "a text of 100,000 characters": b'"' + b"x" * 100_000 + b'"',
    "a right-to-left override": b'"\\u202e"',
    "a NIP as a number": MARK.encode(),
    "an empty list": b"[]",
    "an empty object": b"{}",
    "a list in a list": b"[[]]",
}
"""Refused where they do not fit; a field that they fit may take them, but none may answer 5xx."""


def variants(valid: Any, *, distinct: bool = False) -> Iterator[tuple[str, bytes, bool]]:
    """Each leaf of a valid JSON body replaced by each hostile value, and each object with one key more or twice.

    Yields a name, the body, and whether it must be refused (else: must not answer 5xx). With `distinct`, for tests of
    everything at once: one leaf stands for all of its name, one for all where the parser refuses whatever the field,
    and odd values take turns.
    """
    paths = list(_leaves(valid))
    if distinct:
        paths = list({_name_of(path): path for path in reversed(paths)}.values())[::-1]
    for number, path in enumerate(paths):
        where = "/".join(str(part) for part in path) or "the whole body"
        raw_leaves = {} if distinct and number else RAW_LEAVES
        odd_leaves = list(ODD_LEAVES.items())[number % 3 :: 3] if distinct else ODD_LEAVES.items()
        for name, raw in raw_leaves.items():
            yield f"{where}: {name}", _replaced(valid, path, raw), True
        for name, raw in odd_leaves:
            yield f"{where}: {name}", _replaced(valid, path, raw), False
    for path in _objects(valid):
        where = "/".join(str(part) for part in path) or "the whole body"
        member = json.dumps({MARK: 1}).encode()[1:-1]
        yield f"{where}: an unknown key", _with_member(valid, path, member), True
        if first := next(iter(_at(valid, path)), None):
            twice = json.dumps({first: None}).encode()[1:-1]
            yield f"{where}: a key twice", _with_member(valid, path, twice), True


def assert_refused(response: httpx.Response, *, must: bool = True) -> None:
    """A 4xx problem that repeats nothing of the input; with `must=False`, a success is allowed too."""
    assert response.status_code < 500, response.text
    if not must and response.status_code < 400:
        return
    assert response.status_code in range(400, 500), response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["code"]
    assert problem["title"]
    assert problem["trace_id"] == response.headers["x-trace-id"]
    assert MARK not in response.text


Path = tuple[str | int, ...]


def _leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path


def _name_of(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _objects(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        yield path
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _objects(inner, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


_HOLE = "c0ffee-hole"


def _replaced(valid: Any, path: Path, raw: bytes) -> bytes:
    if not path:
        return raw
    copy = json.loads(json.dumps(valid))
    _at(copy, path[:-1])[path[-1]] = _HOLE
    return json.dumps(copy).encode().replace(b'"' + _HOLE.encode() + b'"', raw)


def _with_member(valid: Any, path: Path, member: bytes) -> bytes:
    copy = json.loads(json.dumps(valid))
    target = _at(copy, path)
    marked = {_HOLE: 0, **target}
    if path:
        _at(copy, path[:-1])[path[-1]] = marked
    else:
        copy = marked
    return json.dumps(copy).encode().replace(b'"' + _HOLE.encode() + b'": 0', member)
