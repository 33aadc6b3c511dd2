"""Which web frontends may call from a browser: those that are configured, and without them none."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

ALLOWED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Accept-Language",
    "Last-Event-ID",
    "traceparent",
)
SHOWN = ("ETag", "Location", "Retry-After", "X-Trace-Id", "Idempotency-Replayed")
"""What a script may read of an answer beside its body."""


class CrossOrigin:
    """Starlette's CORS for the origins of the settings, which are known when the first request comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._plain(scope, receive, send)
            return
        if self._app is None:
            self._app = _open_to(self._plain, scope["app"])
        await self._app(scope, receive, send)


def _open_to(plain: ASGIApp, app: FastAPI) -> ASGIApp:
    origins: tuple[str, ...] = app.state.settings.cors_origins
    if not origins:
        return plain
    # Callers bear a token; no cookie is ever sent along.
    return CORSMiddleware(
        plain, allow_origins=origins, allow_methods=ALLOWED, allow_headers=SENT, expose_headers=SHOWN, max_age=600
    )
