"""Conditional requests: `If-Match` on changes, `If-None-Match` on reads (RFC 9110, section 13).

A route hands the version to its service, which compares it (`core.versions.require_version`); a read says which
version it shows and stops there when the caller has it already.
"""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

_STRONG = re.compile(r'"(\d{1,18})"')
_ANY_TAG = re.compile(r'(?:W/)?("[^"]*")')
NO_SUCH_VERSION = -1


async def read_if_match(
    if_match: Annotated[str | None, Header(description='The ETag that was read, such as `"3"`.')] = None,
) -> int | None:
    """The version that the caller means to change; a tag that is none of ours matches nothing."""
    # `*` would change whatever is there, unseen: it names no version.
    if if_match is None or if_match.strip() == "*":
        return None
    found = _STRONG.fullmatch(if_match.strip())
    return int(found[1]) if found else NO_SUCH_VERSION


IfMatch = Annotated[int | None, Depends(read_if_match)]
"""The version to change, None when the caller named none; the service refuses (428, 412)."""


def knows(if_none_match: str, tag: str) -> bool:
    """Whether the caller has this version already; weak tags are as good as strong ones for a read."""
    return if_none_match.strip() == "*" or tag in _ANY_TAG.findall(if_none_match)


class NotModified(Exception):
    """The caller has this version already: 304, and the transaction is rolled back, so that nothing is logged."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers


class EntityTag:
    """Puts a strong ETag on the answer."""

    def __init__(self, request: Request, response: Response, known: str) -> None:
        self._reads = request.method in ("GET", "HEAD")
        self._response = response
        self._known = known

    def set(self, version: int | str) -> dict[str, str]:
        """Name the version that is answered; on a read, raises NotModified when the caller has it already.

        Call it as soon as the version is known: what a 304 spares is built after it. Returns the headers, for a route
        that makes its answer itself.
        """
        tag = f'"{version}"'
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "Authorization, Accept-Language"}
        if self._reads and knows(self._known, tag):
            raise NotModified(headers)
        self._response.headers.update(headers)
        return headers


async def read_if_none_match(
    request: Request,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="The ETag that is already there.")] = None,
) -> EntityTag:
    return EntityTag(request, response, if_none_match or "")


ETag = Annotated[EntityTag, Depends(read_if_none_match)]
