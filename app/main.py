"""The one place that knows every part: `create_app(settings)` wires rooms, authentication and background loops."""

from fastapi import FastAPI

from app.core.clock import utc_now
from app.core.settings import Settings
from app.web.problems import install_problems

ROUTERS: tuple[str, ...] = ()


def create_app(settings: Settings | None = None) -> FastAPI:
    app = FastAPI(title="Apel Virtual", version="0.1.0")
    app.state.clock = utc_now
    app.state.authenticate = None
    install_problems(app)
    return app
