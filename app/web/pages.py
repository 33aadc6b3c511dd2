"""Pages: the files of a room's `page` folder, which load nothing from elsewhere and hold nothing of anybody.

What a page shows it asks the API for. A file is compressed once, known by its digest, and asked about at each visit
(`no-cache`), so that a new version is seen at once and an old one costs an empty answer.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.web.conditional import knows
from app.web.deps import public
from app.web.errors import PageNotFound
from app.web.routing import room_router

SHARED, SHARED_FOLDER = "/bagian", files("app.web") / "page"
KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing inline, nothing foreign, in nobody's frame."""
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
    "vary": "Accept-Encoding",
}
_SAMPLE = b"<!--sample-->", b'<p class="sample">CONTOH: semua data karangan</p>'
"""Where a page says that its data are made up."""
_SHELL = b"__SHELL__"
"""Where a page's worker says which files it keeps for when there is no line, each with its digest."""


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]


@dataclass(frozen=True)
class PageFile:
    """One file as it is sent."""

    kind: str
    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "PageFile":
        tag = f'"{digest_of(content)}"'
        return cls(KINDS[name.rpartition(".")[2]], content, gzip.compress(content, 9, mtime=0), tag)


def page_router(
    address: str,
    tag: str,
    folder: Traversable,
    *,
    headers: dict[str, str] | None = None,
    worker: str | None = None,
    shares: tuple[str, ...] = (),
) -> APIRouter:
    """Serves a folder's `index.html` at an address, and its other files below it.

    `headers` are added to those of every answer or replace them. `worker` is told which files the page consists of,
    with those that it `shares` with other pages, so that a new one is a new worker.
    """
    router = room_router(address, tag)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.rpartition(".")[2] in KINDS)
    common = HEADERS | (headers or {})
    load = cache(_Place(address, folder, names, worker, shares).load)

    def answer(request: Request, name: str) -> Response:
        if name not in names:
            raise PageNotFound
        return _answer(request, load(name, bool(request.app.state.settings.sample)), common)

    if "index.html" in names:

        @router.get("", include_in_schema=False)
        @public
        async def show_page(request: Request) -> Response:
            return answer(request, "index.html")

    @router.get("/{name}", include_in_schema=False)
    @public
    async def show_part(request: Request, name: Annotated[str, Path(max_length=64)]) -> Response:
        return answer(request, name)

    return router


def _read(folder: Traversable, name: str, sample: bool) -> bytes:
    content = (folder / name).read_bytes()
    return content.replace(*_SAMPLE) if sample else content


@dataclass(frozen=True)
class _Place:
    """Where a page's files lie, and which of them is its worker."""

    address: str
    folder: Traversable
    names: list[str]
    worker: str | None
    shares: tuple[str, ...]

    def load(self, name: str, sample: bool) -> PageFile:
        content = _read(self.folder, name, sample)
        return PageFile.of(name, content.replace(_SHELL, self._shell(sample)) if name == self.worker else content)

    def _shell(self, sample: bool) -> bytes:
        """Address → digest of all that the page needs, as JSON."""
        own = [name for name in self.names if name not in (self.worker, "index.html")]
        shell = {self.address: _read(self.folder, "index.html", sample)}
        shell |= {f"{self.address}/{name}": _read(self.folder, name, sample) for name in own}
        shell |= {f"{SHARED}/{name}": _read(SHARED_FOLDER, name, sample) for name in self.shares}
        return json.dumps({path: digest_of(content) for path, content in shell.items()}).encode()


def _answer(request: Request, file: PageFile, common: dict[str, str]) -> Response:
    headers = common | {"etag": file.tag}
    if knows(request.headers.get("if-none-match", ""), file.tag):
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "") and len(file.packed) < len(file.plain)
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(file.packed if packed else file.plain, headers=headers | {"content-type": file.kind})


router = page_router(SHARED, "Halaman", SHARED_FOLDER)
"""What the pages share: colours, elements, staying signed in."""
