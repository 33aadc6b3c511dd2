"""`/saya`: the page that a one-time link opens; it holds nothing of anybody, `/v1/me/record` tells what it shows."""

from importlib.resources import files
from typing import Literal

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from app.web.deps import public
from app.web.routing import room_router

router = room_router("/saya", "Data saya")
PAGE = files("app.privacy") / "page"
Part = Literal["saya.css", "saya.js", "parts.js", "words.js", "presence.js", "work.js", "conduct.js", "decisions.js"]
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


SAMPLE_MARK = "<!--sample-->", '<p class="sample">CONTOH: semua data karangan</p>'


def _answer(name: str, text: str) -> Response:
    kind = KINDS[name.rpartition(".")[2]]
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=HEADERS)


def _read(name: str) -> str:
    return (PAGE / name).read_text("utf-8")


@router.get("", response_class=HTMLResponse)
@public
async def show_page(request: Request) -> Response:
    """The page itself; the link's secret stands behind the # and never reaches a server's log."""
    page = _read("saya.html")
    return _answer("saya.html", page.replace(*SAMPLE_MARK) if request.app.state.settings.sample else page)


@router.get("/{name}", response_class=PlainTextResponse)
@public
async def show_part(name: Part) -> Response:
    """Its style and its modules."""
    return _answer(name, _read(name))
