"""Every endpoint of the service with its parameters and who may call it, walked from the application itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.core.principal import Role
from app.core.settings import Settings
from app.main import create_app
from app.web.deps import Requires

READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    roles: frozenset[Role] | None
    """Who may call it; None: anybody."""
    path_names: tuple[str, ...]
    query_names: tuple[str, ...]
    described: bool
    """Stands in the OpenAPI document; the files of pages do not."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def _required(dependant: Dependant) -> Iterator[Requires]:
    if isinstance(dependant.call, Requires):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _required(inner)


def _names(dependant: Dependant, kind: str) -> Iterator[str]:
    for field in getattr(dependant, f"{kind}_params"):
        model: Any = field.field_info.annotation
        if hasattr(model, "model_fields"):
            yield from (info.alias or name for name, info in model.model_fields.items())
        else:
            yield field.alias
    for inner in dependant.dependencies:
        yield from _names(inner, kind)


def _walk() -> Iterator[Endpoint]:
    for context in iter_route_contexts(create_app(Settings()).routes):
        if isinstance(context.original_route, APIRoute):
            dependant = context.dependant
            required = [requires.roles for requires in _required(dependant)]
            roles = frozenset.intersection(*required) if required else None
            names = tuple(_names(dependant, "path")), tuple(_names(dependant, "query"))
            for method in sorted(context.methods or ()):
                yield Endpoint(method, str(context.path), roles, *names, context.original_route.include_in_schema)


ENDPOINTS = {endpoint.name: endpoint for endpoint in _walk()}
WRITES = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.method not in READS}
GETS = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.method == "GET"}
