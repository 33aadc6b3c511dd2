"""Every route says who may call it."""

from inspect import isasyncgenfunction, iscoroutinefunction

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.core.settings import Settings
from app.main import create_app
from app.web.deps import Requires

FRAMEWORK = {"openapi", "swagger_ui_html", "swagger_ui_redirect", "redoc_html"}
"""FastAPI's own pages, which describe the API and hold nothing of anybody."""


def _required(dependant: Dependant) -> list[Requires]:
    own = [dependant.call] if isinstance(dependant.call, Requires) else []
    return own + [found for inner in dependant.dependencies for found in _required(inner)]


def _calls(dependant: Dependant) -> list[object]:
    return [dependant.call, *(call for inner in dependant.dependencies for call in _calls(inner))]


def test_no_route_waits_for_a_thread_before_it_begins() -> None:
    """The framework runs plain functions and classes in threads, one after the other for each request."""
    plain = {
        getattr(call, "__qualname__", repr(call))
        for context in iter_route_contexts(create_app(Settings()).routes)
        if isinstance(context.original_route, APIRoute)
        for call in _calls(context.dependant)
        if not any(map(_is_async, (call, type(call).__call__)))
    }
    assert not plain


def _is_async(call: object) -> bool:
    return iscoroutinefunction(call) or isasyncgenfunction(call)


def test_every_route_names_its_scope() -> None:
    silent, contradictory, empty = [], [], []
    for context in iter_route_contexts(create_app(Settings()).routes):
        route = context.original_route
        name = f"{sorted(context.methods or ())} {context.path}"
        if not isinstance(route, APIRoute):
            if context.name not in FRAMEWORK:
                silent.append(name)
            continue
        required = _required(context.dependant)
        is_public = getattr(route.endpoint, "__public__", False)
        if required and is_public:
            contradictory.append(name)
        elif not required and not is_public:
            silent.append(name)
        elif any(not requires.roles for requires in required):
            empty.append(name)
    assert not silent, "neither Requires(…) nor @public:\n" + "\n".join(silent)
    assert not contradictory, "both Requires(…) and @public:\n" + "\n".join(contradictory)
    assert not empty, "Requires() names no role:\n" + "\n".join(empty)
