"""The router of a room: strict bodies, one size limit."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response, params
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from app.core.errors import Refusal
from app.web.bodies import MIB, StrictFormRequest, StrictRequest, require_announced_size, require_storable_address


class StrictRoute(APIRoute):
    """A route that refuses what cannot be kept before it validates what was said."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        field = self.body_field
        takes_form = field is not None and isinstance(field.field_info, params.Form)
        takes_json = field is not None and not takes_form

        async def strict(request: Request) -> Response:
            require_announced_size(request.scope)
            require_storable_address(request.scope)
            if takes_json:
                request = StrictRequest(request.scope, request.receive)
                await request.read_content()
            elif takes_form:
                request = StrictFormRequest(request.scope, request.receive)
            return await _unwrapped(handle, request)

        return strict


async def _unwrapped(handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request) -> Response:
    """FastAPI turns whatever happens while it reads a body into a 400; a refusal comes out as itself."""
    try:
        return await handle(request)
    except HTTPException as error:
        if isinstance(error.__cause__, Refusal):
            raise error.__cause__ from None
        raise


def room_router(prefix: str, *tags: str, max_body_size: int = MIB) -> APIRouter:
    """The router that every room makes its routes with: `router = room_router("/v1/apel", "apel")`.

    `max_body_size` bounds each body in bytes while it is read; a single route may differ
    (`@router.post("/imports", max_body_size=20 * MIB)`).
    """
    return APIRouter(
        prefix=prefix,
        tags=list(tags),
        route_class=StrictRoute,
        max_body_size=max_body_size,
    )
